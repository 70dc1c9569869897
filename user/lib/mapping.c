/* Memory from the kernel: mappings, and the end of the heap. */
#include "syscall.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

void *mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset)
{
    return (void *)SYSCALL6(SYS_mmap, at, length, protection, flags, fd, offset);
}

int munmap(void *at, size_t length)
{
    return (int)SYSCALL2(SYS_munmap, at, length);
}

int mprotect(void *at, size_t length, int protection)
{
    return (int)SYSCALL3(SYS_mprotect, at, length, protection);
}

int msync(void *at, size_t length, int flags)
{
    return (int)SYSCALL3(SYS_msync, at, length, flags);
}

/* The new address is there only with MREMAP_FIXED. */
void *mremap(void *at, size_t length, size_t new_length, int flags, ...)
{
    void *to = NULL;
    if (flags & MREMAP_FIXED) {
        va_list list;
        va_start(list, flags);
        to = va_arg(list, void *);
        va_end(list);
    }
    return (void *)SYSCALL5(SYS_mremap, at, length, new_length, flags, to);
}

int madvise(void *at, size_t length, int advice)
{
    return (int)SYSCALL3(SYS_madvise, at, length, advice);
}

/* Returns the error's number. Its DONTNEED, unlike madvise's, must not lose what is there. */
int posix_madvise(void *at, size_t length, int advice)
{
    if (advice == POSIX_MADV_DONTNEED)
        return 0;
    return (int)-syscall3(SYS_madvise, (long)at, (long)length, advice);
}

int mincore(void *at, size_t length, unsigned char *resident)
{
    return (int)SYSCALL3(SYS_mincore, at, length, resident);
}

int mlock(const void *at, size_t length)
{
    return (int)SYSCALL2(SYS_mlock, at, length);
}

int munlock(const void *at, size_t length)
{
    return (int)SYSCALL2(SYS_munlock, at, length);
}

int mlockall(int flags)
{
    return (int)SYSCALL1(SYS_mlockall, flags);
}

int munlockall(void)
{
    return (int)SYSCALL0(SYS_munlockall);
}

int memfd_create(const char *name, unsigned flags)
{
    return (int)SYSCALL2(SYS_memfd_create, name, flags);
}

/* The system call answers every request with where the end is now, moved or not. */
static uintptr_t heap_end;

int brk(void *end)
{
    heap_end = (uintptr_t)syscall3(SYS_brk, (long)end, 0, 0);
    if (heap_end == (uintptr_t)end)
        return 0;
    errno = ENOMEM;
    return -1;
}

void *sbrk(intptr_t increment)
{
    if (heap_end == 0)
        heap_end = (uintptr_t)syscall3(SYS_brk, 0, 0, 0);
    uintptr_t old = heap_end;
    if (increment != 0 && brk((void *)(old + (uintptr_t)increment)) < 0)
        return (void *)-1;
    return (void *)old;
}
