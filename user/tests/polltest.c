/* polltest: ppoll and pselect6: what is ready, how long they wait, what wakes them. */
#include "counters.h"
#include "processes.h"
#include "scratch.h"

#include <sys/resource.h>
#include <sys/syscall.h>

#if __has_include(<poll.h>)
#include <poll.h>
#else
#include "abi/poll.h"
#endif

#ifndef POLLRDNORM /* where <poll.h> keeps them back */
#define POLLRDNORM 0x040
#define POLLWRNORM 0x100
#endif

#define MS 1000000L

/* The call itself, which says in *time what is left of it. */
static int ppoll_call(struct pollfd *fds, unsigned count, struct timespec *time)
{
    return (int)syscall(SYS_ppoll, fds, count, time, NULL, 8);
}

/* What a descriptor is ready for now. */
static int now(int fd, int events)
{
    struct timespec none = {0, 0};
    struct pollfd entry = {.fd = fd, .events = (short)events, .revents = -1};
    int n = ppoll_call(&entry, 1, &none);
    CHECK(n == (entry.revents != 0), "the result counts: %d for %#x", n, entry.revents);
    return entry.revents;
}

/* Waits for ever. */
static int then(int fd, int events)
{
    struct pollfd entry = {.fd = fd, .events = (short)events};
    CHECK(ppoll_call(&entry, 1, NULL) == 1, "one is ready");
    return entry.revents;
}

static void make_pipe(int ends[2])
{
    MUST(pipe(ends) == 0, "pipe");
}

/* --- What is ready --- */

static void pipe_reading(void)
{
    int ends[2];
    char bytes[10];
    make_pipe(ends);
    CHECK(now(ends[0], POLLIN | POLLOUT) == 0, "nothing to be read");
    CHECK(write(ends[1], "abc", 3) == 3, "write");
    CHECK(now(ends[0], POLLIN | POLLRDNORM) == (POLLIN | POLLRDNORM), "bytes");
    CHECK(now(ends[0], POLLIN) == POLLIN && now(ends[0], POLLOUT) == 0, "what is asked for only");
    CHECK(read(ends[0], bytes, 2) == 2 && now(ends[0], POLLIN) == POLLIN, "one is left");
    CHECK(read(ends[0], bytes, 2) == 1 && now(ends[0], POLLIN) == 0, "none");
    CHECK(write(ends[1], "d", 1) == 1 && close(ends[1]) == 0, "the last byte");
    CHECK(now(ends[0], POLLIN) == (POLLIN | POLLHUP), "bytes, and no writer");
    CHECK(read(ends[0], bytes, 2) == 1 && now(ends[0], POLLIN) == POLLHUP, "the end");
    CHECK(now(ends[0], 0) == POLLHUP, "that is told to who does not ask");
}

static void pipe_writing(void)
{
    int ends[2];
    static char page[PAGE];
    make_pipe(ends);
    MUST(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0, "O_NONBLOCK");
    CHECK(now(ends[1], POLLIN | POLLOUT | POLLWRNORM) == (POLLOUT | POLLWRNORM), "room");
    for (int i = 0; i < 1000 && write(ends[1], page, PAGE) > 0; i++) {
    }
    CHECK(now(ends[1], POLLOUT) == 0, "no room");
    CHECK(read(ends[0], page, PAGE) == PAGE && now(ends[1], POLLOUT) == POLLOUT, "room for a page");
    CHECK(write(ends[1], page, PAGE) == PAGE, "which can be written");
    CHECK(now(ends[1], 0) == 0 && close(ends[0]) == 0, "close the other end");
    CHECK((now(ends[1], POLLOUT) & ~POLLOUT) == POLLERR, "nobody will read");
}

static void always_ready(void)
{
    const int both = POLLIN | POLLOUT;
    int file = open("file", O_CREAT | O_RDWR, 0600), null = open("/dev/null", O_RDWR);
    int zero = open("/dev/zero", O_RDONLY), folder = open(".", O_RDONLY);
    CHECK(now(file, both) == both, "a regular file, at its end");
    CHECK(now(null, both) == both && now(zero, POLLIN) == POLLIN, "devices");
    CHECK(now(folder, POLLIN) == POLLIN, "a folder");
    CHECK(now(file, POLLPRI) == 0, "nothing urgent");
}

