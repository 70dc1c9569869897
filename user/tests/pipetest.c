/* pipetest: pipes between processes, blocking and not, and their ends. */
#include "counters.h"
#include "processes.h"
#include "scratch.h"

#include <sys/ioctl.h>
#include <sys/uio.h>

static void make_pipe(int ends[2])
{
    MUST(pipe(ends) == 0, "pipe");
}

static void nap(long milliseconds)
{
    struct timespec time = {0, milliseconds * 1000000};
    nanosleep(&time, NULL);
}

/* Reads until so many bytes have come or the end is there; returns how many came. */
static size_t read_all(int fd, uint8_t *to, size_t n)
{
    size_t done = 0;
    for (ssize_t got = 1; done < n && got > 0; done += got > 0 ? (size_t)got : 0)
        got = read(fd, to + done, n - done);
    return done;
}

/* --- One process --- */

static void bytes_in_order(void)
{
    int ends[2];
    uint8_t buffer[100];
    make_pipe(ends);
    CHECK(write(ends[1], "hello ", 6) == 6 && write(ends[1], "world", 5) == 5, "two writes");
    CHECK(read(ends[0], buffer, 3) == 3 && memcmp(buffer, "hel", 3) == 0, "a part");
    CHECK(read(ends[0], buffer, 100) == 8 && memcmp(buffer, "lo world", 8) == 0, "what is there");
    CHECK(write(ends[1], "", 0) == 0 && read(ends[0], buffer, 0) == 0, "nothing");
    for (unsigned round = 0; round < 200; round++) {
        fill(buffer, 100, round, 1);
        CHECK(write(ends[1], buffer, 77) == 77, "write in round %u", round);
        memset(buffer, 0, 100);
        CHECK(read(ends[0], buffer, 100) == 77 && holds(buffer, 77, round, 1), "round %u", round);
    }
}

static void end_of_file(void)
{
    int ends[2];
    uint8_t buffer[10];
    make_pipe(ends);
    CHECK(write(ends[1], "last", 4) == 4 && close(ends[1]) == 0, "write and close");
    CHECK(read(ends[0], buffer, 10) == 4 && memcmp(buffer, "last", 4) == 0, "what was written");
    CHECK(read(ends[0], buffer, 10) == 0 && read(ends[0], buffer, 10) == 0, "then the end");
}

static void wrong_ends(void)
{
    int ends[2];
    char byte = 'x';
    struct stat status;
    make_pipe(ends);
    CHECK(read(ends[1], &byte, 1) == -1 && errno == EBADF, "read from the end for writing");
    CHECK(write(ends[0], &byte, 1) == -1 && errno == EBADF, "write to the end for reading");
    CHECK(lseek(ends[0], 0, SEEK_SET) == -1 && errno == ESPIPE, "no position");
    CHECK(pread(ends[0], &byte, 1, 0) == -1 && errno == ESPIPE, "no pread");
    CHECK(pwrite(ends[1], &byte, 1, 0) == -1 && errno == ESPIPE, "no pwrite");
    CHECK(ftruncate(ends[1], 0) == -1 && errno == EINVAL, "no length");
    CHECK(fstat(ends[0], &status) == 0 && S_ISFIFO(status.st_mode), "it says that it is a pipe");
    CHECK(pipe2(ends, 1 << 30) == -1 && errno == EINVAL, "an unknown flag");
    CHECK(close(ends[0]) == 0 && close(ends[0]) == -1 && errno == EBADF, "closed once");
}

static void scattered(void)
{
    int ends[2];
    char a[3], b[8], c[20];
    struct iovec from[3] = {{(char *)"abc", 3}, {(char *)"", 0}, {(char *)"defghij", 7}};
    struct iovec to[3] = {{a, 3}, {b, 4}, {c, 20}};
    make_pipe(ends);
    CHECK(writev(ends[1], from, 3) == 10, "writev");
    CHECK(readv(ends[0], to, 3) == 10, "readv");
    CHECK(memcmp(a, "abc", 3) == 0 && memcmp(b, "defg", 4) == 0 && memcmp(c, "hij", 3) == 0,
          "what came");
}

