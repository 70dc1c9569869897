/* Signals where there are threads: to one, to any, to all. */
#include "tests.h"

static volatile int go, ready, handled;
static volatile long handler_tid;

static void notes_thread(int number)
{
    handler_tid = raw_gettid();
    __atomic_fetch_add(&handled, 1, __ATOMIC_SEQ_CST);
}

static long set_mask(int how, unsigned long bits)
{
    return RAW(SYS_rt_sigprocmask, how, (long)&bits, 0, 8);
}

#define BIT_OF(number) (1UL << ((number)-1))

void signal_to_one(void)
{
    enum { COUNT = 4 };
    struct thread threads[COUNT];
    NEEDS_THREADS();
    NEEDS_HANDLERS();
    catch_signal(SIGUSR1, notes_thread, SA_RESTART);
    for (int i = 0; i < COUNT; i++)
        thread_start(&threads[i], i % 2 ? thread_sleeps : thread_spins, (void *)&go);
    for (int i = 0; i < 5 * COUNT; i++) {
        int tid = get(&threads[i % COUNT].tid);
        CHECK(RAW(SYS_tgkill, getpid(), tid, SIGUSR1) == 0, "tgkill");
        spin_until(&handled, i + 1);
        CHECK(handler_tid == tid, "handled by that thread: %ld", handler_tid);
    }
    release(&go);
    for (int i = 0; i < COUNT; i++)
        thread_join(&threads[i]);
    CHECK(handled == 5 * COUNT, "each once: %d", handled);
}

/* A signal to the process goes to a thread that does not block it. */
void signal_to_any(void)
{
    struct thread thread;
    NEEDS_THREADS();
    NEEDS_HANDLERS();
    catch_signal(SIGUSR1, notes_thread, SA_RESTART);
    thread_start(&thread, thread_sleeps, (void *)&go);
    long tid = get(&thread.tid);
    CHECK(set_mask(SIG_BLOCK, BIT_OF(SIGUSR1)) == 0, "block it here");
    for (int i = 1; i <= 10; i++) {
        CHECK(kill(getpid(), SIGUSR1) == 0, "to the process");
        spin_until(&handled, i);
        CHECK(handler_tid == tid, "the other thread handles it: %ld", handler_tid);
    }
    release(&go);
    thread_join(&thread);
    CHECK(kill(getpid(), SIGUSR1) == 0 && handled == 10, "nobody is left who would");
    CHECK(set_mask(SIG_UNBLOCK, BIT_OF(SIGUSR1)) == 0 && handled == 11, "it waits for us");
    CHECK(handler_tid == getpid(), "here");
}

static int looks_at_mask(void *mask)
{
    RAW(SYS_rt_sigprocmask, SIG_BLOCK, 0, (long)mask, 8);
    set_mask(SIG_BLOCK, BIT_OF(SIGUSR2));
    set_mask(SIG_UNBLOCK, BIT_OF(SIGTERM));
    return 0;
}

void signal_masks(void)
{
    struct thread thread;
    unsigned long theirs = 0, ours = 0;
    NEEDS_THREADS();
    CHECK(set_mask(SIG_SETMASK, BIT_OF(SIGTERM) | BIT_OF(SIGHUP)) == 0, "a mask");
    thread_start(&thread, looks_at_mask, &theirs);
    thread_join(&thread);
    CHECK(theirs == (BIT_OF(SIGTERM) | BIT_OF(SIGHUP)), "a thread begins with its maker's: %#lx",
          theirs);
    CHECK(RAW(SYS_rt_sigprocmask, SIG_BLOCK, 0, (long)&ours, 8) == 0, "ask");
    CHECK(ours == theirs, "and its own changes are its own: %#lx", ours);
}

static volatile unsigned long pending_there;

static int blocks_and_looks(void *unused)
{
    unsigned long pending = 0;
    set_mask(SIG_SETMASK, BIT_OF(SIGUSR1) | BIT_OF(SIGUSR2));
    put(&ready, 1);
    wait_until_not(&go, 0);
    RAW(SYS_rt_sigpending, (long)&pending, 8);
    pending_there = pending;
    set_mask(SIG_UNBLOCK, BIT_OF(SIGUSR1));
    return 0;
}

void signal_pending(void)
{
    struct thread thread;
    unsigned long pending = 0;
    NEEDS_THREADS();
    NEEDS_HANDLERS();
    catch_signal(SIGUSR1, notes_thread, 0);
    catch_signal(SIGUSR2, notes_thread, 0);
    set_mask(SIG_SETMASK, BIT_OF(SIGUSR1) | BIT_OF(SIGUSR2));
    thread_start(&thread, blocks_and_looks, NULL);
    spin_until(&ready, 1);
    long tid = get(&thread.tid);
    CHECK(RAW(SYS_tgkill, getpid(), tid, SIGUSR1) == 0, "one to the thread");
    CHECK(kill(getpid(), SIGUSR2) == 0, "one to the process");
    CHECK(RAW(SYS_rt_sigpending, (long)&pending, 8) == 0, "ask");
    CHECK(pending == BIT_OF(SIGUSR2), "the thread's is not ours: %#lx", pending);
    release(&go);
    thread_join(&thread);
    CHECK(pending_there == (BIT_OF(SIGUSR1) | BIT_OF(SIGUSR2)), "both are there: %#lx",
          pending_there);
    CHECK(handled == 1 && handler_tid == tid, "its own was handled there");
    set_mask(SIG_SETMASK, 0);
    CHECK(handled == 2 && handler_tid == getpid(), "the other here: %d", handled);
}

