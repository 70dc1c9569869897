/* Memory mapping. */
#ifndef SYS_MMAN_H
#define SYS_MMAN_H

#include <sys/types.h>

#include "abi/mman.h"

#define POSIX_MADV_NORMAL     MADV_NORMAL
#define POSIX_MADV_RANDOM     MADV_RANDOM
#define POSIX_MADV_SEQUENTIAL MADV_SEQUENTIAL
#define POSIX_MADV_WILLNEED   MADV_WILLNEED
#define POSIX_MADV_DONTNEED   MADV_DONTNEED

void *mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset);
int munmap(void *at, size_t length);
int mprotect(void *at, size_t length, int protection);
int msync(void *at, size_t length, int flags);
void *mremap(void *at, size_t length, size_t new_length, int flags, ...);
int madvise(void *at, size_t length, int advice);
int posix_madvise(void *at, size_t length, int advice);
int mincore(void *at, size_t length, unsigned char *resident);
int mlock(const void *at, size_t length);
int munlock(const void *at, size_t length);
int mlockall(int flags);
int munlockall(void);
int shm_open(const char *name, int flags, mode_t mode);
int shm_unlink(const char *name);
int memfd_create(const char *name, unsigned flags);

#endif
