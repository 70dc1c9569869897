/* Waiting for descriptors, file locks, ways to start processes, and questions to the system. */
#include "tests.h"

#include <poll.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/times.h>

static int ends[2];

static void make_pipe(void)
{
    MUST(pipe(ends) == 0, "pipe");
}

void polls(void)
{
    make_pipe();
    struct pollfd fds[3] = {{ends[0], POLLIN, 0}, {ends[1], POLLOUT, 0}, {-1, POLLIN, 7}};
    struct timespec time = {.tv_nsec = 1000000}, kept = time;
    sigset_t none;
    sigemptyset(&none);
    if (!HAS(poll(NULL, 0, 0)))
        SKIP("there is no poll yet");
    CHECK(poll(fds, 3, 0) == 1 && fds[0].revents == 0 && fds[1].revents == POLLOUT, "to write");
    CHECK(fds[2].revents == 0, "nothing asked");
    CHECK(poll(fds, 1, 1) == 0, "nothing to read");
    CHECK(ppoll(fds, 1, &time, &none) == 0, "nor with a mask");
    CHECK(time.tv_nsec == kept.tv_nsec && time.tv_sec == 0, "the time stays as it is");
    CHECK(write(ends[1], "x", 1) == 1, "write");
    CHECK(poll(fds, 3, -1) == 2 && fds[0].revents == POLLIN, "to read");
    close(ends[1]);
    CHECK(poll(fds, 2, -1) == 2 && (fds[0].revents & POLLHUP), "hung up");
    CHECK(fds[1].revents == POLLNVAL, "not open");
    time.tv_nsec = -1;
    CHECK(ppoll(fds, 1, &time, NULL) == -1 && errno == EINVAL, "no time");
}

void selects(void)
{
    fd_set readable, writable;
    struct timeval none = {0, 0}, bad = {.tv_sec = -1};
    struct timespec moment = {.tv_nsec = 1000000};
    make_pipe();
    int count = (ends[0] > ends[1] ? ends[0] : ends[1]) + 1;
    if (!HAS(select(0, NULL, NULL, NULL, &none)))
        SKIP("there is no poll yet");
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    FD_SET(ends[0], &readable);
    FD_SET(ends[1], &writable);
    CHECK(select(count, &readable, &writable, NULL, &none) == 1, "one of two");
    CHECK(!FD_ISSET(ends[0], &readable) && FD_ISSET(ends[1], &writable), "to write");
    CHECK(write(ends[1], "x", 1) == 1, "write");
    FD_SET(ends[0], &readable);
    CHECK(select(count, &readable, &writable, NULL, NULL) == 2, "both");
    CHECK(FD_ISSET(ends[0], &readable) && FD_ISSET(ends[1], &writable), "they stay");
    CHECK(read(ends[0], &count, 1) == 1, "read");
    count = ends[0] + 1;
    CHECK(pselect(count, &readable, NULL, NULL, &moment, NULL) == 0, "nothing to read");
    CHECK(!FD_ISSET(ends[0], &readable), "it is taken out");
    FD_SET(ends[0], &readable);
    close(ends[1]);
    CHECK(select(count, &readable, NULL, NULL, NULL) == 1, "the end can be read");
    close(ends[0]);
    CHECK(select(count, &readable, NULL, NULL, &none) == -1 && errno == EBADF, "not open");
    CHECK(select(0, NULL, NULL, NULL, &bad) == -1 && errno == EINVAL, "no time");
    CHECK(select(-1, NULL, NULL, NULL, &none) == -1 && errno == EINVAL, "no count");
    FD_CLR(ends[0], &readable);
    CHECK(select(count, &readable, NULL, NULL, &none) == 0, "nothing asked");
}

static void lock_elsewhere(void *argument)
{
    int fd = *(int *)argument;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 10, .l_len = 1};
    CHECK(fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type == F_WRLCK, "there is one");
    CHECK(lock.l_pid == getppid() && lock.l_start == 0 && lock.l_len == 100, "which it is");
    CHECK(fcntl(fd, F_SETLK, &lock) == -1 && (errno == EAGAIN || errno == EACCES), "not now");
    lseek(fd, 50, SEEK_SET);
    CHECK(lockf(fd, F_TEST, 10) == -1 && (errno == EACCES || errno == EAGAIN), "test");
    CHECK(lockf(fd, F_TLOCK, 10) == -1 && (errno == EACCES || errno == EAGAIN), "try");
    lseek(fd, 100, SEEK_SET);
    CHECK(lockf(fd, F_TEST, 10) == 0 && lockf(fd, F_TLOCK, 10) == 0, "behind it");
    CHECK(lockf(fd, F_ULOCK, 10) == 0, "unlock");
}

void record_locks(void)
{
    int fd = open("locks", O_RDWR | O_CREAT, 0600);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 100};
    if (fcntl(fd, F_SETLK, &lock) == -1 && (errno == ENOSYS || errno == EINVAL))
        SKIP("there are no record locks yet");
    CHECK(finish(start(lock_elsewhere, &fd)), "another process");
    CHECK(lockf(fd, F_TEST, 10) == 0, "one's own");
    CHECK(lockf(fd, 99, 10) == -1 && errno == EINVAL, "no command");
    lock.l_type = F_UNLCK;
    CHECK(fcntl(fd, F_SETLKW, &lock) == 0, "unlock");
    lseek(fd, 0, SEEK_SET);
    CHECK(lockf(fd, F_LOCK, 100) == 0, "lock by lockf");
    CHECK(finish(start(lock_elsewhere, &fd)), "which is the same");
}

