/*
 * memfd_create(2): a file of memory. It has an inode without a number, so all that works on open
 * files works on it; its pages go with the last descriptor and mapping.
 */
#ifndef FS_MEMFILE_H
#define FS_MEMFILE_H

#include "fs/file.h"

/*
 * An empty one, open for reading and writing, with one reference; NULL without memory. The name is
 * what /proc shows.
 */
struct file *memfile_new(const char *name);

#endif
