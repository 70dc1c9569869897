/* mprotect: what may be done with a page before and after it, and its errors. */
#include "tests.h"

/* Each kind of mapping from each protection to each other, by what loads and stores do. */
static void check_changes(int flags, int fd, const char *name)
{
    uint8_t *at = map(2 * PAGE, RW, flags, fd, 0);
    fill(at, 2 * PAGE, 0, 1);
    for (int from = 0; from < 4; from++) {
        for (int to = 0; to < 8; to++) {
            protect(at, 2 * PAGE, from);
            if (from & PROT_READ)
                CHECK(holds(at, 2 * PAGE, 0, 1), "%s: the contents under %d", name, from);
            protect(at, 2 * PAGE, to);
            check_access(at + PAGE, to, name);
            protect(at, 2 * PAGE, RW);
            fill(at, 2 * PAGE, 0, 1); /* the store of the child may have been seen */
        }
    }
    munmap(at, 2 * PAGE);
}

void protect_matrix(void)
{
    NEEDS_MPROTECT();
    int fd = make_file("matrix", 2 * PAGE, 1);
    check_changes(ANON, -1, "private");
    check_changes(ANON_SHARED, -1, "shared");
    check_changes(MAP_PRIVATE, fd, "private file");
    check_changes(MAP_SHARED, fd, "shared file");
}

/* The first, the last, a middle page of a mapping: only they change, and may change back. */
void protect_parts(void)
{
    NEEDS_MPROTECT();
    uint8_t *at = map(6 * PAGE, RW, ANON, -1, 0);
    for (size_t first = 0; first < 6; first++) {
        for (size_t n = 1; first + n <= 6; n += 2) {
            fill(at, 6 * PAGE, 0, (unsigned)n);
            protect(at + first * PAGE, n * PAGE, PROT_READ);
            for (size_t page = 0; page < 6; page++) {
                bool refused = page >= first && page < first + n;
                CHECK(store_signal(at + page * PAGE) == (refused ? SIGSEGV : 0),
                      "page %zu after %zu+%zu", page, first, n);
            }
            CHECK(holds(at, 6 * PAGE, 0, (unsigned)n), "the contents");
            protect(at, 6 * PAGE, RW);
        }
    }
    protect(at + PAGE, 1, PROT_NONE);
    CHECK(is_readable(at) && !is_readable(at + 2 * PAGE - 1) && is_readable(at + 2 * PAGE),
          "a length is rounded up to whole pages");
    protect(at + PAGE, PAGE + 1, RW);
    CHECK(holds(at, 6 * PAGE, 0, 1), "all is as it was");
}

void protect_none_keeps(void)
{
    NEEDS_MPROTECT();
    int fd = make_file("none", 4 * PAGE, 2);
    uint8_t *kinds[] = {map(4 * PAGE, RW, ANON, -1, 0), map(4 * PAGE, RW, ANON_SHARED, -1, 0),
                        map(4 * PAGE, RW, MAP_PRIVATE, fd, 0)};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        uint8_t *at = kinds[i];
        fill(at, 3 * PAGE, 0, 1);
        protect(at, 4 * PAGE, PROT_NONE);
        CHECK(!is_readable(at) && !is_readable(at + 3 * PAGE), "no access, kind %zu", i);
        CHECK(load_signal(at + PAGE) == SIGSEGV, "nor for the program");
        protect(at, 4 * PAGE, PROT_READ);
        CHECK(holds(at, 3 * PAGE, 0, 1), "the contents are kept, kind %zu", i);
        CHECK(i == 2 ? holds(at + 3 * PAGE, PAGE, 3 * PAGE, 2) : is_zero(at + 3 * PAGE, PAGE),
              "and what was untouched is what it was, kind %zu", i);
        CHECK(store_signal(at) == SIGSEGV, "reading does not bring back writing");
        protect(at, 4 * PAGE, RW);
        fill(at, 4 * PAGE, 0, 3);
        CHECK(holds(at, 4 * PAGE, 0, 3), "writing comes back, kind %zu", i);
    }
    CHECK(file_holds(fd, 4 * PAGE, 0, 2), "the file saw nothing");
}

