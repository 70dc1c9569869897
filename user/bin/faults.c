/*
 * faults [command [argument...]]: page faults by kind.
 *
 * With a command it runs that, and prints on standard error what it and its children took; the exit
 * status is the command's. Without one it prints what the whole system took since boot. On a kernel
 * that does not count by kind it prints the faults with and without disk reads.
 */
#include "common/counts.h"

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/quire.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void print_count(FILE *to, const char *name, unsigned long count)
{
    fprintf(to, "%-20s %8lu\n", name, count);
}

/* The total, and above it each kind, or each that occurred. */
static void print_by_kind(FILE *to, const struct quire_faults *faults, bool all)
{
    unsigned long total = 0;
    for (int i = 0; i < FAULT_NKINDS; i++) {
        total += faults->count[i];
        if (all || faults->count[i] != 0)
            print_count(to, fault_names[i], faults->count[i]);
    }
    print_count(to, "total", total);
}

static int print_system(void)
{
    struct quire_faults faults;
    if (quire(QUIRE_FAULTS_SYSTEM, &faults, sizeof(faults)) < 0)
        err(1, "no counts");
    printf("%-20s %8s\n", "page faults", "number");
    print_by_kind(stdout, &faults, true);
    return 0;
}

static void print_children(void)
{
    struct quire_faults faults;
    struct rusage usage;
    if (quire(QUIRE_FAULTS_CHILDREN, &faults, sizeof(faults)) == 0) {
        print_by_kind(stderr, &faults, false);
    } else if (getrusage(RUSAGE_CHILDREN, &usage) == 0) {
        print_count(stderr, "without disk read", (unsigned long)usage.ru_minflt);
        print_count(stderr, "with disk read", (unsigned long)usage.ru_majflt);
    } else {
        warn("no counts");
    }
}

int main(int argc, char **argv)
{
    int status;
    if (argc < 2)
        return print_system();
    pid_t pid = fork();
    if (pid < 0)
        err(125, "cannot fork");
    if (pid == 0) {
        execvp(argv[1], argv + 1);
        warn("%s", argv[1]);
        _exit(errno == ENOENT ? 127 : 126);
    }
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            err(125, "cannot wait");
    print_children();
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
