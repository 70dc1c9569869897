/* Threads from beginning to end: who they are, what they share, and how they and all others end. */
#include "tests.h"

#include <sys/stat.h>

/* --- Who they are --- */

static struct {
    long tid, pid, ppid, again;
    uintptr_t tls;
} seen;

static int looks_at_itself(void *unused)
{
    seen.tid = raw_gettid();
    seen.pid = RAW(SYS_getpid, 0);
    seen.ppid = RAW(SYS_getppid, 0);
    seen.again = raw_gettid();
    return 0;
}

void identity(void)
{
    struct thread thread;
    NEEDS_THREADS();
    CHECK(raw_gettid() == getpid(), "the first thread has the process's number");
    long tid = thread_try(&thread, looks_at_itself, NULL);
    MUST(tid > 0, "a thread: %ld", tid);
    thread_join(&thread);
    CHECK(seen.tid == tid && seen.again == tid, "its number is what clone returned: %ld", seen.tid);
    CHECK(tid != getpid() && seen.pid == getpid(), "in the same process");
    CHECK(seen.ppid == getppid(), "with the same parent");
    CHECK(waitpid(-1, NULL, 0) == -1 && errno == ECHILD, "it is no child");
    CHECK(RAW(SYS_tgkill, getpid(), tid, 0) == -ESRCH, "it is gone");
}

/* A block whose first word is its address, as x86-64 wants it. */
static uintptr_t block[16];

static int looks_at_thread_pointer(void *unused)
{
#ifdef __riscv
    __asm__ volatile("mv %0, tp" : "=r"(seen.tls));
#else
    __asm__ volatile("mov %%fs:0, %0" : "=r"(seen.tls));
#endif
    raw_yield();
    return 0;
}

void thread_pointer(void)
{
    volatile int tid = 1;
    NEEDS_THREADS();
    block[0] = (uintptr_t)block;
    struct cloning cloning = {.flags = THREAD_FLAGS | CLONE_SETTLS,
                              .stack_end = map(THREAD_STACK, RW, ANON, -1, 0) + THREAD_STACK,
                              .run = looks_at_thread_pointer,
                              .parent_tid = &tid,
                              .child_tid = &tid,
                              .tls = block};
    int before = errno;
    CHECK(raw_clone(&cloning) > 0, "with CLONE_SETTLS");
    for (int now; (now = get(&tid)) != 0;)
        wait_word(&tid, now, WAIT);
    CHECK(seen.tls == (uintptr_t)block, "its thread pointer: %#lx", (unsigned long)seen.tls);
    CHECK(errno == before, "ours is another one");
}

/* The words that clone stores numbers in: the parent's at once, the child's in its memory. */
void words_of_birth(void)
{
    volatile int words[3] = {-1, -1, 0};
    NEEDS_THREADS();
    struct cloning cloning = {.flags = (THREAD_FLAGS & ~CLONE_CHILD_CLEARTID) | CLONE_CHILD_SETTID,
                              .stack_end = map(THREAD_STACK, RW, ANON, -1, 0) + THREAD_STACK,
                              .run = thread_sleeps,
                              .argument = (void *)&words[2],
                              .parent_tid = &words[0],
                              .child_tid = &words[1]};
    long tid = raw_clone(&cloning);
    CHECK(tid > 0 && words[0] == tid, "the parent's word when clone returns: %d", words[0]);
    while (get(&words[1]) == -1)
        raw_yield();
    CHECK(words[1] == tid, "the child's word: %d", words[1]);
    release(&words[2]);
    while (RAW(SYS_tgkill, getpid(), tid, 0) == 0)
        raw_yield();
    CHECK(words[1] == tid, "it is not cleared without CLONE_CHILD_CLEARTID");
}

/* --- What they share --- */

static volatile int value;
static char *volatile mapped;
static volatile int descriptor, result;

static int changes_memory(void *on_stack)
{
    value = 5;
    *(volatile int *)on_stack = 6;
    mapped = (char *)RAW(SYS_mmap, 0, PAGE, RW, ANON, -1);
    mapped[100] = 7;
    return 0;
}

static void run_thread(int (*run)(void *), void *argument)
{
    struct thread thread;
    thread_start(&thread, run, argument);
    thread_join(&thread);
}

void shared_memory(void)
{
    volatile int local = 0;
    NEEDS_THREADS();
    run_thread(changes_memory, (void *)&local);
    CHECK(value == 5 && local == 6, "globals and our stack");
    CHECK(mapped != NULL && mapped[100] == 7, "what it mapped stays");
    CHECK(munmap(mapped, PAGE) == 0, "and can be unmapped here");
}

static int opens_and_closes(void *closed)
{
    descriptor = (int)RAW(SYS_openat, AT_FDCWD, (long)"file", O_RDWR | O_CREAT, 0644);
    RAW(SYS_write, descriptor, (long)"hello", 5);
    result = (int)RAW(SYS_close, *(int *)closed);
    return 0;
}

