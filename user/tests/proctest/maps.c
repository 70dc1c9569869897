/* /proc/PID/maps and smaps, held against what was mapped. */
#include "tests.h"

#include <stdlib.h>

/* Whether the line that holds `at` is [at, at + size) with these rights. */
static bool shows(const void *at, size_t size, const char *rights)
{
    struct map_line line;
    if (!find_map(at, &line))
        return false;
    return line.start == (uintptr_t)at && line.end == (uintptr_t)at + size &&
           strcmp(line.rights, rights) == 0;
}

void maps_show_mappings(void)
{
    struct map_line line;
    uint8_t *at = empty_range(16 * PAGE);
    CHECK(!find_map(at, &line), "nothing at first");
    map_over(at, 8 * PAGE, ANON, -1);
    CHECK(shows(at, 8 * PAGE, "rw-p"), "anonymous");
    MUST(mprotect(at + 2 * PAGE, 2 * PAGE, PROT_READ) == 0, "mprotect");
    CHECK(shows(at, 2 * PAGE, "rw-p") && shows(at + 2 * PAGE, 2 * PAGE, "r--p") &&
              shows(at + 4 * PAGE, 4 * PAGE, "rw-p"),
          "in three parts");
    MUST(mprotect(at + 2 * PAGE, 2 * PAGE, PROT_READ | PROT_EXEC) == 0, "mprotect");
    CHECK(shows(at + 2 * PAGE, 2 * PAGE, "r-xp"), "code");
    MUST(mprotect(at + 2 * PAGE, 2 * PAGE, PROT_NONE) == 0, "mprotect");
    CHECK(shows(at + 2 * PAGE, 2 * PAGE, "---p"), "nothing allowed");
    MUST(mprotect(at + 2 * PAGE, 2 * PAGE, RW) == 0, "mprotect");
    CHECK(shows(at, 8 * PAGE, "rw-p"), "one again");
    MUST(munmap(at + 3 * PAGE, PAGE) == 0, "munmap");
    CHECK(shows(at, 3 * PAGE, "rw-p") && shows(at + 4 * PAGE, 4 * PAGE, "rw-p"), "with a gap");
    CHECK(!find_map(at + 3 * PAGE, &line), "and nothing there");
    CHECK(find_map(at, &line) && line.ino == 0 && line.name[0] == '\0', "without a name");
    map_over(at, 4 * PAGE, ANON_SHARED, -1);
    CHECK(shows(at, 4 * PAGE, "rw-s"), "shared");
    CHECK(find_map(at, &line) && strcmp(line.name, "/dev/zero (deleted)") == 0, "its name: %s",
          line.name);
}

void maps_name_files(void)
{
    struct map_line line;
    struct stat st;
    char path[512], here[400];
    int fd = make_file("file", 8 * PAGE, 1);
    MUST(fstat(fd, &st) == 0 && getcwd(here, sizeof(here)) != NULL, "fstat, getcwd");
    uint8_t *at = map(2 * PAGE, PROT_READ, MAP_SHARED, fd, 3 * PAGE);
    snprintf(path, sizeof(path), "%s/file", here);
    MUST(find_map(at, &line), "it is there");
    CHECK(strcmp(line.name, path) == 0 && line.ino == st.st_ino, "%s, %lu", line.name, line.ino);
    CHECK(line.offset == 3 * PAGE && strcmp(line.rights, "r--s") == 0, "offset and rights");
    uint8_t *copy = map(PAGE, RW, MAP_PRIVATE, fd, 0);
    store(copy, 1);
    CHECK(find_map(copy, &line) && strcmp(line.name, path) == 0 && strcmp(line.rights, "rw-p") == 0,
          "a private mapping, stored to");
    close(fd);
    MUST(mkdir("folder", 0700) == 0 && rename("file", "folder/other") == 0, "rename");
    snprintf(path, sizeof(path), "%s/folder/other", here);
    CHECK(find_map(at, &line) && strcmp(line.name, path) == 0, "renamed: %s", line.name);
    MUST(unlink("folder/other") == 0, "unlink");
    snprintf(path, sizeof(path), "%s/folder/other (deleted)", here);
    CHECK(find_map(at, &line) && strcmp(line.name, path) == 0, "unlinked: %s", line.name);
    int memory = memfd_create("some memory", 0);
    MUST(memory >= 0 && ftruncate(memory, PAGE) == 0, "memfd_create");
    at = map(PAGE, RW, MAP_SHARED, memory, 0);
    CHECK(find_map(at, &line) && strcmp(line.name, "/memfd:some memory (deleted)") == 0,
          "memfd: %s", line.name);
}

