/* What a file system should hold: see fsmodel.h. */
#include "tests/host/fsmodel.h"

#include <stdio.h>
#include <string.h>

#include "abi/errno.h"
#include "tests/host/test.h"

void model_init(struct model *m)
{
    memset(m, 0, sizeof(*m));
    for (unsigned i = 0; i < MODEL_NAMES; i++)
        m->names[i].dir = -1;
    m->files[MODEL_ROOT].type = MODEL_DIRECTORY;
    m->files[MODEL_ROOT].nlink = 1;
    m->nfiles = 1;
}

/* --- Names --- */

static struct model_name *find_name(const struct model *m, const struct model_place *p)
{
    for (unsigned i = 0; i < MODEL_NAMES; i++)
        if (m->names[i].dir == p->dir && strcmp(m->names[i].text, p->text) == 0)
            return (struct model_name *)&m->names[i];
    return NULL;
}

int model_find(const struct model *m, const struct model_place *p)
{
    const struct model_name *n = find_name(m, p);
    return n == NULL ? -1 : n->file;
}

static struct model_name *free_name(const struct model *m)
{
    for (unsigned i = 0; i < MODEL_NAMES; i++)
        if (m->names[i].dir == -1)
            return (struct model_name *)&m->names[i];
    return NULL;
}

bool model_is_full(const struct model *m)
{
    return free_name(m) == NULL || m->nfiles == MODEL_FILES;
}

static void add_name(struct model *m, const struct model_place *p, int file)
{
    struct model_name *n = free_name(m);
    n->dir = p->dir;
    n->file = file;
    strcpy(n->text, p->text);
    m->files[file].nlink++;
}

static void drop_name(struct model *m, struct model_name *n)
{
    n->dir = -1;
    if (--m->files[n->file].nlink == 0)
        m->files[n->file].type = MODEL_NONE;
}

static bool is_empty(const struct model *m, int dir)
{
    for (unsigned i = 0; i < MODEL_NAMES; i++)
        if (m->names[i].dir == dir)
            return false;
    return true;
}

static const struct model_name *name_of(const struct model *m, int file)
{
    for (unsigned i = 0; i < MODEL_NAMES; i++)
        if (m->names[i].dir != -1 && m->names[i].file == file)
            return &m->names[i];
    return NULL;
}

/* Whether `dir` is `ancestor` or lies below it. */
static bool lies_below(const struct model *m, int dir, int ancestor)
{
    while (dir != ancestor && dir != MODEL_ROOT)
        dir = name_of(m, dir)->dir;
    return dir == ancestor;
}

void model_path(const struct model *m, const struct model_place *p, char *path)
{
    if (p->dir == MODEL_ROOT) {
        sprintf(path, "/%s", p->text);
        return;
    }
    const struct model_name *n = name_of(m, p->dir);
    struct model_place up = {.dir = n->dir};
    strcpy(up.text, n->text);
    model_path(m, &up, path);
    sprintf(path + strlen(path), "/%s", p->text);
}

/* --- Operations --- */

int model_create(struct model *m, const struct model_place *p, enum model_type type)
{
    if (find_name(m, p) != NULL)
        return -EEXIST;
    m->files[m->nfiles] = (struct model_file){.type = type};
    add_name(m, p, (int)m->nfiles++);
    return 0;
}

int model_symlink(struct model *m, const struct model_place *p, const char *target)
{
    int err = model_create(m, p, MODEL_LINK);
    if (err == 0)
        model_write(m, (int)m->nfiles - 1, 0, target, strlen(target));
    return err;
}

int model_link(struct model *m, int file, const struct model_place *p)
{
    if (m->files[file].type == MODEL_DIRECTORY)
        return -EPERM;
    if (find_name(m, p) != NULL)
        return -EEXIST;
    add_name(m, p, file);
    return 0;
}

int model_unlink(struct model *m, const struct model_place *p)
{
    struct model_name *n = find_name(m, p);
    if (n == NULL)
        return -ENOENT;
    if (m->files[n->file].type == MODEL_DIRECTORY)
        return -EISDIR;
    drop_name(m, n);
    return 0;
}

int model_rmdir(struct model *m, const struct model_place *p)
{
    struct model_name *n = find_name(m, p);
    if (n == NULL)
        return -ENOENT;
    if (m->files[n->file].type != MODEL_DIRECTORY)
        return -ENOTDIR;
    if (!is_empty(m, n->file))
        return -ENOTEMPTY;
    drop_name(m, n);
    return 0;
}

int model_rename(struct model *m, const struct model_place *from, const struct model_place *to)
{
    struct model_name *old = find_name(m, from), *victim = find_name(m, to);
    if (old == NULL)
        return -ENOENT;
    bool is_dir = m->files[old->file].type == MODEL_DIRECTORY;
    if (is_dir && lies_below(m, to->dir, old->file))
        return -EINVAL;
    if (victim != NULL && victim->file == old->file)
        return 0;
    bool victim_is_dir = victim != NULL && m->files[victim->file].type == MODEL_DIRECTORY;
    if (victim_is_dir && victim->file == from->dir)
        return -ENOTEMPTY;
    if (victim != NULL && is_dir != victim_is_dir)
        return is_dir ? -ENOTDIR : -EISDIR;
    if (victim_is_dir && !is_empty(m, victim->file))
        return -ENOTEMPTY;
    if (victim != NULL)
        drop_name(m, victim);
    old->dir = to->dir;
    strcpy(old->text, to->text);
    return 0;
}

/* A copy of the first `size` bytes, zeros behind the end. */
static uint8_t *copy_data(const struct model_file *f, uint64_t size)
{
    uint8_t *data = test_shared(size);
    if (f->data != NULL)
        memcpy(data, f->data, f->size < size ? f->size : size);
    if (size > f->size)
        memset(data + f->size, 0, size - f->size);
    return data;
}

void model_write(struct model *m, int file, uint64_t offset, const void *data, uint64_t n)
{
    struct model_file *f = &m->files[file];
    uint64_t size = offset + n > f->size ? offset + n : f->size;
    uint8_t *copy = copy_data(f, size);
    memcpy(copy + offset, data, n);
    f->data = copy;
    f->size = size;
}

void model_truncate(struct model *m, int file, uint64_t size)
{
    struct model_file *f = &m->files[file];
    if (size != f->size)
        f->data = copy_data(f, size);
    f->size = size;
}

/* --- Chance --- */

int model_random_file(const struct model *m, enum model_type type)
{
    int found = -1;
    unsigned seen = 0;
    for (unsigned i = 0; i < m->nfiles; i++)
        if (m->files[i].type == type && test_below(++seen) == 0)
            found = (int)i;
    return found;
}

struct model_place model_random_place(const struct model *m)
{
    struct model_place p = {.dir = model_random_file(m, MODEL_DIRECTORY)};
    sprintf(p.text, "%c%u", "abc"[test_below(3)], (unsigned)test_below(3));
    if (test_chance(60)) {
        /* One that is there. */
        const struct model_name *n = &m->names[test_below(MODEL_NAMES)];
        if (n->dir != -1) {
            p.dir = n->dir;
            strcpy(p.text, n->text);
        }
    }
    return p;
}
