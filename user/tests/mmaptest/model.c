/*
 * DEFECTS 29: random operations on one file by several processes, each with descriptors and
 * mappings of its own, against a model in shared memory. One lock makes an operation and its effect
 * on the model one step, so that every read has exactly one right answer. SEED in the environment
 * gives another sequence.
 */
#include "tests.h"

enum { WORKERS = 3, ROUNDS = 350, MAX_PAGES = 24, MAX = MAX_PAGES * 4096, SPAN = 9000 };

struct model {
    int lock, failed;
    size_t size;
    uint8_t bytes[MAX]; /* zero behind `size` */
};

struct worker {
    struct model *model;
    unsigned seed, round;
    int fd;
    uint8_t *at;   /* the whole file and what may become of it */
    uint8_t *part; /* from page `first` on */
    size_t first;
};

static size_t random_below(struct worker *w, size_t limit)
{
    return limit == 0 ? 0 : (size_t)rand_r(&w->seed) % limit;
}

/* A span within [0, limit), often small, sometimes more than two pages. */
static size_t choose_span(struct worker *w, size_t limit, size_t *length)
{
    size_t offset = random_below(w, limit);
    size_t most = random_below(w, 3) == 0 ? SPAN : 100;
    *length = min_size(limit - offset, 1 + random_below(w, most));
    return offset;
}

static void fail(struct worker *w, const char *what, size_t offset, size_t length)
{
    CHECK(0, "%s, %zu bytes at %zu, size %zu, round %u", what, length, offset, w->model->size,
          w->round);
    w->model->failed = 1;
}

static void random_bytes(struct worker *w, uint8_t *to, size_t n)
{
    unsigned value = (unsigned)rand_r(&w->seed);
    for (size_t i = 0; i < n; i++)
        to[i] = (uint8_t)((value = value * 1103515245 + 12345) >> 16);
}

static void do_write(struct worker *w)
{
    static uint8_t bytes[SPAN];
    size_t n, offset = choose_span(w, MAX, &n);
    random_bytes(w, bytes, n);
    if (pwrite(w->fd, bytes, n, (off_t)offset) != (ssize_t)n)
        fail(w, "pwrite", offset, n);
    memcpy(w->model->bytes + offset, bytes, n);
    if (offset + n > w->model->size)
        w->model->size = offset + n;
}

/* Through the part when it reaches there, else through the mapping of the whole. */
static void do_store(struct worker *w)
{
    size_t n, offset = choose_span(w, w->model->size, &n);
    if (w->model->size == 0)
        return;
    uint8_t *to = w->at + offset;
    if (offset >= w->first * PAGE)
        to = w->part + (offset - w->first * PAGE);
    random_bytes(w, to, n);
    memcpy(w->model->bytes + offset, to, n);
}

static void do_read(struct worker *w)
{
    static uint8_t bytes[SPAN];
    size_t n, offset = choose_span(w, MAX, &n);
    size_t expected = offset >= w->model->size ? 0 : min_size(n, w->model->size - offset);
    ssize_t got = pread(w->fd, bytes, n, (off_t)offset);
    if (got != (ssize_t)expected || memcmp(bytes, w->model->bytes + offset, expected) != 0)
        fail(w, "pread", offset, n);
}

/* Every page that the file reaches, and the zeros behind its end. */
static void do_look(struct worker *w)
{
    size_t reach = (w->model->size + PAGE - 1) / PAGE * PAGE, n;
    if (reach == 0)
        return;
    size_t offset = choose_span(w, reach, &n);
    if (memcmp(w->at + offset, w->model->bytes + offset, n) != 0)
        fail(w, "the mapping", offset, n);
    size_t low = w->first * PAGE;
    if (reach > low && memcmp(w->part, w->model->bytes + low, reach - low) != 0)
        fail(w, "the part", low, reach - low);
    if (reach < MAX && is_readable(w->at + reach))
        fail(w, "a page behind the end", reach, 1);
}

static void do_truncate(struct worker *w)
{
    size_t size = random_below(w, MAX + 1);
    if (random_below(w, 4) == 0)
        size = size / PAGE * PAGE;
    if (ftruncate(w->fd, (off_t)size) != 0)
        fail(w, "ftruncate", size, 0);
    if (size < w->model->size)
        memset(w->model->bytes + size, 0, w->model->size - size);
    w->model->size = size;
}

