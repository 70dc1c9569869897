/* Names of threads, which the kernel keeps. */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/prctl.h>

#define NAME_SIZE 16

/* Only its own: another thread's is nobody else's business here. */
int pthread_setname_np(pthread_t thread, const char *name)
{
    int saved_errno = errno;
    if (strlen(name) >= NAME_SIZE)
        return ERANGE;
    if (thread != pthread_self())
        return ENOTSUP;
    int error = prctl(PR_SET_NAME, name) < 0 ? errno : 0;
    errno = saved_errno;
    return error;
}

int pthread_getname_np(pthread_t thread, char *name, size_t size)
{
    int saved_errno = errno;
    if (size < NAME_SIZE)
        return ERANGE;
    if (thread != pthread_self())
        return ENOTSUP;
    int error = prctl(PR_GET_NAME, name) < 0 ? errno : 0;
    errno = saved_errno;
    return error;
}
