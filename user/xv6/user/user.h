/*
 * The calls and the library of xv6's programs, those of all years. What fails returns -1. The files
 * in ../lib make them of Quire's system calls.
 */
#ifndef XV6_USER_USER_H
#define XV6_USER_USER_H

#include "../kernel/types.h"
#include "../kernel/vm.h"

#define SBRK_ERROR ((char *)-1)

struct stat;

/* Processes. wait gives the status that exit was called with, and -1 of one that was killed. */
int fork(void);
int exit(int status) __attribute__((noreturn));
int wait(int *status);
int kill(int pid);
int exec(const char *path, char **argv);
int getpid(void);

/* Time, in tenths of a second. */
int sleep(int ticks);
int pause(int ticks);
int uptime(void);

/* Files by descriptor. */
int pipe(int *fds);
int read(int fd, void *to, int n);
int write(int fd, const void *from, int n);
int close(int fd);
int dup(int fd);
int open(const char *path, int flags);
int fstat(int fd, struct stat *status);

/* Files by name. */
int stat(const char *path, struct stat *status);
int mknod(const char *path, short major, short minor);
int link(const char *old, const char *new);
int symlink(const char *target, const char *path);
int unlink(const char *path);
int mkdir(const char *path);
int chdir(const char *path);

/* Memory. A program that declares mmap or munmap itself is compiled with the other two names. */
char *sbrk(int n);
char *sbrklazy(int n);
char *sys_sbrk(int n, int how);
#ifndef XV6_OWN_MMAP
void *mmap(void *at, unsigned long length, int protection, int flags, int fd, long offset);
#endif
#ifndef XV6_OWN_MUNMAP
int munmap(void *at, unsigned long length);
#endif
void *malloc(uint size);
void free(void *memory);

/* Strings and bytes. */
char *strcpy(char *to, const char *from);
char *strchr(const char *text, char c);
int strcmp(const char *a, const char *b);
uint strlen(const char *text);
int atoi(const char *text);
void *memset(void *to, int c, uint n);
void *memmove(void *to, const void *from, int n);
void *memcpy(void *to, const void *from, uint n);
int memcmp(const void *a, const void *b, uint n);

/* Text: %d %u %x with an l or two, %l alone, %p %s %c %%. */
void printf(const char *format, ...);
void fprintf(int fd, const char *format, ...);
char *gets(char *line, int max);

#endif
