/* locktest: record locks of processes and of open files, and flock. */
#include "counters.h"
#include "processes.h"
#include "scratch.h"

#include <sys/file.h>

#ifndef F_OFD_GETLK
#define F_OFD_GETLK  36
#define F_OFD_SETLK  37
#define F_OFD_SETLKW 38
#endif

static int control(int fd, int command, int type, off_t start, off_t length)
{
    struct flock record = {.l_type = (short)type, .l_start = start, .l_len = length};
    return fcntl(fd, command, &record);
}

static int set(int fd, int type, off_t start, off_t length)
{
    return control(fd, F_SETLK, type, start, length);
}

static int set_waiting(int fd, int type, off_t start, off_t length)
{
    return control(fd, F_SETLKW, type, start, length);
}

static int the_file(const char *name)
{
    int fd = open(name, O_RDWR | O_CREAT, 0600);
    MUST(fd >= 0, "open %s", name);
    return fd;
}

/* The first lock that is in the way of one of this type. `probe` is an open file that has none. */
static struct flock in_the_way(int probe, int type, off_t start, off_t length)
{
    struct flock record = {.l_type = (short)type, .l_start = start, .l_len = length};
    CHECK(fcntl(probe, F_OFD_GETLK, &record) == 0, "F_OFD_GETLK");
    return record;
}

static bool is_free(int probe, off_t start, off_t length)
{
    return in_the_way(probe, F_WRLCK, start, length).l_type == F_UNLCK;
}

static bool is_at(struct flock lock, int type, off_t start, off_t length)
{
    return lock.l_type == type && lock.l_whence == SEEK_SET && lock.l_start == start &&
           lock.l_len == length;
}

/* --- Ranges --- */

#define BYTES 48

static unsigned random_number(unsigned limit)
{
    static uint64_t state = 12345;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % limit;
}

/* What is locked is what the model says, in as few locks as can be. */
static unsigned compare(int probe, const char *model)
{
    unsigned wrong = 0;
    for (unsigned at = 0; at < BYTES;) {
        unsigned end = at + 1;
        while (end < BYTES && model[end] == model[at])
            end++;
        struct flock first = in_the_way(probe, F_WRLCK, at, BYTES - at);
        if (model[at] == F_UNLCK)
            wrong += first.l_type != F_UNLCK && first.l_start < end;
        else
            wrong += !is_at(first, model[at], at, end - at);
        wrong += is_free(probe, at, 1) != (model[at] == F_UNLCK);
        wrong += (in_the_way(probe, F_RDLCK, at, 1).l_type == F_WRLCK) != (model[at] == F_WRLCK);
        at = end;
    }
    return wrong;
}

static void split_and_joined(void)
{
    int fd = the_file("file"), probe = the_file("file");
    char model[BYTES];
    memset(model, F_UNLCK, sizeof(model));
    for (unsigned round = 0; round < 2000; round++) {
        unsigned start = random_number(BYTES), length = 1 + random_number(BYTES - start);
        int type = (int)random_number(3);
        if (random_number(2) == 0)
            length = 1 + random_number(length < 4 ? length : 4);
        CHECK(set(fd, type, start, length) == 0, "round %u", round);
        memset(model + start, type, length);
        unsigned wrong = compare(probe, model);
        CHECK(wrong == 0, "round %u: %d at %u, %u bytes: %u differences", round, type, start,
              length, wrong);
    }
    CHECK(set(fd, F_UNLCK, 0, 0) == 0 && is_free(probe, 0, 0), "all is given up");
}

