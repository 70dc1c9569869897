/* Threads of glibc: starting, joining, mutexes, conditions, once, and variables of their own. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define THREADS 8
#define ROUNDS  5000

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn_changed = PTHREAD_COND_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static __thread unsigned long mine;
static unsigned long sum;
static unsigned turn, runs;

static void run_once(void)
{
    runs++;
}

static void *works(void *argument)
{
    unsigned number = (unsigned)(size_t)argument;
    pthread_once(&once, run_once);
    for (unsigned i = 0; i < ROUNDS; i++) {
        mine += number;
        pthread_mutex_lock(&mutex);
        sum += number;
        pthread_mutex_unlock(&mutex);
    }
    pthread_mutex_lock(&mutex);
    while (turn != number)
        pthread_cond_wait(&turn_changed, &mutex);
    printf("thread %u: %lu\n", number, mine);
    turn++;
    pthread_cond_broadcast(&turn_changed);
    pthread_mutex_unlock(&mutex);
    return malloc(100);
}

int main(void)
{
    pthread_t threads[THREADS];
    void *result;
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, works, (void *)i) != 0)
            return 1;
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &result);
        free(result);
    }
    printf("all: %lu, once: %u, mine: %lu\n", sum, runs, mine);
    return 0;
}
