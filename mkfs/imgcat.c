/*
 * imgcat [-l] IMAGE PATH
 *
 * Writes the contents of a file in an image to standard output; of a symbolic link, its target.
 * -l lists a directory, or describes a file: type and permissions, links, owner, size (a device's
 * number), time of the last change in seconds, name. Exit status 1: it cannot be done.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <unistd.h>

#include "check.h"
#include "map.h"
#include "mode.h"
#include "read.h"

#define NS_PER_S 1000000000

static _Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

static _Noreturn void fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("imgcat: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

static void open_image(struct reader *reader, const char *path)
{
    struct map map;
    struct fs_report report = {.say = NULL};
    if (!map_open(&map, path, MAP_OPEN_PRIVATE))
        fail("cannot read %s: %s", path, strerror(errno));
    fs_check(map.base, map.size, &report);
    if (report.nblocks == 0)
        fail("%s is not a Quire file system, or its superblock is damaged", path);
    if (report.problems > 0)
        fprintf(stderr, "imgcat: %s has %" PRIu32 " problems, which fsck lists\n", path,
                report.problems);
    read_begin(reader, map.base);
}

static void write_contents(const struct reader *reader, const struct disk_inode *inode)
{
    uint64_t left = inode->size;
    for (uint64_t index = 0; left > 0; index++) {
        const void *block = read_block(reader, inode, index);
        size_t n = left < FS_BLOCK_SIZE ? (size_t)left : FS_BLOCK_SIZE;
        if (block == NULL)
            fail("block %" PRIu64 " of the file cannot be read", index);
        if (fwrite(block, 1, n, stdout) != n)
            fail("cannot write: %s", strerror(errno));
        left -= n;
    }
}

static char type_letter(uint32_t mode)
{
    switch (mode & MODE_TYPE) {
    case MODE_FIFO: return 'p';
    case MODE_CHR: return 'c';
    case MODE_DIR: return 'd';
    case MODE_BLK: return 'b';
    case MODE_REG: return '-';
    case MODE_LNK: return 'l';
    case MODE_SOCK: return 's';
    default: return '?';
    }
}

static void list_inode(const struct disk_inode *inode, const char *name, int namelen)
{
    bool device = type_letter(inode->mode) == 'c' || type_letter(inode->mode) == 'b';
    printf("%c%04o %3" PRIu32 " %" PRIu32 ":%" PRIu32 " ", type_letter(inode->mode),
           inode->mode & MODE_BITS, inode->nlink, inode->uid, inode->gid);
    if (device)
        printf("%6" PRIu32 ",%3" PRIu32, mode_major(inode->rdev), mode_minor(inode->rdev));
    else
        printf("%10" PRIu64, inode->size);
    printf(" %" PRId64 " %.*s\n", inode->mtime / NS_PER_S, namelen, name);
}

static void list(const struct reader *reader, const struct disk_inode *inode, const char *path)
{
    const struct disk_dirent *record;
    uint64_t at = 0;
    if (!mode_is_dir(inode->mode)) {
        list_inode(inode, path, (int)strlen(path));
        return;
    }
    while ((record = read_dirent(reader, inode, &at)) != NULL) {
        const struct disk_inode *target = read_inode(reader, record->ino);
        if (target != NULL)
            list_inode(target, record->name, record->namelen);
    }
}

int main(int argc, char **argv)
{
    struct reader reader;
    bool listing = false;
    int option;
    while ((option = getopt(argc, argv, "l")) == 'l')
        listing = true;
    if (option != -1 || optind + 2 != argc)
        fail("usage: imgcat [-l] IMAGE PATH");
    const char *path = argv[optind + 1];
    open_image(&reader, argv[optind]);
    const struct disk_inode *inode = read_inode(&reader, read_find(&reader, path));
    if (inode == NULL)
        fail("there is no %s in %s", path, argv[optind]);
    if (listing)
        list(&reader, inode, path);
    else if (mode_is_dir(inode->mode))
        fail("%s is a directory", path);
    else
        write_contents(&reader, inode);
    if (fflush(stdout) != 0)
        fail("cannot write: %s", strerror(errno));
    return 0;
}
