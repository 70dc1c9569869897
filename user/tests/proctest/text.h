/* Files of text: whole, by line, by field. */
#ifndef PROCTEST_TEXT_H
#define PROCTEST_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A whole file, with a final zero; to be freed. NULL if it cannot be opened or read. */
char *read_text(const char *path);

/* The number behind "NAME:" or "NAME" at the beginning of a line, in text; -1: there is none. */
long number_of(const char *text, const char *name);

/* The same of a file. */
long number_in(const char *path, const char *name);

/* /proc/PID/NAME; good until the next call but three. */
const char *proc_path(long pid, const char *name);

/* A line of maps. */
struct map_line {
    uintptr_t start, end;
    char rights[5];
    unsigned long offset;
    unsigned major, minor;
    unsigned long ino;
    char name[256];
};

/* The line that holds an address: of this process, or in a text. */
bool find_map(const void *at, struct map_line *line);
bool find_map_in(const char *maps, uintptr_t at, struct map_line *line);

/* The number of a mapping's entry in smaps, in KiB; -1: none. */
long smaps_number(const void *at, const char *name);

/* The entry of pagemap for an address of this process. */
uint64_t pagemap_of(const void *at);

#define PRESENT    (1ULL << 63)
#define FILE_PAGE  (1ULL << 61)
#define EXCLUSIVE  (1ULL << 56)
#define SOFT_DIRTY (1ULL << 55)
#define FRAME      ((1ULL << 55) - 1)

/* Writes a text to a file that is there; whether all of it was taken. */
bool write_text(const char *path, const char *text);

#endif
