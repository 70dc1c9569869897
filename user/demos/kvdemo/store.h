/*
 * A key-value store: a hash table in one file, which each process maps and changes in place.
 *
 * A bucket is a page of the file, with a lock and some entries. Before an entry changes, what it
 * was is saved in the bucket; so whoever finds that the last owner of the lock died half-way, or
 * opens the file after a crash, puts it back:
 *
 *     save the entry, changing = 1    ->    change the entry    ->    changing = 0
 *
 * A change has happened as soon as `changing` is 0 again.
 */
#ifndef DEMOS_KVDEMO_STORE_H
#define DEMOS_KVDEMO_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KEY_SIZE = 20, VALUE_SIZE = 36, BUCKETS = 256 };

/* What others had to mend, of all processes together. */
struct store_repairs {
    uint32_t locks;   /* taken over from the dead */
    uint32_t entries; /* put back */
};

/* Maps the file, whose locks nobody has; makes it if it is not there. Repairs are counted there. */
void store_open(const char *name, struct store_repairs *repairs);

/* Maps a file that others have opened. */
void store_join(const char *name, struct store_repairs *repairs);

void store_close(void);

/* Writes all changes until now to the disk. */
bool store_sync(void);

/* False: no room in the bucket. */
bool store_put(const char *key, const char *value);

bool store_get(const char *key, char value[VALUE_SIZE]);
bool store_delete(const char *key);

/* Adds to a value that is a number; one that is not there is 0. */
bool store_add(const char *key, unsigned long amount);

/* How many entries there are; -1 if one is damaged, stands twice or in the wrong place. */
long store_check(void);

/* Called in the middle of each change, with the lock taken; NULL: nothing. */
extern void (*store_interrupt)(void);

#endif
