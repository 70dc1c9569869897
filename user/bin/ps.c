/* ps: lists all processes. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/quire.h>

enum { FIRST_GUESS = 64 };

#define KIB_PER_PAGE 4
#define NS_PER_MS    1000000

/* The array grows until there is room left: then no process was missing. */
static struct quire_proc *get_processes(size_t *count)
{
    for (size_t room = FIRST_GUESS;; room *= 2) {
        struct quire_proc *list = calloc(room, sizeof(*list));
        if (list == NULL)
            err(1, "%zu processes", room);
        long n = quire(QUIRE_PROCS, list, room * sizeof(*list));
        if (n < 0)
            err(1, "cannot list processes");
        if ((size_t)n < room) {
            *count = (size_t)n;
            return list;
        }
        free(list);
    }
}

int main(void)
{
    size_t count;
    struct quire_proc *list = get_processes(&count);
    printf("%5s %5s %5s S %8s %8s %9s NAME\n", "PID", "PPID", "PGID", "VSZ", "RSS", "TIME");
    for (size_t i = 0; i < count; i++) {
        const struct quire_proc *p = &list[i];
        unsigned long ms = p->cpu_ns / NS_PER_MS;
        printf("%5d %5d %5d %c %7luK %7luK %5lu.%03lu %.19s\n", p->pid, p->ppid, p->pgid, p->state,
               p->vm_pages * KIB_PER_PAGE, p->rss_pages * KIB_PER_PAGE, ms / 1000, ms % 1000,
               p->name);
    }
    return 0;
}
