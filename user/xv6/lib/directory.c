/* Directories read as files: records of 16 bytes, whose names are cut. */
#include "shim.h"

#include "../user/user.h"

#include "abi/dirent.h"
#include "abi/limits.h"

enum { RECORD_MAX = sizeof(struct dirent64) + NAME_MAX + 9, SEEK_SET = 0 };

/* The next record of the directory; false at the end. Of several that came the others go back. */
static bool take_record(int fd, struct dirent *record)
{
    char buffer[RECORD_MAX] __attribute__((aligned(8)));
    const struct dirent64 *first = (const struct dirent64 *)buffer;
    long n = syscall3(SYS_getdents64, fd, (long)buffer, sizeof(buffer));
    if (n <= 0)
        return false;
    if (n > first->d_reclen)
        syscall3(SYS_lseek, fd, first->d_off, SEEK_SET);
    record->inum = (ushort)first->d_ino != 0 ? (ushort)first->d_ino : 1;
    memset(record->name, 0, DIRSIZ);
    for (int i = 0; i < DIRSIZ && first->d_name[i] != '\0'; i++)
        record->name[i] = first->d_name[i];
    return true;
}

/* Of a record that does not fit only the beginning is given. */
int __xv6_directory_read(int fd, void *to, int n)
{
    struct dirent record;
    int done = 0;
    while (done < n) {
        int part = n - done < (int)sizeof(record) ? n - done : (int)sizeof(record);
        if (!__xv6_can_write((char *)to + done, part))
            return -1;
        memset((char *)to + done, 0, (uint)part);
        if (!take_record(fd, &record))
            break;
        memmove((char *)to + done, &record, part);
        done += part;
    }
    return done;
}
