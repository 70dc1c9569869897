/* What is in a file, and where one reads and writes in it. */
#include "tests.h"

#include <limits.h>
#include <sys/uio.h>

enum { CHUNKS = 20000 };

static uint8_t buffer[CHUNKS];

/* Writes and reads in pieces of one size, over the borders of blocks and of the piece itself. */
static void check_pieces(size_t piece, size_t total)
{
    int fd = open("pieces", O_RDWR | O_CREAT | O_TRUNC, 0644);
    for (size_t at = 0; at < total; at += piece) {
        size_t n = min_size(piece, total - at);
        fill(buffer, n, at, 1);
        MUST(write(fd, buffer, n) == (ssize_t)n, "write %zu at %zu", n, at);
    }
    CHECK(file_size(fd) == (long)total && lseek(fd, 0, SEEK_SET) == 0, "%zu bytes", total);
    size_t at = 0;
    for (ssize_t n; (n = read(fd, buffer, piece)) > 0; at += (size_t)n)
        MUST(holds(buffer, (size_t)n, at, 1), "%zd bytes at %zu by %zu", n, at, piece);
    CHECK(at == total && read(fd, buffer, piece) == 0, "the end after %zu", at);
    close(fd);
}

void write_and_read(void)
{
    check_pieces(1, 5000);
    check_pieces(511, 20000);
    check_pieces(4095, 50000);
    check_pieces(4096, 5 * PAGE);
    check_pieces(4097, 50000);
    check_pieces(20000, 100000);
}

/* 5 MiB: blocks that are found directly, through one block of numbers, and through two. */
void large_file(void)
{
    enum { PIECE = 16384, SIZE = 5 << 20 };
    int fd = open("large", O_RDWR | O_CREAT, 0644);
    for (size_t at = 0; at < SIZE; at += PIECE) {
        fill(buffer, 64, at, 2);
        fill(buffer + PIECE - 64, 64, at + PIECE - 64, 2);
        MUST(write(fd, buffer, PIECE) == PIECE, "write at %zu", at);
    }
    MUST(fsync(fd) == 0, "fsync");
    drop_caches();
    CHECK(lseek(fd, 0, SEEK_SET) == 0, "back to the start");
    for (size_t at = 0; at < SIZE; at += PIECE) {
        MUST(read(fd, buffer, PIECE) == PIECE, "read at %zu", at);
        MUST(holds(buffer, 64, at, 2) && holds(buffer + PIECE - 64, 64, at + PIECE - 64, 2),
             "what is at %zu", at);
    }
    CHECK(read(fd, buffer, 1) == 0, "the end");
    CHECK(pwrite(fd, "x", 1, SIZE / 2) == 1 && file_byte(fd, SIZE / 2) == 'x', "in the middle");
    CHECK(unlink("large") == 0, "unlink");
}

void far_offsets(void)
{
    static const size_t offsets[] = {
        40000, 50000, 4 << 20, 5 << 20, (size_t)1 << 30, ((size_t)2 << 30) - 1, (size_t)3 << 30};
    int fd = open("far", O_RDWR | O_CREAT, 0644);
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        CHECK(pwrite(fd, "far!", 4, (off_t)offsets[i]) == 4, "write at %zu", offsets[i]);
        CHECK(file_size(fd) == (long)offsets[i] + 4, "the size");
        CHECK(file_byte(fd, offsets[i] - 1) == 0 && file_byte(fd, offsets[i] + 3) == '!', "read");
    }
    drop_caches();
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++)
        CHECK(file_byte(fd, offsets[i]) == 'f', "byte at %zu from the disk", offsets[i]);
    FAILS(pwrite(fd, "x", 1, (off_t)1 << 60), EFBIG);
    CHECK(unlink("far") == 0, "unlink");
}

/* --- Positions --- */

