/* What a program takes along into the next one, and what it does not; and how that one comes in. */
#include "tests.h"

/* --- Identity and descriptors --- */

struct identity {
    pid_t pid, parent;
    char folder[256];
};

static struct identity own_identity(void)
{
    struct identity identity = {.pid = getpid(), .parent = getppid()};
    if (getcwd(identity.folder, sizeof(identity.folder)) == NULL)
        give_up();
    return identity;
}

/* --identity FD: sends who it is and where. */
int role_identity(int argc, char **argv)
{
    struct identity identity = own_identity();
    return write(atoi(argv[2]), &identity, sizeof(identity)) != sizeof(identity);
}

void identity_is_kept(void)
{
    int ends[2];
    char number[16];
    struct identity own = own_identity(), child;
    MUST(pipe(ends) == 0, "pipe");
    snprintf(number, sizeof(number), "%d", ends[1]);
    char *argv[] = {scratch_program, (char *)"--identity", number, NULL}, *envp[] = {NULL};
    pid_t pid = fork();
    if (pid == 0) {
        execve(scratch_program, argv, envp);
        _exit(1);
    }
    CHECK(finish(pid) && read(ends[0], &child, sizeof(child)) == sizeof(child), "the program");
    CHECK(child.pid == pid && child.parent == own.pid, "%d, child of %d", child.pid, child.parent);
    CHECK(strcmp(child.folder, own.folder) == 0, "in %s", child.folder);
}

/* --descriptors FD CLOSED: one is open, at its position; the other is not. */
int role_descriptors(int argc, char **argv)
{
    int fd = atoi(argv[2]), closed = atoi(argv[3]);
    char text[4] = "";
    CHECK(read(fd, text, 3) == 3 && strcmp(text, "def") == 0, "read on: '%s'", text);
    CHECK(read(closed, text, 1) == -1 && errno == EBADF, "the one that was to be closed");
    CHECK(lseek(fd, 8, SEEK_SET) == 8, "move");
    return test_counts.failed != 0;
}

void descriptors_are_kept(void)
{
    char one[16], two[16], text[4];
    int fd = open("kept", O_RDWR | O_CREAT, 0644), closed = open("kept", O_RDONLY | O_CLOEXEC);
    CHECK(write(fd, "abcdefghij", 10) == 10 && lseek(fd, 0, SEEK_SET) == 0, "write");
    CHECK(read(fd, text, 3) == 3, "read a part");
    snprintf(one, sizeof(one), "%d", fd);
    snprintf(two, sizeof(two), "%d", closed);
    CHECK(run_role("--descriptors", one, two) == 0, "the program");
    CHECK(lseek(fd, 0, SEEK_CUR) == 8, "its position is this one's too");
    CHECK(read(closed, text, 1) == 1, "here it is still open");
    CHECK(lseek(fd, 3, SEEK_SET) == 3 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0, "close the other");
    CHECK(fcntl(closed, F_SETFD, 0) == 0 && lseek(closed, 3, SEEK_SET) == 3, "and not this one");
    CHECK(run_role("--descriptors", two, one) == 0, "the other way round");
}

/* An execve that fails leaves the process as it was, memory and all. */
void failure_changes_nothing(void)
{
    char *argv[] = {(char *)"x", NULL}, *envp[] = {NULL};
    int closing = open("file", O_RDWR | O_CREAT | O_CLOEXEC, 0755);
    uint8_t *at = map(4 * PAGE, RW, ANON, -1, 0), *shared = map(PAGE, RW, MAP_SHARED, closing, 0);
    CHECK(write(closing, "junk, no program", 16) == 16, "junk");
    fill(at, 4 * PAGE, 0, 1);
    struct identity before = own_identity();
    for (int i = 0; i < 20; i++) {
        CHECK(execve("missing", argv, envp) == -1 && errno == ENOENT, "no file");
        CHECK(execve(".", argv, envp) == -1 && errno == EACCES, "a folder");
        CHECK(execve("file", argv, envp) == -1 && (errno == ENOEXEC || errno == ETXTBSY), "junk");
    }
    struct identity after = own_identity();
    CHECK(memcmp(&before, &after, sizeof(before)) == 0, "the identity");
    CHECK(holds(at, 4 * PAGE, 0, 1) && memcmp(shared, "junk", 4) == 0, "the memory");
    CHECK(lseek(closing, 0, SEEK_CUR) == 16, "the descriptor that a success would close");
    check_audit();
}

/* --- Data and code --- */

#define MANY 40000

static uint32_t initialised[MANY] = {1, 2, 3, [MANY / 2] = 4, [MANY - 1] = 5};
static uint8_t zeros[300000];

/*
 * 256 KiB of constants, each computed from its place by the assembler, and the same in the
 * program's code; more than anything brings in at once.
 */
#define WORDS 65536
__asm__(".pushsection .rodata.exectest\n"
        ".balign 4096\n"
        ".globl exectest_words\n"
        "exectest_words:\n"
        ".set place, 0\n"
        ".rept 65536\n"
        ".long place * 40503 + 7\n"
        ".set place, place + 1\n"
        ".endr\n"
        ".popsection\n");
extern const uint32_t exectest_words[WORDS];

/* --data: fresh data, then changes to all of it, which the next program must not see. */
int role_data(int argc, char **argv)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < MANY; i++)
        sum += initialised[i];
    CHECK(sum == 15 && initialised[MANY - 1] == 5 && initialised[MANY / 2] == 4, "data");
    CHECK(is_zero(zeros, sizeof(zeros)), "zeros");
    memset(initialised, 0xee, sizeof(initialised));
    memset(zeros, 0xee, sizeof(zeros));
    CHECK(*(uint8_t *)sbrk(PAGE) == 0, "the heap");
    return test_counts.failed != 0;
}

