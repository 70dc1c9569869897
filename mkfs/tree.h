/*
 * The tree of names that an image is made of: nodes, which become inodes, and names for them,
 * sorted by bytes in each directory. A node with several names is a hard link.
 *
 * tree_new() makes a root, tree_node() and tree_add() fill it, tree_add_standard() adds what every
 * image has, tree_write() puts it all into an image. When the host has no memory left, the
 * program ends with a sentence.
 */
#ifndef MKFS_TREE_H
#define MKFS_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "image.h"

struct tree_name;

struct tree_node {
    uint32_t mode; /* as in the image */
    uint32_t rdev;
    int64_t time;            /* nanoseconds since 1970 */
    char *source;            /* a regular file's path on the host; NULL: it is empty */
    char *target;            /* a symbolic link's */
    struct tree_name *names; /* a directory's, sorted */
    size_t count;
    size_t capacity;
    struct tree_node *parent; /* a directory's */
    struct tree_node *next;   /* the node made after this one */
    uint32_t nlink;
    uint32_t ino; /* set by tree_write */
};

struct tree_name {
    char *name;
    struct tree_node *node;
};

struct tree {
    struct tree_node *root; /* the first node made */
    struct tree_node *newest;
};

/* Copies the contents of node->source into a file of the image. */
typedef void tree_copy(struct image_file *to, const struct tree_node *node);

void *host_alloc(size_t size);
char *host_strdup(const char *s);

void tree_new(struct tree *tree, int64_t time);
void tree_free(struct tree *tree);

/* A new node without a name; one that never gets a name is left out of the image. */
struct tree_node *tree_node(struct tree *tree, uint32_t mode, int64_t time);

/* The node of this name in a directory; NULL: there is none. */
struct tree_node *tree_find(const struct tree_node *dir, const char *name);

/*
 * Gives a node a name, which another node may lose by it. Returns NULL, or why that cannot be: a
 * directory and something else of one name, the name's length, too many names.
 */
const char *tree_add(struct tree_node *dir, const char *name, struct tree_node *node);

/*
 * Adds /dev with its devices and links, /tmp, and the directories that /proc and /dev/shm lie over.
 * Returns NULL, or why that cannot be.
 */
const char *tree_add_standard(struct tree *tree, int64_t time);

/* Puts the tree into a formatted image and finishes it; `copy` may be NULL if none has a source. */
void tree_write(struct tree *tree, struct image *image, tree_copy *copy);

#endif
