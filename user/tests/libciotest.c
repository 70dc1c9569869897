/*
 * The parts of the C library that reach into the system: streams, directories, the environment,
 * jumps and signals, options, clocks and dates. It passes on Linux too.
 */
#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static char file_name[] = "libctest.tmp";

static void stream_write_and_read(void)
{
    char line[64];
    FILE *f = fopen(file_name, "w");
    if (!CHECK(f != NULL, "create %s", file_name))
        return;
    CHECK(fprintf(f, "line %d\n", 1) == 7 && fputs("line 2\n", f) >= 0, "two lines");
    CHECK(fwrite("line 3", 1, 6, f) == 6 && fputc('\n', f) == '\n' && ftell(f) == 21, "a third");
    CHECK(fclose(f) == 0, "close");
    f = fopen(file_name, "r+");
    CHECK(fgets(line, sizeof(line), f) != NULL && strcmp(line, "line 1\n") == 0, "'%s'", line);
    CHECK(fgets(line, 4, f) != NULL && strcmp(line, "lin") == 0 && ftell(f) == 10, "a part");
    CHECK(ungetc('X', f) == 'X' && ftell(f) == 9 && fgetc(f) == 'X', "ungetc");
    CHECK(fseek(f, -7, SEEK_END) == 0 && fread(line, 1, 64, f) == 7 && feof(f), "the end");
    CHECK(fgetc(f) == EOF, "behind the end");
    rewind(f);
    CHECK(!feof(f) && fgetc(f) == 'l', "the start again");
    fseek(f, 5, SEEK_SET);
    CHECK(fputc('A', f) == 'A' && fseek(f, 0, SEEK_CUR) == 0 && fgetc(f) == '\n', "write, read");
    fclose(f);
    f = fopen(file_name, "a");
    CHECK(fputs("end", f) >= 0 && fclose(f) == 0, "append");
    struct stat status;
    CHECK(stat(file_name, &status) == 0 && status.st_size == 24, "size %ld", (long)status.st_size);
}

static void stream_lines(void)
{
    char *line = NULL;
    size_t size = 0, total = 0;
    FILE *f = fopen(file_name, "w+");
    for (int i = 0; i < 500; i++)
        fprintf(f, "%0*d\n", i + 1, i);
    rewind(f);
    unsigned wrong = 0;
    for (int i = 0; i < 500; i++) {
        ssize_t n = getline(&line, &size, f);
        wrong += n != i + 2 || atoi(line) != i;
        total += (size_t)n;
    }
    CHECK(wrong == 0 && total == 125750, "%u lines wrong", wrong);
    CHECK(getline(&line, &size, f) == -1 && feof(f), "no more");
    free(line);
    fclose(f);
    CHECK(remove(file_name) == 0 && fopen(file_name, "r") == NULL && errno == ENOENT, "removed");
    CHECK(fopen(file_name, "?") == NULL && errno == EINVAL, "no such mode");
    errno = 0;
}

/* What a stream writes, and when, seen at the other end of a pipe. */
static void stream_modes(void)
{
    int ends[2];
    char seen[32];
    CHECK(pipe(ends) == 0, "pipe");
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    FILE *f = fdopen(ends[1], "w");
    setvbuf(f, NULL, _IOLBF, BUFSIZ);
    fputs("half", f);
    CHECK(read(ends[0], seen, sizeof(seen)) == -1, "nothing before the newline");
    fputs(" line\nmore", f);
    CHECK(read(ends[0], seen, sizeof(seen)) == 10, "the whole line");
    fflush(f);
    CHECK(read(ends[0], seen, sizeof(seen)) == 4, "the rest");
    fclose(f);
    CHECK(read(ends[0], seen, sizeof(seen)) == 0, "closed");
    FILE *in = fdopen(ends[0], "r");
    CHECK(fgetc(in) == EOF && feof(in) && fclose(in) == 0, "the reading end");
    errno = 0;
}

static void stream_other_file(void)
{
    char text[16] = "";
    FILE *f = fopen(file_name, "w");
    int fd = fileno(f);
    CHECK(freopen(file_name, "w+", f) == f && fileno(f) == fd, "the same descriptor");
    CHECK(dprintf(fd, "%s", "direct") == 6 && fseek(f, 0, SEEK_SET) == 0, "past the stream");
    CHECK(fread(text, 1, sizeof(text), f) == 6 && strcmp(text, "direct") == 0, "'%s'", text);
    fclose(f);
    CHECK(remove(file_name) == 0, "remove");
}

