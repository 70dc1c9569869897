/*
 * The files of /proc by name, and what each is made of. Those of a process are printed from a look
 * at it; the system's get NULL.
 */
#ifndef PROC_PROCFS_NODES_H
#define PROC_PROCFS_NODES_H

#include "proc/procfs_text.h"
#include "proc/procfs_view.h"

typedef int proc_print(struct text *t, struct proc_view *v);

/* procfs_pid.c: the numbers of a process */
proc_print print_stat, print_statm, print_status, print_comm, print_limits;
proc_print print_cmdline, print_environ;

/* procfs_maps.c: its mappings */
proc_print print_maps, print_smaps;

/* procfs_pages.c: its pages; 8 bytes for each, by address */
int64_t pagemap_read(struct proc_view *v, struct uio *u, uint64_t *offset);

/* The number that was written to clear_refs: 0 or -EINVAL, -ESRCH. */
int clear_refs_write(struct proc_view *v, int what);

/* procfs_system.c: the system */
proc_print print_meminfo, print_vmstat, print_cpuinfo, print_uptime, print_loadavg;
proc_print print_system_stat, print_version, print_filesystems, print_mounts;
proc_print print_overcommit, print_max_map_count, print_pid_max;
proc_print print_osrelease, print_ostype, print_hostname, print_boot_id;

#endif
