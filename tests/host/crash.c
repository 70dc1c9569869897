/*
 * Crashes. A history of random operations is recorded with every block that is written and every
 * flush. Then for each moment of it the disk is made as a crash may have left it: all writes, none
 * that no flush has covered, or some of them, whole or torn. Such an image
 *
 *   - is clean for fsck, after replay of its journal;
 *   - has the names as they were after some operation, not before the last that was made durable;
 *   - has in each file bytes of that file only, from what it held since it was made durable;
 *   - is mounted by the kernel, which finishes what was begun and leaves the same names and bytes;
 *     also when it crashes while it does that.
 */
#include <stdlib.h>
#include <string.h>

#include "abi/errno.h"
#include "fs/format.h"
#include "fs/mount.h"
#include "tests/host/fslab.h"
#include "tests/host/stand.h"
#include "tests/host/test.h"

#define STEPS       300
#define IMAGE_BYTES (FSLAB_BLOCKS * (size_t)FS_BLOCK_SIZE)

struct moment {
    struct model model; /* after the operation */
    struct fslab_step step;
    unsigned done_at; /* in the trace */
};

static struct history {
    struct ramdisk_trace trace;
    struct moment moments[STEPS + 1]; /* the first one is before all operations */
    unsigned count;
    uint8_t work[IMAGE_BYTES] __attribute__((aligned(64))); /* the disk */
    struct ramdisk_trace recovery;
} * h;

static unsigned npages; /* of the machine */

/* Images to work on; in one place, since new memory costs more than what is done with it. */
static uint8_t durable[IMAGE_BYTES] __attribute__((aligned(64)));
static uint8_t crashed[IMAGE_BYTES] __attribute__((aligned(64)));
static uint8_t replayed[IMAGE_BYTES] __attribute__((aligned(64)));

/* --- Recording; in a process of its own --- */

static void record(void *arg)
{
    struct model m;
    model_init(&m);
    fslab_may_fail = ENOSPC;
    const char *problem = fslab_mount(h->work, FSLAB_BLOCKS, npages, &h->trace);
    EXPECT(problem == NULL, "%s", problem);
    h->moments[0] = (struct moment){.model = m, .step = {.file = -1, .synced_all = true}};
    for (h->count = 1; h->count <= STEPS; h->count++) {
        struct fslab_step step = fslab_step(&m);
        h->moments[h->count] = (struct moment){m, step, h->trace.count};
    }
}

/* --- What may be found --- */

/* What a crash at one moment of the trace can show: moments first to last. */
struct range {
    unsigned first, last;
    unsigned first_of_file[MODEL_FILES]; /* of a file's bytes */
};

/* Whether the file has the same names at both moments. */
static bool has_same_names(const struct model *a, const struct model *b, int file)
{
    for (unsigned i = 0; i < MODEL_NAMES; i++) {
        const struct model_name *x = &a->names[i], *y = &b->names[i];
        bool in_a = x->dir != -1 && x->file == file, in_b = y->dir != -1 && y->file == file;
        if (in_a != in_b || (in_a && (x->dir != y->dir || strcmp(x->text, y->text) != 0)))
            return false;
    }
    return true;
}

/* The moment when the file got the names that it has at moment `i`. */
static unsigned named_at(unsigned i, int file)
{
    while (i > 0 && has_same_names(&h->moments[i - 1].model, &h->moments[i].model, file))
        i--;
    return i;
}

static struct range range_at(unsigned at)
{
    struct range r = {0};
    unsigned i = 1, all = 0;
    for (; i < h->count && h->moments[i].done_at <= at; i++) {
        const struct fslab_step *step = &h->moments[i].step;
        unsigned named = step->synced ? named_at(i, step->file) : 0;
        if (step->synced_all)
            all = i;
        if (step->synced)
            r.first_of_file[step->file] = i;
        r.first = named > r.first ? named : r.first;
    }
    r.first = all > r.first ? all : r.first;
    r.last = i < h->count ? i : h->count - 1;
    for (int file = 0; file < MODEL_FILES; file++)
        if (r.first_of_file[file] < all)
            r.first_of_file[file] = all;
    return r;
}

/* A file's bytes are some that it held at one of the moments, or zeros where it had none. */
static void expect_bytes(const struct range *r, int file, const uint8_t *data, uint64_t size)
{
    const struct model_file *versions[STEPS + 1];
    unsigned n = 0;
    uint64_t least = UINT64_MAX, most = 0;
    for (unsigned i = r->first_of_file[file]; i <= r->last; i++) {
        const struct model_file *f = &h->moments[i].model.files[file];
        if (n > 0 && (f->type == MODEL_NONE ||
                      (versions[n - 1]->data == f->data && versions[n - 1]->size == f->size)))
            continue;
        versions[n++] = f;
        least = f->size < least ? f->size : least;
        most = f->size > most ? f->size : most;
    }
    EXPECT(size >= least && size <= most, "file %d: %lu bytes, not %lu to %lu", file, size, least,
           most);
    for (uint64_t at = 0; at < size; at++) {
        bool known = false;
        for (unsigned i = 0; i < n && !known; i++)
            known = data[at] == (at < versions[i]->size ? versions[i]->data[at] : 0);
        EXPECT(known, "byte %lu of file %d is %x, which it never held; %u versions", at, file,
               data[at], n);
    }
}

