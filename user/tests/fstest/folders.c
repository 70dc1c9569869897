/* Folders with many names, and many processes in one folder. */
#include "tests.h"

#include <sys/syscall.h>

enum { NAMES = 2000 };

static void name_of(char *name, size_t size, unsigned number)
{
    snprintf(name, size, "%s-%u", number % 3 == 0 ? "x" : "a-somewhat-longer-name", number);
}

/* Marks which of the numbered names a folder lists; -1 if it lists one twice or one that is odd. */
static int list_names(uint8_t *listed)
{
    int count = 0;
    memset(listed, 0, NAMES);
    DIR *dir = opendir(".");
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        char expected[64];
        const char *dash = strrchr(entry->d_name, '-');
        unsigned number = dash == NULL ? NAMES : (unsigned)strtoul(dash + 1, NULL, 10);
        name_of(expected, sizeof(expected), number);
        if (number >= NAMES || strcmp(expected, entry->d_name) != 0 || listed[number]++ != 0)
            return -1;
        count++;
    }
    closedir(dir);
    return count;
}

void thousands_of_names(void)
{
    static uint8_t listed[NAMES];
    char name[64];
    MUST(mkdir("many", 0755) == 0 && chdir("many") == 0, "mkdir");
    for (unsigned i = 0; i < NAMES; i++) {
        name_of(name, sizeof(name), i);
        int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0644);
        MUST(fd >= 0 && close(fd) == 0, "create %s", name);
    }
    CHECK(list_names(listed) == NAMES, "every name is listed once");
    for (unsigned i = 1; i < NAMES; i += 2) {
        name_of(name, sizeof(name), i);
        MUST(unlink(name) == 0, "unlink %s", name);
    }
    drop_caches();
    CHECK(list_names(listed) == NAMES / 2, "half of them");
    for (unsigned i = 0; i < NAMES; i++) {
        name_of(name, sizeof(name), i);
        CHECK(listed[i] == (i % 2 == 0) && exists(name) == (i % 2 == 0), "name %u", i);
    }
    FAILS(rmdir("../many"), ENOTEMPTY);
    for (unsigned i = 0; i < NAMES; i += 2) {
        name_of(name, sizeof(name), i);
        MUST(unlink(name) == 0, "unlink %s", name);
    }
    CHECK(list_names(listed) == 0 && chdir("..") == 0 && rmdir("many") == 0, "and none");
}

void reading_folders(void)
{
    CHECK(mkdir("read", 0755) == 0 && mkdir("read/sub", 0755) == 0, "mkdir");
    put("read/file", "x");
    DIR *dir = opendir("read");
    struct stat status;
    int files = 0, folders = 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        CHECK(fstatat(dirfd(dir), entry->d_name, &status, 0) == 0, "%s", entry->d_name);
        CHECK(status.st_ino == entry->d_ino, "the number of %s", entry->d_name);
        files += entry->d_type == DT_REG;
        folders += entry->d_type == DT_DIR;
    }
    CHECK(files == 1 && folders == 3, "%d files, %d folders", files, folders);
    CHECK(readdir(dir) == NULL, "the end stays the end");
    put("read/another", "y");
    rewinddir(dir);
    for (files = 0; readdir(dir) != NULL;)
        files++;
    CHECK(files == 5, "%d names after going back", files);
    closedir(dir);
    char small[24];
    int fd = open("read", O_RDONLY), file = open("read/file", O_RDONLY);
    FAILS(syscall(SYS_getdents64, fd, small, 3), EINVAL);
    FAILS(syscall(SYS_getdents64, file, small, sizeof(small)), ENOTDIR);
    CHECK(opendir("read/file") == NULL && opendir("missing") == NULL, "no folders");
}

