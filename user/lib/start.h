/* The seams between a program's start, its end and standard input and output. */
#ifndef LIB_START_H
#define LIB_START_H

/* crt0.S calls this with the stack as the kernel made it. */
__attribute__((noreturn)) void __start(long *stack);

/* The last part of argv[0]. */
extern const char *__program_name;

/* Writes out all streams at exit; defined if the program uses streams. */
void __stream_flush_all(void) __attribute__((weak));

#endif
