/*
 * shmdemo: one page of a file as the shared memory of several processes.
 *
 *     shmdemo [processes]     (4 if not given, 16 at the most)
 *
 * Each process opens the file by itself, maps its one page at an address of its own, and counts: in
 * a word of its own, and in one word together with all others. Meanwhile the parent looks at the
 * counts both through its mapping and with read(2). At the end it shows where each process saw the
 * page and, on Quire, which page of physical memory that was; and what is in the file when nobody
 * maps it any more. The exit status is 0 only if everything was as it should be.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#if __has_include(<sys/quire.h>)
#include <sys/quire.h>
#define ON_QUIRE 1
#else
#define ON_QUIRE 0
#endif

enum { PAGE = 4096, PROCESSES_MAX = 16, DEFAULT = 4, STEPS = 1000000 };

/* One process, as it stands in the shared page. */
struct seat {
    uint64_t counter;
    uint64_t address, frame; /* where this process sees the page; frame 0: not known */
    int64_t pid;
};

struct board {
    uint64_t common;
    uint64_t ready, go;
    struct seat seats[PROCESSES_MAX + 1]; /* the last one used is the parent's */
};

static char name[64];
static int failures;

static bool check(bool held, const char *what)
{
    printf("%-72s %s\n", what, held ? "yes" : "NO");
    failures += !held;
    return held;
}

static void die(const char *what)
{
    perror(what);
    unlink(name);
    exit(1);
}

/* The physical page behind an address; 0 if the kernel does not tell. */
static uint64_t frame_of(const void *at)
{
#if ON_QUIRE
    struct quire_page page = {.va = (uint64_t)(uintptr_t)at};
    if (quire(QUIRE_PAGE, &page, sizeof(page)) == 0)
        return page.pfn;
#endif
    return 0;
}

