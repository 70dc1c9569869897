/* System calls on the console: see trace.h. */
#include "sys/trace.h"

#include "abi/errno.h"
#include "abi/syscall.h"
#include "arch/trap.h"
#include "dev/machine.h"
#include "lib/print.h"
#include "lib/string.h"
#include "mm/usercopy.h"
#include "proc/proc.h"

#define LINE_MAX   200 /* bytes, so that the process and the result fit kprintf's line too */
#define STRING_MAX 48  /* bytes of a string that are shown */
#define ARGUMENTS  6
#define SMALL      (1L << 20)

#define NOTHING    (-1) /* traced_call: the line has been printed */

extern char sys_traced_entry[];

static void *const trace_table[SYSCALL_TABLE_SIZE] = {
    [0 ... SYSCALL_TABLE_SIZE - 1] = sys_traced_entry,
};

static bool shows_unknown; /* [const] */

void trace_init(void)
{
    char value[4] = "";
    shows_unknown = machine_bootarg("strace", value, sizeof(value)) && strcmp(value, "1") == 0;
}

long trace_set(long on)
{
    struct thread_core *self = thread_core_self();
    bool before = self->calls == trace_table;
    if (on != 0 && on != 1)
        return -EINVAL;
    self->calls = on ? trace_table : syscall_table;
    return before;
}

long trace_unknown(long number)
{
    const struct proc *p = proc_current();
    if (shows_unknown)
        kprintf("%d %s: unknown system call %ld\n", p->pid, p->name, number);
    return -ENOSYS;
}

/* --- Lines --- */

struct line {
    char text[LINE_MAX];
    size_t length;
};

static void add(struct line *l, const char *format, ...) PRINTF_LIKE(2, 3);
static void add(struct line *l, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = kvsnprintf(l->text + l->length, sizeof(l->text) - l->length, format, args);
    va_end(args);
    l->length += (size_t)n;
    if (l->length >= sizeof(l->text))
        l->length = sizeof(l->text) - 1;
}

/* The string may be anything, anywhere. */
static void add_string(struct line *l, uint64_t from)
{
    char text[STRING_MAX + 1];
    long n = copy_string_from_user(text, from, STRING_MAX);
    if (n < 0 && n != -ENAMETOOLONG) {
        add(l, "0x%lx", (long)from);
        return;
    }
    size_t length = n < 0 ? STRING_MAX : (size_t)n;
    for (size_t i = 0; i < length; i++)
        if (text[i] < ' ' || text[i] > '~')
            text[i] = '?';
    text[length] = '\0';
    add(l, "\"%s\"%s", text, n < 0 ? "..." : "");
}

static void add_argument(struct line *l, char kind, uint64_t value)
{
    long n = (long)value;
    if (kind == 's')
        add_string(l, value);
    else if (kind == 'o')
        add(l, "0%lo", n);
    else if (kind == 'x')
        add(l, "0x%lx", n);
    else if (n > -SMALL && n < SMALL)
        add(l, "%ld", n);
    else
        add(l, "0x%lx", n);
}

/* The name and the arguments, which trap.S has saved in the frame. */
static void add_call(struct line *l, long number)
{
    const struct trapframe *frame = thread_core_self()->frame;
    const struct call_name *call = &call_names[number];
    const char *kinds = call->name == NULL ? "dddddd" : call->kinds;
    if (call->name == NULL)
        add(l, "%ld(", number);
    else
        add(l, "%s(", call->name);
    for (unsigned i = 0; i < ARGUMENTS && kinds[i] != '\0'; i++) {
        add(l, i == 0 ? "" : ", ");
        add_argument(l, kinds[i], frame->x[REG_A0 + i]);
    }
    add(l, ")");
}

static void add_result(struct line *l, long result)
{
    const char *error = NULL;
    if (result < 0 && result > -ERROR_NAMES)
        error = error_names[-result];
    add(l, " = ");
    if (error != NULL)
        add(l, "-1 %s", error);
    else
        add_argument(l, 'd', (uint64_t)result);
}

static void print(const struct line *l)
{
    const struct proc *p = proc_current();
    kprintf("%d %s: %s\n", p->pid, p->name, l->text);
}

/* --- Calls --- */

/* These do not come back, or with other registers. */
void trace_enter(long number)
{
    struct line l = {.length = 0};
    thread_core_self()->traced_call = number;
    switch (number) {
    case SYS_exit:
    case SYS_exit_group:
    case SYS_rt_sigreturn:
        add_call(&l, number);
        add(&l, " = ?");
        thread_core_self()->traced_call = NOTHING;
        break;
    case SYS_execve:
        add_call(&l, number);
        add(&l, " ...");
        break;
    default: return;
    }
    print(&l);
}

long trace_leave(long result)
{
    struct line l = {.length = 0};
    long number = thread_core_self()->traced_call;
    if (number == NOTHING)
        return result;
    if (number == SYS_execve)
        add(&l, "... execve");
    else
        add_call(&l, number);
    add_result(&l, result);
    print(&l);
    return result;
}
