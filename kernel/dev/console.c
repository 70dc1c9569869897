/* The console: see console.h. */
#include "dev/console.h"

#include "abi/errno.h"
#include "abi/signal.h"
#include "dev/uart.h"
#include "sync/waitq.h"

#define INPUT_SIZE   1024 /* a power of two */

#define CONTROL(key) ((key)&0x1f)
#define DELETE       0x7f

/*
 * Positions count bytes since boot: what a reader may have ends at `ready`, the line that is being
 * edited at `end`.
 */
static struct {
    struct spinlock lock;
    char input[INPUT_SIZE];                /* [lock] */
    uint32_t start;                        /* [lock] */
    uint32_t ready;                        /* [lock] */
    uint32_t end;                          /* [lock] */
    struct waitq readers;                  /* [lock] */
    struct termios termios;                /* [lock] */
    int group;                             /* [lock] */
    void (*signal)(int group, int number); /* [const] */
} console = {
    .lock = SPINLOCK_INIT(RANK_PIPE),
    .termios =
        {
            .c_iflag = ICRNL,
            .c_oflag = OPOST | ONLCR,
            .c_cflag = B38400 | CS8 | CREAD,
            .c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK,
            .c_cc = {[VSUSP] = CONTROL('Z'),
                     [VINTR] = CONTROL('C'),
                     [VQUIT] = CONTROL('\\'),
                     [VERASE] = DELETE,
                     [VKILL] = CONTROL('U'),
                     [VEOF] = CONTROL('D'),
                     [VMIN] = 1},
        },
};

static char *byte_at(uint32_t position)
{
    return &console.input[position % INPUT_SIZE];
}

static void echo(const char *text, size_t n) REQUIRES(console.lock)
{
    if (console.termios.c_lflag & ECHO)
        uart_write(text, n);
}

static bool is_key(char c, unsigned key) REQUIRES(console.lock)
{
    return console.termios.c_cc[key] != 0 && (unsigned char)c == console.termios.c_cc[key];
}

/* --- Input --- */

static void erase_one(void) REQUIRES(console.lock)
{
    if (console.end != console.ready) {
        console.end--;
        echo("\b \b", 3);
    }
}

/* The line is complete: readers may have it. */
static void finish_line(void) REQUIRES(console.lock)
{
    console.ready = console.end;
    waitq_wake_all(&console.readers);
}

static void append(char c) REQUIRES(console.lock)
{
    if (console.end - console.start == INPUT_SIZE)
        return;
    *byte_at(console.end++) = c;
}

static void echo_control(char c) REQUIRES(console.lock)
{
    char text[3] = {'^', (char)(c + '@'), '\n'};
    echo(text, sizeof(text));
}

/* A key while lines are edited. */
static void edit(char c) REQUIRES(console.lock)
{
    if (is_key(c, VERASE) || c == CONTROL('H')) {
        erase_one();
    } else if (is_key(c, VKILL)) {
        while (console.end != console.ready)
            erase_one();
    } else if (is_key(c, VEOF)) {
        append(c);
        finish_line();
    } else {
        append(c);
        echo(&c, 1);
        if (c == '\n' || console.end - console.start == INPUT_SIZE)
            finish_line();
    }
}

/* The signal that a key sends, or 0. The line so far is forgotten. */
static int signal_of(char c) REQUIRES(console.lock)
{
    if (!(console.termios.c_lflag & ISIG))
        return 0;
    int number = is_key(c, VINTR)   ? SIGINT
                 : is_key(c, VQUIT) ? SIGQUIT
                 : is_key(c, VSUSP) ? SIGTSTP
                                    : 0;
    if (number != 0) {
        console.end = console.ready;
        echo_control(c);
    }
    return number;
}

static void receive(char c)
{
    spin_lock(&console.lock);
    if (c == '\r' && (console.termios.c_iflag & ICRNL))
        c = '\n';
    int number = signal_of(c), group = console.group;
    if (number == 0 && (console.termios.c_lflag & ICANON)) {
        edit(c);
    } else if (number == 0) {
        append(c);
        echo(&c, 1);
        finish_line();
    }
    spin_unlock(&console.lock);
    if (number != 0)
        console.signal(group, number);
}

/* Takes up to n bytes of what is ready, not beyond the end of a line. */
static size_t take(char *to, size_t n) REQUIRES(console.lock)
{
    bool lines = console.termios.c_lflag & ICANON;
    size_t taken = 0;
    while (taken < n && console.start != console.ready) {
        char c = *byte_at(console.start++);
        if (lines && is_key(c, VEOF))
            break;
        to[taken++] = c;
        if (lines && c == '\n')
            break;
    }
    return taken;
}

long console_read(char *to, size_t n, bool nonblocking)
{
    long result = 0;
    spin_lock(&console.lock);
    while (console.start == console.ready && result == 0)
        result = nonblocking ? -EAGAIN : waitq_sleep_interruptible(&console.readers, &console.lock);
    if (result == 0)
        result = (long)take(to, n);
    spin_unlock(&console.lock);
    return result;
}

size_t console_available(void)
{
    spin_lock(&console.lock);
    size_t n = console.ready - console.start;
    spin_unlock(&console.lock);
    return n;
}

bool console_is_readable(struct watch *w)
{
    spin_lock(&console.lock);
    bool readable = console.ready != console.start;
    if (w != NULL)
        waitq_enter(&console.readers, &console.lock, w);
    spin_unlock(&console.lock);
    return readable;
}

/* --- Output and settings --- */

void console_write(const char *text, size_t n)
{
    uart_wait_for_room();
    uart_write(text, n);
}

void console_get_termios(struct termios *t)
{
    spin_lock(&console.lock);
    *t = console.termios;
    spin_unlock(&console.lock);
}

void console_set_termios(const struct termios *t, bool drop_input)
{
    spin_lock(&console.lock);
    console.termios = *t;
    if (drop_input)
        console.start = console.ready = console.end;
    if (!(t->c_lflag & ICANON))
        finish_line();
    spin_unlock(&console.lock);
}

int console_get_group(void)
{
    spin_lock(&console.lock);
    int group = console.group;
    spin_unlock(&console.lock);
    return group;
}

void console_set_group(int group)
{
    spin_lock(&console.lock);
    console.group = group;
    spin_unlock(&console.lock);
}

void console_init(void (*signal)(int group, int number))
{
    console.signal = signal;
    waitq_init(&console.readers);
    uart_init(receive);
}