static void relative(void)
{
    int fd = the_file("file"), probe = the_file("file");
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_CUR, .l_start = -2, .l_len = 5};
    MUST(write(fd, "0123456789", 10) == 10 && lseek(fd, 4, SEEK_SET) == 4, "a file");
    CHECK(fcntl(fd, F_SETLK, &lock) == 0, "from the position");
    CHECK(is_at(in_the_way(probe, F_WRLCK, 0, 0), F_WRLCK, 2, 5), "where that is");
    lock = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_END, .l_start = 1, .l_len = -3};
    CHECK(set(fd, F_UNLCK, 0, 0) == 0 && fcntl(fd, F_SETLK, &lock) == 0, "before the end");
    CHECK(is_at(in_the_way(probe, F_WRLCK, 0, 0), F_WRLCK, 8, 3), "a negative length");
    CHECK(set(fd, F_UNLCK, 9, 0) == 0, "unlock from there to the end");
    CHECK(is_at(in_the_way(probe, F_WRLCK, 0, 0), F_WRLCK, 8, 1), "what is left");
    CHECK(set(fd, F_WRLCK, 9, 0) == 0, "lock from there to the end");
    CHECK(is_at(in_the_way(probe, F_WRLCK, 0, 0), F_WRLCK, 8, 0), "all from there on");
    CHECK(!is_free(probe, (off_t)1 << 50, 1), "far behind the end");
    CHECK(set(fd, F_UNLCK, 0, INT64_MAX) == 0, "unlock but for the last byte that can be");
    CHECK(is_at(in_the_way(probe, F_WRLCK, 0, 0), F_WRLCK, INT64_MAX, 0), "which is left");
    CHECK(set(fd, F_UNLCK, INT64_MAX, 1) == 0 && is_free(probe, 0, 0), "that too");
}

static void refused(void)
{
    int fd = the_file("file"), reads = open("file", O_RDONLY), writes = open("file", O_WRONLY);
    int place = open("file", O_PATH);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = 3};
    CHECK(set(reads, F_WRLCK, 0, 0) == -1 && errno == EBADF, "exclusive, to be read");
    CHECK(set(writes, F_RDLCK, 0, 0) == -1 && errno == EBADF, "shared, to be written");
    CHECK(set(reads, F_RDLCK, 0, 0) == 0 && set(writes, F_WRLCK, 0, 0) == 0, "as they may be");
    CHECK(set(place, F_RDLCK, 0, 0) == -1 && errno == EBADF, "O_PATH");
    CHECK(set(1000, F_RDLCK, 0, 0) == -1 && errno == EBADF, "not open");
    CHECK(fcntl(fd, F_SETLK, &lock) == -1 && errno == EINVAL, "no such whence");
    CHECK(set(fd, 3, 0, 0) == -1 && errno == EINVAL, "no such type");
    CHECK(set(fd, F_RDLCK, -1, 5) == -1 && errno == EINVAL, "before the file");
    CHECK(set(fd, F_RDLCK, 4, -5) == -1 && errno == EINVAL, "half before the file");
    CHECK(set(fd, F_RDLCK, 4, -4) == 0, "just not");
    CHECK(set(fd, F_RDLCK, 4, INT64_MIN) == -1 && errno == EINVAL, "far before it");
    CHECK(set(fd, F_RDLCK, 2, INT64_MAX) == -1 && errno == EOVERFLOW, "behind all files");
    CHECK(set(fd, F_RDLCK, 1, INT64_MAX) == 0, "just not");
    CHECK(control(fd, F_GETLK, F_UNLCK, 0, 0) == -1 && errno == EINVAL, "test for none");
    CHECK(fcntl(fd, F_SETLK, NULL) == -1 && errno == EFAULT, "from nowhere");
    CHECK(fcntl(fd, F_GETLK, NULL) == -1 && errno == EFAULT, "to nowhere");
    lock = (struct flock){.l_type = F_RDLCK, .l_pid = 1};
    CHECK(fcntl(fd, F_OFD_SETLK, &lock) == -1 && errno == EINVAL, "an open file is no process");
}

/* --- Processes --- */

static void tries_all(void *argument)
{
    int fd = *(int *)argument;
    struct flock lock = {.l_type = F_RDLCK, .l_len = 30};
    CHECK(fcntl(fd, F_GETLK, &lock) == 0 && is_at(lock, F_WRLCK, 10, 5), "the first in the way");
    CHECK(lock.l_pid == getppid(), "and whose it is");
    lock = (struct flock){.l_type = F_RDLCK, .l_start = 20, .l_len = 5, .l_pid = 7};
    CHECK(fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type == F_UNLCK, "a shared one is not");
    CHECK(lock.l_start == 20 && lock.l_len == 5 && lock.l_pid == 7, "nothing else is changed");
    CHECK(set(fd, F_WRLCK, 20, 1) == -1 && errno == EAGAIN, "but for an exclusive one");
    CHECK(set(fd, F_RDLCK, 14, 1) == -1 && errno == EAGAIN, "the last byte");
    CHECK(set(fd, F_WRLCK, 0, 10) == 0 && set(fd, F_RDLCK, 15, 10) == 0, "beside them");
    CHECK(set_waiting(fd, F_RDLCK, 20, 5) == 0, "what is free is not waited for");
    CHECK(set(fd, F_UNLCK, 0, 0) == 0, "give up all of this process's");
    CHECK(set(fd, F_RDLCK, 10, 1) == -1 && errno == EAGAIN, "and no other's");
}

