/* Files in /dev/shm, and the other files of /dev. */
#include "tests.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/statfs.h>

#define TMPFS_MAGIC 0x01021994

/* A name that other runs of this program do not use; good until the next call but three. */
static const char *shm_path(const char *name)
{
    static char paths[4][128];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof(paths[0]), "/dev/shm/proctest.%d.%s", (int)getpid(), name);
    return path;
}

static int make_shm(const char *path, size_t pages)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
    MUST(fd >= 0 && ftruncate(fd, (off_t)(pages * PAGE)) == 0, "make %s", path);
    return fd;
}

void shm_is_a_folder(void)
{
    struct stat st, root;
    struct statfs fs;
    MUST(stat("/dev/shm", &st) == 0 && stat("/", &root) == 0, "/dev/shm");
    CHECK(S_ISDIR(st.st_mode) && (st.st_mode & 07777) == 01777, "mode %o", st.st_mode);
    CHECK(st.st_dev != root.st_dev, "a file system of its own");
    CHECK(statfs("/dev/shm", &fs) == 0 && fs.f_type == TMPFS_MAGIC, "its kind");
    CHECK(rmdir("/dev/shm") < 0 && errno == EBUSY, "it stays");
    char path[64];
    CHECK(chdir("/dev/shm") == 0 && getcwd(path, sizeof(path)) != NULL &&
              strcmp(path, "/dev/shm") == 0,
          "its path");
    CHECK(chdir("..") == 0 && getcwd(path, sizeof(path)) != NULL && strcmp(path, "/dev") == 0,
          "up");
}

void shm_names(void)
{
    struct stat st, other;
    char a[128], b[128];
    strcpy(a, shm_path("a"));
    strcpy(b, shm_path("b"));
    int fd = make_shm(a, 1);
    CHECK(open(a, O_RDWR | O_CREAT | O_EXCL, 0600) < 0 && errno == EEXIST, "taken");
    CHECK(fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 && st.st_size == 4096,
          "what it is");
    CHECK(link(a, b) == 0 && fstat(fd, &st) == 0 && st.st_nlink == 2, "two names");
    CHECK(stat(b, &other) == 0 && other.st_ino == st.st_ino, "of one file");
    CHECK(link(a, b) < 0 && errno == EEXIST, "no third of the same name");
    CHECK(link(a, "here") < 0 && errno == EXDEV, "none elsewhere");
    CHECK(rename(a, "here") < 0 && errno == EXDEV, "nor moved elsewhere");
    CHECK(rename(a, b) == 0 && access(a, F_OK) == 0, "renaming to itself does nothing");
    CHECK(unlink(a) == 0 && fstat(fd, &st) == 0 && st.st_nlink == 1, "one name");
    CHECK(unlink(a) < 0 && errno == ENOENT, "gone");
    int second = make_shm(a, 2);
    CHECK(rename(b, a) == 0 && fstat(second, &other) == 0 && other.st_nlink == 0,
          "one replaces one");
    CHECK(stat(a, &other) == 0 && other.st_ino == st.st_ino, "by itself");
    CHECK(access(b, F_OK) < 0 && errno == ENOENT, "and its name");
    CHECK(open(shm_path("none"), O_RDWR) < 0 && errno == ENOENT, "nothing");
    char below[160];
    snprintf(below, sizeof(below), "%s/x", a);
    CHECK(open(below, O_RDWR | O_CREAT, 0600) < 0 && errno == ENOTDIR, "below a file");
    CHECK(rmdir(a) < 0 && errno == ENOTDIR, "rmdir");
    CHECK(symlink(a, b) == 0 && stat(b, &other) == 0 && other.st_ino == st.st_ino,
          "a symbolic link");
    CHECK(unlink(b) == 0 && unlink(a) == 0, "clean up");
}

static void child_counts(void *path)
{
    int fd = open(path, O_RDWR);
    MUST(fd >= 0, "open by name");
    uint8_t *own = map(2 * PAGE, RW, MAP_SHARED, fd, 0);
    CHECK(load(own + PAGE) == 7, "what the parent stored");
    store(own, 9);
    CHECK(file_byte(fd, 0) == 9, "read(2) finds it");
}

void shm_maps_between_processes(void)
{
    char path[128];
    strcpy(path, shm_path("map"));
    int fd = make_shm(path, 2);
    uint8_t *at = map(2 * PAGE, RW, MAP_SHARED, fd, 0);
    store(at + PAGE, 7);
    CHECK(finish(start(child_counts, path)), "the child");
    CHECK(load(at) == 9 && file_byte(fd, 0) == 9, "what it stored");
    struct map_line line;
    CHECK(find_map(at, &line) && strcmp(line.name, path) == 0, "its name in maps: %s", line.name);
    CHECK(pwrite(fd, "abc", 3, 100) == 3 && load(at + 101) == 'b', "write(2)");
    CHECK(ftruncate(fd, PAGE) == 0 && signal_of(child_loads, at + PAGE) == SIGBUS, "cut off");
    CHECK(ftruncate(fd, 3 * PAGE) == 0 && load(at + PAGE) == 0, "and longer again");
    CHECK(unlink(path) == 0, "unlink");
}

