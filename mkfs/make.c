/* Making a file system in memory in one call: see make.h. */
#include "make.h"

#include <string.h>

static void copy_nothing(struct image_file *to, const struct tree_node *node)
{
}

static const char *write_tree(uint8_t *at, const struct disk_super *super, struct tree *tree)
{
    struct image image;
    image_format(&image, at, super);
    tree_write(tree, &image, copy_nothing);
    if (image.missing_blocks > 0 || image.missing_inodes > 0)
        return "too small for the tree";
    return NULL;
}

static const char *write_standard(uint8_t *at, const struct disk_super *super)
{
    struct tree tree;
    tree_new(&tree, 0);
    const char *reason = tree_add_standard(&tree, 0);
    if (reason == NULL)
        reason = write_tree(at, super, &tree);
    tree_free(&tree);
    return reason;
}

const char *fs_make(uint8_t *image, uint64_t size, uint64_t ninodes, struct tree *tree)
{
    struct disk_super super;
    const char *reason = image_plan(&super, size / FS_BLOCK_SIZE, ninodes);
    if (reason != NULL)
        return reason;
    memset(image, 0, size);
    return tree != NULL ? write_tree(image, &super, tree) : write_standard(image, &super);
}
