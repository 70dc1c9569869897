/*
 * Files that are executed and should not be, or only with care. The smallest program that works has
 * one segment, with headers and code, and ends with status 42; each row spoils one thing of it.
 */
#include "tests.h"

enum { GOOD = 42, CODE = 0x1000, SIZE = 0x1100 };

/* ELF64 as far as it is needed here. */
struct elf_header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, phoff, shoff;
    uint32_t flags;
    uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf_segment {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

struct image {
    struct elf_header header;
    struct elf_segment segments[2];
    uint8_t rest[SIZE - sizeof(struct elf_header) - 2 * sizeof(struct elf_segment)];
};

#if defined(__riscv)
#define MACHINE 243
static const uint8_t code[] = {
    0x93, 0x08, 0xd0, 0x05, /* li a7, 93: exit */
    0x13, 0x05, 0xa0, 0x02, /* li a0, 42 */
    0x73, 0x00, 0x00, 0x00, /* ecall */
};
#else
#define MACHINE 62
static const uint8_t code[] = {
    0xb8, 60,   0, 0, 0, /* mov eax, 60: exit */
    0xbf, GOOD, 0, 0, 0, /* mov edi, 42 */
    0x0f, 0x05,          /* syscall */
};
#endif

static const uint64_t base = 0x400000;

/* Headers in the first page, code in the second, in one segment. */
static void make_image(struct image *image)
{
    memset(image, 0, sizeof(*image));
    image->header = (struct elf_header){
        .ident = {0x7f, 'E', 'L', 'F', 2, 1, 1},
        .type = 2,
        .machine = MACHINE,
        .version = 1,
        .entry = base + CODE,
        .phoff = sizeof(struct elf_header),
        .ehsize = sizeof(struct elf_header),
        .phentsize = sizeof(struct elf_segment),
        .phnum = 1,
    };
    image->segments[0] = (struct elf_segment){
        .type = 1, .flags = 5, .vaddr = base, .filesz = SIZE, .memsz = SIZE, .align = PAGE};
    memcpy((uint8_t *)image + CODE, code, sizeof(code));
}

static void write_image(const char *name, const void *bytes, size_t n)
{
    unlink(name);
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0755);
    MUST(fd >= 0 && write(fd, bytes, n) == (ssize_t)n && close(fd) == 0, "write %s", name);
}

static int run_file(const char *name)
{
    char *argv[] = {(char *)name, NULL}, *envp[] = {NULL};
    return run_program(name, argv, envp);
}

static int run_image(const struct image *image)
{
    write_image("image", image, sizeof(*image));
    return run_file("image");
}

/* After each attempt a good program must still run: nothing is left half-done. */
static void check_good(const char *after)
{
    struct image image;
    make_image(&image);
    int status = run_image(&image);
    CHECK(status == GOOD << 8, "a good program after %s: %#x", after, (unsigned)status);
}

void smallest_program(void)
{
    struct image image;
    make_image(&image);
    CHECK(run_image(&image) == GOOD << 8, "one segment");
    image.segments[0].memsz = 10 * PAGE;
    image.segments[0].flags = 7;
    CHECK(run_image(&image) == GOOD << 8, "with zeros behind it");
    make_image(&image);
    image.segments[1] = (struct elf_segment){
        .type = 1, .flags = 6, .offset = 0, .vaddr = base + 16 * PAGE, .memsz = 3 * PAGE};
    image.segments[1].align = PAGE;
    image.header.phnum = 2;
    CHECK(run_image(&image) == GOOD << 8, "with a segment that is all zeros");
    image.segments[1] = (struct elf_segment){.type = 0x6474e551, .flags = 6};
    CHECK(run_image(&image) == GOOD << 8, "with one that means nothing here");
}

/* --- No programs at all --- */

