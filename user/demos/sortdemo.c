/*
 * sortdemo: several processes sort one mapped file.
 *
 *     sortdemo [--short]
 *
 * Each process maps the file and sorts a part of it in place. Then they merge in rounds: of each
 * two neighbours the left one waits until the right one is done, copies its own part away and
 * merges both into the place where they stand; the other one ends. Nobody writes to the file with
 * write(2), and the parent reads the result with read(2).
 */
#include "demo.h"

#include <fcntl.h>

enum { SORTERS = 4, LONG = 2 << 20, SHORT = 128 << 10, CHUNK = 4096 };

/* What processes tell each other: how many rounds of merging each has behind it, from 1 on. */
struct board {
    uint32_t done[SORTERS];
    uint64_t sorted_at[SORTERS]; /* nanoseconds */
};

static char name[64];
static struct board *board;
static size_t keys; /* a multiple of SORTERS */

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* --- The processes that sort --- */

static uint32_t *map_file(void)
{
    int fd = open(name, O_RDWR);
    if (fd < 0)
        die(name);
    uint32_t *at = map_or_die(keys * sizeof(*at), RW, MAP_SHARED, fd);
    close(fd);
    return at;
}

/* Merges two sorted runs of so many keys that follow each other, using the room for one of them. */
static void merge(uint32_t *run, size_t count, uint32_t *room)
{
    const uint32_t *left = room, *left_end = room + count;
    const uint32_t *right = run + count, *right_end = right + count;
    memcpy(room, run, count * sizeof(*run));
    for (uint32_t *to = run; left < left_end; to++)
        *to = right == right_end || *left <= *right ? *left++ : *right++;
}

/* Of two neighbours at a distance of 1, 2, 4, ... the left one merges. */
static int sort_part(int number)
{
    size_t count = keys / SORTERS;
    uint32_t *mine = map_file() + number * count;
    uint32_t *room = map_or_die(keys / 2 * sizeof(*room), RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    uint32_t round = 1;
    qsort(mine, count, sizeof(*mine), compare);
    board->sorted_at[number] = nanoseconds();
    for (int distance = 1; distance < SORTERS && number % (2 * distance) == 0; distance *= 2) {
        await(&board->done[number + distance], round++);
        merge(mine, count, room);
        count *= 2;
    }
    announce(&board->done[number], round);
    return 0;
}

/* --- The parent --- */

/* A sum over all keys that does not depend on their order. */
static uint64_t weight(uint32_t key)
{
    return mix(1, key);
}

static uint64_t write_keys(int fd)
{
    static uint32_t chunk[CHUNK];
    uint64_t seed = 42, sum = 0;
    for (size_t done = 0; done < keys; done += CHUNK) {
        for (int i = 0; i < CHUNK; i++) {
            chunk[i] = (uint32_t)(random_next(&seed) >> 20);
            sum += weight(chunk[i]);
        }
        if (write(fd, chunk, sizeof(chunk)) != sizeof(chunk))
            die(name);
    }
    return sum;
}

/* Reads the file; whether its keys ascend. Counts and sums them. */
static bool read_keys(int fd, size_t *count, uint64_t *sum)
{
    static uint32_t chunk[CHUNK];
    bool ascends = true;
    uint32_t before = 0;
    *count = *sum = 0;
    lseek(fd, 0, SEEK_SET);
    for (ssize_t n = read(fd, chunk, sizeof(chunk)); n > 0; n = read(fd, chunk, sizeof(chunk))) {
        for (size_t i = 0; i < (size_t)n / sizeof(chunk[0]); i++) {
            ascends &= before <= chunk[i];
            before = chunk[i];
            *sum += weight(chunk[i]);
            ++*count;
        }
    }
    return ascends;
}

static void check_file(int fd, uint64_t expected_sum)
{
    size_t count;
    uint64_t sum;
    check(read_keys(fd, &count, &sum), "read(2) finds the keys in order");
    check(count == keys && sum == expected_sum, "and they are those that were written");
    drop_caches();
    if (ON_QUIRE)
        check(read_keys(fd, &count, &sum) && sum == expected_sum, "so it does from the disk");
}

int main(int argc, char **argv)
{
    keys = demo_is_short(argc, argv) ? SHORT : LONG;
    board = map_common(sizeof(*board));
    snprintf(name, sizeof(name), "/tmp/sortdemo.%d", (int)getpid());
    int fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd < 0)
        die(name);
    uint64_t sum = write_keys(fd);
    printf("%d processes sort %s: %lu keys on %lu pages\n", SORTERS, name, (unsigned long)keys,
           (unsigned long)(keys * sizeof(uint32_t) / PAGE));

    pid_t pids[SORTERS];
    uint64_t began = nanoseconds(), sorted = began;
    for (int i = 0; i < SORTERS; i++)
        pids[i] = start(sort_part, i);
    bool ended_well = finish_all(pids, SORTERS);
    uint64_t ended = nanoseconds();
    unlink(name);
    for (int i = 0; i < SORTERS; i++)
        sorted = board->sorted_at[i] > sorted ? board->sorted_at[i] : sorted;

    printf("sorted the parts in %lu ms, merged them in %lu ms; %lu page faults\n",
           (unsigned long)(sorted - began) / 1000000, (unsigned long)(ended - sorted) / 1000000,
           (unsigned long)faults_of(RUSAGE_CHILDREN));
    check(ended_well, "all processes ended well");
    check_file(fd, sum);
    return demo_failures != 0;
}
