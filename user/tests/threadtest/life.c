/* The life of threads: creation, ends, joining, attributes. */
#include "tests.h"

#include <sys/prctl.h>

struct visit {
    pthread_t self;
    pid_t tid, pid;
    int *local;
};

static void *visit(void *argument)
{
    int local = 0;
    struct visit *visit = argument;
    *visit = (struct visit){pthread_self(), gettid(), getpid(), &local};
    return &visit->self;
}

void create_and_join(void)
{
    struct visit visits[2];
    int local;
    NEED_THREADS();
    pthread_t first = start_thread(visit, &visits[0]), second = start_thread(visit, &visits[1]);
    CHECK(join_thread(second) == &visits[1].self, "the result of one");
    CHECK(join_thread(first) == &visits[0].self, "the result of the other");
    CHECK(pthread_equal(visits[0].self, first) && pthread_equal(visits[1].self, second), "self");
    CHECK(!pthread_equal(first, second) && !pthread_equal(first, pthread_self()), "not equal");
    CHECK(visits[0].tid != visits[1].tid && visits[0].tid != gettid(), "ids of their own");
    CHECK(visits[0].pid == getpid(), "the same process");
    CHECK(visits[0].local != visits[1].local && visits[0].local != &local, "stacks of their own");
    CHECK(gettid() == getpid(), "the first thread has the id of the process");
}

static int passed;

static void *pass(void *argument)
{
    __atomic_fetch_add(&passed, 1, __ATOMIC_SEQ_CST);
    return argument;
}

void create_many(void)
{
    enum { MANY = 60, ROUNDS = 300 };
    pthread_t threads[MANY];
    NEED_THREADS();
    for (long i = 0; i < ROUNDS; i++)
        MUST(join_thread(start_thread(pass, (void *)i)) == (void *)i, "round %ld", i);
    for (long i = 0; i < MANY; i++)
        threads[i] = start_thread(pass, (void *)i);
    for (long i = 0; i < MANY; i++)
        CHECK(join_thread(threads[i]) == (void *)i, "the result of %ld", i);
    CHECK(passed == MANY + ROUNDS, "%d have run", passed);
}

static int leave(const void *a, const void *b)
{
    pthread_exit(&passed);
}

static void *leave_deep(void *argument)
{
    int numbers[2] = {2, 1};
    if (argument == NULL)
        pthread_exit(&passed);
    qsort(numbers, 2, sizeof(int), leave);
    CHECK(0, "went on");
    return NULL;
}

void exit_values(void)
{
    NEED_THREADS();
    CHECK(join_thread(start_thread(leave_deep, NULL)) == &passed, "at once");
    CHECK(join_thread(start_thread(leave_deep, &passed)) == &passed, "from deep within");
    CHECK(join_thread(start_thread(return_at_once, (void *)-1L)) == (void *)-1L, "any value");
    CHECK(pthread_join(start_thread(return_at_once, NULL), NULL) == 0, "nobody wants it");
}

static int order[8], steps;

static void note(void *number)
{
    order[steps++] = (int)(long)number;
}

static void *with_handlers(void *argument)
{
    pthread_cleanup_push(note, (void *)1);
    pthread_cleanup_push(note, (void *)2);
    pthread_cleanup_push(note, (void *)3);
    pthread_cleanup_pop(1);
    pthread_cleanup_push(note, (void *)4);
    pthread_cleanup_pop(0);
    if (argument != NULL)
        pthread_exit(NULL);
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(1);
    return NULL;
}

void cleanup_handlers(void)
{
    NEED_THREADS();
    join_thread(start_thread(with_handlers, order));
    CHECK(steps == 3 && order[0] == 3 && order[1] == 2 && order[2] == 1, "%d at an exit", steps);
    steps = 0;
    join_thread(start_thread(with_handlers, NULL));
    CHECK(steps == 2 && order[0] == 3 && order[1] == 1, "%d popped", steps);
}

static sem_t go;

static void *wait_for_go(void *argument)
{
    while (sem_wait(&go) != 0) {
    }
    return argument;
}

void join_errors(void)
{
    NEED_THREADS();
    sem_init(&go, 0, 0);
    pthread_t thread = start_thread(wait_for_go, NULL);
    CHECK(pthread_join(pthread_self(), NULL) == EDEADLK, "itself");
    CHECK(pthread_detach(thread) == 0, "detach");
    CHECK(pthread_detach(thread) == EINVAL, "detach again");
    CHECK(pthread_join(thread, NULL) == EINVAL, "join a detached one");
    sem_post(&go);
}

static sem_t gone;

static void *go_by(void *argument)
{
    if (argument != NULL)
        pthread_detach(pthread_self());
    sem_post(&gone);
    return NULL;
}

static void await_gone(int count)
{
    while (count > 0)
        count -= sem_wait(&gone) == 0;
}

void detached(void)
{
    enum { COUNT = 300 };
    pthread_attr_t attr;
    pthread_t thread;
    NEED_THREADS();
    sem_init(&gone, 0, 0);
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    for (int i = 0; i < COUNT; i++)
        MUST(pthread_create(&thread, &attr, go_by, NULL) == 0, "created detached: %d", i);
    await_gone(COUNT);
    for (int i = 0; i < COUNT; i++)
        start_thread(go_by, &gone);
    await_gone(COUNT);
    for (int i = 0; i < COUNT; i++)
        CHECK(pthread_detach(start_thread(go_by, NULL)) == 0, "detached by another: %d", i);
    await_gone(COUNT);
    thread = start_thread(go_by, NULL);
    await_gone(1);
    CHECK(pthread_detach(thread) == 0, "detached at its end");
}

