/* Calls that tell a program about the system and itself, and small ones on files. */
#include "tests.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/times.h>

/* Of numbers and structures, what not every C library has. */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_faccessat2
#define SYS_faccessat2 439
#endif

static bool fails(long result, int error)
{
    return result == -1 && errno == error;
}

void call_identity(void)
{
    unsigned ids[3] = {1, 1, 1};
    CHECK(syscall(SYS_getresuid, &ids[0], &ids[1], &ids[2]) == 0 && ids[0] == getuid(),
          "getresuid");
    CHECK(syscall(SYS_getresgid, &ids[0], &ids[1], &ids[2]) == 0 && ids[0] == getgid(),
          "getresgid");
    CHECK(fails(syscall(SYS_getresuid, 1L, &ids[1], &ids[2]), EFAULT), "a bad address");
    CHECK(syscall(SYS_setuid, getuid()) == 0 && syscall(SYS_setgid, getgid()) == 0, "as it is");
    CHECK(syscall(SYS_setresuid, -1, -1, -1) == 0 && syscall(SYS_setreuid, -1, -1) == 0,
          "no change");
    CHECK(fails(syscall(SYS_setuid, -1), EINVAL), "no such user");
    CHECK(syscall(SYS_getgroups, 0, NULL) >= 0, "getgroups");
    CHECK(fails(syscall(SYS_getgroups, -1, NULL), EINVAL), "fewer than none");
    CHECK(fails(syscall(SYS_setgroups, 1 << 20, NULL), EINVAL), "too many groups");
    unsigned zero = 0;
    if (getuid() == 0)
        CHECK(syscall(SYS_setgroups, 1, &zero) == 0, "root's group");
    if (test_on_quire()) {
        CHECK(fails(syscall(SYS_setuid, 1000), EPERM), "nobody becomes another user");
        CHECK(fails(syscall(SYS_setresgid, 0, 5, 0), EPERM), "or group");
    }
}

void call_capabilities(void)
{
    struct {
        unsigned version;
        int pid;
    } header = {0x20080522, 0};
    unsigned data[6] = {0};
    CHECK(syscall(SYS_capget, &header, data) == 0, "capget");
    CHECK(getuid() != 0 || (data[0] != 0 && data[1] != 0), "root has some");
    CHECK(syscall(SYS_capset, &header, data) == 0, "capset of what there is");
    header.version = 1;
    CHECK(fails(syscall(SYS_capget, &header, data), EINVAL), "an unknown version");
    CHECK(header.version == 0x20080522, "is told the newest");
    CHECK(syscall(SYS_capget, &header, NULL) == 0, "only the version");
    header.pid = 99999999;
    CHECK(fails(syscall(SYS_capget, &header, data), ESRCH), "of nobody");
    CHECK(fails(syscall(SYS_capget, 1L, data), EFAULT), "a bad address");
}

void call_prctl(void)
{
    char name[16] = "";
    enum { SET_DUMPABLE = 4, GET_DUMPABLE = 3, SET_NAME = 15, GET_NAME = 16 };
    CHECK(syscall(SYS_prctl, SET_NAME, "a long name that is cut off") == 0, "PR_SET_NAME");
    CHECK(syscall(SYS_prctl, GET_NAME, name) == 0 && strcmp(name, "a long name tha") == 0, "%s",
          name);
    char *comm = read_text("/proc/self/comm");
    CHECK(comm != NULL && strcmp(comm, "a long name tha\n") == 0, "comm");
    free(comm);
    CHECK(fails(syscall(SYS_prctl, SET_NAME, 1L), EFAULT), "a bad address");
    CHECK(syscall(SYS_prctl, GET_DUMPABLE, 0, 0, 0, 0) == 1, "dumpable");
    CHECK(syscall(SYS_prctl, SET_DUMPABLE, 0, 0, 0, 0) == 0, "PR_SET_DUMPABLE");
    CHECK(syscall(SYS_prctl, GET_DUMPABLE, 0, 0, 0, 0) == 0, "not dumpable");
    CHECK(syscall(SYS_prctl, SET_DUMPABLE, 1, 0, 0, 0) == 0, "and again");
    CHECK(fails(syscall(SYS_prctl, SET_DUMPABLE, 7, 0, 0, 0), EINVAL), "no such value");
    CHECK(fails(syscall(SYS_prctl, 7777, 0, 0, 0, 0), EINVAL), "no such option");
}