void file_locks(void)
{
    int first = open("locks", O_RDWR | O_CREAT, 0600), second = open("locks", O_RDWR);
    if (!HAS(flock(first, LOCK_UN)))
        SKIP("there is no flock yet");
    CHECK(flock(first, LOCK_SH) == 0 && flock(second, LOCK_SH | LOCK_NB) == 0, "both may read");
    CHECK(flock(second, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK, "one may not write");
    CHECK(flock(first, LOCK_UN) == 0 && flock(second, LOCK_EX | LOCK_NB) == 0, "now it may");
    CHECK(flock(first, LOCK_SH | LOCK_NB) == -1 && errno == EWOULDBLOCK, "the other not");
    close(second);
    CHECK(flock(first, LOCK_EX) == 0, "closing unlocks");
    CHECK(flock(first, 0) == -1 && errno == EINVAL, "no operation");
}

/* The child must not change what the parent has on its stack, and may not return. */
void vforks(void)
{
    int status = -1;
    char *const arguments[] = {scratch_program, "names", NULL};
    for (volatile int i = 0; i < 20; i++) {
        pid_t child = vfork();
        if (child == 0)
            _exit(i);
        CHECK(child > 0 && waitpid(child, &status, 0) == child, "vfork %d", i);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == i, "its status %#x", status);
    }
    pid_t child = vfork();
    if (child == 0) {
        execv("/there/is/none", arguments);
        _exit(errno == ENOENT ? 6 : 7);
    }
    CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 6, "no exec: %#x", status);
}

static int set_word(void *word)
{
    *(int *)word = 5;
    return 3;
}

void clones(void)
{
    static char stack[65536] __attribute__((aligned(16)));
    int word = 0, status = -1;
    pid_t child = clone(set_word, stack + sizeof(stack), SIGCHLD, &word);
    CHECK(child > 0 && waitpid(child, &status, 0) == child, "clone");
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3 && word == 0, "a process of its own");
    CHECK(clone(NULL, stack + sizeof(stack), SIGCHLD, &word) == -1 && errno == EINVAL, "nothing");
    CHECK(clone(set_word, NULL, SIGCHLD, &word) == -1 && errno == EINVAL, "no stack");
}

void clone_in_memory(void)
{
    static char stack[65536] __attribute__((aligned(16)));
    const int flags = CLONE_VM | CLONE_VFORK | SIGCHLD;
    int word = 0, status = -1;
    pid_t child = clone(set_word, stack + sizeof(stack), flags, &word);
    if (child < 0)
        SKIP("memory cannot be shared yet");
    CHECK(waitpid(child, &status, 0) == child && word == 5, "in the same memory");
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3, "its status %#x", status);
}

void harts(void)
{
    cpu_set_t set, last;
    memset(&set, 0xff, sizeof(set));
    if (!HAS(sched_getaffinity(0, sizeof(set), &set)))
        SKIP("there is no sched_getaffinity yet");
    CHECK(sched_getaffinity(0, sizeof(set), &set) == 0, "get");
    CHECK(CPU_COUNT(&set) >= 1 && CPU_COUNT(&set) == sysconf(_SC_NPROCESSORS_ONLN), "how many");
    CHECK(sched_getaffinity(0, 3, &set) == -1 && errno == EINVAL, "no room");
    CPU_ZERO(&last);
    CPU_SET(1023, &last);
    CHECK(CPU_ISSET(1023, &last) && !CPU_ISSET(0, &last) && CPU_COUNT(&last) == 1, "sets");
    CPU_CLR(1023, &last);
    CHECK(CPU_COUNT(&last) == 0, "taken out");
    if (!HAS(sched_getcpu()))
        SKIP("there is no getcpu yet");
    CHECK(sched_getcpu() >= 0 && sched_getcpu() < CPU_SETSIZE, "which");
}

void identity(void)
{
    uid_t real = 1, effective = 1, saved = 1;
    gid_t group = 1, effective_group = 1, saved_group = 1;
    if (!HAS(getresuid(&real, &effective, &saved)))
        SKIP("there is no getresuid yet");
    CHECK(getresuid(&real, &effective, &saved) == 0, "get");
    CHECK(real == getuid() && effective == geteuid(), "the same");
    CHECK(getresgid(&group, &effective_group, &saved_group) == 0, "get groups");
    CHECK(group == getgid() && effective_group == getegid(), "the same");
    CHECK(setuid(getuid()) == 0 && setgid(getgid()) == 0, "what it is already");
    CHECK(seteuid(geteuid()) == 0 && setegid(getegid()) == 0, "what it is already");
    CHECK(setreuid((uid_t)-1, (uid_t)-1) == 0 && setregid((gid_t)-1, (gid_t)-1) == 0, "nothing");
    CHECK(getgroups(0, NULL) >= 0, "how many groups");
}

void used_times(void)
{
    struct tms used;
    if (!HAS(times(&used)))
        SKIP("there is no times yet");
    clock_t before = times(&used);
    CHECK(used.tms_utime >= 0 && used.tms_stime >= 0, "not negative");
    CHECK(times(&used) >= before, "it does not go back");
}
