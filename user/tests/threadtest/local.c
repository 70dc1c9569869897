/* What each thread has of its own: errno, variables, values of keys, signals; and fork. */
#include "tests.h"

static sem_t step[2];

static void await_step(int which)
{
    while (sem_wait(&step[which]) != 0) {
    }
}

static void *spoil_errno(void *argument)
{
    errno = 0;
    close(-1);
    int before = errno;
    sem_post(&step[0]);
    await_step(1);
    return (void *)(long)(before == EBADF && errno == EBADF);
}

void own_errno(void)
{
    NEED_THREADS();
    sem_init(&step[0], 0, 0);
    sem_init(&step[1], 0, 0);
    errno = ENOENT;
    int *mine = &errno;
    pthread_t thread = start_thread(spoil_errno, NULL);
    await_step(0);
    CHECK(errno == ENOENT && &errno == mine, "the first thread's: %d", errno);
    errno = EPERM;
    sem_post(&step[1]);
    CHECK(join_thread(thread) == (void *)1, "the other's");
}

static _Thread_local int zero, seven = 7;
static _Thread_local char text[100] = "text";
static _Thread_local long aligned __attribute__((aligned(64))) = 64;

static bool is_fresh(void)
{
    return zero == 0 && seven == 7 && strcmp(text, "text") == 0 && text[99] == 0 && aligned == 64;
}

static void *change_variables(void *argument)
{
    bool fresh = is_fresh() && (uintptr_t)&aligned % 64 == 0;
    zero = seven = (int)(long)argument;
    text[0] = text[99] = 'x';
    aligned = 0;
    sched_yield();
    CHECK(fresh, "first values in thread %ld", (long)argument);
    CHECK(zero == (int)(long)argument && seven == zero && aligned == 0, "its own values");
    return &zero;
}

void own_variables(void)
{
    NEED_THREADS();
    CHECK(is_fresh() && (uintptr_t)&aligned % 64 == 0, "first values in the first thread");
    in_threads(change_variables);
    CHECK(is_fresh(), "nobody has changed them here");
    CHECK(join_thread(start_thread(change_variables, NULL)) != &zero, "another place");
    zero = 1;
    pid_t child = fork();
    if (child == 0)
        _exit(zero != 1 || seven != 7);
    CHECK(finish(child), "a child has its parent's");
}

/* --- Keys --- */

static pthread_key_t key;

static void *use_key(void *argument)
{
    CHECK(pthread_getspecific(key) == NULL, "nothing at first");
    CHECK(pthread_setspecific(key, argument) == 0, "set");
    sched_yield();
    CHECK(pthread_getspecific(key) == argument, "what was set");
    return NULL;
}

void keys(void)
{
    pthread_key_t other;
    NEED_THREADS();
    CHECK(pthread_key_create(&key, NULL) == 0, "create");
    CHECK(pthread_setspecific(key, &key) == 0, "set");
    in_threads(use_key);
    CHECK(pthread_getspecific(key) == &key, "it is still there");
    CHECK(pthread_key_delete(key) == 0, "delete");
    CHECK(pthread_key_create(&other, NULL) == 0, "create another");
    CHECK(pthread_getspecific(other) == NULL, "which has no value yet");
    CHECK(pthread_key_delete(other) == 0, "delete it");
}

static int destroyed, destroyed_again;

static void destroy(void *value)
{
    destroyed += value == &destroyed && pthread_getspecific(key) == NULL;
}

static void destroy_and_set(void *value)
{
    destroyed_again++;
    pthread_setspecific(key, value);
}

static void *set_and_end(void *argument)
{
    pthread_setspecific(key, argument);
    if (argument == &destroyed)
        pthread_exit(NULL);
    return NULL;
}

void key_destructors(void)
{
    NEED_THREADS();
    pthread_key_create(&key, destroy);
    join_thread(start_thread(set_and_end, &destroyed));
    CHECK(destroyed == 1, "run when the thread ends: %d", destroyed);
    join_thread(start_thread(set_and_end, NULL));
    join_thread(start_thread(return_at_once, NULL));
    CHECK(destroyed == 1, "not without a value");
    pthread_key_delete(key);
    pthread_key_create(&key, destroy_and_set);
    join_thread(start_thread(set_and_end, &key));
    CHECK(destroyed_again == PTHREAD_DESTRUCTOR_ITERATIONS, "%d rounds", destroyed_again);
    pthread_key_delete(key);
}

void key_limits(void)
{
    static pthread_key_t all[PTHREAD_KEYS_MAX + 1];
    int count = 0;
    while (count <= PTHREAD_KEYS_MAX && pthread_key_create(&all[count], NULL) == 0)
        count++;
    CHECK(count > 100 && count <= PTHREAD_KEYS_MAX, "%d keys", count);
    CHECK(pthread_key_create(&key, NULL) == EAGAIN, "one more");
    for (int i = 0; i < count; i++)
        CHECK(pthread_setspecific(all[i], &all[i]) == 0, "set %d", i);
    for (int i = 0; i < count; i++)
        CHECK(pthread_getspecific(all[i]) == &all[i], "get %d", i);
    for (int i = 0; i < count; i++)
        CHECK(pthread_key_delete(all[i]) == 0, "delete %d", i);
    CHECK(pthread_key_delete(all[0]) == EINVAL, "delete again");
    CHECK(pthread_setspecific(all[0], &key) == EINVAL, "set what is deleted");
    CHECK(pthread_key_delete(1000000) == EINVAL, "no such key");
}

enum { ONCES = 100 };

