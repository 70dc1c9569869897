/* Reading the host's files into a tree: see host.h. */
#include "host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "mode.h"

#define LINK_BUCKETS 1024
#define NS_PER_S     1000000000

/* A file with several names on the host, so that its node is found again at the next name. */
struct link {
    dev_t dev;
    ino_t ino;
    struct tree_node *node;
    struct link *next;
};

struct scan {
    struct tree *tree;
    int64_t latest;
    struct link *links[LINK_BUCKETS];
};

_Noreturn void host_fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("mkfs: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

int64_t host_time(void)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    if (epoch == NULL)
        return (int64_t)time(NULL) * NS_PER_S;
    char *end;
    errno = 0;
    long long seconds = strtoll(epoch, &end, 10);
    if (*epoch == '\0' || *end != '\0' || errno != 0 || seconds < 0 ||
        seconds > INT64_MAX / NS_PER_S)
        host_fail("SOURCE_DATE_EPOCH is \"%s\", which is not a number of seconds", epoch);
    return seconds * NS_PER_S;
}

static char *join(const char *dir, const char *name)
{
    size_t size = strlen(dir) + strlen(name) + 2;
    char *path = host_alloc(size);
    snprintf(path, size, "%s/%s", dir, name);
    return path;
}

static int64_t time_of(const struct scan *scan, const struct stat *st)
{
    int64_t time = (int64_t)st->st_mtim.tv_sec * NS_PER_S + st->st_mtim.tv_nsec;
    return time < scan->latest ? time : scan->latest;
}

static struct tree_node *new_node(struct scan *scan, uint32_t type, const struct stat *st)
{
    return tree_node(scan->tree, type | (st->st_mode & MODE_BITS), time_of(scan, st));
}

static struct tree_node *scan_regular(struct scan *scan, const char *path, const struct stat *st)
{
    struct tree_node *node = new_node(scan, MODE_REG, st);
    if ((uint64_t)st->st_size > FS_MAX_FILE_SIZE)
        host_fail("%s is too big: a file in the image has at most %llu bytes", path,
                  (unsigned long long)FS_MAX_FILE_SIZE);
    node->source = host_strdup(path);
    return node;
}

static struct tree_node *scan_link(struct scan *scan, const char *path, const struct stat *st)
{
    char target[FS_BLOCK_SIZE];
    ssize_t n = readlink(path, target, sizeof(target));
    if (n < 0)
        host_fail("cannot read the symbolic link %s: %s", path, strerror(errno));
    if (n == sizeof(target))
        host_fail("the target of the symbolic link %s is longer than %d bytes", path,
                  FS_BLOCK_SIZE - 1);
    target[n] = '\0';
    struct tree_node *node = new_node(scan, MODE_LNK, st);
    node->target = host_strdup(target);
    return node;
}

static struct tree_node *scan_file(struct scan *scan, const char *path, const struct stat *st)
{
    if (S_ISREG(st->st_mode))
        return scan_regular(scan, path, st);
    if (S_ISLNK(st->st_mode))
        return scan_link(scan, path, st);
    if (S_ISFIFO(st->st_mode))
        return new_node(scan, MODE_FIFO, st);
    host_fail("%s is neither a file, a directory, a symbolic link nor a FIFO", path);
}

/* The same node for each of a file's names. */
static struct tree_node *scan_linked(struct scan *scan, const char *path, const struct stat *st)
{
    struct link **bucket = &scan->links[(uint64_t)st->st_ino % LINK_BUCKETS];
    for (struct link *link = *bucket; link != NULL; link = link->next) {
        if (link->ino == st->st_ino && link->dev == st->st_dev)
            return link->node;
    }
    struct link *link = host_alloc(sizeof(*link));
    *link = (struct link){st->st_dev, st->st_ino, scan_file(scan, path, st), *bucket};
    *bucket = link;
    return link->node;
}

static void add_name(struct tree_node *dir, const char *path, const char *name,
                     struct tree_node *node)
{
    const char *reason = tree_add(dir, name, node);
    if (reason != NULL)
        host_fail("cannot add %s to the image: %s", path, reason);
}

