/* Limits of memory: RLIMIT_AS, RLIMIT_DATA, RLIMIT_STACK; prlimit itself. */
#include "tests.h"

#define MIB ((size_t)1 << 20)

static void limit(int resource, size_t bytes)
{
    struct rlimit now;
    MUST(getrlimit(resource, &now) == 0, "getrlimit %d", resource);
    now.rlim_cur = bytes;
    MUST(setrlimit(resource, &now) == 0, "limit %d to %zu bytes", resource, bytes);
}

static bool can_map(size_t pages, int prot, int flags)
{
    void *at = mmap(NULL, pages * PAGE, prot, flags, -1, 0);
    CHECK(at != MAP_FAILED || errno == ENOMEM, "ENOMEM at a limit");
    return at != MAP_FAILED && munmap(at, pages * PAGE) == 0;
}

/* How many pages count now: the limit with which not a single one more can be had. */
static size_t pages_in_use(int resource)
{
    size_t low = 1, high = (size_t)1 << 24; /* 64 GiB */
    while (low + 1 < high) {
        size_t middle = (low + high) / 2;
        limit(resource, middle * PAGE);
        if (can_map(1, RW, ANON))
            high = middle;
        else
            low = middle;
    }
    return low;
}

static void child_is_there(void *unused)
{
}

static void child_maps(void *argument)
{
    CHECK(can_map(4, RW, ANON) && !can_map(5, RW, ANON), "a child has the same limit");
}