static void duplicates(void)
{
    int ends[2];
    char byte;
    make_pipe(ends);
    int again = dup(ends[1]), more = fcntl(ends[1], F_DUPFD, 100);
    CHECK(again >= 0 && more >= 100, "dup and F_DUPFD: %d, %d", again, more);
    close(ends[1]);
    CHECK(write(again, "a", 1) == 1 && close(again) == 0, "write to one");
    CHECK(write(more, "b", 1) == 1 && close(more) == 0, "write to the other");
    CHECK(read(ends[0], &byte, 1) == 1 && byte == 'a', "the first");
    CHECK(read(ends[0], &byte, 1) == 1 && byte == 'b', "the second");
    CHECK(read(ends[0], &byte, 1) == 0, "the end after the last copy is closed");
    make_pipe(ends);
    CHECK(dup2(ends[0], 200) == 200 && close(ends[0]) == 0, "dup2");
    CHECK(write(ends[1], "c", 1) == 1 && read(200, &byte, 1) == 1 && byte == 'c', "through it");
    CHECK(dup3(ends[1], ends[1], 0) == -1 && errno == EINVAL, "dup3 onto itself");
    CHECK(dup2(ends[1], ends[1]) == ends[1], "dup2 onto itself");
}

/* --- Writing to nobody --- */

static void writes_to_nobody(void *argument)
{
    CHECK(write(*(int *)argument, "x", 1) == -1, "never comes back");
}

static void writes_too_much(void *argument)
{
    static uint8_t much[64 * PAGE];
    int *ends = argument;
    close(ends[0]);
    CHECK(write(ends[1], much, sizeof(much)) == -1, "never comes back");
}

static void broken_pipe(void)
{
    int ends[2];
    make_pipe(ends);
    close(ends[0]);
    CHECK(signal_of(writes_to_nobody, &ends[1]) == SIGPIPE, "a write that nobody will read");
    close(ends[1]);
    make_pipe(ends);
    pid_t pid = start(writes_too_much, ends);
    int status = -1;
    nap(20);
    close(ends[0]); /* while the writer waits for room */
    CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE,
          "a writer whose reader goes: %#x", (unsigned)status);
}

/* --- Not waiting --- */

static void not_blocking(void)
{
    int ends[2];
    static uint8_t buffer[PAGE];
    if (pipe2(ends, O_NONBLOCK) != 0 && errno == EINVAL)
        SKIP("no O_NONBLOCK");
    CHECK(read(ends[0], buffer, 1) == -1 && errno == EAGAIN, "nothing there");
    size_t total = 0, drained = 0;
    ssize_t n;
    while ((n = write(ends[1], buffer, PAGE)) > 0 && total < (1 << 20))
        total += (size_t)n;
    CHECK(n == -1 && errno == EAGAIN, "no room after %zu bytes", total);
    CHECK(total >= PAGE, "some were taken");
    CHECK(write(ends[1], buffer, 100) == -1 && errno == EAGAIN, "a small write is whole or not");
    while ((n = read(ends[0], buffer, PAGE)) > 0)
        drained += (size_t)n;
    CHECK(n == -1 && errno == EAGAIN && drained == total, "all of it came back: %zu", drained);
    CHECK((fcntl(ends[0], F_GETFL) & O_NONBLOCK) != 0, "the flag is told");
    close(ends[1]);
    CHECK(read(ends[0], buffer, 1) == 0, "the end is not 'again'");
}

/* More than fits: what fits is taken, and that is said. */
static void partial_write(void)
{
    int ends[2];
    size_t length = (size_t)4 << 20;
    uint8_t *much = map(length, RW, ANON, -1, 0);
    if (pipe2(ends, O_NONBLOCK) != 0 && errno == EINVAL)
        SKIP("no O_NONBLOCK");
    fill(much, 64 * PAGE, 0, 1);
    ssize_t n = write(ends[1], much, length);
    CHECK(n >= (ssize_t)PAGE && n < (ssize_t)length, "a part was taken: %zd", n);
    static uint8_t buffer[PAGE];
    CHECK(read_all(ends[0], buffer, PAGE) == PAGE && holds(buffer, PAGE, 0, 1), "the first of it");
}

