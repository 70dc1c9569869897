/*
 * durable: what must be on the disk after the power is cut.
 *
 *     durable write FOLDER [COUNT]   makes files, each by one of the ways in which data becomes
 *                                    durable, and says "FOLDER synced N" when file N is; between
 *                                    them it does other things that nobody waits for. For ever, or
 *                                    until there are COUNT files.
 *     durable leave FOLDER COUNT     makes files and waits for nothing
 *     durable check FOLDER COUNT     checks that the first COUNT files are there and right, and
 * that later ones, if there are any, hold nothing that is not theirs
 */
#include "pages.h"

#include <dirent.h>

enum { CHURN = 8, LAST = 1 << 20, LARGEST = 70000 };

static size_t size_of(unsigned number)
{
    return (number * 7919u) % LARGEST + 1;
}

static const char *name_of(const char *kind, unsigned number)
{
    static char names[2][32];
    static unsigned turn;
    char *name = names[turn++ % 2];
    snprintf(name, sizeof(names[0]), "%s%u", kind, number);
    return name;
}

/* --- Writing --- */

static void write_and_fsync(unsigned number, int fd)
{
    write_pattern(fd, size_of(number), number);
    MUST(fsync(fd) == 0, "fsync");
}

static void write_synchronously(unsigned number, int fd)
{
    MUST(fcntl(fd, F_GETFL) & O_DSYNC, "the descriptor has O_DSYNC");
    write_pattern(fd, size_of(number), number);
}

static void write_and_sync(unsigned number, int fd)
{
    write_pattern(fd, size_of(number), number);
    sync();
}

static void write_through_mapping(unsigned number, int fd)
{
    size_t size = size_of(number);
    MUST(ftruncate(fd, (off_t)size) == 0, "ftruncate");
    uint8_t *at = map(size, RW, MAP_SHARED, fd, 0);
    fill(at, size, 0, number);
    MUST(number % 2 == 0 || msync(at, size, MS_SYNC) == 0, "msync");
    MUST(munmap(at, size) == 0, "munmap");
}

static void make_durable(unsigned number)
{
    static void (*const ways[])(unsigned, int) = {write_and_fsync, write_synchronously,
                                                  write_through_mapping, write_and_sync};
    unsigned way = number % 4;
    int flags = O_RDWR | O_CREAT | O_EXCL | (way == 1 ? O_DSYNC : 0);
    int fd = open(name_of("file", number), flags, 0644);
    MUST(fd >= 0, "create file %u", number);
    ways[way](number, fd);
    MUST(close(fd) == 0, "close file %u", number);
}

/* Names and blocks that come and go, all of them of little use to anybody. */
static void churn(unsigned number)
{
    const char *name = name_of("churn", number % CHURN);
    unlink(name);
    rename(name_of("churn", (number + 3) % CHURN), name);
    close(make_file(name_of("churn", (number + 5) % CHURN), size_of(number + 1), number));
    mkdir(name_of("folder", number % CHURN), 0755);
    rmdir(name_of("folder", (number + 1) % CHURN));
    MUST(truncate(name_of("churn", (number + 5) % CHURN), number % 5000) == 0, "truncate");
}

static void write_files(const char *folder, unsigned count)
{
    for (unsigned number = 0; number < count; number++) {
        make_durable(number);
        printf("%s synced %u\n", folder, number);
        fflush(stdout);
        churn(number);
    }
}

static void leave_files(unsigned count)
{
    for (unsigned number = 0; number < count; number++)
        close(make_file(name_of("file", number), size_of(number), number));
}

/* --- Checking --- */

/* Each byte is the pattern's, or 0 where the power was cut before it was written. */
static void check_remains(unsigned number, int fd)
{
    static uint8_t buffer[LARGEST];
    ssize_t n = read(fd, buffer, sizeof(buffer));
    size_t foreign = 0;
    for (ssize_t i = 0; i < n; i++)
        foreign += buffer[i] != 0 && buffer[i] != pattern((size_t)i, number);
    CHECK(n >= 0 && (size_t)n <= size_of(number) && foreign == 0,
          "%zu of %zd bytes in file %u are not its own", foreign, n, number);
}

static void check_file(unsigned number, bool is_durable)
{
    int fd = open(name_of("file", number), O_RDONLY);
    if (fd < 0) {
        CHECK(!is_durable, "file %u is there", number);
    } else if (is_durable) {
        CHECK(file_size(fd) == (long)size_of(number) && file_holds(fd, size_of(number), 0, number),
              "file %u has %ld bytes and the right ones", number, file_size(fd));
        close(fd);
    } else {
        check_remains(number, fd);
        close(fd);
    }
}

static void check_files(unsigned count)
{
    for (unsigned number = 0; number < count + 2; number++)
        check_file(number, number < count);
    printf("durable: %u passed, %u failed\n", test_counts.passed, test_counts.failed);
}

int main(int argc, char **argv)
{
    if (argc < 3 || (argc < 4 && strcmp(argv[1], "write") != 0)) {
        fprintf(stderr, "usage: durable write|leave|check folder [count]\n");
        return 2;
    }
    unsigned count = argc > 3 ? (unsigned)atoi(argv[3]) : LAST;
    test_name = argv[1];
    mkdir(argv[2], 0755);
    MUST(chdir(argv[2]) == 0, "go to %s", argv[2]);
    switch (argv[1][0]) {
    case 'w': write_files(argv[2], count); break;
    case 'l': leave_files(count); break;
    default: check_files(count); break;
    }
    return test_counts.failed != 0;
}
