/*
 * pagingtest: what programs that manage their own memory need of the kernel.
 *
 * Each of Appel and Li's primitives by itself, then small versions of what they are for: memory
 * shared between machines, and a persistent store. gcdemo and ckptdemo are larger ones.
 */
#include "tests.h"

struct traps traps;

void note_trap(const siginfo_t *info)
{
    traps.count++;
    traps.address = info->si_addr;
    traps.code = info->si_code;
    if (traps.count == TRAPS_MAX)
        _exit(4);
}

void protect(void *at, size_t pages, int protection)
{
    if (mprotect(at, pages * PAGE, protection) != 0)
        _exit(5);
}

void open_page(int number, siginfo_t *info, void *context)
{
    note_trap(info);
    protect(page_start(info->si_addr), 1, RW);
}

bool take_traps(void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | flags;
    traps.count = 0;
    return CHECK(sigaction(SIGSEGV, &action, NULL) == 0, "a handler for SIGSEGV");
}

void map_twice(size_t pages, uint8_t **first, uint8_t **second)
{
    int fd = memfd_create("pagingtest", 0);
    MUST(fd >= 0 && ftruncate(fd, (off_t)(pages * PAGE)) == 0, "make memory without an address");
    *first = map(pages * PAGE, RW, MAP_SHARED, fd, 0);
    *second = map(pages * PAGE, RW, MAP_SHARED, fd, 0);
    close(fd);
}

static const struct test tests[] = {
    {"trap_address", trap_address, 10},
    {"trap_wide", trap_wide, 10},
    {"trap_code", trap_code, 10},
    {"prot1", prot1, 10},
    {"protn", protn, 10},
    {"unprot", unprot, 10},
    {"one_open", one_open, 10},
    {"nested", nested, 10},
    {"jump_out", jump_out, 10},
    {"kernel_access", kernel_access, 10},
    {"forked", forked, 10},
    {"map2", map2, 10},
    {"map2_file", map2_file, 10},
    {"map2_barrier", map2_barrier, 10},
    {"dirty_present", dirty_present, 10},
    {"dirty_stores", dirty_stores, 10},
    {"dirty_kernel", dirty_kernel, 10},
    {"dirty_shared", dirty_shared, 10},
    {"dirty_kept", dirty_kept, 10},
    {"dsm", dsm, 20},
    {"dsm_readers", dsm_readers, 20},
    {"store_load", store_load, 10},
    {"store_abort", store_abort, 10},
    {"store_commit", store_commit, 10},
};

TEST_MAIN(tests)