static void flags_and_sizes(void)
{
    int ends[2], n = -1, yes = 1, no = 0;
    uint8_t byte;
    make_pipe(ends);
    CHECK(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0, "F_SETFL");
    CHECK(read(ends[0], &byte, 1) == -1 && errno == EAGAIN, "it does not wait now");
    CHECK(fcntl(ends[0], F_SETFL, 0) == 0 && !(fcntl(ends[0], F_GETFL) & O_NONBLOCK), "and back");
    CHECK(ioctl(ends[0], FIONBIO, &yes) == 0 && fcntl(ends[0], F_GETFL) & O_NONBLOCK, "FIONBIO");
    CHECK(read(ends[0], &byte, 1) == -1 && errno == EAGAIN, "it does not wait again");
    CHECK(ioctl(ends[0], FIONBIO, &no) == 0 && !(fcntl(ends[0], F_GETFL) & O_NONBLOCK), "off");
    CHECK(ioctl(ends[0], FIONBIO, NULL) == -1 && errno == EFAULT, "from nowhere");
    CHECK(ioctl(ends[0], FIONREAD, &n) == 0 && n == 0, "nothing in it: %d", n);
    CHECK(write(ends[1], "hello", 5) == 5 && read(ends[0], &byte, 1) == 1, "four bytes");
    CHECK(ioctl(ends[0], FIONREAD, &n) == 0 && n == 4, "to be read: %d", n);
    CHECK(ioctl(ends[1], FIONREAD, &n) == 0 && n == 4, "as the other end sees it: %d", n);
    CHECK(ioctl(ends[0], FIONREAD, NULL) == -1 && errno == EFAULT, "to nowhere");
    CHECK(ioctl(ends[0], TIOCGWINSZ, &n) == -1 && errno == ENOTTY, "no terminal");
    CHECK(fcntl(ends[0], F_GETPIPE_SZ) == 1 << 16, "its size");
    CHECK(fcntl(ends[1], F_SETPIPE_SZ, 1 << 16) == 1 << 16, "the size that it has");
    int file = open("file", O_CREAT | O_RDWR, 0600);
    CHECK(fcntl(file, F_GETPIPE_SZ) == -1 && errno == EBADF, "a file has none");
    CHECK(write(file, "12345", 5) == 5 && lseek(file, 2, SEEK_SET) == 2, "a file");
    CHECK(ioctl(file, FIONREAD, &n) == 0 && n == 3, "what is left of a file: %d", n);
}

/* --- Two processes --- */

struct flow {
    int ends[2];
    size_t total, chunk;
};

static void flow_writer(void *argument)
{
    struct flow *flow = argument;
    static uint8_t buffer[70000];
    close(flow->ends[0]);
    for (size_t done = 0; done < flow->total;) {
        size_t n = min_size(flow->chunk, flow->total - done);
        fill(buffer, n, done, 3);
        CHECK(write(flow->ends[1], buffer, n) == (ssize_t)n, "write %zu at %zu", n, done);
        done += n;
    }
}

static void check_flow(size_t total, size_t chunk, size_t at_once)
{
    struct flow flow = {.total = total, .chunk = chunk};
    static uint8_t buffer[70000];
    make_pipe(flow.ends);
    pid_t pid = start(flow_writer, &flow);
    close(flow.ends[1]);
    size_t done = 0;
    ssize_t n;
    while ((n = read(flow.ends[0], buffer, at_once)) > 0) {
        MUST(holds(buffer, (size_t)n, done, 3), "%zd bytes at %zu", n, done);
        done += (size_t)n;
    }
    CHECK(n == 0 && done == total, "%zu bytes of %zu, %zu by %zu", done, total, chunk, at_once);
    CHECK(finish(pid), "the writer");
    close(flow.ends[0]);
}

