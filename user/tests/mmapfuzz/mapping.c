/* Steps that map and unmap. */
#include "fuzz.h"

#include <unistd.h>

static const int prots[] = {PROT_READ | PROT_WRITE,
                            PROT_READ | PROT_WRITE,
                            PROT_READ | PROT_WRITE,
                            PROT_READ,
                            PROT_READ,
                            PROT_NONE,
                            PROT_WRITE,
                            PROT_READ | PROT_EXEC,
                            PROT_READ | PROT_WRITE | PROT_EXEC};

enum source { MEMORY, ZERO_DEVICE, A_FILE };

/* A call of mmap in the making. */
struct request {
    struct range range;
    size_t start_slip, length_slip; /* bytes that start and length are more and less */
    size_t offset;
    enum source source;
    int fd, prot, flags;
};

static const char *fd_name(int fd)
{
    static const char *const names[FDS] = {"f0", "f1", "f2", "r2", "w2"};
    return fd < 0 ? "-" : names[fd];
}

static void choose_object(struct request *r)
{
    unsigned dice = below(10);
    r->fd = -1;
    if (dice < 5) {
        r->source = A_FILE;
        r->fd = (int)below(one_in(2) ? FDS : FILES);
        r->offset = (size_t)below(FILE_PAGES - 2) * PAGE;
    } else {
        r->source = dice == 9 ? ZERO_DEVICE : MEMORY;
    }
}

static void choose_flags(struct request *r)
{
    static const int places[] = {MAP_FIXED, MAP_FIXED, MAP_FIXED, MAP_FIXED_NOREPLACE, 0};
    r->flags = one_in(2) ? MAP_PRIVATE : one_in(4) ? MAP_SHARED_VALIDATE : MAP_SHARED;
    r->flags |= places[below(5)];
    if (r->source == MEMORY)
        r->flags |= MAP_ANONYMOUS;
    if (one_in(8))
        r->flags |= one_in(2) ? MAP_NORESERVE : MAP_STACK;
    bool copies = (r->flags & MAP_TYPE) == MAP_PRIVATE && (r->prot & PROT_WRITE);
    if (one_in(6) && !(r->source == A_FILE && copies))
        r->flags |= MAP_POPULATE;
}

/*
 * Where something is in the way that may not be replaced, nothing else is wrong. (To Linux,
 * MAP_SHARED_VALIDATE is wrong without a file, and together with MAP_FIXED_NOREPLACE.)
 */
static void keep_one_error(struct request *r)
{
    if (!(r->flags & MAP_FIXED_NOREPLACE) || (is_gap(r->range) && r->source != MEMORY))
        return;
    if (r->fd >= 0)
        r->fd %= FILES;
    if ((r->flags & MAP_TYPE) == MAP_SHARED_VALIDATE)
        r->flags = (r->flags & ~MAP_TYPE) | MAP_SHARED;
}

static struct request choose_request(void)
{
    struct request r = {.range = choose_range(8)};
    r.prot = prots[below(sizeof(prots) / sizeof(prots[0]))];
    if (one_in(4))
        r.length_slip = below(PAGE);
    choose_object(&r);
    choose_flags(&r);
    keep_one_error(&r);
    if (!(r.flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) && one_in(2))
        r.start_slip = below(PAGE);
    return r;
}

static void say_request(const struct request *r)
{
    static const char *const types[] = {"0", "shared", "private", "validate"};
    say("mmap +%u.%zu %zu bytes, %s%s%s", r->range.page, r->start_slip,
        r->range.count * PAGE - r->length_slip, r->prot & PROT_READ ? "r" : "-",
        r->prot & PROT_WRITE ? "w" : "-", r->prot & PROT_EXEC ? "x" : "-");
    say(" %s%s%s %s@%#zx flags %#x", types[r->flags & 3], r->flags & MAP_FIXED ? " fixed" : "",
        r->flags & MAP_FIXED_NOREPLACE ? " noreplace" : "",
        r->source == ZERO_DEVICE ? "zero" : fd_name(r->fd), r->offset, (unsigned)r->flags);
}

static void *request(const struct request *r)
{
    int fd = r->source == ZERO_DEVICE ? fuzz.zero : r->fd < 0 ? -1 : fuzz.fds[r->fd];
    return mmap(at_page(r->range.page) + r->start_slip, r->range.count * PAGE - r->length_slip,
                r->prot, r->flags, fd, (off_t)r->offset);
}

static void remember_request(const struct request *r)
{
    bool shared = (r->flags & MAP_TYPE) != MAP_PRIVATE;
    remember(r->range, (struct page){
                           .shared = shared,
                           .may_write = !(shared && r->fd == FD_READS),
                           .zero = r->source == ZERO_DEVICE,
                           .file = r->fd < FILES ? r->fd : FILES - 1,
                           .prot = r->prot,
                           .index = (unsigned)(r->offset / PAGE),
                           .limit = r->range.count,
                       });
}

/* What lands outside the arena is only there for a moment. */
void step_mmap(void)
{
    struct request r = choose_request();
    say_request(&r);
    uint8_t *at = request(&r);
    if (at == MAP_FAILED) {
        say_result(-1);
    } else if (at == at_page(r.range.page)) {
        say(" = there\n");
        remember_request(&r);
    } else {
        say(" = elsewhere\n");
        munmap(at, r.range.count * PAGE);
    }
}

/* One thing is wrong with the call; what is there stays. */
void step_mmap_wrong(void)
{
    struct request r = {.range = choose_range(4), .prot = PROT_READ, .fd = 0, .source = A_FILE};
    int flags = MAP_SHARED | MAP_FIXED;
    unsigned kind = below(9);
    say("wrong %u: ", kind);
    switch (kind) {
    case 0: flags = MAP_FIXED; break;
    case 1: r.length_slip = r.range.count * PAGE; break;
    case 2: r.start_slip = 1 + below(PAGE - 1); break;
    case 3: r.offset = 1 + below(PAGE - 1); break;
    case 4: r.fd = FD_WRITES; break;
    case 5: r.fd = FD_READS, r.prot = PROT_READ | PROT_WRITE; break;
    case 6: flags = MAP_SHARED_VALIDATE | MAP_FIXED | 0x2000000; break;
    case 7: r.offset = (size_t)0x7ffffffffffff000; break;
    case 8: r.source = MEMORY, r.fd = -1; break;
    }
    r.flags = flags;
    say_request(&r);
    say_result(request(&r) == MAP_FAILED ? -1 : 0);
}

void step_munmap(void)
{
    struct range range = choose_range(one_in(10) ? 20 : 5);
    size_t length = range.count * PAGE - (one_in(4) ? below(PAGE) : 0), slip = 0;
    if (one_in(20))
        slip = 1 + below(PAGE - 1);
    else if (one_in(20))
        length = 0;
    say("munmap +%u.%zu %zu bytes", range.page, slip, length);
    int result = munmap(at_page(range.page) + slip, length);
    say_result(result);
    if (result == 0)
        forget(range);
}
