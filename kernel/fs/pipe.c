/*
 * Pipes: see pipe.h.
 *
 * `written` and `taken` count bytes since the pipe was made; the ring holds those between. One
 * reader and one writer at a time move bytes, so each end's copying needs no lock: a writer touches
 * only the room behind `written`, a reader only what lies before it. A write of up to PIPE_BUF
 * bytes waits for room for all of it and so stays together.
 */
#include "fs/pipe.h"

#include "abi/errno.h"
#include "abi/limits.h"
#include "abi/poll.h"
#include "abi/termios.h"
#include "lib/util.h"
#include "mm/slab.h"
#include "sync/waitq.h"

#define RING_PAGES 16
#define RING_SIZE  ((uint64_t)RING_PAGES * PAGE_SIZE)

struct pipe {
    struct spinlock lock;          /* RANK_PIPE */
    uint64_t number;               /* [const] tells it from others */
    uint64_t written;              /* [lock] */
    uint64_t taken;                /* [lock] */
    bool reading, writing;         /* [lock] a reader, a writer is at work */
    bool has_reader;               /* [lock] the read end is open */
    bool has_writer;               /* [lock] */
    struct waitq readers;          /* [lock] */
    struct waitq writers;          /* [lock] */
    struct page *ring[RING_PAGES]; /* [the writer at work] made when first needed */
};

static struct slab_cache pipe_cache;

void pipe_cache_init(void)
{
    slab_init(&pipe_cache, "pipe", sizeof(struct pipe));
}

static int wait_on(struct file *f, struct waitq *q, struct pipe *p) REQUIRES(p->lock)
{
    if (f->flags & O_NONBLOCK)
        return -EAGAIN;
    return waitq_sleep_interruptible(q, &p->lock);
}

/* Moves up to n bytes between the ring at `position` and the user; returns how many. */
static size_t move(struct pipe *p, struct uio *u, uint64_t position, size_t n, bool to_user)
{
    size_t done = 0;
    while (done < n) {
        uint64_t at = (position + done) % RING_SIZE;
        struct page *page = p->ring[at / PAGE_SIZE];
        size_t part = min_u64(n - done, PAGE_SIZE - at % PAGE_SIZE);
        char *data = (char *)page_data(page) + at % PAGE_SIZE;
        size_t moved = to_user ? uio_write(u, data, part) : uio_read(u, data, part);
        done += moved;
        if (moved < part)
            break;
    }
    return done;
}

/* --- Reading --- */

/* Becomes the reader at work when there are bytes: their number, 0 at the end, or an error. */
static int64_t begin_read(struct file *f, struct pipe *p)
{
    int64_t result = 0;
    spin_lock(&p->lock);
    while (result == 0 && (p->reading || p->written == p->taken)) {
        if (!p->has_writer && !p->reading)
            break;
        result = wait_on(f, &p->readers, p);
    }
    if (result == 0 && p->written != p->taken) {
        p->reading = true;
        result = (int64_t)(p->written - p->taken);
    }
    spin_unlock(&p->lock);
    return result;
}

static void end_read(struct pipe *p, size_t n)
{
    spin_lock(&p->lock);
    p->taken += n;
    p->reading = false;
    waitq_wake_all(&p->writers);
    if (!list_is_empty(&p->readers.sleepers))
        waitq_wake_all(&p->readers);
    spin_unlock(&p->lock);
}

static int64_t pipe_read(struct file *f, struct uio *u, uint64_t *offset)
{
    struct pipe *p = f->private;
    if (u->left == 0)
        return 0;
    int64_t ready = begin_read(f, p);
    if (ready <= 0)
        return ready;
    size_t n = move(p, u, p->taken, min_u64((uint64_t)ready, u->left), true);
    end_read(p, n);
    return n == 0 ? -EFAULT : (int64_t)n;
}

/* --- Writing --- */

/* Becomes the writer at work when there is room for `need` bytes: the room, or an error. */
static int64_t begin_write(struct file *f, struct pipe *p, size_t need)
{
    int64_t result = 0;
    spin_lock(&p->lock);
    while (result == 0) {
        uint64_t room = RING_SIZE - (p->written - p->taken);
        if (!p->has_reader) {
            result = -EPIPE;
        } else if (!p->writing && room >= need) {
            p->writing = true;
            result = (int64_t)room;
        } else {
            result = wait_on(f, &p->writers, p);
        }
    }
    spin_unlock(&p->lock);
    return result;
}

static void end_write(struct pipe *p, size_t n)
{
    spin_lock(&p->lock);
    p->written += n;
    p->writing = false;
    waitq_wake_all(&p->readers);
    if (!list_is_empty(&p->writers.sleepers))
        waitq_wake_all(&p->writers);
    spin_unlock(&p->lock);
}

/* The pages of the ring that [position, position + n) needs. */
static bool make_pages(struct pipe *p, uint64_t position, size_t n)
{
    for (uint64_t at = round_down(position, PAGE_SIZE); at < position + n; at += PAGE_SIZE) {
        struct page **page = &p->ring[at / PAGE_SIZE % RING_PAGES];
        if (*page == NULL)
            *page = kalloc(PAGE_BUFFER);
        if (*page == NULL)
            return false;
    }
    return true;
}

