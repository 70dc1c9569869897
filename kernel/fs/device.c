/* Character devices: see device.h. */
#include "fs/device.h"

#include "abi/errno.h"
#include "abi/poll.h"
#include "abi/termios.h"
#include "dev/console.h"
#include "lib/random.h"
#include "lib/util.h"
#include "sync/sched.h"

#define BUFFER_SIZE 256 /* bytes that go between the user and the console at once */

/* --- The console --- */

static int64_t console_file_read(struct file *f, struct uio *u, uint64_t *offset)
{
    char buffer[BUFFER_SIZE];
    if (u->left == 0)
        return 0;
    long n = console_read(buffer, min_u64(u->left, sizeof(buffer)), f->flags & O_NONBLOCK);
    if (n <= 0)
        return n;
    size_t moved = uio_write(u, buffer, (size_t)n);
    return moved > 0 ? (int64_t)moved : -EFAULT;
}

static int64_t console_file_write(struct file *f, struct uio *u, uint64_t *offset)
{
    char buffer[BUFFER_SIZE];
    int64_t done = 0;
    while (u->left > 0) {
        size_t n = min_u64(u->left, sizeof(buffer));
        size_t moved = uio_read(u, buffer, n);
        console_write(buffer, moved);
        done += (int64_t)moved;
        if (moved < n)
            break;
    }
    return done > 0 || u->left == 0 ? done : -EFAULT;
}

static int set_termios(uint64_t argument, bool drop_input)
{
    struct termios t;
    int err = copy_from_user(&t, argument, sizeof(t));
    if (err == 0)
        console_set_termios(&t, drop_input);
    return err;
}

static int get_termios(uint64_t argument)
{
    struct termios t;
    console_get_termios(&t);
    return copy_to_user(argument, &t, sizeof(t));
}

static int set_group(uint64_t argument)
{
    int32_t group;
    int err = copy_from_user(&group, argument, sizeof(group));
    if (err == 0 && group <= 0)
        err = -EINVAL;
    if (err == 0)
        console_set_group(group);
    return err;
}

static int get_group(uint64_t argument)
{
    int32_t group = console_get_group();
    return copy_to_user(argument, &group, sizeof(group));
}

static int get_available(uint64_t argument)
{
    int32_t n = (int32_t)console_available();
    return copy_to_user(argument, &n, sizeof(n));
}

static int get_window(uint64_t argument)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    return copy_to_user(argument, &size, sizeof(size));
}

static int console_file_control(struct file *f, uint64_t request, uint64_t argument)
{
    switch (request) {
    case TCGETS: return get_termios(argument);
    case TCSETS:
    case TCSETSW: return set_termios(argument, false);
    case TCSETSF: return set_termios(argument, true);
    case TIOCGPGRP: return get_group(argument);
    case TIOCSPGRP: return set_group(argument);
    case TIOCGWINSZ: return get_window(argument);
    case FIONREAD: return get_available(argument);
    default: return -EINVAL;
    }
}

static uint32_t console_file_poll(struct file *f, struct watch *w)
{
    return POLLOUT | POLLWRNORM | (console_is_readable(w) ? POLLIN | POLLRDNORM : 0);
}

static const struct file_ops console_ops = {
    .read = console_file_read,
    .write = console_file_write,
    .control = console_file_control,
    .poll = console_file_poll,
};

/* --- null, zero and full --- */

static int64_t null_read(struct file *f, struct uio *u, uint64_t *offset)
{
    return 0;
}

static int64_t null_write(struct file *f, struct uio *u, uint64_t *offset)
{
    int64_t n = (int64_t)u->left;
    u->left = 0;
    return n;
}

static int64_t zero_read(struct file *f, struct uio *u, uint64_t *offset)
{
    size_t wanted = u->left;
    size_t moved = uio_write_zeros(u, wanted);
    return moved > 0 || wanted == 0 ? (int64_t)moved : -EFAULT;
}

/* Each mapping of it is memory of its own, as if it were anonymous. */
static int zero_object(struct file *f, uint64_t size, struct object **o)
{
    *o = size == 0 ? NULL : object_new_anonymous(size);
    return *o == NULL && size != 0 ? -ENOMEM : 0;
}

static int64_t full_write(struct file *f, struct uio *u, uint64_t *offset)
{
    return -ENOSPC;
}

/* --- random --- */

static int64_t random_read(struct file *f, struct uio *u, uint64_t *offset)
{
    int64_t done = 0;
    while (u->left > 0) {
        uint64_t numbers[BUFFER_SIZE / 8];
        for (unsigned i = 0; i < ARRAY_SIZE(numbers); i++)
            numbers[i] = random_next();
        size_t n = min_u64(u->left, sizeof(numbers)), moved = uio_write(u, numbers, n);
        done += (int64_t)moved;
        if (moved < n || thread_is_interrupted())
            break;
        sched_relax();
    }
    return done > 0 || u->left == 0 ? done : -EFAULT;
}

static const struct file_ops null_ops = {.read = null_read, .write = null_write};
static const struct file_ops zero_ops = {
    .read = zero_read, .write = null_write, .object = zero_object};
static const struct file_ops full_ops = {.read = zero_read, .write = full_write};
static const struct file_ops random_ops = {.read = random_read, .write = null_write};

/* The numbers are Linux's (Documentation/admin-guide/devices.txt). */
const struct file_ops *device_ops(uint32_t rdev)
{
    switch (rdev) {
    case MAKEDEV(1, 3): return &null_ops;
    case MAKEDEV(1, 5): return &zero_ops;
    case MAKEDEV(1, 7): return &full_ops;
    case MAKEDEV(1, 8):
    case MAKEDEV(1, 9): return &random_ops;
    case MAKEDEV(5, 0):
    case MAKEDEV(5, 1): return &console_ops;
    default: return NULL;
    }
}
