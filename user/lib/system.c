/* The system as a whole: its name, its limits, its end, and the questions only Quire answers. */
#include "syscall.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/quire.h>
#include <sys/random.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#define CLOCK_TICKS 100 /* what Linux tells programs, whatever its timer does */

int uname(struct utsname *name)
{
    return (int)SYSCALL1(SYS_uname, name);
}

int sysinfo(struct sysinfo *info)
{
    return (int)SYSCALL1(SYS_sysinfo, info);
}

int reboot(int command)
{
    return (int)SYSCALL4(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, command, 0);
}

/*
 * Under qemu-user the call would reach the kernel of whoever runs the program, and might switch
 * that machine off.
 */
static bool is_quire(void)
{
    return getpid() == 1 || quire(QUIRE_FAULTS_SELF, NULL, 0) >= 0 || errno != ENOSYS;
}

int quire_power_off(int status)
{
    if (!is_quire())
        return -1;
    return (int)SYSCALL4(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
                         LINUX_REBOOT_CMD_POWER_OFF, status);
}

long quire(int operation, void *argument, unsigned long size)
{
    return SYSCALL3(SYS_quire, operation, argument, size);
}

ssize_t getrandom(void *to, size_t n, unsigned flags)
{
    return SYSCALL3(SYS_getrandom, to, n, flags);
}

int getrusage(int who, struct rusage *usage)
{
    return (int)SYSCALL2(SYS_getrusage, who, usage);
}

int prlimit(pid_t pid, int resource, const struct rlimit *limit, struct rlimit *old)
{
    return (int)SYSCALL4(SYS_prlimit64, pid, resource, limit, old);
}

int getrlimit(int resource, struct rlimit *limit)
{
    return prlimit(0, resource, NULL, limit);
}

int setrlimit(int resource, const struct rlimit *limit)
{
    return prlimit(0, resource, limit, NULL);
}

/* The arguments depend on the option; what is not there is not looked at. */
int prctl(int option, ...)
{
    va_list list;
    va_start(list, option);
    long a = va_arg(list, long), b = va_arg(list, long);
    long c = va_arg(list, long), d = va_arg(list, long);
    va_end(list);
    return (int)SYSCALL5(SYS_prctl, option, a, b, c, d);
}

int getpagesize(void)
{
    return PAGE_SIZE;
}

/* One bit for each hart that may run this process; 1 if the kernel does not say. */
static long count_harts(void)
{
    unsigned long mask[16] = {0};
    long count = 0;
    if (syscall3(SYS_sched_getaffinity, 0, sizeof(mask), (long)mask) < 0)
        return 1;
    for (size_t i = 0; i < sizeof(mask) / sizeof(mask[0]); i++)
        count += __builtin_popcountl(mask[i]);
    return count;
}

static long count_pages(int name)
{
    struct sysinfo info;
    if (sysinfo(&info) < 0)
        return -1;
    uint64_t units = name == _SC_PHYS_PAGES ? info.totalram : info.freeram;
    return (long)(units * info.mem_unit / PAGE_SIZE);
}

static long open_limit(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_NOFILE, &limit) < 0 ? -1 : (long)limit.rlim_cur;
}

long sysconf(int name)
{
    switch (name) {
    case _SC_ARG_MAX: return ARG_MAX;
    case _SC_CLK_TCK: return CLOCK_TICKS;
    case _SC_OPEN_MAX: return open_limit();
    case _SC_PAGESIZE: return PAGE_SIZE;
    case _SC_NPROCESSORS_CONF:
    case _SC_NPROCESSORS_ONLN: return count_harts();
    case _SC_PHYS_PAGES:
    case _SC_AVPHYS_PAGES: return count_pages(name);
    default: errno = EINVAL; return -1;
    }
}
