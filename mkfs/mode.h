/*
 * The modes of inodes for code that also includes the host's headers, whose names for them are the
 * same ones; abi/stat.h cannot stand beside those.
 */
#ifndef MKFS_MODE_H
#define MKFS_MODE_H

#include <stdbool.h>
#include <stdint.h>

#define MODE_TYPE 0170000
#define MODE_FIFO 0010000
#define MODE_CHR  0020000
#define MODE_DIR  0040000
#define MODE_BLK  0060000
#define MODE_REG  0100000
#define MODE_LNK  0120000
#define MODE_SOCK 0140000
#define MODE_BITS 07777 /* permissions, set-id, sticky */

static inline bool mode_is_dir(uint32_t mode)
{
    return (mode & MODE_TYPE) == MODE_DIR;
}

static inline uint32_t mode_rdev(uint32_t major, uint32_t minor)
{
    return major << 8 | (minor & 0xff) | (minor & 0xfff00) << 12;
}

static inline uint32_t mode_major(uint32_t rdev)
{
    return rdev >> 8 & 0xfff;
}

static inline uint32_t mode_minor(uint32_t rdev)
{
    return (rdev & 0xff) | (rdev >> 12 & 0xfff00);
}

/* The DT_* of a directory record for an inode of this mode. */
static inline uint8_t mode_dirent_type(uint32_t mode)
{
    return (uint8_t)((mode & MODE_TYPE) >> 12);
}

#endif