static void between_processes(void)
{
    int fd = the_file("file"), probe = the_file("file");
    CHECK(set(fd, F_WRLCK, 10, 5) == 0 && set(fd, F_RDLCK, 20, 5) == 0, "locks");
    CHECK(finish(start(tries_all, &fd)), "a child has none of them");
    CHECK(set(fd, F_WRLCK, 0, 0) == 0, "its own are not in its way, the child's have gone");
    CHECK(in_the_way(probe, F_RDLCK, 0, 0).l_pid == getpid(), "held by this process");
    close(dup(fd));
    CHECK(is_free(probe, 0, 0), "any descriptor that is closed takes them");
    int other = the_file("file");
    CHECK(set(fd, F_WRLCK, 0, 0) == 0 && close(other) == 0 && is_free(probe, 0, 0), "as well");
    other = the_file("file");
    CHECK(set(fd, F_WRLCK, 0, 0) == 0 && dup2(0, other) == other && is_free(probe, 0, 0), "dup2");
    int elsewhere = the_file("elsewhere");
    CHECK(set(fd, F_WRLCK, 0, 0) == 0 && close(elsewhere) == 0, "close another file");
    CHECK(!is_free(probe, 0, 0), "which takes none");
}

struct talk {
    int fd, ends[2];
};

static void locks_and_waits(void *argument)
{
    struct talk *t = argument;
    CHECK(set(t->fd, F_WRLCK, 3, 4) == 0 && write(t->ends[1], "x", 1) == 1, "a lock");
    for (;;)
        pause();
}

static void ended(void)
{
    char byte;
    struct talk t = {.fd = the_file("file")};
    int probe = the_file("file");
    MUST(pipe(t.ends) == 0, "pipe");
    pid_t pid = start(locks_and_waits, &t);
    CHECK(read(t.ends[0], &byte, 1) == 1, "the child has its lock");
    struct flock lock = in_the_way(probe, F_RDLCK, 0, 0);
    CHECK(is_at(lock, F_WRLCK, 3, 4) && lock.l_pid == pid, "seen from here");
    CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid, "kill it");
    CHECK(is_free(probe, 0, 0), "its lock has gone");
}

static void becomes_cat(void *argument)
{
    int *ends = argument; /* to it, from it */
    int kept = the_file("kept"), dropped = the_file("dropped");
    CHECK(set(kept, F_WRLCK, 0, 0) == 0 && set(dropped, F_WRLCK, 0, 0) == 0, "locks");
    CHECK(fcntl(dropped, F_SETFD, FD_CLOEXEC) == 0, "one goes");
    dup2(ends[0], 0);
    dup2(ends[3], 1);
    for (int i = 0; i < 4; i++)
        close(ends[i]);
    execlp("cat", "cat", (char *)NULL);
    CHECK(0, "exec cat");
}

static void through_exec(void)
{
    char byte;
    int ends[4];
    MUST(pipe(ends) == 0 && pipe(ends + 2) == 0, "pipes");
    pid_t pid = start(becomes_cat, ends);
    CHECK(write(ends[1], "x", 1) == 1 && read(ends[2], &byte, 1) == 1, "it is cat now");
    int kept = the_file("kept"), dropped = the_file("dropped");
    CHECK(!is_free(kept, 0, 0) && is_free(dropped, 0, 0), "the lock of what is open is kept");
    close(ends[1]);
    CHECK(finish(pid) && is_free(kept, 0, 0), "until it ends");
}

/* --- Waiting --- */

#define ROUNDS 150

