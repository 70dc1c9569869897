/*
 * Part of fs_check: the set of names of the directory in hand. It is emptied in no time, since a
 * slot of another directory counts as empty; and no directory is in hand twice.
 */
#include "checker.h"

#include <stdlib.h>
#include <string.h>

#include "lib/crc32c.h"

static bool same_name(const struct disk_dirent *a, const struct disk_dirent *b)
{
    return a->namelen == b->namelen && memcmp(a->name, b->name, a->namelen) == 0;
}

/* The slot that holds the name, or else the empty one where it belongs. */
static struct name_slot *find_slot(const struct name_set *set, uint32_t hash,
                                   const struct disk_dirent *record)
{
    for (uint32_t i = hash;; i++) {
        struct name_slot *slot = &set->slots[i & set->mask];
        if (slot->dir != set->dir)
            return slot;
        if (slot->hash == hash && same_name(slot->record, record))
            return slot;
    }
}

/* Makes room for twice as many names; false if there is no memory for it. */
static bool grow(struct name_set *set)
{
    struct name_set bigger = *set;
    bigger.mask = set->mask * 2 + 1;
    bigger.slots = calloc((size_t)bigger.mask + 1, sizeof(*bigger.slots));
    if (bigger.slots == NULL)
        return false;
    for (uint32_t i = 0; i <= set->mask; i++) {
        const struct name_slot *slot = &set->slots[i];
        if (slot->dir == set->dir)
            *find_slot(&bigger, slot->hash, slot->record) = *slot;
    }
    free(set->slots);
    *set = bigger;
    return true;
}

bool name_set_add(struct checker *checker, uint32_t dir, const struct disk_dirent *record)
{
    struct name_set *set = &checker->names;
    if (set->dir != dir) {
        set->dir = dir;
        set->count = 0;
    }
    if (set->count > set->mask / 2 && !grow(set)) {
        checker->no_memory = true;
        return true;
    }
    uint32_t hash = crc32c(0, record->name, record->namelen);
    struct name_slot *slot = find_slot(set, hash, record);
    if (slot->dir == dir)
        return false;
    *slot = (struct name_slot){dir, hash, record};
    set->count++;
    return true;
}