/* What is neither made nor removed meanwhile is listed exactly once. */
void reading_while_changing(void)
{
    enum { STAY = 150 };
    static uint8_t seen[STAY];
    char name[32];
    CHECK(mkdir("changing", 0755) == 0 && chdir("changing") == 0, "mkdir");
    for (int i = 0; i < STAY; i++) {
        snprintf(name, sizeof(name), "stay-%d", i);
        put(name, "");
        snprintf(name, sizeof(name), "go-%d", i);
        put(name, "");
    }
    int number = 0, removed = 0;
    DIR *dir = opendir(".");
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (sscanf(entry->d_name, "stay-%d", &number) == 1 && number < STAY)
            seen[number]++;
        else if (sscanf(entry->d_name, "go-%d", &number) == 1 && unlink(entry->d_name) == 0)
            removed++;
        if (number % 10 == 0) {
            snprintf(name, sizeof(name), "new-%d-%d", number, removed);
            put(name, "");
        }
    }
    closedir(dir);
    for (int i = 0; i < STAY; i++)
        CHECK(seen[i] == 1, "stay-%d was listed %u times", i, seen[i]);
    CHECK(removed == STAY, "%d of the others", removed);
}

/* Names that come and go do not make a folder grow without end. */
void slots_are_reused(void)
{
    struct stat before, after;
    char name[64];
    CHECK(mkdir("slots", 0755) == 0, "mkdir");
    for (int i = 0; i < 600; i++) {
        snprintf(name, sizeof(name), "slots/a-name-of-some-length-%d", i);
        put(name, "");
        CHECK(unlink(name) == 0, "unlink %d", i);
        if (i == 50)
            CHECK(stat("slots", &before) == 0, "stat");
    }
    CHECK(stat("slots", &after) == 0 && after.st_size <= before.st_size + 4096, "%ld, then %ld",
          (long)before.st_size, (long)after.st_size);
}

void many_small_files(void)
{
    enum { FILES = 400 };
    char name[32], text[64];
    CHECK(mkdir("small", 0755) == 0 && chdir("small") == 0, "mkdir");
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof(name), "%d", i);
        snprintf(text, sizeof(text), "the content of file number %d", i);
        put(name, text);
    }
    drop_caches();
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof(name), "%d", i);
        snprintf(text, sizeof(text), "the content of file number %d", i);
        CHECK(has(name, text) && unlink(name) == 0, "file %d", i);
    }
    CHECK(chdir("..") == 0 && rmdir("small") == 0, "none is left");
}

/* --- Many processes --- */

enum { WORKERS = 4, ROUNDS = 60 };

static void works_in_folder(void *argument)
{
    int number = *(int *)argument;
    char one[32], two[32];
    for (int i = 0; i < ROUNDS; i++) {
        snprintf(one, sizeof(one), "shared/%d-%d", number, i);
        snprintf(two, sizeof(two), "shared/%d-%d-renamed", number, i);
        put(one, one);
        CHECK(rename(one, two) == 0 && has(two, one), "rename %s", one);
        CHECK(link(two, one) == 0 && unlink(two) == 0 && has(one, one), "link %s", one);
        snprintf(two, sizeof(two), "shared/dir-%d-%d", number, i);
        CHECK(mkdir(two, 0755) == 0 && rmdir(two) == 0, "make and remove %s", two);
        if (i % 3 != 0)
            CHECK(unlink(one) == 0, "unlink %s", one);
    }
}

void one_folder_many_processes(void)
{
    CHECK(mkdir("shared", 0755) == 0, "mkdir");
    for (int i = 0; i < WORKERS; i++)
        start(works_in_folder, &i);
    CHECK(finish_all(WORKERS), "the workers");
    int count = 0;
    DIR *dir = opendir("shared");
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(dir);
    CHECK(count == WORKERS * ROUNDS / 3, "%d names are left", count);
    struct stat status;
    CHECK(stat("shared", &status) == 0 && status.st_nlink == 2, "%ld links", (long)status.st_nlink);
}

struct contest {
    int *words; /* ready; then one count of winners a round, of three kinds */
};

