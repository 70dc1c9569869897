/*
 * Buffered input and output. A stream to a terminal is line-buffered, stderr has no buffer, all
 * others are fully buffered. Reading from standard input first flushes line-buffered standard
 * output.
 */
#ifndef STDIO_H
#define STDIO_H

#include <stdarg.h>
#include <stddef.h>
#include <sys/types.h>

#define EOF                   (-1)
#define BUFSIZ                4096
#define FOPEN_MAX             16
#define FILENAME_MAX          4096
#define L_tmpnam              20

#define _IOFBF                0
#define _IOLBF                1
#define _IONBF                2

#define SEEK_SET              0
#define SEEK_CUR              1
#define SEEK_END              2

#define __PRINTF(text, first) __attribute__((format(printf, text, first)))
#define __SCANF(text, first)  __attribute__((format(scanf, text, first)))

typedef struct stream FILE;

extern FILE *const stdin;
extern FILE *const stdout;
extern FILE *const stderr;

FILE *fopen(const char *restrict path, const char *restrict mode);
FILE *fdopen(int fd, const char *mode);
FILE *freopen(const char *restrict path, const char *restrict mode, FILE *restrict stream);
int fclose(FILE *stream);
int fflush(FILE *stream);
int setvbuf(FILE *restrict stream, char *restrict buffer, int mode, size_t size);
void setbuf(FILE *restrict stream, char *restrict buffer);

size_t fread(void *restrict to, size_t size, size_t count, FILE *restrict stream);
size_t fwrite(const void *restrict from, size_t size, size_t count, FILE *restrict stream);
int fgetc(FILE *stream);
int getc(FILE *stream);
int getchar(void);
int ungetc(int c, FILE *stream);
char *fgets(char *restrict to, int size, FILE *restrict stream);
ssize_t getline(char **restrict line, size_t *restrict size, FILE *restrict stream);
ssize_t getdelim(char **restrict line, size_t *restrict size, int delimiter, FILE *restrict stream);
int fputc(int c, FILE *stream);
int putc(int c, FILE *stream);
int putchar(int c);
int getc_unlocked(FILE *stream);
int getchar_unlocked(void);
int putc_unlocked(int c, FILE *stream);
int putchar_unlocked(int c);
void flockfile(FILE *stream);
int ftrylockfile(FILE *stream);
void funlockfile(FILE *stream);
int fputs(const char *restrict text, FILE *restrict stream);
int puts(const char *text);

int fseek(FILE *stream, long offset, int whence);
int fseeko(FILE *stream, off_t offset, int whence);
long ftell(FILE *stream);
off_t ftello(FILE *stream);
void rewind(FILE *stream);
int feof(FILE *stream);
int ferror(FILE *stream);
void clearerr(FILE *stream);
int fileno(FILE *stream);

int printf(const char *restrict format, ...) __PRINTF(1, 2);
int fprintf(FILE *restrict stream, const char *restrict format, ...) __PRINTF(2, 3);
int dprintf(int fd, const char *restrict format, ...) __PRINTF(2, 3);
int sprintf(char *restrict to, const char *restrict format, ...) __PRINTF(2, 3);
int snprintf(char *restrict to, size_t size, const char *restrict format, ...) __PRINTF(3, 4);
int asprintf(char **restrict to, const char *restrict format, ...) __PRINTF(2, 3);
int vprintf(const char *restrict format, va_list args) __PRINTF(1, 0);
int vfprintf(FILE *restrict stream, const char *restrict format, va_list args) __PRINTF(2, 0);
int vdprintf(int fd, const char *restrict format, va_list args) __PRINTF(2, 0);
int vsprintf(char *restrict to, const char *restrict format, va_list args) __PRINTF(2, 0);
int vsnprintf(char *restrict to, size_t size, const char *restrict format, va_list args)
    __PRINTF(3, 0);
int vasprintf(char **restrict to, const char *restrict format, va_list args) __PRINTF(2, 0);
int sscanf(const char *restrict text, const char *restrict format, ...) __SCANF(2, 3);
int vsscanf(const char *restrict text, const char *restrict format, va_list args) __SCANF(2, 0);

int remove(const char *path);
int rename(const char *from, const char *to);
int renameat(int fromfd, const char *from, int tofd, const char *to);
int renameat2(int fromfd, const char *from, int tofd, const char *to, unsigned flags);
void perror(const char *text);

#endif