static void descriptors(void)
{
    char name[] = "libctest.XXXXXX", a[3], b[4], path[4096], other[4096];
    struct iovec out[] = {{"abc", 3}, {"defg", 4}}, in[] = {{a, 3}, {b, 4}};
    struct stat status;
    int fd = mkstemp(name);
    CHECK(fd >= 0 && strstr(name, "XXXXXX") == NULL, "mkstemp gave %s", name);
    CHECK(writev(fd, out, 2) == 7 && lseek(fd, 0, SEEK_SET) == 0, "writev");
    CHECK(readv(fd, in, 2) == 7 && memcmp(a, "abc", 3) == 0 && memcmp(b, "defg", 4) == 0, "readv");
    CHECK(pwrite(fd, "XY", 2, 1) == 2 && pread(fd, a, 3, 0) == 3 && memcmp(a, "aXY", 3) == 0,
          "pwrite, pread");
    CHECK(ftruncate(fd, 5) == 0 && fstat(fd, &status) == 0 && status.st_size == 5, "ftruncate");
    CHECK((status.st_mode & 0777) == 0600 && S_ISREG(status.st_mode), "mode %o", status.st_mode);
    CHECK(dup2(fd, 30) == 30 && dup2(30, 30) == 30 && close(30) == 0, "dup2");
    CHECK(dup2(30, 30) == -1 && errno == EBADF, "dup2 of a closed one");
    CHECK(fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC, "fcntl");
    CHECK(getcwd(path, sizeof(path)) != NULL && realpath("././.", other) != NULL, "paths");
    CHECK(strcmp(path, other) == 0, "'%s', '%s'", path, other);
    CHECK(symlink(name, "libctest.link") == 0 && realpath("libctest.link", other) != NULL, "link");
    CHECK(strcmp(strrchr(other, '/') + 1, name) == 0, "the link leads to '%s'", other);
    CHECK(unlink("libctest.link") == 0 && unlink(name) == 0 && close(fd) == 0, "unlink");
    CHECK(realpath(name, other) == NULL && errno == ENOENT, "nothing there");
    errno = 0;
}

static void exit_with(void *status)
{
    exit(*(int *)status);
}

static void abort_in_child(void *nothing)
{
    signal(SIGABRT, SIG_IGN);
    abort();
}

static void free_twice(void *nothing)
{
    void *volatile block = malloc(100);
    void *volatile again = block;
    close(STDERR_FILENO);
    free(block);
    free(again);
}

static void processes(void)
{
    int number = 42;
    int status = test_in_child(exit_with, &number);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 42, "exit: %#x", (unsigned)status);
    status = test_in_child(abort_in_child, NULL);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "abort: %#x", (unsigned)status);
    status = test_in_child(free_twice, NULL);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "free: %#x", (unsigned)status);
    CHECK(waitpid(-1, &status, 0) == -1 && errno == ECHILD, "no child is left");
    errno = 0;
}

static void environment(void)
{
    CHECK(setenv("LIBCTEST", "one", 1) == 0 && strcmp(getenv("LIBCTEST"), "one") == 0, "set");
    CHECK(setenv("LIBCTEST", "two", 0) == 0 && strcmp(getenv("LIBCTEST"), "one") == 0, "kept");
    CHECK(setenv("LIBCTEST", "two", 1) == 0 && strcmp(getenv("LIBCTEST"), "two") == 0, "changed");
    static char assignment[] = "LIBCTEST=three";
    CHECK(putenv(assignment) == 0 && strcmp(getenv("LIBCTEST"), "three") == 0, "put");
    CHECK(unsetenv("LIBCTEST") == 0 && getenv("LIBCTEST") == NULL, "unset");
    CHECK(setenv("A=B", "", 1) == -1 && errno == EINVAL, "a bad name");
    errno = 0;
}

static jmp_buf target;

static int jump(const void *a, const void *b)
{
    longjmp(target, a == b);
}

static volatile sig_atomic_t signals_seen;

static volatile int blocked_in_handler;

static void count_signal(int number)
{
    sigset_t mask;
    signals_seen += number;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    blocked_in_handler = 2 * sigismember(&mask, number) + sigismember(&mask, SIGUSR2);
}

/* A kernel may have no handlers yet; it then says so. */
static bool has_handlers(void)
{
    bool has = signal(SIGUSR1, count_signal) != SIG_ERR || errno != ENOSYS;
    signal(SIGUSR1, SIG_DFL);
    errno = 0;
    return has;
}

/* The mask of the action, and the signal itself, are blocked while the handler runs. */
static void signal_masks(void)
{
    struct sigaction action = {.sa_handler = count_signal}, old;
    sigset_t mask;
    if (!has_handlers())
        SKIP("no signal handlers");
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGUSR2);
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0 && raise(SIGUSR1) == 0, "sigaction");
    CHECK(blocked_in_handler == 3, "blocked in the handler: %d", blocked_in_handler);
    CHECK(sigprocmask(SIG_BLOCK, NULL, &mask) == 0 && !sigismember(&mask, SIGUSR2), "only there");
    CHECK(sigaction(SIGUSR1, NULL, &old) == 0 && old.sa_handler == count_signal, "asked for");
    action.sa_mask = mask;
    action.sa_flags = SA_RESETHAND | SA_NODEFER;
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0 && raise(SIGUSR1) == 0, "other flags");
    CHECK(blocked_in_handler == 0, "blocked in the handler: %d", blocked_in_handler);
    CHECK(signal(SIGUSR1, SIG_DFL) == SIG_DFL, "reset when handled");
}