/* One call over neighbours of all kinds. */
void protect_across_mappings(void)
{
    NEEDS_MPROTECT();
    int fd = make_file("across", 4 * PAGE, 2);
    uint8_t *at = empty_range(8 * PAGE);
    map_over(at, 2 * PAGE, ANON, -1);
    map_over(at + 2 * PAGE, 2 * PAGE, MAP_SHARED, fd);
    map_over(at + 4 * PAGE, 2 * PAGE, ANON_SHARED, -1);
    map_over(at + 6 * PAGE, 2 * PAGE, MAP_PRIVATE, fd);
    fill(at, 8 * PAGE, 0, 1);
    protect(at + PAGE, 6 * PAGE, PROT_READ);
    for (size_t page = 0; page < 8; page++)
        CHECK(store_signal(at + page * PAGE + 1) == (page > 0 && page < 7 ? SIGSEGV : 0),
              "a store to page %zu", page);
    fill(at, 1, 0, 1);
    protect(at, 8 * PAGE, RW);
    CHECK(holds(at + PAGE, 6 * PAGE, PAGE, 1), "what was protected");
    fill(at, 8 * PAGE, 0, 5);
    CHECK(file_holds(fd, 2 * PAGE, 2 * PAGE, 5) == false && file_byte(fd, 0) == at[2 * PAGE],
          "the shared file's pages are where they were");
}

/* As on Linux it works from low to high: what lies before the gap has changed. */
void protect_stops_at_gap(void)
{
    NEEDS_MPROTECT();
    NOT_UNDER_QEMU_USER("a call that fails has no effect");
    uint8_t *at = empty_range(8 * PAGE);
    map_over(at, 2 * PAGE, ANON, -1);
    map_over(at + 3 * PAGE, 2 * PAGE, ANON, -1);
    fill(at, 2 * PAGE, 0, 1);
    fill(at + 3 * PAGE, 2 * PAGE, 0, 2);
    CHECK(mprotect(at, 5 * PAGE, PROT_READ) == -1 && errno == ENOMEM, "over a gap");
    CHECK(store_signal(at) == SIGSEGV && store_signal(at + PAGE) == SIGSEGV, "before it: changed");
    CHECK(store_signal(at + 3 * PAGE) == 0 && store_signal(at + 4 * PAGE) == 0, "behind: not");
    CHECK(mprotect(at + 2 * PAGE, 2 * PAGE, PROT_NONE) == -1 && errno == ENOMEM, "from a gap on");
    CHECK(is_readable(at + 3 * PAGE), "changes nothing");
    CHECK(mprotect(at + 4 * PAGE, 2 * PAGE, PROT_NONE) == -1 && errno == ENOMEM, "past the end");
    CHECK(is_readable(at + 3 * PAGE) && !is_readable(at + 4 * PAGE), "changes what is there");
    protect(at + 4 * PAGE, PAGE, RW);
    CHECK(mprotect(at, (size_t)1 << 28, PROT_NONE) == -1 && errno == ENOMEM, "far past it");
    CHECK(!is_readable(at) && is_readable(at + 3 * PAGE), "changes what is there, too");
    protect(at, 2 * PAGE, RW);
    CHECK(holds(at, 2 * PAGE, 0, 1) && holds(at + 3 * PAGE, 2 * PAGE, 0, 2), "the contents");
}

