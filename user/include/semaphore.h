/* Semaphores: numbers that do not go below 0. Named ones are files in /dev/shm. */
#ifndef SEMAPHORE_H
#define SEMAPHORE_H

#include <fcntl.h>
#include <limits.h>
#include <sys/types.h>
#include <time.h>

#define SEM_FAILED ((sem_t *)0)

/* The lower half of the word is the semaphore's value, the upper half counts who waits. */
typedef struct {
    uint64_t word;
    int shared;
} sem_t;

int sem_init(sem_t *sem, int shared, unsigned value);
int sem_destroy(sem_t *sem);
int sem_wait(sem_t *sem);
int sem_trywait(sem_t *sem);
int sem_timedwait(sem_t *restrict sem, const struct timespec *restrict until);
int sem_clockwait(sem_t *restrict sem, clockid_t clock, const struct timespec *restrict until);
int sem_post(sem_t *sem);
int sem_getvalue(sem_t *restrict sem, int *restrict value);

/* With O_CREAT a mode and a value follow. */
sem_t *sem_open(const char *name, int flags, ...);
int sem_close(sem_t *sem);
int sem_unlink(const char *name);

#endif