void missing_programs(void)
{
    char *argv[] = {(char *)"x", NULL}, *envp[] = {NULL};
    static char name[300], path[5000];
    struct image image;
    memset(name, 'n', sizeof(name) - 1);
    memset(path, '/', sizeof(path) - 1);
    make_image(&image);
    write_image("program", &image, sizeof(image));
    write_image("locked", &image, sizeof(image));
    int fd = open("plain", O_WRONLY | O_CREAT, 0644);
    CHECK(write(fd, &image, sizeof(image)) == sizeof(image) && close(fd) == 0, "a plain file");
    CHECK(mkdir("folder", 0755) == 0, "a folder");
    CHECK(run_program("program", argv, envp) == GOOD << 8, "a program");
    CHECK(run_program("./folder/../program", argv, envp) == GOOD << 8, "by another path");
    CHECK(run_program("missing", argv, envp) == EXEC_FAILED(ENOENT), "no file");
    CHECK(run_program("missing/file", argv, envp) == EXEC_FAILED(ENOENT), "no folder");
    CHECK(run_program("", argv, envp) == EXEC_FAILED(ENOENT), "no path");
    CHECK(run_program("folder", argv, envp) == EXEC_FAILED(EACCES), "a folder");
    CHECK(run_program(".", argv, envp) == EXEC_FAILED(EACCES), "this folder");
    CHECK(run_program("plain", argv, envp) == EXEC_FAILED(EACCES), "not to be executed");
    CHECK(run_program("program/", argv, envp) == EXEC_FAILED(ENOTDIR), "a slash behind it");
    CHECK(run_program("program/x", argv, envp) == EXEC_FAILED(ENOTDIR), "below a file");
    CHECK(run_program(name, argv, envp) == EXEC_FAILED(ENAMETOOLONG), "a long name");
    CHECK(run_program(path, argv, envp) == EXEC_FAILED(ENAMETOOLONG), "a long path");
}

void no_programs(void)
{
    static const char *const texts[] = {"",
                                        "x",
                                        "\x7f",
                                        "\x7f"
                                        "ELF",
                                        "\x7f"
                                        "ELG",
                                        "some text that is no program\n"};
    static uint8_t junk[3 * PAGE];
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        write_image("text", texts[i], strlen(texts[i]));
        CHECK(run_file("text") == EXEC_FAILED(ENOEXEC), "text %zu", i);
    }
    write_image("junk", junk, sizeof(junk));
    CHECK(run_file("junk") == EXEC_FAILED(ENOEXEC), "zeros");
    fill(junk, sizeof(junk), 77, 5);
    write_image("junk", junk, sizeof(junk));
    CHECK(run_file("junk") == EXEC_FAILED(ENOEXEC), "junk");
    check_good("no programs");
}

/* --- Spoiled ones --- */

struct spoil {
    const char *what;
    size_t offset, size; /* which field */
    uint64_t value;
};

#define HEADER(field) \
    offsetof(struct image, header.field), sizeof(((struct image *)0)->header.field)
#define SEGMENT(field) \
    offsetof(struct image, segments[0].field), sizeof(((struct image *)0)->segments[0].field)

static int run_spoiled(const struct spoil *spoil)
{
    struct image image;
    make_image(&image);
    memcpy((uint8_t *)&image + spoil->offset, &spoil->value, spoil->size);
    return run_image(&image);
}

/* The file says itself that it is none of ours. */
void hostile_headers(void)
{
    static const struct spoil spoils[] = {
        {"a wrong magic number", HEADER(ident[1]), 'e'},
        {"a relocatable file", HEADER(type), 1},
        {"a core file", HEADER(type), 4},
        {"an unknown type", HEADER(type), 0xffff},
        {"another machine", HEADER(machine), 8},
        {"no machine", HEADER(machine), 0},
        {"no segments", HEADER(phnum), 0},
        {"more segments than a file can have", HEADER(phnum), 0xffff},
        {"segments behind the end", HEADER(phoff), SIZE + 1},
        {"segments that reach over the end", HEADER(phoff), SIZE - 8},
        {"segments far away", HEADER(phoff), (uint64_t)1 << 62},
        {"segments before the start", HEADER(phoff), ~(uint64_t)0 - 100},
        {"small segment headers", HEADER(phentsize), 55},
        {"no segment headers", HEADER(phentsize), 0},
        {"large segment headers", HEADER(phentsize), 57},
    };
    for (size_t i = 0; i < sizeof(spoils) / sizeof(spoils[0]); i++) {
        int status = run_spoiled(&spoils[i]);
        CHECK(status == EXEC_FAILED(ENOEXEC), "%s: %#x", spoils[i].what, (unsigned)status);
        check_good(spoils[i].what);
    }
}

