/*
 * init [commands]: the first process. It opens the console, and then
 *
 *   with commands     runs them by the shell, switches the machine off when they have ended, and
 *                     hands on their exit status (128 + n if signal n ended the shell);
 *   without           runs an interactive shell, again whenever it ends, until somebody halts.
 *
 * Processes whose parents are gone become init's children; it waits for them too.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONSOLE "/dev/console"
#define SHELL   "/bin/sh"

static char *environment[] = {"PATH=/bin", "HOME=/", NULL};

/* The lowest free descriptor is what open returns, so 0, 1 and 2 fill up in order. */
static void open_console(void)
{
    while (fcntl(STDERR_FILENO, F_GETFD) < 0)
        if (open(CONSOLE, O_RDWR) < 0)
            break;
    setsid();
    ioctl(STDIN_FILENO, TIOCSCTTY, 0);
}

/* In a process group of its own, which has the terminal. */
static pid_t start_shell(char *commands)
{
    char name[] = "sh", option[] = "-c";
    char *argv[] = {name, commands == NULL ? NULL : option, commands, NULL};
    pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        signal(SIGTTOU, SIG_IGN);
        tcsetpgrp(STDIN_FILENO, getpid());
        signal(SIGTTOU, SIG_DFL);
        execve(SHELL, argv, environment);
        warn("%s", SHELL);
        _exit(127);
    }
    return pid;
}

/* Waits until that child has ended, and for every other that ends meanwhile. */
static int wait_for(pid_t pid)
{
    for (;;) {
        int status;
        pid_t ended = waitpid(-1, &status, 0);
        if (ended == pid)
            return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        if (ended < 0 && errno != EINTR)
            return 127;
    }
}

static void run_and_power_off(char *commands)
{
    pid_t pid = start_shell(commands);
    int status = pid < 0 ? 126 : wait_for(pid);
    sync();
    quire_power_off(status);
    err(status, "cannot power off");
}

int main(int argc, char **argv)
{
    open_console();
    if (argc > 1)
        run_and_power_off(argv[1]);
    for (;;) {
        pid_t pid = start_shell(NULL);
        if (pid < 0)
            warn("cannot start a shell");
        else
            wait_for(pid);
        sleep(1);
    }
}
