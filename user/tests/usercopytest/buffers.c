/* Buffers that are good in part, not yet touched, at the edges of memory, or that go away. */
#include "tests.h"

#include <limits.h>
#include <sys/syscall.h>
#include <sys/uio.h>

/* Memory whose last byte is followed by nothing: two pages, then a hole. */
static uint8_t *before_a_hole(void)
{
    uint8_t *at = empty_range(3 * PAGE);
    map_over(at, 2 * PAGE, ANON, -1);
    return at;
}

/* DEFECTS 15: several pages that nobody has touched, as goal and as source. */
void untouched_buffers(void)
{
    enum { PAGES = 40 };
    int fd = make_file("file", PAGES * PAGE, 1), ends[2];
    uint8_t *to = map((PAGES + 1) * PAGE, RW, ANON, -1, 0);
    CHECK(pread(fd, to + 77, PAGES * PAGE, 0) == PAGES * (ssize_t)PAGE, "read into fresh memory");
    CHECK(holds(to + 77, PAGES * PAGE, 0, 1) && is_zero(to, 77), "all of it");
    uint8_t *from = map(PAGES * PAGE, RW, ANON, -1, 0);
    CHECK(pwrite(fd, from + 5, 3 * PAGE, PAGE) == 3 * (ssize_t)PAGE, "write from fresh memory");
    static uint8_t buffer[3 * PAGE];
    CHECK(pread(fd, buffer, 3 * PAGE, PAGE) == 3 * (ssize_t)PAGE && is_zero(buffer, 3 * PAGE),
          "zeros");
    MUST(pipe(ends) == 0, "pipe");
    uint8_t *through = map(4 * PAGE, RW, ANON_SHARED, -1, 0);
    CHECK(write(ends[1], map(4 * PAGE, PROT_READ, ANON, -1, 0), 3 * PAGE) == 3 * (ssize_t)PAGE,
          "into a pipe");
    for (size_t done = 0; done < 3 * PAGE;) {
        ssize_t n = read(ends[0], through + 9 + done, 3 * PAGE - done);
        MUST(n > 0, "out of a pipe");
        done += (size_t)n;
    }
    CHECK(is_zero(through, 4 * PAGE), "into shared memory");
    uint8_t *structure = map(2 * PAGE, RW, ANON, -1, 0);
    CHECK(fstat(fd, (struct stat *)(structure + PAGE - 64)) == 0, "a structure over two pages");
    CHECK(((struct stat *)(structure + PAGE - 64))->st_size == PAGES * (long)PAGE, "its end");
}

/* Mappings of files that are not even in memory. */
void untouched_file_buffers(void)
{
    enum { PAGES = 40 };
    int one = make_file("one", PAGES * PAGE, 1), two = make_file("two", PAGES * PAGE, 2);
    MUST(fsync(one) == 0 && fsync(two) == 0, "sync");
    drop_caches();
    uint8_t *from = map(PAGES * PAGE, PROT_READ, MAP_SHARED, one, 0);
    CHECK(pwrite(two, from, PAGES * PAGE / 2, 0) == PAGES * (ssize_t)PAGE / 2, "from a mapping");
    CHECK(file_holds(two, PAGES * PAGE / 2, 0, 1), "one file into the other");
    drop_caches();
    uint8_t *to = map(PAGES * PAGE, RW, MAP_SHARED, one, 0);
    CHECK(pread(two, to, PAGES * PAGE, 0) == PAGES * (ssize_t)PAGE, "into a mapping");
    CHECK(file_holds(one, PAGES * PAGE / 2, 0, 1), "the first half");
    CHECK(file_holds(one, PAGES * PAGE / 2, PAGES * PAGE / 2, 2), "the second half");
    uint8_t *private = map(PAGES * PAGE, RW, MAP_PRIVATE, two, 0);
    CHECK(pread(one, private + 10, 10 * PAGE, 0) == 10 * (ssize_t)PAGE, "into a private mapping");
    CHECK(holds(private + 10, 10 * PAGE, 0, 1) && file_holds(two, PAGE, 0, 1), "not the file");
    /* A hole in the one: the other end of the read must give it blocks. */
    int sparse = make_file("sparse", 0, 0);
    MUST(ftruncate(sparse, 8 * (off_t)PAGE) == 0, "a hole");
    uint8_t *hole = map(8 * PAGE, RW, MAP_SHARED, sparse, 0);
    CHECK(pread(one, hole + 100, 5 * PAGE, 0) == 5 * (ssize_t)PAGE, "into a hole");
    MUST(munmap(hole, 8 * PAGE) == 0, "unmap");
    drop_caches();
    CHECK(file_byte(sparse, 99) == 0 && file_byte(sparse, 100) == pattern(0, 1), "on the disk");
    CHECK(file_byte(sparse, 5 * PAGE + 99) == pattern(5 * PAGE - 1, 1), "to the last byte");
}

