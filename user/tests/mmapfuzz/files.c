/* Steps that read, write and cut files, from and to the memory of the arena. */
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#if __has_include(<sys/quire.h>)
#include <sys/quire.h>
static void drop_caches(void)
{
    quire(QUIRE_DROP_CACHES, NULL, 0);
}
#else
static void drop_caches(void)
{
}
#endif

/* A transfer in the making: a buffer, all or nothing of which is accessible, and its file. */
struct transfer {
    unsigned page;
    size_t offset, n; /* of the buffer, in its page */
    int file;
    size_t pos;
};

bool files_open(unsigned seed)
{
    char name[] = "f0";
    for (int i = 0; i < FILES; i++) {
        name[1] = (char)('0' + i);
        fuzz.fds[i] = open(name, O_RDWR | O_CREAT | O_TRUNC, 0666);
    }
    fuzz.fds[FD_READS] = open(name, O_RDONLY);
    fuzz.fds[FD_WRITES] = open(name, O_WRONLY);
    fuzz.zero = open("/dev/zero", O_RDWR);
    if (fuzz.zero < 0 || fuzz.fds[FD_WRITES] < 0 || pipe(fuzz.pipe) != 0)
        return false;
    /* Files that have lost their names are to behave like others. */
    for (int i = 0; i < FILES && seed % 4 == 0; i++) {
        name[1] = (char)('0' + i);
        unlink(name);
    }
    return true;
}

/* Where a file or its mapping ends, a copy into memory must end too: nothing behind is stored. */
static size_t usable(unsigned page, bool writes)
{
    const struct page *p = &fuzz.pages[page];
    if (!is_accessible(page, writes))
        return 0;
    if (!writes || p->file < 0 || !p->shared)
        return PAGE;
    size_t rest = file_size(p->file) - (size_t)p->index * PAGE;
    return rest < PAGE ? rest : PAGE;
}

/*
 * A write behind the end that fails for its buffer: some of Linux's file systems make the file
 * longer all the same. So that is left out.
 */
static bool is_doubtful(const struct transfer *t)
{
    return t->pos > file_size(t->file) && !is_accessible(t->page, false);
}

/* Whether a page of the buffer is one of those pages of the file that are read or written. */
static bool meets(const struct transfer *t)
{
    unsigned last = t->page + (unsigned)((t->offset + t->n - 1) / PAGE);
    for (unsigned i = t->page; i <= last; i++) {
        const struct page *p = &fuzz.pages[i];
        size_t low = (size_t)p->index * PAGE;
        if (p->mapped && p->file == t->file && low < t->pos + t->n && low + PAGE > t->pos)
            return true;
    }
    return false;
}

/* `writes`: to memory. The buffer reaches over page ends as far as that is possible. */
static struct transfer choose_transfer(bool writes)
{
    struct transfer t = {.page = choose_range(1).page, .file = (int)below(FILES)};
    size_t most = 1 + below(one_in(3) ? 3 * PAGE : 200), first = usable(t.page, writes);
    t.offset = below(first == 0 ? PAGE : (unsigned)first);
    t.n = (first == 0 ? PAGE : first) - t.offset;
    for (unsigned i = t.page + 1; first == PAGE && i < PAGES && t.n < most; i++) {
        first = usable(i, writes);
        t.n += first;
    }
    if (t.n > most)
        t.n = most;
    return t;
}

static void say_transfer(const char *name, const struct transfer *t)
{
    say("%s f%d at %zu, +%u.%zu %zu bytes", name, t->file, t->pos, t->page, t->offset, t->n);
}

static uint8_t *buffer(const struct transfer *t)
{
    return at_page(t->page) + t->offset;
}

/* The order in which a kernel copies within one page is its own; so other files are tried. */
static bool settle(struct transfer *t)
{
    for (int tries = 0; tries < FILES; tries++) {
        if (t->n > FILE_MAX - t->pos)
            t->pos = FILE_MAX - t->n;
        if (!meets(t))
            return true;
        t->file = (t->file + 1) % FILES;
    }
    say("a transfer within a page: left out\n");
    return false;
}

void step_pread(void)
{
    struct transfer t = choose_transfer(true);
    t.pos = below(one_in(2) ? FILE_MAX : (unsigned)file_size(t.file) + 1);
    if (!settle(&t))
        return;
    say_transfer("pread", &t);
    say_result(pread(fuzz.fds[t.file], buffer(&t), t.n, (off_t)t.pos));
}

void step_pwrite(void)
{
    struct transfer t = choose_transfer(false);
    t.pos = below(one_in(2) ? FILE_MAX : (unsigned)file_size(t.file) + 1);
    if (!settle(&t))
        return;
    if (is_doubtful(&t))
        t.pos = file_size(t.file);
    say_transfer("pwrite", &t);
    say_result(pwrite(fuzz.fds[t.file], buffer(&t), t.n, (off_t)t.pos));
}

/* With the descriptor's own position, which children share; back to the start sometimes. */
static bool settle_here(struct transfer *t)
{
    if (one_in(4))
        lseek(fuzz.fds[t->file], (off_t)below(FILE_MAX / 2), SEEK_SET);
    t->pos = (size_t)lseek(fuzz.fds[t->file], 0, SEEK_CUR);
    if (t->n > FILE_MAX - t->pos)
        t->pos = (size_t)lseek(fuzz.fds[t->file], 0, SEEK_SET);
    if (!meets(t))
        return true;
    say("a transfer within a page: left out\n");
    return false;
}

void step_read(void)
{
    struct transfer t = choose_transfer(true);
    if (!settle_here(&t))
        return;
    say_transfer("read", &t);
    say_result(read(fuzz.fds[t.file], buffer(&t), t.n));
}

void step_write(void)
{
    struct transfer t = choose_transfer(false);
    if (!settle_here(&t))
        return;
    if (is_doubtful(&t))
        t.pos = (size_t)lseek(fuzz.fds[t.file], (off_t)file_size(t.file), SEEK_SET);
    say_transfer("write", &t);
    say_result(write(fuzz.fds[t.file], buffer(&t), t.n));
}

void step_truncate(void)
{
    int file = (int)below(FILES);
    size_t size = below(FILE_MAX + 1);
    if (one_in(3))
        size = size / PAGE * PAGE;
    say("ftruncate f%d %zu to %zu", file, file_size(file), size);
    say_result(ftruncate(fuzz.fds[file], (off_t)size));
}

/* On Quire the next reads come from the disk. */
void step_flush(void)
{
    int file = (int)below(FILES);
    say("fsync f%d", file);
    say_result(fsync(fuzz.fds[file]));
    if (one_in(2))
        drop_caches();
}
