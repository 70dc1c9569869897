/* See field.h. */
#include "field.h"

void field_lay_out(uint8_t *field, int writable, int readable)
{
    munmap(field, FIELD_SIZE);
    map_over(field + FIELD_ANON, 2 * PAGE, ANON, -1);
    map_over(field + FIELD_SHARED, 2 * PAGE, MAP_SHARED, writable);
    void *at = field + FIELD_READ_ONLY;
    MUST(mmap(at, 2 * PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, readable, 0) == at, "a file");
    map_over(field + FIELD_PRIVATE, 2 * PAGE, MAP_PRIVATE, readable);
    at = field + FIELD_NONE;
    MUST(mmap(at, 2 * PAGE, PROT_NONE, ANON | MAP_FIXED, -1, 0) == at, "memory without access");
}

static void check_row(const struct row *row, uint8_t *field, int (*call)(void *, size_t, int))
{
    uint8_t *at = row->at < FIELD_SIZE ? field + row->at : (uint8_t *)row->at;
    errno = 0;
    int got = call(at, row->length, row->argument);
    if (row->error == 0)
        CHECK(got == 0, "%s", row->what);
    else
        CHECK(got == -1 && errno == row->error, "%s: %d, expected %s", row->what, got,
              strerror(row->error));
}

void check_rows(const struct row *rows, size_t count, int (*call)(void *, size_t, int))
{
    int writable = make_file("field", 2 * PAGE, 1), readable = open("field", O_RDONLY);
    uint8_t *field = empty_range(FIELD_SIZE);
    for (size_t i = 0; i < count; i++) {
        field_lay_out(field, writable, readable);
        check_row(&rows[i], field, call);
    }
    CHECK(file_holds(writable, 2 * PAGE, 0, 1), "the file does not notice");
    munmap(field, FIELD_SIZE);
    close(writable);
    close(readable);
}