static void jumps_and_signals(void)
{
    volatile int passes = 0;
    int value = setjmp(target);
    passes++;
    int numbers[] = {3, 1, 2};
    if (value == 0)
        qsort(numbers, 3, sizeof(numbers[0]), jump); /* several frames away */
    CHECK(passes == 2 && value == 1, "%d passes, value %d", passes, value);
    if (!has_handlers())
        SKIP("no signal handlers");
    signals_seen = 0;
    CHECK(signal(SIGUSR1, count_signal) == SIG_DFL, "the default before");
    CHECK(raise(SIGUSR1) == 0 && signals_seen == SIGUSR1, "handled %d", (int)signals_seen);
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    CHECK(sigprocmask(SIG_BLOCK, &set, &old) == 0 && raise(SIGUSR1) == 0, "blocked");
    CHECK(signals_seen == SIGUSR1 && !sigismember(&old, SIGUSR1), "not yet handled");
    sigprocmask(SIG_SETMASK, &old, NULL);
    CHECK(signals_seen == 2 * SIGUSR1, "handled when unblocked");
    signal(SIGUSR1, SIG_DFL);
}

static void options(void)
{
    char *args[] = {"prog", "-ab", "-cvalue", "-c", "next", "--", "-x", NULL};
    optind = 1;
    CHECK(getopt(7, args, "abc:") == 'a' && getopt(7, args, "abc:") == 'b', "two letters");
    CHECK(getopt(7, args, "abc:") == 'c' && strcmp(optarg, "value") == 0, "value attached");
    CHECK(getopt(7, args, "abc:") == 'c' && strcmp(optarg, "next") == 0, "value behind");
    CHECK(getopt(7, args, "abc:") == -1 && optind == 6, "ends at %d", optind);
}

static void dates(void)
{
    time_t moments[] = {0, 951782400, 1709164799, -1, 4102444800};
    const char *texts[] = {"1970-01-01 00:00:00 Thu 001", "2000-02-29 00:00:00 Tue 060",
                           "2024-02-28 23:59:59 Wed 059", "1969-12-31 23:59:59 Wed 365",
                           "2100-01-01 00:00:00 Fri 001"};
    for (size_t i = 0; i < COUNT(moments); i++) {
        struct tm date;
        char text[64];
        gmtime_r(&moments[i], &date);
        strftime(text, sizeof(text), "%F %T %a %j", &date);
        CHECK(strcmp(text, texts[i]) == 0, "'%s' instead of '%s'", text, texts[i]);
        CHECK(timegm(&date) == moments[i], "back again");
    }
    struct timespec a, b = {.tv_nsec = 2000000};
    clock_gettime(CLOCK_MONOTONIC, &a);
    CHECK(nanosleep(&b, NULL) == 0 && clock_gettime(CLOCK_MONOTONIC, &b) == 0, "sleep");
    long ns = (b.tv_sec - a.tv_sec) * 1000000000L + b.tv_nsec - a.tv_nsec;
    CHECK(ns >= 2000000, "slept only %ld ns", ns);
}

static void directories(void)
{
    CHECK(mkdir("libctest.dir", 0755) == 0, "mkdir");
    for (int i = 0; i < 200; i++) {
        char name[64];
        snprintf(name, sizeof(name), "libctest.dir/a-rather-long-name-%d", i);
        close(open(name, O_CREAT | O_WRONLY, 0644));
    }
    DIR *dir = opendir("libctest.dir");
    unsigned names = 0, dots = 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        int number;
        dots += entry->d_name[0] == '.';
        if (sscanf(entry->d_name, "a-rather-long-name-%d", &number) == 1) {
            names++;
            unlinkat(dirfd(dir), entry->d_name, 0);
        }
    }
    CHECK(names >= 200 && dots == 2, "%u names, %u with dots", names, dots);
    closedir(dir);
    CHECK(rmdir("libctest.dir") == 0, "rmdir");
    CHECK(opendir("libctest.dir") == NULL && errno == ENOENT, "gone");
    errno = 0;
}

static const struct test tests[] = {
    {"stream_write_and_read", stream_write_and_read, 0},
    {"stream_lines", stream_lines, 0},
    {"stream_modes", stream_modes, 0},
    {"stream_other_file", stream_other_file, 0},
    {"descriptors", descriptors, 0},
    {"processes", processes, 10},
    {"environment", environment, 0},
    {"jumps_and_signals", jumps_and_signals, 0},
    {"signal_masks", signal_masks, 0},
    {"options", options, 0},
    {"dates", dates, 0},
    {"directories", directories, 0},
};

TEST_MAIN(tests)