void call_scheduling(void)
{
    unsigned long mask[16] = {0};
    unsigned cpu = 1000, node = 1000;
    int priority = 5;
    long n = syscall(SYS_sched_getaffinity, 0, sizeof(mask), mask);
    CHECK(n >= 8 && n % 8 == 0 && mask[0] != 0, "sched_getaffinity: %ld", n);
    CHECK(fails(syscall(SYS_sched_getaffinity, 0, 1, mask), EINVAL), "too small");
    CHECK(fails(syscall(SYS_sched_getaffinity, 99999999, sizeof(mask), mask), ESRCH), "nobody's");
    CHECK(syscall(SYS_getcpu, &cpu, &node, NULL) == 0 && (mask[0] >> cpu & 1), "getcpu: %u", cpu);
    CHECK(syscall(SYS_sched_setaffinity, 0, sizeof(mask), mask) == 0, "sched_setaffinity");
    unsigned long none = 0;
    CHECK(fails(syscall(SYS_sched_setaffinity, 0, sizeof(none), &none), EINVAL), "nowhere");
    CHECK(syscall(SYS_sched_getscheduler, 0) == 0, "SCHED_OTHER");
    CHECK(syscall(SYS_sched_getparam, 0, &priority) == 0 && priority == 0, "without priority");
    CHECK(syscall(SYS_sched_setscheduler, 0, 0, &priority) == 0, "as it is");
    CHECK(fails(syscall(SYS_sched_setscheduler, 0, 99, &priority), EINVAL), "no such policy");
    CHECK(syscall(SYS_sched_get_priority_max, 1) == 99, "of SCHED_FIFO");
    CHECK(syscall(SYS_sched_get_priority_min, 1) == 1, "at the least");
    CHECK(syscall(SYS_sched_get_priority_max, 0) == 0, "of SCHED_OTHER");
    CHECK(fails(syscall(SYS_sched_get_priority_max, 77), EINVAL), "of no policy");
    CHECK(syscall(SYS_getpriority, 0, 0) == 20, "getpriority");
    CHECK(syscall(SYS_setpriority, 0, 0, 0) == 0, "setpriority");
    CHECK(fails(syscall(SYS_getpriority, 9, 0), EINVAL), "of what?");
    CHECK(fails(syscall(SYS_getpriority, 0, 99999999), ESRCH), "of whom?");
    CHECK(syscall(SYS_personality, 0xffffffffUL) >= 0, "personality");
    CHECK(syscall(SYS_membarrier, 0, 0, 0) >= 0, "membarrier: what is there");
}

void call_system(void)
{
    struct {
        long uptime;
        unsigned long loads[3], total, free, shared, buffers, swap, free_swap;
        unsigned short procs, pad;
        unsigned long high, free_high;
        unsigned unit;
    } info;
    CHECK(syscall(SYS_sysinfo, &info) == 0, "sysinfo");
    long total = (long)(info.total * info.unit / 1024);
    CHECK(total == number_in("/proc/meminfo", "MemTotal"), "memory: %ld KiB", total);
    CHECK(info.free <= info.total && info.procs >= 1, "numbers that make sense");
    CHECK(fails(syscall(SYS_sysinfo, 1L), EFAULT), "a bad address");
    struct tms used;
    clock_t first = times(&used);
    CHECK(first != (clock_t)-1 && used.tms_utime >= 0 && used.tms_cstime >= 0, "times");
    CHECK(times(&used) >= first, "goes on");
    char name[66] = "";
    if (!test_on_quire())
        return;
    CHECK(syscall(SYS_sethostname, "other", 5) == 0, "sethostname");
    char *text = read_text("/proc/sys/kernel/hostname");
    CHECK(text != NULL && strcmp(text, "other\n") == 0, "hostname: %s", text);
    free(text);
    CHECK(syscall(SYS_sethostname, "quire", 5) == 0, "and back");
    CHECK(fails(syscall(SYS_sethostname, name, 66), EINVAL), "too long");
    CHECK(fails(syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, NULL), EPERM), "mount");
    CHECK(fails(syscall(SYS_umount2, "/proc", 0), EPERM), "umount");
}

