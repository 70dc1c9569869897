/* Mappings outlive descriptors and names; processes end in several ways, their stores do not. */
#include "tests.h"

void close_after_mapping(void)
{
    int fd = make_file("closed", 4 * PAGE, 1);
    uint8_t *shared = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *private = map(4 * PAGE, RW, MAP_PRIVATE, fd, 0);
    MUST(close(fd) == 0, "close");
    CHECK(holds(shared, 4 * PAGE, 0, 1) && holds(private, 4 * PAGE, 0, 1), "both still there");
    fill(shared, 4 * PAGE, 0, 2);
    MUST(munmap(shared, 4 * PAGE) == 0, "unmap");
    fd = open("closed", O_RDONLY);
    CHECK(file_holds(fd, 4 * PAGE, 0, 2), "the file has the stores");
}

/* DEFECTS 39: a file without a name lives as long as a mapping of it. */
void unlink_while_mapped(void)
{
    int fd = make_file("unlinked", 4 * PAGE, 1);
    uint8_t *at = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    MUST(unlink("unlinked") == 0 && close(fd) == 0, "unlink and close");
    CHECK(open("unlinked", O_RDONLY) == -1 && errno == ENOENT, "the name is gone");
    CHECK(holds(at, 4 * PAGE, 0, 1), "the pages are not");
    fill(at, 4 * PAGE, 0, 2);
    int other = make_file("unlinked", 4 * PAGE, 9);
    drop_caches();
    CHECK(holds(at, 4 * PAGE, 0, 2), "a new file of that name is another file");
    CHECK(finish(start(child_stores, at)), "a child has the mapping too");
    CHECK(munmap(at, 2 * PAGE) == 0 && holds(at + 2 * PAGE, 2 * PAGE, 2 * PAGE, 2), "half of it");
    CHECK(munmap(at + 2 * PAGE, 2 * PAGE) == 0, "the last use");
    CHECK(file_holds(other, 4 * PAGE, 0, 9), "the new file");
}

/* DEFECTS 39: its blocks come back: all rounds together need more than a small disk has. */
void unlinked_blocks_come_back(void)
{
    enum { ROUNDS = 48, FILE_PAGES = 384 };
    for (int round = 0; round < ROUNDS; round++) {
        int fd = open("blocks", O_RDWR | O_CREAT | O_EXCL, 0644);
        MUST(fd >= 0 && ftruncate(fd, FILE_PAGES * (off_t)PAGE) == 0, "create, round %d", round);
        uint8_t *at = map(FILE_PAGES * PAGE, RW, MAP_SHARED, fd, 0);
        for (size_t page = 0; page < FILE_PAGES; page++)
            store(at + page * PAGE, 1);
        MUST(unlink("blocks") == 0 && close(fd) == 0, "unlink and close");
        MUST(munmap(at, FILE_PAGES * PAGE) == 0, "the last use");
    }
    CHECK(open("blocks", O_RDONLY) == -1, "no name is left");
    check_audit();
}

/* --- DEFECTS 13, 35: ends of a process that has dirty shared pages --- */

struct ending {
    const char *how;
    void (*end)(void);
    int status; /* wait status */
};

static void end_by_exit(void)
{
    _exit(7);
}

static void end_by_fault(void)
{
    store(NULL, 1);
}

static void end_by_kill(void)
{
    kill(getpid(), SIGKILL);
}

static void end_by_exec(void)
{
    char *argv[] = {scratch_program, (char *)"--nothing", NULL};
    execv(scratch_program, argv);
    _exit(99);
}

static const struct ending endings[] = {
    {"exit", end_by_exit, 7 << 8},
    {"a fault", end_by_fault, SIGSEGV},
    {"a kill", end_by_kill, SIGKILL},
    {"exec", end_by_exec, 0},
};

static void child_ends(void *argument)
{
    const struct ending *ending = argument;
    int fd = open("ending", O_RDWR);
    uint8_t *at = map(32 * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *private = map(4 * PAGE, RW, MAP_PRIVATE, fd, 0);
    for (size_t page = 0; page < 32; page += 2)
        fill(at + page * PAGE, PAGE, page * PAGE, 2);
    fill(private, 4 * PAGE, 0, 3);
    ending->end();
}

void ends_write_back(void)
{
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        int fd = make_file("ending", 31 * PAGE + 10, 1), status = -1;
        MUST(fsync(fd) == 0, "sync");
        pid_t pid = start(child_ends, (void *)&endings[i]);
        CHECK(waitpid(pid, &status, 0) == pid && (status & ~0x80) == endings[i].status,
              "%s: wait status %#x", endings[i].how, (unsigned)status);
        drop_caches();
        for (size_t page = 0; page < 31; page++)
            CHECK(file_holds(fd, PAGE, page * PAGE, page % 2 == 0 ? 2 : 1), "%s: page %zu",
                  endings[i].how, page);
        CHECK(file_size(fd) == 31 * (long)PAGE + 10, "%s: size", endings[i].how);
        close(fd);
    }
}

static void child_stores_and_waits(void *argument)
{
    int *words = argument;
    int fd = open("killed", O_RDWR);
    uint8_t *at = map(16 * PAGE, RW, MAP_SHARED, fd, 0);
    fill(at, 16 * PAGE, 0, 2);
    post(words);
    await(words, 2); /* which never comes */
}

/* Killed from outside, in the middle of its work. */
void kill_writes_back(void)
{
    int fd = make_file("killed", 16 * PAGE, 1), status = -1;
    int *words = shared_words();
    pid_t pid = start(child_stores_and_waits, words);
    await(words, 1);
    MUST(kill(pid, SIGKILL) == 0 && waitpid(pid, &status, 0) == pid, "kill");
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "status %#x", (unsigned)status);
    drop_caches();
    CHECK(file_holds(fd, 16 * PAGE, 0, 2), "all its stores");
}

/* Exec takes no mapping along: the new program has none of them, and none can be seen by mistake.
 */
void exec_starts_afresh(void)
{
    uint8_t *at = map(PAGE, RW, ANON_SHARED, -1, 0);
    char address[32], *argv[] = {scratch_program, (char *)"--probe", address, NULL};
    snprintf(address, sizeof(address), "%#lx", (unsigned long)(uintptr_t)at);
    store(at, 0x99);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        execv(scratch_program, argv);
        _exit(99);
    }
    int status = -1;
    CHECK(waitpid(pid, &status, 0) == pid, "wait");
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the new program: %#x", (unsigned)status);
    CHECK(load(at) == 0x99, "the parent's page");
}
