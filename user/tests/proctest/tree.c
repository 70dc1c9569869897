/* The tree of /proc: its names, what they refuse, and its links. */
#include "tests.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/statfs.h>

#define PROC_MAGIC 0x9fa0

/* Whether a folder lists the name. */
static bool lists(const char *folder, const char *name)
{
    DIR *dir = opendir(folder);
    bool found = false;
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;)
        found |= strcmp(entry->d_name, name) == 0;
    if (dir != NULL)
        closedir(dir);
    return found;
}

static bool points_to(const char *link, const char *expected)
{
    char target[512];
    ssize_t n = readlink(link, target, sizeof(target) - 1);
    target[n > 0 ? n : 0] = '\0';
    return strcmp(target, expected) == 0;
}

void tree_lists(void)
{
    static const char *const system[] = {"self",   "meminfo", "vmstat",     "cpuinfo",
                                         "uptime", "loadavg", "stat",       "version",
                                         "mounts", "sys",     "filesystems"};
    static const char *const own[] = {"exe",    "cwd",     "maps",    "smaps",     "stat",
                                      "statm",  "status",  "cmdline", "comm",      "fd",
                                      "limits", "pagemap", "environ", "clear_refs"};
    char pid[16];
    snprintf(pid, sizeof(pid), "%d", (int)getpid());
    CHECK(lists("/proc", pid), "/proc has this process");
    for (size_t i = 0; i < sizeof(system) / sizeof(system[0]); i++)
        CHECK(lists("/proc", system[i]), "/proc has %s", system[i]);
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        CHECK(lists("/proc/self", own[i]), "/proc/self has %s", own[i]);
    struct statfs fs;
    CHECK(statfs("/proc/self", &fs) == 0 && fs.f_type == PROC_MAGIC, "statfs");
    struct stat st;
    CHECK(stat("/proc/self/maps", &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0, "a file");
    CHECK(stat("/proc/self/fd", &st) == 0 && S_ISDIR(st.st_mode), "a folder");
    char *text = read_text("/proc/sys/vm/max_map_count");
    CHECK(text != NULL && atol(text) >= 65530, "max_map_count");
    free(text);
}

void tree_refuses_changes(void)
{
    CHECK(open("/proc/nothing", O_CREAT | O_RDWR, 0600) < 0 && errno == ENOENT, "no new files");
    CHECK(mkdir("/proc/nothing", 0700) < 0 && errno == ENOENT, "no new folders");
    CHECK(mkdir("/proc/self", 0700) < 0 && errno == EEXIST, "nor of a name that is taken");
    CHECK(unlink("/proc/self/maps") < 0 && errno == EPERM, "nothing goes");
    CHECK(unlink("/proc/self/nothing") < 0 && errno == ENOENT, "unlink of nothing");
    CHECK(rename("/proc/self/maps", "maps") < 0 && errno == EXDEV, "nothing moves");
    CHECK(open("/proc/self/stat/x", O_RDONLY) < 0 && errno == ENOTDIR, "a file is no folder");
    CHECK(open("/proc/99999999", O_RDONLY) < 0 && errno == ENOENT, "nobody");
    CHECK(open("/proc/007", O_RDONLY) < 0 && errno == ENOENT, "numbers as they are written");
    CHECK(open("/proc/self/fd/999", O_RDONLY) < 0 && errno == ENOENT, "not open");
    CHECK(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, open("/proc/self/stat", O_RDONLY), 0) ==
              MAP_FAILED,
          "no mappings");
}

void tree_dots(void)
{
    char path[256];
    struct stat root, up;
    MUST(stat("/", &root) == 0, "the root");
    CHECK(stat("/proc/..", &up) == 0 && up.st_ino == root.st_ino && up.st_dev == root.st_dev,
          "up from /proc is the root");
    CHECK(stat("/proc/self/../../", &up) == 0 && up.st_ino == root.st_ino, "up from a process");
    MUST(chdir("/proc/self/fd") == 0, "go there");
    char expected[64];
    snprintf(expected, sizeof(expected), "/proc/%d/fd", (int)getpid());
    CHECK(getcwd(path, sizeof(path)) != NULL && strcmp(path, expected) == 0, "cwd: %s", path);
    CHECK(chdir("..") == 0 && access("maps", R_OK) == 0, "up one");
    CHECK(chdir("../..") == 0 && getcwd(path, sizeof(path)) != NULL && strcmp(path, "/") == 0,
          "up to the root: %s", path);
}

void tree_mount_points(void)
{
    struct stat root, proc;
    MUST(stat("/", &root) == 0 && stat("/proc", &proc) == 0, "stat");
    CHECK(root.st_dev != proc.st_dev, "another file system");
    CHECK(rmdir("/proc") < 0 && errno == EBUSY, "it stays");
    CHECK(rename("/proc", "/elsewhere") < 0 && errno == EBUSY, "where it is");
    char *mounts = read_text("/proc/mounts");
    CHECK(mounts != NULL && strstr(mounts, " /proc proc ") != NULL, "it is in the list");
    free(mounts);
}

/* --- Links --- */