static void counts(void *argument)
{
    int fd = *(int *)argument;
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t n = 0;
        off_t at = i % 2 * 8;
        CHECK(set_waiting(fd, F_WRLCK, at, 8) == 0, "lock %u", i);
        CHECK(pread(fd, &n, 8, at) == 8, "read");
        n++;
        CHECK(pwrite(fd, &n, 8, at) == 8, "write");
        CHECK(set(fd, F_UNLCK, at, 8) == 0, "unlock");
    }
}

static void taking_turns(void)
{
    int fd = the_file("file");
    uint64_t sums[2] = {0, 0};
    MUST(write(fd, sums, 16) == 16, "two sums");
    for (unsigned i = 0; i < 4; i++)
        start(counts, &fd);
    CHECK(finish_all(4), "all");
    CHECK(pread(fd, sums, 16, 0) == 16 && sums[0] == 2 * ROUNDS && sums[1] == 2 * ROUNDS,
          "no addition was lost: %d, %d", (int)sums[0], (int)sums[1]);
}

/*
 * Process i of n holds byte i and waits for the next one's, the last for the first's. One of them
 * is told so; it gives up, and the others get what they wait for.
 */
struct circle {
    int *words; /* shared: how many hold their byte, how many were told */
    unsigned n, i;
    bool two_files;
};

static void stands_in_circle(void *argument)
{
    struct circle *c = argument;
    int fd = the_file("file"), more = c->two_files ? the_file("more") : fd;
    unsigned next = (c->i + 1) % c->n;
    CHECK(set(c->i % 2 ? more : fd, F_WRLCK, c->i, 1) == 0, "its own");
    post(&c->words[0]);
    await(&c->words[0], (int)c->n);
    if (set_waiting(next % 2 ? more : fd, F_WRLCK, next, 1) != 0) {
        CHECK(errno == EDEADLK, "waiting ends only so");
        post(&c->words[1]);
    }
}

static void check_circle(unsigned n, bool two_files)
{
    struct circle c = {shared_words(), n, 0, two_files};
    for (; c.i < n; c.i++)
        start(stands_in_circle, &c);
    CHECK(finish_all(n), "circle of %u", n);
    CHECK(c.words[1] == 1, "circle of %u: %d were told", n, c.words[1]);
}

static void circles(void)
{
    check_circle(2, false);
    check_circle(2, true);
    check_circle(3, false);
    check_circle(8, true);
}

static void goes_exclusive(void *argument)
{
    struct circle *c = argument;
    int fd = the_file("file");
    CHECK(set(fd, F_RDLCK, 0, 1) == 0, "shared");
    post(&c->words[0]);
    await(&c->words[0], (int)c->n);
    if (set_waiting(fd, F_WRLCK, 0, 1) != 0) {
        CHECK(errno == EDEADLK, "waiting ends only so");
        post(&c->words[1]);
    }
}

/* All but the one that gets it have to be told. */
static void shared_to_exclusive(void)
{
    struct circle c = {shared_words(), 3, 0, false};
    for (unsigned i = 0; i < 3; i++)
        start(goes_exclusive, &c);
    CHECK(finish_all(3), "three");
    CHECK(c.words[1] == 2, "%d were told", c.words[1]);
}

static void waits_for_lock(void *argument)
{
    set_waiting(*(int *)argument, F_WRLCK, 0, 1);
}

/* A process that dies while it waits does not get the lock later. */
static void killed_waiting(void)
{
    int fd = the_file("file"), probe = the_file("file"), status = 0;
    CHECK(set(fd, F_WRLCK, 0, 1) == 0, "lock");
    pid_t pid = start(waits_for_lock, &fd);
    for (int i = 0; i < 20; i++)
        sched_yield(); /* so that it often waits already */
    CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, &status, 0) == pid, "kill it");
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "it died: %#x", (unsigned)status);
    CHECK(set(fd, F_UNLCK, 0, 1) == 0 && is_free(probe, 0, 0), "it is free");
}

static void notes(int number)
{
}

static void is_interrupted(void *argument)
{
    struct sigaction action = {.sa_handler = notes};
    MUST(sigaction(SIGUSR1, &action, NULL) == 0, "sigaction");
    CHECK(set_waiting(*(int *)argument, F_WRLCK, 0, 1) == -1 && errno == EINTR, "interrupted");
}