void positions(void)
{
    char text[8];
    int fd = open("positions", O_RDWR | O_CREAT, 0644);
    CHECK(write(fd, "0123456789", 10) == 10 && lseek(fd, 0, SEEK_CUR) == 10, "after a write");
    CHECK(lseek(fd, 3, SEEK_SET) == 3 && read(fd, text, 2) == 2 && text[0] == '3', "set");
    CHECK(lseek(fd, -1, SEEK_CUR) == 4 && read(fd, text, 1) == 1 && text[0] == '4', "relative");
    CHECK(lseek(fd, -2, SEEK_END) == 8 && read(fd, text, 8) == 2 && text[0] == '8', "from the end");
    CHECK(pread(fd, text, 4, 1) == 4 && text[0] == '1' && lseek(fd, 0, SEEK_CUR) == 10, "pread");
    CHECK(pwrite(fd, "X", 1, 2) == 1 && lseek(fd, 0, SEEK_CUR) == 10, "pwrite");
    int other = open("positions", O_RDONLY), copy = dup(fd);
    CHECK(lseek(other, 0, SEEK_CUR) == 0, "another open has its own");
    CHECK(lseek(copy, 5, SEEK_SET) == 5 && lseek(fd, 0, SEEK_CUR) == 5, "a duplicate has the same");
    CHECK(lseek(fd, 100, SEEK_SET) == 100 && read(fd, text, 1) == 0, "behind the end");
    CHECK(file_size(fd) == 10, "which alone changes nothing");
    CHECK(write(fd, "Y", 1) == 1 && file_size(fd) == 101, "until something is written there");
    CHECK(file_byte(fd, 50) == 0 && file_byte(fd, 100) == 'Y' && file_byte(fd, 2) == 'X', "bytes");
}

void position_errors(void)
{
    int fd = open("errors", O_RDWR | O_CREAT, 0644), ends[2];
    CHECK(pipe(ends) == 0 && write(fd, "abc", 3) == 3, "prepare");
    FAILS(lseek(fd, -1, SEEK_SET), EINVAL);
    FAILS(lseek(fd, -4, SEEK_CUR), EINVAL);
    FAILS(lseek(fd, -4, SEEK_END), EINVAL);
    FAILS(lseek(fd, 0, 77), EINVAL);
    FAILS(lseek(fd, 0, -1), EINVAL);
    FAILS(lseek(ends[0], 0, SEEK_SET), ESPIPE);
    FAILS(lseek(999, 0, SEEK_SET), EBADF);
    FAILS(pread(fd, buffer, 1, -1), EINVAL);
    FAILS(pwrite(fd, buffer, 1, -1), EINVAL);
    FAILS(pread(fd, buffer, 1, LONG_MIN), EINVAL);
    CHECK(lseek(fd, 0, SEEK_CUR) == 3, "the position has not moved");
}

/* --- Appending --- */

void append(void)
{
    int one = open("append", O_WRONLY | O_CREAT | O_APPEND, 0644);
    int two = open("append", O_RDWR | O_APPEND);
    CHECK(write(one, "one", 3) == 3 && write(two, "two", 3) == 3, "in turn");
    CHECK(write(one, "three", 5) == 5, "and again");
    CHECK(lseek(two, 0, SEEK_SET) == 0 && write(two, "four", 4) == 4, "wherever one was");
    CHECK(lseek(two, 0, SEEK_CUR) == 15, "the position is the end then");
    CHECK(has("append", "onetwothreefour"), "all in order");
    CHECK((fcntl(two, F_GETFL) & (O_APPEND | O_ACCMODE)) == (O_APPEND | O_RDWR), "the flags");
}

enum { APPENDERS = 4, APPENDS = 100 };

static void appends(void *argument)
{
    char record[17];
    int number = *(int *)argument;
    int fd = open("together", O_WRONLY | O_APPEND);
    for (int i = 0; i < APPENDS; i++) {
        snprintf(record, sizeof(record), "writer %d no %04d", number, i);
        CHECK(write(fd, record, 16) == 16, "append");
    }
}

/* Records of several processes neither overwrite nor mix with each other. */
void append_together(void)
{
    char record[17] = "";
    int next[APPENDERS] = {0}, fd = open("together", O_RDWR | O_CREAT, 0644);
    for (int i = 0; i < APPENDERS; i++)
        start(appends, &i);
    CHECK(finish_all(APPENDERS), "the writers");
    CHECK(file_size(fd) == APPENDERS * APPENDS * 16, "no record is lost: %ld", file_size(fd));
    while (read(fd, record, 16) == 16) {
        int who = -1, number = -1;
        MUST(sscanf(record, "writer %d no %d", &who, &number) == 2, "'%s'", record);
        MUST(who >= 0 && who < APPENDERS && number == next[who], "'%s'", record);
        next[who]++;
    }
}