/* DEFECTS 15: as Linux does, files give and take what there is memory for. */
void half_valid_file_io(void)
{
    uint8_t *at = before_a_hole();
    int fd = make_file("half", 4 * PAGE, 1);
    static const size_t goods[] = {1, 100, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE};
    for (size_t i = 0; i < sizeof(goods) / sizeof(goods[0]); i++) {
        size_t good = goods[i];
        uint8_t *buffer = at + 2 * PAGE - good;
        memset(at, 0, 2 * PAGE);
        ssize_t n = pread(fd, buffer, good + 500, 0);
        CHECK(n == (ssize_t)good && holds(buffer, good, 0, 1), "read: %zd of %zu", n, good);
        fill(buffer, good, 7, 2);
        int to = make_file("to", 0, 0);
        n = write(to, buffer, good + 500);
        CHECK(n == (ssize_t)good && file_size(to) == n, "write: %zd of %zu", n, good);
        uint8_t *back = map(2 * PAGE, RW, ANON, -1, 0);
        CHECK(pread(to, back, 2 * PAGE, 0) == n && holds(back, good, 7, 2), "what was written");
        CHECK(lseek(to, 0, SEEK_CUR) == n, "the position");
        munmap(back, 2 * PAGE);
        close(to);
    }
    CHECK(file_holds(fd, 4 * PAGE, 0, 1), "the source");
}

/* Pipes may refuse all or move a part; what they say is what happens. */
void half_valid_pipe_io(void)
{
    uint8_t *at = before_a_hole();
    for (size_t good = 1; good < PAGE; good = good * 3 + 1) {
        int ends[2];
        uint8_t *buffer = at + 2 * PAGE - good;
        static uint8_t back[2 * PAGE];
        MUST(pipe(ends) == 0, "pipe");
        fill(buffer, good, 0, 3);
        ssize_t n = write(ends[1], buffer, good + 500);
        CHECK((n == -1 && errno == EFAULT) || n == (ssize_t)good, "write: %zd of %zu", n, good);
        CHECK(write(ends[1], "end", 3) == 3, "write more");
        size_t whole = (n < 0 ? 0 : (size_t)n) + 3;
        CHECK(read(ends[0], back, sizeof(back)) == (ssize_t)whole, "what came through");
        CHECK(holds(back, whole - 3, 0, 3) && memcmp(back + whole - 3, "end", 3) == 0, "bytes");
        CHECK(write(ends[1], back, good + 500) == (ssize_t)good + 500, "fill");
        n = read(ends[0], buffer, good + 500);
        CHECK((n == -1 && errno == EFAULT) || n == (ssize_t)good, "read: %zd of %zu", n, good);
        whole = good + 500 - (n < 0 ? 0 : (size_t)n);
        CHECK(read(ends[0], back, sizeof(back)) == (ssize_t)whole, "what is left");
        close(ends[0]);
        close(ends[1]);
    }
}

