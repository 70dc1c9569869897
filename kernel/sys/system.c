/* System calls on the system as a whole, and on time: see table.h. */
#include "abi/errno.h"
#include "abi/reboot.h"
#include "abi/sysinfo.h"
#include "abi/time.h"
#include "arch/pte.h"
#include "dev/machine.h"
#include "dev/uart.h"
#include "fs/mount.h"
#include "lib/print.h"
#include "lib/random.h"
#include "lib/string.h"
#include "lib/util.h"
#include "mm/pagetable.h"
#include "mm/usercopy.h"
#include "proc/proc.h"
#include "proc/procfs_view.h"
#include "proc/signal.h"
#include "proc/system.h"
#include "sync/sched.h"
#include "sync/waitq.h"
#include "sys/arguments.h"
#include "sys/table.h"

#define NS_PER_S 1000000000L

long sys_uname(long to)
{
    return copy_to_user((uint64_t)to, &system_names, sizeof(system_names));
}

/* A name in the user's memory takes the place of another. */
static long set_name(char *name, long from, long length)
{
    char text[UTSNAME_LENGTH] = "";
    if (length < 0 || length >= UTSNAME_LENGTH)
        return -EINVAL;
    if (copy_from_user(text, (uint64_t)from, (size_t)length) != 0)
        return -EFAULT;
    memcpy(name, text, sizeof(text)); /* who reads it now may see a mixture */
    return 0;
}

long sys_sethostname(long name, long length)
{
    return set_name(system_names.nodename, name, length);
}

long sys_setdomainname(long name, long length)
{
    return set_name(system_names.domainname, name, length);
}

/* Averages of the load are not kept. */
long sys_sysinfo(long to)
{
    struct proc_totals totals;
    uint64_t states[PAGE_NSTATES], pins;
    proc_get_totals(&totals);
    page_count(states, &pins);
    const struct sysinfo info = {
        .uptime = (int64_t)clock_monotonic_ns() / NS_PER_S,
        .totalram = page_total() * PAGE_SIZE,
        .freeram = states[PAGE_FREE] * PAGE_SIZE,
        .procs = (uint16_t)totals.processes,
        .mem_unit = 1,
    };
    return copy_to_user((uint64_t)to, &info, sizeof(info));
}

long sys_reboot(long magic, long magic2, long command, long argument)
{
    if ((uint32_t)magic != LINUX_REBOOT_MAGIC1 || (uint32_t)magic2 != LINUX_REBOOT_MAGIC2)
        return -EINVAL;
    switch ((uint32_t)command) {
    case LINUX_REBOOT_CMD_POWER_OFF:
    case LINUX_REBOOT_CMD_HALT:
    case LINUX_REBOOT_CMD_RESTART: break;
    default: return -EINVAL;
    }
    if (fs_unmount() != 0) {
        kprintf("quire: not everything could be written to the disk\n");
        uart_drain();
        machine_exit(1);
    }
    uart_drain();
    machine_exit((uint32_t)command == LINUX_REBOOT_CMD_POWER_OFF ? (unsigned)argument & 0xff : 0);
}

/* --- Clocks --- */

static int64_t clock_ns(long clock)
{
    struct usage usage;
    switch ((int)clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE: return (int64_t)clock_realtime_ns();
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME: return (int64_t)clock_monotonic_ns();
    case CLOCK_PROCESS_CPUTIME_ID:
    case CLOCK_THREAD_CPUTIME_ID:
        spin_lock(&tree_lock);
        proc_get_usage(proc_current(), &usage);
        spin_unlock(&tree_lock);
        return (int64_t)(usage.user_ns + usage.system_ns);
    default: return -1;
    }
}

static int put_timespec(long to, int64_t ns)
{
    struct timespec t = {ns / NS_PER_S, ns % NS_PER_S};
    return copy_to_user((uint64_t)to, &t, sizeof(t));
}

long sys_clock_gettime(long clock, long to)
{
    int64_t ns = clock_ns(clock);
    return ns < 0 ? -EINVAL : put_timespec(to, ns);
}

