/* The virtio block device behind dev/block.h. */
#ifndef DEV_VIRTIO_BLK_H
#define DEV_VIRTIO_BLK_H

/* Finds and starts the first one. NULL, or what is wrong, in words. */
const char *virtio_blk_init(void);

#endif