static void contends(void *argument)
{
    int *words = ((struct contest *)argument)->words;
    char name[32], own[32];
    for (int i = 0; i < ROUNDS; i++) {
        snprintf(name, sizeof(name), "contest-%d", i);
        post(&words[0]);
        await(&words[0], (i + 1) * WORKERS);
        int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0644);
        CHECK(fd >= 0 || errno == EEXIST, "create");
        if (fd >= 0)
            post(&words[1]);
        close(fd);
        snprintf(own, sizeof(own), "folder-%d", i);
        if (mkdir(own, 0755) == 0)
            post(&words[2]);
        if (unlink(name) == 0)
            post(&words[3]);
    }
}

/* Of several that make, or remove, the same name at the same time, one succeeds. */
void one_name_many_processes(void)
{
    struct contest contest = {shared_words()};
    for (int i = 0; i < WORKERS; i++)
        start(contends, &contest);
    CHECK(finish_all(WORKERS), "the workers");
    CHECK(contest.words[2] == ROUNDS, "%d folders in %d rounds", contest.words[2], ROUNDS);
    CHECK(contest.words[1] == contest.words[3], "%d made, %d removed", contest.words[1],
          contest.words[3]);
    CHECK(contest.words[1] >= ROUNDS, "at least one in each round: %d", contest.words[1]);
}

/* --- Random --- */

enum { SLOTS = 40 };

/* Slot i is a name in one of four folders; 0: free, else the number that is in its file. */
static void slot_path(char *path, size_t size, unsigned slot)
{
    snprintf(path, size, "d%u/name-%u", slot % 4, slot / 4);
}

static void random_step(int *model, unsigned *seed, int step)
{
    char one[32], two[32], text[16];
    unsigned a = (unsigned)rand_r(seed) % SLOTS, b = (unsigned)rand_r(seed) % SLOTS;
    slot_path(one, sizeof(one), a);
    slot_path(two, sizeof(two), b);
    snprintf(text, sizeof(text), "%d", step);
    switch (rand_r(seed) % 4) {
    case 0:
        if (model[a] == 0) { /* else it could have other names, which would change too */
            put(one, text);
            model[a] = step;
        }
        break;
    case 1:
        CHECK((unlink(one) == 0) == (model[a] != 0), "unlink %s in step %d", one, step);
        model[a] = 0;
        break;
    case 2:
        CHECK((rename(one, two) == 0) == (model[a] != 0), "rename %s in step %d", one, step);
        if (model[a] != 0 && model[a] != model[b]) {
            model[b] = model[a];
            model[a] = 0;
        }
        break;
    default:
        CHECK((link(one, two) == 0) == (model[a] != 0 && model[b] == 0), "link %s, %d", one, step);
        if (model[a] != 0 && model[b] == 0)
            model[b] = model[a];
    }
}

/* Names come, go, move and multiply, and always lead to what they should. */
void random_names(void)
{
    static int model[SLOTS];
    char path[32], text[16];
    unsigned seed = 99;
    for (unsigned i = 0; i < 4; i++) {
        snprintf(path, sizeof(path), "d%u", i);
        CHECK(mkdir(path, 0755) == 0, "mkdir");
    }
    for (int step = 1; step <= 1200; step++) {
        random_step(model, &seed, step);
        unsigned slot = (unsigned)rand_r(&seed) % SLOTS;
        slot_path(path, sizeof(path), slot);
        snprintf(text, sizeof(text), "%d", model[slot]);
        MUST(model[slot] == 0 ? !exists(path) : has(path, text), "%s after step %d", path, step);
        if (step % 300 == 0)
            drop_caches();
    }
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        slot_path(path, sizeof(path), slot);
        snprintf(text, sizeof(text), "%d", model[slot]);
        CHECK(model[slot] == 0 ? !exists(path) : has(path, text), "%s at the end", path);
    }
}
