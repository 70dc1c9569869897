/*
 * The exec family over execve(2): arguments as a list, the search in PATH, and system(). A file
 * found in PATH that is executable but no program is taken for a script of the shell.
 */
#include "syscall.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHELL        "/bin/sh"
#define DEFAULT_PATH "/bin"

int execve(const char *path, char *const argv[], char *const envp[])
{
    return (int)SYSCALL3(SYS_execve, path, argv, envp);
}

int execv(const char *path, char *const argv[])
{
    return execve(path, argv, environ);
}

static int exec_script(const char *path, char *const argv[], char *const envp[])
{
    size_t count = 0;
    while (argv[count] != NULL)
        count++;
    const char **list = malloc((count + 3) * sizeof(*list));
    if (list == NULL)
        return -1;
    list[0] = SHELL;
    list[1] = path;
    list[2] = NULL;
    for (size_t i = 1; i < count + 1; i++)
        list[i + 1] = argv[i];
    execve(SHELL, (char *const *)list, envp);
    free(list);
    return -1;
}

static int exec_file(const char *path, char *const argv[], char *const envp[])
{
    execve(path, argv, envp);
    return errno == ENOEXEC ? exec_script(path, argv, envp) : -1;
}

/* A folder without the name is passed over; a file that may not be run is told if none follows. */
int execvpe(const char *name, char *const argv[], char *const envp[])
{
    if (strchr(name, '/') != NULL || name[0] == '\0')
        return exec_file(name, argv, envp);
    const char *folder = getenv("PATH");
    if (folder == NULL)
        folder = DEFAULT_PATH;
    int error = ENOENT;
    for (;;) {
        char path[PATH_MAX];
        int length = (int)strcspn(folder, ":");
        snprintf(path, sizeof(path), "%.*s%s%s", length, folder, length > 0 ? "/" : "", name);
        exec_file(path, argv, envp);
        if (errno == EACCES)
            error = EACCES;
        else if (errno != ENOENT && errno != ENOTDIR)
            return -1;
        folder += length;
        if (*folder++ == '\0')
            break;
    }
    errno = error;
    return -1;
}

int execvp(const char *name, char *const argv[])
{
    return execvpe(name, argv, environ);
}

enum { LIST_MAX = 256 };

/* Gathers a list of arguments up to its NULL; -1 if there are too many. */
static int gather(const char *argv[LIST_MAX], const char *first, va_list *list)
{
    argv[0] = first;
    for (int i = 0; argv[i] != NULL;) {
        if (++i == LIST_MAX) {
            errno = E2BIG;
            return -1;
        }
        argv[i] = va_arg(*list, const char *);
    }
    return 0;
}

int execl(const char *path, const char *arg, ...)
{
    const char *argv[LIST_MAX];
    va_list list;
    va_start(list, arg);
    int result = gather(argv, arg, &list);
    va_end(list);
    return result < 0 ? -1 : execv(path, (char *const *)argv);
}

int execlp(const char *name, const char *arg, ...)
{
    const char *argv[LIST_MAX];
    va_list list;
    va_start(list, arg);
    int result = gather(argv, arg, &list);
    va_end(list);
    return result < 0 ? -1 : execvp(name, (char *const *)argv);
}

int execle(const char *path, const char *arg, ...)
{
    const char *argv[LIST_MAX];
    va_list list;
    va_start(list, arg);
    int result = gather(argv, arg, &list);
    char *const *envp = result < 0 ? NULL : va_arg(list, char *const *);
    va_end(list);
    return result < 0 ? -1 : execve(path, (char *const *)argv, envp);
}

/* The caller must neither die of a ^C meant for the command nor reap it elsewhere. */
int system(const char *command)
{
    if (command == NULL)
        return access(SHELL, X_OK) == 0;
    sighandler_t interrupt = signal(SIGINT, SIG_IGN), quit = signal(SIGQUIT, SIG_IGN);
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGINT, interrupt);
        signal(SIGQUIT, quit);
        execl(SHELL, "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    signal(SIGINT, interrupt);
    signal(SIGQUIT, quit);
    return status;
}
