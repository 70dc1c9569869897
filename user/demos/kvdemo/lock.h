/*
 * Locks in shared memory that survive their owners: when a process ends with a lock, the next one
 * that wants it gets it, and is told. They are the library's robust mutexes; where the kernel does
 * not let these go when a process ends, a lock is the process number of its owner, and who waits
 * looks now and then whether there still is such a process.
 */
#ifndef DEMOS_KVDEMO_LOCK_H
#define DEMOS_KVDEMO_LOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

union lock {
    pthread_mutex_t mutex;
    uint32_t owner;
    char room[64];
};

/* Decides, for this process and its children; returns whether locks are robust mutexes. */
bool lock_choose(void);

void lock_make(union lock *lock);

/* Returns true if the last owner has died with it: what it guards may be half changed. */
bool lock_take(union lock *lock);

void lock_give(union lock *lock);

#endif