void half_valid_vectors(void)
{
    uint8_t *at = before_a_hole(), *hole = at + 2 * PAGE;
    int fd = make_file("vectors", 2 * PAGE, 1);
    struct iovec second[3] = {{at, 50}, {hole, 50}, {at + 100, 50}};
    struct iovec first[2] = {{hole, 50}, {at, 50}};
    lseek(fd, 0, SEEK_SET);
    CHECK(readv(fd, second, 3) == 50 && holds(at, 50, 0, 1), "read up to the bad one");
    CHECK(is_zero(at + 100, 50) && lseek(fd, 0, SEEK_CUR) == 50, "and no further");
    CHECK(readv(fd, first, 2) == -1 && errno == EFAULT, "which is the first one");
    fill(at, 50, 0, 9);
    lseek(fd, 0, SEEK_SET);
    CHECK(writev(fd, second, 3) == 50 && file_holds(fd, 50, 0, 9), "write up to it");
    CHECK(file_holds(fd, PAGE, 50, 1), "and no further");
    CHECK(writev(fd, first, 2) == -1 && errno == EFAULT, "which is the first one");
    struct iovec *array = (struct iovec *)(hole - sizeof(*array));
    *array = (struct iovec){at, 10};
    CHECK(readv(fd, array, 1) == 10, "an array that ends at the edge");
    volatile int two = 2;
    CHECK(readv(fd, array, two) == -1 && errno == EFAULT, "and one that goes over it");
}

void half_valid_folder_reads(void)
{
    uint8_t *at = before_a_hole();
    for (int i = 0; i < 30; i++) {
        char name[32];
        snprintf(name, sizeof(name), "name-number-%d", i);
        close(make_file(name, 0, 0));
    }
    for (size_t good = 0; good < 1024; good += 24) {
        int fd = open(".", O_RDONLY | O_DIRECTORY);
        uint8_t *buffer = at + 2 * PAGE - good;
        long n = syscall(SYS_getdents64, fd, buffer, 4096);
        CHECK((n == -1 && errno == EFAULT) || (n > 0 && n <= (long)good), "%zu good bytes: %ld",
              good, n);
        close(fd);
    }
}

/* DEFECTS 25: what may be stored to may be loaded from, by the kernel too. */
void writable_only_buffers(void)
{
    int fd = make_file("file", PAGE, 1);
    uint8_t *at = map(2 * PAGE, PROT_WRITE, ANON, -1, 0);
    CHECK(pread(fd, at, PAGE, 0) == (ssize_t)PAGE, "read into it");
    CHECK(pwrite(fd, at, PAGE, PAGE) == (ssize_t)PAGE, "write from it");
    CHECK(pwrite(fd, at + PAGE, PAGE, 2 * PAGE) == (ssize_t)PAGE, "from an untouched page of it");
    CHECK(file_byte(fd, PAGE + 9) == pattern(9, 1) && file_byte(fd, 2 * PAGE + 9) == 0, "bytes");
}

/* Lengths that no buffer has: refused, or cut to what there is to be moved. */
void huge_lengths(void)
{
    static uint8_t buffer[PAGE];
    static const size_t lengths[] = {(size_t)1 << 31, (size_t)1 << 40, LONG_MAX, (size_t)1 << 63,
                                     ~(size_t)0};
    int fd = make_file("small", 1000, 1);
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        volatile size_t length = lengths[i];
        memset(buffer, 0, sizeof(buffer));
        ssize_t n = syscall(SYS_pread64, fd, buffer, length, 0);
        CHECK(n == 1000 || (n == -1 && (errno == EFAULT || errno == EINVAL)), "read %zu: %zd",
              lengths[i], n);
        CHECK(n == -1 || holds(buffer, 1000, 0, 1), "what was read");
    }
    uint8_t *at = before_a_hole();
    volatile size_t length = ~(size_t)0;
    ssize_t n = syscall(SYS_pwrite64, fd, at + PAGE, length, 0);
    CHECK(n == (ssize_t)PAGE || (n == -1 && (errno == EFAULT || errno == EINVAL)), "write: %zd", n);
}

