/*
 * Processes. A status of xv6 has 32 bits and one of Quire 8: from 0 to 254 they are the same, and
 * all others are 255 to Quire and stand in a file, 4 bytes for each process id.
 */
#include "shim.h"

#include "../user/user.h"

#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/quire.h"
#include "abi/signal.h"
#include "abi/wait.h"

#define STATUS_FILE      "/tmp/.xv6-status"
#define STATUS_ELSEWHERE 255

/* Fills the caller's table as xv6's would be: those that only wait for init are not in it. */
static bool is_table_full(void)
{
    struct quire_proc procs[NPROC];
    long n = syscall3(SYS_quire, QUIRE_PROCS, (long)procs, sizeof(procs));
    int count = 0;
    for (long i = 0; i < n; i++)
        if (procs[i].state != 'Z' || procs[i].ppid != 1)
            count++;
    return count == NPROC;
}

int fork(void)
{
    if (is_table_full())
        return -1;
    return __xv6_result(CALL4(SYS_clone, SIGCHLD, 0, 0, 0));
}

static long open_status_file(int flags)
{
    return CALL4(SYS_openat, AT_FDCWD, STATUS_FILE, flags, 0600);
}

/* If it cannot be kept it reads as -1. */
static void keep_status(int status)
{
    long fd = open_status_file(O_WRONLY | O_CREAT);
    if (fd < 0)
        return;
    CALL4(SYS_pwrite64, fd, &status, sizeof(status), (uint)getpid() * sizeof(status));
    close((int)fd);
}

static int kept_status(int pid)
{
    int status = -1;
    long fd = open_status_file(O_RDONLY);
    if (fd < 0)
        return -1;
    CALL4(SYS_pread64, fd, &status, sizeof(status), (uint)pid * sizeof(status));
    close((int)fd);
    return status;
}

int exit(int status)
{
    bool fits = status >= 0 && status < STATUS_ELSEWHERE;
    if (!fits)
        keep_status(status);
    for (;;)
        syscall3(SYS_exit_group, fits ? status : STATUS_ELSEWHERE, 0, 0);
}

/* The kernel writes to the caller's memory, and so knows whether it can. */
int wait(int *status)
{
    int pid = __xv6_result(CALL4(SYS_wait4, -1, status, 0, 0));
    if (pid > 0 && status != NULL) {
        if (!WIFEXITED(*status))
            *status = -1;
        else if (WEXITSTATUS(*status) == STATUS_ELSEWHERE)
            *status = kept_status(pid);
        else
            *status = WEXITSTATUS(*status);
    }
    return pid;
}

int kill(int pid)
{
    return pid <= 0 ? -1 : __xv6_result(syscall3(SYS_kill, pid, SIGKILL, 0));
}

int getpid(void)
{
    return (int)syscall3(SYS_getpid, 0, 0, 0);
}

/* --- exec --- */

/* Whether they are fewer than MAXARG and fit on one page, where xv6 has its stack. */
static bool arguments_fit(char **argv)
{
    uint64 size = sizeof(*argv);
    for (int i = 0; i < MAXARG; i++) {
        if (!__xv6_can_read(&argv[i]))
            return false;
        if (argv[i] == NULL)
            return size <= PGSIZE;
        if (!__xv6_can_read_string(argv[i]))
            return false;
        size += sizeof(*argv) + ((strlen(argv[i]) + 1UL + 15) & ~15UL);
    }
    return false;
}

static long exec_in(const char *folder, const char *name, char **argv)
{
    char path[MAXPATH + 8];
    strcpy(path, folder);
    strcpy(path + strlen(folder), name);
    return syscall3(SYS_execve, (long)path, (long)argv, (long)__xv6_environment);
}

/* A bare name is also looked up where all programs are. */
int exec(const char *path, char **argv)
{
    if (!__xv6_can_read_string(path) || strlen(path) >= MAXPATH || !arguments_fit(argv))
        return -1;
    long result = exec_in("", path, argv);
    if (result == -ENOENT && strchr(path, '/') == NULL) {
        exec_in("/", path, argv);
        exec_in("/bin/", path, argv);
    }
    return -1;
}