void limit_of_addresses(void)
{
    NEEDS_PRLIMIT();
    NEEDS_LIMITS();
    NOT_UNDER_QEMU_USER("it passes limits by");
    uint8_t *at = map(8 * PAGE, RW, ANON, -1, 0);
    size_t used = pages_in_use(RLIMIT_AS);
    limit(RLIMIT_AS, (used + 4) * PAGE);
    CHECK(can_map(4, RW, ANON) && !can_map(5, RW, ANON), "four pages, not five");
    CHECK(can_map(4, PROT_NONE, ANON) && !can_map(5, PROT_NONE, ANON), "without access, too");
    CHECK(can_map(4, PROT_READ, ANON_SHARED) && !can_map(5, PROT_READ, ANON_SHARED), "shared");
    CHECK(finish(start(child_maps, NULL)), "over fork");
    CHECK(mremap(at, 8 * PAGE, 13 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED && errno == ENOMEM,
          "a mapping that grows");
    CHECK(sbrk(5 * PAGE) == (void *)-1 && errno == ENOMEM, "the heap");
    uint8_t *rest = map(4 * PAGE, RW, ANON, -1, 0);
    CHECK(!can_map(1, RW, ANON), "nothing is left");
    map_over(rest, 4 * PAGE, ANON_SHARED, -1);
    CHECK(mprotect(rest, PAGE, PROT_NONE) == 0, "what replaces others costs nothing");
    CHECK(munmap(at + PAGE, PAGE) == 0 && can_map(1, RW, ANON), "what is unmapped is free");
    limit(RLIMIT_AS, PAGE);
    CHECK(!can_map(1, RW, ANON), "a limit below what is in use");
    fill(at, PAGE, 0, 1);
    CHECK(holds(at, PAGE, 0, 1) && munmap(rest, 4 * PAGE) == 0, "takes nothing away");
    check_audit();
}

/* Private memory that may be written to, and the heap. */
void limit_of_data(void)
{
    NEEDS_PRLIMIT();
    NEEDS_LIMITS();
    NOT_UNDER_QEMU_USER("it passes limits by");
    int fd = make_file("data", 16 * PAGE, 1);
    size_t used = pages_in_use(RLIMIT_DATA);
    limit(RLIMIT_DATA, (used + 4) * PAGE);
    CHECK(can_map(4, RW, ANON) && !can_map(5, RW, ANON), "four pages, not five");
    CHECK(can_map(16, PROT_READ, ANON), "what is read-only does not count");
    CHECK(can_map(16, RW, ANON_SHARED), "nor what is shared");
    CHECK(mmap(NULL, 5 * PAGE, RW, MAP_PRIVATE, fd, 0) == MAP_FAILED && errno == ENOMEM,
          "a private file does");
    CHECK(mmap(NULL, 5 * PAGE, RW, MAP_SHARED, fd, 0) != MAP_FAILED, "a shared one does not");
    uint8_t *at = map(8 * PAGE, PROT_READ, ANON, -1, 0);
    CHECK(mprotect(at, 8 * PAGE, RW) == -1 && errno == ENOMEM, "what becomes writable counts");
    CHECK(store_signal(at) == SIGSEGV, "and stays as it was");
    CHECK(mprotect(at, 4 * PAGE, RW) == 0 && !can_map(1, RW, ANON), "up to the limit");
    CHECK(mprotect(at, 2 * PAGE, PROT_READ) == 0 && can_map(2, RW, ANON), "and back");
    CHECK(sbrk(3 * PAGE) == (void *)-1 && errno == ENOMEM, "the heap counts");
    CHECK(sbrk(PAGE) != (void *)-1, "and may have what is left");
    check_audit();
}

static uint8_t *stack_top(void)
{
    uint8_t *top = __builtin_frame_address(0);
    __asm__("" : "+r"(top));
    return top;
}

void limit_of_stack(void)
{
    NEEDS_PRLIMIT();
    NEEDS_LIMITS();
    NOT_UNDER_QEMU_USER("it passes limits by");
    uint8_t *top = stack_top();
    limit(RLIMIT_STACK, 2 * MIB);
    CHECK(store_signal(top - 3 * MIB) == SIGSEGV, "3 MiB of 2");
    CHECK(store_signal(top - MIB) == 0, "one");
    limit(RLIMIT_STACK, 4 * MIB);
    CHECK(store_signal(top - 3 * MIB) == 0, "3 MiB of 4");
    store(top - 3 * MIB, 1);
    limit(RLIMIT_STACK, MIB);
    CHECK(load(top - 3 * MIB) == 1, "a lower limit takes nothing away");
}

void limit_of_processes(void)
{
    NEEDS_PRLIMIT();
    NOT_UNDER_QEMU_USER("it passes limits by");
    struct rlimit before;
    become_nobody();
    MUST(getrlimit(RLIMIT_NPROC, &before) == 0, "getrlimit");
    limit(RLIMIT_NPROC, 1);
    pid_t child = fork();
    CHECK(child == -1 && errno == EAGAIN, "EAGAIN: one more than this one");
    if (child == 0)
        _exit(0);
    MUST(setrlimit(RLIMIT_NPROC, &before) == 0, "lift it");
    CHECK(finish(start(child_is_there, NULL)), "and now");
}

/* --- prlimit --- */

static void child_sees(void *unused)
{
    struct rlimit now = {0, 0};
    CHECK(getrlimit(RLIMIT_CORE, &now) == 0 && now.rlim_cur == 1234, "inherited");
    now.rlim_cur = 1;
    CHECK(setrlimit(RLIMIT_CORE, &now) == 0, "changed in the child");
}

void limit_pairs(void)
{
    NEEDS_PRLIMIT();
    NOT_UNDER_QEMU_USER("it passes limits by");
    struct rlimit set = {1234, 5678}, now = {0, 0};
    CHECK(setrlimit(RLIMIT_CORE, &set) == 0 && getrlimit(RLIMIT_CORE, &now) == 0, "set and get");
    CHECK(now.rlim_cur == 1234 && now.rlim_max == 5678, "both halves");
    CHECK(finish(start(child_sees, NULL)), "a child");
    set.rlim_cur = 5678;
    CHECK(prlimit(getpid(), RLIMIT_CORE, &set, &now) == 0 && now.rlim_cur == 1234, "old and new");
    CHECK(prlimit(0, RLIMIT_CORE, NULL, &now) == 0 && now.rlim_cur == 5678, "0 is the caller");
    CHECK(prlimit(0, RLIMIT_CORE, NULL, NULL) == 0, "neither");
    set = (struct rlimit){RLIM_INFINITY, 5678};
    CHECK(setrlimit(RLIMIT_CORE, &set) == -1 && errno == EINVAL, "EINVAL: soft above hard");
    CHECK(getrlimit(RLIM_NLIMITS, &now) == -1 && errno == EINVAL, "EINVAL: no such limit");
    CHECK(getrlimit(-1, &now) == -1 && errno == EINVAL, "EINVAL: nor that");
    CHECK(prlimit(0, RLIM_NLIMITS, NULL, NULL) == -1 && errno == EINVAL, "EINVAL: with nothing");
    struct rlimit *nowhere = (struct rlimit *)8;
    __asm__("" : "+r"(nowhere)); /* so that the compiler does not know */
    CHECK(prlimit(0, RLIMIT_CORE, nowhere, NULL) == -1 && errno == EFAULT, "EFAULT: new");
    CHECK(prlimit(0, RLIMIT_CORE, NULL, nowhere) == -1 && errno == EFAULT, "EFAULT: old");
    CHECK(prlimit(0x3fffffff, RLIMIT_CORE, NULL, &now) == -1 && errno == ESRCH, "ESRCH");
    set = (struct rlimit){100, RLIM_INFINITY};
    CHECK(setrlimit(RLIMIT_NOFILE, &set) == -1 && errno == EPERM, "EPERM: too many descriptors");
    if (test_on_quire())
        SKIP("on Quire everybody may raise limits");
    become_nobody();
    set = (struct rlimit){1, 6000};
    CHECK(setrlimit(RLIMIT_CORE, &set) == -1 && errno == EPERM, "EPERM: to raise a hard limit");
    set = (struct rlimit){1, 100};
    CHECK(setrlimit(RLIMIT_CORE, &set) == 0, "to lower one is allowed");
    CHECK(prlimit(1, RLIMIT_CORE, &set, NULL) == -1 && errno == EPERM, "EPERM: somebody else's");
}
