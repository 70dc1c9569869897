/*
 * Index trees: from a number (a page's index in its object) to a pointer, 64 ways a level, with one
 * mark per item that is found again in order without looking at unmarked items.
 *
 * Each node keeps two bitmaps of its 64 slots: which are in use, and which lead to something
 * marked. An empty tree has no nodes; no node is empty.
 * Locks: the caller's. Nothing here sleeps.
 */
#ifndef LIB_RADIX_H
#define LIB_RADIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RADIX_BITS      6
#define RADIX_SLOTS     64
#define RADIX_MAX_INDEX (((uint64_t)1 << 54) - 1)

struct radix_node {
    struct radix_node *parent;
    unsigned shift;    /* of the index bits that select a slot here; 0: slots hold items */
    unsigned position; /* this node's slot in its parent */
    uint64_t used;
    uint64_t marked;
    void *slot[RADIX_SLOTS];
};

struct radix {
    struct radix_node *root;
};

/* The item at `index`, or NULL. */
static inline void *radix_get(const struct radix *tree, uint64_t index)
{
    struct radix_node *node = tree->root;
    if (node == NULL || index >> node->shift >= RADIX_SLOTS)
        return NULL;
    while (node->shift != 0) {
        node = (struct radix_node *)node->slot[(index >> node->shift) % RADIX_SLOTS];
        if (node == NULL)
            return NULL;
    }
    return node->slot[index % RADIX_SLOTS];
}

/* Enters `item` (not NULL) at a free index. 0, or -ENOMEM with the tree as it was. */
int radix_insert(struct radix *tree, uint64_t index, void *item);

/* Takes out the item at `index`, mark and all, and returns it; NULL if there is none. */
void *radix_remove(struct radix *tree, uint64_t index);

/* There is an item at `index`. */
void radix_mark(struct radix *tree, uint64_t index);
void radix_unmark(struct radix *tree, uint64_t index);
bool radix_is_marked(const struct radix *tree, uint64_t index);

/* The first item (marked item) at *index or behind it, and its index; NULL if there is none. */
void *radix_next(const struct radix *tree, uint64_t *index);
void *radix_next_marked(const struct radix *tree, uint64_t *index);

/* Provided by the page cache (host tests bring their own): a zeroed node, or NULL. */
struct radix_node *radix_node_alloc(void);
void radix_node_free(struct radix_node *node);

#endif
