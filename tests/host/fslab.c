/* Driving a file system beside a model: see fslab.h. Images are in fsimage.c. */
#include "tests/host/fslab.h"

#include <stdlib.h>
#include <string.h>

#include "abi/errno.h"
#include "arch/usercopy.h"
#include "fs/data.h"
#include "fs/journal.h"
#include "fs/mount.h"
#include "fs/namespace.h"
#include "mm/reclaim.h"
#include "mm/rmap.h"
#include "mm/slab.h"
#include "mm/writeback.h"
#include "sync/self.h"
#include "tests/host/stand.h"
#include "tests/host/test.h"

int fslab_may_fail;
unsigned fslab_failures;
bool fslab_far;

/* The first byte that is behind the direct blocks and those of the indirect one. */
#define FAR ((FS_NDIRECT + (uint64_t)FS_PTRS_PER_BLOCK) * FS_BLOCK_SIZE)

/* --- User memory: an array; nothing is mapped --- */

#define USER_VA   0x10000UL
#define USER_SIZE (8UL << 20)

static uint8_t user_memory[USER_SIZE];

static void *user(const void *p)
{
    uint64_t va = (uint64_t)p;
    return va >= USER_VA && va < USER_VA + USER_SIZE ? user_memory + (va - USER_VA) : (void *)p;
}

size_t arch_user_copy(void *to, const void *from, size_t n)
{
    lockrank_check_none();
    memcpy(user(to), user(from), n);
    return 0;
}

size_t arch_user_zero(void *to, size_t n)
{
    memset(user(to), 0, n);
    return 0;
}

long arch_user_string(char *to, const char *from, size_t size)
{
    return -1;
}

void rmap_unmap(struct object *o, uint64_t first, uint64_t last)
{
}

void rmap_harvest(struct object *o, uint64_t first, uint64_t last)
{
}

/* --- The machine --- */

/* A round of the flusher, for a thread that waits for it. */
static void flusher(void)
{
    thread_begin_reserve();
    fs_sync();
    if (page_count_free() < reclaim_low_mark()) {
        journal_checkpoint();
        reclaim_evict((unsigned)reclaim_low_mark());
    }
    reclaim_round_done(false);
    thread_end_reserve();
}

const char *fslab_mount(uint8_t *image, size_t nblocks, size_t npages, struct ramdisk_trace *trace)
{
    stand_memory(npages);
    reclaim_init();
    kmalloc_init();
    object_cache_init();
    writeback_init();
    ramdisk_attach(image, nblocks, trace);
    stand_idle = flusher;
    return fs_mount();
}

/* --- Operations on the kernel --- */

/* The file of the model, with a reference. */
static int get_file(const struct model *m, int file, struct inode **ip)
{
    char path[256];
    for (unsigned i = 0; i < MODEL_NAMES; i++) {
        const struct model_name *n = &m->names[i];
        if (n->dir == -1 || n->file != file)
            continue;
        struct model_place p = {.dir = n->dir};
        strcpy(p.text, n->text);
        model_path(m, &p, path);
        struct inode *root = path_root();
        int err = path_find_link(root, path, ip);
        inode_put(root);
        return err;
    }
    EXPECT(false, "file %d has no name", file);
}

static int get_end(const struct model *m, const struct model_place *p, struct path_end *end)
{
    char path[256];
    model_path(m, p, path);
    struct inode *root = path_root();
    int err = path_find_parent(root, path, end);
    inode_put(root);
    return err;
}

static struct uio uio_for(struct iovec *vector, size_t n)
{
    *vector = (struct iovec){(void *)USER_VA, n};
    return uio_of(vector, 1, n);
}

/* Whether the kernel's result is the model's; false also if it may fail and did. */
static bool agree(int64_t result, int64_t expected)
{
    if (result == expected)
        return true;
    bool excused = fslab_may_fail != 0 && (result == -fslab_may_fail || result == -EROFS);
    EXPECT(excused, "%ld instead of %ld; %s", result, expected, stand_messages());
    fslab_failures++;
    return false;
}

/* --- Random operations: the model changes if the kernel says that it has --- */

