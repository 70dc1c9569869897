/* Every system call that takes a pointer, with every kind of pointer that is wrong. */
#include "tests.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>

/* What a call does with the memory, and whether NULL means something to it. */
enum { IN = 1, OUT = 2, NULL_IS_FINE = 4 };

struct call {
    const char *name;
    long (*run)(void *pointer);
    unsigned flags;
    size_t size; /* bytes that it stores or loads for sure */
};

static int data_file(void)
{
    static int fd = -1;
    if (fd < 0)
        fd = make_file("data", 4 * PAGE, 1);
    return fd;
}

/* Bare system calls: a library's wrapper may touch the memory itself. */
static long call_read(void *p)
{
    return lseek(data_file(), 0, SEEK_SET) == 0 ? syscall(SYS_read, data_file(), p, 100) : 0;
}

static long call_pread(void *p)
{
    return syscall(SYS_pread64, data_file(), p, 100, 200);
}

static long call_readv(void *p)
{
    struct iovec parts[2] = {{p, 50}, {(uint8_t *)p + 50, 50}};
    return lseek(data_file(), 0, SEEK_SET) == 0 ? syscall(SYS_readv, data_file(), parts, 2) : 0;
}

static long call_read_pipe(void *p)
{
    int ends[2];
    char text[100] = "";
    if (pipe(ends) != 0 || write(ends[1], text, 100) != 100)
        return 0;
    long result = syscall(SYS_read, ends[0], p, 100);
    int error = errno;
    close(ends[0]);
    close(ends[1]);
    errno = error;
    return result;
}

static long call_fstat(void *p)
{
    return syscall(SYS_fstat, data_file(), p);
}

static long call_stat(void *p)
{
    return syscall(SYS_newfstatat, AT_FDCWD, ".", p, 0);
}

static long call_getdents(void *p)
{
    int fd = open(".", O_RDONLY | O_DIRECTORY);
    long result = syscall(SYS_getdents64, fd, p, 1024);
    int error = errno;
    close(fd);
    errno = error;
    return result;
}

static long call_getcwd(void *p)
{
    return syscall(SYS_getcwd, p, 256);
}

static long call_pipe(void *p)
{
    return syscall(SYS_pipe2, p, 0);
}

static long call_uname(void *p)
{
    return syscall(SYS_uname, p);
}

static long call_clock(void *p)
{
    return syscall(SYS_clock_gettime, CLOCK_MONOTONIC, p);
}

static long call_getrusage(void *p)
{
    return syscall(SYS_getrusage, RUSAGE_SELF, p);
}

static long call_write(void *p)
{
    return syscall(SYS_pwrite64, data_file(), p, 100, 4 * PAGE);
}

static long call_write_pipe(void *p)
{
    int ends[2];
    if (pipe(ends) != 0)
        return 0;
    long result = syscall(SYS_write, ends[1], p, 100);
    int error = errno;
    close(ends[0]);
    close(ends[1]);
    errno = error;
    return result;
}

static long call_writev(void *p)
{
    struct iovec parts[2] = {{p, 50}, {(uint8_t *)p + 50, 50}};
    return syscall(SYS_writev, data_file(), parts, 2);
}

static long call_readv_array(void *p)
{
    return syscall(SYS_readv, data_file(), p, 1);
}

static long call_writev_array(void *p)
{
    return syscall(SYS_writev, data_file(), p, 4);
}

static long call_nanosleep(void *p)
{
    return syscall(SYS_nanosleep, p, NULL);
}

static long call_open(void *p)
{
    return syscall(SYS_openat, AT_FDCWD, p, O_RDONLY);
}

static long call_create(void *p)
{
    return syscall(SYS_openat, AT_FDCWD, p, O_RDWR | O_CREAT, 0644);
}

static long call_stat_path(void *p)
{
    struct stat status;
    return syscall(SYS_newfstatat, AT_FDCWD, p, &status, 0);
}

static long call_mkdir(void *p)
{
    return syscall(SYS_mkdirat, AT_FDCWD, p, 0755);
}

static long call_unlink(void *p)
{
    return syscall(SYS_unlinkat, AT_FDCWD, p, 0);
}

static long call_link_from(void *p)
{
    return syscall(SYS_linkat, AT_FDCWD, p, AT_FDCWD, "new", 0);
}

static long call_link_to(void *p)
{
    return syscall(SYS_linkat, AT_FDCWD, "data", AT_FDCWD, p, 0);
}

