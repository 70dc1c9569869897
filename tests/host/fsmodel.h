/*
 * What a file system should hold: files with their bytes, and names. A model is copied as a whole,
 * so that each moment of a history can be kept; the bytes are never changed in place. Operations
 * return 0 or the negated errno that the kernel must return.
 */
#ifndef TESTS_HOST_FSMODEL_H
#define TESTS_HOST_FSMODEL_H

#include <stdbool.h>
#include <stdint.h>

#define MODEL_FILES 300 /* numbers are not used again */
#define MODEL_NAMES 60
#define MODEL_ROOT  0

enum model_type { MODEL_NONE, MODEL_REGULAR, MODEL_DIRECTORY, MODEL_LINK };

struct model_file {
    enum model_type type;
    unsigned nlink; /* of a directory: names in it and for it are not counted */
    uint64_t size;
    const uint8_t *data; /* in shared memory */
};

struct model_name {
    int dir, file; /* dir -1: the entry is not used */
    char text[12];
};

struct model {
    unsigned nfiles; /* numbers used so far */
    struct model_file files[MODEL_FILES];
    struct model_name names[MODEL_NAMES];
};

/* A name in a directory, that may exist or not. */
struct model_place {
    int dir;
    char text[12];
};

void model_init(struct model *m);
int model_find(const struct model *m, const struct model_place *p); /* a file, or -1 */
bool model_is_full(const struct model *m);
void model_path(const struct model *m, const struct model_place *p, char *path);

int model_create(struct model *m, const struct model_place *p, enum model_type type);
int model_symlink(struct model *m, const struct model_place *p, const char *target);
int model_link(struct model *m, int file, const struct model_place *p);
int model_unlink(struct model *m, const struct model_place *p);
int model_rmdir(struct model *m, const struct model_place *p);
int model_rename(struct model *m, const struct model_place *from, const struct model_place *to);
void model_write(struct model *m, int file, uint64_t offset, const void *data, uint64_t n);
void model_truncate(struct model *m, int file, uint64_t size);

/* Somewhere: in any directory, a name of a few that may be there. */
struct model_place model_random_place(const struct model *m);

/* Any file of a type; -1: there is none. */
int model_random_file(const struct model *m, enum model_type type);

#endif
