/*
 * mkfs [-s SIZE[K|M|G]] [-i INODES] [-L LABEL] IMAGE [DIR...]
 *
 * Makes a disk image that holds the contents of the directories, /dev and /tmp. The image is built
 * in memory and written to IMAGE.tmp, which then becomes IMAGE: there is a whole one or none.
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
        host_fail("cannot add /dev and /tmp: %s", reason);
}

/* Memory for the whole image, of which hosts give only the pages that are touched. */
static void *reserve(uint64_t size)
{
    void *base = size <= SIZE_MAX ? calloc(1, (size_t)size) : NULL;
    if (base == NULL)
        host_fail("the host has no memory for an image of %llu bytes", (unsigned long long)size);
    return base;
}

static void check_room(const struct image *image)
{
    uint64_t missing = image->missing_blocks;
    uint64_t size = ((uint64_t)image->super.nblocks + missing) * FS_BLOCK_SIZE;
    if (image->missing_inodes > 0)
        host_fail("the image is full: %llu inodes are missing (use -i %llu or a larger -s)",
                  (unsigned long long)image->missing_inodes,
                  (unsigned long long)image->super.ninodes + image->missing_inodes);
    if (missing > 0)
        host_fail("the image is full: %llu blocks of 4096 bytes are missing (use -s %lluK or more)",
                  (unsigned long long)missing, (unsigned long long)size >> 10);
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
    check_room(image);
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
    return 0;
}
