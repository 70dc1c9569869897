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
 * A tree may keep a summary of each subtree in its nodes (VMAs: the largest gap). `summarize`
 * computes a node's from its own data and its two children, and returns whether it is a new one;
 * the tree calls it bottom up wherever something changed, as far as that shows, and the user calls
 * tree_refresh when a node's own data changed.
 *
 * Invariant: the heights of a node's two subtrees differ by at most one.
 * Locks: the caller's.
 */
#ifndef LIB_TREE_H
#define LIB_TREE_H

#include <stdbool.h>
#include <stddef.h>

struct tree_node {
    struct tree_node *parent;
    struct tree_node *left;
    struct tree_node *right;
    int height; /* 1 for a leaf */
};

struct tree {
    struct tree_node *root;
    bool (*summarize)(struct tree_node *node); /* or NULL */
};

void tree_insert(struct tree *t, struct tree_node *node, struct tree_node *parent,
                 struct tree_node **link);
void tree_insert_after(struct tree *t, struct tree_node *node, struct tree_node *before);
void tree_remove(struct tree *t, struct tree_node *node);
void tree_refresh(struct tree *t, struct tree_node *node);

/* In order of keys; NULL at the ends. */
struct tree_node *tree_first(const struct tree *t);
struct tree_node *tree_last(const struct tree *t);
struct tree_node *tree_next(const struct tree_node *node);
struct tree_node *tree_previous(const struct tree_node *node);

/* Whether links and heights are right; for tests and the audit. */
bool tree_is_valid(const struct tree *t);

#endif
