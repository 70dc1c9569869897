/*
 * Robust lists: a thread tells the kernel which locks it holds; when it ends the kernel marks them,
 * and wakes one who waits for each. Lists that make no sense harm nobody.
 */
#include "tests.h"

/* The kernel's structures. */
struct link {
    struct link *next;
};

struct head {
    struct link list;
    long offset; /* from a link to its lock's word */
    struct link *pending;
};

/* A lock: its word is the owner's number, and a bit if somebody waits. */
struct robust {
    struct link link;
    volatile int word;
};

#define OFFSET ((long)(offsetof(struct robust, word) - offsetof(struct robust, link)))

#define NEEDS_ROBUST()                                                                  \
    do {                                                                                \
        NEEDS_FUTEX();                                                                  \
        if (RAW(SYS_get_robust_list, 0, (long)&(long){0}, (long)&(long){0}) == -ENOSYS) \
            SKIP("there are no robust lists");                                          \
    } while (0)

static struct robust *shared_locks(void)
{
    return (struct robust *)map(16 * PAGE, RW, ANON_SHARED, -1, 0);
}

static int own_word(void)
{
    return (int)((unsigned)raw_gettid() | TID_HAS_WAITERS);
}

static long register_list(struct head *head)
{
    return RAW(SYS_set_robust_list, (long)head, sizeof(*head));
}

/* Takes the locks, as if by a compare-and-swap each, and tells the kernel. */
static void hold(struct head *head, struct robust *locks, int count)
{
    *head = (struct head){.offset = OFFSET};
    struct link *last = &head->list;
    for (int i = 0; i < count; i++) {
        put(&locks[i].word, own_word());
        last->next = &locks[i].link;
        last = last->next;
    }
    last->next = &head->list;
    MUST(register_list(head) == 0, "set_robust_list");
}

static bool is_marked(const struct robust *lock)
{
    return get(&lock->word) == (int)(TID_OWNER_DIED | TID_HAS_WAITERS);
}

void robust_calls(void)
{
    struct head head = {.list = {&head.list}, .offset = OFFSET}, *got = NULL;
    unsigned long size = 0;
    long bad = (long)empty_range(PAGE), to = (long)&got, to_size = (long)&size;
    NEEDS_ROBUST();
    CHECK(register_list(&head) == 0, "set one");
    CHECK(RAW(SYS_get_robust_list, 0, to, to_size) == 0, "get it");
    CHECK(got == &head && size == sizeof(head), "the same: %p, %lu", (void *)got, size);
    got = NULL;
    CHECK(RAW(SYS_get_robust_list, raw_gettid(), to, to_size) == 0 && got == &head, "by number");
    CHECK(RAW(SYS_set_robust_list, (long)&head, 8) == -EINVAL, "a small one");
    CHECK(RAW(SYS_set_robust_list, (long)&head, 0) == -EINVAL, "of no size");
    CHECK(RAW(SYS_get_robust_list, 0x3fffffff, to, to_size) == -ESRCH, "nobody's");
    CHECK(RAW(SYS_get_robust_list, 0, bad, to_size) == -EFAULT, "a bad place");
    CHECK(RAW(SYS_get_robust_list, 0, to, bad) == -EFAULT, "a bad place for the size");
    CHECK(RAW(SYS_set_robust_list, bad, sizeof(head)) == 0, "a list is not looked at");
    CHECK(RAW(SYS_set_robust_list, 0, sizeof(head)) == 0, "none");
    CHECK(RAW(SYS_get_robust_list, 0, to, to_size) == 0 && got == NULL, "is none");
}

/* --- Owners --- */

static void ends_when_awaited(void *lock)
{
    static struct head head;
    hold(&head, lock, 1);
    await_sleep(getppid());
}

static void waits_for_death(void *lock)
{
    static struct head head;
    hold(&head, lock, 1);
    for (;;)
        pause();
}

/* Sleeps on a lock that its owner is about to leave behind. */
static void check_inherits(struct robust *lock, pid_t owner)
{
    int word = (int)((unsigned)owner | TID_HAS_WAITERS);
    while (get(&lock->word) == 0)
        sched_yield();
    while (get(&lock->word) == word) {
        long got = wait_word(&lock->word, word, WAIT);
        CHECK(got == 0 || got == -EAGAIN, "woken: %ld", got);
    }
    CHECK(is_marked(lock), "the lock says that its owner died: %#x", (unsigned)get(&lock->word));
}