static void several(void)
{
    int a[2], b[2];
    struct timespec none = {0, 0};
    make_pipe(a);
    make_pipe(b);
    int closed = dup(a[0]);
    close(closed);
    struct pollfd fds[] = {{a[0], POLLIN, -1}, {-1, POLLIN, -1}, {b[1], POLLOUT, -1},
                           {closed, 0, -1},    {b[0], 0, -1},    {a[1], POLLIN, -1}};
    CHECK(write(a[1], "x", 1) == 1 && ppoll_call(fds, 6, &none) == 3, "three are ready");
    CHECK(fds[0].revents == POLLIN && fds[2].revents == POLLOUT, "two pipes");
    CHECK(fds[3].revents == POLLNVAL, "one that is not open");
    CHECK(fds[1].revents == 0 && fds[4].revents == 0 && fds[5].revents == 0, "no others");
    struct pollfd same[] = {{a[0], POLLIN, 0}, {a[0], POLLIN, 0}};
    CHECK(ppoll_call(same, 2, NULL) == 2 && same[1].revents == POLLIN, "one file twice");
    struct pollfd bad[] = {{b[0], POLLIN, 0}, {closed, POLLIN, 0}};
    CHECK(ppoll_call(bad, 2, NULL) == 1, "a bad one is not waited with");
}

/* --- Time --- */

static int64_t clock_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 * MS + t.tv_nsec;
}

static void timeouts(void)
{
    int ends[2];
    make_pipe(ends);
    struct pollfd entry = {ends[0], POLLIN, -1};
    struct timespec time = {0, 30 * MS};
    int64_t begin = clock_now();
    CHECK(ppoll_call(&entry, 1, &time) == 0 && entry.revents == 0, "nothing comes");
    CHECK(clock_now() - begin >= 30 * MS, "it waited as long as was said");
    CHECK(time.tv_sec == 0 && time.tv_nsec == 0, "nothing of it is left");
    time = (struct timespec){0, 10 * MS};
    begin = clock_now();
    CHECK(ppoll_call(NULL, 0, &time) == 0 && clock_now() - begin >= 10 * MS, "no descriptors");
    CHECK(write(ends[1], "x", 1) == 1, "write");
    time = (struct timespec){1000000, 5};
    CHECK(ppoll_call(&entry, 1, &time) == 1 && entry.revents == POLLIN, "ready at once");
    CHECK(time.tv_sec <= 1000000 && time.tv_sec > 900000, "nearly all is left");
    time = (struct timespec){INT64_MAX, 999999999};
    CHECK(ppoll_call(&entry, 1, &time) == 1, "the end of time");
}

static void bad_arguments(void)
{
    struct timespec none = {0, 0}, odd = {0, 1000000000}, past = {-1, 0};
    struct pollfd entry = {-1, 0, 0};
    static struct pollfd many[40];
    struct rlimit limit = {20, 20};
    CHECK(ppoll_call(&entry, 1, &odd) == -1 && errno == EINVAL, "too many nanoseconds");
    CHECK(ppoll_call(&entry, 1, &past) == -1 && errno == EINVAL, "less than no time");
    CHECK(ppoll_call(&entry, 1, (void *)8) == -1 && errno == EFAULT, "a bad time");
    CHECK(ppoll_call((void *)8, 1, &none) == -1 && errno == EFAULT, "bad entries");
    CHECK(ppoll_call((void *)8, 0, &none) == 0, "nobody looks at no entries");
    uint8_t *edge = map(2 * PAGE, RW, ANON, -1, 0);
    MUST(mprotect(edge + PAGE, PAGE, PROT_NONE) == 0, "an edge");
    memset(edge, 0xff, PAGE);
    struct pollfd *last = (struct pollfd *)(edge + PAGE) - 1;
    CHECK(ppoll_call(last, 2, &none) == -1 && errno == EFAULT, "half of them");
    CHECK(ppoll_call(last, 1, &none) == 0, "the half");
    MUST(setrlimit(RLIMIT_NOFILE, &limit) == 0, "a limit");
    memset(many, 0xff, sizeof(many));
    CHECK(ppoll_call(many, 20, &none) == 0, "as many as there can be");
    CHECK(ppoll_call(many, 21, &none) == -1 && errno == EINVAL, "one more");
}

/* --- Waiting --- */

struct pipes {
    int there[2], back[2];
};

static void answers(void *argument)
{
    struct pipes *p = argument;
    char byte;
    close(p->there[1]);
    while (then(p->there[0], POLLIN) == POLLIN && read(p->there[0], &byte, 1) == 1)
        CHECK(write(p->back[1], &byte, 1) == 1, "answer");
}

