/* fork, exec, pipes, popen, system, and waiting with poll and select. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

static void by_pipe(void)
{
    int ends[2], status;
    char text[20] = "";
    fflush(stdout);
    if (pipe(ends) != 0)
        return;
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], 1);
        close(ends[0]);
        execl("/bin/echo", "echo", "from", "echo", (char *)NULL);
        _exit(9);
    }
    close(ends[1]);
    struct pollfd entry = {ends[0], POLLIN, 0};
    printf("poll %d %d\n", poll(&entry, 1, 100000), entry.revents & POLLIN);
    printf("read %zd %s", read(ends[0], text, sizeof(text) - 1), text);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    printf("select %d %d\n", select(ends[0] + 1, &set, NULL, NULL, NULL), FD_ISSET(ends[0], &set));
    printf("end %zd, wait %d ", read(ends[0], text, 1), waitpid(pid, &status, 0) == pid);
    printf("%d\n", WIFEXITED(status) && WEXITSTATUS(status) == 0);
    printf("time over %d\n", poll(&entry, 0, 5));
}

static void by_shell(void)
{
    char line[100] = "";
    fflush(stdout);
    printf("system %d\n", WEXITSTATUS(system("exit 7")));
    FILE *f = popen("echo first; echo second", "r");
    while (f != NULL && fgets(line, sizeof(line), f) != NULL)
        printf("popen %s", line);
    printf("pclose %d\n", f == NULL ? -1 : pclose(f));
}

int main(int argc, char **argv)
{
    by_pipe();
    if (argc > 1 && strcmp(argv[1], "shell") == 0)
        by_shell();
    return 0;
}