/* --- All --- */

static int stores_nowhere(void *at)
{
    *(volatile int *)at = 1;
    return 0;
}

static int kills_itself(void *number)
{
    RAW(SYS_tgkill, RAW(SYS_getpid, 0), raw_gettid(), *(int *)number);
    return 0;
}

struct death {
    int (*run)(void *);
    void *argument;
};

static void dies_by_thread(void *argument)
{
    static struct thread threads[5];
    struct death *death = argument;
    for (int i = 0; i < 4; i++)
        thread_start(&threads[i], i % 2 ? thread_sleeps : thread_spins, (void *)&go);
    thread_start(&threads[4], death->run, death->argument);
    for (;;)
        pause();
}

static void lives_on(void *words)
{
    static struct thread threads[4];
    for (int i = 0; i < 4; i++)
        thread_start(&threads[i], i % 2 ? thread_sleeps : thread_spins, (void *)&go);
    put(words, 1);
    for (;;)
        pause();
}

void signal_kills_all(void)
{
    static int term = SIGTERM;
    int status = -1, *words = shared_words();
    NEEDS_THREADS();
    struct death fault = {stores_nowhere, empty_range(PAGE)}, signal = {kills_itself, &term};
    CHECK(signal_of(dies_by_thread, &fault) == SIGSEGV, "a fault of one ends all");
    CHECK(signal_of(dies_by_thread, &signal) == SIGTERM, "a deadly signal to one too");
    for (int i = 0; i < 5; i++) {
        put(words, 0);
        pid_t pid = start(lives_on, words);
        await(words, 1);
        CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, &status, 0) == pid && status == SIGKILL,
              "SIGKILL: %#x", (unsigned)status);
    }
    check_audit();
}

static int counts(void *word)
{
    for (;;)
        __atomic_fetch_add((int *)word, 1, __ATOMIC_SEQ_CST);
    return 0;
}

static void counts_in_threads(void *words)
{
    static struct thread threads[3];
    for (int i = 0; i < 3; i++)
        thread_start(&threads[i], counts, (int *)words + 16 * i);
    counts((int *)words + 48);
}

void signal_stops_all(void)
{
    int status = -1, *words = shared_words(), before[4];
    NEEDS_THREADS();
    pid_t pid = start(counts_in_threads, words);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 4; i++)
            await(&words[16 * i], get(&words[16 * i]) + 1);
        CHECK(kill(pid, SIGSTOP) == 0 && waitpid(pid, &status, WUNTRACED) == pid, "stop");
        CHECK(WIFSTOPPED(status), "stopped: %#x", (unsigned)status);
        for (int i = 0; i < 4; i++)
            before[i] = get(&words[16 * i]);
        for (int i = 0; i < 200; i++)
            sched_yield();
        for (int i = 0; i < 4; i++)
            CHECK(get(&words[16 * i]) == before[i], "thread %d stands still", i);
        CHECK(kill(pid, SIGCONT) == 0 && waitpid(pid, &status, WCONTINUED) == pid, "continue");
    }
    CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, &status, 0) == pid && status == SIGKILL, "kill");
}

static volatile long interrupted;

static int sleeps_interruptibly(void *unused)
{
    interrupted = wait_word(&go, 0, WAIT);
    return 0;
}

/* One call is interrupted; the same call of another thread is not. */
void signal_interrupts_one(void)
{
    struct thread one, other;
    NEEDS_THREADS();
    NEEDS_HANDLERS();
    catch_signal(SIGUSR1, notes_thread, 0);
    thread_start(&one, sleeps_interruptibly, NULL);
    thread_start(&other, thread_sleeps, (void *)&go);
    /* The signal may come before the sleep; then it is sent again. */
    for (int tid; (tid = get(&one.tid)) != 0; raw_yield())
        RAW(SYS_tgkill, getpid(), tid, SIGUSR1);
    thread_join(&one);
    CHECK(interrupted == -EINTR && handled > 0, "EINTR: %ld", interrupted);
    CHECK(!thread_has_ended(&other), "the other sleeps on");
    release(&go);
    thread_join(&other);
}

static int storms(void *tid)
{
    long pid = RAW(SYS_getpid, 0);
    while (get(&go) == 0) {
        RAW(SYS_tgkill, pid, get(tid), SIGUSR1);
        raw_yield();
    }
    return 0;
}

/* Threads that send each other signals all the time, while others come and go. */
void signal_storm(void)
{
    static struct thread threads[4];
    NEEDS_THREADS();
    NEEDS_HANDLERS();
    catch_signal(SIGUSR1, notes_thread, SA_RESTART);
    for (int i = 0; i < 4; i++) {
        threads[i].tid = getpid();
        thread_start(&threads[i], storms, (void *)&threads[(i + 1) % 4].tid);
    }
    for (int i = 0; i < 200; i++) {
        struct thread brief;
        thread_start(&brief, thread_of_nothing, NULL);
        thread_join(&brief);
    }
    release(&go);
    for (int i = 0; i < 4; i++)
        thread_join(&threads[i]);
    CHECK(handled > 0, "%d signals", handled);
}
