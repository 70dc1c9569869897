/* What /proc says of the system as a whole, in Linux's formats (proc(5)). */
#include "abi/errno.h"
#include "abi/quire.h"
#include "abi/utsname.h"
#include "fs/shm.h"
#include "lib/caps.h"
#include "lib/random.h"
#include "lib/util.h"
#include "mm/reclaim.h"
#include "proc/procfs.h"
#include "proc/procfs_nodes.h"
#include "proc/sched.h"
#include "proc/system.h"

#define NS_PER_S 1000000000UL
#define TICK_NS  10000000

static void (*sum_faults)(uint64_t *counts); /* [const after boot] */

void procfs_set_faults(void (*sum)(uint64_t *counts))
{
    sum_faults = sum;
}

/* --- Memory --- */

static void print_pages(struct text *t, const char *name, uint64_t pages)
{
    uint64_t begin = t->length;
    text_print(t, "%s:", name);
    text_pad(t, t->length - begin, 16);
    text_print(t, "%8lu kB\n", (long)(pages * (PAGE_SIZE / 1024)));
}

/* Memory that could be had if it were asked for: free, or cached and on the disk too. */
int print_meminfo(struct text *t, struct proc_view *v)
{
    uint64_t states[PAGE_NSTATES], pins, dirty = object_count_dirty();
    page_count(states, &pins);
    print_pages(t, "MemTotal", page_total());
    print_pages(t, "MemFree", states[PAGE_FREE]);
    print_pages(t, "MemAvailable", states[PAGE_FREE] + reclaim_count());
    print_pages(t, "Buffers", 0);
    print_pages(t, "Cached", states[PAGE_CACHE]);
    print_pages(t, "SwapCached", 0);
    print_pages(t, "SwapTotal", 0);
    print_pages(t, "SwapFree", 0);
    print_pages(t, "Dirty", dirty);
    print_pages(t, "Writeback", 0);
    print_pages(t, "AnonPages", states[PAGE_ANON]);
    print_pages(t, "Slab", states[PAGE_SLAB]);
    print_pages(t, "KernelStack", states[PAGE_STACK]);
    print_pages(t, "PageTables", states[PAGE_TABLE]);
    return 0;
}

int print_vmstat(struct text *t, struct proc_view *v)
{
    uint64_t states[PAGE_NSTATES], pins, faults[FAULT_NKINDS], all = 0;
    page_count(states, &pins);
    sum_faults(faults);
    for (unsigned kind = 0; kind < FAULT_NKINDS; kind++)
        all += faults[kind];
    text_print(t, "nr_free_pages %lu\nnr_anon_pages %lu\nnr_file_pages %lu\nnr_dirty %lu\n",
               (long)states[PAGE_FREE], (long)states[PAGE_ANON], (long)states[PAGE_CACHE],
               (long)object_count_dirty());
    text_print(t, "nr_page_table_pages %lu\nnr_slab %lu\npgfault %lu\npgmajfault %lu\n",
               (long)states[PAGE_TABLE], (long)states[PAGE_SLAB], (long)all,
               (long)faults[FAULT_DISK_READ]);
    return 0;
}

int print_overcommit(struct text *t, struct proc_view *v)
{
    text_print(t, "1\n"); /* pages are counted when they are touched */
    return 0;
}

int print_max_map_count(struct text *t, struct proc_view *v)
{
    text_print(t, "%d\n", MAX_VMAS);
    return 0;
}

/* --- Harts and time --- */

int print_cpuinfo(struct text *t, struct proc_view *v)
{
    unsigned n = 0;
    for (unsigned hart = 0; hart < MAX_HARTS; hart++)
        if (sched_harts() >> hart & 1)
            text_print(t, "processor\t: %u\nhart\t\t: %u\nisa\t\t: rv64imafdc\nmmu\t\t: sv39\n\n",
                       n++, hart);
    return 0;
}

static unsigned count_harts(void)
{
    unsigned n = 0;
    for (uint64_t harts = sched_harts(); harts != 0; harts &= harts - 1)
        n++;
    return n;
}