/* The fields that are held against stat(2), at their places in Linux's structure. */
struct statx_part {
    uint32_t mask, blksize;
    uint64_t attributes;
    uint32_t nlink, uid, gid;
    uint16_t mode, spare;
    uint64_t ino, size, blocks, attributes_mask;
    struct {
        int64_t sec;
        uint32_t nsec;
        int32_t reserved;
    } atime, btime, ctime, mtime;
    uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
    uint64_t rest[14];
};

void call_statx(void)
{
    struct statx_part x;
    struct stat st;
    int fd = make_file("file", 5000, 1);
    MUST(fstat(fd, &st) == 0 && sizeof(x) == 256, "fstat");
    CHECK(syscall(SYS_statx, AT_FDCWD, "file", 0, 0x7ff, &x) == 0, "statx");
    CHECK((x.mask & 0x7ff) == 0x7ff && x.size == 5000 && x.mode == st.st_mode, "what it is");
    CHECK(x.ino == st.st_ino && x.nlink == 1 && x.blocks == (uint64_t)st.st_blocks, "which it is");
    CHECK(x.mtime.sec == st.st_mtim.tv_sec && x.mtime.nsec == (uint32_t)st.st_mtim.tv_nsec, "when");
    CHECK(syscall(SYS_statx, fd, "", AT_EMPTY_PATH, 0x7ff, &x) == 0 && x.size == 5000, "of fd");
    MUST(symlink("file", "link") == 0, "symlink");
    CHECK(syscall(SYS_statx, AT_FDCWD, "link", AT_SYMLINK_NOFOLLOW, 0x7ff, &x) == 0 &&
              S_ISLNK(x.mode),
          "of a link");
    CHECK(syscall(SYS_statx, AT_FDCWD, "/dev/null", 0x2000, 0x7ff, &x) == 0 && x.rdev_major == 1 &&
              x.rdev_minor == 3,
          "of a device");
    CHECK(fails(syscall(SYS_statx, AT_FDCWD, "none", 0, 0x7ff, &x), ENOENT), "of nothing");
    CHECK(fails(syscall(SYS_statx, AT_FDCWD, "file", 0x6000, 0x7ff, &x), EINVAL), "of both kinds");
    CHECK(fails(syscall(SYS_statx, AT_FDCWD, "file", 0, 0x80000000UL, &x), EINVAL), "reserved");
    CHECK(fails(syscall(SYS_statx, AT_FDCWD, "file", 0, 0x7ff, 1L), EFAULT), "a bad address");
    CHECK(syscall(SYS_faccessat2, AT_FDCWD, "link", R_OK, AT_SYMLINK_NOFOLLOW) == 0, "faccessat2");
    CHECK(syscall(SYS_faccessat2, AT_FDCWD, "file", W_OK, 0x200) == 0, "AT_EACCESS");
    CHECK(fails(syscall(SYS_faccessat2, AT_FDCWD, "file", X_OK, 0), EACCES), "not to be run");
    CHECK(fails(syscall(SYS_faccessat2, AT_FDCWD, "file", 0, 1), EINVAL), "unknown flags");
}

void call_close_range(void)
{
    int low = fcntl(0, F_DUPFD, 100);
    for (int fd = 101; fd < 110; fd++)
        MUST(dup2(0, fd) == fd, "dup2");
    MUST(low == 100, "descriptors from 100 on");
    CHECK(syscall(SYS_close_range, 103, 105, 0) == 0, "three of them");
    CHECK(fcntl(102, F_GETFD) == 0 && fcntl(103, F_GETFD) < 0 && fcntl(105, F_GETFD) < 0 &&
              fcntl(106, F_GETFD) == 0,
          "and no others");
    CHECK(syscall(SYS_close_range, 106, 107, 4) == 0 && fcntl(106, F_GETFD) == FD_CLOEXEC &&
              fcntl(108, F_GETFD) == 0,
          "closed on exec");
    CHECK(syscall(SYS_close_range, 100, ~0U, 0) == 0 && fcntl(109, F_GETFD) < 0, "all the rest");
    CHECK(fails(syscall(SYS_close_range, 5, 4, 0), EINVAL), "the wrong way round");
    CHECK(fails(syscall(SYS_close_range, 500, 501, 64), EINVAL), "unknown flags");
}