static bool create(struct model *m)
{
    struct model_place p = model_random_place(m);
    enum model_type type = test_chance(70) ? MODEL_REGULAR : MODEL_DIRECTORY;
    uint32_t mode = type == MODEL_REGULAR ? S_IFREG | 0644 : S_IFDIR | 0755;
    struct model after = *m;
    struct path_end end;
    struct inode *ip;
    int expected = model_create(&after, &p, type);
    int err = get_end(m, &p, &end);
    if (err == 0) {
        err = namespace_create(&end, (struct new_inode){mode, 0}, &ip);
        inode_put(end.dir);
        if (err == 0)
            inode_put(ip);
    }
    if (agree(err, expected))
        *m = after;
    return err == 0;
}

static void make_symlink(struct model *m)
{
    struct model_place p = model_random_place(m);
    char target[2000];
    memset(target, 't', sizeof(target));
    target[1 + test_below(test_chance(80) ? 100 : sizeof(target) - 1)] = '\0';
    struct model after = *m;
    struct path_end end;
    int expected = model_symlink(&after, &p, target);
    int err = get_end(m, &p, &end);
    if (err == 0) {
        err = namespace_symlink(&end, target);
        inode_put(end.dir);
    }
    if (agree(err, expected))
        *m = after;
}

static void make_link(struct model *m)
{
    int file = test_chance(95) ? model_random_file(m, MODEL_REGULAR) : MODEL_ROOT;
    struct model_place p = model_random_place(m);
    struct model after = *m;
    struct path_end end;
    struct inode *ip;
    if (file <= 0)
        return;
    int expected = model_link(&after, file, &p);
    int err = get_file(m, file, &ip);
    if (err == 0) {
        err = get_end(m, &p, &end);
        if (err == 0) {
            err = namespace_link(ip, &end);
            inode_put(end.dir);
        }
        inode_put(ip);
    }
    if (agree(err, expected))
        *m = after;
}

static void take_name(struct model *m)
{
    struct model_place p = model_random_place(m);
    struct model after = *m;
    struct path_end end;
    bool as_dir = test_chance(30);
    int expected = as_dir ? model_rmdir(&after, &p) : model_unlink(&after, &p);
    int err = get_end(m, &p, &end);
    if (err == 0) {
        err = as_dir ? namespace_rmdir(&end) : namespace_unlink(&end);
        inode_put(end.dir);
    }
    if (agree(err, expected))
        *m = after;
}

static void move_name(struct model *m)
{
    struct model_place from = model_random_place(m), to = model_random_place(m);
    struct model after = *m;
    struct path_end old, new;
    int expected = model_rename(&after, &from, &to);
    int err = get_end(m, &from, &old);
    if (err == 0) {
        err = get_end(m, &to, &new);
        if (err == 0) {
            err = namespace_rename(&old, &new, false);
            inode_put(new.dir);
        }
        inode_put(old.dir);
    }
    if (agree(err, expected))
        *m = after;
}

/* A write may fall short where it may fail; the model gets what was written. */
static void write_file(struct model *m, int file)
{
    uint64_t offset = test_below(test_chance(30) ? m->files[file].size + 1 : 70000);
    uint64_t n = 1 + test_below(test_chance(80) ? 6000 : 60000);
    if (fslab_far && test_chance(30))
        offset = FAR - 30000 + test_below(60000);
    struct inode *ip;
    struct iovec vector;
    test_fill(user_memory, n);
    int64_t result = get_file(m, file, &ip);
    if (result == 0) {
        struct uio u = uio_for(&vector, n);
        mutex_lock(&ip->lock);
        result = data_write(ip, &u, offset);
        mutex_unlock(&ip->lock);
        inode_put(ip);
    }
    if (result > 0)
        model_write(m, file, offset, user_memory, (uint64_t)result);
    EXPECT(result == (int64_t)n || fslab_may_fail != 0, "%ld of %lu", result, n);
    if (result <= 0)
        agree(result, (int64_t)n);
}

static void truncate_file(struct model *m, int file)
{
    uint64_t size = test_chance(30) ? 0 : test_below(90000);
    if (fslab_far && test_chance(30))
        size = FAR - 30000 + test_below(60000);
    struct inode *ip;
    int err = get_file(m, file, &ip);
    if (err == 0) {
        mutex_lock(&ip->lock);
        err = data_truncate(ip, size);
        mutex_unlock(&ip->lock);
        inode_put(ip);
    }
    if (agree(err, 0))
        model_truncate(m, file, size);
}

