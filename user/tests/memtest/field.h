/*
 * A field for tables of errors: a range of addresses with mappings of several kinds in it, and rows
 * that say what a call with an address in it, a length and one more argument must answer.
 */
#ifndef MEMTEST_FIELD_H
#define MEMTEST_FIELD_H

#include "../pages.h"

/* Where in the field what lies, two pages each; the rest is not mapped. */
#define FIELD_ANON      (0 * PAGE)  /* private anonymous memory, read and write */
#define FIELD_GAP       (2 * PAGE)  /* nothing */
#define FIELD_SHARED    (4 * PAGE)  /* a file, shared, read and write */
#define FIELD_READ_ONLY (6 * PAGE)  /* a file opened for reading only, shared, read */
#define FIELD_PRIVATE   (8 * PAGE)  /* the same file, private, read and write */
#define FIELD_NONE      (10 * PAGE) /* private anonymous memory, no access */
#define FIELD_END       (12 * PAGE) /* nothing */
#define FIELD_SIZE      (16 * PAGE)

#define KERNEL          0xffffffc080200000UL
#define LAST_PAGE       0xfffffffffffff000UL

/* Makes the field anew; of one file a descriptor for both, and one for reading. */
void field_lay_out(uint8_t *field, int writable, int readable);

struct row {
    const char *what;
    uintptr_t at; /* below FIELD_SIZE: counted from the start of the field */
    size_t length;
    int argument;
    int error; /* 0: it succeeds */
};

/* Calls with each row in turn, in a new field each time, and compares the answers. */
void check_rows(const struct row *rows, size_t count, int (*call)(void *, size_t, int));

#define CHECK_ROWS(rows, call) check_rows(rows, sizeof(rows) / sizeof((rows)[0]), call)

#endif