static long call_rename_from(void *p)
{
    return syscall(SYS_renameat2, AT_FDCWD, p, AT_FDCWD, "new", 0);
}

static long call_rename_to(void *p)
{
    return syscall(SYS_renameat2, AT_FDCWD, "data", AT_FDCWD, p, 0);
}

static long call_chdir(void *p)
{
    return syscall(SYS_chdir, p);
}

static long call_exec(void *p)
{
    char *nothing[] = {NULL};
    return syscall(SYS_execve, p, nothing, nothing);
}

static long call_exec_arguments(void *p)
{
    char *nothing[] = {NULL};
    return syscall(SYS_execve, scratch_program, p, nothing);
}

static long call_exec_environment(void *p)
{
    char *arguments[] = {scratch_program, (char *)"--nothing", NULL};
    return syscall(SYS_execve, scratch_program, arguments, p);
}

static long call_exec_argument(void *p)
{
    char *arguments[] = {scratch_program, p, NULL};
    char *nothing[] = {NULL};
    return syscall(SYS_execve, scratch_program, arguments, nothing);
}

static const struct call calls[] = {
    {"read", call_read, OUT, 100},
    {"pread", call_pread, OUT, 100},
    {"readv", call_readv, OUT, 100},
    {"read of a pipe", call_read_pipe, OUT, 100},
    {"fstat", call_fstat, OUT, sizeof(struct stat)},
    {"stat", call_stat, OUT, sizeof(struct stat)},
    {"getdents", call_getdents, OUT, 24},
    {"getcwd", call_getcwd, OUT, 2},
    {"pipe", call_pipe, OUT, 8},
    {"uname", call_uname, OUT, sizeof(struct utsname)},
    {"clock_gettime", call_clock, OUT, sizeof(struct timespec)},
    {"getrusage", call_getrusage, OUT, sizeof(struct rusage)},
    {"write", call_write, IN, 100},
    {"write to a pipe", call_write_pipe, IN, 100},
    {"writev", call_writev, IN, 100},
    {"readv's array", call_readv_array, IN, 16},
    {"writev's array", call_writev_array, IN, 64},
    {"nanosleep", call_nanosleep, IN, 16},
    {"open", call_open, IN, 1},
    {"create", call_create, IN, 1},
    {"stat's path", call_stat_path, IN, 1},
    {"mkdir", call_mkdir, IN, 1},
    {"unlink", call_unlink, IN, 1},
    {"link from", call_link_from, IN, 1},
    {"link to", call_link_to, IN, 1},
    {"rename from", call_rename_from, IN, 1},
    {"rename to", call_rename_to, IN, 1},
    {"chdir", call_chdir, IN, 1},
    {"exec", call_exec, IN, 1},
    {"exec's arguments", call_exec_arguments, IN | NULL_IS_FINE, 8},
    {"exec's environment", call_exec_environment, IN | NULL_IS_FINE, 8},
    {"an argument of exec", call_exec_argument, IN | NULL_IS_FINE, 1},
};

enum { NCALLS = sizeof(calls) / sizeof(calls[0]) };

static void expect_fault(const struct call *call, void *pointer, const char *where)
{
    errno = 0;
    long result = call->run(pointer);
    CHECK(result == -1 && errno == EFAULT, "%s with %p, %s: %ld", call->name, pointer, where,
          result);
}

/* DEFECTS 19: addresses that are the kernel's, nobody's, or not there at all. */
void bad_addresses(void)
{
    int empty = make_file("empty", 0, 0);
    uint8_t *hole = empty_range(3 * PAGE);
    const struct {
        const char *what;
        void *pointer;
    } bad[] = {
        {"the null page", (void *)8},
        {"nothing mapped", hole + PAGE},
        {"no access", map(PAGE, PROT_NONE, ANON, -1, 0)},
        {"behind the end of a file", map(PAGE, RW, MAP_SHARED, empty, 0)},
        {"the kernel's code", (void *)0xffffffc080200000},
        {"the kernel's first address", (void *)0xffffffc000000000},
        {"the end of user space", (void *)0x4000000000},
        {"right below it", (void *)0x3fffffffff},
        {"no canonical address", (void *)((uintptr_t)1 << 63)},
        {"the largest signed number", (void *)0x7fffffffffffffff},
        {"the last byte of all", (void *)~(uintptr_t)0},
        {"the last bytes of all", (void *)(~(uintptr_t)0 - 7)},
    };
    data_file();
    for (int i = 0; i < NCALLS; i++) {
        for (size_t j = 0; j < sizeof(bad) / sizeof(bad[0]); j++)
            expect_fault(&calls[i], bad[j].pointer, bad[j].what);
        if (!(calls[i].flags & NULL_IS_FINE))
            expect_fault(&calls[i], NULL, "null");
    }
    CHECK(file_holds(data_file(), 4 * PAGE, 0, 1) && file_size(data_file()) == 4 * (long)PAGE,
          "the file is as it was");
}

