/* What a new program finds on its stack. */
#include "tests.h"

#include <limits.h>

extern char **environ;

static void write_all(int fd, const char *text, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t part = write(fd, text + done, n - done);
        if (part <= 0)
            _exit(1);
        done += (size_t)part;
    }
}

/* --echo FD ...: sends all arguments behind it and the environment, each with its zero. */
int role_echo(int argc, char **argv)
{
    int fd = atoi(argv[2]);
    for (int i = 3; i < argc; i++)
        write_all(fd, argv[i], strlen(argv[i]) + 1);
    for (char **variable = environ; *variable != NULL; variable++)
        write_all(fd, *variable, strlen(*variable) + 1);
    return argv[argc] != NULL;
}

static char *flatten(char *to, char *const *list)
{
    for (; *list != NULL; list++) {
        strcpy(to, *list);
        to += strlen(to) + 1;
    }
    return to;
}

static size_t read_until_end(int fd, char *to, size_t size)
{
    size_t done = 0;
    for (ssize_t n = 1; n > 0; done += n > 0 ? (size_t)n : 0)
        n = read(fd, to + done, size - done);
    return done;
}

/* Executes this program with these arguments and compares what arrives; `size` is enough for all.
 */
static void check_echo(char **arguments, char **environment, size_t size, const char *what)
{
    enum { LIST_MAX = 3100 };
    static char *argv[LIST_MAX];
    char number[16], *sent = malloc(size), *got = malloc(size + 1);
    int ends[2], count = 3, status = -1;
    MUST(pipe(ends) == 0 && sent != NULL && got != NULL, "pipe and memory");
    snprintf(number, sizeof(number), "%d", ends[1]);
    argv[0] = scratch_program;
    argv[1] = (char *)"--echo";
    argv[2] = number;
    for (int i = 0; arguments[i] != NULL; i++)
        argv[count++] = arguments[i];
    argv[count] = NULL;
    size_t expected = (size_t)(flatten(flatten(sent, arguments), environment) - sent);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        execve(scratch_program, argv, environment);
        _exit(100 + errno);
    }
    close(ends[1]);
    size_t n = read_until_end(ends[0], got, size + 1);
    CHECK(waitpid(pid, &status, 0) == pid && status == 0, "%s: %#x", what, (unsigned)status);
    CHECK(n == expected && memcmp(sent, got, n) == 0, "%s: %zu of %zu bytes", what, n, expected);
    close(ends[0]);
    free(sent);
    free(got);
}

void arguments_arrive(void)
{
    char *none[] = {NULL};
    char *some[] = {(char *)"a", (char *)"", (char *)"two words", (char *)"\xff\n\t", NULL};
    char *variables[] = {(char *)"A=1", (char *)"EMPTY=", (char *)"no equals sign", (char *)"",
                         NULL};
    check_echo(none, none, 100, "nothing");
    check_echo(some, none, 100, "arguments");
    check_echo(none, variables, 100, "environment");
    check_echo(some, variables, 200, "both");
}

/* Texts of many lengths, so that they and the pointers to them fall anywhere on the pages. */
void many_arguments(void)
{
    enum { COUNT = 3000, EACH = 18 };
    static char texts[COUNT][EACH], *list[COUNT + 1], *few[] = {(char *)"X=y", NULL};
    for (int i = 0; i < COUNT; i++) {
        snprintf(texts[i], EACH, "%.*s%d", i % 11, "-----------", i);
        list[i] = texts[i];
    }
    check_echo(list, few, COUNT * EACH, "3000 arguments");
    check_echo(few, list, COUNT * EACH, "3000 variables");
    list[COUNT / 2] = NULL;
    check_echo(list, list, COUNT * EACH, "1500 of each");
}

