/*
 * Thread-local variables: what the linker put into .tdata and .tbss is described by one program
 * header, and every thread has a copy of that.
 */
#include "thread.h"

#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>

#define PT_TLS 7

struct program_header {
    uint32_t type, flags;
    uint64_t offset, address, physical;
    uint64_t file_size, memory_size, alignment;
};

static const struct program_header *image; /* NULL: there are no such variables */

void __tls_find(const unsigned long *auxv)
{
    const struct program_header *header = NULL;
    unsigned long count = 0;
    for (; auxv[0] != AT_NULL; auxv += 2) {
        if (auxv[0] == AT_PHDR)
            header = (const struct program_header *)auxv[1];
        else if (auxv[0] == AT_PHNUM)
            count = auxv[1];
    }
    for (; header != NULL && count > 0; header++, count--)
        if (header->type == PT_TLS)
            image = header;
}

static size_t alignment(void)
{
    size_t needed = _Alignof(struct thread);
    return image != NULL && image->alignment > needed ? image->alignment : needed;
}

size_t __tls_area_size(void)
{
    size_t variables = image == NULL ? 0 : image->memory_size;
    return sizeof(struct thread) + variables + 2 * alignment();
}

struct thread *__tls_make(char *area)
{
    size_t variables = image == NULL ? 0 : image->memory_size;
    uintptr_t end = (uintptr_t)area + __tls_area_size();
    char *tp = (char *)((end - variables) & ~(alignment() - 1));
    struct thread *thread = (struct thread *)tp - 1;
    *thread = (struct thread){.tid = 0};
    if (image != NULL) {
        memcpy(tp, (const void *)image->address, image->file_size);
        memset(tp + image->file_size, 0, variables - image->file_size);
    }
    return thread;
}
