/*
 * What the test programs share. A program is a row of CHECKs and ends with `return check_end();`,
 * which prints the line that the script beside it counts.
 */
#ifndef TESTS_XV6_CHECK_H
#define TESTS_XV6_CHECK_H

static int check_passed, check_failed;

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (condition) {                                                       \
            check_passed++;                                                    \
        } else {                                                               \
            check_failed++;                                                    \
            printf("FAILED %s line %d: %s\n", __FILE__, __LINE__, #condition); \
        }                                                                      \
    } while (0)

static inline int check_end(void)
{
    printf("checks: %d passed, %d failed\n", check_passed, check_failed);
    return check_failed != 0;
}

/* The status of a child that runs the function and then ends with 0. */
static inline int status_of(void (*function)(void))
{
    int status = 1000;
    int pid = fork();
    if (pid == 0) {
        function();
        exit(0);
    }
    return pid > 0 && wait(&status) == pid ? status : 1001;
}

#endif
