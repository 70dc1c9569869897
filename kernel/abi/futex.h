/* futex(2): waiting for a word of memory to change; and what the kernel does for those who die. */
#ifndef ABI_FUTEX_H
#define ABI_FUTEX_H

#include <stdint.h>

#define FUTEX_WAIT             0 /* the time is relative, by CLOCK_MONOTONIC */
#define FUTEX_WAKE             1
#define FUTEX_REQUEUE          3
#define FUTEX_CMP_REQUEUE      4
#define FUTEX_WAKE_OP          5
#define FUTEX_WAIT_BITSET      9 /* the time is absolute */
#define FUTEX_WAKE_BITSET      10

#define FUTEX_PRIVATE_FLAG     128 /* nobody outside the process waits for it */
#define FUTEX_CLOCK_REALTIME   256
#define FUTEX_CMD_MASK         (~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME))

#define FUTEX_BITSET_MATCH_ANY 0xffffffffu

/* The word of a robust lock: its owner's thread id, or 0, and these. */
#define FUTEX_WAITERS    0x80000000u
#define FUTEX_OWNER_DIED 0x40000000u
#define FUTEX_TID_MASK   0x3fffffffu

/*
 * The robust locks that a thread holds, from set_robust_list(2): a ring of links through the head,
 * each futex_offset bytes away from its lock's word, and the one that is being taken or released.
 */
struct robust_list {
    struct robust_list *next;
};

struct robust_list_head {
    struct robust_list list;
    int64_t futex_offset;
    struct robust_list *list_op_pending;
};

#endif
