/* Limits of processes, as far as files know them: how many descriptors, how long a file. */
#include "tests.h"

#include <sys/resource.h>

static void limit(int resource, rlim_t value)
{
    struct rlimit now;
    MUST(getrlimit(resource, &now) == 0, "getrlimit %d", resource);
    now.rlim_cur = value;
    MUST(setrlimit(resource, &now) == 0, "set limit %d to %lu", resource, (unsigned long)value);
}

static bool is_limit(int resource, rlim_t soft)
{
    struct rlimit now = {0, 0};
    return getrlimit(resource, &now) == 0 && now.rlim_cur == soft;
}

static void sees_limits(void *unused)
{
    CHECK(is_limit(RLIMIT_DATA, 123456789) && is_limit(RLIMIT_NOFILE, 50), "a child has the same");
    limit(RLIMIT_DATA, 1000000000);
}

void limits_of_processes(void)
{
    static const int resources[] = {RLIMIT_CPU,  RLIMIT_FSIZE, RLIMIT_DATA,   RLIMIT_STACK,
                                    RLIMIT_CORE, RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_MEMLOCK,
                                    RLIMIT_AS,   RLIMIT_RSS};
    struct rlimit now, before;
    for (size_t i = 0; i < sizeof(resources) / sizeof(resources[0]); i++)
        CHECK(getrlimit(resources[i], &now) == 0 && now.rlim_cur <= now.rlim_max, "number %zu", i);
    limit(RLIMIT_DATA, 123456789);
    limit(RLIMIT_NOFILE, 50);
    CHECK(finish(start(sees_limits, NULL)), "a child");
    CHECK(is_limit(RLIMIT_DATA, 123456789), "what it changes is its own");
    now = (struct rlimit){RLIM_INFINITY, RLIM_INFINITY};
    CHECK(prlimit(getpid(), RLIMIT_DATA, &now, &before) == 0, "prlimit");
    CHECK(before.rlim_cur == 123456789 && is_limit(RLIMIT_DATA, RLIM_INFINITY), "both ways");
    CHECK(prlimit(0, RLIMIT_DATA, NULL, NULL) == 0, "nothing");
    pid_t child = fork();
    if (child == 0)
        pause();
    MUST(child > 0, "fork"); /* -1 means everybody to kill */
    now.rlim_cur = 77777777;
    CHECK(prlimit(child, RLIMIT_DATA, &now, NULL) == 0, "of a child");
    CHECK(prlimit(child, RLIMIT_DATA, NULL, &before) == 0 && before.rlim_cur == 77777777, "read");
    CHECK(kill(child, SIGKILL) == 0 && !finish(child), "end it");
    FAILS(prlimit(child, RLIMIT_DATA, NULL, &before), ESRCH);
}

void limit_errors(void)
{
    struct rlimit wrong = {2, 1}, now, *volatile nowhere = (struct rlimit *)8;
    FAILS(getrlimit(16, &now), EINVAL);
    FAILS(getrlimit(-1, &now), EINVAL);
    FAILS(setrlimit(RLIMIT_DATA, &wrong), EINVAL);
    FAILS(getrlimit(RLIMIT_DATA, nowhere), EFAULT);
    FAILS(setrlimit(RLIMIT_DATA, nowhere), EFAULT);
    FAILS(prlimit(1 << 30, RLIMIT_DATA, NULL, &now), ESRCH);
    CHECK(getrlimit(RLIMIT_NOFILE, &now) == 0, "getrlimit");
    now.rlim_max = RLIM_INFINITY;
    FAILS(setrlimit(RLIMIT_NOFILE, &now), EPERM);
}

void limit_of_descriptors(void)
{
    int ends[2], high = fcntl(0, F_DUPFD, 30), fd, last = -1;
    put("file", "text");
    limit(RLIMIT_NOFILE, 20);
    while ((fd = open("file", O_RDONLY)) >= 0)
        last = fd;
    CHECK(errno == EMFILE && last == 19, "the last is %d", last);
    FAILS(dup(0), EMFILE);
    FAILS(pipe(ends), EMFILE);
    FAILS(open("file", O_WRONLY | O_TRUNC), EMFILE);
    FAILS(fcntl(0, F_DUPFD, 20), EINVAL);
    FAILS(fcntl(0, F_DUPFD, 5), EMFILE);
    FAILS(dup2(0, 20), EBADF);
    FAILS(dup2(0, high), EBADF);
    CHECK(fcntl(high, F_GETFD) == 0 && dup2(0, 19) == 19, "what there is stays in use");
    CHECK(has("file", "") || close(19) == 0, "one less");
    CHECK(has("file", "text") && open("file", O_RDONLY) == 19, "the last again");
    limit(RLIMIT_NOFILE, 0);
    FAILS(dup(0), EMFILE);
    limit(RLIMIT_NOFILE, 40);
    CHECK(dup(0) == 20 && fcntl(0, F_DUPFD, 30) == high + 1, "more again");
    CHECK(close(high) == 0, "close");
}

static void writes_too_much(void *argument)
{
    ssize_t n = write(*(int *)argument, "x", 1);
    CHECK(n == 1, "ended by the signal, or not at all");
}

void limit_of_files(void)
{
    static char bytes[10000];
    int fd = make_file("file", 5000, 1), other = make_file("other", 20000, 2);
    limit(RLIMIT_FSIZE, 8000);
    CHECK(lseek(fd, 8000, SEEK_SET) == 8000, "at the limit");
    CHECK(signal_of(writes_too_much, &fd) == SIGXFSZ, "a signal");
    signal(SIGXFSZ, SIG_IGN);
    FAILS(write(fd, "x", 1), EFBIG);
    FAILS(pwrite(fd, "x", 1, 100000), EFBIG);
    CHECK(pwrite(fd, bytes, 0, 100000) == 0, "nothing is not too much");
    CHECK(pwrite(fd, bytes, 10000, 7000) == 1000 && file_size(fd) == 8000, "what fits");
    FAILS(ftruncate(fd, 8001), EFBIG);
    FAILS(truncate("file", 8001), EFBIG);
    FAILS(fallocate(fd, 0, 0, 8001), EFBIG);
    CHECK(file_size(fd) == 8000 && file_holds(fd, 5000, 0, 1), "the file is as it was");
    CHECK(ftruncate(other, 10000) == 0 && file_size(other) == 10000, "shorter, though too long");
    CHECK(pwrite(other, "y", 1, 7999) == 1, "below the limit");
    FAILS(pwrite(other, "y", 1, 8000), EFBIG);
    limit(RLIMIT_FSIZE, RLIM_INFINITY);
    CHECK(pwrite(fd, "x", 1, 8000) == 1 && file_size(fd) == 8001, "no limit");
}
