/*
 * mmapfuzz [-q] [-v] [-p] [-x NAME,...] [-n SEEDS] SEED [STEPS]: random calls on memory, whose log
 * is the same on every kernel that does what Linux does, whatever the machine, as long as pages
 * have 4096 bytes. SEED alone decides what is done, and STEPS where it ends. tests/fuzz/run
 * compares the logs of Linux and Quire.
 *
 *     -n SEEDS  so many seeds, from SEED on
 *     -p        SEED with 1, 2, ... STEPS steps, each from the start: to find the shortest that
 *               differs, which may be shorter than where the log differs, as each run ends with a
 *               digest of all
 *     -x NAMES  leaves out these kinds of steps
 *     -q        prints what the kernel does not have, as -x wants it
 *     -v        names each run on the standard error as it starts
 *
 * Everything happens in an arena at a fixed address, and in three files; the log has a line for
 * each step. What is not asked for, as it is not specified or depends on the machine:
 *
 *   - where the kernel places what may go anywhere (it is moved to the arena, or unmapped)
 *   - contents of bytes behind a file's end that were stored through a shared mapping
 *   - MADV_FREE; MADV_WILLNEED without a file (an error without swap); what mincore finds
 *   - MAP_POPULATE of a private writable mapping of a file: whether it copies at once, and so
 *     whether later writes to the file are seen, is not said anywhere
 *   - calls with two errors at once; a write behind a file's end that fails with EFAULT, after
 * which the file is longer on ext4 and not on others
 *   - read and write between a page and itself, and with a buffer of which a part is bad: how much
 *     is done, and in which order
 *   - mremap of a range that is several mappings, or only one since a kernel merged them
 *   - PROT_EXEC alone, which some processors can refuse to load from; limits and locked memory,
 *     which depend on who runs this; handlers for signals: children die of the touches instead
 */
#include "fuzz.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

struct fuzz fuzz;

static const char *const names[] = {"mprotect", "mremap",     "dontunmap", "msync",  "madvise",
                                    "dontfork", "wipeonfork", "populate",  "mincore"};

enum { NAMES = sizeof(names) / sizeof(names[0]) };

static unsigned lacks_from(const char *list)
{
    unsigned lacks = 0;
    for (int i = 0; i < NAMES; i++)
        if (strstr(list, names[i]) != NULL)
            lacks |= 1u << i;
    return lacks;
}

static unsigned lack_if(long result, int error, unsigned lack)
{
    return result == -1 && errno == error ? lack : 0;
}

/* Each call once, in the way in which it can do nothing but succeed. */
static unsigned find_lacks(void)
{
    unsigned char resident[1];
    unsigned lacks = 0;
    uint8_t *at = mmap(at_page(0), PAGE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    lacks |= lack_if(mprotect(at, PAGE, PROT_READ | PROT_WRITE), ENOSYS, LACK_MPROTECT);
    lacks |= lack_if(msync(at, PAGE, MS_SYNC), ENOSYS, LACK_MSYNC);
    lacks |= lack_if(mincore(at, PAGE, resident), ENOSYS, LACK_MINCORE);
    lacks |= lack_if(madvise(at, PAGE, MADV_NORMAL), ENOSYS, LACK_MADVISE);
    lacks |= lack_if(madvise(at, PAGE, MADV_DONTFORK), EINVAL, LACK_DONTFORK);
    lacks |= lack_if(madvise(at, PAGE, MADV_WIPEONFORK), EINVAL, LACK_WIPEONFORK);
    lacks |= lack_if(madvise(at, PAGE, MADV_POPULATE_READ), EINVAL, LACK_POPULATE);
    lacks |= lack_if((long)mremap(at, PAGE, PAGE, 0), ENOSYS, LACK_MREMAP);
    int flags = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;
    lacks |= lack_if((long)mremap(at, PAGE, PAGE, flags, at_page(1)), EINVAL, LACK_DONTUNMAP);
    return lacks;
}

static void print_lacks(unsigned lacks)
{
    const char *comma = "";
    for (int i = 0; i < NAMES; i++) {
        if (lacks & (1u << i)) {
            printf("%s%s", comma, names[i]);
            comma = ",";
        }
    }
    printf("\n");
}

static void run_in_folder(unsigned seed, unsigned steps)
{
    if (!files_open(seed)) {
        say("files: %s\n", strerror(errno));
        _exit(97);
    }
    forget((struct range){0, PAGES});
    random_start(seed);
    run_steps(steps);
    say("end ");
    digest_all();
    _exit(0);
}

/* In a child and a folder of its own; the name of a file that is gone is no error. */
static void run(unsigned seed, unsigned steps)
{
    char folder[32];
    int status = -1;
    snprintf(folder, sizeof(folder), "mmapfuzz-%u", seed);
    mkdir(folder, 0777);
    if (chdir(folder) != 0) {
        perror(folder);
        exit(1);
    }
    say("seed %u steps %u\n", seed, steps);
    pid_t pid = fork();
    if (pid == 0)
        run_in_folder(seed, steps);
    if (pid > 0)
        waitpid(pid, &status, 0);
    say("seed %u", seed);
    say_ended(status);
    unlink("f0");
    unlink("f1");
    unlink("f2");
    if (chdir("..") != 0 || rmdir(folder) != 0)
        perror(folder);
}

static int usage(void)
{
    fprintf(stderr, "usage: mmapfuzz [-q] [-v] [-p] [-x NAME,...] [-n SEEDS] SEED [STEPS]\n");
    return 2;
}

int main(int argc, char **argv)
{
    unsigned seeds = 1;
    bool verbose = false, prefixes = false;
    for (int option; (option = getopt(argc, argv, "qvpx:n:")) != -1;) {
        switch (option) {
        case 'q': print_lacks(find_lacks()); return 0;
        case 'v': verbose = true; break;
        case 'p': prefixes = true; break;
        case 'x': fuzz.lacks = lacks_from(optarg); break;
        case 'n': seeds = (unsigned)atoi(optarg); break;
        default: return usage();
        }
    }
    if (optind == argc)
        return usage();
    unsigned seed = (unsigned)atoi(argv[optind]);
    unsigned steps = optind + 1 < argc ? (unsigned)atoi(argv[optind + 1]) : 200;
    for (unsigned i = 0; i < (prefixes ? steps : seeds); i++) {
        if (verbose)
            fprintf(stderr, "mmapfuzz: seed %u\n", prefixes ? seed : seed + i);
        run(prefixes ? seed : seed + i, prefixes ? i + 1 : steps);
    }
    return 0;
}
