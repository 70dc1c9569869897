/* Which words are the same: by the page of a file, or by the address space; and words that go. */
#include "tests.h"

/* A waiter at one address is woken through another; or not. */
static void check_meets(int *word, int *other, bool meets, const char *what)
{
    struct waiter waiter = {.word = word, .operation = WAIT, .value = *word};
    pid_t pid = start_waiter(&waiter);
    CHECK(wake_word(other, INT_MAX, WAKE) == meets, "%s", what);
    if (meets)
        CHECK(finish(pid), "%s: woken", what);
    else
        CHECK(kill(pid, SIGKILL) == 0 && !finish(pid), "%s: killed", what);
}

void meet_in_a_file(void)
{
    NEEDS_FUTEX();
    int fd = make_file("words", 4 * PAGE, 0), other = open("words", O_RDWR);
    uint8_t *first = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *second = map(2 * PAGE, RW, MAP_SHARED, other, 2 * PAGE);
    check_meets((int *)(first + 2 * PAGE + 8), (int *)(second + 8), true, "another mapping");
    check_meets((int *)(second + PAGE), (int *)(first + 3 * PAGE), true, "the other way");
    check_meets((int *)(second + PAGE), (int *)(first + PAGE), false, "another page");
    check_meets((int *)(second + PAGE), (int *)(first + 3 * PAGE + 4), false, "the next word");
    make_file("other", 4 * PAGE, 0);
    int fd2 = open("other", O_RDWR);
    uint8_t *third = map(4 * PAGE, RW, MAP_SHARED, fd2, 0);
    check_meets((int *)first, (int *)third, false, "another file");
}