static void flows(void)
{
    check_flow(2000, 1, 1);
    check_flow(1 << 20, PAGE, PAGE);
    check_flow(300000, 70000, 333);
    check_flow(300000, 777, 70000);
    check_flow(1 << 20, 65536, 65536);
    check_flow(100000, 4097, 4095);
}

static void writes_later(void *argument)
{
    nap(30);
    CHECK(write(*(int *)argument, "late", 4) == 4, "write");
}

/* A reader waits, for as long as there is a writer. */
static void reader_waits(void)
{
    int ends[2];
    char buffer[10];
    make_pipe(ends);
    pid_t pid = start(writes_later, &ends[1]);
    CHECK(read(ends[0], buffer, 10) == 4 && memcmp(buffer, "late", 4) == 0, "what came late");
    CHECK(finish(pid), "the writer");
    pid = start(writes_later, &ends[1]);
    close(ends[1]);
    CHECK(read(ends[0], buffer, 10) == 4 && read(ends[0], buffer, 10) == 0, "and the end");
    CHECK(finish(pid), "the writer");
}

static void fills_pipe(void *argument)
{
    int *words = (int *)((void **)argument)[0], *ends = (int *)((void **)argument)[1];
    static uint8_t buffer[PAGE];
    close(ends[0]);
    for (size_t page = 0; page < 64; page++) {
        fill(buffer, PAGE, page * PAGE, 1);
        CHECK(write(ends[1], buffer, PAGE) == (ssize_t)PAGE, "page %zu", page);
        post(words);
    }
}

/* A writer waits for room, and goes on when there is some. */
static void writer_waits(void)
{
    int ends[2], *words = shared_words();
    void *arguments[2] = {words, ends};
    static uint8_t buffer[64 * PAGE];
    make_pipe(ends);
    pid_t pid = start(fills_pipe, arguments);
    close(ends[1]);
    await(words, 1);
    nap(30);
    int before = __atomic_load_n(words, __ATOMIC_SEQ_CST);
    CHECK(before < 64, "it waits after %d pages", before);
    CHECK(read_all(ends[0], buffer, 64 * PAGE) == 64 * PAGE, "read all");
    CHECK(holds(buffer, 64 * PAGE, 0, 1), "nothing is lost");
    CHECK(finish(pid), "the writer");
}

/* --- Several writers --- */

enum { WRITERS = 4, RECORDS = 60 };

struct record_writer {
    int ends[2], number;
    size_t size;
};

/* Records of one byte value each, with the record's number at its start. */
static void writes_records(void *argument)
{
    struct record_writer *w = argument;
    static uint8_t record[PAGE];
    close(w->ends[0]);
    for (unsigned i = 0; i < RECORDS; i++) {
        memset(record, w->number, w->size);
        record[1] = (uint8_t)i;
        CHECK(write(w->ends[1], record, w->size) == (ssize_t)w->size, "record %u", i);
    }
}

/* What is not longer than PIPE_BUF stays in one piece, and each writer's records in order. */
static void check_records(size_t size)
{
    struct record_writer w = {.size = size};
    static uint8_t record[PAGE];
    unsigned next[WRITERS] = {0}, count = 0;
    make_pipe(w.ends);
    for (w.number = 0; w.number < WRITERS; w.number++)
        start(writes_records, &w);
    close(w.ends[1]);
    while (read_all(w.ends[0], record, size) == size) {
        uint8_t who = record[0];
        MUST(who < WRITERS, "record %u begins with %u", count, who);
        MUST(holds_only(record + 2, size - 2, who), "record %u of %u is mixed", record[1], who);
        CHECK(record[1] == next[who], "record %u of %u comes as %u", record[1], who, next[who]);
        next[who]++;
        count++;
    }
    CHECK(count == WRITERS * RECORDS, "%u records of %zu bytes", count, size);
    CHECK(finish_all(WRITERS), "the writers");
    close(w.ends[0]);
}

