/* The files of a process and of the system: what they say, and how they are read. */
#include "tests.h"

#include <stdlib.h>
#include <sys/utsname.h>

void file_reads_in_parts(void)
{
    char *whole = read_text("/proc/self/limits"), part[7];
    void *volatile nowhere = (void *)1;
    MUST(whole != NULL, "limits");
    int fd = open("/proc/self/limits", O_RDONLY);
    size_t at = 0;
    ssize_t n;
    while ((n = read(fd, part, sizeof(part))) > 0) {
        CHECK(memcmp(whole + at, part, (size_t)n) == 0, "the part at %zu", at);
        at += (size_t)n;
    }
    CHECK(n == 0 && at == strlen(whole), "%zu bytes of %zu", at, strlen(whole));
    CHECK(pread(fd, part, 5, 3) == 5 && memcmp(part, whole + 3, 5) == 0, "at an offset");
    CHECK(pread(fd, part, 5, 1 << 20) == 0, "far behind the end");
    CHECK(pread(fd, part, 5, -1) < 0 && errno == EINVAL, "before the beginning");
    CHECK(lseek(fd, 2, SEEK_SET) == 2 && read(fd, part, 3) == 3 && memcmp(part, whole + 2, 3) == 0,
          "after a seek");
    CHECK(read(fd, nowhere, 5) < 0 && errno == EFAULT, "a bad address");
    int closed = open("/proc/self/limits", O_WRONLY);
    CHECK(closed < 0 || write(closed, "x", 1) < 0, "no writing");
    close(fd);
    free(whole);
}

void file_reads_again(void)
{
    char before[256] = "", after[256] = "";
    int fd = open("/proc/self/statm", O_RDONLY);
    MUST(pread(fd, before, sizeof(before) - 1, 0) > 0, "read");
    long pages = atol(before);
    map(64 * PAGE, RW, ANON, -1, 0);
    CHECK(pread(fd, after, sizeof(after) - 1, 0) > 0 && atol(after) == pages + 64,
          "%ld pages and 64 more: %ld", pages, atol(after));
    close(fd);
}

/* The number of field n (from 1 on) of /proc/PID/stat, behind the name in parentheses. */
static long stat_field(long pid, int n)
{
    char *text = read_text(proc_path(pid, "stat"));
    char *at = text == NULL ? NULL : strrchr(text, ')');
    for (int field = 2; at != NULL && field < n; field++)
        at = strchr(at + 1, ' ');
    long number = at == NULL ? -1 : atol(at);
    free(text);
    return number;
}

void file_stat_fields(void)
{
    char *text = read_text("/proc/self/stat");
    MUST(text != NULL, "stat");
    CHECK(atol(text) == getpid(), "the pid");
    CHECK(strchr(text, '(') != NULL && strstr(text, ") R ") != NULL, "the name and the state");
    unsigned fields = 2;
    for (char *at = strrchr(text, ')'); (at = strchr(at + 1, ' ')) != NULL;)
        fields++;
    CHECK(fields == 52, "%u fields", fields);
    CHECK(text[strlen(text) - 1] == '\n', "a line");
    free(text);
    long self = getpid();
    CHECK(stat_field(self, 4) == getppid(), "the parent");
    CHECK(stat_field(self, 5) == getpgrp() && stat_field(self, 6) == getsid(0), "its groups");
    CHECK(stat_field(self, 20) == 1, "one thread");
    CHECK(stat_field(self, 23) == number_in("/proc/self/status", "VmSize") * 1024, "its size");
    CHECK(stat_field(self, 22) >= stat_field(getppid(), 22), "it began after its parent");
    uintptr_t stack = (uintptr_t)stat_field(self, 28);
    CHECK(stack > (uintptr_t)&text && stack - (uintptr_t)&text < (8 << 20), "where its stack is");
    long faults = stat_field(self, 10);
    uint8_t *at = map(50 * PAGE, RW, ANON, -1, 0);
    for (size_t i = 0; i < 50; i++)
        store(at + i * PAGE, 1);
    CHECK(stat_field(self, 10) >= faults + 50, "its faults");
}

