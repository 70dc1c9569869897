/* Files and directories with names that nobody has yet. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TRIES  100
#define MARK   "XXXXXX"
#define MARK_N (sizeof(MARK) - 1)

static uint64_t random_word(void)
{
    uint64_t word;
    if (getrandom(&word, sizeof(word), 0) == sizeof(word))
        return word;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_nsec * 0x9e3779b97f4a7c15UL ^ (uint64_t)getpid();
}

/* The place of the X's at the pattern's end; NULL and errno if they are not there. */
static char *find_mark(char *pattern)
{
    size_t length = strlen(pattern);
    if (length >= MARK_N && strcmp(pattern + length - MARK_N, MARK) == 0)
        return pattern + length - MARK_N;
    errno = EINVAL;
    return NULL;
}

static void fill_mark(char *mark)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    uint64_t word = random_word();
    for (size_t i = 0; i < MARK_N; i++, word /= sizeof(letters) - 1)
        mark[i] = letters[word % (sizeof(letters) - 1)];
}

int mkstemp(char *pattern)
{
    char *mark = find_mark(pattern);
    for (int i = 0; mark != NULL && i < TRIES; i++) {
        fill_mark(mark);
        int fd = open(pattern, O_RDWR | O_CREAT | O_EXCL, 0600);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

char *mkdtemp(char *pattern)
{
    char *mark = find_mark(pattern);
    for (int i = 0; mark != NULL && i < TRIES; i++) {
        fill_mark(mark);
        if (mkdir(pattern, 0700) == 0)
            return pattern;
        if (errno != EEXIST)
            break;
    }
    return NULL;
}