static void do_remap(struct worker *w)
{
    size_t length = MAX - w->first * PAGE;
    if (random_below(w, 2) == 0)
        munmap(w->part, random_below(w, length));
    munmap(w->part, length);
    w->first = random_below(w, MAX_PAGES);
    w->part = map(MAX - w->first * PAGE, RW, MAP_SHARED, w->fd, w->first * PAGE);
}

/* A private mapping shows the file, and keeps what is stored to it to itself. */
static void do_private(struct worker *w)
{
    size_t size = w->model->size;
    uint8_t *private = map(MAX, RW, MAP_PRIVATE, w->fd, 0);
    size_t n, offset = choose_span(w, size, &n);
    if (size != 0) {
        if (memcmp(private + offset, w->model->bytes + offset, n) != 0)
            fail(w, "a private mapping", offset, n);
        memset(private + offset, 0xa5, n);
        if (memcmp(w->at + offset, w->model->bytes + offset, n) != 0)
            fail(w, "the file after a private store", offset, n);
    }
    munmap(private, MAX);
}

/* From the file's own mapping; the two places do not overlap. */
static void do_self_write(struct worker *w)
{
    size_t half = w->model->size / 2, n, from = choose_span(w, half, &n);
    if (half == 0)
        return;
    size_t to = half + random_below(w, half - n + 1);
    if (pwrite(w->fd, w->at + from, n, (off_t)to) != (ssize_t)n)
        fail(w, "pwrite from a mapping", to, n);
    memmove(w->model->bytes + to, w->model->bytes + from, n);
}

static void child_stores_span(void *argument)
{
    struct worker *w = argument;
    do_store(w);
    do_look(w);
    if (w->round % 3 == 0)
        kill(getpid(), SIGKILL);
}

static void do_fork(struct worker *w)
{
    int signal = signal_of(child_stores_span, w);
    if (signal != 0 && signal != SIGKILL)
        fail(w, "a child", 0, 0);
}

static void do_flush(struct worker *w)
{
    if (fsync(w->fd) != 0)
        fail(w, "fsync", 0, 0);
    if (random_below(w, 2) == 0)
        drop_caches();
}

static void step(struct worker *w)
{
    static void (*const frequent[])(struct worker *) = {do_write, do_store, do_read, do_look};
    static void (*const rare[])(struct worker *) = {do_truncate,   do_remap, do_private,
                                                    do_self_write, do_fork,  do_flush};
    if (random_below(w, 4) != 0)
        frequent[random_below(w, 4)](w);
    else
        rare[random_below(w, 6)](w);
}

static void worker_child(void *argument)
{
    struct worker *w = argument;
    w->fd = open("model", O_RDWR);
    w->at = map(MAX, RW, MAP_SHARED, w->fd, 0);
    w->part = map(MAX, RW, MAP_SHARED, w->fd, 0);
    for (w->round = 0; w->round < ROUNDS && !w->model->failed; w->round++) {
        lock(&w->model->lock);
        step(w);
        unlock(&w->model->lock);
        sched_yield();
    }
}

void random_against_model(void)
{
    const char *seed = getenv("SEED");
    unsigned first = seed != NULL ? (unsigned)strtoul(seed, NULL, 0) : 1;
    struct model *model = (struct model *)map(sizeof(*model), RW, ANON_SHARED, -1, 0);
    int fd = make_file("model", 0, 0);
    for (unsigned i = 0; i < WORKERS; i++) {
        struct worker worker = {.model = model, .seed = first * WORKERS + i};
        start(worker_child, &worker);
    }
    CHECK(finish_all(WORKERS), "the workers, seed %u", first);
    CHECK(file_size(fd) == (long)model->size, "the size at the end");
    drop_caches();
    static uint8_t bytes[MAX];
    CHECK(pread(fd, bytes, MAX, 0) == (ssize_t)model->size, "read it all");
    CHECK(memcmp(bytes, model->bytes, model->size) == 0, "the disk agrees with the model");
    check_audit();
}
