/* From the first C function of a program to its main(). */
#include "start.h"
#include "thread.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

typedef void (*constructor_t)(void);

char **environ;
const char *__program_name = "";

static const unsigned long *auxv;

/* The linker script's bounds of the table of constructors. */
extern const constructor_t __init_array_start[], __init_array_end[];

int main(int argc, char **argv, char **envp);

static void set_thread(struct thread *self)
{
    __asm__ volatile("mv tp, %0" : : "r"(self + 1) : "memory");
}

/* The first thread's own memory is in this frame, which lives as long as the program. */
void __start(long *stack)
{
    int argc = (int)stack[0];
    char **argv = (char **)(stack + 1);
    environ = argv + argc + 1;
    char **end = environ;
    while (*end != NULL)
        end++;
    auxv = (const unsigned long *)(end + 1);
    __tls_find(auxv);
    set_thread(__tls_make(__builtin_alloca(__tls_area_size())));
    if (argc > 0) {
        const char *slash = strrchr(argv[0], '/');
        __program_name = slash == NULL ? argv[0] : slash + 1;
    }
    for (const constructor_t *run = __init_array_start; run < __init_array_end; run++)
        (*run)();
    exit(main(argc, argv, environ));
}

unsigned long getauxval(unsigned long type)
{
    for (const unsigned long *pair = auxv; pair[0] != AT_NULL; pair += 2)
        if (pair[0] == type)
            return pair[1];
    errno = ENOENT;
    return 0;
}
