/*
 * Memory that goes all at once: the tree of a command and the words made from it live until the
 * command has run. A mark remembers how much was in use; releasing it frees what came after.
 */
#ifndef SH_ARENA_H
#define SH_ARENA_H

#include <stddef.h>

struct arena_mark {
    struct chunk *chunk;
    size_t used;
};

struct arena_mark arena_mark(void);
void arena_release(struct arena_mark mark);

/* Never returns NULL: without memory the shell ends. The memory is zero. */
void *arena_alloc(size_t size);
char *arena_copy(const char *text, size_t length);

/* The same rule for memory that lives longer and is freed by free(). */
void *heap_realloc(void *memory, size_t size);
char *heap_copy(const char *text);

/* A list of strings in the arena, with a NULL behind the last. */
struct strings {
    char **items;
    size_t count, room;
};

void strings_add(struct strings *list, char *item);

/* Text that grows, in the arena; always with a zero behind it once something was added. */
struct text {
    char *bytes;
    size_t length, room;
};

void text_add(struct text *text, char c);

#endif
