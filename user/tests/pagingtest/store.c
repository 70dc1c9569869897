/*
 * A persistent store: pages come from a file when they are touched, are noted when they are stored
 * to, and go back to the file all together (commit) or not at all (abort).
 */
#include "tests.h"

enum { PAGES = 16 };

static int fd = -1;
static uint8_t *memory;
static int rights[PAGES];
static uint8_t *before_image; /* of each page that was stored to */
static unsigned loaded, stored;

static void allow(size_t page, int protection)
{
    protect(memory + page * PAGE, 1, protection);
    rights[page] = protection;
}

/* First a page comes in, to be loaded from; when it traps again it is a store. */
static void bring_in(int number, siginfo_t *info, void *context)
{
    size_t page = (size_t)((uint8_t *)info->si_addr - memory) / PAGE;
    if (page >= PAGES || rights[page] == RW)
        _exit(7);
    note_trap(info);
    if (rights[page] == PROT_READ) {
        memcpy(before_image + page * PAGE, memory + page * PAGE, PAGE);
        allow(page, RW);
        stored++;
        return;
    }
    allow(page, RW);
    if (pread(fd, memory + page * PAGE, PAGE, (off_t)(page * PAGE)) != (ssize_t)PAGE)
        _exit(8);
    allow(page, PROT_READ);
    loaded++;
}

static bool open_store(void)
{
    char name[64];
    if (!take_traps(bring_in, 0))
        return false;
    snprintf(name, sizeof(name), "/tmp/pagingtest.%d", (int)getpid());
    fd = make_file(name, PAGES * PAGE, 8);
    unlink(name);
    memory = map(PAGES * PAGE, PROT_NONE, ANON, -1, 0);
    before_image = map(PAGES * PAGE, RW, ANON, -1, 0);
    return true;
}

/* What was stored goes to the file, or what was there before comes back. */
static void end_transaction(bool commits)
{
    for (size_t page = 0; page < PAGES; page++) {
        size_t at = page * PAGE;
        if (rights[page] != RW)
            continue;
        if (commits)
            CHECK(pwrite(fd, memory + at, PAGE, (off_t)at) == (ssize_t)PAGE, "write page %zu",
                  page);
        else
            memcpy(memory + at, before_image + at, PAGE);
        allow(page, PROT_READ);
    }
    CHECK(fsync(fd) == 0, "fsync");
    stored = 0;
}

void store_load(void)
{
    if (!open_store())
        return;
    for (size_t i = 0; i < 300; i++) {
        size_t offset = i * 4099 % (PAGES / 2 * PAGE);
        CHECK(load(memory + offset) == pattern(offset, 8), "the store at %zu", offset);
    }
    CHECK(loaded == PAGES / 2 && stored == 0, "%u pages came in, %u stored to", loaded, stored);
}

void store_abort(void)
{
    if (!open_store())
        return;
    for (size_t page = 0; page < PAGES; page += 2)
        memset(memory + page * PAGE, 7, PAGE);
    CHECK(stored == PAGES / 2, "%u pages stored to", stored);
    end_transaction(false);
    CHECK(holds(memory, PAGES * PAGE, 0, 8), "after an abort the memory is as before");
    CHECK(file_holds(fd, PAGES * PAGE, 0, 8), "and so is the file");
}

void store_commit(void)
{
    if (!open_store())
        return;
    for (unsigned round = 0; round < 5; round++) {
        size_t page = round * 3;
        fill(memory + page * PAGE, PAGE, page * PAGE, 20 + round);
        CHECK(stored == 1, "%u pages stored to in round %u", stored, round);
        CHECK(file_holds(fd, PAGE, page * PAGE, 8), "the file has not changed yet");
        end_transaction(true);
        CHECK(file_holds(fd, PAGE, page * PAGE, 20 + round), "after a commit it has");
    }
    CHECK(loaded == 5, "%u pages came in", loaded);
}