static void interrupted(void)
{
    int fd = the_file("file"), status = 0;
    struct sigaction action = {.sa_handler = notes};
    if (sigaction(SIGUSR1, &action, NULL) != 0)
        SKIP("no handlers");
    CHECK(set(fd, F_WRLCK, 0, 1) == 0, "lock");
    pid_t pid = start(is_interrupted, &fd);
    while (waitpid(pid, &status, WNOHANG) == 0) {
        kill(pid, SIGUSR1); /* again and again: the first ones may come before it waits */
        sched_yield();
    }
    CHECK(status == 0, "ended with %#x", (unsigned)status);
}

static int *handled; /* shared: how often */

static void counts_signal(int number)
{
    post(handled);
}

static void waits_through_signals(void *argument)
{
    struct sigaction action = {.sa_handler = counts_signal, .sa_flags = SA_RESTART};
    int fd = *(int *)argument, other = the_file("file");
    MUST(sigaction(SIGUSR1, &action, NULL) == 0, "sigaction");
    post(handled); /* from now on signals are caught */
    CHECK(set_waiting(fd, F_WRLCK, 0, 1) == 0, "the record");
    CHECK(flock(other, LOCK_EX) == 0, "the whole");
}

static void restarted(void)
{
    int fd = the_file("file"), whole = the_file("file");
    handled = shared_words();
    CHECK(set(fd, F_WRLCK, 0, 1) == 0 && flock(whole, LOCK_EX) == 0, "locks");
    pid_t pid = start(waits_through_signals, &fd);
    for (int n = 1; n < 20; n++) {
        await(handled, n);
        CHECK(kill(pid, SIGUSR1) == 0, "signal %d", n);
        if (n == 10)
            CHECK(set(fd, F_UNLCK, 0, 1) == 0, "unlock the record");
    }
    CHECK(flock(whole, LOCK_UN) == 0 && finish(pid), "the child got both");
}

/* --- Of open files --- */

static void closes_and_ends(void *argument)
{
    close(*(int *)argument);
}

static void open_files(void)
{
    int a = the_file("file"), b = the_file("file"), c = dup(a);
    struct flock lock = {.l_type = F_RDLCK, .l_len = 9};
    CHECK(control(a, F_OFD_SETLK, F_WRLCK, 0, 5) == 0, "lock one");
    CHECK(control(b, F_OFD_SETLK, F_RDLCK, 4, 1) == -1 && errno == EAGAIN, "not the other");
    CHECK(set(b, F_RDLCK, 4, 1) == -1 && errno == EAGAIN, "nor the process");
    CHECK(fcntl(b, F_GETLK, &lock) == 0 && is_at(lock, F_WRLCK, 0, 5) && lock.l_pid == -1,
          "no process has it");
    CHECK(control(c, F_OFD_SETLK, F_RDLCK, 2, 1) == 0, "a copy is the same");
    CHECK(control(b, F_OFD_SETLK, F_RDLCK, 2, 1) == 0, "shared");
    CHECK(close(a) == 0 && finish(start(closes_and_ends, &c)), "descriptors are closed");
    CHECK(control(b, F_OFD_SETLK, F_RDLCK, 4, 1) == -1 && errno == EAGAIN, "but not all");
    CHECK(close(c) == 0 && control(b, F_OFD_SETLKW, F_WRLCK, 0, 0) == 0, "the last");
}

/* --- flock --- */

