/* Anonymous memory, protections, and the shapes of mappings. */
#include "tests.h"

/* An untouched page reads as zero, keeps what is stored, and is zero again when mapped anew. */
void anon_is_zero(void)
{
    uint8_t *at = map(64 * PAGE, RW, ANON, -1, 0);
    CHECK(is_zero(at, 64 * PAGE), "fresh memory is zero");
    fill(at, 64 * PAGE, 0, 1);
    CHECK(holds(at, 64 * PAGE, 0, 1), "it keeps what was stored after it was read");
    uint8_t *untouched = map(64 * PAGE, RW, ANON, -1, 0);
    fill(untouched + 100, 63 * PAGE, 0, 2);
    CHECK(is_zero(untouched, 100) && holds(untouched + 100, 63 * PAGE, 0, 2), "stored to at first");
    CHECK(is_zero(untouched + 63 * PAGE + 100, PAGE - 100), "behind what was stored");
}

/* DEFECTS 22: what was mapped at an address before must not be seen through a stale translation. */
void anon_maps_again(void)
{
    uint8_t *at = empty_range(4 * PAGE);
    for (unsigned round = 0; round < 50; round++) {
        map_over(at, 4 * PAGE, ANON, -1);
        CHECK(is_zero(at, 4 * PAGE), "zero in round %u", round);
        fill(at, 4 * PAGE, 0, round);
        if (round % 2 == 0)
            MUST(munmap(at, 4 * PAGE) == 0, "unmap");
        else
            map_over(at, 4 * PAGE, ANON, -1);
        if (round % 2 == 0)
            CHECK(!is_readable(at) && !is_readable(at + 3 * PAGE), "unmapped in round %u", round);
    }
}

void anon_is_private(void)
{
    uint8_t *one = map(PAGE, RW, ANON, -1, 0), *two = map(PAGE, RW, ANON, -1, 0);
    fill(one, PAGE, 0, 1);
    CHECK(is_zero(two, PAGE), "two mappings of nothing are two memories");
    fill(two, PAGE, 0, 2);
    CHECK(holds(one, PAGE, 0, 1), "and stay so");
}

/* Far more addresses than there is memory; only what is touched costs anything. */
void anon_may_be_huge(void)
{
    size_t length = (size_t)8 << 30, step = (size_t)1 << 30;
    uint8_t *at = map(length, RW, ANON | MAP_NORESERVE, -1, 0);
    for (size_t offset = 0; offset < length; offset += step)
        store(at + offset + 5 * PAGE, (uint8_t)(offset >> 30) + 1);
    store(at + length - 1, 99);
    for (size_t offset = 0; offset < length; offset += step)
        CHECK(load(at + offset + 5 * PAGE) == (offset >> 30) + 1, "page at %zu GiB", offset >> 30);
    CHECK(load(at + length - 1) == 99 && load(at + length - PAGE) == 0, "the last page");
    CHECK(munmap(at, length) == 0, "unmap all");
    CHECK(!is_readable(at) && !is_readable(at + length - 1), "gone");
}

/* --- Protections --- */

static void check_access(uint8_t *at, int prot, const char *what)
{
    bool reads = prot & (PROT_READ | PROT_WRITE); /* DEFECTS 25: whoever may store may load */
    bool writes = prot & PROT_WRITE;
    /* Whether a page may be loaded from that may only be executed is up to the processor. */
    if (reads || prot == PROT_NONE || test_on_quire())
        CHECK(load_signal(at) == (reads ? 0 : SIGSEGV), "load, prot %d, %s", prot, what);
    CHECK(store_signal(at) == (writes ? 0 : SIGSEGV), "store, prot %d, %s", prot, what);
}

/* Each kind of mapping under each protection, by what loads and stores do. */
void protections(void)
{
    static const int kinds[] = {MAP_PRIVATE, MAP_SHARED, MAP_PRIVATE | MAP_ANONYMOUS,
                                MAP_SHARED | MAP_ANONYMOUS};
    static const char *const names[] = {"private file", "shared file", "private", "shared"};
    int fd = make_file("protections", 2 * PAGE, 1);
    for (int kind = 0; kind < 4; kind++) {
        for (int prot = 0; prot < 8; prot++) {
            int from = kinds[kind] & MAP_ANONYMOUS ? -1 : fd;
            uint8_t *at = map(2 * PAGE, prot, kinds[kind], from, 0);
            check_access(at + PAGE, prot, names[kind]);
            MUST(munmap(at, 2 * PAGE) == 0, "unmap");
        }
    }
}

