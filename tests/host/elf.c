/* lib/elf: good headers, each bad field, and mutated headers, whose result must be mappable. */
#include "lib/elf.h"

#include <stdlib.h>
#include <string.h>

#include "abi/errno.h"
#include "abi/limits.h"
#include "abi/mman.h"
#include "tests/host/test.h"

/* Offsets in the file header and in a program header (System V ABI, chapters 4 and 5). */
enum { E_TYPE = 16, E_MACHINE = 18, E_ENTRY = 24, E_PHOFF = 32, E_PHENTSIZE = 54, E_PHNUM = 56 };
enum { P_TYPE = 0, P_FLAGS = 4, P_OFFSET = 8, P_VADDR = 16, P_FILESZ = 32, P_MEMSZ = 40 };
enum { HEADER = 64, HEAD_MAX = 4096 };
enum { LOAD = 1, INTERPRETER = 3, NOTE = 4, X = 1, W = 2, R = 4 };

static const struct elf_limits limits = {0x100000, 0x1000, 0x4000000000, 0x2000000000};

static void put(uint8_t *at, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

static uint8_t *program_header(uint8_t *head, unsigned i)
{
    return head + HEADER + i * ELF_HEADER_SIZE;
}

struct load {
    uint32_t flags;
    uint64_t offset, vaddr, file_size, memory_size;
};

static void add_load(uint8_t *head, const struct load *l)
{
    unsigned n = head[E_PHNUM]++;
    uint8_t *p = program_header(head, n);
    put(p + P_TYPE, LOAD, 4);
    put(p + P_FLAGS, l->flags, 4);
    put(p + P_OFFSET, l->offset, 8);
    put(p + P_VADDR, l->vaddr, 8);
    put(p + P_FILESZ, l->file_size, 8);
    put(p + P_MEMSZ, l->memory_size, 8);
}

/* Text and data, as a linker lays them out. */
static void make_program(uint8_t *head, unsigned type)
{
    static const uint8_t ident[] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    memset(head, 0, HEAD_MAX);
    memcpy(head, ident, sizeof(ident));
    put(head + E_TYPE, type, 2);
    put(head + E_MACHINE, 243, 2);
    put(head + 20, 1, 4);
    put(head + E_ENTRY, 0x10100, 8);
    put(head + E_PHOFF, HEADER, 8);
    put(head + E_PHENTSIZE, ELF_HEADER_SIZE, 2);
    add_load(head, &(struct load){R | X, 0, 0x10000, 0x2345, 0x2345});
    add_load(head, &(struct load){R | W, 0x2345, 0x13345, 0x100, 0x5000});
}

static int read_head(const uint8_t *head, size_t n, struct elf_image *image)
{
    void *exact = test_copy(head, n);
    int err = elf_read(exact, n, &limits, image);
    free(exact);
    return err;
}

static void good_programs(void)
{
    uint8_t head[HEAD_MAX];
    struct elf_image image;
    for (unsigned type = 2; type <= 3; type++) {
        uint64_t bias = type == 3 ? limits.bias : 0;
        make_program(head, type);
        EXPECT(read_head(head, sizeof(head), &image) == 0);
        EXPECT(image.entry == 0x10100 + bias && image.headers == 0x10000 + HEADER + bias);
        EXPECT(image.nheaders == 2 && image.nsegments == 2);
        const struct elf_segment *s = image.segments;
        EXPECT(s[0].start == 0x10000 + bias && s[0].memory_size == 0x2345);
        EXPECT(s[0].prot == (PROT_READ | PROT_EXEC) && s[0].file_size == 0x2345);
        EXPECT(s[1].start == 0x13345 + bias && s[1].offset == 0x2345);
        EXPECT(s[1].prot == (PROT_READ | PROT_WRITE) && s[1].memory_size == 0x5000);
    }
}

/* Segments that take no memory, and headers of other kinds, do not count. */
static void other_headers(void)
{
    uint8_t head[HEAD_MAX];
    struct elf_image image;
    make_program(head, 2);
    add_load(head, &(struct load){R, UINT64_MAX, 0, 0, 0});
    add_load(head, &(struct load){R, UINT64_MAX, 0, UINT64_MAX, UINT64_MAX});
    put(program_header(head, 3) + P_TYPE, NOTE, 4);
    EXPECT(read_head(head, sizeof(head), &image) == 0 && image.nsegments == 2);
    put(program_header(head, 3) + P_TYPE, INTERPRETER, 4);
    EXPECT(read_head(head, sizeof(head), &image) == -ENOEXEC);
}

static void too_many_segments(void)
{
    uint8_t head[HEAD_MAX];
    struct elf_image image;
    make_program(head, 2);
    for (unsigned i = 2; i < ELF_MAX_SEGMENTS; i++)
        add_load(head, &(struct load){R, 0, 0x100000 + i * 0x1000, 10, 10});
    EXPECT(read_head(head, sizeof(head), &image) == 0 && image.nsegments == ELF_MAX_SEGMENTS);
    add_load(head, &(struct load){R, 0, 0x200000, 10, 10});
    EXPECT(read_head(head, sizeof(head), &image) == -ENOEXEC);
}

/* One field of the good program is changed, and that is refused. */
static void bad_fields(void)
{
    static const struct {
        unsigned at, size;
        uint64_t value;
    } bad[] = {
        {0, 1, 0x7e},
        {4, 1, 1}, /* 32 bits */
        {5, 1, 2}, /* big-endian */
        {6, 1, 0},
        {E_TYPE, 2, 1},
        {E_TYPE, 2, 4},
        {E_MACHINE, 2, 62},
        {E_PHENTSIZE, 2, 32},
        {E_PHOFF, 8, HEADER + 4},
        {E_PHOFF, 8, HEAD_MAX},
        {E_PHOFF, 8, UINT64_MAX - 7},
        {E_PHNUM, 2, 0},
        {E_PHNUM, 2, 0xffff},
        {HEADER + P_FILESZ, 8, 0x2346}, /* more than in memory */
        {HEADER + P_OFFSET, 8, 0x100000},
        {HEADER + P_OFFSET, 8, UINT64_MAX - 0xfff},
        {HEADER + P_OFFSET, 8, 1}, /* another place in a page */
        {HEADER + P_VADDR, 8, 0},
        {HEADER + P_VADDR, 8, 0x12000}, /* shares a page with the next */
        {HEADER + P_VADDR, 8, 0x20000}, /* behind the next */
        {HEADER + P_VADDR, 8, 0x3fffffe000},
        {HEADER + P_VADDR, 8, UINT64_MAX - 0xfff},
        {HEADER + P_MEMSZ, 8, 0x2346}, /* read-only zeros */
        {HEADER + ELF_HEADER_SIZE + P_MEMSZ, 8, UINT64_MAX},
        {HEADER + ELF_HEADER_SIZE + P_MEMSZ, 8, 0x4000000000 - 0x13344},
    };
    uint8_t head[HEAD_MAX];
    struct elf_image image;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        make_program(head, 2);
        put(head + bad[i].at, bad[i].value, bad[i].size);
        EXPECT(read_head(head, sizeof(head), &image) == -ENOEXEC, "case %zu", i);
    }
    make_program(head, 2);
    put(program_header(head, 1) + P_MEMSZ, 0x4000000000 - 0x13345, 8);
    EXPECT(read_head(head, sizeof(head), &image) == 0, "up to the end of user space");
}