/* DEFECTS 16: where the program may not store, the kernel does not store for it. */
void read_only_addresses(void)
{
    static const uint8_t constants[PAGE] = {1, 2, 3};
    int fd = make_file("readonly", PAGE, 7);
    uint8_t *shared = map(PAGE, PROT_READ, MAP_SHARED, fd, 0);
    uint8_t *private = map(PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    uint8_t *memory = map(PAGE, PROT_READ, ANON, -1, 0);
    uint8_t *touched = map(PAGE, PROT_READ, ANON, -1, 0);
    CHECK(load(touched) == 0 && load(shared) == pattern(0, 7), "some are touched before");
    for (int i = 0; i < NCALLS; i++) {
        if (!(calls[i].flags & OUT))
            continue;
        expect_fault(&calls[i], shared, "a shared page for reading");
        expect_fault(&calls[i], private, "a private page for reading");
        expect_fault(&calls[i], memory, "memory for reading");
        expect_fault(&calls[i], touched, "the zero page");
        expect_fault(&calls[i], (void *)constants, "constants");
        expect_fault(&calls[i], (void *)(uintptr_t)bad_addresses, "code");
    }
    CHECK(holds(shared, PAGE, 0, 7) && file_holds(fd, PAGE, 0, 7), "the file is as it was");
    CHECK(is_zero(memory, PAGE) && is_zero(touched, PAGE), "so is the memory");
    CHECK(is_zero(map(PAGE, PROT_READ, ANON, -1, 0), PAGE), "and the zero page");
    CHECK(load(constants) == 1 && load(constants + 2) == 3, "and the constants");
}

/* A structure whose last byte is not there. Paths, and reads, may end before that. */
void over_an_edge(void)
{
    uint8_t *at = map_over(empty_range(2 * PAGE), PAGE, ANON, -1);
    for (int i = 0; i < NCALLS; i++) {
        const struct call *call = &calls[i];
        bool moves_less = call->size == 100 || call->run == call_getdents;
        if (moves_less || call->size < 8)
            continue;
        memset(at, 0, PAGE);
        expect_fault(call, at + PAGE - call->size + 1, "one byte too far");
        if (call->flags & OUT)
            CHECK(call->run(at + PAGE - call->size) >= 0, "%s right up to the edge", call->name);
    }
}

/* Nothing is moved, so nothing can be wrong. */
void zero_lengths(void)
{
    uint8_t *hole = empty_range(PAGE);
    int fd = data_file();
    CHECK(read(fd, hole, 0) == 0 && write(fd, hole, 0) == 0, "read and write");
    CHECK(pread(fd, hole, 0, 0) == 0 && pwrite(fd, hole, 0, 0) == 0, "pread and pwrite");
    struct iovec parts[2] = {{hole, 0}, {hole, 0}};
    CHECK(readv(fd, parts, 2) == 0 && writev(fd, parts, 2) == 0, "readv and writev");
}

/* Structures at addresses that no compiler would give them. */
void unaligned(void)
{
    static uint8_t area[3 * PAGE];
    struct stat status, expected;
    int ends[2];
    struct timespec nap = {0, 1000};
    for (size_t offset = PAGE - 9; offset < PAGE; offset++) {
        CHECK(call_fstat(area + offset) == 0 && call_fstat(&expected) == 0, "fstat at %zu", offset);
        memcpy(&status, area + offset, sizeof(status));
        CHECK(status.st_ino == expected.st_ino && status.st_size == expected.st_size, "its result");
        CHECK(call_pipe(area + offset) == 0, "pipe at %zu", offset);
        memcpy(ends, area + offset, sizeof(ends));
        CHECK(close(ends[0]) == 0 && close(ends[1]) == 0, "its result");
        CHECK(call_clock(area + offset) == 0, "clock at %zu", offset);
        memcpy(area + offset, &nap, sizeof(nap));
        CHECK(call_nanosleep(area + offset) == 0, "nanosleep at %zu", offset);
    }
}

/* --- What a failed call leaves --- */

void failed_calls_take_nothing(void)
{
    int before = dup(0), ends[2], after;
    close(before);
    for (int i = 0; i < 20; i++)
        CHECK(call_pipe((void *)8) == -1 && call_open((void *)8) == -1, "failures");
    after = dup(0);
    CHECK(after == before, "descriptor %d is free, then %d", before, after);
    MUST(pipe(ends) == 0 && write(ends[1], "hello", 5) == 5, "a pipe");
    CHECK(read(ends[0], empty_range(PAGE), 5) == -1 && errno == EFAULT, "a failed read");
    char text[6] = "";
    CHECK(read(ends[0], text, 5) == 5 && strcmp(text, "hello") == 0, "takes nothing out: %s", text);
    CHECK(call_read((void *)8) == -1 && lseek(data_file(), 0, SEEK_CUR) == 0, "nor moves on");
    CHECK(call_write((void *)8) == -1 && file_size(data_file()) == 4 * (long)PAGE, "nor grows");
}

/* Whether the child is gone then is open; that it is not both, or lost, is not. */
void failed_wait(void)
{
    for (int i = 0; i < 4; i++) {
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0)
            _exit(5);
        void *bad = i % 2 ? (void *)0xffffffc080200000 : (void *)8;
        long result = i < 2 ? syscall(SYS_wait4, pid, bad, 0, NULL)
                            : syscall(SYS_wait4, pid, NULL, 0, bad);
        CHECK(result == -1 && errno == EFAULT, "wait4 with %p: %ld", bad, result);
        int status = -1;
        pid_t again = waitpid(pid, &status, 0);
        CHECK(again == pid ? status == 5 << 8 : again == -1 && errno == ECHILD, "%d, %#x", again,
              (unsigned)status);
    }
}