static void child_is_self(void *unused)
{
    char pid[16];
    snprintf(pid, sizeof(pid), "%d", (int)getpid());
    CHECK(points_to("/proc/self", pid), "self is the child");
}

void link_self(void)
{
    char pid[16];
    snprintf(pid, sizeof(pid), "%d", (int)getpid());
    CHECK(points_to("/proc/self", pid), "self is this process");
    pid_t child = start(child_is_self, NULL);
    CHECK(finish(child), "and in a child that one");
}

void link_exe_and_cwd(void)
{
    char here[256];
    struct stat a, b;
    MUST(getcwd(here, sizeof(here)) != NULL, "getcwd");
    CHECK(points_to("/proc/self/cwd", here), "cwd");
    CHECK(points_to("/proc/self/exe", scratch_program), "exe");
    CHECK(stat("/proc/self/exe", &a) == 0 && stat(scratch_program, &b) == 0 &&
              a.st_ino == b.st_ino && a.st_size == b.st_size,
          "exe leads to the program");
    CHECK(stat("/proc/self/cwd/.", &a) == 0 && stat(".", &b) == 0 && a.st_ino == b.st_ino,
          "cwd leads here");
    CHECK(points_to("/proc/self/root", "/"), "root");
}

void link_descriptors(void)
{
    char path[64], here[256], expected[320], target[64] = "";
    int ends[2], fd = make_file("file", 10, 1);
    MUST(getcwd(here, sizeof(here)) != NULL && pipe(ends) == 0, "getcwd and pipe");
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    snprintf(expected, sizeof(expected), "%s/file", here);
    CHECK(points_to(path, expected), "a file");
    snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[0]);
    struct stat st;
    MUST(fstat(ends[0], &st) == 0, "fstat");
    snprintf(target, sizeof(target), "pipe:[%lu]", (unsigned long)st.st_ino);
    CHECK(points_to(path, target), "a pipe: %s", target);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[1]);
    CHECK(points_to(path, target), "its other end is the same one");
    MUST(rename("file", "renamed") == 0, "rename");
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    snprintf(expected, sizeof(expected), "%s/renamed", here);
    CHECK(points_to(path, expected), "a file that was renamed");
    MUST(unlink("renamed") == 0, "unlink");
    snprintf(expected, sizeof(expected), "%s/renamed (deleted)", here);
    CHECK(points_to(path, expected), "a file that was unlinked");
    close(fd);
    CHECK(readlink(path, target, sizeof(target)) < 0 && errno == ENOENT, "closed");
    snprintf(path, sizeof(path), "%d", ends[0]);
    CHECK(lists("/proc/self/fd", path), "listed");
    close(ends[0]);
    CHECK(!lists("/proc/self/fd", path), "not listed");
}

void link_opens_unlinked(void)
{
    char path[64];
    int fd = make_file("gone", 100, 3);
    MUST(unlink("gone") == 0, "unlink");
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    int again = open(path, O_RDWR);
    CHECK(again >= 0 && file_holds(again, 100, 0, 3), "the file itself opens");
    CHECK(open(path, O_RDONLY | O_CREAT, 0600) >= 0, "with O_CREAT as well");
    CHECK(open(path, O_RDONLY | O_NOFOLLOW) < 0 && errno == ELOOP, "not without following");
    CHECK(truncate(path, 5) == 0 && file_size(fd) == 5, "and truncates");
}

void link_opens_pipes(void)
{
    char path[64], bytes[8] = "";
    struct stat by_path, by_fd;
    int ends[2];
    MUST(pipe(ends) == 0, "pipe");
    snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[0]);
    CHECK(stat(path, &by_path) == 0 && fstat(ends[0], &by_fd) == 0, "stat");
    CHECK(S_ISFIFO(by_path.st_mode) && by_path.st_ino == by_fd.st_ino, "it is the pipe");
    int again = open(path, O_RDONLY);
    CHECK(again >= 0 && write(ends[1], "abc", 3) == 3 && read(again, bytes, 8) == 3,
          "read from it");
    snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[1]);
    int writer = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK(writer >= 0 && write(writer, "de", 2) == 2 && read(ends[0], bytes, 8) == 2,
          "write to it");
    close(ends[1]);
    close(writer);
    CHECK(read(again, bytes, 8) == 0, "the end, when all writers are closed");
    MUST(dup2(ends[0], 0) == 0, "as standard input");
    CHECK(stat("/dev/stdin", &by_path) == 0 && by_path.st_ino == by_fd.st_ino, "/dev/stdin");
    CHECK(read(open("/dev/stdin", O_RDONLY), bytes, 8) == 0, "opened by that name");
}

void link_dev_fd(void)
{
    char path[64];
    int fd = make_file("file", 10, 1);
    snprintf(path, sizeof(path), "/dev/fd/%d", fd);
    struct stat a, b;
    CHECK(stat(path, &a) == 0 && fstat(fd, &b) == 0 && a.st_ino == b.st_ino, "/dev/fd");
    CHECK(points_to("/dev/stdin", "/proc/self/fd/0"), "/dev/stdin");
    MUST(dup2(fd, 0) == 0, "a file as standard input");
    CHECK(file_holds(open("/dev/stdin", O_RDONLY), 10, 0, 1), "opened by that name");
}
