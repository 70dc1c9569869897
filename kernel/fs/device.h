/* Character devices as files: the console, null and zero. */
#ifndef FS_DEVICE_H
#define FS_DEVICE_H

#include "fs/file.h"

/* The operations of a device number; NULL: there is no such device (-ENXIO). */
const struct file_ops *device_ops(uint32_t rdev);

#endif