long sys_clock_getres(long clock, long to)
{
    if (clock_ns(clock) < 0)
        return -EINVAL;
    return to == 0 ? 0 : put_timespec(to, NS_PER_S / (int64_t)machine.timebase);
}

long sys_gettimeofday(long to, long zone)
{
    uint64_t ns = clock_realtime_ns();
    struct timeval t = {(int64_t)(ns / NS_PER_S), (int64_t)(ns % NS_PER_S / 1000)};
    return to == 0 ? 0 : copy_to_user((uint64_t)to, &t, sizeof(t));
}

/* Sleeps until the monotonic clock shows `deadline`: 0 or -EINTR. */
static int sleep_until(uint64_t deadline)
{
    struct spinlock lock = SPINLOCK_INIT(RANK_WAIT);
    struct waitq nobody; /* wakes it: only the clock or a signal does */
    waitq_init(&nobody);
    spin_lock(&lock);
    int err = waitq_sleep_until(&nobody, &lock, deadline);
    spin_unlock(&lock);
    return err == -EINTR ? err : 0;
}

/* A sleep that is made again after a signal without a handler ends when it would have ended. */
static long sleep(long clock, long flags, long request, long remain)
{
    struct thread *t = thread_current();
    uint64_t ns, now = clock_monotonic_ns();
    int64_t shown = clock_ns(clock);
    if (shown < 0)
        return -EINVAL;
    int err = time_argument_get(&ns, (uint64_t)request);
    if (err != 0)
        return err;
    if (flags & TIMER_ABSTIME)
        ns = ns > (uint64_t)shown ? ns - (uint64_t)shown : 0;
    uint64_t deadline = t->sleep_deadline != 0 ? t->sleep_deadline : now + ns;
    err = sleep_until(deadline);
    now = clock_monotonic_ns();
    t->sleep_deadline = err != 0 ? deadline : 0;
    if (err != 0 && remain != 0 && !(flags & TIMER_ABSTIME) &&
        put_timespec(remain, deadline > now ? (int64_t)(deadline - now) : 0) != 0)
        return -EFAULT;
    return err;
}

long sys_clock_nanosleep(long clock, long flags, long request, long remain)
{
    return signal_restart(sleep(clock, flags, request, remain), clock, RESTART_NO_HANDLER);
}

long sys_nanosleep(long request, long remain)
{
    return signal_restart(sleep(CLOCK_MONOTONIC, 0, request, remain), request, RESTART_NO_HANDLER);
}

#define TICK_NS 10000000 /* of times(2): AT_CLKTCK is 100 */

long sys_times(long to)
{
    struct usage own, children;
    spin_lock(&tree_lock);
    proc_get_usage(proc_current(), &own);
    children = proc_current()->children_usage;
    spin_unlock(&tree_lock);
    const int64_t used[4] = {
        (int64_t)(own.user_ns / TICK_NS),
        (int64_t)(own.system_ns / TICK_NS),
        (int64_t)(children.user_ns / TICK_NS),
        (int64_t)(children.system_ns / TICK_NS),
    };
    if (to != 0 && copy_to_user((uint64_t)to, used, sizeof(used)) != 0)
        return -EFAULT;
    return (long)(clock_monotonic_ns() / TICK_NS);
}

/* --- The rest --- */

long sys_getrandom(long buffer, long size, long flags)
{
    uint64_t n = min_u64((uint64_t)size, 256);
    for (uint64_t done = 0; done < n; done += sizeof(uint64_t)) {
        uint64_t number = random_next();
        uint64_t part = min_u64(n - done, sizeof(number));
        if (copy_to_user((uint64_t)buffer + done, &number, part) != 0)
            return -EFAULT;
    }
    return (long)n;
}

/* For programs that make code: the hart that runs them next fetches what was written. */
long sys_riscv_flush_icache(long start, long end, long flags)
{
    icache_sync(thread_core_self()->mm);
    return 0;
}