static void records_stay_whole(void)
{
    check_records(3);
    check_records(100);
    check_records(1000);
    check_records(3000);
    check_records(PAGE);
}

static int *shared_count; /* bytes that the readers got, all together */

static void reads_share(void *argument)
{
    struct flow *flow = argument;
    uint8_t byte;
    size_t count = 0;
    close(flow->ends[1]);
    while (read(flow->ends[0], &byte, 1) == 1) {
        CHECK(byte == 7, "a byte %u", byte);
        count++;
    }
    __atomic_fetch_add(shared_count, (int)count, __ATOMIC_SEQ_CST);
}

/* Several readers: every byte goes to one of them, and all see the end. */
static void several_readers(void)
{
    struct flow flow;
    static uint8_t sevens[100];
    memset(sevens, 7, sizeof(sevens));
    make_pipe(flow.ends);
    shared_count = shared_words();
    for (int i = 0; i < 3; i++)
        start(reads_share, &flow);
    for (int i = 0; i < 300; i++) {
        CHECK(write(flow.ends[1], sevens, 10) == 10, "write %d", i);
        if (i % 10 == 0)
            nap(1);
    }
    close(flow.ends[1]);
    CHECK(finish_all(3), "the readers");
    CHECK(*shared_count == 3000, "of 3000 bytes the readers got %d", *shared_count);
}

/* --- Chains, and counts --- */

static void passes_on(void *argument)
{
    int *fds = argument; /* from, to, and what to close */
    uint8_t byte;
    for (int i = 2; i < 4; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    while (read(fds[0], &byte, 1) == 1) {
        byte++;
        CHECK(write(fds[1], &byte, 1) == 1, "pass on");
    }
}

static void chain(void)
{
    enum { LENGTH = 8 };
    int first[2], in;
    make_pipe(first);
    in = first[0];
    for (int i = 0; i < LENGTH; i++) {
        int next[2];
        make_pipe(next);
        int fds[4] = {in, next[1], next[0], first[1]};
        start(passes_on, fds);
        close(in);
        close(next[1]);
        in = next[0];
    }
    for (uint8_t i = 0; i < 50; i++) {
        uint8_t byte = i;
        CHECK(write(first[1], &byte, 1) == 1 && read(in, &byte, 1) == 1, "round trip %u", i);
        CHECK(byte == i + LENGTH, "%u went through %d processes: %u", i, LENGTH, byte);
    }
    close(first[1]);
    uint8_t byte;
    CHECK(read(in, &byte, 1) == 0, "the end comes through too");
    CHECK(finish_all(LENGTH), "the processes between");
}

/* Pipes that are dropped with bytes in them give back what they held. */
static void dropped_full(void)
{
    static uint8_t buffer[8 * PAGE];
    struct census before;
    for (int round = 0; round < 2; round++) {
        before = take_census(); /* the first round takes what stays: this process's own pages */
        for (int i = 0; i < 100; i++) {
            int ends[2];
            make_pipe(ends);
            CHECK(write(ends[1], buffer, i % 2 ? sizeof(buffer) : 1) > 0, "fill");
            close(ends[i % 2]);
            close(ends[1 - i % 2]);
        }
    }
    check_census(&before);
}

static const struct test tests[] = {
    {"bytes_in_order", bytes_in_order, 30},
    {"end_of_file", end_of_file, 30},
    {"wrong_ends", wrong_ends, 30},
    {"scattered", scattered, 30},
    {"duplicates", duplicates, 30},
    {"broken_pipe", broken_pipe, 60},
    {"not_blocking", not_blocking, 30},
    {"flags_and_sizes", flags_and_sizes, 10},
    {"partial_write", partial_write, 30},
    {"flows", flows, 120},
    {"reader_waits", reader_waits, 60},
    {"writer_waits", writer_waits, 60},
    {"records_stay_whole", records_stay_whole, 120},
    {"several_readers", several_readers, 60},
    {"chain", chain, 60},
    {"dropped_full", dropped_full, 30},
};

SCRATCH_MAIN(tests)