void file_status(void)
{
    char *text = read_text("/proc/self/status");
    MUST(text != NULL, "status");
    CHECK(number_of(text, "Pid") == getpid() && number_of(text, "PPid") == getppid(), "pids");
    CHECK(number_of(text, "Tgid") == getpid() && number_of(text, "Threads") == 1, "threads");
    CHECK(number_of(text, "Uid") == (long)getuid(), "the user");
    CHECK(strstr(text, "State:\tR (running)") != NULL, "the state");
    long before = number_of(text, "VmRSS"), anonymous = number_of(text, "RssAnon");
    CHECK(before == anonymous + number_of(text, "RssFile") + number_of(text, "RssShmem"),
          "what is resident is of three kinds");
    free(text);
    uint8_t *at = map(1024 * PAGE, RW, ANON, -1, 0);
    memset(at, 1, 1024 * PAGE);
    long after = number_in("/proc/self/status", "RssAnon");
    CHECK(after >= anonymous + 4000 && after <= anonymous + 4400, "4 MiB more: %ld, %ld", anonymous,
          after);
    uint8_t *shared = map(512 * PAGE, RW, ANON_SHARED, -1, 0);
    long shm = number_in("/proc/self/status", "RssShmem");
    memset(shared, 1, 512 * PAGE);
    CHECK(number_in("/proc/self/status", "RssShmem") == shm + 2048, "2 MiB of shared memory");
}

static void ignore(int number)
{
}

void file_signals(void)
{
    sigset_t set;
    char *text;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGUSR2, ignore);
    signal(SIGHUP, SIG_IGN);
    raise(SIGUSR1);
    text = read_text("/proc/self/status");
    MUST(text != NULL, "status");
    CHECK(strstr(text, "SigBlk:\t0000000000000200\n") != NULL, "SIGUSR1 is blocked");
    CHECK(strstr(text, "SigPnd:\t0000000000000200\n") != NULL, "and waits for this thread");
    char *caught = strstr(text, "SigCgt:\t"), *ignored = strstr(text, "SigIgn:\t");
    MUST(caught != NULL && ignored != NULL, "what handles them");
    CHECK(strtoul(caught + 8, NULL, 16) & 1UL << (SIGUSR2 - 1), "SIGUSR2 has a handler");
    CHECK(strtoul(ignored + 8, NULL, 16) & 1UL << (SIGHUP - 1), "SIGHUP is ignored");
    CHECK(!(strtoul(caught + 8, NULL, 16) & 1UL << (SIGTERM - 1)), "SIGTERM has none");
    free(text);
}

void file_command_line(void)
{
    char name[64], bytes[4096] = "";
    const char *slash = strrchr(scratch_program, '/');
    int fd = open("/proc/self/cmdline", O_RDONLY);
    ssize_t n = read(fd, bytes, sizeof(bytes) - 1);
    CHECK(n > 0 && bytes[n - 1] == '\0', "arguments end with zeros");
    CHECK(strstr(bytes, slash + 1) != NULL, "the first is the program: %s", bytes);
    close(fd);
    fd = open("/proc/self/comm", O_RDONLY);
    n = read(fd, name, sizeof(name) - 1);
    CHECK(n > 1 && name[n - 1] == '\n' && strncmp(slash + 1, name, (size_t)n - 1) == 0, "comm");
    close(fd);
    char *environment = read_text("/proc/self/environ");
    CHECK(environment != NULL, "environ");
    free(environment);
}

