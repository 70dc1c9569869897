/* See field.h. */
#include "field.h"

struct files {
    int writable, readable;
};

static void lay_out(uint8_t *at, const struct files *files)
{
    int fixed = MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, fd = files->readable;
    munmap(at, FIELD_SIZE);
    map_over(at + FIELD_ANON, 2 * PAGE, ANON, -1);
    map_over(at + FIELD_SHARED, 2 * PAGE, MAP_SHARED, files->writable);
    void *got = mmap(at + FIELD_READ_ONLY, 2 * PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
    MUST(got == at + FIELD_READ_ONLY, "map a file that is only readable");
    map_over(at + FIELD_PRIVATE, 2 * PAGE, MAP_PRIVATE, fd);
    got = mmap(at + FIELD_NONE, 2 * PAGE, PROT_NONE, fixed, -1, 0);
    MUST(got == at + FIELD_NONE, "map memory without access");
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
    struct files files = {make_file("field", 2 * PAGE, 1), open("field", O_RDONLY)};
    uint8_t *field = empty_range(FIELD_SIZE);
    for (size_t i = 0; i < count; i++) {
        lay_out(field, &files);
        check_row(&rows[i], field, call);
    }
    CHECK(file_holds(files.writable, 2 * PAGE, 0, 1), "the file does not notice");
    munmap(field, FIELD_SIZE);
    close(files.writable);
    close(files.readable);
}