/* The directory of this name in `dir`, with the attributes of the host's. */
static struct tree_node *enter_dir(struct scan *scan, struct tree_node *dir, const char *path,
                                   const struct stat *st)
{
    const char *name = strrchr(path, '/') + 1;
    struct tree_node *node = tree_find(dir, name);
    if (node == NULL || !mode_is_dir(node->mode)) {
        node = new_node(scan, MODE_DIR, st);
        add_name(dir, path, name, node);
    }
    node->mode = MODE_DIR | (st->st_mode & MODE_BITS);
    node->time = time_of(scan, st);
    return node;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void append(char ***list, size_t *count, const char *name)
{
    if ((*count & (*count - 1)) == 0) {
        *list = realloc(*list, (*count * 2 + 1) * sizeof(**list));
        if (*list == NULL)
            host_fail("the host has no memory left");
    }
    (*list)[(*count)++] = host_strdup(name);
}

static char **list_names(const char *path, size_t *count)
{
    char **list = NULL;
    struct dirent *entry;
    DIR *stream = opendir(path);
    if (stream == NULL)
        host_fail("cannot read the directory %s: %s", path, strerror(errno));
    *count = 0;
    while (errno = 0, (entry = readdir(stream)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            append(&list, count, entry->d_name);
    }
    if (errno != 0)
        host_fail("cannot read the directory %s: %s", path, strerror(errno));
    closedir(stream);
    if (*count > 0)
        qsort(list, *count, sizeof(*list), compare_names);
    return list;
}

static void scan_dir(struct scan *scan, struct tree_node *dir, const char *path);

static void scan_name(struct scan *scan, struct tree_node *dir, const char *path, const char *name)
{
    struct stat st;
    if (lstat(path, &st) < 0)
        host_fail("cannot look at %s: %s", path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        scan_dir(scan, enter_dir(scan, dir, path, &st), path);
    else if (st.st_nlink > 1)
        add_name(dir, path, name, scan_linked(scan, path, &st));
    else
        add_name(dir, path, name, scan_file(scan, path, &st));
}

static void scan_dir(struct scan *scan, struct tree_node *dir, const char *path)
{
    size_t count;
    char **names = list_names(path, &count);
    for (size_t i = 0; i < count; i++) {
        char *inside = join(path, names[i]);
        scan_name(scan, dir, inside, names[i]);
        free(inside);
        free(names[i]);
    }
    free(names);
}

static void forget_links(struct scan *scan)
{
    struct link *next;
    for (size_t i = 0; i < LINK_BUCKETS; i++) {
        for (struct link *link = scan->links[i]; link != NULL; link = next) {
            next = link->next;
            free(link);
        }
    }
}

void host_add(struct tree *tree, const char *path, int64_t latest)
{
    struct scan scan = {.tree = tree, .latest = latest};
    scan_dir(&scan, tree->root, path);
    forget_links(&scan);
}

/* Reads until the block is full or the file ends. */
static size_t read_block(int fd, uint8_t *block, const char *path)
{
    size_t have = 0;
    while (have < FS_BLOCK_SIZE) {
        ssize_t n = read(fd, block + have, FS_BLOCK_SIZE - have);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            host_fail("cannot read %s: %s", path, strerror(errno));
        if (n == 0)
            break;
        have += (size_t)n;
    }
    return have;
}

void host_copy(struct image_file *to, const struct tree_node *node)
{
    uint8_t block[FS_BLOCK_SIZE];
    size_t n;
    int fd = open(node->source, O_RDONLY);
    if (fd < 0)
        host_fail("cannot read %s: %s", node->source, strerror(errno));
    while ((n = read_block(fd, block, node->source)) > 0) {
        if (!image_file_put(to, block, n))
            host_fail("%s grew beyond the biggest file while it was copied", node->source);
        if (n < FS_BLOCK_SIZE)
            break;
    }
    close(fd);
}