void attributes(void)
{
    pthread_attr_t attr;
    size_t size = 0, guard = 0;
    int state = -1;
    CHECK(pthread_attr_init(&attr) == 0, "init");
    CHECK(pthread_attr_getdetachstate(&attr, &state) == 0, "get the state");
    CHECK(state == PTHREAD_CREATE_JOINABLE, "joinable");
    CHECK(pthread_attr_getstacksize(&attr, &size) == 0 && size >= 65536, "a stack of %zu", size);
    CHECK(pthread_attr_getguardsize(&attr, &guard) == 0 && guard == PAGE, "a guard of %zu", guard);
    CHECK(pthread_attr_setdetachstate(&attr, 7) == EINVAL, "no such state");
    CHECK(pthread_attr_setstacksize(&attr, 100) == EINVAL, "too small a stack");
    CHECK(pthread_attr_setstacksize(&attr, 200000) == 0, "set a stack");
    CHECK(pthread_attr_setguardsize(&attr, 3 * PAGE) == 0, "set a guard");
    pthread_attr_getstacksize(&attr, &size);
    pthread_attr_getguardsize(&attr, &guard);
    CHECK(size == 200000 && guard == 3 * PAGE, "as they were set: %zu, %zu", size, guard);
    CHECK(pthread_attr_destroy(&attr) == 0, "destroy");
}

void own_stack(void)
{
    size_t size = 128 << 10;
    pthread_attr_t attr;
    pthread_t thread;
    struct visit seen;
    NEED_THREADS();
    char *stack = (char *)mmap(NULL, size, RW, ANON, -1, 0);
    pthread_attr_init(&attr);
    CHECK(pthread_attr_setstack(&attr, stack, size) == 0, "set");
    MUST(pthread_create(&thread, &attr, visit, &seen) == 0, "create");
    join_thread(thread);
    CHECK((char *)seen.local >= stack && (char *)seen.local < stack + size, "used");
    CHECK(munmap(stack, size) == 0, "it is still the caller's");
    void *same = mmap(stack, size, RW, ANON, -1, 0);
    CHECK(same == stack, "and was mapped once");
}

/* Down to where the mapping must have ended. */
static void *touch_below(void *argument)
{
    volatile char here = 0;
    for (size_t down = 0; down < (size_t)argument; down += PAGE)
        *(volatile char *)(&here - down) = 1;
    return NULL;
}

static void overrun(void *argument)
{
    pthread_attr_t attr;
    pthread_t thread;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 64 << 10);
    pthread_attr_setguardsize(&attr, 16 * PAGE);
    MUST(pthread_create(&thread, &attr, touch_below, argument) == 0, "create");
    join_thread(thread);
}

void guard_page(void)
{
    NEED_THREADS();
    CHECK(signal_of(overrun, (void *)(32L << 10)) == 0, "within the stack");
    CHECK(signal_of(overrun, (void *)(96L << 10)) == SIGSEGV, "below it");
}

static void *outlive(void *first)
{
    int error = pthread_join(*(pthread_t *)first, NULL);
    _exit(error == 0 ? 7 : 8);
}

static void end_first(void *argument)
{
    pthread_t self = pthread_self();
    start_thread(outlive, &self);
    pthread_exit(NULL);
}

void first_thread_ends(void)
{
    NEED_THREADS();
    int status = test_in_child(end_first, NULL);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7, "the other goes on: %#x", status);
}

static int *at_exit_ran;

static void at_exit(void)
{
    *at_exit_ran = 1;
}

static void end_one_by_one(void *argument)
{
    atexit(at_exit);
    pthread_detach(start_thread(return_at_once, NULL));
    pthread_exit(NULL);
}

void last_thread_ends(void)
{
    NEED_THREADS();
    at_exit_ran = shared_words();
    int status = test_in_child(end_one_by_one, NULL);
    CHECK(status == 0 && *at_exit_ran == 1, "it ends the process: %#x", status);
}

static void *exit_with(void *status)
{
    exit((int)(long)status);
}

static void end_by_thread(void *argument)
{
    atexit(at_exit);
    sem_init(&go, 0, 0);
    start_thread(wait_for_go, NULL);
    start_thread(exit_with, (void *)5);
    wait_for_go(NULL);
}

void exit_in_thread(void)
{
    NEED_THREADS();
    at_exit_ran = shared_words();
    int status = test_in_child(end_by_thread, NULL);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 5, "ended with %#x", status);
    CHECK(*at_exit_ran == 1, "what was registered has run");
}

void names(void)
{
    char name[16] = "";
    if (!HAS(prctl(PR_GET_NAME, name)))
        SKIP("there is no prctl yet");
    CHECK(pthread_setname_np(pthread_self(), "worker") == 0, "set");
    CHECK(pthread_getname_np(pthread_self(), name, sizeof(name)) == 0, "get");
    CHECK(strcmp(name, "worker") == 0, "got %s", name);
    CHECK(pthread_setname_np(pthread_self(), "sixteen letters.") == ERANGE, "too long");
    CHECK(pthread_getname_np(pthread_self(), name, 3) == ERANGE, "too small");
}
