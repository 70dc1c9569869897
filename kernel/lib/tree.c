/* Balanced trees: see tree.h. */
#include "lib/tree.h"

static int height(const struct tree_node *node)
{
    return node == NULL ? 0 : node->height;
}

/* Recomputes what a node knows of its subtree; returns whether any of it is new. */
static inline bool update(struct tree_node *node, int l, int r)
{
    uint64_t most = node->weight, left = tree_most(node->left), right = tree_most(node->right);
    int higher = (l > r ? l : r) + 1;
    most = left > most ? left : most;
    most = right > most ? right : most;
    bool changed = higher != node->height || most != node->most;
    node->height = higher;
    node->most = most;
    return changed;
}

static void update_turned(struct tree_node *node)
{
    update(node, height(node->left), height(node->right));
}

/* Puts `with` (or nothing) where `node` hangs from its parent. */
static void replace(struct tree *t, struct tree_node *node, struct tree_node *with)
{
    struct tree_node *parent = node->parent;
    if (parent == NULL)
        t->root = with;
    else if (parent->left == node)
        parent->left = with;
    else
        parent->right = with;
    if (with != NULL)
        with->parent = parent;
}

static struct tree_node *rotate_left(struct tree *t, struct tree_node *low)
{
    struct tree_node *high = low->right;
    replace(t, low, high);
    low->right = high->left;
    if (low->right != NULL)
        low->right->parent = low;
    high->left = low;
    low->parent = high;
    update_turned(low);
    update_turned(high);
    return high;
}

static struct tree_node *rotate_right(struct tree *t, struct tree_node *low)
{
    struct tree_node *high = low->left;
    replace(t, low, high);
    low->left = high->right;
    if (low->left != NULL)
        low->left->parent = low;
    high->right = low;
    low->parent = high;
    update_turned(low);
    update_turned(high);
    return high;
}

/* Turns a node whose subtrees differ too much; returns the node that now stands there. */
static struct tree_node *turn(struct tree *t, struct tree_node *node, int lean)
{
    if (lean > 0) {
        if (height(node->right->left) > height(node->right->right))
            rotate_right(t, node->right);
        return rotate_left(t, node);
    }
    if (height(node->left->right) > height(node->left->left))
        rotate_left(t, node->left);
    return rotate_right(t, node);
}

/* Mends heights, balance and largest weights from `node` up, until nothing changes any more. */
static void mend(struct tree *t, struct tree_node *node)
{
    for (bool changed = true; changed && node != NULL; node = node->parent) {
        int l = height(node->left), r = height(node->right);
        if (r - l > 1 || l - r > 1)
            node = turn(t, node, r - l);
        else
            changed = update(node, l, r);
    }
}

void tree_insert(struct tree *t, struct tree_node *node, struct tree_node *parent,
                 struct tree_node **link)
{
    node->parent = parent;
    node->left = node->right = NULL;
    node->height = 0; /* unlike any real one, so that mend looks at the parent too */
    *link = node;
    mend(t, node);
}

void tree_insert_after(struct tree *t, struct tree_node *node, struct tree_node *before)
{
    struct tree_node **link = &before->right, *parent = before;
    for (; *link != NULL; link = &parent->left)
        parent = *link;
    tree_insert(t, node, parent, link);
}

void tree_remove(struct tree *t, struct tree_node *node)
{
    struct tree_node *heir = NULL;
    struct tree_node *lowest; /* the lowest node below which something changed */
    if (node->left != NULL && node->right != NULL) {
        /* The next node has no left child: it takes this one's place. */
        heir = tree_next(node);
        lowest = heir->parent == node ? heir : heir->parent;
        if (heir->parent != node) {
            replace(t, heir, heir->right);
            heir->right = node->right;
            heir->right->parent = heir;
        }
        heir->left = node->left;
        heir->left->parent = heir;
        heir->height = node->height;
        replace(t, node, heir);
    } else {
        lowest = node->parent;
        replace(t, node, node->left != NULL ? node->left : node->right);
    }
    mend(t, lowest);
    /* The heir knows of its old subtree, so that nothing new there does not say nothing new here.
     */
    for (; heir != NULL; heir = heir->parent)
        update_turned(heir);
}

void tree_refresh(struct tree_node *node)
{
    while (node != NULL && update(node, height(node->left), height(node->right)))
        node = node->parent;
}

static struct tree_node *leftmost(struct tree_node *node)
{
    while (node != NULL && node->left != NULL)
        node = node->left;
    return node;
}

static struct tree_node *rightmost(struct tree_node *node)
{
    while (node != NULL && node->right != NULL)
        node = node->right;
    return node;
}

struct tree_node *tree_first(const struct tree *t)
{
    return leftmost(t->root);
}

struct tree_node *tree_last(const struct tree *t)
{
    return rightmost(t->root);
}

struct tree_node *tree_next(const struct tree_node *node)
{
    if (node->right != NULL)
        return leftmost(node->right);
    while (node->parent != NULL && node->parent->right == node)
        node = node->parent;
    return node->parent;
}

struct tree_node *tree_previous(const struct tree_node *node)
{
    if (node->left != NULL)
        return rightmost(node->left);
    while (node->parent != NULL && node->parent->left == node)
        node = node->parent;
    return node->parent;
}

/* Each subtree is checked when the walk in order leaves it; no recursion, no memory. */
static bool node_is_valid(const struct tree_node *node)
{
    int l = height(node->left), r = height(node->right);
    bool linked = (node->left == NULL || node->left->parent == node) &&
                  (node->right == NULL || node->right->parent == node);
    return linked && node->height == (l > r ? l : r) + 1 && l - r <= 1 && r - l <= 1;
}

bool tree_is_valid(const struct tree *t)
{
    if (t->root != NULL && t->root->parent != NULL)
        return false;
    for (const struct tree_node *n = tree_first(t); n != NULL; n = tree_next(n))
        if (!node_is_valid(n))
            return false;
    return true;
}