void shared_files(void)
{
    char text[8] = "";
    int ends[2];
    NEEDS_THREADS();
    MUST(pipe(ends) == 0, "pipe");
    run_thread(opens_and_closes, &ends[1]);
    CHECK(descriptor >= 0 && lseek(descriptor, 0, SEEK_CUR) == 5, "its descriptor and offset");
    CHECK(pread(descriptor, text, 5, 0) == 5 && strcmp(text, "hello") == 0, "what it wrote");
    CHECK(result == 0 && close(ends[1]) == -1 && errno == EBADF, "what it closed is closed");
    CHECK(read(ends[0], text, 1) == 0, "at its end");
}

static int changes_folder(void *unused)
{
    result = (int)RAW(SYS_mkdirat, AT_FDCWD, (long)"folder", 0755);
    result |= (int)RAW(SYS_chdir, (long)"folder");
    RAW(SYS_umask, 027);
    return 0;
}

void shared_folder(void)
{
    char path[512] = "";
    NEEDS_THREADS();
    umask(022);
    run_thread(changes_folder, NULL);
    CHECK(result == 0 && getcwd(path, sizeof(path)) != NULL, "a folder");
    CHECK(strcmp(path + strlen(path) - 7, "/folder") == 0, "its folder is ours: %s", path);
    CHECK(umask(022) == 027, "and its umask");
    CHECK(chdir("..") == 0, "back");
}

/* A process that shares memory, and what else the flags say. */
static long start_process(unsigned long flags, int (*run)(void *), void *argument)
{
    struct cloning cloning = {.flags = flags | CLONE_VM | SIGCHLD,
                              .stack_end = map(THREAD_STACK, RW, ANON, -1, 0) + THREAD_STACK,
                              .run = run,
                              .argument = argument};
    return raw_clone(&cloning);
}

static int changes_all(void *closed)
{
    value = 9;
    seen.pid = RAW(SYS_getpid, 0);
    changes_folder(NULL);
    RAW(SYS_close, *(int *)closed);
    return 17;
}

void apart_without_flags(void)
{
    char path[512] = "";
    int ends[2], status = -1;
    NEEDS_THREADS();
    MUST(pipe(ends) == 0, "pipe");
    umask(022);
    long pid = start_process(0, changes_all, &ends[1]);
    if (pid == -EINVAL && test_on_quire())
        SKIP("there is no CLONE_VM without CLONE_THREAD");
    CHECK(pid > 0 && waitpid((pid_t)pid, &status, 0) == pid && status == 17 << 8, "a process: %#x",
          (unsigned)status);
    CHECK(value == 9 && seen.pid == pid, "it shares memory, and is one of its own");
    CHECK(getcwd(path, sizeof(path)) != NULL && strstr(path, "/folder") == NULL, "folders apart");
    CHECK(umask(022) == 022, "umasks apart");
    CHECK(close(ends[1]) == 0, "descriptors apart");
}

void process_with_memory(void)
{
    char path[512] = "";
    int ends[2], status = -1;
    NEEDS_THREADS();
    MUST(pipe(ends) == 0, "pipe");
    long pid = start_process(CLONE_FS | CLONE_FILES, changes_all, &ends[1]);
    if (pid == -EINVAL && test_on_quire())
        SKIP("there is no CLONE_FILES without CLONE_THREAD");
    CHECK(pid > 0 && waitpid((pid_t)pid, &status, 0) == pid && status == 17 << 8, "a process: %#x",
          (unsigned)status);
    CHECK(getcwd(path, sizeof(path)) != NULL && strstr(path, "/folder") != NULL, "one folder");
    CHECK(close(ends[1]) == -1 && errno == EBADF, "one set of descriptors");
    CHECK(chdir("..") == 0, "back");
}

/* --- How they end --- */

static volatile int go;

static int counts_and_ends(void *word)
{
    __atomic_fetch_add((int *)word, 1, __ATOMIC_SEQ_CST);
    return 99;
}

void exit_of_one(void)
{
    static int count;
    struct thread threads[8];
    NEEDS_THREADS();
    for (int i = 0; i < 8; i++)
        thread_start(&threads[i], counts_and_ends, &count);
    for (int i = 0; i < 8; i++)
        thread_join(&threads[i]);
    CHECK(count == 8, "all ran, and nobody else ended: %d", count);
}

static int ends_last(void *word)
{
    wait_until_not(word, 0);
    RAW(SYS_exit, 7);
    return 0;
}

static void leader_exits(void *words)
{
    struct thread thread;
    thread_start(&thread, ends_last, words);
    put((int *)words + 1, 1);
    RAW(SYS_exit, 5);
}

/* The process lasts as long as its last thread. */
void exit_of_the_leader(void)
{
    int status = -1, *words = shared_words();
    NEEDS_THREADS();
    pid_t pid = start(leader_exits, words);
    await(&words[1], 1);
    for (int i = 0; i < 200; i++)
        sched_yield();
    CHECK(waitpid(pid, &status, WNOHANG) == 0, "not while a thread is left");
    CHECK(kill(pid, 0) == 0, "it exists");
    release(words);
    CHECK(waitpid(pid, &status, 0) == pid, "then it ends");
    CHECK(status == 7 << 8 || status == 5 << 8, "with a status of one of them: %#x",
          (unsigned)status);
}

