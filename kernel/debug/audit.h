/* The audit: whether every page's record agrees with everything that refers to it. */
#ifndef DEBUG_AUDIT_H
#define DEBUG_AUDIT_H

/*
 * Stops all other harts and checks DESIGN.md's invariants over the whole system; prints each
 * violation. Returns how many there are, or -ENOMEM. Called by a process, without locks.
 */
int audit_run(void);

/* At boot. */
void audit_init(void);

#endif