static uint64_t look(const uint64_t *word)
{
    return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

/* Maps the page: at `wish`, where nothing is lost by it, or anywhere if that is NULL. */
static struct board *map_board(int fd, void *wish)
{
    int flags = wish == NULL ? MAP_SHARED : MAP_SHARED | MAP_FIXED;
    struct board *board = mmap(wish, PAGE, PROT_READ | PROT_WRITE, flags, fd, 0);
    if (board == MAP_FAILED)
        die("mmap");
    return board;
}

static void take_seat(struct board *board, int number)
{
    struct seat *seat = &board->seats[number];
    seat->pid = getpid();
    seat->address = (uint64_t)(uintptr_t)board;
    seat->frame = frame_of(board);
}

/* --- The processes that count --- */

/* Takes a range of addresses, and of that another page in each process. */
static struct board *map_elsewhere(int number)
{
    int fd = open(name, O_RDWR);
    size_t size = PROCESSES_MAX * PAGE;
    char *range = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (fd < 0 || range == MAP_FAILED)
        die("open and map");
    struct board *board = map_board(fd, range + number * PAGE);
    close(fd);
    return board;
}

/* Returns the exit status: whether the common count ever went back. */
static int count(int number)
{
    struct board *board = map_elsewhere(number);
    uint64_t *own = &board->seats[number].counter, before = 0;
    take_seat(board, number);
    __atomic_fetch_add(&board->ready, 1, __ATOMIC_SEQ_CST);
    while (look(&board->go) == 0)
        sched_yield();
    for (int step = 0; step < STEPS; step++) {
        (*(volatile uint64_t *)own)++;
        uint64_t common = __atomic_fetch_add(&board->common, 1, __ATOMIC_SEQ_CST);
        if (common < before)
            return 1;
        before = common + 1;
    }
    return 0;
}

/* --- The parent --- */

/*
 * One look with read(2), between two through the mapping. Whatever it finds cannot be less than
 * what was there before it, nor more than what is there after it.
 */
static bool look_with_read(int fd, const struct board *board, int processes)
{
    static struct board copy;
    uint64_t before[PROCESSES_MAX], common = look(&board->common);
    for (int i = 0; i < processes; i++)
        before[i] = look(&board->seats[i].counter);
    if (pread(fd, &copy, sizeof(copy), 0) != sizeof(copy))
        return false;
    bool between = common <= copy.common && copy.common <= look(&board->common);
    for (int i = 0; i < processes; i++)
        between &= before[i] <= copy.seats[i].counter &&
                   copy.seats[i].counter <= look(&board->seats[i].counter);
    return between;
}

/*
 * Looks until all processes have ended. Returns how many looks were right, or -1 if one was not;
 * `ended_well` becomes the number of processes with exit status 0.
 */
static long watch(int fd, const struct board *board, int processes, int *ended_well)
{
    long looks = 0;
    bool right = true;
    for (int ended = 0; ended < processes; looks++) {
        int status;
        right &= look_with_read(fd, board, processes);
        if (waitpid(-1, &status, WNOHANG) > 0) {
            ended++;
            *ended_well += status == 0;
        }
        sched_yield();
    }
    return right ? looks : -1;
}

static void print_seats(const struct board *board, int processes)
{
    printf("\n%-10s %6s %18s %14s %10s\n", "process", "pid", "virtual address", "page frame",
           "counter");
    for (int i = 0; i <= processes; i++) {
        const struct seat *seat = &board->seats[i];
        char who[16], frame[24] = "not known";
        snprintf(who, sizeof(who), i == processes ? "parent" : "child %d", i + 1);
        if (seat->frame != 0)
            snprintf(frame, sizeof(frame), "%#lx", (unsigned long)seat->frame);
        printf("%-10s %6ld %#18lx %14s %10lu\n", who, (long)seat->pid, (unsigned long)seat->address,
               frame, (unsigned long)seat->counter);
    }
    printf("%-10s %51s %10lu\n\n", "together", "", (unsigned long)board->common);
}

static void check_seats(const struct board *board, int processes)
{
    bool same_frame = true, own_addresses = true, full = true;
    for (int i = 0; i < processes; i++) {
        same_frame &= board->seats[i].frame == board->seats[processes].frame;
        own_addresses &= board->seats[i].address != board->seats[(i + 1) % processes].address;
        full &= board->seats[i].counter == STEPS;
    }
    if (board->seats[processes].frame != 0)
        check(same_frame, "all see the same page of physical memory");
    if (processes > 1)
        check(own_addresses, "at addresses of their own");
    check(full, "no step of a process's own counter is lost");
    check(board->common == (uint64_t)processes * STEPS, "nor one of the common counter");
}

/* What the file holds once nobody maps it; on Quire read from the disk again. */
static void check_file(int fd, int processes)
{
    static struct board copy;
#if ON_QUIRE
    quire(QUIRE_DROP_CACHES, NULL, 0);
#endif
    bool good = pread(fd, &copy, sizeof(copy), 0) == sizeof(copy);
    good = good && copy.common == (uint64_t)processes * STEPS;
    for (int i = 0; i < processes; i++)
        good = good && copy.seats[i].counter == STEPS;
    check(good, "after munmap the file holds all counts");
    check(lseek(fd, 0, SEEK_END) == PAGE, "and is as long as before");
}

static void start_processes(int processes)
{
    fflush(stdout);
    for (int i = 0; i < processes; i++) {
        pid_t pid = fork();
        if (pid < 0)
            die("fork");
        if (pid == 0)
            _exit(count(i));
    }
}

int main(int argc, char **argv)
{
    int processes = argc > 1 ? atoi(argv[1]) : DEFAULT;
    if (processes < 1 || processes > PROCESSES_MAX) {
        fprintf(stderr, "usage: shmdemo [processes], 1 to %d of them\n", PROCESSES_MAX);
        return 2;
    }
    snprintf(name, sizeof(name), "/tmp/shmdemo.%d", (int)getpid());
    int fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd < 0 || ftruncate(fd, PAGE) != 0)
        die(name);
    struct board *board = map_board(fd, NULL);
    printf("%d processes map one page of %s and count to %d each\n", processes, name, STEPS);
    start_processes(processes);
    while (look(&board->ready) < (uint64_t)processes)
        sched_yield();
    unlink(name);
    take_seat(board, processes);
    __atomic_store_n(&board->go, 1, __ATOMIC_SEQ_CST);
    int ended_well = 0;
    long looks = watch(fd, board, processes, &ended_well);

    print_seats(board, processes);
    check_seats(board, processes);
    check(ended_well == processes, "no process saw the common counter go back");
    printf("%ld looks with read(2) while they counted\n", looks);
    check(looks > 0, "each found what the mapping showed right before and after");
    munmap(board, PAGE);
    check_file(fd, processes);
    return failures != 0;
}