static void waits_elsewhere(void *at)
{
    uint8_t *to = empty_range(PAGE);
    MUST(mremap(at, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to, "moved");
    CHECK(wait_word((int *)to, 0, WAIT) == 0, "woken");
}

void meet_in_memory(void)
{
    NEEDS_FUTEX();
    int *words = shared_words();
    check_meets(&words[3], &words[3], true, "the same address");
    pid_t pid = start(waits_elsewhere, words);
    await_sleep(pid);
    CHECK(wake_word(words, 1, WAKE) == 1 && finish(pid), "at another address in the child");
    int fd = memfd_create("words", 0);
    if (fd < 0)
        SKIP("there is no memfd_create");
    CHECK(ftruncate(fd, PAGE) == 0, "a page");
    int *first = (int *)map(PAGE, RW, MAP_SHARED, fd, 0);
    int *second = (int *)map(PAGE, RW, MAP_SHARED, fd, 0);
    check_meets(first, second, true, "a memory file");
}

/* The waiter's mapping goes away or moves while it sleeps: the page is what counts. */
static struct {
    struct thread thread;
    int *word;
    long result;
} sleeper;

static int sleeps_in_thread(void *unused)
{
    sleeper.result = wait_word(sleeper.word, 0, WAIT);
    return 0;
}

static void start_sleeper_at(int *word)
{
    sleeper.word = word;
    sleeper.result = 1;
    thread_start(&sleeper.thread, sleeps_in_thread, NULL);
}

/* Nobody can see whether a thread sleeps; but it can be woken only when it does. */
static void wake_sleeper(int *word)
{
    while (wake_word(word, 1, WAKE) == 0 && !thread_has_ended(&sleeper.thread))
        sched_yield();
    thread_join(&sleeper.thread);
}

/* Moves it to a word that it is then known to wait for. */
static void await_sleeper(int *word, int *other)
{
    int *words[2] = {word, other};
    while (move_waiters(REQUEUE, words, 0, 1, 0) == 0)
        sched_yield();
}

void meet_over_moves(void)
{
    NEEDS_THREADS();
    int fd = make_file("words", PAGE, 0);
    int *first = (int *)map(PAGE, RW, MAP_SHARED, fd, 0), *to = (int *)empty_range(PAGE);
    int *second = (int *)map(PAGE, RW, MAP_SHARED, fd, 0);
    first[0] = first[1] = 0;
    start_sleeper_at(&first[0]);
    await_sleeper(&first[0], &first[1]);
    CHECK(mremap(first, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to, "move the mapping");
    wake_sleeper(&to[1]);
    CHECK(sleeper.result == 0, "woken where it is now: %ld", sleeper.result);
    start_sleeper_at(&to[0]);
    await_sleeper(&to[0], &to[1]);
    CHECK(munmap(to, PAGE) == 0, "unmap it");
    wake_sleeper(&second[1]);
    CHECK(sleeper.result == 0, "woken through the other mapping: %ld", sleeper.result);
}

void unmapped_meanwhile(void)
{
    NEEDS_THREADS();
    int *private = (int *)map(PAGE, RW, ANON, -1, 0), *shared = shared_words();
    private[0] = 0;
    sleeper.word = private;
    start_sleeper_at(private);
    await_sleeper(&private[0], &private[1]);
    CHECK(munmap(private, PAGE) == 0, "unmap a private word");
    CHECK(wake_word(&private[1], 1, WAKE) == -EFAULT, "it cannot be named any more");
    map_over(private, PAGE, ANON, -1);
    wake_sleeper(&private[1]);
    CHECK(sleeper.result == 0, "but for its address: %ld", sleeper.result);
    start_sleeper_at(shared);
    await_sleeper(&shared[0], &shared[1]);
    CHECK(munmap(shared, PAGE) == 0, "unmap a shared word; nobody can wake it now");
    check_audit();
}

void truncated_meanwhile(void)
{
    NEEDS_FUTEX();
    int fd = make_file("words", 2 * PAGE, 0);
    uint8_t *at = map(2 * PAGE, RW, MAP_SHARED, fd, 0);
    struct waiter waiter = {.word = (int *)(at + PAGE), .operation = WAIT};
    waiter.value = *waiter.word;
    pid_t pid = start_waiter(&waiter);
    CHECK(ftruncate(fd, PAGE) == 0, "cut the word off");
    CHECK(wake_word(waiter.word, 1, WAKE) == -EFAULT, "there is no such word");
    CHECK(wait_word(waiter.word, 0, WAIT) == -EFAULT, "nor to wait for");
    CHECK(ftruncate(fd, 2 * PAGE) == 0, "grow again");
    CHECK(wake_word(waiter.word, 1, WAKE) == 1 && finish(pid), "it is the same word");
}

void apart_in_private(void)
{
    NEEDS_FUTEX();
    int fd = make_file("words", PAGE, 0);
    int *shared = (int *)map(PAGE, RW, MAP_SHARED, fd, 0);
    int *private = (int *)map(PAGE, RW, MAP_PRIVATE, fd, 0);
    int *other = (int *)map(PAGE, RW, MAP_PRIVATE, fd, 0);
    private[1] = 1;
    check_meets(&private[0], &shared[0], false, "a private mapping and a shared one");
    check_meets(&shared[0], &private[0], false, "the other way");
    check_meets(&private[0], &other[0], false, "two private ones");
}

/* Private memory that parent and child still share is two words all the same. */
void apart_after_fork(void)
{
    NEEDS_FUTEX();
    int *words = (int *)map(PAGE, RW, ANON, -1, 0);
    words[0] = 1;
    check_meets(&words[0], &words[0], false, "a page that was written before fork");
    int *fresh = (int *)map(PAGE, RW, ANON, -1, 0);
    check_meets(&fresh[0], &fresh[0], false, "one that was never touched");
    struct waiter waiter = {.word = words, .operation = WAIT | PRIVATE, .value = 1};
    pid_t pid = start_waiter(&waiter);
    CHECK(wake_word(words, 1, WAKE | PRIVATE) == 0, "nor by PRIVATE");
    CHECK(kill(pid, SIGKILL) == 0 && !finish(pid), "killed");
}

void apart_by_flag(void)
{
    NEEDS_FUTEX();
    int *words = shared_words();
    struct waiter waiter = {.word = words, .operation = WAIT};
    pid_t pid = start_waiter(&waiter);
    CHECK(wake_word(words, 1, WAKE | PRIVATE) == 0, "PRIVATE is for one address space");
    CHECK(wake_word(words, 1, WAKE) == 1 && finish(pid), "without it they meet");
    waiter.operation = WAIT | PRIVATE;
    pid = start_waiter(&waiter);
    CHECK(wake_word(words, 1, WAKE) == 0 && wake_word(words, 1, WAKE | PRIVATE) == 0, "apart");
    CHECK(kill(pid, SIGKILL) == 0 && !finish(pid), "killed");
}

void apart_in_one_page(void)
{
    enum { COUNT = 16 };
    pid_t pids[COUNT];
    NEEDS_FUTEX();
    int *words = shared_words();
    for (int i = 0; i < COUNT; i++) {
        struct waiter waiter = {.word = &words[i], .operation = WAIT};
        pids[i] = start_waiter(&waiter);
    }
    for (int i = COUNT - 1; i >= 0; i--)
        CHECK(wake_word(&words[i], INT_MAX, WAKE) == 1 && finish(pids[i]), "word %d", i);
}

void killed_in_sleep(void)
{
    NEEDS_FUTEX();
    int *words = shared_words();
    struct waiter waiter = {.word = words, .operation = WAIT};
    for (int i = 0; i < 10; i++) {
        pid_t pid = start_waiter(&waiter);
        CHECK(kill(pid, SIGKILL) == 0 && !finish(pid), "killed");
        CHECK(wake_word(words, INT_MAX, WAKE) == 0, "the dead do not wait");
    }
    check_audit();
}