void robust_owner_exits(void)
{
    NEEDS_ROBUST();
    struct robust *lock = shared_locks();
    for (int i = 0; i < 5; i++) {
        put(&lock->word, 0);
        pid_t pid = start(ends_when_awaited, lock);
        check_inherits(lock, pid);
        CHECK(finish(pid), "the owner");
    }
}

static void awaits_owner(void *argument)
{
    struct robust *lock = argument;
    int word = get(&lock->word);
    CHECK(wait_word(&lock->word, word, WAIT) == 0, "woken");
    CHECK(is_marked(lock), "marked: %#x", (unsigned)get(&lock->word));
}

void robust_owner_is_killed(void)
{
    NEEDS_ROBUST();
    struct robust *lock = shared_locks();
    pid_t owner = start(waits_for_death, lock);
    while (get(&lock->word) == 0)
        sched_yield();
    await_sleep(owner);
    pid_t first = start(awaits_owner, lock), second = start(awaits_owner, lock);
    await_sleep(first);
    await_sleep(second);
    CHECK(kill(owner, SIGKILL) == 0 && !finish(owner), "kill the owner");
    CHECK(finish_all(1), "one waiter wakes");
    CHECK(wake_word(&lock->word, INT_MAX, WAKE) == 1, "and one only");
    CHECK(finish_all(1), "the other");
}

static void executes(void *lock)
{
    static struct head head;
    char *argv[] = {scratch_program, "none", NULL}, *envp[] = {NULL};
    hold(&head, lock, 1);
    fclose(stdout);
    execve(scratch_program, argv, envp);
    _exit(100);
}

/* The program that is executed runs no test, which it calls a failure. */
void robust_owner_execs(void)
{
    int status = -1;
    NEEDS_ROBUST();
    struct robust *lock = shared_locks();
    pid_t pid = start(executes, lock);
    CHECK(waitpid(pid, &status, 0) == pid && status == 1 << 8, "execve: %#x", (unsigned)status);
    CHECK(is_marked(lock), "the old program's locks are left: %#x", (unsigned)get(&lock->word));
}

/* --- Lists --- */

static void is_taking(void *lock)
{
    static struct head head;
    hold(&head, lock, 0);
    head.pending = &((struct robust *)lock)->link;
    put(&((struct robust *)lock)->word, own_word());
}

void robust_pending(void)
{
    NEEDS_ROBUST();
    struct robust *lock = shared_locks();
    CHECK(finish(start(is_taking, lock)), "one that ends while it takes a lock");
    CHECK(is_marked(lock), "marked: %#x", (unsigned)get(&lock->word));
}

static void frees_silently(void *lock)
{
    is_taking(lock);
    put(&((struct robust *)lock)->word, 0);
}

/* One that ends between freeing a lock and waking who waits for it: that is done for it. */
void robust_pending_freed(void)
{
    NEEDS_ROBUST();
    struct robust *lock = shared_locks();
    struct waiter waiter = {.word = (int *)&lock->word, .operation = WAIT, .value = 7};
    put(&lock->word, 7);
    pid_t pid = start_waiter(&waiter);
    CHECK(finish(start(frees_silently, lock)), "one that ends while it frees a lock");
    CHECK(get(&lock->word) == 0 && finish(pid), "the waiter wakes");
}

enum { MANY = 1000 };

static void holds_many(void *locks)
{
    static struct head head;
    hold(&head, locks, MANY);
}

void robust_many(void)
{
    int marked = 0;
    NEEDS_ROBUST();
    struct robust *locks = shared_locks();
    CHECK(finish(start(holds_many, locks)), "the owner of many");
    for (int i = 0; i < MANY; i++)
        marked += is_marked(&locks[i]);
    CHECK(marked == MANY, "all are marked: %d", marked);
}

/* Words that are not its own stay as they are. */
static void holds_others(void *argument)
{
    static struct head head;
    struct robust *locks = argument;
    hold(&head, locks, 4);
    put(&locks[0].word, 0);
    put(&locks[1].word, (int)(raw_gettid() + 1));
    put(&locks[3].word, (int)raw_gettid());
}

