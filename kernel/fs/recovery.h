/* Replaying the journal at mount. */
#ifndef FS_RECOVERY_H
#define FS_RECOVERY_H

#include <stdint.h>

#include "fs/format.h"

/*
 * Writes home every transaction that is whole, in order, and empties the log. *head is where in the
 * area the next transaction goes, *sequence its number. NULL, or what is wrong, in words.
 */
const char *recovery_replay(const struct disk_super *super, uint32_t *head, uint64_t *sequence);

#endif
