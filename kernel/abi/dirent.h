/* Directory records as getdents64(2) fills them in. */
#ifndef ABI_DIRENT_H
#define ABI_DIRENT_H

#include <stdint.h>

/* d_reclen is the whole record's length, a multiple of 8; d_off is where the next record begins. */
struct dirent64 {
    uint64_t d_ino;
    int64_t d_off;
    uint16_t d_reclen;
    uint8_t d_type;
    char d_name[];
};

#define DT_UNKNOWN 0
#define DT_FIFO    1
#define DT_CHR     2
#define DT_DIR     4
#define DT_BLK     6
#define DT_REG     8
#define DT_LNK     10
#define DT_SOCK    12

#endif