/* DEFECTS 19: the last bytes of user space, and one more. */
void ends_of_user_space(void)
{
    if (!test_on_quire())
        SKIP("other kernels have other ends");
    int fd = make_file("file", PAGE, 1);
    uint8_t *last = mmap((void *)(0x4000000000 - PAGE), PAGE, RW, ANON | MAP_FIXED, -1, 0);
    MUST(last != MAP_FAILED, "map the last page");
    CHECK(pread(fd, last, PAGE, 0) == (ssize_t)PAGE && holds(last, PAGE, 0, 1), "all of it");
    CHECK(pwrite(fd, last + PAGE - 1, 1, 0) == 1, "its last byte");
    ssize_t n = pread(fd, last + PAGE - 10, 11, 0);
    CHECK(n == 10 || (n == -1 && errno == EFAULT), "one byte more: %zd", n);
    volatile size_t length = ~(size_t)0;
    n = syscall(SYS_pwrite64, fd, last + PAGE - 10, length, 0);
    CHECK(n == 10 || (n == -1 && (errno == EFAULT || errno == EINVAL)), "round the world: %zd", n);
    memcpy(last + PAGE - 5, "file", 5);
    CHECK(open((char *)last + PAGE - 5, O_RDONLY) >= 0, "a string that ends there");
    memcpy(last + PAGE - 5, "files", 5);
    CHECK(open((char *)last + PAGE - 5, O_RDONLY) == -1 && errno == EFAULT,
          "and one that does not");
}

/* --- Strings --- */

