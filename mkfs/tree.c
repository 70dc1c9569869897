/* The tree of names that an image is made of: see tree.h. */
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/format.h"
#include "mode.h"

void *host_alloc(size_t size)
{
    void *at = calloc(1, size);
    if (at == NULL) {
        fprintf(stderr, "the host has no memory left\n");
        exit(2);
    }
    return at;
}

char *host_strdup(const char *s)
{
    size_t size = strlen(s) + 1;
    return memcpy(host_alloc(size), s, size);
}

struct tree_node *tree_node(struct tree *tree, uint32_t mode, int64_t time)
{
    struct tree_node *node = host_alloc(sizeof(*node));
    node->mode = mode;
    node->time = time;
    if (tree->newest != NULL)
        tree->newest->next = node;
    tree->newest = node;
    return node;
}

void tree_new(struct tree *tree, int64_t time)
{
    *tree = (struct tree){.root = NULL};
    tree->root = tree_node(tree, MODE_DIR | 0755, time);
    tree->root->parent = tree->root;
    tree->root->nlink = 2;
}

static void free_node(struct tree_node *node)
{
    for (size_t i = 0; i < node->count; i++)
        free(node->names[i].name);
    free(node->names);
    free(node->source);
    free(node->target);
    free(node);
}

void tree_free(struct tree *tree)
{
    struct tree_node *next;
    for (struct tree_node *node = tree->root; node != NULL; node = next) {
        next = node->next;
        free_node(node);
    }
}

