/*
 * mkfs [-s SIZE[K|M|G]] [-i INODES] [-L LABEL] IMAGE [DIR...]
 *
 * Makes a disk image that holds the contents of the directories, /dev, /proc and /tmp. The image is
 * built in memory and written to IMAGE.tmp, which then becomes IMAGE: there is a whole one or none.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host.h"
#include "image.h"
#include "tree.h"

#define USAGE "usage: mkfs [-s SIZE[K|M|G]] [-i INODES] [-L LABEL] IMAGE [DIR...]\n"

struct options {
    uint64_t size; /* bytes */
    uint64_t ninodes;
    const char *label;
    const char *image;
    char **dirs; /* ends with a NULL */
};

static unsigned shift_of(char unit)
{
    switch (unit) {
    case 'K': return 10;
    case 'M': return 20;
    case 'G': return 30;
    default: return 0;
    }
}

/* A number with an optional unit; false if the text is anything else or the number too big. */
static bool parse_number(const char *text, bool with_unit, uint64_t *number)
{
    char *end;
    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    *number = strtoull(text, &end, 10);
    unsigned shift = with_unit ? shift_of(*end) : 0;
    if (errno != 0 || *number > UINT64_MAX >> shift)
        return false;
    *number <<= shift;
    return end[shift > 0] == '\0';
}

static _Noreturn void usage(void)
{
    fputs(USAGE, stderr);
    exit(1);
}

static void parse_option(struct options *options, int option)
{
    switch (option) {
    case 's':
        if (!parse_number(optarg, true, &options->size))
            host_fail("-s %s: the size is a number, with K, M or G if you like", optarg);
        break;
    case 'i':
        if (!parse_number(optarg, false, &options->ninodes) || options->ninodes == 0)
            host_fail("-i %s: the number of inodes is a number from 1 on", optarg);
        break;
    case 'L':
        if (strlen(optarg) > sizeof(((struct disk_super *)NULL)->label))
            host_fail("-L %s: a label has at most 16 bytes", optarg);
        options->label = optarg;
        break;
    default: usage();
    }
}

static struct options parse_options(int argc, char **argv)
{
    struct options options = {.size = (uint64_t)64 << 20, .label = ""};
    int option;
    while ((option = getopt(argc, argv, "s:i:L:")) != -1)
        parse_option(&options, option);
    if (optind == argc)
        usage();
    options.image = argv[optind];
    options.dirs = argv + optind + 1;
    return options;
}

static void build_tree(struct tree *tree, char **dirs)
{
    int64_t now = host_time();
    tree_new(tree, now);
    for (; *dirs != NULL; dirs++)
        host_add(tree, *dirs, now);
    const char *reason = tree_add_standard(tree, now);
    if (reason != NULL)
        host_fail("cannot add /dev, /proc and /tmp: %s", reason);
}

/* Memory for the whole image, of which hosts give only the pages that are touched. */
static void *reserve(uint64_t size)
{
    void *base = size <= SIZE_MAX ? calloc(1, (size_t)size) : NULL;
    if (base == NULL)
        host_fail("the host has no memory for an image of %llu bytes", (unsigned long long)size);
    return base;
}

/* Blocks that an image of this size lacks to hold so much; 0: it is large enough. */
static uint64_t shortage(uint64_t nblocks, uint64_t ninodes, uint64_t data)
{
    struct disk_super super;
    if (image_plan(&super, nblocks, ninodes) != NULL)
        return data;
    uint64_t have = nblocks - super.data_start;
    return data > have ? data - have : 0;
}

/* The size in KiB of an image with room for what this one lacks, and with so many inodes. */
static uint64_t enough_kib(const struct image *image, uint64_t ninodes)
{
    uint64_t data = image->next_block - image->super.data_start + image->missing_blocks;
    uint64_t nblocks = image->super.nblocks;
    uint64_t more;
    while (nblocks <= UINT32_MAX && (more = shortage(nblocks, ninodes, data)) > 0)
        nblocks += more;
    return nblocks * (FS_BLOCK_SIZE >> 10);
}

static void check_room(const struct image *image, uint64_t ninodes)
{
    unsigned long long blocks = image->missing_blocks;
    unsigned long long inodes = image->missing_inodes;
    unsigned long long all_inodes = image->super.ninodes + inodes;
    if (inodes > 0)
        host_fail("the image is full: %llu inodes and %llu blocks of %d bytes are missing "
                  "(-i %llu -s %lluK is enough)",
                  inodes, blocks, FS_BLOCK_SIZE, all_inodes,
                  (unsigned long long)enough_kib(image, all_inodes));
    if (blocks > 0)
        host_fail("the image is full: %llu blocks of %d bytes are missing (-s %lluK is enough)",
                  blocks, FS_BLOCK_SIZE, (unsigned long long)enough_kib(image, ninodes));
}

static void build_image(struct image *image, const struct options *options)
{
    struct disk_super super;
    struct tree tree;
    uint64_t nblocks = options->size / FS_BLOCK_SIZE;
    const char *reason = image_plan(&super, nblocks, options->ninodes);
    if (reason != NULL)
        host_fail("an image of %llu bytes is %s", (unsigned long long)options->size, reason);
    memcpy(super.label, options->label, strlen(options->label));

    build_tree(&tree, options->dirs);
    image_format(image, reserve(nblocks * FS_BLOCK_SIZE), &super);
    tree_write(&tree, image, host_copy);
    tree_free(&tree);
    check_room(image, options->ninodes);
}

static bool write_all(int fd, const uint8_t *bytes, size_t n, off_t at)
{
    while (n > 0) {
        ssize_t written = pwrite(fd, bytes, n, at);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        n -= (size_t)written;
        at += written;
    }
    return true;
}

/* Blocks of zeros become holes of the image file. */
static bool write_blocks(int fd, const struct image *image)
{
    static const uint8_t zeros[FS_BLOCK_SIZE];
    for (uint32_t blkno = 0; blkno < image->next_block; blkno++) {
        uint64_t at = (uint64_t)blkno * FS_BLOCK_SIZE;
        if (memcmp(image->base + at, zeros, FS_BLOCK_SIZE) != 0 &&
            !write_all(fd, image->base + at, FS_BLOCK_SIZE, (off_t)at))
            return false;
    }
    return ftruncate(fd, (off_t)((uint64_t)image->super.nblocks * FS_BLOCK_SIZE)) == 0;
}

static bool write_file(const char *path, const struct image *image)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd < 0)
        return false;
    bool ok = write_blocks(fd, image);
    int why = errno;
    if (close(fd) < 0)
        return false;
    errno = why;
    return ok;
}

static void save(const struct image *image, const char *path)
{
    size_t size = strlen(path) + sizeof(".tmp");
    char *temporary = host_alloc(size);
    snprintf(temporary, size, "%s.tmp", path);
    if (!write_file(temporary, image) || rename(temporary, path) < 0) {
        int why = errno;
        unlink(temporary);
        host_fail("cannot write %s: %s", path, strerror(why));
    }
    free(temporary);
}

int main(int argc, char **argv)
{
    struct image image;
    struct options options = parse_options(argc, argv);
    build_image(&image, &options);
    save(&image, options.image);
    free(image.base);
    return 0;
}
