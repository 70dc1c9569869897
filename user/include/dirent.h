/* Reading directories. d_type is one of the DT_ values, or DT_UNKNOWN. */
#ifndef DIRENT_H
#define DIRENT_H

#include <sys/types.h>

#include "abi/dirent.h"

struct dirent {
    ino_t d_ino;
    off_t d_off;
    unsigned short d_reclen;
    unsigned char d_type;
    char d_name[256];
};

typedef struct directory DIR;

DIR *opendir(const char *path);
DIR *fdopendir(int fd);
struct dirent *readdir(DIR *dir);
void rewinddir(DIR *dir);
long telldir(DIR *dir);
void seekdir(DIR *dir, long position);
int dirfd(DIR *dir);
int closedir(DIR *dir);

#endif
