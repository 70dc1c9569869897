/*
 * ls [-1aild] [file...]: lists files, and what is in directories, sorted by name. -a also names
 * that begin with a dot; -i inode numbers; -l all about each file; -d directories themselves. On a
 * terminal it prints columns, unless -1 or -l is given.
 */
#include "common/path.h"

#include <dirent.h>
#include <err.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

static struct {
    bool all, inodes, detailed, directories, single;
} options;

struct entry {
    char *name;
    char *link; /* where a symbolic link leads; NULL: it is none */
    struct stat status;
};

struct list {
    struct entry *entries;
    size_t count;
    int status;
};

static char *read_target(const char *path)
{
    char target[PATH_MAX];
    ssize_t n = readlink(path, target, sizeof(target) - 1);
    return strndup(target, n < 0 ? 0 : (size_t)n);
}

/* Adds a file, which is shown under another name than its path if it stands in a directory. */
static void list_add(struct list *list, const char *path, const char *name)
{
    struct entry entry = {.name = strdup(name)};
    if (lstat(path, &entry.status) < 0) {
        warn("cannot access '%s'", path);
        list->status = 2;
        free(entry.name);
        return;
    }
    if (S_ISLNK(entry.status.st_mode))
        entry.link = read_target(path);
    list->entries = reallocarray(list->entries, list->count + 1, sizeof(entry));
    if (list->entries == NULL)
        err(2, "%s", path);
    list->entries[list->count++] = entry;
}

static void list_free(struct list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->entries[i].name);
        free(list->entries[i].link);
    }
    free(list->entries);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static char type_letter(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR: return 'd';
    case S_IFLNK: return 'l';
    case S_IFCHR: return 'c';
    case S_IFBLK: return 'b';
    case S_IFIFO: return 'p';
    case S_IFSOCK: return 's';
    default: return '-';
    }
}

static void print_mode(mode_t mode)
{
    char text[] = "-rwxrwxrwx";
    text[0] = type_letter(mode);
    for (int i = 0; i < 9; i++)
        if (!(mode >> (8 - i) & 1))
            text[1 + i] = '-';
    printf("%s", text);
}

/* Root is the only user with a name. */
static void print_owner(unsigned id)
{
    if (id == 0)
        printf(" root");
    else
        printf(" %-4u", id);
}

static void print_size(const struct stat *status, int width)
{
    if (S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode)) {
        char numbers[32];
        snprintf(numbers, sizeof(numbers), "%u, %u", major(status->st_rdev),
                 minor(status->st_rdev));
        printf(" %*s", width, numbers);
    } else {
        printf(" %*ld", width, status->st_size);
    }
}

static void print_time(time_t when)
{
    char text[64];
    time_t half_year = 182 * 86400, now = time(NULL);
    bool recent = when <= now && now - when < half_year;
    strftime(text, sizeof(text), recent ? "%b %e %H:%M" : "%b %e  %Y", localtime(&when));
    printf(" %s", text);
}

struct widths {
    int inode, links, size;
};

static int digits(unsigned long value)
{
    return snprintf(NULL, 0, "%lu", value);
}

static int greater(int a, int b)
{
    return a > b ? a : b;
}

static struct widths measure(const struct list *list)
{
    struct widths widths = {0};
    for (size_t i = 0; i < list->count; i++) {
        const struct stat *status = &list->entries[i].status;
        bool device = S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode);
        int size = digits(device ? major(status->st_rdev) : (unsigned long)status->st_size);
        if (device)
            size += 2 + digits(minor(status->st_rdev));
        widths.inode = greater(widths.inode, digits(status->st_ino));
        widths.links = greater(widths.links, digits(status->st_nlink));
        widths.size = greater(widths.size, size);
    }
    return widths;
}

