/*
 * exectest: execve(2). The programs that are executed are this one, in a role that its first
 * argument names, and ELF files that the tests make, good ones and hostile ones.
 *
 * The tests stand in files by subject; tests.h lists them all with their time limits.
 */
#include "tests.h"

#define ROW(name, seconds) {#name, name, seconds},
#define ROLE(name)         {"--" #name, role_##name},

static const struct test tests[] = {EXEC_TESTS(ROW)};

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} roles[] = {EXEC_ROLES(ROLE)};

int role_nothing(int argc, char **argv)
{
    return 0;
}

int run_program(const char *path, char *const *argv, char *const *envp)
{
    fflush(stdout);
    pid_t pid = fork();
    MUST(pid >= 0, "fork");
    if (pid == 0) {
        execve(path, argv, envp);
        _exit(100 + errno);
    }
    return test_wait(pid, 10);
}

int run_role(const char *role, const char *first, const char *second)
{
    char *argv[] = {scratch_program, (char *)role, (char *)first, (char *)second, NULL};
    char *envp[] = {NULL};
    return run_program(scratch_program, argv, envp);
}

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]) && argc > 1; i++)
        if (strcmp(argv[1], roles[i].name) == 0)
            return roles[i].run(argc, argv);
    return scratch_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]));
}
