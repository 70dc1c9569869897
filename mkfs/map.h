/* An image file in memory. */
#ifndef MKFS_MAP_H
#define MKFS_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum map_mode {
    MAP_OPEN_PRIVATE, /* what is written to the memory stays there */
    MAP_OPEN_WRITE,   /* it goes to the file */
};

struct map {
    uint8_t *base;
    size_t size;
};

/* False, with errno set: the file cannot be opened or mapped; an empty one cannot be. */
bool map_open(struct map *map, const char *path, enum map_mode mode);

/* Returns when what was written is durable; false, with errno set, if it is not. */
bool map_sync(const struct map *map);

#endif