static pthread_once_t once_controls[ONCES]; /* PTHREAD_ONCE_INIT is 0 */
static pthread_barrier_t at_once;
static int onces_started, onces_done;

static void do_once(void)
{
    onces_started++;
    sched_yield();
    onces_done++;
}

static void *come_to_once(void *argument)
{
    for (int i = 0; i < ONCES; i++) {
        pthread_barrier_wait(&at_once);
        REQUIRE(pthread_once(&once_controls[i], do_once) == 0, "once");
        REQUIRE(onces_started == i + 1 && onces_done == i + 1, "it is done");
        pthread_barrier_wait(&at_once);
    }
    return NULL;
}

void once(void)
{
    NEED_THREADS();
    pthread_barrier_init(&at_once, NULL, NTHREADS);
    in_threads(come_to_once);
    CHECK(pthread_once(&once_controls[0], do_once) == 0, "no more");
    CHECK(onces_done == ONCES && PTHREAD_ONCE_INIT == 0, "each once: %d", onces_done);
}

/* --- Signals --- */

static pthread_t handled_in;
static int handled;

static void handle(int number)
{
    handled_in = pthread_self();
    __atomic_fetch_add(&handled, 1, __ATOMIC_SEQ_CST);
}

static void *wait_for_signal(void *argument)
{
    int many = (int)(long)argument;
    while (__atomic_load_n(&handled, __ATOMIC_SEQ_CST) < many)
        sched_yield();
    return NULL;
}

void kill_threads(void)
{
    NEED_THREADS();
    struct sigaction action = {.sa_handler = handle};
    sigaction(SIGUSR1, &action, NULL);
    pthread_t thread = start_thread(wait_for_signal, (void *)1);
    CHECK(pthread_kill(thread, 0) == 0, "no signal");
    CHECK(pthread_kill(thread, 1000) == EINVAL, "no such signal");
    CHECK(handled == 0, "nothing was sent");
    CHECK(pthread_kill(thread, SIGUSR1) == 0, "a signal");
    join_thread(thread);
    CHECK(handled == 1 && pthread_equal(handled_in, thread), "that thread took it");
    CHECK(raise(SIGUSR1) == 0 && handled == 2, "to oneself");
    CHECK(pthread_equal(handled_in, pthread_self()), "who raises takes it");
    CHECK(pthread_kill(pthread_self(), SIGUSR1) == 0 && handled == 3, "by name");
}

static void *look_at_mask(void *argument)
{
    sigset_t mask;
    CHECK(pthread_sigmask(SIG_BLOCK, NULL, &mask) == 0, "look");
    CHECK(sigismember(&mask, SIGUSR1) == 1, "blocked as with the creator");
    sigemptyset(&mask);
    CHECK(pthread_sigmask(SIG_SETMASK, &mask, NULL) == 0, "change");
    return NULL;
}

void masks_of_threads(void)
{
    sigset_t mask, now;
    NEED_THREADS();
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    CHECK(pthread_sigmask(SIG_BLOCK, &mask, NULL) == 0, "block");
    join_thread(start_thread(look_at_mask, NULL));
    pthread_sigmask(SIG_BLOCK, NULL, &now);
    CHECK(sigismember(&now, SIGUSR1) == 1, "the creator's stays");
    errno = 0;
    CHECK(pthread_sigmask(99, &mask, NULL) == EINVAL && errno == 0, "no such change");
}

/* --- fork --- */

static char fork_order[16];

#define FORK_STEP(name, letter)                                                   \
    static void name(void)                                                        \
    {                                                                             \
        strncat(fork_order, letter, sizeof(fork_order) - strlen(fork_order) - 1); \
    }

FORK_STEP(before_1, "a")
FORK_STEP(before_2, "b")
FORK_STEP(parent_1, "p")
FORK_STEP(parent_2, "q")
FORK_STEP(child_1, "c")
FORK_STEP(child_2, "d")

void fork_handlers(void)
{
    CHECK(pthread_atfork(before_1, parent_1, child_1) == 0, "register");
    CHECK(pthread_atfork(NULL, NULL, NULL) == 0, "register nothing");
    CHECK(pthread_atfork(before_2, parent_2, child_2) == 0, "register more");
    pid_t child = fork();
    if (child == 0)
        _exit(strcmp(fork_order, "bacd") != 0);
    CHECK(strcmp(fork_order, "bapq") == 0, "in the parent: %s", fork_order);
    CHECK(finish(child), "in the child");
}

static void *fork_here(void *argument)
{
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        bool alone = gettid() == getpid() && getppid() == parent;
        pthread_mutex_t mutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
        bool locks = pthread_mutex_lock(&mutex) == 0 && pthread_mutex_lock(&mutex) == 0 &&
                     pthread_mutex_unlock(&mutex) == 0 && pthread_mutex_unlock(&mutex) == 0 &&
                     pthread_mutex_unlock(&mutex) == EPERM;
        _exit(!alone || !locks || pthread_kill(pthread_self(), 0) != 0);
    }
    CHECK(finish(child), "the child");
    return NULL;
}

void fork_in_thread(void)
{
    NEED_THREADS();
    in_threads(fork_here);
    fork_here(NULL);
}

static void start_others(void *argument)
{
    for (int i = 0; i < 10; i++)
        MUST(join_thread(start_thread(return_at_once, &key)) == &key, "a child's thread");
    in_threads(use_key);
}

void threads_after_fork(void)
{
    NEED_THREADS();
    CHECK(pthread_key_create(&key, NULL) == 0, "a key");
    for (int i = 0; i < 10; i++)
        CHECK(finish(start(start_others, NULL)), "child %d", i);
}
