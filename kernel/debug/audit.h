/* The audit: whether every page's record agrees with everything that refers to it. */
#ifndef DEBUG_AUDIT_H
#define DEBUG_AUDIT_H

/*
 * Stops all other harts and holds each page's record against all that refers to the page; prints
 * each violation. Returns how many there are, or -ENOMEM. Called by a process, without locks.
 */
int audit_run(void);

/* At boot. */
void audit_init(void);

#endif
