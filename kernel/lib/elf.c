/* ELF executables: see elf.h. */
#include "lib/elf.h"

#include <stdbool.h>

#include "abi/errno.h"
#include "abi/limits.h"
#include "abi/mman.h"
#include "lib/string.h"
#include "lib/util.h"

struct header {
    uint8_t ident[16];
    uint16_t type;
    uint16_t machine;
    uint32_t version;
    uint64_t entry;
    uint64_t phoff;
    uint64_t shoff;
    uint32_t flags;
    uint16_t ehsize;
    uint16_t phentsize;
    uint16_t phnum;
    uint16_t shentsize;
    uint16_t shnum;
    uint16_t shstrndx;
};

struct program_header {
    uint32_t type;
    uint32_t flags;
    uint64_t offset;
    uint64_t vaddr;
    uint64_t paddr;
    uint64_t filesz;
    uint64_t memsz;
    uint64_t align;
};

enum { CLASS_64 = 2, LITTLE_ENDIAN_DATA = 1, VERSION_CURRENT = 1 };
enum { TYPE_EXECUTABLE = 2, TYPE_SHARED = 3, MACHINE_RISCV = 243 };
enum { SEGMENT_LOAD = 1, SEGMENT_INTERPRETER = 3 };
enum { FLAG_X = 1, FLAG_W = 2, FLAG_R = 4 };

_Static_assert(sizeof(struct program_header) == ELF_HEADER_SIZE, "program header layout");

static bool is_executable(const struct header *h)
{
    static const uint8_t ident[] = {0x7f,           'E', 'L', 'F', CLASS_64, LITTLE_ENDIAN_DATA,
                                    VERSION_CURRENT};
    return memcmp(h->ident, ident, sizeof(ident)) == 0 && h->machine == MACHINE_RISCV &&
           (h->type == TYPE_EXECUTABLE || h->type == TYPE_SHARED) &&
           h->phentsize == ELF_HEADER_SIZE;
}

static unsigned prot_of(uint32_t flags)
{
    return (flags & FLAG_R ? PROT_READ : 0) | (flags & FLAG_W ? PROT_WRITE : 0) |
           (flags & FLAG_X ? PROT_EXEC : 0);
}

/* Whether [start, start + size) lies in [low, high), without wrapping round. */
static bool is_within(uint64_t start, uint64_t size, uint64_t low, uint64_t high)
{
    return start >= low && start <= high && size <= high - start;
}

/* Whether a segment can be mapped; `low` is the first address behind the pages of those before. */
static bool is_mappable(const struct program_header *p, const struct elf_limits *l, uint64_t start,
                        uint64_t low)
{
    bool bss_is_writable = p->filesz == p->memsz || (p->flags & FLAG_W);
    return p->filesz <= p->memsz && is_within(p->offset, p->filesz, 0, l->file_size) &&
           is_within(round_down(start, PAGE_SIZE), p->memsz + start % PAGE_SIZE, low, l->highest) &&
           start % PAGE_SIZE == p->offset % PAGE_SIZE && bss_is_writable;
}

static int add_segment(const struct program_header *p, const struct elf_limits *l, uint64_t bias,
                       struct elf_image *image)
{
    uint64_t low = l->lowest;
    if (image->nsegments > 0) {
        const struct elf_segment *last = &image->segments[image->nsegments - 1];
        low = round_up(last->start + last->memory_size, PAGE_SIZE);
    }
    uint64_t start = p->vaddr + bias;
    if (image->nsegments == ELF_MAX_SEGMENTS || p->memsz > l->highest ||
        !is_mappable(p, l, start, low))
        return -ENOEXEC;
    image->segments[image->nsegments++] = (struct elf_segment){start, p->memsz, p->offset,
                                                               p->filesz, prot_of(p->flags)};
    return 0;
}

/* Where in memory the program headers lie, for the program itself. */
static uint64_t find_headers(const struct elf_image *image, uint64_t offset, uint64_t size)
{
    for (unsigned i = 0; i < image->nsegments; i++) {
        const struct elf_segment *s = &image->segments[i];
        if (offset >= s->offset && is_within(offset - s->offset, size, 0, s->file_size))
            return s->start + (offset - s->offset);
    }
    return 0;
}

int elf_read(const void *head, size_t n, const struct elf_limits *limits, struct elf_image *image)
{
    const struct header *h = head;
    *image = (struct elf_image){0};
    if (n < sizeof(*h) || !is_executable(h) || h->phoff % 8 != 0 ||
        !is_within(h->phoff, (uint64_t)h->phnum * ELF_HEADER_SIZE, 0, n))
        return -ENOEXEC;
    uint64_t bias = h->type == TYPE_SHARED ? limits->bias : 0;
    const struct program_header *p = (const void *)((const char *)head + h->phoff);
    for (unsigned i = 0; i < h->phnum; i++, p++) {
        if (p->type == SEGMENT_INTERPRETER)
            return -ENOEXEC;
        if (p->type == SEGMENT_LOAD && p->memsz > 0 && add_segment(p, limits, bias, image) != 0)
            return -ENOEXEC;
    }
    image->entry = h->entry + bias;
    image->nheaders = h->phnum;
    image->headers = find_headers(image, h->phoff, (uint64_t)h->phnum * ELF_HEADER_SIZE);
    return image->nsegments == 0 ? -ENOEXEC : 0;
}
