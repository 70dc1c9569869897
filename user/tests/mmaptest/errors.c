/* DEFECTS 44: every errno of mmap and munmap, one cause a row. */
#include "tests.h"

/* What a row's descriptor is; made anew for the table. */
enum file { NONE, NUMBER_999, CLOSED, READ_ONLY, WRITE_ONLY, READ_WRITE, PIPE_END, FOLDER, NFILES };

struct mmap_row {
    const char *what;
    uintptr_t address;
    size_t length;
    int prot, flags;
    enum file file;
    off_t offset;
    int error; /* 0: it succeeds */
};

#define KERNEL    0xffffffc080200000UL
#define LAST_PAGE 0xfffffffffffff000UL
#define LONG_LAST 0x7ffffffffffff000L
#define FIXED     (ANON | MAP_FIXED)

static const struct mmap_row mmap_rows[] = {
    {"nothing wrong", 0, 1, RW, ANON, NONE, 0, 0},
    {"no descriptor", 0, PAGE, RW, MAP_SHARED, NONE, 0, EBADF},
    {"no descriptor, private", 0, PAGE, PROT_READ, MAP_PRIVATE, NONE, 0, EBADF},
    {"a number without a file", 0, PAGE, RW, MAP_PRIVATE, NUMBER_999, 0, EBADF},
    {"a closed descriptor", 0, PAGE, PROT_READ, MAP_PRIVATE, CLOSED, 0, EBADF},
    {"a pipe", 0, PAGE, PROT_READ, MAP_PRIVATE, PIPE_END, 0, ENODEV},
    {"a folder", 0, PAGE, PROT_READ, MAP_PRIVATE, FOLDER, 0, ENODEV},
    {"read-only, shared, to be written", 0, PAGE, RW, MAP_SHARED, READ_ONLY, 0, EACCES},
    {"read-only, shared, only written", 0, PAGE, PROT_WRITE, MAP_SHARED, READ_ONLY, 0, EACCES},
    {"read-only, shared, to be read", 0, PAGE, PROT_READ, MAP_SHARED, READ_ONLY, 0, 0},
    {"read-only, shared, no access", 0, PAGE, PROT_NONE, MAP_SHARED, READ_ONLY, 0, 0},
    {"read-only, private, to be written", 0, PAGE, RW, MAP_PRIVATE, READ_ONLY, 0, 0},
    {"write-only, shared, to be written", 0, PAGE, PROT_WRITE, MAP_SHARED, WRITE_ONLY, 0, EACCES},
    {"write-only, shared, to be read", 0, PAGE, PROT_READ, MAP_SHARED, WRITE_ONLY, 0, EACCES},
    {"write-only, private", 0, PAGE, PROT_READ, MAP_PRIVATE, WRITE_ONLY, 0, EACCES},
    {"write-only, no access", 0, PAGE, PROT_NONE, MAP_PRIVATE, WRITE_ONLY, 0, EACCES},
    {"no length", 0, 0, RW, ANON, NONE, 0, EINVAL},
    {"no length of a file", 0, 0, PROT_READ, MAP_SHARED, READ_WRITE, 0, EINVAL},
    {"an unaligned offset", 0, PAGE, PROT_READ, MAP_SHARED, READ_WRITE, 1, EINVAL},
    {"an unaligned offset further on", 0, PAGE, RW, MAP_PRIVATE, READ_WRITE, 5000, EINVAL},
    {"an unaligned offset of nothing", 0, PAGE, RW, ANON, NONE, 512, EINVAL},
    {"a fixed place, unaligned", 0x10000001, PAGE, RW, FIXED, NONE, 0, EINVAL},
    {"neither shared nor private", 0, PAGE, RW, MAP_ANONYMOUS, NONE, 0, EINVAL},
    {"neither, of a file", 0, PAGE, PROT_READ, 0, READ_WRITE, 0, EINVAL},
    {"an unknown type", 0, PAGE, PROT_READ, 4, READ_WRITE, 0, EINVAL},
    {"an unknown flag that must be known", 0, PAGE, PROT_READ, MAP_SHARED_VALIDATE | 1 << 25,
     READ_WRITE, 0, EOPNOTSUPP},
    {"validated and fine", 0, PAGE, RW, MAP_SHARED_VALIDATE, READ_WRITE, 0, 0},
    {"as long as can be", 0, ~0UL, RW, ANON, NONE, 0, ENOMEM},
    {"a length that wraps when rounded", 0, ~0UL - 100, RW, ANON, NONE, 0, ENOMEM},
    {"a negative length", 0, 1UL << 63, RW, ANON, NONE, 0, ENOMEM},
    {"longer than user space", 0, 1UL << 50, PROT_NONE, ANON | MAP_NORESERVE, NONE, 0, ENOMEM},
    {"a wish that does not fit", KERNEL, PAGE, RW, ANON, NONE, 0, 0},
    {"the kernel's memory", KERNEL, PAGE, RW, FIXED, NONE, 0, ENOMEM},
    {"the last page of all", LAST_PAGE, PAGE, RW, FIXED, NONE, 0, ENOMEM},
    {"a range that wraps", LAST_PAGE, 2 * PAGE, RW, FIXED, NONE, 0, ENOMEM},
    {"a fixed range across user space", 0x10000000, ~0UL - 0x20000000, RW, FIXED, NONE, 0, ENOMEM},
    {"an offset beyond all files", 0, PAGE, PROT_READ, MAP_SHARED, READ_WRITE, LONG_LAST,
     EOVERFLOW},
    {"a negative offset", 0, PAGE, PROT_READ, MAP_PRIVATE, READ_WRITE, -(off_t)PAGE, EOVERFLOW},
};