/* Each side waits for the other in turn: a wake-up that is lost would end it. */
static void to_and_fro(void)
{
    struct pipes p;
    char byte = 0;
    make_pipe(p.there);
    make_pipe(p.back);
    pid_t pid = start(answers, &p);
    unsigned came = 0;
    for (unsigned i = 0; i < 2000; i++) {
        byte = (char)i;
        CHECK(write(p.there[1], &byte, 1) == 1, "ask %u", i);
        came += then(p.back[0], POLLIN) == POLLIN && read(p.back[0], &byte, 1) == 1 &&
                byte == (char)i;
    }
    CHECK(came == 2000, "%u answers", came);
    close(p.there[1]);
    CHECK(finish(pid), "the other ends when nobody asks");
}

#define MANY 30

static int many_pipes[MANY][2];

static void writes_to_some(void *argument)
{
    for (unsigned i = 0; i < 600; i++)
        CHECK(write(many_pipes[i * 7 % MANY][1], "x", 1) == 1, "write %u", i);
}

static void waiting_for_many(void)
{
    struct pollfd fds[MANY];
    unsigned came[MANY] = {0}, total = 0;
    char byte;
    for (unsigned i = 0; i < MANY; i++) {
        make_pipe(many_pipes[i]);
        fds[i] = (struct pollfd){many_pipes[i][0], POLLIN, 0};
    }
    pid_t pid = start(writes_to_some, NULL);
    while (total < 600) {
        MUST(ppoll_call(fds, MANY, NULL) > 0, "poll after %u", total);
        for (unsigned i = 0; i < MANY; i++)
            if (fds[i].revents == POLLIN && read(fds[i].fd, &byte, 1) == 1 && ++total)
                came[i]++;
    }
    for (unsigned i = 0; i < MANY; i++)
        CHECK(came[i] == 20, "%u came from pipe %u", came[i], i);
    CHECK(finish(pid), "the writer");
}

static void waits_for_end(void *argument)
{
    struct pipes *p = argument;
    close(p->there[1]);
    close(p->back[0]);
    CHECK(write(p->back[1], "r", 1) == 1, "ready");
    CHECK(then(p->there[0], POLLIN) == POLLHUP, "the end comes");
}

/* Every process that waits hears of it, not just one. */
static void woken_together(void)
{
    struct pipes p;
    char ready[5];
    make_pipe(p.there);
    make_pipe(p.back);
    for (unsigned i = 0; i < 5; i++)
        start(waits_for_end, &p);
    for (unsigned i = 0; i < 5; i++)
        CHECK(read(p.back[0], &ready[i], 1) == 1, "child %u", i);
    close(p.there[1]);
    CHECK(finish_all(5), "all ended");
}

static void drains(void *argument)
{
    int *ends = argument;
    static char buffer[PAGE];
    size_t total = 0;
    close(ends[1]);
    for (ssize_t n = 1; n > 0; total += (size_t)n)
        n = read(ends[0], buffer, PAGE);
    CHECK(total == 100 * PAGE, "%zu bytes", total);
}

static void waiting_for_room(void)
{
    int ends[2];
    static char page[PAGE];
    make_pipe(ends);
    MUST(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0, "O_NONBLOCK");
    pid_t pid = start(drains, ends);
    close(ends[0]);
    for (unsigned i = 0; i < 100;) {
        CHECK(then(ends[1], POLLOUT) == POLLOUT, "room for page %u", i);
        ssize_t n = write(ends[1], page, PAGE);
        CHECK(n == PAGE, "page %u: %zd", i, n);
        i += n == PAGE;
    }
    close(ends[1]);
    CHECK(finish(pid), "the reader");
}

/* A reader of the same pipe takes away what the waiting one was woken for: it waits on. */
static void reads_all(void *argument)
{
    int *ends = argument;
    char byte;
    unsigned n = 0;
    MUST(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0, "O_NONBLOCK");
    close(ends[1]);
    while (then(ends[0], POLLIN) & POLLIN)
        n += read(ends[0], &byte, 1) == 1;
    printf("%s", n > 1000000 ? "more than were written\n" : "");
}

