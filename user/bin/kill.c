/* kill [-signal | -s signal] pid...: sends a signal, SIGTERM if not told otherwise. kill -l lists.
 */
#include <ctype.h>
#include <err.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    int number;
} signals[] = {
    {"HUP", SIGHUP},   {"INT", SIGINT},   {"QUIT", SIGQUIT}, {"ILL", SIGILL},   {"TRAP", SIGTRAP},
    {"ABRT", SIGABRT}, {"BUS", SIGBUS},   {"FPE", SIGFPE},   {"KILL", SIGKILL}, {"USR1", SIGUSR1},
    {"SEGV", SIGSEGV}, {"USR2", SIGUSR2}, {"PIPE", SIGPIPE}, {"ALRM", SIGALRM}, {"TERM", SIGTERM},
    {"CHLD", SIGCHLD}, {"CONT", SIGCONT}, {"STOP", SIGSTOP}, {"TSTP", SIGTSTP},
};

enum { COUNT = sizeof(signals) / sizeof(signals[0]) };

/* A number, or a name with or without SIG; 0 only asks whether the process is there. */
static int signal_number(const char *text)
{
    if (isdigit((unsigned char)*text))
        return atoi(text);
    if (strncasecmp(text, "SIG", 3) == 0)
        text += 3;
    for (int i = 0; i < COUNT; i++)
        if (strcasecmp(text, signals[i].name) == 0)
            return signals[i].number;
    errx(1, "unknown signal '%s'", text);
}

static int list_signals(void)
{
    for (int i = 0; i < COUNT; i++)
        printf("%2d %s\n", signals[i].number, signals[i].name);
    return 0;
}

static int send(const char *text, int number)
{
    char *end;
    long pid = strtol(text, &end, 10);
    bool valid = end != text && *end == '\0';
    if (valid && kill((pid_t)pid, number) == 0)
        return 0;
    if (valid)
        warn("(%s)", text);
    else
        warnx("'%s' is not a process id", text);
    return 1;
}

int main(int argc, char **argv)
{
    int number = SIGTERM, first = 1, status = 0;
    if (argc > 1 && strcmp(argv[1], "-l") == 0)
        return list_signals();
    if (argc > 2 && strcmp(argv[1], "-s") == 0) {
        number = signal_number(argv[2]);
        first = 3;
    } else if (argc > 1 && argv[1][0] == '-' && strcmp(argv[1], "--") != 0) {
        number = signal_number(argv[1] + 1);
        first = 2;
    }
    if (first < argc && strcmp(argv[first], "--") == 0)
        first++;
    if (first >= argc)
        errx(1, "usage: kill [-signal | -s signal] pid...");
    for (int i = first; i < argc; i++)
        status |= send(argv[i], number);
    return status;
}