/* --- Lengths --- */

void truncate_down_and_up(void)
{
    static const size_t lengths[] = {60000, 40000, 4096, 4095, 1, 0, 10000, 100, 5000};
    int fd = make_file("lengths", 65536, 1);
    size_t valid = 65536;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        size_t length = lengths[i];
        CHECK(ftruncate(fd, (off_t)length) == 0 && file_size(fd) == (long)length, "to %zu", length);
        valid = min_size(valid, length);
        CHECK(file_holds(fd, valid, 0, 1), "%zu bytes are left", valid);
        CHECK(pread(fd, buffer, CHUNKS, (off_t)valid) == (ssize_t)min_size(length - valid, CHUNKS),
              "the new ones");
        CHECK(is_zero(buffer, min_size(length - valid, CHUNKS)), "are zero");
    }
    int again = open("lengths", O_WRONLY | O_TRUNC);
    CHECK(again >= 0 && file_size(fd) == 0 && read(fd, buffer, 1) == 0, "O_TRUNC");
}

void truncate_errors(void)
{
    int fd = open("errors", O_RDWR | O_CREAT, 0644), readable = open("errors", O_RDONLY);
    int folder = open(".", O_RDONLY);
    FAILS(ftruncate(fd, -1), EINVAL);
    FAILS(ftruncate(readable, 0), EINVAL);
    FAILS(ftruncate(folder, 0), EINVAL);
    FAILS(ftruncate(999, 0), EBADF);
    FAILS(ftruncate(fd, (off_t)1 << 60), EFBIG);
    CHECK(file_size(fd) == 0, "it is as long as before");
}

/* --- Several pieces --- */

void scattered(void)
{
    char a[4], b[10], c[100];
    int fd = open("scattered", O_RDWR | O_CREAT, 0644);
    struct iovec from[4] = {
        {(char *)"one", 3}, {NULL, 0}, {(char *)"two", 3}, {(char *)"three", 5}};
    struct iovec to[3] = {{a, 4}, {b, 5}, {c, 100}};
    CHECK(writev(fd, from, 4) == 11 && has("scattered", "onetwothree"), "writev");
    CHECK(lseek(fd, 0, SEEK_SET) == 0 && readv(fd, to, 3) == 11, "readv");
    CHECK(memcmp(a, "onet", 4) == 0 && memcmp(b, "wothr", 5) == 0 && memcmp(c, "ee", 2) == 0,
          "each piece");
    CHECK(readv(fd, to, 3) == 0, "at the end");
    CHECK(writev(fd, from, 0) == 0 && readv(fd, to, 0) == 0, "no piece");
    struct iovec many[IOV_MAX];
    for (int i = 0; i < IOV_MAX; i++)
        many[i] = (struct iovec){(char *)"x", 1};
    CHECK(writev(fd, many, IOV_MAX) == IOV_MAX, "as many as may be");
}

void scattered_errors(void)
{
    struct iovec one = {buffer, 1}, large[2] = {{buffer, (size_t)LONG_MAX}, {buffer, 1}};
    int fd = open("scattered", O_RDWR | O_CREAT, 0644);
    volatile int negative = -1, too_many = IOV_MAX + 1; /* volatile: or the compiler complains */
    FAILS(writev(fd, &one, negative), EINVAL);
    FAILS(readv(fd, &one, too_many), EINVAL);
    FAILS(writev(999, &one, 1), EBADF);
    one.iov_len = (size_t)-1;
    FAILS(writev(fd, &one, 1), EINVAL);
    large[0].iov_len = (size_t)-2;
    FAILS(readv(fd, large, 2), EINVAL);
    CHECK(file_size(fd) == 0, "nothing was written");
}