void strings_at_an_edge(void)
{
    uint8_t *edge = before_a_hole() + 2 * PAGE;
    close(make_file("name", 10, 1));
    char *path = (char *)edge - 5;
    memcpy(path, "name", 5);
    CHECK(open(path, O_RDONLY) >= 0, "its zero is the last byte");
    memcpy(path, "names", 5);
    CHECK(open(path, O_RDONLY) == -1 && errno == EFAULT, "no zero before the edge");
    CHECK(mkdir(path, 0755) == -1 && errno == EFAULT, "by another call");
    CHECK(open((char *)edge - 1, O_RDONLY) == -1 && errno == EFAULT, "one byte");
    *(char *)(edge - 1) = '\0';
    CHECK(open((char *)edge - 1, O_RDONLY) == -1 && errno == ENOENT, "the empty path");
    char *across = (char *)edge - PAGE - 2;
    memcpy(across, "name", 5);
    CHECK(open(across, O_RDONLY) >= 0, "over the border of two pages");
    int fd = make_file("paths", PAGE, 0);
    CHECK(pwrite(fd, "name", 5, 100) == 5, "a path in a file");
    MUST(fsync(fd) == 0, "sync");
    drop_caches();
    char *mapped = (char *)map(2 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    CHECK(open(mapped + 100, O_RDONLY) >= 0, "that was never touched");
    CHECK(open(mapped + PAGE, O_RDONLY) == -1 && errno == EFAULT, "behind the end of the file");
}

/* A string is too long before it is found to have no end, or the other way round. */
void strings_without_end(void)
{
    uint8_t *at = before_a_hole();
    memset(at, '/', 2 * PAGE);
    errno = 0;
    CHECK(open((char *)at, O_RDONLY) == -1 && errno == ENAMETOOLONG, "8192 slashes");
    CHECK(open((char *)at + PAGE, O_RDONLY) == -1 && errno == ENAMETOOLONG, "4096, to the edge");
    CHECK(open((char *)at + PAGE + 1, O_RDONLY) == -1 && errno == EFAULT, "4095, to the edge");
    at[2 * PAGE - 1] = '\0';
    CHECK(open((char *)at + PAGE, O_RDONLY) >= 0, "4095 and a zero");
    CHECK(chdir((char *)at + PAGE - 1) == -1 && errno == ENAMETOOLONG, "4096 and a zero");
}

/* At every alignment, and over borders: copies of strings go by words where they can. */
void strings_of_every_length(void)
{
    uint8_t *edge = before_a_hole() + 2 * PAGE;
    for (size_t length = 1; length <= 40; length++) {
        char *path = (char *)edge - length - 1;
        memset(path, 'n', length);
        path[length] = '\0';
        CHECK(open(path, O_WRONLY | O_CREAT | O_EXCL, 0644) >= 0, "create %zu at the edge", length);
        for (size_t shift = 0; shift < 8; shift++) {
            char *again = (char *)edge - PAGE - 20 + shift;
            memset(again, 'n', length);
            memset(again + length, '\0', 1);
            memset(again + length + 1, 'n', 8);
            CHECK(open(again, O_RDONLY) >= 0, "open %zu, shifted by %zu", length, shift);
        }
    }
}

/* --- Meanwhile --- */

struct target {
    int ends[2], fd;
    uint8_t *at;
};

static void reads_into_mapping(void *argument)
{
    struct target *target = argument;
    close(target->ends[1]);
    size_t done = 0;
    for (ssize_t n = 1; n > 0 && done<16 * PAGE; done += n> 0 ? (size_t)n : 0) {
        n = read(target->ends[0], target->at + done, 16 * PAGE - done);
        CHECK(n >= 0 || errno == EFAULT, "read into what goes away: %zd", n);
    }
}

/* DEFECTS 17: the file behind a buffer is cut and lengthened while a process reads into it. */
void buffer_goes_away(void)
{
    struct target target = {.fd = make_file("target", 16 * PAGE, 1)};
    static uint8_t buffer[PAGE];
    target.at = map(16 * PAGE, RW, MAP_SHARED, target.fd, 0);
    for (int round = 0; round < 10; round++) {
        MUST(pipe(target.ends) == 0, "pipe");
        pid_t pid = start(reads_into_mapping, &target);
        for (int i = 0; i < 15; i++) {
            CHECK(write(target.ends[1], buffer, PAGE / 2) == (ssize_t)PAGE / 2, "feed it");
            CHECK(ftruncate(target.fd, (off_t)(i % 4) * (off_t)PAGE) == 0, "cut");
            CHECK(ftruncate(target.fd, 16 * (off_t)PAGE) == 0, "lengthen");
        }
        close(target.ends[1]);
        CHECK(finish(pid), "the reader");
        close(
            target.ends[0]); /* not before: the reader may have given up, which is no broken pipe */
    }
    check_audit();
}

static void reads_and_forks(void *argument)
{
    struct target *target = argument;
    close(target->ends[1]);
    for (size_t page = 0; page < 16; page++) {
        uint8_t *to = target->at + page * PAGE;
        pid_t pid = start(child_loads, to); /* makes the page copy-on-write again */
        size_t done = 0;
        for (ssize_t n = 1; n > 0 && done<PAGE; done += n> 0 ? (size_t)n : 0)
            n = read(target->ends[0], to + done, PAGE - done);
        CHECK(done == PAGE && holds(to, PAGE, page * PAGE, 1), "page %zu", page);
        CHECK(finish(pid), "the child");
    }
}

/* DEFECTS 14, 17: buffers that are shared with a child that comes and goes. */
void buffer_changes_hands(void)
{
    struct target target;
    static uint8_t buffer[PAGE];
    target.at = map(16 * PAGE, RW, ANON, -1, 0);
    memset(target.at, 9, 16 * PAGE);
    MUST(pipe(target.ends) == 0, "pipe");
    pid_t pid = start(reads_and_forks, &target);
    close(target.ends[0]);
    for (size_t page = 0; page < 16; page++) {
        fill(buffer, PAGE, page * PAGE, 1);
        CHECK(write(target.ends[1], buffer, PAGE) == (ssize_t)PAGE, "feed it");
    }
    close(target.ends[1]);
    CHECK(finish(pid), "the reader");
    CHECK(holds_only(target.at, 16 * PAGE, 9), "this process's memory");
    check_audit();
}