static void competing(void)
{
    int ends[2];
    make_pipe(ends);
    for (unsigned i = 0; i < 3; i++)
        start(reads_all, ends);
    for (unsigned i = 0; i < 1000; i++)
        CHECK(write(ends[1], "x", 1) == 1, "byte %u", i);
    close(ends[1]);
    CHECK(finish_all(3), "all readers");
    CHECK(now(ends[0], POLLIN) == POLLHUP, "nothing is left");
}

/* --- Signals --- */

static void waits_for_ever(void *argument)
{
    then(*(int *)argument, POLLIN);
}

static void killed(void)
{
    int ends[2], status = 0;
    make_pipe(ends);
    pid_t pid = start(waits_for_ever, &ends[0]);
    for (int i = 0; i < 20; i++)
        sched_yield(); /* so that it often waits already */
    CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, &status, 0) == pid, "kill it");
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "it died: %#x", (unsigned)status);
}

static volatile sig_atomic_t caught;

static void catch (int number)
{
    caught = number;
}

/* A signal that comes before the call, blocked, is let in by its mask and ends it. */
static void let_in(void)
{
    int ends[2];
    struct sigaction action = {.sa_handler = catch};
    sigset_t set;
    uint64_t none = 0;
    make_pipe(ends);
    if (sigaction(SIGUSR1, &action, NULL) != 0)
        SKIP("no handlers");
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    MUST(sigprocmask(SIG_BLOCK, &set, NULL) == 0 && kill(getpid(), SIGUSR1) == 0, "a signal");
    struct pollfd entry = {ends[0], POLLIN, 0};
    struct timespec time = {1000, 0};
    CHECK(syscall(SYS_ppoll, &entry, 1, &time, &none, 4) == -1 && errno == EINVAL, "a small mask");
    CHECK(caught == 0, "it is blocked");
    CHECK(syscall(SYS_ppoll, &entry, 1, &time, &none, 8) == -1 && errno == EINTR, "let in");
    CHECK(caught == SIGUSR1, "and handled");
    CHECK(time.tv_sec > 900 && time.tv_sec < 1000, "time is left");
    sigprocmask(SIG_BLOCK, NULL, &set);
    CHECK(sigismember(&set, SIGUSR1) == 1, "it is blocked again");
}

/* Handlers end the wait, with SA_RESTART too; a signal that does nothing does not. */
static void waits_with_handler(void *argument)
{
    int *ends = argument;
    struct sigaction action = {.sa_handler = catch, .sa_flags = SA_RESTART};
    MUST(sigaction(SIGUSR1, &action, NULL) == 0 && write(ends[1], "x", 1) == 1, "ready");
    struct pollfd entry = {ends[2], POLLIN, 0};
    uint64_t set = (uint64_t)1 << ends[2];
    CHECK(ppoll_call(&entry, 1, NULL) == -1 && errno == EINTR, "ppoll is not made again");
    CHECK(write(ends[1], "x", 1) == 1, "ready again");
    CHECK(syscall(SYS_pselect6, 64, &set, NULL, NULL, NULL, NULL) == -1 && errno == EINTR,
          "pselect6 neither");
    CHECK(set == (uint64_t)1 << ends[2], "the set is as it was");
}

static void interrupted(void)
{
    int ends[4], status = 0;
    char byte;
    MUST(pipe(ends) == 0 && pipe(ends + 2) == 0, "pipes");
    pid_t pid = start(waits_with_handler, ends);
    close(ends[1]);
    CHECK(read(ends[0], &byte, 1) == 1, "the child is ready");
    while (waitpid(pid, &status, WNOHANG) == 0) {
        kill(pid, SIGWINCH);
        kill(pid, SIGUSR1); /* again and again: the first ones may come before it waits */
        sched_yield();
    }
    CHECK(status == 0, "ended with %#x", (unsigned)status);
}

/* --- pselect6 --- */

typedef uint64_t bits[16];

static void set_bit(bits set, int fd)
{
    set[fd / 64] |= (uint64_t)1 << fd % 64;
}

static long select_call(int count, uint64_t *in, uint64_t *out, uint64_t *except,
                        struct timespec *time)
{
    return syscall(SYS_pselect6, count, in, out, except, time, NULL);
}