/* The same at a place of its own, which the position does not follow. */
void scattered_at(void)
{
    char a[4], b[10];
    int fd = open("scattered", O_RDWR | O_CREAT, 0644), ends[2];
    struct iovec from[2] = {{(char *)"one", 3}, {(char *)"three", 5}};
    struct iovec to[2] = {{a, 4}, {b, 10}};
    CHECK(pipe(ends) == 0 && pwritev(fd, from, 2, 100) == 8 && file_size(fd) == 108, "pwritev");
    CHECK(preadv(fd, to, 2, 99) == 9 && memcmp(a, "\0one", 4) == 0, "preadv");
    CHECK(memcmp(b, "three", 5) == 0 && lseek(fd, 0, SEEK_CUR) == 0, "and the position");
    CHECK(preadv(fd, to, 2, 108) == 0 && preadv(fd, to, 0, 0) == 0, "at the end, and nothing");
    FAILS(preadv(fd, to, 2, -1), EINVAL);
    FAILS(pwritev(fd, from, 2, LONG_MIN), EINVAL);
    FAILS(pwritev(ends[1], from, 2, 0), ESPIPE);
    FAILS(preadv(ends[0], to, 2, 0), ESPIPE);
    FAILS(preadv(999, to, 2, 0), EBADF);
    volatile int too_many = IOV_MAX + 1;
    FAILS(preadv(fd, to, too_many, 0), EINVAL);
    int appending = open("scattered", O_WRONLY | O_APPEND);
    CHECK(pwritev(appending, from, 1, 0) == 3 && file_size(fd) == 111, "Linux appends even so");
}

/* --- Holes, durability, names --- */

void holes(void)
{
    struct stat status;
    int fd = open("hole", O_RDWR | O_CREAT, 0644);
    CHECK(ftruncate(fd, 1 << 20) == 0 && fstat(fd, &status) == 0, "a hole");
    CHECK(status.st_size == 1 << 20 && status.st_blocks == 0, "%ld blocks", (long)status.st_blocks);
    CHECK(read(fd, buffer, CHUNKS) == CHUNKS && is_zero(buffer, CHUNKS), "reads as zeros");
    CHECK(pwrite(fd, "middle", 6, 500000) == 6 && fsync(fd) == 0, "a write in the middle");
    drop_caches();
    CHECK(pread(fd, buffer, PAGE, 499998) == (ssize_t)PAGE, "read around it");
    CHECK(memcmp(buffer, "\0\0middle", 9) == 0 && is_zero(buffer + 8, PAGE - 8), "bytes");
    CHECK(fstat(fd, &status) == 0 && status.st_blocks >= 8 && status.st_blocks <= 64, "%ld blocks",
          (long)status.st_blocks);
}

void synced(void)
{
    int ends[2], folder = open(".", O_RDONLY), fd = make_file("synced", 10000, 1);
    CHECK(pipe(ends) == 0 && fsync(fd) == 0 && fdatasync(fd) == 0 && fsync(folder) == 0, "sync");
    sync();
    drop_caches();
    CHECK(file_holds(fd, 10000, 0, 1), "what comes from the disk");
    FAILS(fsync(ends[0]), EINVAL);
    FAILS(fsync(999), EBADF);
    int direct = open("synced", O_WRONLY | O_DSYNC);
    CHECK(pwrite(direct, "direct", 6, 100) == 6, "a write with O_DSYNC");
    drop_caches();
    CHECK(file_byte(fd, 105) == 't', "what comes from the disk");
}

void unlinked_but_open(void)
{
    struct stat status;
    int fd = make_file("unlinked", 20000, 1);
    CHECK(unlink("unlinked") == 0 && !exists("unlinked"), "the name is gone");
    CHECK(fstat(fd, &status) == 0 && status.st_nlink == 0, "no links");
    put("unlinked", "another file");
    drop_caches();
    CHECK(file_holds(fd, 20000, 0, 1), "the bytes are there");
    CHECK(pwrite(fd, "more", 4, 20000) == 4 && file_size(fd) == 20004, "it can grow");
    CHECK(has("unlinked", "another file"), "the other one does not notice");
    FAILS(linkat(fd, "", AT_FDCWD, "again", AT_EMPTY_PATH), ENOENT);
}