void robust_not_owner(void)
{
    NEEDS_ROBUST();
    struct robust *locks = shared_locks();
    pid_t pid = start(holds_others, locks);
    CHECK(finish(pid), "the owner");
    CHECK(get(&locks[0].word) == 0, "a free lock stays free");
    CHECK(get(&locks[1].word) == pid + 1, "another's stays another's");
    CHECK(is_marked(&locks[2]), "its own is marked");
    CHECK(get(&locks[3].word) == TID_OWNER_DIED, "one without waiters too: %#x",
          (unsigned)get(&locks[3].word));
}

static void loops(void *argument)
{
    static struct head head;
    struct robust *locks = argument;
    hold(&head, locks, 3);
    locks[2].link.next = &locks[1].link;
}

static void loops_in_itself(void *argument)
{
    static struct head head;
    struct robust *locks = argument;
    hold(&head, locks, 1);
    locks[0].link.next = &locks[0].link;
}

void robust_loops(void)
{
    NEEDS_ROBUST();
    struct robust *locks = shared_locks();
    CHECK(finish(start(loops, locks)), "a ring without its head");
    CHECK(is_marked(&locks[0]) && is_marked(&locks[1]) && is_marked(&locks[2]), "marked");
    put(&locks[0].word, 0);
    CHECK(finish(start(loops_in_itself, locks)), "a ring of one");
    CHECK(is_marked(&locks[0]), "marked");
}

static struct link *bad_link;

static void points_nowhere(void *argument)
{
    static struct head head;
    struct robust *locks = argument;
    hold(&head, locks, 2);
    locks[0].link.next = bad_link;
}

static void has_bad_head(void *at)
{
    RAW(SYS_set_robust_list, (long)at, sizeof(struct head));
}

static void has_bad_offset(void *offset)
{
    static struct head head;
    static struct robust lock;
    hold(&head, &lock, 1);
    head.offset = (long)offset;
    head.pending = &lock.link;
}

void robust_nowhere(void)
{
    NEEDS_ROBUST();
    uint8_t *nowhere = empty_range(PAGE), *constant = map(PAGE, PROT_READ, ANON, -1, 0);
    uint8_t *edge = map(2 * PAGE, RW, ANON, -1, 0);
    MUST(munmap(edge + PAGE, PAGE) == 0, "an edge");
    uint8_t *const bad[] = {nowhere,         NULL,
                            constant,        edge + PAGE - 8,
                            edge + PAGE - 1, (uint8_t *)0xffffffff80000000,
                            (uint8_t *)-8L};
    struct robust *locks = shared_locks();
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        put(&locks[0].word, 0);
        bad_link = (struct link *)bad[i];
        CHECK(finish(start(points_nowhere, locks)), "a link to %p", (void *)bad[i]);
        CHECK(is_marked(&locks[0]), "what comes before is marked");
        CHECK(finish(start(has_bad_head, bad[i])), "a head at %p", (void *)bad[i]);
        CHECK(finish(start(has_bad_offset, bad[i])), "a word %p away", (void *)bad[i]);
    }
    CHECK(finish(start(has_bad_offset, (void *)(OFFSET + 1))), "an odd word");
    check_audit();
}

/* --- Threads --- */

static struct {
    struct head head;
    struct robust lock;
    int registered;
} own[2];

static int dies_with_lock(void *argument)
{
    int i = *(int *)argument;
    own[i].head = (struct head){.list = {&own[i].lock.link}, .offset = OFFSET};
    own[i].lock.link.next = &own[i].head.list;
    own[i].registered = (int)register_list(&own[i].head);
    put(&own[i].lock.word, own_word());
    /* The first goes on until the second has ended. */
    if (i == 0)
        while (!is_marked(&own[1].lock))
            raw_yield();
    return 0;
}

void robust_threads(void)
{
    static int numbers[] = {0, 1};
    struct thread threads[2];
    NEEDS_THREADS();
    NEEDS_ROBUST();
    for (int i = 0; i < 2; i++)
        thread_start(&threads[i], dies_with_lock, &numbers[i]);
    for (int i = 1; i >= 0; i--) {
        for (int word; !is_marked(&own[i].lock);) {
            word = get(&own[i].lock.word);
            if (word == 0)
                sched_yield();
            else if (!is_marked(&own[i].lock))
                wait_word(&own[i].lock.word, word, WAIT);
        }
        thread_join(&threads[i]);
        CHECK(own[i].registered == 0, "each thread has a list");
    }
}