static void short_files(void)
{
    uint8_t head[HEAD_MAX];
    struct elf_image image;
    make_program(head, 2);
    for (size_t n = 0; n <= HEADER + 2 * ELF_HEADER_SIZE; n++) {
        int expected = n < HEADER + 2 * ELF_HEADER_SIZE ? -ENOEXEC : 0;
        EXPECT(read_head(head, n, &image) == expected, "%zu bytes", n);
    }
}

/* Whatever the numbers are: what comes out can be mapped. */
static void expect_mappable(const struct elf_image *image)
{
    uint64_t low = limits.lowest;
    EXPECT(image->nsegments > 0 && image->nsegments <= ELF_MAX_SEGMENTS);
    for (unsigned i = 0; i < image->nsegments; i++) {
        const struct elf_segment *s = &image->segments[i];
        EXPECT(s->memory_size > 0 && s->file_size <= s->memory_size);
        EXPECT(s->start / PAGE_SIZE * PAGE_SIZE >= low, "segment %u", i);
        EXPECT(s->start < limits.highest && s->memory_size <= limits.highest - s->start);
        EXPECT(s->offset <= limits.file_size && s->file_size <= limits.file_size - s->offset);
        EXPECT(s->start % PAGE_SIZE == s->offset % PAGE_SIZE);
        low = (s->start + s->memory_size + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
    }
    if (image->headers != 0)
        EXPECT(image->headers >= limits.lowest && image->headers < limits.highest);
}

static void mutate(uint8_t *head, size_t used)
{
    static const uint64_t values[] = {0,
                                      1,
                                      7,
                                      8,
                                      0xfff,
                                      0x1000,
                                      0x1001,
                                      0x100000,
                                      0x4000000000,
                                      0x3fffffffff,
                                      1UL << 63,
                                      UINT64_MAX,
                                      UINT64_MAX - 0xfff,
                                      UINT64_MAX - 7,
                                      0xffff,
                                      0x10000};
    uint64_t value = values[test_below(16)];
    switch (test_below(4)) {
    case 0: head[test_below(used)] ^= (uint8_t)(1 << test_below(8)); break;
    case 1: head[test_below(used)] = (uint8_t)test_random(); break;
    case 2: put(head + test_below(used / 8) * 8, value, 8); break;
    default: put(head + test_below(used / 4) * 4, value, (unsigned)(1 << test_below(3)));
    }
}

static void mutations(void)
{
    uint8_t head[HEAD_MAX];
    struct elf_image image;
    unsigned good = 0;
    for (int i = 0; i < 30000; i++) {
        make_program(head, 2 + (unsigned)test_below(2));
        for (uint64_t n = test_below(6); n > 0; n--)
            mutate(head, HEADER + 3 * ELF_HEADER_SIZE);
        size_t n = test_chance(80) ? sizeof(head) : test_below(300);
        int err = read_head(head, n, &image);
        EXPECT(err == 0 || err == -ENOEXEC, "%d", err);
        if (err == 0)
            expect_mappable(&image);
        good += err == 0;
    }
    EXPECT(good > 3000 && good < 27000, "%u were good", good);
}

int main(void)
{
    TEST(good_programs);
    TEST(other_headers);
    TEST(too_many_segments);
    TEST(bad_fields);
    TEST(short_files);
    TEST_SEEDS(mutations, 3);
    return test_end();
}