/* The same where a mapping may not have what is asked for. */
void protect_stops_at_refusal(void)
{
    NEEDS_MPROTECT();
    NOT_UNDER_QEMU_USER("a call that fails has no effect");
    make_file("refusal", 2 * PAGE, 2);
    int fd = open("refusal", O_RDONLY);
    uint8_t *at = empty_range(6 * PAGE);
    map_over(at, 2 * PAGE, ANON, -1);
    MUST(mmap(at + 2 * PAGE, 2 * PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0) != MAP_FAILED,
         "map a file that is only readable");
    map_over(at + 4 * PAGE, 2 * PAGE, ANON, -1);
    close(fd); /* what the descriptor allowed holds for the mapping's life */
    protect(at, 2 * PAGE, PROT_READ);
    protect(at + 4 * PAGE, 2 * PAGE, PROT_READ);
    CHECK(mprotect(at, 6 * PAGE, RW) == -1 && errno == EACCES, "no writing to a readable file");
    CHECK(store_signal(at) == 0 && store_signal(at + PAGE) == 0, "what comes before has changed");
    CHECK(store_signal(at + 2 * PAGE) == SIGSEGV, "the file's mapping has not");
    CHECK(store_signal(at + 4 * PAGE) == SIGSEGV, "nor has what follows");
    CHECK(holds(at + 2 * PAGE, 2 * PAGE, 0, 2), "the file can still be read");
    protect(at + 2 * PAGE, 2 * PAGE, PROT_NONE);
    CHECK(mprotect(at + 2 * PAGE, PAGE, RW) == -1 && errno == EACCES, "not by way of PROT_NONE");
    CHECK(mprotect(at + 2 * PAGE, PAGE, PROT_WRITE) == -1 && errno == EACCES, "nor write-only");
    protect(at + 2 * PAGE, 2 * PAGE, PROT_READ | PROT_EXEC);
    CHECK(holds(at + 2 * PAGE, 2 * PAGE, 0, 2), "but reading comes back");
}

/* Data that a program makes read-only once it is set up. */
void protect_data(void)
{
    NEEDS_MPROTECT();
    static uint8_t data[3 * PAGE] = {1};
    uint8_t *at = (uint8_t *)(((uintptr_t)data + PAGE - 1) / PAGE * PAGE);
    fill(at, 2 * PAGE, 0, 1);
    protect(at, PAGE, PROT_READ);
    CHECK(store_signal(at) == SIGSEGV && store_signal(at + PAGE - 1) == SIGSEGV, "read-only");
    CHECK(store_signal(at + PAGE) == 0, "its neighbour is not");
    CHECK(holds(at, 2 * PAGE, 0, 1), "both are readable");
    protect(at, PAGE, RW);
    fill(at, 2 * PAGE, 0, 2);
    CHECK(holds(at, 2 * PAGE, 0, 2), "and writable again");
}

static int call(void *at)
{
    int (*function)(void) = (int (*)(void))(uintptr_t)at;
    return function();
}

static void child_calls(void *at)
{
    call(at);
}

/* The machine code of a function that returns a small number. */
static bool write_code(uint8_t *to, unsigned result)
{
#if defined(__riscv)
    uint32_t code[2] = {0x00000513 | result << 20, 0x00008067}; /* li a0, result; ret */
#elif defined(__x86_64__)
    uint8_t code[6] = {0xb8, (uint8_t)result, 0, 0, 0, 0xc3}; /* mov eax, result; ret */
#else
    uint8_t code[1] = {0};
    return false;
#endif
    memcpy(to, code, sizeof(code));
    return true;
}

/* Code is written, then made executable: what runs is what was written last. DEFECTS 26. */
void protect_code(void)
{
    NEEDS_MPROTECT();
    uint8_t *at = map(PAGE, RW, ANON, -1, 0);
    for (unsigned result = 1; result < 30; result++) {
        protect(at, PAGE, RW);
        if (!write_code(at, result))
            SKIP("no code for this processor");
        CHECK(result % 5 != 0 || signal_of(child_calls, at) == SIGSEGV, "data is not executed");
        protect(at, PAGE, PROT_READ | PROT_EXEC);
        __builtin___clear_cache((char *)at, (char *)at + 16);
        CHECK(call(at) == (int)result, "code written in round %u", result);
        CHECK(result % 5 != 0 || store_signal(at) == SIGSEGV, "code is not written to");
    }
    protect(at, PAGE, PROT_READ);
    CHECK(signal_of(child_calls, at) == SIGSEGV, "no longer executed");
}