static void open_files(int files[NFILES])
{
    int ends[2];
    files[NONE] = -1;
    files[NUMBER_999] = 999;
    files[READ_WRITE] = make_file("errors", 4 * PAGE, 1);
    files[READ_ONLY] = open("errors", O_RDONLY);
    files[WRITE_ONLY] = open("errors", O_WRONLY);
    files[FOLDER] = open(".", O_RDONLY | O_DIRECTORY);
    MUST(pipe(ends) == 0, "pipe");
    files[PIPE_END] = ends[0];
    files[CLOSED] = ends[1];
    close(ends[1]);
}

void mmap_errors(void)
{
    int files[NFILES];
    open_files(files);
    for (size_t i = 0; i < sizeof(mmap_rows) / sizeof(mmap_rows[0]); i++) {
        const struct mmap_row *row = &mmap_rows[i];
        errno = 0;
        void *got = mmap((void *)row->address, row->length, row->prot, row->flags, files[row->file],
                         row->offset);
        if (row->error == 0)
            CHECK(got != MAP_FAILED && munmap(got, row->length) == 0, "%s", row->what);
        else
            CHECK(got == MAP_FAILED && errno == row->error, "%s: %p, expected %s", row->what, got,
                  strerror(row->error));
    }
    CHECK(file_holds(files[READ_WRITE], 4 * PAGE, 0, 1), "the file does not notice");
}

struct munmap_row {
    const char *what;
    uintptr_t address;
    size_t length;
    int error;
};

/* Addresses that are free in every program: far from where anything is put by itself. */
#define FREE 0x1800000000UL

static const struct munmap_row munmap_rows[] = {
    {"what is not mapped", FREE, PAGE, 0},
    {"much that is not mapped", FREE, 1UL << 30, 0},
    {"unaligned", FREE + 1, PAGE, EINVAL},
    {"unaligned by half a page", FREE + 2048, PAGE, EINVAL},
    {"no length", FREE, 0, EINVAL},
    {"the kernel's memory", KERNEL, PAGE, EINVAL},
    {"the last page of all", LAST_PAGE, PAGE, EINVAL},
    {"a range that wraps", LAST_PAGE, 2 * PAGE, EINVAL},
    {"across the end of user space", FREE, 1UL << 62, EINVAL},
    {"as long as can be", FREE, ~0UL, EINVAL},
    {"a length that wraps when rounded", FREE, ~0UL - 100, EINVAL},
    {"the upper half", 1UL << 63, PAGE, EINVAL},
};

void munmap_errors(void)
{
    uint8_t *at = map(PAGE, RW, ANON, -1, 0);
    store(at, 1);
    for (size_t i = 0; i < sizeof(munmap_rows) / sizeof(munmap_rows[0]); i++) {
        const struct munmap_row *row = &munmap_rows[i];
        errno = 0;
        int got = munmap((void *)row->address, row->length);
        CHECK(row->error == 0 ? got == 0 : got == -1 && errno == row->error, "%s: %d, expected %s",
              row->what, got, row->error == 0 ? "success" : strerror(row->error));
    }
    CHECK(munmap(at + 1, PAGE) == -1 && errno == EINVAL, "an address inside a page");
    CHECK(munmap(at, 0) == -1 && errno == EINVAL, "no length of a mapping");
    CHECK(load(at) == 1, "refusals unmap nothing");
}

/* A protection with bits that mean nothing yet is no error, as on Linux. */
void mmap_odd_arguments(void)
{
    uint8_t *at = mmap(NULL, PAGE, RW | 0x1000000, ANON, -1, 0);
    CHECK(at != MAP_FAILED && is_zero(at, PAGE), "an unknown protection bit");
    at = mmap(NULL, PAGE, RW, ANON | 0x4000000, -1, 0);
    CHECK(at != MAP_FAILED && is_zero(at, PAGE), "an unknown flag with a plain type");
    int fd = make_file("odd", PAGE, 1);
    at = mmap(NULL, 4 * PAGE, PROT_READ, MAP_SHARED, fd, 4096 * (off_t)PAGE);
    CHECK(at != MAP_FAILED && !is_readable(at), "an offset behind the end is no error by itself");
}
