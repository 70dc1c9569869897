/*
 * Keys to values of each thread. A deleted key's number is used again, so that a value counts only
 * together with the use that it was stored for.
 */
#include "futex.h"
#include "thread.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct key {
    unsigned use; /* odd: the key exists */
    void (*destructor)(void *);
};

struct value {
    unsigned use;
    void *value;
};

static int lock;
static struct key keys[PTHREAD_KEYS_MAX]; /* changes: [lock] */
static _Thread_local struct value values[PTHREAD_KEYS_MAX];

static void ignore(void *value)
{
}

static unsigned use_of(pthread_key_t key)
{
    return __atomic_load_n(&keys[key].use, __ATOMIC_ACQUIRE);
}

static bool exists(pthread_key_t key)
{
    return key < PTHREAD_KEYS_MAX && use_of(key) % 2 == 1;
}

int pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
    int error = EAGAIN;
    __lock_acquire(&lock);
    for (pthread_key_t i = 0; i < PTHREAD_KEYS_MAX && error != 0; i++) {
        if (exists(i))
            continue;
        keys[i].destructor = destructor != NULL ? destructor : ignore;
        __atomic_store_n(&keys[i].use, keys[i].use + 1, __ATOMIC_RELEASE);
        *key = i;
        error = 0;
    }
    __lock_release(&lock);
    return error;
}

int pthread_key_delete(pthread_key_t key)
{
    int error = EINVAL;
    __lock_acquire(&lock);
    if (exists(key)) {
        __atomic_store_n(&keys[key].use, keys[key].use + 1, __ATOMIC_RELEASE);
        error = 0;
    }
    __lock_release(&lock);
    return error;
}

void *pthread_getspecific(pthread_key_t key)
{
    if (!exists(key) || values[key].use != use_of(key))
        return NULL;
    return values[key].value;
}

int pthread_setspecific(pthread_key_t key, const void *value)
{
    if (!exists(key))
        return EINVAL;
    values[key] = (struct value){use_of(key), (void *)value};
    return 0;
}

/* Destroys one thread's value; whether there was one. The destructor finds it gone. */
static bool destroy(pthread_key_t key)
{
    void *value = pthread_getspecific(key);
    void (*destructor)(void *) = keys[key].destructor;
    values[key].value = NULL;
    if (value == NULL)
        return false;
    destructor(value);
    return true;
}

/* Destructors may store values again, though not for ever. */
void __key_run_destructors(void)
{
    bool again = true;
    for (int round = 0; again && round < PTHREAD_DESTRUCTOR_ITERATIONS; round++) {
        again = false;
        for (pthread_key_t key = 0; key < PTHREAD_KEYS_MAX; key++)
            again |= destroy(key);
    }
}
