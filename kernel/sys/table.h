/*
 * The system calls. Each function takes the user's registers a0 to a5 as they are and returns what
 * goes into a0: a result or a negated errno. It checks and copies arguments and leaves the rest to
 * the layers below.
 */
#ifndef SYS_TABLE_H
#define SYS_TABLE_H

#include <stdint.h>

#define SYSCALL_TABLE_SIZE 460 /* trap.S has it too */

/* By number; every slot is filled. */
extern void *const syscall_table[SYSCALL_TABLE_SIZE];

/* What trap.S calls for numbers behind the table; a6 is the number. */
long sys_beyond_table(long a0, long a1, long a2, long a3, long a4, long a5, long number);

/* file.c: descriptors and what they refer to */
long sys_openat(long dirfd, long path, long flags, long mode);
long sys_memfd_create(long name, long flags);
long sys_close(long fd);
long sys_read(long fd, long buffer, long size);
long sys_write(long fd, long buffer, long size);
long sys_readv(long fd, long vectors, long count);
long sys_writev(long fd, long vectors, long count);
long sys_pread64(long fd, long buffer, long size, long offset);
long sys_pwrite64(long fd, long buffer, long size, long offset);
long sys_preadv(long fd, long vectors, long count, long offset);
long sys_pwritev(long fd, long vectors, long count, long offset);
long sys_lseek(long fd, long offset, long whence);
long sys_ftruncate(long fd, long size);
long sys_fallocate(long fd, long mode, long offset, long length);
long sys_fsync(long fd);
long sys_fdatasync(long fd);
long sys_dup(long fd);
long sys_dup3(long fd, long as, long flags);
long sys_fcntl(long fd, long command, long argument);
long sys_flock(long fd, long operation);
long sys_ioctl(long fd, long request, long argument);
long sys_pipe2(long fds, long flags);
long sys_fstat(long fd, long st);
long sys_getdents64(long fd, long buffer, long size);

/* poll.c */
long sys_ppoll(long fds, long count, long timeout, long mask, long size);
long sys_pselect6(long count, long in, long out, long except, long timeout, long mask);

/* path.c: names */
long sys_newfstatat(long dirfd, long path, long st, long flags);
long sys_statx(long dirfd, long path, long flags, long mask, long to);
long sys_statfs(long path, long to);
long sys_fstatfs(long fd, long to);
long sys_mkdirat(long dirfd, long path, long mode);
long sys_mknodat(long dirfd, long path, long mode, long dev);
long sys_unlinkat(long dirfd, long path, long flags);
long sys_linkat(long from_dirfd, long from, long to_dirfd, long to, long flags);
long sys_symlinkat(long target, long dirfd, long path);
long sys_readlinkat(long dirfd, long path, long buffer, long size);
long sys_renameat2(long from_dirfd, long from, long to_dirfd, long to, long flags);
long sys_truncate(long path, long size);
long sys_faccessat(long dirfd, long path, long mode);
long sys_faccessat2(long dirfd, long path, long mode, long flags);
long sys_mount(void);
long sys_fchmodat(long dirfd, long path, long mode);
long sys_fchmod(long fd, long mode);
long sys_fchownat(long dirfd, long path, long uid, long gid, long flags);
long sys_fchown(long fd, long uid, long gid);
long sys_utimensat(long dirfd, long path, long times, long flags);
long sys_getcwd(long buffer, long size);
long sys_chdir(long path);
long sys_fchdir(long fd);
long sys_umask(long mask);
long sys_sync(void);

/* memory.c */
long sys_brk(long end);
long sys_mmap(long start, long size, long prot, long flags, long fd, long offset);
long sys_munmap(long start, long size);
long sys_mprotect(long start, long size, long prot);
long sys_mremap(long start, long size, long new_size, long flags, long new_start);
long sys_msync(long start, long size, long flags);
long sys_madvise(long start, long size, long advice);
long sys_mincore(long start, long size, long to);
long sys_mlock(long start, long size);
long sys_mlock2(long start, long size, long flags);
long sys_munlock(long start, long size);
long sys_mlockall(long flags);
long sys_munlockall(void);

