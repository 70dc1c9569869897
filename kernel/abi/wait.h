/* wait4(2): options, and the parts of a wait status. */
#ifndef ABI_WAIT_H
#define ABI_WAIT_H

#define WNOHANG    1
#define WUNTRACED  2
#define WSTOPPED   2 /* waitid(2)'s name of the same */
#define WEXITED    4
#define WCONTINUED 8
#define WNOWAIT    0x01000000

/* waitid(2): which children */
#define P_ALL           0
#define P_PID           1
#define P_PGID          2

#define WEXITSTATUS(s)  (((s) >> 8) & 0xff)
#define WTERMSIG(s)     ((s)&0x7f)
#define WSTOPSIG(s)     WEXITSTATUS(s)
#define WIFEXITED(s)    (WTERMSIG(s) == 0)
#define WIFSIGNALED(s)  (WTERMSIG(s) != 0 && WTERMSIG(s) != 0x7f)
#define WIFSTOPPED(s)   (((s)&0xff) == 0x7f)
#define WIFCONTINUED(s) ((s) == 0xffff)
#define WCOREDUMP(s)    ((s)&0x80)

#endif