void file_system(void)
{
    struct utsname names;
    char *text = read_text("/proc/meminfo");
    long total = number_of(text, "MemTotal"), available = number_of(text, "MemAvailable");
    CHECK(total > 8 * 1024 && number_of(text, "MemFree") > 0, "memory");
    CHECK(available > 0 && available <= total, "%ld of %ld KiB are available", available, total);
    free(text);
    text = read_text("/proc/uptime");
    CHECK(text != NULL && atof(text) > 0 && strchr(text, ' ') != NULL, "uptime");
    free(text);
    text = read_text("/proc/cpuinfo");
    CHECK(text != NULL && number_of(text, "processor\t") == 0, "cpuinfo");
    free(text);
    text = read_text("/proc/loadavg");
    double load;
    unsigned running, all;
    CHECK(text != NULL &&
              sscanf(text, "%lf %lf %lf %u/%u", &load, &load, &load, &running, &all) == 5,
          "loadavg");
    free(text);
    text = read_text("/proc/stat");
    CHECK(number_of(text, "cpu") >= 0 && number_of(text, "btime") > 1000000000, "stat");
    free(text);
    MUST(uname(&names) == 0, "uname");
    text = read_text("/proc/sys/kernel/osrelease");
    CHECK(text != NULL && strncmp(text, names.release, strlen(names.release)) == 0, "osrelease");
    free(text);
    text = read_text("/proc/version");
    CHECK(text != NULL && strstr(text, names.release) != NULL, "version");
    free(text);
    CHECK(number_in("/proc/vmstat", "pgfault") > 0, "vmstat");
    text = read_text("/proc/filesystems");
    CHECK(text != NULL && strstr(text, "\tproc\n") != NULL, "filesystems");
    free(text);
}

/* --- Processes that end --- */

static void child_ends(void *unused)
{
}

static void wait_for_zombie(pid_t pid)
{
    char state = '?';
    while (state != 'Z') {
        char *text = read_text(proc_path(pid, "stat"));
        const char *at = text == NULL ? NULL : strrchr(text, ')');
        MUST(at != NULL, "the stat of a child");
        state = at[2];
        free(text);
        sched_yield();
    }
}

void life_zombie(void)
{
    pid_t pid = start(child_ends, NULL);
    wait_for_zombie(pid);
    char *maps = read_text(proc_path(pid, "maps")), target[64];
    CHECK(maps != NULL && maps[0] == '\0', "nothing is mapped");
    free(maps);
    CHECK(readlink(proc_path(pid, "exe"), target, sizeof(target)) < 0 && errno == ENOENT, "no exe");
    char *line = read_text(proc_path(pid, "cmdline"));
    CHECK(line != NULL && line[0] == '\0', "no arguments");
    free(line);
    CHECK(stat_field(pid, 4) == getpid(), "its parent");
    CHECK(finish(pid), "wait");
}

void life_ended(void)
{
    char bytes[64];
    pid_t pid = start(child_ends, NULL);
    int stat = open(proc_path(pid, "stat"), O_RDONLY),
        maps = open(proc_path(pid, "maps"), O_RDONLY);
    int folder = open(proc_path(pid, ""), O_RDONLY | O_DIRECTORY);
    CHECK(stat >= 0 && folder >= 0 && finish(pid), "open, and wait");
    CHECK(read(stat, bytes, sizeof(bytes)) < 0 && errno == ESRCH, "nothing to read");
    CHECK(maps < 0 || read(maps, bytes, sizeof(bytes)) <= 0, "nor of its mappings");
    CHECK(openat(folder, "stat", O_RDONLY) < 0 && (errno == ENOENT || errno == ESRCH), "nor open");
    CHECK(open(proc_path(pid, "stat"), O_RDONLY) < 0 && errno == ENOENT, "its name is gone");
}

/* Children come and go while everything about them is read. */
void life_many(void)
{
    static const char *const names[] = {"maps", "smaps", "status", "cmdline", "stat", "pagemap"};
    char bytes[512];
    for (unsigned round = 0; round < 60; round++) {
        pid_t pid = start(child_ends, NULL);
        for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            int fd = open(proc_path(pid, names[i]), O_RDONLY);
            ssize_t n = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes));
            CHECK(n >= 0 || errno == ESRCH, "%s of a child in round %u", names[i], round);
            close(fd);
        }
        ssize_t n = readlink(proc_path(pid, "cwd"), bytes, sizeof(bytes));
        CHECK(n > 0 || errno == ENOENT, "its cwd");
        readlink(proc_path(pid, "fd/1"), bytes, sizeof(bytes));
        CHECK(finish(pid), "it ends");
    }
}
