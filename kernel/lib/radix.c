/* Index trees: see radix.h. */
#include "lib/radix.h"

#include "abi/errno.h"
#include "lib/assert.h"
#include "lib/util.h"

static unsigned slot_of(const struct radix_node *node, uint64_t index)
{
    return (unsigned)(index >> node->shift) % RADIX_SLOTS;
}

static uint64_t bit(unsigned position)
{
    return (uint64_t)1 << position;
}

static void set_slot(struct radix_node *node, unsigned position, void *item)
{
    node->slot[position] = item;
    node->used |= bit(position);
}

/* Empties a slot, and frees the nodes that are empty then, up to the root. */
static void clear_slot(struct radix *tree, struct radix_node *node, unsigned position)
{
    node->slot[position] = NULL;
    node->used &= ~bit(position);
    while (node->used == 0) {
        struct radix_node *parent = node->parent;
        position = node->position;
        radix_node_free(node);
        if (parent == NULL) {
            tree->root = NULL;
            return;
        }
        parent->slot[position] = NULL;
        parent->used &= ~bit(position);
        node = parent;
    }
}

static struct radix_node *node_new(struct radix_node *parent, unsigned shift, unsigned position)
{
    struct radix_node *node = radix_node_alloc();
    if (node != NULL) {
        node->parent = parent;
        node->shift = shift;
        node->position = position;
    }
    return node;
}

/* Puts levels above the root until `index` is in its range. */
static int grow(struct radix *tree, uint64_t index)
{
    while (index >> tree->root->shift >= RADIX_SLOTS) {
        struct radix_node *old = tree->root;
        struct radix_node *top = node_new(NULL, old->shift + RADIX_BITS, 0);
        if (top == NULL)
            return -ENOMEM;
        set_slot(top, 0, old);
        if (old->marked != 0)
            top->marked = bit(0);
        old->parent = top;
        tree->root = top;
    }
    return 0;
}

/* A new node in a free place of `node`; NULL without memory, and then nothing new stands empty. */
static struct radix_node *make_child(struct radix *tree, struct radix_node *node, unsigned position)
{
    struct radix_node *child = node_new(node, node->shift - RADIX_BITS, position);
    if (child != NULL)
        set_slot(node, position, child);
    else if (node->used == 0)
        clear_slot(tree, node, position);
    return child;
}

/* The leaf for `index`, made if need be; or NULL. */
static struct radix_node *make_leaf(struct radix *tree, uint64_t index)
{
    struct radix_node *node = tree->root;
    while (node != NULL && node->shift != 0) {
        unsigned position = slot_of(node, index);
        struct radix_node *child = node->slot[position];
        node = child != NULL ? child : make_child(tree, node, position);
    }
    return node;
}

int radix_insert(struct radix *tree, uint64_t index, void *item)
{
    KASSERT(index <= RADIX_MAX_INDEX, "index %lx", (long)index);
    if (tree->root == NULL)
        tree->root = node_new(NULL, 0, 0);
    if (tree->root == NULL)
        return -ENOMEM;
    struct radix_node *leaf = NULL;
    if (tree->root->used == 0) {
        /* A fresh root need not be a leaf of index 0: it can start high enough. */
        while (index >> tree->root->shift >= RADIX_SLOTS)
            tree->root->shift += RADIX_BITS;
        leaf = make_leaf(tree, index);
    } else if (grow(tree, index) == 0) {
        leaf = make_leaf(tree, index);
    }
    if (leaf == NULL)
        return -ENOMEM;
    unsigned position = slot_of(leaf, index);
    KASSERT(leaf->slot[position] == NULL, "index %lx is taken", (long)index);
    set_slot(leaf, position, item);
    return 0;
}

static struct radix_node *find_leaf(const struct radix *tree, uint64_t index)
{
    struct radix_node *node = tree->root;
    if (node == NULL || index >> node->shift >= RADIX_SLOTS)
        return NULL;
    while (node != NULL && node->shift != 0)
        node = node->slot[slot_of(node, index)];
    return node;
}

/* Clears the mark of a slot, and those above it that led to it alone. */
static void unmark_slot(struct radix_node *node, unsigned position)
{
    while (node != NULL) {
        node->marked &= ~bit(position);
        if (node->marked != 0)
            return;
        position = node->position;
        node = node->parent;
    }
}

void *radix_remove(struct radix *tree, uint64_t index)
{
    struct radix_node *leaf = find_leaf(tree, index);
    if (leaf == NULL)
        return NULL;
    unsigned position = slot_of(leaf, index);
    void *item = leaf->slot[position];
    if (item == NULL)
        return NULL;
    unmark_slot(leaf, position);
    clear_slot(tree, leaf, position);
    return item;
}

void radix_mark(struct radix *tree, uint64_t index)
{
    struct radix_node *node = find_leaf(tree, index);
    KASSERT(node != NULL && node->slot[slot_of(node, index)] != NULL, "index %lx", (long)index);
    for (; node != NULL; node = node->parent)
        node->marked |= bit(slot_of(node, index));
}

void radix_unmark(struct radix *tree, uint64_t index)
{
    struct radix_node *leaf = find_leaf(tree, index);
    KASSERT(leaf != NULL && leaf->slot[slot_of(leaf, index)] != NULL, "index %lx", (long)index);
    unmark_slot(leaf, slot_of(leaf, index));
}

bool radix_is_marked(const struct radix *tree, uint64_t index)
{
    struct radix_node *leaf = find_leaf(tree, index);
    return leaf != NULL && (leaf->marked & bit(slot_of(leaf, index))) != 0;
}

/*
 * Finds the next item among the slots that `select`, one of a node's bitmaps, names. Goes up from
 * where `index` leads until a slot behind it is set, then down along the first set slots.
 */
static void *next_in(const struct radix *tree, uint64_t *index, bool marked)
{
    struct radix_node *node = tree->root;
    uint64_t at = *index;
    if (node == NULL || at >> node->shift >= RADIX_SLOTS)
        return NULL;
    for (;;) {
        unsigned position = slot_of(node, at);
        uint64_t ahead = (marked ? node->marked : node->used) & ~(bit(position) - 1);
        if (ahead == 0) {
            /* Nothing more in here: on to the slot behind this node in its parent. */
            if (node->parent == NULL)
                return NULL;
            at = ((at >> node->shift) / RADIX_SLOTS + 1) << (node->shift + RADIX_BITS);
            do
                node = node->parent;
            while (node != NULL && slot_of(node, at) == 0);
            if (node == NULL)
                return NULL;
            continue;
        }
        unsigned found = lowest_bit(ahead);
        if (found != position)
            at = ((at >> node->shift) - position + found) << node->shift;
        if (node->shift == 0) {
            *index = at;
            return node->slot[found];
        }
        node = node->slot[found];
    }
}

void *radix_next(const struct radix *tree, uint64_t *index)
{
    return next_in(tree, index, false);
}

void *radix_next_marked(const struct radix *tree, uint64_t *index)
{
    return next_in(tree, index, true);
}