/* A store that is refused changes nothing; a page that was read may still not be stored to. */
void protection_after_read(void)
{
    int fd = make_file("read-first", PAGE, 1);
    uint8_t *shared = map(PAGE, PROT_READ, MAP_SHARED, fd, 0);
    uint8_t *private = map(PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    uint8_t *anonymous = map(PAGE, PROT_READ, ANON, -1, 0);
    CHECK(load(shared) == load(private) && load(anonymous) == 0, "all were read");
    CHECK(store_signal(shared) == SIGSEGV, "store to a shared page");
    CHECK(store_signal(private) == SIGSEGV, "store to a private page");
    CHECK(store_signal(anonymous) == SIGSEGV, "store to an anonymous page");
    CHECK(file_holds(fd, PAGE, 0, 1) && holds(private, PAGE, 0, 1), "nothing has changed");
}

/* The machine code of a function that returns a small number. */
#if defined(__riscv)
#define CODE_SIZE 8
static void write_code(uint8_t *to, unsigned result)
{
    uint32_t code[2] = {0x00000513 | result << 20, 0x00008067}; /* li a0, result; ret */
    memcpy(to, code, sizeof(code));
}
#elif defined(__x86_64__)
#define CODE_SIZE 6
static void write_code(uint8_t *to, unsigned result)
{
    uint8_t code[6] = {0xb8, (uint8_t)result, 0, 0, 0, 0xc3}; /* mov eax, result; ret */
    memcpy(to, code, sizeof(code));
}
#endif

#ifdef CODE_SIZE
static int call(void *at)
{
    int (*function)(void) = (int (*)(void))(uintptr_t)at;
    return function();
}

static void child_calls(void *at)
{
    call(at);
}

/* DEFECTS 26: code that was just stored, or just loaded from a file, is what runs. */
void protection_to_execute(void)
{
    uint8_t *at = map(PAGE, RW | PROT_EXEC, ANON, -1, 0);
    for (unsigned result = 1; result < 20; result++) {
        write_code(at, result);
        __builtin___clear_cache((char *)at, (char *)at + CODE_SIZE);
        CHECK(call(at) == (int)result, "code stored in round %u", result);
    }
    for (unsigned result = 20; result < 40; result++) {
        uint8_t code[CODE_SIZE];
        int fd = open("code", O_RDWR | O_CREAT | O_TRUNC, 0755);
        write_code(code, result);
        CHECK(write(fd, code, CODE_SIZE) == CODE_SIZE, "write code");
        uint8_t *loaded = map(PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
        CHECK(call(loaded) == (int)result, "code loaded in round %u", result);
        munmap(loaded, PAGE);
        close(fd);
    }
    uint8_t *data = map(PAGE, RW, ANON, -1, 0);
    write_code(data, 1);
    CHECK(signal_of(child_calls, data) == SIGSEGV, "data is not executed");
    CHECK(signal_of(child_calls, map(PAGE, PROT_NONE, ANON, -1, 0)) == SIGSEGV, "nor nothing");
}
#else
void protection_to_execute(void)
{
    SKIP("no code for this processor");
}
#endif

/* --- Shapes --- */

/* A length is rounded up to pages, an offset may be any page, and the file's bytes line up. */
void any_length_and_offset(void)
{
    int fd = make_file("shapes", 10 * PAGE, 3);
    static const size_t lengths[] = {1, 100, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE - 7, 5 * PAGE};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        for (size_t first = 0; first < 5; first += 2) {
            size_t rounded = (lengths[i] + PAGE - 1) / PAGE * PAGE;
            uint8_t *at = map(lengths[i], PROT_READ, i % 2 ? MAP_SHARED : MAP_PRIVATE, fd,
                              first * PAGE);
            CHECK(holds(at, rounded, first * PAGE, 3), "%zu bytes at page %zu", lengths[i], first);
            CHECK(munmap(at, lengths[i]) == 0, "unmap %zu bytes", lengths[i]);
            CHECK(!is_readable(at) && !is_readable(at + rounded - PAGE), "all its pages are gone");
        }
    }
}

/* Flags that mean nothing here are no error, nor are a descriptor and an offset without a file. */
void harmless_flags(void)
{
    static const int flags[] = {MAP_NORESERVE, MAP_STACK, MAP_DENYWRITE, MAP_EXECUTABLE,
                                MAP_POPULATE};
    int fd = make_file("flags", PAGE, 1);
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        uint8_t *file = map(PAGE, RW, MAP_PRIVATE | flags[i], fd, 0);
        uint8_t *memory = map(PAGE, RW, ANON | flags[i], -1, 0);
        CHECK(holds(file, PAGE, 0, 1) && is_zero(memory, PAGE), "flag %#x", (unsigned)flags[i]);
    }
    uint8_t *at = map(PAGE, RW, ANON, fd, 0);
    CHECK(is_zero(at, PAGE), "the descriptor does not matter for anonymous memory");
    at = map(PAGE, RW, ANON, 12345, 7 * PAGE);
    CHECK(is_zero(at, PAGE), "not even a wrong one, nor the offset");
}

/* /dev/zero is a file that maps as anonymous memory. */
void dev_zero(void)
{
    int fd = open("/dev/zero", O_RDWR);
    if (fd < 0)
        SKIP("no /dev/zero");
    uint8_t *private = mmap(NULL, 2 * PAGE, RW, MAP_PRIVATE, fd, 0);
    if (private == MAP_FAILED && errno == ENODEV)
        SKIP("/dev/zero cannot be mapped");
    MUST(private != MAP_FAILED, "map /dev/zero");
    uint8_t *again = map(PAGE, RW, MAP_PRIVATE, fd, 0);
    CHECK(is_zero(private, 2 * PAGE), "zero");
    store(private, 1);
    CHECK(load(again) == 0, "private mappings are apart");
    /* DEFECTS 12: shared across fork though first touched after it. */
    uint8_t *shared = map(2 * PAGE, RW, MAP_SHARED, fd, 0);
    CHECK(finish(start(child_stores_blindly, shared + PAGE)), "the child");
    CHECK(load(shared + PAGE) == 1 && load(shared) == 0, "the child's store is seen");
}
