/* Redirections: opening what < > >> and >& name, and bringing back what was there before. */
#ifndef SH_REDIRECT_H
#define SH_REDIRECT_H

#include <stdbool.h>

#include "parse.h"

/* What has to be put back, newest first; in the arena. */
struct saved_fd;

/* Carries them out in order. On failure: a message, and false; undo what is saved all the same. */
bool redirect_apply(const struct redirect *redirects, struct saved_fd **saved);

/* For a process that will not need the old descriptors again. */
bool redirect_forever(const struct redirect *redirects);

void redirect_undo(struct saved_fd *saved);

#endif