/* ARG_MAX bytes are promised for all; one text may take nearly all of them. */
void long_arguments(void)
{
    enum { LENGTH = 120000 };
    char *text = malloc(LENGTH + 1), *none[] = {NULL}, *one[] = {text, NULL};
    for (int i = 0; i < LENGTH; i++)
        text[i] = (char)('a' + i % 26);
    text[LENGTH] = '\0';
    check_echo(one, none, LENGTH + 100, "one long argument");
    check_echo(none, one, LENGTH + 100, "one long variable");
    text[50000] = '\0';
    char *two[] = {text, (char *)"between", text + 50001, NULL};
    check_echo(two, none, LENGTH + 100, "two long ones");
}

void too_many_arguments(void)
{
    enum { LENGTH = 5 << 20, COUNT = 200000 };
    char *text = (char *)map(LENGTH, RW, ANON, -1, 0), *none[] = {NULL};
    char *one[] = {scratch_program, (char *)"--nothing", text, NULL};
    memset(text, 'x', LENGTH - 1);
    CHECK(run_program(scratch_program, one, none) == EXEC_FAILED(E2BIG), "a text of 5 MiB");
    CHECK(run_program(scratch_program, none, one + 2) == EXEC_FAILED(E2BIG), "as a variable");
    char **list = (char **)map((COUNT + 1) * sizeof(*list), RW, ANON, -1, 0);
    for (int i = 0; i < COUNT; i++)
        list[i] = (char *)"twenty bytes of text";
    CHECK(run_program(scratch_program, list, none) == EXEC_FAILED(E2BIG), "200000 of them");
    list[1] = (char *)"--nothing";
    list[2] = NULL;
    CHECK(run_program(scratch_program, list, none) == 0, "two are fine");
}

/* --- The auxiliary vector --- */

/* --auxv FD PATH: what the kernel says of this program, against what it can see of itself. */
int role_auxv(int argc, char **argv)
{
    const uint8_t *random = (const uint8_t *)getauxval(AT_RANDOM);
    const char *path = (const char *)getauxval(AT_EXECFN);
    const uint8_t *headers = (const uint8_t *)getauxval(AT_PHDR);
    CHECK(getauxval(AT_PAGESZ) == PAGE, "page size %lu", getauxval(AT_PAGESZ));
    CHECK(getauxval(AT_PHENT) == 56, "a program header of %lu bytes", getauxval(AT_PHENT));
    CHECK(getauxval(AT_PHNUM) >= 1 && getauxval(AT_PHNUM) < 30, "%lu headers", getauxval(AT_PHNUM));
    CHECK(headers != NULL && is_readable(headers) && is_readable(headers + 55), "the headers");
    CHECK(is_readable((void *)getauxval(AT_ENTRY)), "the entry");
    CHECK(getauxval(AT_CLKTCK) == 100, "%lu ticks a second", getauxval(AT_CLKTCK));
    CHECK(getauxval(AT_SECURE) == 0, "nothing secure");
    CHECK(random != NULL && !is_zero(random, 16), "sixteen random bytes");
    CHECK(path != NULL && strcmp(path, argv[3]) == 0, "the path: '%s'", path);
    CHECK((uintptr_t)__builtin_frame_address(0) % 16 == 0, "the stack's alignment");
    for (int i = 0; i < argc; i++)
        CHECK((uint8_t *)argv[i] > (uint8_t *)argv, "the vector is below the texts");
    return test_counts.failed != 0 || write(atoi(argv[2]), random, 16) != 16;
}

void auxiliary_vector(void)
{
    uint8_t bytes[2][16];
    int ends[2];
    char number[16];
    MUST(pipe(ends) == 0, "pipe");
    snprintf(number, sizeof(number), "%d", ends[1]);
    for (int i = 0; i < 2; i++) {
        CHECK(run_role("--auxv", number, scratch_program) == 0, "what the program has seen");
        CHECK(read(ends[0], bytes[i], 16) == 16, "its random bytes");
    }
    CHECK(memcmp(bytes[0], bytes[1], 16) != 0, "are others each time");
}