/* A page of the heap, and one of the stack: the heap still grows behind it, and all is kept. */
void protect_heap_and_stack(void)
{
    NEEDS_MPROTECT();
    NOT_UNDER_QEMU_USER("it clears the heap's pages itself, protected or not");
    uint8_t *before = sbrk(0);
    uint8_t *at = (uint8_t *)(((uintptr_t)before + PAGE - 1) / PAGE * PAGE);
    MUST(brk(at + 3 * PAGE) == 0, "grow the heap");
    fill(at, 3 * PAGE, 0, 1);
    protect(at + 2 * PAGE, PAGE, PROT_READ);
    MUST(brk(at + 5 * PAGE) == 0, "and further");
    CHECK(store_signal(at + 2 * PAGE) == SIGSEGV && store_signal(at + 3 * PAGE) == 0, "protected");
    CHECK(holds(at, 3 * PAGE, 0, 1) && is_zero(at + 3 * PAGE, 2 * PAGE), "the contents");
    CHECK(brk(at + PAGE) == 0 && brk(at + 3 * PAGE) == 0, "down and up again");
    CHECK(store_signal(at + 2 * PAGE) == 0 && is_zero(at + 2 * PAGE, PAGE), "is new memory");
    brk(before);
    volatile uint8_t frame[4 * PAGE];
    frame[0] = 1;
    uint8_t *page = (uint8_t *)(((uintptr_t)frame + PAGE - 1) / PAGE * PAGE) + PAGE;
    fill(page, PAGE, 0, 1);
    protect(page, PAGE, PROT_READ);
    CHECK(store_signal(page) == SIGSEGV && store_signal(page + PAGE) == 0, "a page of the stack");
    protect(page, PAGE, RW);
    CHECK(holds(page, PAGE, 0, 1), "is as it was");
}

/* --- Errors --- */

static const struct row rows[] = {
    {"nothing wrong", FIELD_ANON, PAGE, PROT_READ, 0},
    {"no length", FIELD_ANON, 0, PROT_READ, 0},
    {"no length where nothing is", FIELD_GAP, 0, PROT_READ, 0},
    {"EINVAL: not aligned", FIELD_ANON + 1, PAGE, PROT_READ, EINVAL},
    {"EINVAL: not aligned, and no length", FIELD_ANON + 2048, 0, PROT_READ, EINVAL},
    {"EINVAL: a bit that means nothing", FIELD_ANON, PAGE, PROT_READ | 0x100, EINVAL},
    {"EINVAL: another", FIELD_ANON, PAGE, 0x40000000, EINVAL},
    {"EINVAL: to grow down what does not", FIELD_ANON, PAGE, RW | 0x01000000, EINVAL},
    {"EINVAL: to grow up what does not", FIELD_ANON, PAGE, RW | 0x02000000, EINVAL},
    {"EINVAL: to grow both ways", FIELD_ANON, PAGE, RW | 0x03000000, EINVAL},
    {"ENOMEM: not mapped", FIELD_GAP, PAGE, PROT_READ, ENOMEM},
    {"ENOMEM: partly mapped", FIELD_ANON, 3 * PAGE, PROT_READ, ENOMEM},
    {"ENOMEM: mapped later on", FIELD_GAP, 3 * PAGE, PROT_READ, ENOMEM},
    {"ENOMEM: a gap inside", FIELD_ANON, 6 * PAGE, PROT_READ, ENOMEM},
    {"ENOMEM: past the end", FIELD_NONE, 3 * PAGE, PROT_READ, ENOMEM},
    {"ENOMEM: the kernel's memory", KERNEL, PAGE, PROT_READ, ENOMEM},
    {"ENOMEM: the last page of all", LAST_PAGE, PAGE, PROT_READ, ENOMEM},
    {"ENOMEM: a range that wraps", LAST_PAGE, 2 * PAGE, PROT_READ, ENOMEM},
    {"ENOMEM: a length that wraps", FIELD_GAP, ~0UL - 2 * PAGE, PROT_READ, ENOMEM},
    {"ENOMEM: a length that wraps when rounded", FIELD_GAP, ~0UL - 100, PROT_READ, ENOMEM},
    {"ENOMEM: half of all addresses", FIELD_GAP, 1UL << 63, PROT_READ, ENOMEM},
    {"EACCES: a shared, readable file", FIELD_READ_ONLY, PAGE, RW, EACCES},
    {"EACCES: only to be written", FIELD_READ_ONLY, PAGE, PROT_WRITE, EACCES},
    {"EACCES: with executing", FIELD_READ_ONLY, PAGE, RW | PROT_EXEC, EACCES},
    {"EACCES: after others", FIELD_SHARED, 4 * PAGE, RW, EACCES},
    {"EACCES: before a gap", FIELD_READ_ONLY, 16 * PAGE, RW, EACCES},
    {"a shared, readable file, to be read", FIELD_READ_ONLY, PAGE, PROT_READ, 0},
    {"a shared, readable file, no access", FIELD_READ_ONLY, PAGE, PROT_NONE, 0},
    {"a shared file, writable", FIELD_SHARED, 2 * PAGE, RW, 0},
    {"a private, readable file", FIELD_PRIVATE, 2 * PAGE, RW, 0},
    {"what had no access", FIELD_NONE, 2 * PAGE, RW, 0},
};

