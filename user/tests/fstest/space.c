/* How much room there is, and taking it before it is needed. */
#include "tests.h"

#include <sys/statfs.h>

enum { BLOCK_UNITS = 4096 / 512 }; /* of st_blocks */

static long blocks_of(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 ? (long)status.st_blocks : -1;
}

void file_system_counts(void)
{
    struct statfs by_path, by_fd, *volatile nowhere = NULL;
    put("counts", "x");
    int fd = open("counts", O_RDONLY), ends[2];
    CHECK(statfs("counts", &by_path) == 0 && fstatfs(fd, &by_fd) == 0 && pipe(ends) == 0, "both");
    CHECK(by_path.f_type == by_fd.f_type && by_path.f_blocks == by_fd.f_blocks, "the same one");
    CHECK(by_path.f_bsize >= 512 && by_path.f_blocks > 0, "its size");
    CHECK(by_path.f_bfree <= by_path.f_blocks && by_path.f_bavail <= by_path.f_bfree, "blocks");
    CHECK(by_path.f_ffree <= by_path.f_files && by_path.f_namelen == 255, "inodes and names");
    CHECK(fstatfs(ends[0], &by_fd) == 0 && by_fd.f_type == 0x50495045, "a pipe's is another");
    FAILS(statfs("missing", &by_path), ENOENT);
    FAILS(statfs("counts/x", &by_path), ENOTDIR);
    FAILS(statfs("counts", nowhere), EFAULT);
    FAILS(fstatfs(fd, nowhere), EFAULT);
    FAILS(fstatfs(999, &by_path), EBADF);
}

/* What a file takes is what the counts show, on Quire to the block. */
static bool counts_fit(void)
{
    struct statfs before, with, after;
    statfs(".", &before);
    int fd = make_file("exact", 100000, 1);
    CHECK(fsync(fd) == 0 && statfs(".", &with) == 0, "with the file");
    uint64_t blocks = (uint64_t)blocks_of(fd) / BLOCK_UNITS;
    CHECK(close(fd) == 0 && unlink("exact") == 0, "unlink");
    statfs(".", &after);
    return before.f_bfree == with.f_bfree + blocks && before.f_ffree == with.f_ffree + 1 &&
           before.f_bfree == after.f_bfree && before.f_ffree == after.f_ffree;
}

/* The flusher may be just looking at a file that was unlinked: it goes a little later then. */
void exact_counts(void)
{
    bool fit = false;
    if (!is_alone())
        SKIP("not alone on Quire");
    put("first", "x"); /* the folder has a block for names from now on */
    for (int i = 0; i < 20 && !fit; i++)
        fit = counts_fit();
    CHECK(fit, "never did the counts change by what a file has");
}

/* --- fallocate --- */

void reserved_room(void)
{
    static uint8_t bytes[40000];
    int fd = open("reserved", O_RDWR | O_CREAT, 0644);
    CHECK(fallocate(fd, 0, 0, 20000) == 0 && file_size(fd) == 20000, "it grows");
    CHECK(blocks_of(fd) >= 5 * BLOCK_UNITS, "%ld blocks", blocks_of(fd));
    CHECK(pread(fd, bytes, 20000, 0) == 20000 && is_zero(bytes, 20000), "zeros");
    CHECK(pwrite(fd, "text", 4, 4094) == 4 && fallocate(fd, 0, 0, 10000) == 0, "again");
    CHECK(file_size(fd) == 20000 && file_byte(fd, 4097) == 't', "changes nothing");
    CHECK(fallocate(fd, 0, 30000, 10000) == 0 && file_size(fd) == 40000, "behind a gap");
    CHECK(fsync(fd) == 0, "fsync");
    drop_caches();
    CHECK(pread(fd, bytes, 40000, 0) == 40000 && memcmp(bytes + 4094, "text", 4) == 0, "text");
    CHECK(is_zero(bytes, 4094) && is_zero(bytes + 4098, 40000 - 4098), "zeros around it");
    CHECK(posix_fallocate(fd, 40000, 1) == 0 && file_size(fd) == 40001, "posix_fallocate");
}

