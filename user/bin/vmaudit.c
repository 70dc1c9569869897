/*
 * vmaudit [command [argument...]]: has the kernel check its records of every page.
 *
 * With a command it runs that first, and looks for what is still in use when it has ended and was
 * not before: pages by what they are used for, and the kernel's structures, by the page too. Cached
 * data that nobody uses is written and dropped before each look, so that the numbers are exact; but
 * nothing else may run meanwhile. Slabs are counted by the structures in them, for the kernel may
 * keep empty ones.
 *
 * The last line is `vmaudit: N violations, M leaked pages`, without the second number if there was
 * no command. The exit status is the command's; if that is 0, 1 if there were any.
 */
#include "common/counts.h"

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/quire.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * What an ended process leaves is gone only when its hart has switched to another one, and the
 * flusher may be at work; a leak is what is still there after so many looks.
 */
enum { LOOKS = 100, NAP_NS = 20000000, PAGE = 4096 };

static void look(struct quire_memory *memory)
{
    if (quire(QUIRE_DROP_CACHES, NULL, 0) < 0)
        err(125, "cannot drop caches");
    if (quire(QUIRE_MEMORY, memory, sizeof(*memory)) < 0)
        err(125, "cannot look at the memory");
}

/* --- Comparing --- */

static bool is_compared(int state)
{
    return state != PAGE_FREE && state != PAGE_SLAB;
}

/* How much more there is, said if asked for. */
static unsigned long excess(const char *what, unsigned long before, unsigned long after, bool say)
{
    if (after <= before)
        return 0;
    if (say)
        printf("vmaudit: %s: %lu before, %lu after\n", what, before, after);
    return after - before;
}

static unsigned long excess_pages(const struct quire_memory *before,
                                  const struct quire_memory *after, bool say)
{
    unsigned long pages = 0;
    for (int i = 0; i < PAGE_NSTATES; i++)
        if (is_compared(i))
            pages += excess(page_state_names[i], before->pages[i], after->pages[i], say);
    for (int i = 0; i < QUIRE_NSLABS && after->slabs[i].name[0] != '\0'; i++) {
        char name[sizeof(after->slabs[i].name) + 1] = "";
        memcpy(name, after->slabs[i].name, sizeof(after->slabs[i].name));
        unsigned long more = excess(name, before->slabs[i].in_use, after->slabs[i].in_use, say);
        pages += (more * after->slabs[i].object_size + PAGE - 1) / PAGE;
    }
    pages += excess("pins", before->pins, after->pins, say);
    return pages;
}

/* Looks until there is no more than before, or it will not go away. */
static void look_after(const struct quire_memory *before, struct quire_memory *after)
{
    const struct timespec nap = {.tv_nsec = NAP_NS};
    look(after);
    for (int i = 0; i < LOOKS && excess_pages(before, after, false) > 0; i++) {
        nanosleep(&nap, NULL);
        look(after);
    }
}

/* --- Running --- */

/* Runs a command, or nothing; returns its exit status. */
static int run(char **argv)
{
    int status;
    pid_t pid = fork();
    if (pid < 0)
        err(125, "cannot fork");
    if (pid == 0) {
        if (argv == NULL)
            _exit(0);
        execvp(argv[0], argv);
        warn("%s", argv[0]);
        _exit(errno == ENOENT ? 127 : 126);
    }
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            err(125, "cannot wait");
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/*
 * The numbers to compare with. Going through all once before makes this program touch whatever
 * memory of its own it will touch.
 */
static void look_before(struct quire_memory *before)
{
    static struct quire_memory warm;
    look(&warm);
    run(NULL);
    look_after(&warm, before);
}

static long audit(void)
{
    long violations = quire(QUIRE_AUDIT, NULL, 0);
    if (violations < 0)
        err(125, "cannot audit");
    return violations;
}

int main(int argc, char **argv)
{
    static struct quire_memory before, after;
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    if (argc < 2) {
        long violations = audit();
        printf("vmaudit: %ld violations\n", violations);
        return violations != 0;
    }
    look_before(&before);
    int status = run(argv + 1);
    look_after(&before, &after);
    unsigned long leaked = excess_pages(&before, &after, true);
    long violations = audit();
    printf("vmaudit: %ld violations, %lu leaked pages\n", violations, leaked);
    return status != 0 ? status : violations != 0 || leaked != 0;
}
