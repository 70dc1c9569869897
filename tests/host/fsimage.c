/* Images held against models: see fslab.h. */
#include "tests/host/fslab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mkfs/check.h"
#include "mkfs/make.h"
#include "mkfs/mode.h"
#include "mkfs/read.h"
#include "tests/host/stand.h"
#include "tests/host/test.h"

uint8_t *fslab_make(size_t nblocks, unsigned ninodes)
{
    uint8_t *image = test_shared(nblocks * FS_BLOCK_SIZE);
    const char *problem = fs_make(image, nblocks * FS_BLOCK_SIZE, ninodes, NULL);
    EXPECT(problem == NULL, "%s", problem);
    return image;
}

static char said[4000];

static void say(void *arg, enum fs_kind kind, const char *sentence)
{
    size_t used = strlen(said);
    snprintf(said + used, sizeof(said) - used, "%s%s\n", kind == FS_NOTE ? "note: " : "", sentence);
}

void fslab_fsck(uint8_t *image, size_t nblocks, bool nothing_left)
{
    struct fs_report report = {.say = say};
    said[0] = '\0';
    enum fs_status status = fs_check(image, nblocks * FS_BLOCK_SIZE, &report);
    EXPECT(status == FS_CLEAN, "fsck says: %s", said);
    EXPECT(!nothing_left || report.notes == 0, "fsck says: %s", said);
}

static enum model_type type_of(const struct disk_inode *inode)
{
    switch (inode->mode & MODE_TYPE) {
    case MODE_DIR: return MODEL_DIRECTORY;
    case MODE_REG: return MODEL_REGULAR;
    case MODE_LNK: return MODEL_LINK;
    default: return MODEL_NONE;
    }
}

/* Names that every image has, and that no test touches. */
static bool is_standard(int dir, const char *text)
{
    if (strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
        return true;
    return dir == MODEL_ROOT &&
           (strcmp(text, "dev") == 0 || strcmp(text, "proc") == 0 || strcmp(text, "tmp") == 0);
}

/* One directory and what is below it; counts the names. */
static bool same_dir(const struct reader *reader, const struct model *m, int dir, uint32_t *ino,
                     unsigned *count)
{
    const struct disk_inode *inode = read_inode(reader, ino[dir]);
    const struct disk_dirent *d;
    for (uint64_t at = 0; (d = read_dirent(reader, inode, &at)) != NULL;) {
        struct model_place p = {.dir = dir};
        char text[256];
        snprintf(text, sizeof(text), "%.*s", d->namelen, d->name);
        if (is_standard(dir, text))
            continue;
        if (strlen(text) >= sizeof(p.text))
            return false;
        strcpy(p.text, text);
        int file = model_find(m, &p);
        const struct disk_inode *child = read_inode(reader, d->ino);
        if (file < 0 || child == NULL || type_of(child) != m->files[file].type)
            return false;
        if (ino[file] != 0 && ino[file] != d->ino)
            return false;
        ino[file] = d->ino;
        ++*count;
        if (type_of(child) == MODEL_DIRECTORY && !same_dir(reader, m, file, ino, count))
            return false;
    }
    return true;
}

bool fslab_same_names(const uint8_t *image, const struct model *m, uint32_t *ino)
{
    struct reader reader;
    unsigned count = 0, expected = 0;
    read_begin(&reader, image);
    memset(ino, 0, MODEL_FILES * sizeof(*ino));
    ino[MODEL_ROOT] = FS_ROOT_INO;
    for (unsigned i = 0; i < MODEL_NAMES; i++)
        expected += m->names[i].dir != -1;
    return same_dir(&reader, m, MODEL_ROOT, ino, &count) && count == expected;
}

uint8_t *fslab_read_file(const uint8_t *image, uint32_t ino, uint64_t *size)
{
    struct reader reader;
    read_begin(&reader, image);
    const struct disk_inode *inode = read_inode(&reader, ino);
    uint64_t nblocks = (inode->size + FS_BLOCK_SIZE - 1) / FS_BLOCK_SIZE;
    uint8_t *data = test_alloc(nblocks * FS_BLOCK_SIZE);
    for (uint64_t i = 0; i < nblocks; i++)
        memcpy(data + i * FS_BLOCK_SIZE, read_block(&reader, inode, i), FS_BLOCK_SIZE);
    *size = inode->size;
    return data;
}

bool fslab_tail_is_zero(const uint8_t *image, uint32_t ino)
{
    uint64_t size;
    uint8_t *data = fslab_read_file(image, ino, &size);
    bool zero = true;
    for (uint64_t i = size; i % FS_BLOCK_SIZE != 0; i++)
        zero = zero && data[i] == 0;
    free(data);
    return zero;
}
