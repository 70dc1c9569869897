/*
 * The only places where the kernel touches user memory. A page fault in here is served like the
 * user's own; if it cannot be, the copy ends early. The caller has checked that the range lies in
 * user space (mm/usercopy.h does), holds no spinlock, and may sleep; or it has set takes_no_faults,
 * and a copy ends where a fault would have to be served.
 */
#ifndef ARCH_USERCOPY_H
#define ARCH_USERCOPY_H

#include <stddef.h>
#include <stdint.h>

/* Copies n bytes; one end is user memory. Returns how many bytes at the end were not copied. */
size_t arch_user_copy(void *to, const void *from, size_t n);

/* Stores n zero bytes in user memory; returns as above. */
size_t arch_user_zero(void *to, size_t n);

/*
 * Copies a string with its final zero from user memory, at most `size` bytes. Returns its length
 * without the zero, `size` if no zero was among the first `size` bytes, or -1 for a bad address.
 */
long arch_user_string(char *to, const char *from, size_t size);

/*
 * Stores `new` in an aligned word of user memory if it holds `expected`, in one step. Returns what
 * it held, or -1 for a bad address.
 */
int64_t arch_user_compare_swap(uint32_t *at, uint32_t expected, uint32_t new);

/* If `pc` is an instruction here that touches user memory: where to go on after a fault; else 0. */
uintptr_t arch_user_fixup(uintptr_t pc);

#endif
