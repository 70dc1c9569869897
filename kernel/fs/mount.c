/* Taking the disk into use: see mount.h. */
#include "fs/mount.h"

#include "abi/errno.h"
#include "fs/bitmap.h"
#include "fs/data.h"
#include "fs/disk.h"
#include "fs/inode.h"
#include "fs/namespace.h"
#include "fs/path.h"
#include "lib/crc32c.h"
#include "lib/string.h"
#include "lib/util.h"
#include "mm/reclaim.h"

#define FLUSH_INTERVAL_NS 3000000000UL
#define SHRINK_BATCH      256 /* idle inodes that the flusher frees per round when memory is low */

static struct disk_super super; /* [const] after mount */

/* --- The superblock --- */

struct area {
    uint32_t start, blocks;
    uint64_t need; /* blocks, at the least */
};

/* The areas follow each other without overlap, and each is large enough. */
static bool areas_are_sane(const struct disk_super *s)
{
    const struct area areas[] = {
        {s->journal_start, s->journal_blocks, FS_MIN_JOURNAL},
        {s->block_bitmap_start, s->block_bitmap_blocks,
         div_round_up(s->nblocks, FS_BITS_PER_BLOCK)},
        {s->inode_bitmap_start, s->inode_bitmap_blocks,
         div_round_up(s->ninodes, FS_BITS_PER_BLOCK)},
        {s->orphan_bitmap_start, s->orphan_bitmap_blocks,
         div_round_up(s->ninodes, FS_BITS_PER_BLOCK)},
        {s->inode_table_start, s->inode_table_blocks,
         div_round_up(s->ninodes, FS_INODES_PER_BLOCK)},
        {s->data_start, 1, 1},
    };
    uint64_t end = 1;
    for (unsigned i = 0; i < ARRAY_SIZE(areas); i++) {
        if (areas[i].start < end || areas[i].blocks < areas[i].need)
            return false;
        end = (uint64_t)areas[i].start + areas[i].blocks;
    }
    return end <= s->nblocks && s->ninodes > FS_ROOT_INO;
}

static const char *read_super(void)
{
    struct page *page;
    if (block_count() < FS_MIN_BLOCKS)
        return "the disk is too small for a file system";
    if (disk_read(0, &page) != 0)
        return "the superblock cannot be read";
    memcpy(&super, page_data(page), sizeof(super));
    page_unpin(page);
    if (super.magic != FS_MAGIC)
        return "the disk holds no Quire file system (make one with mkfs)";
    if (super.version != FS_VERSION || super.block_size != FS_BLOCK_SIZE)
        return "the file system is of another version";
    if (super.crc != crc32c(0, &super, offsetof(struct disk_super, crc)))
        return "the superblock is damaged: its checksum is wrong";
    if (super.nblocks > block_count())
        return "the file system is larger than the disk: is the image cut off?";
    return areas_are_sane(&super) ? NULL : "the superblock is damaged: its areas make no sense";
}

/* --- Mounting --- */

/* What the last run could not finish: deletions, if no name is left, and truncations. */
static int finish_orphan(uint32_t ino)
{
    struct inode *ip;
    struct handle h;
    int err = inode_get(ino, &ip);
    if (err == 0) {
        if (ip->nlink > 0)
            err = data_finish_truncate(ip);
        inode_put(ip);
        return err;
    }
    if (err != -ENOENT)
        return err;
    /* A mark on a free inode: harmless. */
    err = journal_begin(&h, BITMAP_CREDITS);
    if (err != 0)
        return err;
    err = bitmap_set_orphan(&h, ino, false);
    journal_end(&h);
    return err;
}

static void finish_orphans(void)
{
    for (uint32_t ino = FS_ROOT_INO; bitmap_next_orphan(&ino); ino++)
        finish_orphan(ino); /* an error leaves the mark for the next mount */
}

static const char *find_root(void)
{
    struct inode *root;
    if (inode_get(FS_ROOT_INO, &root) != 0 || !inode_is_dir(root))
        return "the root directory is damaged";
    path_set_root(root);
    return NULL;
}

const char *fs_mount(void)
{
    disk_init();
    const char *problem = read_super();
    if (problem == NULL)
        problem = journal_open(&super);
    if (problem != NULL)
        return problem;
    namespace_init();
    if (bitmap_init(&super) != 0 || inode_cache_init(&super) != 0 || data_init() != 0)
        return "there is not enough memory for a disk of this size";
    finish_orphans();
    return find_root();
}

int fs_get_usage(struct fs_usage *usage)
{
    usage->blocks = super.nblocks - super.data_start;
    usage->inodes = super.ninodes - 1;
    return bitmap_count_free(&usage->free_blocks, &usage->free_inodes);
}

/* --- Writing back --- */

struct sync_result {
    int err;
};

/* Errors stay in the object too, for the fsync of whoever wrote the file. */
static void sync_inode(struct inode *ip, void *arg)
{
    struct sync_result *result = arg;
    int err = object_clean(&ip->object, 0, OBJECT_LAST);
    if (err == 0)
        err = inode_write_times(ip);
    if (err != 0)
        result->err = err;
}

int fs_sync(void)
{
    struct sync_result result = {0};
    inode_for_each(sync_inode, &result);
    int err = journal_commit(journal_current());
    if (err == 0)
        err = disk_flush();
    return result.err != 0 ? result.err : err;
}

int fs_unmount(void)
{
    int err = fs_sync();
    int checkpoint_err = journal_checkpoint();
    return err != 0 ? err : checkpoint_err;
}

int fs_drop_caches(void)
{
    int err = fs_unmount();
    reclaim_evict(UINT32_MAX);
    inode_shrink(UINT32_MAX);
    return err;
}

void fs_flusher(void *unused)
{
    thread_begin_reserve();
    for (;;) {
        reclaim_wait_work(FLUSH_INTERVAL_NS);
        fs_sync();
        if (page_count_free() < reclaim_low_mark()) {
            journal_checkpoint();
            reclaim_evict((unsigned)reclaim_low_mark());
            inode_shrink(SHRINK_BATCH);
        }
        reclaim_round_done(object_count_writers() > 0);
    }
}