static void selected(void)
{
    int a[2];
    struct timespec none = {0, 0};
    make_pipe(a);
    int high = fcntl(a[0], F_DUPFD, 100);
    bits in = {0}, out = {0}, except = {0};
    set_bit(in, a[0]);
    set_bit(in, high);
    set_bit(out, a[1]);
    set_bit(except, a[0]);
    CHECK(select_call(128, in, out, except, &none) == 1, "one is ready");
    CHECK(in[0] == 0 && in[1] == 0 && except[0] == 0, "nothing to read, nothing else");
    CHECK(out[0] == (uint64_t)1 << a[1], "one to write to");
    set_bit(in, a[0]);
    set_bit(in, high);
    CHECK(write(a[1], "x", 1) == 1 && select_call(128, in, out, NULL, NULL) == 3, "three bits");
    CHECK(in[0] == (uint64_t)1 << a[0] && in[1] == (uint64_t)1 << (high - 64), "both to read");
    bits beyond = {0};
    set_bit(beyond, high);
    CHECK(select_call(high, beyond, NULL, NULL, &none) == 0, "bits at the count do not count");
    CHECK(close(a[1]) == 0 && select_call(high + 1, in, NULL, NULL, NULL) == 2, "the end");
    in[0] = in[1] = 0;
    set_bit(except, a[0]);
    CHECK(select_call(high + 1, NULL, NULL, except, &none) == 0, "which is no exception");
}

static void selected_badly(void)
{
    int a[2];
    bits in = {0};
    struct timespec time = {0, 20 * MS}, odd = {0, -1};
    make_pipe(a);
    set_bit(in, a[0]);
    CHECK(select_call(64, in, NULL, NULL, &time) == 0, "nothing comes");
    CHECK(in[0] == 0 && time.tv_nsec == 0, "no bit, and no time left");
    CHECK(select_call(0, NULL, NULL, NULL, &time) == 0, "no time, no sets");
    set_bit(in, a[0]);
    set_bit(in, 60);
    CHECK(select_call(64, in, NULL, NULL, &time) == -1 && errno == EBADF, "one is not open");
    CHECK(in[0] == ((uint64_t)1 << a[0] | (uint64_t)1 << 60), "the sets are as they were");
    CHECK(select_call(60, in, NULL, NULL, &time) == 0, "it is behind the count");
    CHECK(select_call(-1, in, NULL, NULL, &time) == -1 && errno == EINVAL, "a negative count");
    CHECK(select_call(64, in, NULL, NULL, &odd) == -1 && errno == EINVAL, "a bad time");
    CHECK(select_call(64, (void *)8, NULL, NULL, &time) == -1 && errno == EFAULT, "a bad set");
    CHECK(select_call(64, NULL, NULL, NULL, (void *)8) == -1 && errno == EFAULT, "no time");
}

static void without_memory(void)
{
    int ends[2];
    struct timespec none = {0, 0};
    make_pipe(ends);
    struct pollfd entry = {ends[0], POLLIN, 0};
    if (!test_on_quire())
        SKIP("only Quire can be told to fail");
    for (unsigned n = 1; n <= 2; n++) {
        bits in = {(uint64_t)1 << ends[0]};
        quire(QUIRE_FAIL_ALLOC, NULL, n);
        CHECK(ppoll_call(&entry, 1, &none) == -1 && errno == ENOMEM, "ppoll, allocation %u", n);
        quire(QUIRE_FAIL_ALLOC, NULL, n);
        CHECK(select_call(64, in, NULL, NULL, &none) == -1 && errno == ENOMEM, "pselect6, %u", n);
        CHECK(in[0] == (uint64_t)1 << ends[0], "the set is as it was");
    }
    quire(QUIRE_FAIL_ALLOC, NULL, 0);
    CHECK(ppoll_call(&entry, 1, &none) == 0 && close(ends[1]) == 0, "with memory");
    CHECK(now(ends[0], POLLIN) == POLLHUP, "no failed call has kept the pipe open");
}

static const struct test tests[] = {
    {"pipe_reading", pipe_reading, 10},
    {"pipe_writing", pipe_writing, 10},
    {"always_ready", always_ready, 10},
    {"several", several, 10},
    {"timeouts", timeouts, 10},
    {"bad_arguments", bad_arguments, 10},
    {"to_and_fro", to_and_fro, 60},
    {"waiting_for_many", waiting_for_many, 60},
    {"woken_together", woken_together, 20},
    {"waiting_for_room", waiting_for_room, 20},
    {"competing", competing, 60},
    {"killed", killed, 20},
    {"interrupted", interrupted, 20},
    {"let_in", let_in, 20},
    {"selected", selected, 10},
    {"selected_badly", selected_badly, 10},
    {"without_memory", without_memory, 10},
};
SCRATCH_MAIN(tests)