static void print_entry(const struct entry *entry, const struct widths *widths)
{
    if (options.inodes)
        printf("%*lu ", widths->inode, entry->status.st_ino);
    if (options.detailed) {
        print_mode(entry->status.st_mode);
        printf(" %*u", widths->links, entry->status.st_nlink);
        print_owner(entry->status.st_uid);
        print_owner(entry->status.st_gid);
        print_size(&entry->status, widths->size);
        print_time(entry->status.st_mtime);
        printf(" ");
    }
    printf("%s", entry->name);
    if (options.detailed && entry->link != NULL)
        printf(" -> %s", entry->link);
    printf("\n");
}

static int terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
        return 80;
    return size.ws_col;
}

/* Columns from top to bottom, all as wide as the longest name and two blanks. */
static void print_columns(const struct list *list, const struct widths *widths)
{
    int prefix = options.inodes ? widths->inode + 1 : 0, width = 0;
    for (size_t i = 0; i < list->count; i++)
        width = greater(width, (int)strlen(list->entries[i].name));
    width += prefix + 2;
    size_t columns = (size_t)greater(1, (terminal_width() + 1) / width);
    size_t rows = (list->count + columns - 1) / columns;
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = row; i < list->count; i += rows) {
            const struct entry *entry = &list->entries[i];
            if (options.inodes)
                printf("%*lu ", widths->inode, entry->status.st_ino);
            bool last = i + rows >= list->count;
            printf("%-*s", last ? 0 : width - prefix, entry->name);
        }
        printf("\n");
    }
}

static void list_print(struct list *list)
{
    struct widths widths = measure(list);
    if (list->count == 0)
        return;
    qsort(list->entries, list->count, sizeof(*list->entries), by_name);
    if (!options.single && !options.detailed) {
        print_columns(list, &widths);
        return;
    }
    for (size_t i = 0; i < list->count; i++)
        print_entry(&list->entries[i], &widths);
}

/* In units of 1024 bytes, as on Linux. */
static void print_total(const struct list *list)
{
    long blocks = 0;
    for (size_t i = 0; i < list->count; i++)
        blocks += list->entries[i].status.st_blocks;
    printf("total %ld\n", blocks / 2);
}

static int list_directory(const char *path)
{
    struct list list = {0};
    DIR *dir = opendir(path);
    if (dir == NULL) {
        warn("cannot open directory '%s'", path);
        return 2;
    }
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.' && !options.all)
            continue;
        char *full = path_join(path, entry->d_name);
        list_add(&list, full, entry->d_name);
        free(full);
    }
    closedir(dir);
    if (options.detailed)
        print_total(&list);
    list_print(&list);
    list_free(&list);
    return list.status;
}

/* With -l a link to a directory is shown itself; else the directory is. */
static bool is_directory(const char *path)
{
    struct stat status;
    if (options.directories || (options.detailed ? lstat : stat)(path, &status) < 0)
        return false;
    return S_ISDIR(status.st_mode);
}

static void parse_options(int argc, char **argv)
{
    options.single = !isatty(STDOUT_FILENO);
    for (int option; (option = getopt(argc, argv, "1aild")) != -1;) {
        switch (option) {
        case '1': options.single = true; break;
        case 'a': options.all = true; break;
        case 'i': options.inodes = true; break;
        case 'l': options.detailed = true; break;
        case 'd': options.directories = true; break;
        default: exit(2);
        }
    }
}

/* First the files, then the directories, each with its name if there are several. */
int main(int argc, char **argv)
{
    static char here[] = ".", *only_here[] = {here};
    struct list files = {0};
    parse_options(argc, argv);
    char **names = optind < argc ? argv + optind : only_here;
    int count = optind < argc ? argc - optind : 1;
    for (int i = 0; i < count; i++)
        if (!is_directory(names[i]))
            list_add(&files, names[i], names[i]);
    list_print(&files);
    int status = files.status;
    bool separate = files.count > 0;
    for (int i = 0; i < count; i++) {
        if (!is_directory(names[i]))
            continue;
        if (count > 1)
            printf("%s%s:\n", separate ? "\n" : "", names[i]);
        status |= list_directory(names[i]);
        separate = true;
    }
    list_free(&files);
    return fflush(stdout) < 0 ? 2 : status;
}