static void expect_contents(const uint8_t *image, const struct range *r, unsigned moment,
                            const uint32_t *ino)
{
    for (int file = 0; file < MODEL_FILES; file++) {
        enum model_type type = h->moments[moment].model.files[file].type;
        uint64_t size;
        if (type != MODEL_REGULAR && type != MODEL_LINK)
            continue;
        uint8_t *data = fslab_read_file(image, ino[file], &size);
        expect_bytes(r, file, data, size);
        free(data);
    }
}

/* Replays the journal; returns the moment whose names the image has. */
static unsigned expect_sound(uint8_t *image, const struct range *r)
{
    uint32_t ino[MODEL_FILES];
    fslab_fsck(image, FSLAB_BLOCKS, false);
    for (unsigned i = r->last + 1; i > r->first; i--) {
        if (!fslab_same_names(image, &h->moments[i - 1].model, ino))
            continue;
        expect_contents(image, r, i - 1, ino);
        return i - 1;
    }
    EXPECT(false, "the names are none of moments %u to %u", r->first, r->last);
}

/* --- Mounting what a crash has left; in a process of its own --- */

struct mounting {
    const struct range *range;
    unsigned moment; /* whose names are found */
    uint8_t *image;  /* in shared memory, with its journal */
};

/* A crash while the kernel recovers, at each moment of that. */
static void crash_again(const struct mounting *m)
{
    uint32_t ino[MODEL_FILES];
    unsigned settled = 0;
    memcpy(durable, crashed, IMAGE_BYTES);
    for (unsigned at = 0; at <= h->recovery.count; at++) {
        ramdisk_settle(&h->recovery, &settled, at, durable);
        memcpy(replayed, durable, IMAGE_BYTES);
        struct ramdisk_loss loss = {50, test_chance(50)};
        ramdisk_lose(&h->recovery, settled, at, loss, replayed);
        fslab_fsck(replayed, FSLAB_BLOCKS, false);
        EXPECT(fslab_same_names(replayed, &h->moments[m->moment].model, ino));
        expect_contents(replayed, m->range, m->moment, ino);
    }
}

static void mount_it(void *arg)
{
    const struct mounting *m = arg;
    uint32_t ino[MODEL_FILES];
    h->recovery.count = 0;
    const char *problem = fslab_mount(m->image, FSLAB_BLOCKS, 600, &h->recovery);
    EXPECT(problem == NULL, "%s", problem);
    EXPECT(fs_unmount() == 0, "%s", stand_messages());
    fslab_fsck(m->image, FSLAB_BLOCKS, true);
    EXPECT(fslab_same_names(m->image, &h->moments[m->moment].model, ino));
    expect_contents(m->image, m->range, m->moment, ino);
    crash_again(m);
}

/* --- All moments --- */

/* Of the image in `crashed`; some are mounted. */
static void expect_survival(unsigned at, const struct range *r)
{
    memcpy(replayed, crashed, IMAGE_BYTES);
    unsigned moment = expect_sound(replayed, r);
    if (test_below(40) != 0)
        return;
    memcpy(h->work, crashed, IMAGE_BYTES);
    EXPECT(test_apart(mount_it, &(struct mounting){r, moment, h->work}),
           "mounted after a crash at event %u of %u", at, h->trace.count);
}

/* Each of the four ways in which the writes that no flush has covered may be lost. */
static void crash_everywhere(void)
{
    static const struct ramdisk_loss ways[] = {{100, false}, {0, false}, {50, false}, {50, true}};
    h = test_shared(sizeof(*h));
    uint8_t *base = fslab_make(FSLAB_BLOCKS, 100);
    memcpy(h->work, base, IMAGE_BYTES);
    EXPECT(test_apart(record, NULL));
    memcpy(durable, base, IMAGE_BYTES);
    unsigned settled = 0;
    for (unsigned at = 0; at <= h->trace.count; at++) {
        struct range r = range_at(at);
        ramdisk_settle(&h->trace, &settled, at, durable);
        for (unsigned i = 0; i < 4; i++) {
            memcpy(crashed, durable, IMAGE_BYTES);
            ramdisk_lose(&h->trace, settled, at, ways[i], crashed);
            expect_survival(at, &r);
        }
    }
    EXPECT(h->trace.count > 400, "%u events only", h->trace.count);
}

static void crashes(void)
{
    npages = 1000;
    crash_everywhere();
}

/* Reclaim and the flusher write at any time. */
static void crashes_in_little_memory(void)
{
    npages = 180;
    crash_everywhere();
}

int main(void)
{
    TEST_APART(crashes, 2);
    TEST_APART(crashes_in_little_memory, 2);
    return test_end();
}