static int ends_all(void *unused)
{
    RAW(SYS_exit_group, 42);
    return 0;
}

static void another_ends_all(void *unused)
{
    static struct thread threads[7];
    for (int i = 0; i < 6; i++)
        thread_start(&threads[i], i % 2 ? thread_sleeps : thread_spins, (void *)&go);
    thread_start(&threads[6], ends_all, NULL);
    for (;;)
        pause();
}

static void leader_ends_all(void *unused)
{
    static struct thread threads[6];
    for (int i = 0; i < 6; i++)
        thread_start(&threads[i], i % 2 ? thread_sleeps : thread_spins, (void *)&go);
    RAW(SYS_exit_group, 43);
}

void exit_of_all(void)
{
    int status = -1;
    NEEDS_THREADS();
    for (int i = 0; i < 5; i++) {
        pid_t pid = start(another_ends_all, NULL);
        CHECK(waitpid(pid, &status, 0) == pid && status == 42 << 8, "exit_group in a thread: %#x",
              (unsigned)status);
        pid = start(leader_ends_all, NULL);
        CHECK(waitpid(pid, &status, 0) == pid && status == 43 << 8, "in the first one: %#x",
              (unsigned)status);
    }
}

static int reads(void *end)
{
    char byte;
    return (int)RAW(SYS_read, *(int *)end, (long)&byte, 1);
}

static int naps(void *unused)
{
    struct timespec hour = {3600, 0};
    return (int)RAW(SYS_nanosleep, (long)&hour, 0);
}

static int waits_for_child(void *pid)
{
    return (int)RAW(SYS_wait4, *(int *)pid, 0, 0, 0);
}

static void ends_while_others_sleep(void *unused)
{
    static struct thread threads[4];
    static int ends[2], child;
    MUST(pipe(ends) == 0, "pipe");
    child = fork();
    if (child == 0) {
        close(ends[1]);
        _exit(reads(&ends[0]) != 0);
    }
    thread_start(&threads[0], reads, &ends[0]);
    thread_start(&threads[1], naps, NULL);
    thread_start(&threads[2], waits_for_child, &child);
    thread_start(&threads[3], thread_sleeps, (void *)&go);
    for (int i = 0; i < 100; i++)
        sched_yield();
}

void exit_while_asleep(void)
{
    NEEDS_THREADS();
    for (int i = 0; i < 5; i++)
        CHECK(finish(start(ends_while_others_sleep, NULL)), "in calls of all kinds");
    check_audit();
}

/* --- How many --- */

void one_after_another(void)
{
    static int count;
    NEEDS_THREADS();
    run_thread(counts_and_ends, &count);
    struct census census = take_census();
    for (int i = 1; i < 2000; i++)
        run_thread(counts_and_ends, &count);
    CHECK(count == 2000, "%d threads", count);
    check_census(&census);
}

enum { MANY = 1000 };

static int counts_and_waits(void *word)
{
    __atomic_fetch_add((int *)word, 1, __ATOMIC_SEQ_CST);
    wait_until_not(&go, 0);
    __atomic_fetch_add((int *)word, 1, __ATOMIC_SEQ_CST);
    return 0;
}

/* As many as there is room for. */
void many_at_once(void)
{
    static struct thread threads[MANY];
    static int count;
    int started = 0;
    NEEDS_THREADS();
    for (; started < MANY; started++) {
        long tid = thread_try(&threads[started], counts_and_waits, &count);
        if (tid < 0) {
            CHECK(tid == -EAGAIN || tid == -ENOMEM, "thread %d: %ld", started, tid);
            munmap(threads[started].stack, THREAD_STACK);
            break;
        }
    }
    CHECK(started == MANY || (test_on_quire() && started >= 100), "%d threads", started);
    spin_until(&count, started);
    release(&go);
    for (int i = 0; i < started; i++)
        thread_join(&threads[i]);
    CHECK(count == 2 * started, "all lived at the same time: %d", count);
    check_audit();
}

static long child_of_thread;

static int makes_child(void *words)
{
    child_of_thread = RAW(SYS_clone, SIGCHLD, 0);
    if (child_of_thread == 0) {
        put((int *)words, (int)RAW(SYS_getppid, 0));
        put((int *)words + 1, RAW(SYS_gettid, 0) == RAW(SYS_getpid, 0) ? 1 : 2);
        RAW(SYS_exit_group, 6);
    }
    return 0;
}

/* A child belongs to the whole process, and has one thread. */
void children_of_threads(void)
{
    struct thread other;
    int status = -1, *words = shared_words();
    NEEDS_THREADS();
    thread_start(&other, thread_spins, (void *)&go);
    run_thread(makes_child, words);
    CHECK(child_of_thread > 0, "fork in a thread");
    CHECK(waitpid((pid_t)child_of_thread, &status, 0) == child_of_thread && status == 6 << 8,
          "another thread waits for it: %#x", (unsigned)status);
    CHECK(words[0] == getpid() && words[1] == 1,
          "its parent is the process; it is its first thread");
    release(&go);
    thread_join(&other);
}