/* The bytes behind the end in the last page are not in the file when that becomes longer. */
void reserved_behind_the_end(void)
{
    int fd = make_file("tail", 5000, 1);
    uint8_t *at = map(2 * PAGE, RW, MAP_SHARED, fd, 0);
    store(at + 6000, 'x');
    CHECK(fallocate(fd, 0, 0, 3 * 4096) == 0 && file_size(fd) == 3 * 4096, "it grows");
    CHECK(file_byte(fd, 6000) == 0 && load(at + 6000) == 0, "by zeros");
    CHECK(file_holds(fd, 5000, 0, 1), "what was there");
}

void reserved_holes(void)
{
    int fd = open("holes", O_RDWR | O_CREAT, 0644);
    CHECK(ftruncate(fd, 1 << 20) == 0 && pwrite(fd, "x", 1, 500000) == 1, "two holes");
    uint8_t *at = map(1 << 20, RW, MAP_SHARED, fd, 0);
    CHECK(load(at + 100000) == 0, "a page of the hole is mapped");
    CHECK(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 1 << 20) == 0, "filled");
    CHECK(blocks_of(fd) >= 256 * BLOCK_UNITS, "%ld blocks", blocks_of(fd));
    CHECK(file_size(fd) == 1 << 20 && file_byte(fd, 500000) == 'x', "as before");
    for (size_t i = 0; i < 1 << 20; i += PAGE)
        store(at + i, 'y');
    CHECK(file_byte(fd, 100000 / PAGE * PAGE) == 'y', "stores through the mapping");
    CHECK(munmap(at, 1 << 20) == 0, "munmap");
    drop_caches();
    CHECK(file_byte(fd, 0) == 'y' && file_byte(fd, (1 << 20) - 4096) == 'y', "from the disk");
}

void reservation_errors(void)
{
    int ends[2], folder = open(".", O_RDONLY), fd = make_file("file", 100, 1);
    int readable = open("file", O_RDONLY);
    CHECK(pipe(ends) == 0, "pipe");
    FAILS(fallocate(fd, 0, -1, 10), EINVAL);
    FAILS(fallocate(fd, 0, 0, 0), EINVAL);
    FAILS(fallocate(fd, 0, 0, -5), EINVAL);
    FAILS(fallocate(fd, 0, 0, (off_t)1 << 60), EFBIG);
    FAILS(fallocate(fd, 0, (off_t)1 << 62, (off_t)1 << 62), EFBIG);
    FAILS(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 10), EOPNOTSUPP);
    FAILS(fallocate(fd, 1 << 30, 0, 10), EOPNOTSUPP);
    FAILS(fallocate(readable, 0, 0, 10), EBADF);
    FAILS(fallocate(folder, 0, 0, 10), EBADF);
    FAILS(fallocate(ends[1], 0, 0, 10), ESPIPE);
    FAILS(fallocate(999, 0, 0, 10), EBADF);
    CHECK(posix_fallocate(999, 0, 10) == EBADF && errno == 0, "posix_fallocate returns it");
    if (test_on_quire())
        FAILS(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 5000), EOPNOTSUPP);
    CHECK(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 4096) == 0, "the rest of its last block");
    CHECK(file_size(fd) == 100 && file_holds(fd, 100, 0, 1), "the file is as it was");
}

/* More than there is: refused, and what was there before is there after. */
void reservation_too_large(void)
{
    struct statfs room;
    int fd = make_file("file", 5000, 1);
    CHECK(fsync(fd) == 0 && statfs(".", &room) == 0, "statfs");
    off_t free_bytes = (off_t)(room.f_bfree * (uint64_t)room.f_bsize);
    if (!is_alone() || free_bytes > (off_t)1 << 30)
        SKIP("not alone on Quire, or the disk is too large");
    long blocks = blocks_of(fd);
    FAILS(fallocate(fd, 0, 0, (off_t)3 << 30), ENOSPC);
    CHECK(file_size(fd) == 5000 && blocks_of(fd) == blocks, "%ld blocks", blocks_of(fd));
    /* All that is free, less a little: the file's own block numbers have no room any more. */
    FAILS(fallocate(fd, 0, 8192, free_bytes), ENOSPC);
    CHECK(file_size(fd) == 5000 && blocks_of(fd) == blocks, "%ld blocks", blocks_of(fd));
    CHECK(file_holds(fd, 5000, 0, 1), "the file is as it was");
    int other = make_file("other", 100000, 2);
    CHECK(fsync(other) == 0, "there is room for others again");
}