/* process.c */
long sys_clone(long flags, long stack, long parent_tid, long tls, long child_tid);
long sys_execve(long path, long argv, long envp);
long sys_exit(long status);
long sys_exit_group(long status);
long sys_waitid(long type, long id, long to, long options, long usage);
long sys_wait4(long pid, long status, long options, long usage);
long sys_getpid(void);
long sys_gettid(void);
long sys_getppid(void);
long sys_getpgid(long pid);
long sys_getsid(long pid);
long sys_setpgid(long pid, long group);
long sys_setsid(void);
long sys_getuid(void);
long sys_set_tid_address(long address);
long sys_sched_yield(void);
long sys_getrusage(long who, long usage);
long sys_prlimit64(long pid, long resource, long new, long old);

/* signal.c: signals and futexes */
long sys_kill(long pid, long number);
long sys_tkill(long tid, long number);
long sys_tgkill(long tgid, long tid, long number);
long sys_rt_sigqueueinfo(long pid, long number, long info);
long sys_rt_tgsigqueueinfo(long tgid, long tid, long number, long info);
long sys_rt_sigaction(long number, long action, long old, long size);
long sys_rt_sigprocmask(long how, long set, long old, long size);
long sys_rt_sigpending(long to, long size);
long sys_rt_sigsuspend(long set, long size);
long sys_rt_sigtimedwait(long set, long to, long timeout, long size);
long sys_rt_sigreturn(void);
long sys_setitimer(long which, long new, long old);
long sys_getitimer(long which, long to);
long sys_sigaltstack(long new, long old);
long sys_futex(long address, long op, long value, long timeout, long second, long bits);
long sys_set_robust_list(long head, long size);
long sys_get_robust_list(long tid, long head, long size);

/* system.c */
long sys_uname(long names);
long sys_sethostname(long name, long length);
long sys_setdomainname(long name, long length);
long sys_sysinfo(long to);
long sys_times(long to);
long sys_reboot(long magic, long magic2, long command, long argument);
long sys_clock_gettime(long clock, long time);
long sys_clock_getres(long clock, long time);
long sys_gettimeofday(long time, long zone);
long sys_nanosleep(long request, long remain);
long sys_clock_nanosleep(long clock, long flags, long request, long remain);
long sys_getrandom(long buffer, long size, long flags);
long sys_riscv_flush_icache(long start, long end, long flags);

/* identity.c: as whom and how a process runs */
long sys_setuid(long id);
long sys_setreuid(long real, long effective);
long sys_setresuid(long real, long effective, long saved);
long sys_getresuid(long real, long effective, long saved);
long sys_getgroups(long count, long to);
long sys_setgroups(long count, long from);
long sys_capget(long header, long to);
long sys_capset(long header, long from);
long sys_prctl(long option, long argument);
long sys_sched_getscheduler(long pid);
long sys_sched_setscheduler(long pid, long policy, long parameter);
long sys_sched_getparam(long pid, long to);
long sys_sched_setparam(long pid, long from);
long sys_sched_get_priority_max(long policy);
long sys_sched_get_priority_min(long policy);
long sys_sched_getaffinity(long pid, long size, long to);
long sys_sched_setaffinity(long pid, long size, long from);
long sys_getcpu(long hart, long node);
long sys_getpriority(long which, long who);
long sys_setpriority(long which, long who, long niceness);
long sys_personality(long persona);
long sys_membarrier(long command);

/* transfer.c: from file to file, and how files will be used */
long sys_sendfile(long to, long from, long offset, long size);
long sys_copy_file_range(long from, long from_offset, long to, long to_offset, long size,
                         long flags);
long sys_fadvise64(long fd, long offset, long size, long advice);
long sys_readahead(long fd, long offset, long size);
long sys_sync_file_range(long fd, long offset, long size, long flags);
long sys_close_range(long first, long last, long flags);

/* quire.c */
long sys_quire(long op, long argument, long size);

#endif
