/* The kinds of damage that tests do to an image, and the sentence that fsck must say of each. */
#ifndef TESTS_MKFS_DAMAGE_H
#define TESTS_MKFS_DAMAGE_H

#include "tests/mkfs/lab.h"

struct damage {
    const char *test; /* NULL ends a table */
    void (*inflict)(struct lab *lab);
    const char *sentence; /* a part of it that no other sentence has */
};

/* A field of 32 bits, in the superblock or in an inode, that gets a wrong value. */
struct poke {
    const char *test;
    const char *path; /* NULL: the superblock */
    size_t offset;    /* of the field */
    uint32_t value;
    const char *sentence;
};

extern const struct poke super_pokes[];
extern const struct poke inode_pokes[];
extern const struct damage area_damage[];
extern const struct damage inode_damage[];
extern const struct damage dir_damage[];

#endif