void maps_name_stack_and_heap(void)
{
    struct map_line line;
    int local = 0;
    CHECK(find_map(&local, &line) && strcmp(line.name, "[stack]") == 0, "the stack: %s", line.name);
    MUST(sbrk(64 * PAGE) != (void *)-1, "sbrk");
    CHECK(find_map((char *)sbrk(0) - 1, &line) && strcmp(line.name, "[heap]") == 0, "the heap: %s",
          line.name);
    CHECK(line.end == ((uintptr_t)sbrk(0) + PAGE - 1) / PAGE * PAGE, "ends at the break");
    CHECK(find_map((void *)(uintptr_t)&maps_name_stack_and_heap, &line) &&
              strcmp(line.name, scratch_program) == 0 && strcmp(line.rights, "r-xp") == 0,
          "the program: %s", line.name);
}

void maps_of_another(void)
{
    struct map_line line;
    int ends[2];
    char byte = 0;
    uint8_t *at = map_over(empty_range(4 * PAGE), 4 * PAGE, ANON, -1);
    MUST(pipe(ends) == 0, "pipe");
    pid_t pid = fork();
    if (pid == 0) {
        munmap(at + PAGE, PAGE);
        close(ends[1]);
        _exit(read(ends[0], &byte, 1) != 0);
    }
    close(ends[0]);
    bool split = false;
    while (!split) {
        char *maps = read_text(proc_path(pid, "maps"));
        MUST(maps != NULL && find_map_in(maps, (uintptr_t)at, &line), "the child's mapping");
        split = line.end == (uintptr_t)at + PAGE;
        free(maps);
        sched_yield();
    }
    CHECK(find_map(at, &line) && line.end == (uintptr_t)at + 4 * PAGE, "ours is whole");
    close(ends[1]);
    CHECK(finish(pid), "the child ends");
}

