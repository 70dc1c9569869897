/* Which step is next, and fork, whose child takes some of its own. */
#include "fuzz.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DEPTH = 2, FIRST_MAPPINGS = 6 };

static void step_fork(void);

struct kind {
    void (*run)(void);
    unsigned weight, lack;
};

static const struct kind kinds[] = {
    {step_mmap, 16, 0},
    {step_mmap_wrong, 2, 0},
    {step_munmap, 6, 0},
    {step_mprotect, 8, LACK_MPROTECT},
    {step_remap, 10, LACK_MREMAP},
    {step_remap_twice, 1, LACK_MREMAP},
    {step_remap_wrong, 2, LACK_MREMAP},
    {step_madvise, 8, LACK_MADVISE},
    {step_msync, 3, LACK_MSYNC},
    {step_mincore, 1, LACK_MINCORE},
    {step_load, 10, 0},
    {step_store, 14, 0},
    {step_fill, 6, 0},
    {step_probe, 5, 0},
    {step_pread, 4, 0},
    {step_pwrite, 5, 0},
    {step_read, 3, 0},
    {step_write, 4, 0},
    {step_truncate, 3, 0},
    {step_flush, 1, 0},
    {step_digest, 3, 0},
    {step_fork, 4, 0},
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static bool is_left_out(const struct kind *kind)
{
    return (kind->lack & fuzz.lacks) != 0 || (kind->run == step_fork && fuzz.depth == DEPTH);
}

static void run_step(void)
{
    unsigned total = 0;
    if (fuzz.depth == 0 && fuzz.step <= FIRST_MAPPINGS) {
        step_mmap();
        return;
    }
    for (int i = 0; i < KINDS; i++)
        total += is_left_out(&kinds[i]) ? 0 : kinds[i].weight;
    unsigned dice = below(total);
    for (int i = 0; i < KINDS; i++) {
        unsigned weight = is_left_out(&kinds[i]) ? 0 : kinds[i].weight;
        if (dice < weight) {
            kinds[i].run();
            return;
        }
        dice -= weight;
    }
}

void run_steps(unsigned steps)
{
    for (fuzz.step = 1; fuzz.step <= steps; fuzz.step++) {
        say("%s%u ", fuzz.prefix, fuzz.step);
        run_step();
    }
}

/* Some steps numbered apart, as part of this one: "12p1" of the parent, "12c1" of the child. */
static void run_part(unsigned steps, char letter)
{
    char prefix[sizeof(fuzz.prefix)];
    unsigned step = fuzz.step;
    memcpy(prefix, fuzz.prefix, sizeof(prefix));
    snprintf(fuzz.prefix + strlen(prefix), sizeof(prefix) - strlen(prefix), "%u%c", step, letter);
    run_steps(steps);
    memcpy(fuzz.prefix, prefix, sizeof(prefix));
    fuzz.step = step;
}

/* The two halves of the child, and what the parent does between them. */
struct family {
    unsigned first, between, second, child_random;
    bool is_killed;
    int to_child[2], to_parent[2];
};

static void be_child(const struct family *f)
{
    char byte = 0;
    close(f->to_parent[0]);
    close(f->to_child[1]);
    fuzz.depth++;
    forget_dontfork();
    random_start(f->child_random);
    run_part(f->first, 'c');
    if (write(f->to_parent[1], &byte, 1) != 1 || read(f->to_child[0], &byte, 1) != 1)
        _exit(98);
    run_part(f->second, 'd');
    say("%s%u child: ", fuzz.prefix, fuzz.step);
    int status = (int)(digest_all() & 63);
    if (f->is_killed)
        kill(getpid(), SIGKILL);
    _exit(status);
}

/* One of the two runs at a time. The parent keeps both ends of to_child: no SIGPIPE. */
static void be_parent(const struct family *f, pid_t pid)
{
    char byte = 0;
    int status = -1;
    close(f->to_parent[1]);
    if (read(f->to_parent[0], &byte, 1) == 1) {
        fuzz.depth++;
        run_part(f->between, 'p');
        fuzz.depth--;
    }
    if (write(f->to_child[1], &byte, 1) != 1 || waitpid(pid, &status, 0) != pid)
        status = -1;
    say("%s%u wait", fuzz.prefix, fuzz.step);
    say_ended(status);
    close(f->to_parent[0]);
    close(f->to_child[0]);
    close(f->to_child[1]);
}

static void step_fork(void)
{
    struct family f = {.first = below(5),
                       .between = below(5),
                       .second = below(6),
                       .child_random = below(1000000),
                       .is_killed = one_in(4)};
    if (pipe(f.to_child) != 0 || pipe(f.to_parent) != 0) {
        say("pipe");
        say_result(-1);
        return;
    }
    say("fork: %u and %u steps, %u between\n", f.first, f.second, f.between);
    pid_t pid = fork();
    if (pid == 0)
        be_child(&f);
    else if (pid > 0)
        be_parent(&f, pid);
    else
        say_result(-1);
}
