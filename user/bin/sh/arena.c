/* Memory that goes all at once. See arena.h. */
#include "arena.h"
#include "shell.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK_SIZE = 8000, ALIGNMENT = 16 };

struct chunk {
    struct chunk *older;
    size_t size;
    _Alignas(ALIGNMENT) char bytes[];
};

static struct chunk *newest;
static size_t used; /* of the newest chunk */

static void *require(void *memory)
{
    if (memory != NULL)
        return memory;
    shell_error("out of memory");
    exit(STATUS_SYNTAX);
}

struct arena_mark arena_mark(void)
{
    return (struct arena_mark){newest, used};
}

void arena_release(struct arena_mark mark)
{
    while (newest != mark.chunk) {
        struct chunk *older = newest->older;
        free(newest);
        newest = older;
    }
    used = mark.used;
}

void *arena_alloc(size_t size)
{
    size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (newest == NULL || newest->size - used < size) {
        size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;
        struct chunk *chunk = require(malloc(sizeof(*chunk) + room));
        chunk->older = newest;
        chunk->size = room;
        newest = chunk;
        used = 0;
    }
    void *memory = newest->bytes + used;
    used += size;
    return memset(memory, 0, size);
}

char *arena_copy(const char *text, size_t length)
{
    return memcpy(arena_alloc(length + 1), text, length);
}

void *heap_realloc(void *memory, size_t size)
{
    return require(realloc(memory, size));
}

char *heap_copy(const char *text)
{
    return require(strdup(text));
}

void strings_add(struct strings *list, char *item)
{
    if (list->count + 1 >= list->room) {
        size_t room = list->room == 0 ? 8 : 2 * list->room;
        char **items = arena_alloc(room * sizeof(*items));
        if (list->count > 0)
            memcpy(items, list->items, list->count * sizeof(*items));
        list->items = items;
        list->room = room;
    }
    list->items[list->count++] = item;
    list->items[list->count] = NULL;
}

void text_add(struct text *text, char c)
{
    if (text->length + 1 >= text->room) {
        size_t room = text->room == 0 ? 32 : 2 * text->room;
        char *bytes = arena_alloc(room);
        if (text->length > 0)
            memcpy(bytes, text->bytes, text->length);
        text->bytes = bytes;
        text->room = room;
    }
    text->bytes[text->length++] = c;
    text->bytes[text->length] = '\0';
}