/* What cannot be mapped or run as it says: refused, or killed, but never run to its end. */
void hostile_segments(void)
{
    static const struct spoil spoils[] = {
        {"in the kernel", SEGMENT(vaddr), 0xffffffc080200000},
        {"at the very end", SEGMENT(vaddr), 0xfffffffffffff000},
        {"behind user space", SEGMENT(vaddr), (uint64_t)1 << 62},
        {"in the middle of nowhere", SEGMENT(vaddr), (uint64_t)1 << 63},
        {"longer in the file than in memory", SEGMENT(memsz), 16},
        {"longer than user space", SEGMENT(memsz), (uint64_t)1 << 60},
        {"as long as can be", SEGMENT(memsz), ~(uint64_t)0},
        {"so long that it wraps", SEGMENT(memsz), ~(uint64_t)0 - base},
        {"more of the file than there can be", SEGMENT(filesz), ~(uint64_t)0},
        {"an offset that does not fit the address", SEGMENT(offset), 8},
        {"an address that does not fit the offset", SEGMENT(vaddr), base + 8},
        {"not to be loaded", SEGMENT(type), 0},
        {"not to be executed", SEGMENT(flags), 4},
        {"no access at all", SEGMENT(flags), 0},
        {"an entry at 0", HEADER(entry), 0},
        {"an entry in the kernel", HEADER(entry), 0xffffffc080200000},
        {"an entry behind it", HEADER(entry), base + (1 << 20)},
        {"an entry at the end of all", HEADER(entry), ~(uint64_t)0 - 3},
    };
    for (size_t i = 0; i < sizeof(spoils) / sizeof(spoils[0]); i++) {
        int status = run_spoiled(&spoils[i]);
        bool failed = WIFSIGNALED(status) || status >= EXEC_FAILED(1);
        CHECK(failed && status != GOOD << 8, "%s: %#x", spoils[i].what, (unsigned)status);
        check_good(spoils[i].what);
    }
}

/* The file ends anywhere: in the headers, before the code, in the code. */
void truncated_programs(void)
{
    static const size_t sizes[] = {1,  4,   16,  17,  40,   63,       64,       65,
                                   80, 119, 120, 200, PAGE, CODE + 0, CODE - 1, PAGE / 2};
    struct image image;
    make_image(&image);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        write_image("truncated", &image, sizes[i]);
        int status = run_file("truncated");
        bool failed = WIFSIGNALED(status) || status >= EXEC_FAILED(1);
        CHECK(failed && (sizes[i] >= 120 || status == EXEC_FAILED(ENOEXEC)), "%zu bytes: %#x",
              sizes[i], (unsigned)status);
    }
    check_good("truncated ones");
}

/* Anything may come of these, but for the machine's end. SEED in the environment gives others. */
void random_headers(void)
{
    const char *text = getenv("SEED");
    unsigned seed = text != NULL ? (unsigned)strtoul(text, NULL, 0) : 7;
    static const uint8_t bytes[] = {0, 1, 0x10, 0x7f, 0x80, 0xff};
    unsigned good = 0;
    for (int round = 0; round < 150; round++) {
        struct image image;
        make_image(&image);
        image.segments[1] = image.segments[0];
        image.header.phnum = (uint16_t)(1 + rand_r(&seed) % 2);
        for (int changes = rand_r(&seed) % 3; changes >= 0; changes--) {
            size_t at = 16 + (size_t)rand_r(&seed) % (sizeof(struct elf_header) + 96);
            ((uint8_t *)&image)[at] = bytes[rand_r(&seed) % 6];
        }
        good += run_image(&image) == GOOD << 8;
    }
    CHECK(good < 150, "at least some were refused, %u were not", good);
    check_good("all of them");
    check_audit();
}
