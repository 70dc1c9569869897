/*
 * Balanced binary trees (AVL: Adelson-Velsky and Landis, 1962) whose nodes live inside the user's
 * structures. The user searches, since only it knows the keys; the tree keeps itself balanced:
 *
 *     struct tree_node **link = &tree.root, *parent = NULL;
 *     while (*link != NULL) {
 *         parent = *link;
 *         link = key < key_of(parent) ? &parent->left : &parent->right;
 *     }
 *     tree_insert(&tree, node, parent, link);
 *
 * Nodes have weights (VMAs: the gap below), 0 where the user has no use for them; each knows the
 * largest one in its subtree. The user calls tree_refresh when it has changed a weight.
 *
 * Invariant: the heights of a node's two subtrees differ by at most one.
 * Locks: the caller's.
 */
#ifndef LIB_TREE_H
#define LIB_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tree_node {
    struct tree_node *parent;
    struct tree_node *left;
    struct tree_node *right;
    int height;      /* 1 for a leaf */
    uint64_t weight; /* the user's */
    uint64_t most;   /* the largest weight in the subtree */
};

struct tree {
    struct tree_node *root;
};

static inline uint64_t tree_most(const struct tree_node *node)
{
    return node == NULL ? 0 : node->most;
}

void tree_insert(struct tree *t, struct tree_node *node, struct tree_node *parent,
                 struct tree_node **link);
void tree_insert_after(struct tree *t, struct tree_node *node, struct tree_node *before);
void tree_remove(struct tree *t, struct tree_node *node);
void tree_refresh(struct tree_node *node);

/* In order of keys; NULL at the ends. */
struct tree_node *tree_first(const struct tree *t);
struct tree_node *tree_last(const struct tree *t);
struct tree_node *tree_next(const struct tree_node *node);
struct tree_node *tree_previous(const struct tree_node *node);

/* Whether links and heights are right; for tests and the audit. */
bool tree_is_valid(const struct tree *t);

#endif
