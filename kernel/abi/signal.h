/* Signal numbers and the structures of rt_sigaction(2), Linux riscv64. */
#ifndef ABI_SIGNAL_H
#define ABI_SIGNAL_H

#include <stdint.h>

#define SIGHUP       1
#define SIGINT       2
#define SIGQUIT      3
#define SIGILL       4
#define SIGTRAP      5
#define SIGABRT      6
#define SIGBUS       7
#define SIGFPE       8
#define SIGKILL      9
#define SIGUSR1      10
#define SIGSEGV      11
#define SIGUSR2      12
#define SIGPIPE      13
#define SIGALRM      14
#define SIGTERM      15
#define SIGSTKFLT    16
#define SIGCHLD      17
#define SIGCONT      18
#define SIGSTOP      19
#define SIGTSTP      20
#define SIGTTIN      21
#define SIGTTOU      22
#define SIGURG       23
#define SIGXCPU      24
#define SIGXFSZ      25
#define SIGVTALRM    26
#define SIGPROF      27
#define SIGWINCH     28
#define SIGIO        29
#define SIGPWR       30
#define SIGSYS       31
#define NSIG         65 /* one more than the highest signal number */

#define SIG_DFL      ((sighandler_t)0)
#define SIG_IGN      ((sighandler_t)1)
#define SIG_ERR      ((sighandler_t)-1)

#define SIG_BLOCK    0
#define SIG_UNBLOCK  1
#define SIG_SETMASK  2

#define SA_NOCLDSTOP 1
#define SA_NOCLDWAIT 2
#define SA_SIGINFO   4
#define SA_ONSTACK   0x08000000
#define SA_RESTART   0x10000000
#define SA_NODEFER   0x40000000
#define SA_RESETHAND 0x80000000

/* si_code: who sent it; for SIGSEGV and SIGBUS why; for SIGCHLD what became of the child. */
#define SI_USER       0
#define SI_KERNEL     128
#define SI_QUEUE      (-1)
#define SI_TIMER      (-2)
#define SI_TKILL      (-6)

#define SEGV_MAPERR   1 /* nothing is mapped at si_addr */
#define SEGV_ACCERR   2 /* its mapping forbids the access */
#define BUS_ADRALN    1
#define BUS_ADRERR    2 /* past the end of the file, or the disk is full */
#define BUS_OBJERR    3 /* a disk error */
#define ILL_ILLOPC    1
#define TRAP_BRKPT    1

#define CLD_EXITED    1
#define CLD_KILLED    2
#define CLD_DUMPED    3
#define CLD_TRAPPED   4
#define CLD_STOPPED   5
#define CLD_CONTINUED 6

typedef void (*sighandler_t)(int);

/* What a sender may add to a signal. */
union sigval {
    int32_t sival_int;
    void *sival_ptr;
};

/* What rt_sigaction(2) takes and gives; the mask is one 64-bit word, its size argument is 8. */
struct ksigaction {
    sighandler_t handler;
    uint64_t flags;
    uint64_t mask;
};

/* What an SA_SIGINFO handler gets as its second argument; 128 bytes. */
typedef struct {
    int32_t si_signo;
    int32_t si_errno;
    int32_t si_code;
    int32_t si_pad;
    union {
        struct {
            int32_t pid; /* the sender, or SIGCHLD's child */
            uint32_t uid;
            union {
                int32_t status; /* SIGCHLD: exit status or signal */
                uint64_t value; /* SI_QUEUE */
                union sigval sigval;
            };
        } process;
        void *addr;
        uint64_t padding[14];
    } si_fields;
} siginfo_t;

#define si_pid    si_fields.process.pid
#define si_uid    si_fields.process.uid
#define si_status si_fields.process.status
#define si_value  si_fields.process.sigval
#define si_int    si_value.sival_int
#define si_ptr    si_value.sival_ptr
#define si_addr   si_fields.addr

#endif
