/*
 * Locks in shared memory that survive their owners: when a process ends with a lock, the next one
 * that wants it gets it, and is told. Where the library has robust mutexes they are that; elsewhere
 * a lock is the process number of its owner, and who waits looks now and then whether there still
 * is such a process.
 */
#ifndef DEMOS_KVDEMO_LOCK_H
#define DEMOS_KVDEMO_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#if __has_include(<pthread.h>)
#include <pthread.h>
#endif

#if defined(__GLIBC__) || defined(PTHREAD_MUTEX_ROBUST)
#define ROBUST_MUTEXES 1
#define LOCK_KIND      "robust mutexes of the library"
#else
#define ROBUST_MUTEXES 0
#define LOCK_KIND      "process numbers"
#endif

union lock {
#if ROBUST_MUTEXES
    pthread_mutex_t mutex;
#endif
    uint32_t owner;
    char room[64];
};

void lock_make(union lock *lock);

/* Returns true if the last owner has died with it: what it guards may be half changed. */
bool lock_take(union lock *lock);

void lock_give(union lock *lock);

#endif