void data_is_fresh(void)
{
    for (int i = 0; i < 5; i++) {
        CHECK(run_role("--data", NULL, NULL) == 0, "program %d", i);
        memset(zeros, i, sizeof(zeros)); /* nor does it see what is here */
        initialised[7] = (uint32_t)i;
        if (i == 2)
            drop_caches();
    }
}

static unsigned count_wrong_words(size_t step)
{
    unsigned wrong = 0;
    for (size_t i = 0; i < WORDS; i += step)
        wrong += ((const volatile uint32_t *)exectest_words)[i] != (uint32_t)(i * 40503 + 7);
    return wrong;
}

/* --code: looks at constants in an order that no reading ahead serves, then at all. */
int role_code(int argc, char **argv)
{
    struct quire_faults before = faults_now();
    CHECK(!test_on_quire() || faults_total(&before) < 80, "%s before anything was done",
          faults_text(&before));
    for (size_t i = 0; i < WORDS; i += PAGE / 4) {
        size_t at = (i * 37 + 11) % WORDS;
        CHECK(((const volatile uint32_t *)exectest_words)[at] == (uint32_t)(at * 40503 + 7),
              "word %zu", at);
    }
    CHECK(count_wrong_words(1) == 0, "all the words");
    return test_counts.failed != 0;
}

/* A program comes in page by page, as it touches them, from the cache and from the disk. */
void code_on_demand(void)
{
    CHECK(run_role("--code", NULL, NULL) == 0, "from the cache");
    for (int i = 0; i < 3; i++) {
        drop_caches();
        CHECK(run_role("--code", NULL, NULL) == 0, "from the disk, %d", i);
    }
    CHECK(count_wrong_words(1) == 0, "this program's own");
}

static void copy_program(const char *to)
{
    static uint8_t buffer[16 * PAGE];
    int from = open(scratch_program, O_RDONLY), copy = open(to, O_WRONLY | O_CREAT, 0755);
    ssize_t n;
    while ((n = read(from, buffer, sizeof(buffer))) > 0)
        MUST(write(copy, buffer, (size_t)n) == n, "copy");
    CHECK(n == 0 && close(copy) == 0 && close(from) == 0, "copy the program");
}

/* --linger IN OUT: says that it is there, waits for the end of the pipe, then touches its pages. */
int role_linger(int argc, char **argv)
{
    char byte = 'x';
    if (write(atoi(argv[3]), &byte, 1) != 1 || read(atoi(argv[2]), &byte, 1) != 0)
        return 1;
    return count_wrong_words(PAGE / 4) != 0;
}

/* DEFECTS 39: a running program whose file has no name any more still finds its pages. */
void unlinked_while_running(void)
{
    int in[2], out[2];
    char one[16], two[16], byte;
    copy_program("copy");
    MUST(pipe(in) == 0 && pipe(out) == 0, "pipes");
    snprintf(one, sizeof(one), "%d", in[0]);
    snprintf(two, sizeof(two), "%d", out[1]);
    char *argv[] = {(char *)"copy", (char *)"--linger", one, two, NULL}, *envp[] = {NULL};
    pid_t pid = fork();
    if (pid == 0) {
        close(in[1]);
        execve("copy", argv, envp);
        _exit(100);
    }
    CHECK(read(out[0], &byte, 1) == 1, "it runs");
    CHECK(unlink("copy") == 0, "unlink it");
    drop_caches();
    close(in[1]);
    CHECK(finish(pid), "it finds its pages");
    check_audit();
}

/* --- Many --- */

/* --chain N PID: executes itself N times over, and is the same process all the while. */
int role_chain(int argc, char **argv)
{
    int left = atoi(argv[2]);
    char number[16], *next[] = {scratch_program, argv[1], number, argv[3], NULL}, *envp[] = {NULL};
    if (left == 0)
        return getpid() != atoi(argv[3]);
    scratch_find_program();
    snprintf(number, sizeof(number), "%d", left - 1);
    execve(scratch_program, next, envp);
    return 2;
}

static void starts_chain(void *argument)
{
    char number[16], *argv[] = {scratch_program, (char *)"--chain", (char *)"30", number, NULL};
    char *envp[] = {NULL};
    snprintf(number, sizeof(number), "%d", (int)getpid());
    execve(scratch_program, argv, envp);
    _exit(100 + errno);
}

void one_after_another(void)
{
    CHECK(finish(start(starts_chain, NULL)), "thirty programs in one process");
    struct census before;
    for (int round = 0; round < 2; round++) {
        before = take_census(); /* the first round takes what stays: this process's own pages */
        for (int i = 0; i < 30; i++)
            CHECK(run_role("--nothing", NULL, NULL) == 0, "program %d", i);
    }
    check_census(&before);
    check_audit();
}

static void execs_with_much(void *argument)
{
    char *argv[] = {scratch_program, (char *)"--data", NULL}, *envp[] = {NULL};
    uint8_t *at = map(8 << 20, RW, ANON, -1, 0), *shared = map(1 << 20, RW, ANON_SHARED, -1, 0);
    memset(at, 1, 8 << 20);
    memset(shared, 1, 1 << 20);
    execve(scratch_program, argv, envp);
    _exit(100 + errno);
}

/* What the old program had is free when the new one runs. */
void from_much_memory(void)
{
    CHECK(finish(start(execs_with_much, NULL)), "once");
    take_census(); /* touches what stays: this process's own pages */
    struct census before = take_census();
    for (int i = 0; i < 6; i++)
        CHECK(finish(start(execs_with_much, NULL)), "round %d", i);
    check_census(&before);
}