void call_sendfile(void)
{
    int ends[2], from = make_file("from", 3 * PAGE + 100, 1), to = make_file("to", 0, 0);
    long offset = 50;
    uint8_t bytes[64];
    MUST(pipe(ends) == 0, "pipe");
    CHECK(syscall(SYS_sendfile, to, from, NULL, 2 * PAGE) == 2 * (long)PAGE, "two pages");
    CHECK(lseek(from, 0, SEEK_CUR) == 2 * (off_t)PAGE && file_holds(to, 2 * PAGE, 0, 1),
          "are there");
    CHECK(syscall(SYS_sendfile, to, from, NULL, 1 << 20) == (long)PAGE + 100, "up to the end");
    CHECK(file_size(to) == 3 * (long)PAGE + 100 && file_holds(to, 3 * PAGE + 100, 0, 1),
          "all of it");
    CHECK(syscall(SYS_sendfile, to, from, NULL, 10) == 0, "nothing is left");
    CHECK(syscall(SYS_sendfile, ends[1], from, &offset, 64) == 64 && offset == 114, "to a pipe");
    CHECK(read(ends[0], bytes, 64) == 64 && holds(bytes, 64, 50, 1), "from an offset");
    CHECK(fails(syscall(SYS_sendfile, 999, from, NULL, 10), EBADF), "nowhere");
    CHECK(fails(syscall(SYS_sendfile, ends[1], ends[1], NULL, 10), EBADF), "not readable");
    CHECK(fails(syscall(SYS_sendfile, to, from, 1L, 10), EFAULT), "a bad address");
    offset = -1;
    CHECK(fails(syscall(SYS_sendfile, to, from, &offset, 10), EINVAL), "before the beginning");
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    offset = 0;
    CHECK(fails(syscall(SYS_sendfile, ends[1], from, &offset, 10), EPIPE) && offset == 0, "unread");
}

void call_copy_file_range(void)
{
    int from = make_file("from", 2 * PAGE + 10, 2), to = make_file("to", 0, 0), ends[2];
    long in = 10, out = 5;
    MUST(pipe(ends) == 0, "pipe");
    CHECK(syscall(SYS_copy_file_range, from, NULL, to, NULL, 1 << 20, 0) == 2 * (long)PAGE + 10,
          "all of it");
    CHECK(file_holds(to, 2 * PAGE + 10, 0, 2), "is there");
    CHECK(syscall(SYS_copy_file_range, from, &in, to, &out, 100, 0) == 100 && in == 110 &&
              out == 105,
          "a part");
    CHECK(file_byte(to, 5) == file_byte(from, 10) && file_byte(to, 105) == file_byte(from, 105),
          "in its place");
    CHECK(fails(syscall(SYS_copy_file_range, from, NULL, to, NULL, 1, 1), EINVAL), "flags");
    CHECK(fails(syscall(SYS_copy_file_range, from, NULL, ends[1], NULL, 1, 0), EINVAL), "a pipe");
    in = 0;
    out = 50;
    CHECK(fails(syscall(SYS_copy_file_range, from, &in, from, &out, 100, 0), EINVAL),
          "over itself");
}

void call_advice(void)
{
    int fd = make_file("file", 3 * PAGE, 1), ends[2];
    MUST(pipe(ends) == 0, "pipe");
    for (int advice = 0; advice <= 5; advice++)
        CHECK(syscall(SYS_fadvise64, fd, 0L, 0L, advice) == 0, "advice %d", advice);
    CHECK(fails(syscall(SYS_fadvise64, fd, 0L, 0L, 6), EINVAL), "unknown advice");
    CHECK(fails(syscall(SYS_fadvise64, ends[0], 0L, 0L, 0), ESPIPE), "on a pipe");
    CHECK(fails(syscall(SYS_fadvise64, 999, 0L, 0L, 0), EBADF), "on nothing");
    CHECK(syscall(SYS_sync_file_range, fd, 0L, 0L, 7) == 0, "sync_file_range");
    CHECK(fails(syscall(SYS_sync_file_range, fd, -1L, 0L, 7), EINVAL), "before the beginning");
    CHECK(fails(syscall(SYS_sync_file_range, fd, 0L, 0L, 8), EINVAL), "unknown flags");
    CHECK(fails(syscall(SYS_sync_file_range, ends[0], 0L, 0L, 7), ESPIPE), "of a pipe");
    CHECK(syscall(SYS_readahead, fd, 0L, PAGE) == 0, "readahead");
}