/* As many as a process may have, less some for the program itself. */
void maps_very_many(void)
{
    const size_t count = 60000;
    uint8_t *at = map(count * PAGE, PROT_READ, ANON, -1, 0);
    for (size_t i = 0; i < count; i += 2)
        MUST(mprotect(at + i * PAGE, PAGE, RW) == 0, "mprotect %zu", i);
    char *maps = read_text("/proc/self/maps");
    size_t lines = 0, found = 0;
    for (const char *line = maps; line != NULL && *line != '\0';) {
        unsigned long start = strtoul(line, NULL, 16);
        if (start >= (uintptr_t)at && start < (uintptr_t)at + count * PAGE) {
            const char *rights = strchr(line, ' ');
            bool writable = rights != NULL && strncmp(rights, " rw-p ", 6) == 0;
            found += start == (uintptr_t)at + found * PAGE && writable == (found % 2 == 0);
        }
        lines++;
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    CHECK(found >= count - 1 && lines >= count, "%zu of %zu mappings in %zu lines", found, count,
          lines);
    free(maps);
}

/* --- smaps --- */

void smaps_private(void)
{
    uint8_t *at = map_over(empty_range(32 * PAGE), 32 * PAGE, ANON, -1);
    CHECK(smaps_number(at, "Size") == 128 && smaps_number(at, "Rss") == 0, "nothing is there");
    for (size_t i = 0; i < 10; i++)
        store(at + i * PAGE, 1);
    CHECK(smaps_number(at, "Rss") == 40 && smaps_number(at, "Pss") == 40, "ten pages");
    CHECK(smaps_number(at, "Private_Dirty") == 40 && smaps_number(at, "Private_Clean") == 0,
          "of its own");
    CHECK(smaps_number(at, "Anonymous") == 40 && smaps_number(at, "Shared_Dirty") == 0,
          "anonymous");
    CHECK(smaps_number(at, "Referenced") == 40 && smaps_number(at, "Swap") == 0, "in use");
    MUST(madvise(at, 4 * PAGE, MADV_DONTNEED) == 0, "madvise");
    CHECK(smaps_number(at, "Rss") == 24, "four less");
    int fd = make_file("file", 8 * PAGE, 1);
    MUST(fsync(fd) == 0, "fsync");
    at = map(8 * PAGE, RW, MAP_PRIVATE, fd, 0);
    for (size_t i = 0; i < 8; i++)
        load(at + i * PAGE);
    CHECK(smaps_number(at, "Rss") == 32 && smaps_number(at, "Anonymous") == 0, "a file's");
    CHECK(smaps_number(at, "Private_Clean") == 32, "clean");
    store(at, 1);
    store(at + PAGE, 1);
    CHECK(smaps_number(at, "Anonymous") == 8 && smaps_number(at, "Private_Dirty") == 8,
          "two copies");
    CHECK(smaps_number(at, "Private_Clean") == 24, "the others");
}

static void child_maps_too(void *at)
{
    int ends[2] = {((int *)at)[0], ((int *)at)[1]};
    char byte;
    close(ends[1]);
    CHECK(read(ends[0], &byte, 1) == 0, "wait for the parent");
}

void smaps_shared(void)
{
    int ends[2];
    uint8_t *at = map_over(empty_range(16 * PAGE), 16 * PAGE, ANON, -1);
    memset(at, 1, 16 * PAGE);
    MUST(pipe(ends) == 0, "pipe");
    pid_t pid = start(child_maps_too, ends);
    CHECK(smaps_number(at, "Rss") == 64 && smaps_number(at, "Pss") == 32, "half of it each");
    CHECK(smaps_number(at, "Shared_Dirty") == 64 && smaps_number(at, "Private_Dirty") == 0,
          "shared with the child");
    store(at, 2);
    store(at + PAGE, 2);
    CHECK(smaps_number(at, "Private_Dirty") == 8 && smaps_number(at, "Shared_Dirty") == 56,
          "two copies");
    CHECK(smaps_number(at, "Pss") == 36, "36 KiB in proportion");
    close(ends[1]);
    CHECK(finish(pid), "the child ends");
    CHECK(smaps_number(at, "Private_Dirty") == 64, "all of its own");
}

/* The sum over all mappings is what status says. */
void smaps_agree(void)
{
    static const char *const parts[] = {"Shared_Clean", "Shared_Dirty", "Private_Clean",
                                        "Private_Dirty"};
    long sum[5] = {0}, size = 0;
    uint8_t *at = map(100 * PAGE, RW, ANON, -1, 0);
    memset(at, 1, 50 * PAGE);
    char *smaps = read_text("/proc/self/smaps");
    for (const char *line = smaps; line != NULL && *line != '\0';) {
        long number;
        for (size_t i = 0; i < 4; i++)
            if (strncmp(line, parts[i], strlen(parts[i])) == 0)
                sum[i] += atol(line + strlen(parts[i]) + 1);
        if (sscanf(line, "Rss: %ld kB", &number) == 1)
            sum[4] += number;
        if (sscanf(line, "Size: %ld kB", &number) == 1)
            size += number;
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    free(smaps);
    CHECK(sum[0] + sum[1] + sum[2] + sum[3] == sum[4], "four parts make up Rss");
    long total = number_in("/proc/self/status", "VmSize");
    CHECK(labs(size - total) < 1500, "the sizes: %ld and %ld KiB", size, total);
    CHECK(labs(sum[4] - number_in("/proc/self/status", "VmRSS")) < 1500, "what is resident");
}