void shm_outlives_its_name(void)
{
    char path[128], shown[160];
    strcpy(path, shm_path("gone"));
    int fd = make_shm(path, 4);
    uint8_t *at = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    memset(at, 5, 4 * PAGE);
    MUST(unlink(path) == 0 && close(fd) == 0, "unlink and close");
    CHECK(holds_only(at, 4 * PAGE, 5), "it is still there");
    struct map_line line;
    snprintf(shown, sizeof(shown), "%s (deleted)", path);
    CHECK(find_map(at, &line) && strcmp(line.name, shown) == 0, "maps: %s", line.name);
    fd = make_shm(path, 1);
    CHECK(file_byte(fd, 0) == 0 && unlink(path) == 0, "a new one of that name is another");
}

/* Blocks of one file, and many times over as much memory as there may be. */
void shm_gives_pages_back(void)
{
    char path[128];
    struct stat st;
    strcpy(path, shm_path("large"));
    int fd = make_shm(path, 1024);
    CHECK(fstat(fd, &st) == 0 && st.st_blocks == 0, "no page is there yet");
    uint8_t *at = map(1024 * PAGE, RW, MAP_SHARED, fd, 0);
    memset(at, 1, 1024 * PAGE);
    CHECK(fstat(fd, &st) == 0 && st.st_blocks == 8192, "1024 pages: %ld blocks",
          (long)st.st_blocks);
    CHECK(ftruncate(fd, 512 * PAGE) == 0 && fstat(fd, &st) == 0 && st.st_blocks == 4096, "half");
    CHECK(munmap(at, 1024 * PAGE) == 0 && close(fd) == 0 && stat(path, &st) == 0 &&
              st.st_blocks == 4096,
          "a name is enough to keep them");
    MUST(unlink(path) == 0, "unlink");
    for (unsigned round = 0; round < 100; round++) {
        fd = make_shm(path, 512);
        at = map(512 * PAGE, RW, MAP_SHARED, fd, 0);
        memset(at, (int)round, 512 * PAGE);
        CHECK(unlink(path) == 0 && close(fd) == 0, "round %u", round);
        CHECK(load(at + 511 * PAGE) == round && munmap(at, 512 * PAGE) == 0, "its last use");
    }
}

void shm_listing(void)
{
    char prefix[64];
    unsigned found = 0, wrong = 0;
    snprintf(prefix, sizeof(prefix), "proctest.%d.n", (int)getpid());
    for (unsigned i = 0; i < 200; i++) {
        char name[16];
        snprintf(name, sizeof(name), "n%u", i);
        close(make_shm(shm_path(name), 0));
    }
    DIR *dir = opendir("/dev/shm");
    MUST(dir != NULL, "opendir");
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        struct stat st;
        char path[300];
        if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
            continue;
        snprintf(path, sizeof(path), "/dev/shm/%s", entry->d_name);
        wrong += stat(path, &st) != 0 || st.st_ino != entry->d_ino;
        wrong += unlink(path) != 0;
        found++;
    }
    closedir(dir);
    CHECK(found == 200 && wrong == 0, "%u names, %u of them wrong", found, wrong);
}

void device_files(void)
{
    uint8_t bytes[64] = {1}, others[64] = {0};
    int full = open("/dev/full", O_RDWR);
    CHECK(full >= 0 && write(full, bytes, 10) < 0 && errno == ENOSPC, "/dev/full is full");
    CHECK(write(full, bytes, 0) < 0 && errno == ENOSPC, "even for nothing");
    CHECK(read(full, bytes, 64) == 64 && is_zero(bytes, 64), "and reads zeros");
    for (unsigned i = 0; i < 2; i++) {
        int fd = open(i == 0 ? "/dev/urandom" : "/dev/random", O_RDWR);
        CHECK(fd >= 0 && read(fd, bytes, 64) == 64 && read(fd, others, 64) == 64, "random bytes");
        CHECK(memcmp(bytes, others, 64) != 0, "are others each time");
        CHECK(write(fd, bytes, 8) == 8, "and may be written");
    }
    uint8_t *at = map(4 * PAGE, RW, ANON, -1, 0);
    CHECK(read(open("/dev/urandom", O_RDONLY), at + 1, 3 * PAGE) == (ssize_t)(3 * PAGE), "many");
    CHECK(!is_zero(at + 2 * PAGE, 64), "they are all random");
}