void bad_arguments_of_exec(void)
{
    char *program = scratch_program, *bad = (char *)empty_range(PAGE);
    char **array = (char **)map_over(empty_range(2 * PAGE), PAGE, ANON, -1);
    char **last = array + PAGE / sizeof(*array) - 1;
    char *good[] = {program, (char *)"--nothing", NULL}, *second[] = {program, bad, NULL};
    CHECK(execve(program, second, good) == -1 && errno == EFAULT, "a bad argument");
    CHECK(execve(program, good, second) == -1 && errno == EFAULT, "a bad variable");
    *last = program;
    CHECK(execve(program, last, good) == -1 && errno == EFAULT, "an array without end");
    CHECK(execve(program, good, last) == -1 && errno == EFAULT, "an environment without end");
}

void quire_arguments(void)
{
    struct quire_faults faults;
    struct quire_page page = {.va = 8};
    static struct quire_proc procs[4];
    if (!test_on_quire())
        SKIP("no quire(2)");
    CHECK(quire(QUIRE_FAULTS_SELF, (void *)8, sizeof(faults)) == -1 && errno == EFAULT,
          "null page");
    CHECK(quire(QUIRE_MEMORY, (void *)0xffffffc080200000, sizeof(struct quire_memory)) == -1 &&
              errno == EFAULT,
          "the kernel's memory");
    CHECK(quire(QUIRE_DISK, (void *)(uintptr_t)bad_addresses, sizeof(struct quire_disk)) == -1 &&
              errno == EFAULT,
          "code");
    CHECK(quire(QUIRE_FAULTS_SELF, &faults, sizeof(faults) - 1) == -1 && errno == EINVAL, "short");
    CHECK(quire(QUIRE_FAULTS_SELF, &faults, sizeof(faults) + 8) == -1 && errno == EINVAL, "long");
    CHECK(quire(99, &faults, sizeof(faults)) == -1 && errno == EINVAL, "no such operation");
    CHECK(quire(-1, &faults, sizeof(faults)) == -1 && errno == EINVAL, "nor this one");
    CHECK(quire(QUIRE_PAGE, &page, sizeof(page)) == 0 && page.pfn == 0, "nothing is at 8");
    page.va = 0xffffffc080200000;
    CHECK(quire(QUIRE_PAGE, &page, sizeof(page)) == 0 && page.pfn == 0, "nor for us in the kernel");
    long count = quire(QUIRE_PROCS, procs, sizeof(procs[0]));
    CHECK(count == 1 && procs[0].pid > 0 && procs[1].pid == 0, "as many as there is room for");
}
