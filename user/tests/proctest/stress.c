/* Much at once, and with too little memory. */
#include "tests.h"

#include <dirent.h>
#include <stdlib.h>

#define ROUNDS 30

/* Reads a file to its end, or as far as it goes. */
static void drain(const char *path)
{
    char bytes[1024];
    int fd = open(path, O_RDONLY);
    ssize_t n;
    if (fd < 0)
        return;
    while ((n = read(fd, bytes, sizeof(bytes))) > 0) {
    }
    CHECK(n == 0 || errno == ESRCH || errno == EINVAL || errno == ENOMEM, "read %s", path);
    close(fd);
}

/* All that is to be seen of the group's processes of this moment: other programs' are left alone.
 */
static void look_at_all(void)
{
    static const char *const names[] = {"maps",   "smaps",   "stat",    "statm", "status",
                                        "limits", "cmdline", "environ", "comm",  "mounts"};
    DIR *dir = opendir("/proc");
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        char target[256];
        long pid = atol(entry->d_name);
        if (pid <= 1 || getpgid((pid_t)pid) != getpgrp())
            continue;
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
            drain(proc_path(pid, names[i]));
        readlink(proc_path(pid, "cwd"), target, sizeof(target));
        readlink(proc_path(pid, "fd/1"), target, sizeof(target));
        write_text(proc_path(pid, "clear_refs"), "4");
        write_text(proc_path(pid, "clear_refs"), "1");
    }
    if (dir != NULL)
        closedir(dir);
}

static void child_looks(void *unused)
{
    for (unsigned i = 0; i < ROUNDS; i++)
        look_at_all();
}

/* Maps, stores, forks, changes its folder and its files: what others look at meanwhile. */
static void child_changes(void *unused)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint8_t *at = map(32 * PAGE, RW, ANON, -1, 0);
        int fd = open("/dev/zero", O_RDWR);
        fill(at, 32 * PAGE, i, i);
        pid_t pid = fork();
        if (pid == 0) {
            bool same = holds(at, 32 * PAGE, i, i);
            fill(at, 16 * PAGE, i, i + 1);
            _exit(!same || !holds(at, 16 * PAGE, i, i + 1));
        }
        CHECK(chdir(i % 2 == 0 ? "/proc" : "/dev/shm") == 0, "chdir");
        mprotect(at, 8 * PAGE, PROT_READ);
        CHECK(finish(pid), "a child's memory");
        CHECK(holds(at, 32 * PAGE, i, i), "and the parent's");
        munmap(at, 32 * PAGE);
        close(fd);
    }
}

void stress_looking(void)
{
    MUST(setpgid(0, 0) == 0, "a group of its own");
    for (unsigned i = 0; i < 3; i++) {
        start(child_changes, NULL);
        start(child_looks, NULL);
    }
    CHECK(finish_all(6), "all of them end well");
}

#if TEST_HAS_QUIRE

/* What a program does with /proc and /dev/shm, once. */
static void use_everything(const char *name)
{
    char target[128];
    drain("/proc/self/maps");
    drain("/proc/self/smaps");
    drain("/proc/self/status");
    drain("/proc/meminfo");
    readlink("/proc/self/exe", target, sizeof(target));
    readlink("/proc/self/fd/1", target, sizeof(target));
    int fd = open(name, O_RDWR | O_CREAT, 0600);
    if (fd >= 0) {
        if (write(fd, "text", 4) == 4)
            CHECK(file_byte(fd, 1) == 'e' || errno == ENOMEM, "what was written");
        close(fd);
    }
    if (rename(name, "/dev/shm/proctest.other") == 0)
        unlink("/dev/shm/proctest.other");
    unlink(name);
}

/* Each allocation of a call fails once; what is left over shows in the audit. */
void stress_without_memory(void)
{
    char name[64];
    snprintf(name, sizeof(name), "/dev/shm/proctest.%d", (int)getpid());
    if (!test_on_quire())
        return;
    long left = 0;
    for (unsigned long n = 1; n < 400 && left == 0; n++) {
        quire(QUIRE_FAIL_ALLOC, NULL, n);
        use_everything(name);
        left = quire(QUIRE_FAIL_ALLOC, NULL, 0);
    }
    CHECK(left > 0, "every allocation had its turn");
    CHECK(access(name, F_OK) < 0, "no name is left");
    CHECK(quire(QUIRE_AUDIT, NULL, 0) == 0, "the audit");
}

#else

void stress_without_memory(void)
{
    test_skip("allocations cannot be made to fail");
}

#endif