static uint64_t idle_ns(const struct proc_totals *totals)
{
    uint64_t all = clock_monotonic_ns() * count_harts();
    uint64_t busy = totals->user_ns + totals->system_ns;
    return all > busy ? all - busy : 0;
}

static void print_seconds(struct text *t, uint64_t ns)
{
    text_print(t, "%lu.%02lu", (long)(ns / NS_PER_S), (long)(ns % NS_PER_S / TICK_NS));
}

int print_uptime(struct text *t, struct proc_view *v)
{
    struct proc_totals totals;
    proc_get_totals(&totals);
    print_seconds(t, clock_monotonic_ns());
    text_put(t, " ", 1);
    print_seconds(t, idle_ns(&totals));
    text_put(t, "\n", 1);
    return 0;
}

/* Averages are not kept. */
int print_loadavg(struct text *t, struct proc_view *v)
{
    struct proc_totals totals;
    proc_get_totals(&totals);
    text_print(t, "0.00 0.00 0.00 %u/%u %u\n", totals.running, totals.processes, totals.last_pid);
    return 0;
}

int print_system_stat(struct text *t, struct proc_view *v)
{
    struct proc_totals totals;
    proc_get_totals(&totals);
    unsigned harts = count_harts();
    uint64_t user = totals.user_ns / TICK_NS, system = totals.system_ns / TICK_NS;
    uint64_t idle = idle_ns(&totals) / TICK_NS;
    text_print(t, "cpu  %lu 0 %lu %lu 0 0 0 0 0 0\n", (long)user, (long)system, (long)idle);
    for (unsigned n = 0; n < harts; n++) /* who used which is not kept: equal parts */
        text_print(t, "cpu%u %lu 0 %lu %lu 0 0 0 0 0 0\n", n, (long)(user / harts),
                   (long)(system / harts), (long)(idle / harts));
    uint64_t boot = clock_realtime_ns() - clock_monotonic_ns();
    text_print(t, "btime %lu\nprocesses %u\nprocs_running %u\nprocs_blocked 0\n",
               (long)(boot / NS_PER_S), totals.processes, totals.running);
    return 0;
}

/* --- Names --- */

int print_version(struct text *t, struct proc_view *v)
{
    text_print(t, "%s version %s (%s)\n", system_names.sysname, system_names.release,
               system_names.version);
    return 0;
}

int print_filesystems(struct text *t, struct proc_view *v)
{
    text_print(t, "nodev\t%s\nnodev\t%s\n\t%s\n", proc_fs.name, shm_fs.name, disk_fs.name);
    return 0;
}

int print_mounts(struct text *t, struct proc_view *v)
{
    text_print(t, "/dev/vda / %s rw,relatime 0 0\n", disk_fs.name);
    if (shm_fs.covers != NULL)
        text_print(t, "tmpfs /dev/shm %s rw 0 0\n", shm_fs.name);
    text_print(t, "proc /proc %s rw 0 0\n", proc_fs.name);
    return 0;
}

int print_pid_max(struct text *t, struct proc_view *v)
{
    text_print(t, "%d\n", MAX_PID);
    return 0;
}

int print_osrelease(struct text *t, struct proc_view *v)
{
    text_print(t, "%s\n", system_names.release);
    return 0;
}

int print_ostype(struct text *t, struct proc_view *v)
{
    text_print(t, "%s\n", system_names.sysname);
    return 0;
}

int print_hostname(struct text *t, struct proc_view *v)
{
    text_print(t, "%s\n", system_names.nodename);
    return 0;
}

/* One for each boot, in the form of a random UUID. */
int print_boot_id(struct text *t, struct proc_view *v)
{
    static uint64_t id[2]; /* [racy] made when first asked for */
    if (id[0] == 0) {
        id[1] = random_next();
        id[0] = random_next() | 1;
    }
    text_print(t, "%08lx-%04lx-4%03lx-%04lx-%012lx\n", (long)(id[0] >> 32),
               (long)(id[0] >> 16 & 0xffff), (long)(id[0] & 0xfff),
               (long)((id[1] >> 48 & 0x3fff) | 0x8000), (long)(id[1] & 0xffffffffffff));
    return 0;
}