/* The index of the first name in `dir` that does not sort before this one. */
static size_t find_place(const struct tree_node *dir, const char *name)
{
    size_t low = 0, high = dir->count;
    if (high > 0 && strcmp(dir->names[high - 1].name, name) < 0)
        return high; /* names often come sorted */
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(dir->names[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool stands_at(const struct tree_node *dir, size_t place, const char *name)
{
    return place < dir->count && strcmp(dir->names[place].name, name) == 0;
}

struct tree_node *tree_find(const struct tree_node *dir, const char *name)
{
    size_t place = find_place(dir, name);
    return stands_at(dir, place, name) ? dir->names[place].node : NULL;
}

static void grow_names(struct tree_node *dir)
{
    size_t capacity = dir->capacity * 2 + 8;
    struct tree_name *names = host_alloc(capacity * sizeof(*names));
    if (dir->count > 0)
        memcpy(names, dir->names, dir->count * sizeof(*names));
    free(dir->names);
    dir->names = names;
    dir->capacity = capacity;
}

static void insert_name(struct tree_node *dir, size_t place, const char *name)
{
    if (dir->count == dir->capacity)
        grow_names(dir);
    memmove(&dir->names[place + 1], &dir->names[place],
            (dir->count - place) * sizeof(dir->names[0]));
    dir->names[place].name = host_strdup(name);
    dir->count++;
}

static const char *why_not(const struct tree_node *dir, const char *name,
                           const struct tree_node *node, const struct tree_node *old)
{
    if (strlen(name) > UINT8_MAX)
        return "its name is longer than 255 bytes";
    if (old != NULL && (mode_is_dir(old->mode) || mode_is_dir(node->mode)))
        return "it is a directory here and something else there";
    if (!mode_is_dir(node->mode) && node->nlink == FS_LINK_MAX)
        return "the file has too many names (hard links)";
    if (mode_is_dir(node->mode) && dir->nlink - 2 == FS_LINK_MAX)
        return "too many directories are in one";
    return NULL;
}

const char *tree_add(struct tree_node *dir, const char *name, struct tree_node *node)
{
    size_t place = find_place(dir, name);
    struct tree_node *old = stands_at(dir, place, name) ? dir->names[place].node : NULL;
    const char *reason = why_not(dir, name, node, old);
    if (reason != NULL)
        return reason;

    if (old != NULL)
        old->nlink--;
    else
        insert_name(dir, place, name);
    dir->names[place].node = node;
    node->nlink++;
    if (mode_is_dir(node->mode)) {
        node->nlink++; /* its "." */
        node->parent = dir;
        dir->nlink++;
    }
    return NULL;
}

/* Adds a directory to `parent` unless it is there. */
static const char *add_standard_dir(struct tree *tree, struct tree_node *parent, const char *name,
                                    uint32_t mode, int64_t time)
{
    struct tree_node *node = tree_find(parent, name);
    if (node != NULL && mode_is_dir(node->mode))
        return NULL;
    return tree_add(parent, name, tree_node(tree, MODE_DIR | mode, time));
}

static const char *add_devices(struct tree *tree, struct tree_node *dev, int64_t time)
{
    static const struct {
        const char *name;
        uint32_t major, minor;
    } devices[] = {{"console", 5, 1}, {"tty", 5, 0},    {"null", 1, 3},   {"zero", 1, 5},
                   {"full", 1, 7},    {"random", 1, 8}, {"urandom", 1, 9}};
    const char *reason = NULL;
    for (size_t i = 0; reason == NULL && i < sizeof(devices) / sizeof(devices[0]); i++) {
        struct tree_node *node = tree_node(tree, MODE_CHR | 0666, time);
        node->rdev = mode_rdev(devices[i].major, devices[i].minor);
        reason = tree_add(dev, devices[i].name, node);
    }
    return reason;
}

/* What a process has open, by name. */
static const char *add_links(struct tree *tree, struct tree_node *dev, int64_t time)
{
    static const struct {
        const char *name, *target;
    } links[] = {{"fd", "/proc/self/fd"},
                 {"stdin", "/proc/self/fd/0"},
                 {"stdout", "/proc/self/fd/1"},
                 {"stderr", "/proc/self/fd/2"}};
    const char *reason = NULL;
    for (size_t i = 0; reason == NULL && i < sizeof(links) / sizeof(links[0]); i++) {
        struct tree_node *node = tree_node(tree, MODE_LNK | 0777, time);
        node->target = host_strdup(links[i].target);
        reason = tree_add(dev, links[i].name, node);
    }
    return reason;
}

const char *tree_add_standard(struct tree *tree, int64_t time)
{
    const char *reason = add_standard_dir(tree, tree->root, "dev", 0755, time);
    if (reason == NULL)
        reason = add_standard_dir(tree, tree->root, "tmp", 01777, time);
    if (reason == NULL)
        reason = add_standard_dir(tree, tree->root, "proc", 0555, time);
    if (reason != NULL)
        return reason;
    struct tree_node *dev = tree_find(tree->root, "dev");
    reason = add_standard_dir(tree, dev, "shm", 01777, time);
    if (reason == NULL)
        reason = add_devices(tree, dev, time);
    return reason != NULL ? reason : add_links(tree, dev, time);
}

static void write_records(const struct tree_node *node, struct image *image)
{
    struct image_dir dir;
    image_dir_begin(&dir, image, node->ino, node->parent->ino);
    for (size_t i = 0; i < node->count; i++) {
        const struct tree_name *name = &node->names[i];
        image_dir_put(&dir, name->name, name->node->ino, name->node->mode);
    }
    image_dir_end(&dir);
}

static void write_contents(const struct tree_node *node, struct image *image, tree_copy *copy)
{
    struct image_file file;
    if (mode_is_dir(node->mode)) {
        write_records(node, image);
        return;
    }
    image_file_begin(&file, image, node->ino);
    if (node->target != NULL)
        image_file_put(&file, node->target, strlen(node->target));
    if (node->source != NULL)
        copy(&file, node);
}

void tree_write(struct tree *tree, struct image *image, tree_copy *copy)
{
    for (struct tree_node *node = tree->root; node != NULL; node = node->next) {
        struct image_attr attr = {node->mode, node->nlink, node->rdev, node->time};
        if (node->nlink > 0)
            node->ino = image_inode(image, &attr);
    }
    for (struct tree_node *node = tree->root; node != NULL; node = node->next) {
        if (node->nlink > 0)
            write_contents(node, image, copy);
    }
    image_finish(image);
}
