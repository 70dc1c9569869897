/*
 * faults command [argument...]: runs a command, then prints on standard error how many page faults
 * it and its children took, by kind. The exit status is the command's. On a kernel that does not
 * count them by kind it prints those with and without disk reads.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <sys/quire.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const kinds[FAULT_NKINDS] = {
    [FAULT_STACK_GROW] = "stack grown",
    [FAULT_DISK_READ] = "read from disk",
    [FAULT_COW_COPY] = "copied on write",
    [FAULT_COW_REUSE] = "reused on write",
    [FAULT_ZERO_FILL] = "filled with zeros",
    [FAULT_ZERO_READ] = "zero page mapped",
    [FAULT_CACHE_HIT] = "found in cache",
    [FAULT_WRITE_ENABLE] = "made writable",
    [FAULT_SPURIOUS] = "nothing to do",
    [FAULT_SEGV] = "segmentation fault",
    [FAULT_BUS] = "bus error",
    [FAULT_OOM] = "out of memory",
};

static void print_count(const char *name, unsigned long count)
{
    fprintf(stderr, "%-20s %8lu\n", name, count);
}

static void print_by_kind(const struct quire_faults *faults)
{
    unsigned long total = 0;
    for (int i = 0; i < FAULT_NKINDS; i++) {
        total += faults->count[i];
        if (faults->count[i] != 0)
            print_count(kinds[i], faults->count[i]);
    }
    print_count("total", total);
}

static void print_faults(void)
{
    struct quire_faults faults;
    struct rusage usage;
    if (quire(QUIRE_FAULTS_CHILDREN, &faults, sizeof(faults)) == 0) {
        print_by_kind(&faults);
    } else if (getrusage(RUSAGE_CHILDREN, &usage) == 0) {
        print_count("without disk read", (unsigned long)usage.ru_minflt);
        print_count("with disk read", (unsigned long)usage.ru_majflt);
    } else {
        warn("no counts");
    }
}

int main(int argc, char **argv)
{
    int status;
    if (argc < 2)
        errx(125, "usage: faults command [argument...]");
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
    print_faults();
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
