/*
 * Steps that load and store. A touch that is expected to work happens here, so that this process
 * takes the fault; one that is not, in a child, whose end is the result.
 */
#include "fuzz.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { START = 2166136261 % 0x7fffffff };

struct touch {
    unsigned page;
    size_t offset, n;
    bool writes, good;
    unsigned value;
};

/* Bytes from here to the end of the page that may be stored to: none behind a file's end. */
static size_t room(unsigned page, size_t offset)
{
    const struct page *p = &fuzz.pages[page];
    size_t end = PAGE;
    if (p->file >= 0 && p->shared) {
        size_t size = file_size(p->file), low = (size_t)p->index * PAGE;
        end = size <= low ? 0 : size - low < PAGE ? size - low : PAGE;
    }
    return offset >= end ? 0 : end - offset;
}

static struct touch choose_touch(bool writes)
{
    struct touch t = {.page = choose_range(1).page, .writes = writes, .value = below(0x10000)};
    t.good = is_accessible(t.page, writes);
    t.offset = one_in(4) ? 0 : below(PAGE);
    t.n = 1 + below(one_in(4) ? PAGE : 64);
    size_t most = PAGE - t.offset;
    if (writes && t.good) {
        if (room(t.page, t.offset) == 0)
            t.offset = below((unsigned)room(t.page, 0));
        most = room(t.page, t.offset);
    }
    if (t.n > most)
        t.n = most;
    return t;
}

/* Returns a digest of what was loaded. */
static uint32_t perform(const struct touch *t)
{
    volatile uint8_t *at = at_page(t->page) + t->offset;
    uint32_t digest = START;
    for (size_t i = 0; i < t->n; i++) {
        if (t->writes)
            at[i] = (uint8_t)(t->value + i * 7 + (i >> 8));
        uint8_t byte = at[i];
        digest = digest_of(digest, &byte, 1);
    }
    return digest;
}

static void perform_in_child(const struct touch *t)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0)
        _exit((int)(perform(t) & 63));
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        say_result(-1);
    else
        say_ended(status);
}

static void touch(bool writes)
{
    struct touch t = choose_touch(writes);
    say("%s +%u.%zu %zu bytes", writes ? "store" : "load", t.page, t.offset, t.n);
    if (writes)
        say(" of %#x", t.value);
    if (t.good)
        say(" = %08x\n", perform(&t));
    else
        perform_in_child(&t);
}

void step_load(void)
{
    touch(false);
}

void step_store(void)
{
    touch(true);
}

/* Something in every page of a range that can be stored to. */
void step_fill(void)
{
    struct range range = choose_range(12);
    unsigned value = below(0x10000), filled = 0;
    say("fill +%u %u pages with %#x", range.page, range.count, value);
    for (unsigned i = 0; i < range.count; i++) {
        size_t n = is_accessible(range.page + i, true) ? room(range.page + i, 0) : 0;
        memset(at_page(range.page + i), (int)(value + i), n);
        filled += n != 0;
    }
    say(" = %u\n", filled);
}

/*
 * The kernel stores a zero, or says EFAULT: what this process itself may do to private memory,
 * which a child that may die cannot tell, since fork takes the right to write away.
 */
void step_probe(void)
{
    struct touch t = choose_touch(true);
    say("probe +%u.%zu", t.page, t.offset);
    say_result(read(fuzz.zero, at_page(t.page) + t.offset, 1));
}

/* Whether the kernel can load from it: a pipe takes a byte of it or says EFAULT. */
static char probe(unsigned page)
{
    char byte;
    if (write(fuzz.pipe[1], at_page(page), 1) != 1)
        return errno == EFAULT ? '.' : '?';
    return read(fuzz.pipe[0], &byte, 1) == 1 ? '!' : '?';
}

/* All pages: a picture of the arena, with one letter for the contents of each, and its digest. */
static uint32_t digest_arena(char picture[PAGES + 1])
{
    uint32_t digest = START;
    for (unsigned i = 0; i < PAGES; i++) {
        if (is_accessible(i, false)) {
            uint32_t one = digest_of(START, at_page(i), PAGE);
            picture[i] = (char)('a' + one % 26);
            digest = digest_of(digest, &one, sizeof(one));
        } else {
            picture[i] = probe(i);
        }
    }
    picture[PAGES] = '\0';
    return digest_of(digest, picture, PAGES);
}

static uint32_t digest_file(int file)
{
    static uint8_t bytes[FILE_MAX];
    ssize_t n = pread(fuzz.fds[file], bytes, sizeof(bytes), 0);
    return n < 0 ? 0 : digest_of(START, bytes, (size_t)n);
}

uint32_t digest_all(void)
{
    char picture[PAGES + 1];
    uint32_t digest = digest_arena(picture);
    say("digest %08x %s", digest, picture);
    for (int i = 0; i < FILES; i++) {
        uint32_t file = digest_file(i);
        say(" f%d %zu %08x", i, file_size(i), file);
        digest = digest * 31 + file;
    }
    say("\n");
    return digest;
}

void step_digest(void)
{
    digest_all();
}
