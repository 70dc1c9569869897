/* Processes whose threads all leave at the same moment: any of them may be the last. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS   4
#define PROCESSES 400

static pthread_barrier_t barrier;

static void *leaves(void *argument)
{
    pthread_barrier_wait(&barrier);
    return NULL;
}

static void lives(void)
{
    pthread_t thread;
    pthread_barrier_init(&barrier, NULL, THREADS + 1);
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&thread, NULL, leaves, NULL) != 0)
            _exit(1);
    pthread_barrier_wait(&barrier);
    pthread_exit(NULL);
}

int main(void)
{
    int good = 0, status;
    for (int i = 0; i < PROCESSES; i++) {
        pid_t pid = fork();
        if (pid == 0)
            lives();
        good += waitpid(pid, &status, 0) == pid && status == 0;
    }
    printf("%d of %d processes ended well\n", good, PROCESSES);
    return good != PROCESSES;
}