static void takes_whole(void *argument)
{
    struct talk *t = argument;
    int fd = the_file("file");
    CHECK(flock(fd, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK, "it is taken");
    CHECK(write(t->ends[1], "x", 1) == 1 && flock(fd, LOCK_EX) == 0, "wait for it");
}

static void whole(void)
{
    char byte;
    struct talk t;
    int a = the_file("file"), b = the_file("file"), copy = dup(a);
    MUST(pipe(t.ends) == 0, "pipe");
    CHECK(flock(a, LOCK_SH) == 0 && flock(b, LOCK_SH | LOCK_NB) == 0, "shared");
    CHECK(flock(a, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK, "not exclusive");
    CHECK(flock(b, LOCK_EX | LOCK_NB) == 0, "the one that failed has lost its own");
    CHECK(flock(b, LOCK_UN) == 0 && flock(b, LOCK_UN) == 0, "give it up, twice");
    CHECK(flock(a, LOCK_EX) == 0 && flock(copy, LOCK_EX) == 0, "a copy is the same");
    CHECK(flock(b, LOCK_SH | LOCK_NB) == -1 && errno == EWOULDBLOCK, "another is not");
    CHECK(set(b, F_WRLCK, 0, 0) == 0, "record locks do not mind");
    CHECK(close(a) == 0 && flock(b, LOCK_SH | LOCK_NB) == -1, "the copy is open");
    pid_t pid = start(takes_whole, &t);
    CHECK(read(t.ends[0], &byte, 1) == 1 && flock(copy, LOCK_UN) == 0, "give it up");
    CHECK(finish(pid), "the child got it");
    CHECK(flock(copy, LOCK_EX) == 0 && close(copy) == 0, "the last descriptor");
    CHECK(flock(b, LOCK_EX | LOCK_NB) == 0, "and its lock are gone");
    CHECK(flock(b, 0) == -1 && errno == EINVAL, "no operation");
    CHECK(flock(b, LOCK_SH | LOCK_UN) == -1 && errno == EINVAL, "two of them");
    CHECK(flock(1000, LOCK_SH) == -1 && errno == EBADF, "not open");
}

static void upgrades(void *argument)
{
    int fd = the_file("file");
    for (unsigned i = 0; i < 100; i++)
        CHECK(flock(fd, LOCK_SH) == 0 && flock(fd, LOCK_EX) == 0, "round %u", i);
}

/* Whoever waits to become exclusive is not shared meanwhile: nobody waits for ever. */
static void whole_upgrades(void)
{
    for (unsigned i = 0; i < 3; i++)
        start(upgrades, NULL);
    CHECK(finish_all(3), "three");
}

/* --- Memory --- */

static void without_memory(void)
{
    int fd = the_file("file"), probe = the_file("file");
    if (!test_on_quire())
        SKIP("only Quire can be told to fail");
    for (unsigned n = 1; n <= 2; n++) {
        quire(QUIRE_FAIL_ALLOC, NULL, n);
        CHECK(set(fd, F_WRLCK, 5, 5) == -1 && errno == ENOLCK, "allocation %u fails", n);
        CHECK(is_free(probe, 0, 0), "nothing is locked");
    }
    CHECK(set(fd, F_WRLCK, 5, 5) == 0 && quire(QUIRE_FAIL_ALLOC, NULL, 1) == 0, "a lock");
    CHECK(set(fd, F_UNLCK, 7, 1) == -1 && errno == ENOLCK, "no memory for the second part");
    CHECK(is_at(in_the_way(probe, F_WRLCK, 0, 0), F_WRLCK, 5, 5), "it is whole");
    quire(QUIRE_FAIL_ALLOC, NULL, 1);
    CHECK(set(fd, F_UNLCK, 0, 0) == 0 && is_free(probe, 0, 0), "all can be given up always");
    quire(QUIRE_FAIL_ALLOC, NULL, 0);
    off_t n = 0;
    while (n < 100000 && set(fd, F_WRLCK, 2 * n, 1) == 0)
        n++;
    CHECK(n >= 1000 && n < 100000 && errno == ENOLCK, "%d locks are too many", (int)n);
    CHECK(set(fd, F_UNLCK, 0, 0) == 0 && is_free(probe, 0, 0), "all can be given up");
}

static const struct test tests[] = {
    {"split_and_joined", split_and_joined, 30},
    {"relative", relative, 10},
    {"refused", refused, 10},
    {"between_processes", between_processes, 10},
    {"ended", ended, 10},
    {"through_exec", through_exec, 10},
    {"taking_turns", taking_turns, 60},
    {"circles", circles, 60},
    {"shared_to_exclusive", shared_to_exclusive, 20},
    {"killed_waiting", killed_waiting, 10},
    {"interrupted", interrupted, 20},
    {"restarted", restarted, 20},
    {"open_files", open_files, 10},
    {"whole", whole, 10},
    {"whole_upgrades", whole_upgrades, 60},
    {"without_memory", without_memory, 60},
};
SCRATCH_MAIN(tests)