void protect_errors(void)
{
    NEEDS_MPROTECT();
    NOT_UNDER_QEMU_USER("it stops at a range that wraps");
    CHECK_ROWS(rows, mprotect);
}

/* What the kernel is given must be allowed to the program as well. */
void protect_and_calls(void)
{
    NEEDS_MPROTECT();
    int fd = make_file("calls", 2 * PAGE, 2), ends[2];
    struct stat status;
    uint8_t *at = map(2 * PAGE, RW, ANON, -1, 0);
    MUST(pipe(ends) == 0 && write(ends[1], "pipe", 4) == 4, "a pipe");
    strcpy((char *)at, "calls");
    protect(at, PAGE, PROT_READ);
    CHECK(stat((char *)at, &status) == 0, "a name in read-only memory");
    CHECK(pread(fd, at, 10, 0) == -1 && errno == EFAULT, "read into it");
    CHECK(read(ends[0], at, 4) == -1 && errno == EFAULT, "read a pipe into it");
    CHECK(fstat(fd, (struct stat *)at) == -1 && errno == EFAULT, "fstat into it");
    CHECK(pwrite(fd, at, 5, 0) == 5, "write from it");
    protect(at, PAGE, PROT_NONE);
    CHECK(pwrite(fd, at, 5, 0) == -1 && errno == EFAULT, "write from memory without access");
    CHECK(pread(fd, at, 5, 0) == -1 && errno == EFAULT, "read into it");
    CHECK(write(ends[1], at, 5) == -1 && errno == EFAULT, "write it to a pipe");
    CHECK(open((char *)at, O_RDONLY) == -1 && errno == EFAULT, "a name in it");
    CHECK(stat((char *)at, &status) == -1 && errno == EFAULT, "and for stat");
    CHECK(pipe((int *)at) == -1 && errno == EFAULT, "two descriptors into it");
    ssize_t n = pread(fd, at + PAGE - 4, 8, 0);
    CHECK(n == -1 && errno == EFAULT, "the front of a buffer without access: %zd", n);
    n = pread(fd, at + PAGE, PAGE, 0);
    CHECK(n == (ssize_t)PAGE && load(at + PAGE) == 'c', "the page behind it");
    protect(at, PAGE, RW);
    CHECK(strcmp((char *)at, "calls") == 0, "the contents");
    CHECK(read(ends[0], at, 10) == 4 && memcmp(at, "pipe", 4) == 0, "the pipe lost nothing");
}
