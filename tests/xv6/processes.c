/* Processes: fork, statuses of all kinds, kill, exec, pipes, time. */
#include "kernel/types.h"
#include "kernel/param.h"
#include "kernel/fcntl.h"
#include "kernel/riscv.h"
#include "user/user.h"

#include "check.h"

#define BAD ((char *)0x3fffffe000)

static int code;

static void end_with_code(void)
{
    exit(code);
}

static void read_nowhere(void)
{
    printf("%d\n", *(volatile int *)BAD);
}

static void spin(void)
{
    for (;;)
        getpid();
}

static void statuses(void)
{
    int codes[] = {0, 1, 127, 128, 254, 255, 256, 747, -1, -2, 0x7fffffff};
    for (int i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        code = codes[i];
        CHECK(status_of(end_with_code) == code);
    }
    CHECK(status_of(read_nowhere) == -1);
    CHECK(wait(0) == -1 && wait(&code) == -1);
    int pid = fork();
    if (pid == 0)
        exit(3);
    CHECK(wait(0) == pid);
}

static void killing(void)
{
    int status;
    int pid = fork();
    if (pid == 0)
        spin();
    pause(1);
    CHECK(kill(pid) == 0 && wait(&status) == pid && status == -1);
    CHECK(kill(pid) == -1 && kill(0) == -1 && kill(-1) == -1 && getpid() > 1);
}

static char *echo_argv[] = {"echo", "said", "by", "echo", 0};

/* The program that these run is the one beside this file: it ends with the number of words. */
static void run_echo(void)
{
    exec("echo", echo_argv);
    exit(99);
}

static void run_echo_elsewhere(void)
{
    chdir("/tmp");
    exec("echo", echo_argv);
    exit(99);
}

static void executing(void)
{
    static char big[PGSIZE + 1];
    char *too_many[MAXARG + 1], *too_big[] = {big, 0}, *bad[] = {(char *)0xffffffff, 0};
    CHECK(status_of(run_echo) == 1003 && status_of(run_echo_elsewhere) == 1003);
    for (int i = 0; i < MAXARG; i++)
        too_many[i] = "x";
    too_many[MAXARG] = 0;
    memset(big, 'x', PGSIZE);
    CHECK(exec("echo", too_many) == -1 && exec("echo", too_big) == -1 && exec("echo", bad) == -1);
    CHECK(exec("nothing", echo_argv) == -1 && exec(BAD, echo_argv) == -1);
    CHECK(exec("echo", (char **)BAD) == -1 && exec("README", echo_argv) == -1);
}

static void pipes(void)
{
    int fds[2];
    char text[8];
    CHECK(pipe(fds) == 0);
    if (fork() == 0) {
        close(1);
        CHECK(dup(fds[1]) == 1);
        printf("%d", 12345);
        exit(0);
    }
    wait(0);
    close(fds[1]);
    CHECK(read(fds[0], text, sizeof(text)) == 5 && memcmp(text, "12345", 5) == 0);
    CHECK(read(fds[0], text, 1) == 0);
    close(fds[0]);
    CHECK(pipe(fds) == 0 && close(fds[0]) == 0 && write(fds[1], "x", 1) == -1);
    close(fds[1]);
}

/* More than the table holds cannot be made; all that were can be waited for. */
static void full_table(void)
{
    int n = 0, pid;
    while ((pid = fork()) > 0)
        n++;
    if (pid == 0)
        exit(0);
    CHECK(n > NPROC / 2 && n < NPROC);
    for (; n > 0; n--)
        CHECK(wait(0) > 0);
    CHECK(wait(0) == -1 && status_of(end_with_code) == code);
}

static void time_passes(void)
{
    int before = uptime();
    CHECK(pause(3) == 0 && sleep(2) == 0 && pause(0) == 0);
    CHECK(uptime() - before >= 5 && uptime() - before < 50);
}

int main(int argc, char *argv[])
{
    CHECK(argc == 3 && strcmp(argv[1], "two") == 0 && argv[3] == 0);
    statuses();
    killing();
    executing();
    pipes();
    full_table();
    time_passes();
    exit(check_end());
}
