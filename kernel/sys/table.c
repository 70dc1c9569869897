/* The system call table: see table.h. */
#include "sys/table.h"

#include "abi/errno.h"
#include "abi/syscall.h"
#include "sys/trace.h"

/* trap.S: these need the caller's whole registers. */
extern char sys_clone_entry[], sys_execve_entry[], sys_rt_sigreturn_entry[];

/* The eighth argument of a function stands in a7, where a program puts the number. */
static long sys_none(long a0, long a1, long a2, long a3, long a4, long a5, long a6, long number)
{
    return trace_unknown(number);
}

long sys_beyond_table(long a0, long a1, long a2, long a3, long a4, long a5, long number)
{
    return number == SYS_quire ? sys_quire(a0, a1, a2) : trace_unknown(number);
}

/* A range fills all slots first; the named ones then override it, which gcc would warn of. */
#pragma GCC diagnostic ignored "-Woverride-init"

void *const syscall_table[SYSCALL_TABLE_SIZE] = {
    [0 ... SYSCALL_TABLE_SIZE - 1] = sys_none,

    [SYS_openat] = sys_openat,
    [SYS_memfd_create] = sys_memfd_create,
    [SYS_close] = sys_close,
    [SYS_read] = sys_read,
    [SYS_write] = sys_write,
    [SYS_readv] = sys_readv,
    [SYS_writev] = sys_writev,
    [SYS_pread64] = sys_pread64,
    [SYS_pwrite64] = sys_pwrite64,
    [SYS_preadv] = sys_preadv,
    [SYS_pwritev] = sys_pwritev,
    [SYS_lseek] = sys_lseek,
    [SYS_ftruncate] = sys_ftruncate,
    [SYS_fallocate] = sys_fallocate,
    [SYS_fsync] = sys_fsync,
    [SYS_fdatasync] = sys_fdatasync,
    [SYS_dup] = sys_dup,
    [SYS_dup3] = sys_dup3,
    [SYS_fcntl] = sys_fcntl,
    [SYS_flock] = sys_flock,
    [SYS_ioctl] = sys_ioctl,
    [SYS_pipe2] = sys_pipe2,
    [SYS_fstat] = sys_fstat,
    [SYS_getdents64] = sys_getdents64,
    [SYS_ppoll] = sys_ppoll,
    [SYS_pselect6] = sys_pselect6,

    [SYS_newfstatat] = sys_newfstatat,
    [SYS_statfs] = sys_statfs,
    [SYS_fstatfs] = sys_fstatfs,
    [SYS_mkdirat] = sys_mkdirat,
    [SYS_mknodat] = sys_mknodat,
    [SYS_unlinkat] = sys_unlinkat,
    [SYS_linkat] = sys_linkat,
    [SYS_symlinkat] = sys_symlinkat,
    [SYS_readlinkat] = sys_readlinkat,
    [SYS_renameat2] = sys_renameat2,
    [SYS_truncate] = sys_truncate,
    [SYS_faccessat] = sys_faccessat,
    [SYS_faccessat2] = sys_faccessat2,
    [SYS_fchmodat] = sys_fchmodat,
    [SYS_fchmod] = sys_fchmod,
    [SYS_fchownat] = sys_fchownat,
    [SYS_fchown] = sys_fchown,
    [SYS_utimensat] = sys_utimensat,
    [SYS_getcwd] = sys_getcwd,
    [SYS_chdir] = sys_chdir,
    [SYS_fchdir] = sys_fchdir,
    [SYS_umask] = sys_umask,
    [SYS_sync] = sys_sync,

    [SYS_brk] = sys_brk,
    [SYS_mmap] = sys_mmap,
    [SYS_munmap] = sys_munmap,
    [SYS_mprotect] = sys_mprotect,
    [SYS_mremap] = sys_mremap,
    [SYS_msync] = sys_msync,
    [SYS_madvise] = sys_madvise,
    [SYS_mincore] = sys_mincore,
    [SYS_mlock] = sys_mlock,
    [SYS_mlock2] = sys_mlock2,
    [SYS_munlock] = sys_munlock,
    [SYS_mlockall] = sys_mlockall,
    [SYS_munlockall] = sys_munlockall,

    [SYS_clone] = sys_clone_entry,
    [SYS_execve] = sys_execve_entry,
    [SYS_exit] = sys_exit,
    [SYS_exit_group] = sys_exit_group,
    [SYS_waitid] = sys_waitid,
    [SYS_wait4] = sys_wait4,
    [SYS_kill] = sys_kill,
    [SYS_getpid] = sys_getpid,
    [SYS_gettid] = sys_gettid,
    [SYS_getppid] = sys_getppid,
    [SYS_getpgid] = sys_getpgid,
    [SYS_getsid] = sys_getsid,
    [SYS_setpgid] = sys_setpgid,
    [SYS_setsid] = sys_setsid,
    [SYS_getuid] = sys_getuid,
    [SYS_geteuid] = sys_getuid,
    [SYS_getgid] = sys_getuid,
    [SYS_getegid] = sys_getuid,
    [SYS_set_tid_address] = sys_set_tid_address,
    [SYS_sched_yield] = sys_sched_yield,
    [SYS_getrusage] = sys_getrusage,
    [SYS_prlimit64] = sys_prlimit64,
    [SYS_rt_sigaction] = sys_rt_sigaction,

    [SYS_tkill] = sys_tkill,
    [SYS_tgkill] = sys_tgkill,
    [SYS_rt_sigqueueinfo] = sys_rt_sigqueueinfo,
    [SYS_rt_tgsigqueueinfo] = sys_rt_tgsigqueueinfo,
    [SYS_rt_sigprocmask] = sys_rt_sigprocmask,
    [SYS_rt_sigpending] = sys_rt_sigpending,
    [SYS_rt_sigsuspend] = sys_rt_sigsuspend,
    [SYS_rt_sigtimedwait] = sys_rt_sigtimedwait,
    [SYS_rt_sigreturn] = sys_rt_sigreturn_entry,
    [SYS_setitimer] = sys_setitimer,
    [SYS_getitimer] = sys_getitimer,
    [SYS_sigaltstack] = sys_sigaltstack,
    [SYS_futex] = sys_futex,
    [SYS_set_robust_list] = sys_set_robust_list,
    [SYS_get_robust_list] = sys_get_robust_list,

    [SYS_uname] = sys_uname,
    [SYS_sysinfo] = sys_sysinfo,
    [SYS_reboot] = sys_reboot,
    [SYS_clock_gettime] = sys_clock_gettime,
    [SYS_clock_getres] = sys_clock_getres,
    [SYS_gettimeofday] = sys_gettimeofday,
    [SYS_nanosleep] = sys_nanosleep,
    [SYS_clock_nanosleep] = sys_clock_nanosleep,
    [SYS_getrandom] = sys_getrandom,
    [SYS_riscv_flush_icache] = sys_riscv_flush_icache,
};
