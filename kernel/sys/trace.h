/*
 * System calls as they happen, on the console: for strace(1).
 *
 * A thread has a pointer to the table that trap.S takes its calls from: syscall_table, or, while it
 * is traced, trace_table, in which every call leads to sys_traced_entry. So who is not traced pays
 * nothing: the pointer is loaded with one instruction where the table's address took two, and no
 * bit is tested. A thread that starts has its starter's pointer; exec does not change it. A line is
 * printed when a call has ended, so those of several processes do not mix; before the call only if
 * there is nobody to print it later, or if what it needs is gone then.
 */
#ifndef SYS_TRACE_H
#define SYS_TRACE_H

#include "sys/table.h"

#define ERROR_NAMES 134

/* By number; made by tools/callnames.awk. */
struct call_name {
    const char *name;  /* NULL: not known */
    const char *kinds; /* of its arguments: s a string, x bits, o a mode, d anything else */
};
extern const struct call_name call_names[SYSCALL_TABLE_SIZE];
extern const char *const error_names[ERROR_NAMES];

/* Looks whether the boot arguments have strace=1: each unknown call prints a line then. */
void trace_init(void);

/* QUIRE_TRACE: traces the current thread, or not; whether it was before. -EINVAL. */
long trace_set(long on);

/* -ENOSYS. */
long trace_unknown(long number);

/* What trap.S calls around each call of a traced thread; the second returns the result. */
void trace_enter(long number);
long trace_leave(long result);

#endif