static int sync_file(const struct model *m, int file)
{
    struct inode *ip;
    int err = get_file(m, file, &ip);
    if (err == 0) {
        err = data_sync(ip, true);
        inode_put(ip);
    }
    agree(err, 0);
    return err;
}

/* A file that a program has open meanwhile: without a name it is an orphan. */
static struct inode *held;

static void hold_or_drop(const struct model *m)
{
    int file = model_random_file(m, MODEL_REGULAR);
    if (held != NULL)
        inode_put(held);
    held = NULL;
    if (file >= 0 && get_file(m, file, &held) != 0)
        held = NULL;
}

static struct fslab_step random_operation(struct model *m)
{
    struct fslab_step step = {.file = -1};
    uint64_t what = test_below(100);
    if (test_chance(10))
        hold_or_drop(m);
    int file = model_random_file(m, MODEL_REGULAR);
    if (what < 18 && !model_is_full(m)) {
        create(m);
    } else if (what < 22 && !model_is_full(m)) {
        make_symlink(m);
    } else if (what < 26 && !model_is_full(m)) {
        make_link(m);
    } else if (what < 36) {
        take_name(m);
    } else if (what < 48) {
        move_name(m);
    } else if (file >= 0 && what < 80) {
        step = (struct fslab_step){.file = file, .changed = true};
        write_file(m, file);
    } else if (file >= 0 && what < 88) {
        step = (struct fslab_step){.file = file, .changed = true};
        truncate_file(m, file);
    } else if (file >= 0 && what < 94) {
        step = (struct fslab_step){.file = file};
        step.synced = sync_file(m, file) == 0;
    } else {
        int err = what < 98 ? fs_sync() : fs_drop_caches();
        agree(err, 0);
        step.synced_all = err == 0;
    }
    return step;
}

struct fslab_step fslab_step(struct model *m)
{
    struct fslab_step step = random_operation(m);
    stand_expect_nothing_held();
    uint64_t states[PAGE_NSTATES], pins;
    page_count(states, &pins);
    EXPECT(pins == 0, "%lu pins are left", pins);
    return step;
}

/* --- Reading back --- */

void fslab_expect_files(const struct model *m)
{
    for (int file = 0; file < (int)m->nfiles; file++) {
        const struct model_file *f = &m->files[file];
        struct inode *ip;
        struct iovec vector;
        if (f->type != MODEL_REGULAR)
            continue;
        EXPECT(get_file(m, file, &ip) == 0);
        EXPECT(inode_size(ip) == f->size && ip->nlink == f->nlink, "file %d: %lu bytes, not %lu",
               file, inode_size(ip), f->size);
        memset(user_memory, 0xee, f->size + 1);
        struct uio u = uio_for(&vector, f->size + 1);
        EXPECT(data_read(ip, &u, 0) == (int64_t)f->size);
        EXPECT(f->size == 0 || memcmp(user_memory, f->data, f->size) == 0, "file %d", file);
        EXPECT(object_check(&ip->object) == 0, "%s", stand_messages());
        inode_put(ip);
    }
}

void fslab_unmount(const struct model *m, uint8_t *image, size_t nblocks)
{
    uint32_t ino[MODEL_FILES];
    if (held != NULL)
        inode_put(held);
    held = NULL;
    EXPECT(fs_unmount() == 0, "%s", stand_messages());
    fslab_fsck(image, nblocks, true);
    EXPECT(fslab_same_names(image, m, ino), "the names are others");
    for (unsigned i = 0; i < m->nfiles; i++) {
        const struct model_file *f = &m->files[i];
        uint64_t size;
        if (f->type != MODEL_REGULAR && f->type != MODEL_LINK)
            continue;
        uint8_t *data = fslab_read_file(image, ino[i], &size);
        EXPECT(size == f->size, "file %u has %lu bytes instead of %lu", i, size, f->size);
        EXPECT(size == 0 || memcmp(data, f->data, size) == 0, "file %u", i);
        EXPECT(fslab_tail_is_zero(image, ino[i]), "file %u", i);
        free(data);
    }
}