/* One step of a write: as much as there is room for. */
static int64_t write_some(struct file *f, struct pipe *p, struct uio *u, size_t need)
{
    int64_t room = begin_write(f, p, need);
    if (room < 0)
        return room;
    size_t n = min_u64((uint64_t)room, u->left), done = 0;
    bool memory = make_pages(p, p->written, n);
    if (memory)
        done = move(p, u, p->written, n, false);
    end_write(p, done);
    return done > 0 ? (int64_t)done : memory ? -EFAULT : -ENOMEM;
}

static int64_t pipe_write(struct file *f, struct uio *u, uint64_t *offset)
{
    struct pipe *p = f->private;
    int64_t total = 0, n = 0;
    size_t need = u->left <= PIPE_BUF ? u->left : 1;
    while (u->left > 0) {
        n = write_some(f, p, u, need);
        if (n < 0)
            break;
        total += n;
    }
    u->refused = n == -EPIPE;
    return total > 0 ? total : n;
}

/* --- Looking --- */

static uint64_t available(struct pipe *p)
{
    spin_lock(&p->lock);
    uint64_t n = p->written - p->taken;
    spin_unlock(&p->lock);
    return n;
}

static int pipe_control(struct file *f, uint64_t request, uint64_t argument)
{
    if (request != FIONREAD)
        return -ENOTTY;
    int32_t n = (int32_t)available(f->private);
    return copy_to_user(argument, &n, sizeof(n));
}

static uint32_t read_end_poll(struct file *f, struct watch *w)
{
    struct pipe *p = f->private;
    spin_lock(&p->lock);
    uint32_t ready = p->written != p->taken ? POLLIN | POLLRDNORM : 0;
    if (!p->has_writer)
        ready |= POLLHUP;
    if (w != NULL)
        waitq_enter(&p->readers, &p->lock, w);
    spin_unlock(&p->lock);
    return ready;
}

/* There is room where a write that stays together would not wait. */
static uint32_t write_end_poll(struct file *f, struct watch *w)
{
    struct pipe *p = f->private;
    spin_lock(&p->lock);
    uint32_t ready = RING_SIZE - (p->written - p->taken) >= PIPE_BUF ? POLLOUT | POLLWRNORM : 0;
    if (!p->has_reader)
        ready |= POLLERR;
    if (w != NULL)
        waitq_enter(&p->writers, &p->lock, w);
    spin_unlock(&p->lock);
    return ready;
}

/* --- Ends --- */

static void destroy(struct pipe *p)
{
    for (unsigned i = 0; i < RING_PAGES; i++)
        if (p->ring[i] != NULL)
            page_put(p->ring[i]);
    slab_free(&pipe_cache, p);
}

static void close_end(struct pipe *p, bool *end)
{
    spin_lock(&p->lock);
    *end = false;
    bool last = !p->has_reader && !p->has_writer;
    waitq_wake_all(&p->readers);
    waitq_wake_all(&p->writers);
    spin_unlock(&p->lock);
    if (last)
        destroy(p);
}

static void read_end_release(struct file *f)
{
    struct pipe *p = f->private;
    close_end(p, &p->has_reader);
}

static void write_end_release(struct file *f)
{
    struct pipe *p = f->private;
    close_end(p, &p->has_writer);
}

static const struct file_ops read_end_ops = {
    .read = pipe_read,
    .control = pipe_control,
    .poll = read_end_poll,
    .release = read_end_release,
};

static const struct file_ops write_end_ops = {
    .write = pipe_write,
    .control = pipe_control,
    .poll = write_end_poll,
    .release = write_end_release,
};

static bool is_pipe(const struct file *f)
{
    return f->ops == &read_end_ops || f->ops == &write_end_ops;
}

static struct file *new_end(const struct file_ops *ops, uint32_t flags, struct pipe *p)
{
    struct file *f = file_new(ops, flags, NULL);
    if (f != NULL) {
        f->private = p;
        f->number = p->number;
    }
    return f;
}

int pipe_new(uint32_t flags, struct file **read_end, struct file **write_end)
{
    static uint64_t last; /* [atomic] */
    struct pipe *p = slab_alloc(&pipe_cache);
    if (p == NULL)
        return -ENOMEM;
    p->number = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
    spinlock_init(&p->lock, RANK_PIPE);
    waitq_init(&p->readers);
    waitq_init(&p->writers);
    p->has_reader = p->has_writer = true;
    *read_end = new_end(&read_end_ops, flags | O_RDONLY, p);
    if (*read_end == NULL) {
        slab_free(&pipe_cache, p);
        return -ENOMEM;
    }
    *write_end = new_end(&write_end_ops, flags | O_WRONLY, p);
    if (*write_end == NULL) {
        p->has_writer = false;
        file_put(*read_end);
        return -ENOMEM;
    }
    return 0;
}

/* All pipes are of one size: what asks for less has enough, as if it had been rounded up. */
int pipe_set_size(const struct file *f, uint64_t size)
{
    if (!is_pipe(f))
        return -EBADF;
    if (size == 0)
        return -EINVAL;
    return size > RING_SIZE ? -EPERM : (int)RING_SIZE;
}

int pipe_get_size(const struct file *f)
{
    return is_pipe(f) ? (int)RING_SIZE : -EBADF;
}
