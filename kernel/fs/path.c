/* From names to inodes: see path.h. */
#include "fs/path.h"

#include "abi/errno.h"
#include "fs/data.h"
#include "lib/string.h"
#include "lib/util.h"

#define MAX_LINKS 40 /* that one path may lead through, as on Linux */

static struct inode *root; /* [const] after mount */

void path_set_root(struct inode *ip)
{
    root = ip;
}

struct inode *path_root(void)
{
    inode_hold(root);
    return root;
}

/*
 * A walk: `at` is the directory that was reached, `rest` what is still to go. After a symbolic link
 * `rest` lies in `page`.
 */
struct walk {
    struct inode *at; /* with a reference */
    const char *rest;
    struct page *page; /* or NULL */
    unsigned links;    /* followed so far */
};

static void walk_begin(struct walk *w, struct inode *start, const char *path)
{
    *w = (struct walk){.at = path[0] == '/' ? root : start, .rest = path};
    inode_hold(w->at);
}

static void walk_end(struct walk *w)
{
    if (w->at != NULL)
        inode_put(w->at);
    if (w->page != NULL)
        page_put(w->page);
}

/* Replaces where the walk is by another inode, whose reference it takes over. */
static void walk_move(struct walk *w, struct inode *ip)
{
    inode_put(w->at);
    w->at = ip;
}

/* The next name of the path; length 0 at the end. */
static int next_name(struct walk *w, struct dir_name *name)
{
    while (*w->rest == '/')
        w->rest++;
    name->text = w->rest;
    while (*w->rest != '/' && *w->rest != '\0')
        w->rest++;
    size_t length = (size_t)(w->rest - name->text);
    name->length = (unsigned)length;
    return length > NAME_MAX ? -ENAMETOOLONG : 0;
}

static bool is_last(const struct walk *w)
{
    const char *rest = w->rest;
    while (*rest == '/')
        rest++;
    return *rest == '\0';
}

static bool is_dot_dot(struct dir_name name)
{
    return name.length == 2 && name.text[0] == '.' && name.text[1] == '.';
}

/* The directory of the same place that has a name in a directory above it. */
static struct inode *uncover(struct inode *dir)
{
    return dir == dir->fs->root ? dir->fs->covers : dir;
}

/* The inode that a name of the current directory means, with a reference. */
static int look_up(struct inode *dir, struct dir_name name, struct inode **ip)
{
    if (!inode_is_dir(dir))
        return -ENOTDIR;
    if (is_dot_dot(name))
        dir = uncover(dir);
    int err = dir->fs->lookup(dir, name, ip);
    if (err == 0 && inode_is_dir(*ip) && (*ip)->leads_to != NULL) {
        struct inode *below = *ip;
        *ip = below->leads_to;
        inode_hold(*ip);
        inode_put(below);
    }
    return err;
}

int vfs_mount(struct file_system *fs, const char *path)
{
    struct inode *dir;
    int err = path_find(root, path, &dir);
    if (err != 0)
        return err;
    if (!inode_is_dir(dir) || dir == root || dir == dir->fs->root) {
        inode_put(dir);
        return -ENOTDIR;
    }
    inode_hold(fs->root);
    fs->covers = dir;
    dir->leads_to = fs->root;
    return 0;
}

/* A page with the link's target, a slash, and the rest of the path behind it. */
static int expand(struct walk *w, struct inode *link, struct page *page)
{
    char *text = page_data(page);
    struct page *data;
    uint64_t length = inode_size(link);
    size_t rest = strlen(w->rest);
    if (length == 0)
        return -ENOENT;
    if (length + 1 + rest + 1 > PATH_MAX)
        return -ENAMETOOLONG;
    int err = object_read_page(&link->object, 0, &data);
    if (err < 0)
        return err;
    memcpy(text, page_data(data), length);
    page_unpin(data);
    text[length] = '/';
    memcpy(text + length + 1, w->rest, rest + 1);
    if (rest == 0)
        text[length] = '\0'; /* a slash at the end would ask for a directory */
    return 0;
}

/* Goes on with the target of a link, whose reference it takes over. */
static int walk_follow(struct walk *w, struct inode *link)
{
    int err = ++w->links > MAX_LINKS ? -ELOOP : 0;
    if (err == 0 && link->leads_to != NULL) {
        inode_hold(link->leads_to);
        walk_move(w, link->leads_to);
        inode_put(link);
        return 0;
    }
    struct page *page = err == 0 ? kalloc(PAGE_BUFFER) : NULL;
    if (err == 0)
        err = page == NULL ? -ENOMEM : expand(w, link, page);
    inode_put(link);
    if (err != 0) {
        if (page != NULL)
            page_put(page);
        return err;
    }
    if (w->page != NULL)
        page_put(w->page);
    w->page = page;
    w->rest = page_data(page);
    if (w->rest[0] == '/') {
        inode_hold(root);
        walk_move(w, root);
    }
    return 0;
}

/* Walks the whole path; `follow` also what a link at its end points to. */
static int walk_all(struct walk *w, bool follow)
{
    for (;;) {
        struct dir_name name;
        struct inode *next;
        int err = next_name(w, &name);
        if (err != 0)
            return err;
        if (name.length == 0)
            break;
        err = look_up(w->at, name, &next);
        if (err != 0)
            return err;
        if (S_ISLNK(next->mode) && (follow || *w->rest != '\0'))
            err = walk_follow(w, next);
        else
            walk_move(w, next);
        if (err != 0)
            return err;
    }
    bool slash = w->rest[-1] == '/';
    return slash && !inode_is_dir(w->at) ? -ENOTDIR : 0;
}

static int find(struct inode *start, const char *path, bool follow, struct inode **ip)
{
    struct walk w;
    if (path[0] == '\0')
        return -ENOENT;
    walk_begin(&w, start, path);
    int err = walk_all(&w, follow);
    if (err == 0) {
        *ip = w.at;
        w.at = NULL;
    }
    walk_end(&w);
    return err;
}

int path_find(struct inode *start, const char *path, struct inode **ip)
{
    return find(start, path, true, ip);
}

int path_find_link(struct inode *start, const char *path, struct inode **ip)
{
    return find(start, path, false, ip);
}

/* Whether the last name is a symbolic link: 1 and the walk goes on behind it; 0; or an error. */
static int follow_last(struct walk *w, struct dir_name name)
{
    struct inode *ip;
    int err = look_up(w->at, name, &ip);
    if (err == -ENOENT)
        return 0;
    if (err != 0)
        return err;
    if (!S_ISLNK(ip->mode) || ip->leads_to != NULL) { /* what one leads to may have no name */
        inode_put(ip);
        return 0;
    }
    err = walk_follow(w, ip);
    return err == 0 ? 1 : err;
}

/* Walks up to the last name, which is left in *name. */
static int walk_to_last(struct walk *w, bool follow, struct dir_name *name)
{
    for (;;) {
        struct inode *next;
        int err = next_name(w, name);
        if (err != 0)
            return err;
        if (!inode_is_dir(w->at))
            return -ENOTDIR;
        if (is_last(w)) {
            err = follow && name->length > 0 ? follow_last(w, *name) : 0;
            if (err <= 0)
                return err;
            continue;
        }
        err = look_up(w->at, *name, &next);
        if (err != 0)
            return err;
        if (S_ISLNK(next->mode))
            err = walk_follow(w, next);
        else
            walk_move(w, next);
        if (err != 0)
            return err;
    }
}

static int find_parent(struct inode *start, const char *path, bool follow, struct path_end *end)
{
    struct walk w;
    if (path[0] == '\0')
        return -ENOENT;
    walk_begin(&w, start, path);
    int err = walk_to_last(&w, follow, &end->name);
    if (err == 0) {
        /* The root itself has no name: "." in it stands for that. */
        strlcpy(end->text, ".", sizeof(end->text));
        if (end->name.length > 0) {
            memcpy(end->text, end->name.text, end->name.length);
            end->text[end->name.length] = '\0';
        }
        end->must_be_dir = *w.rest == '/';
        end->is_root = end->name.length == 0;
        end->name = (struct dir_name){end->text, (unsigned)strlen(end->text)};
        end->dir = w.at;
        w.at = NULL;
    }
    walk_end(&w);
    return err;
}

int path_find_parent(struct inode *start, const char *path, struct path_end *end)
{
    return find_parent(start, path, false, end);
}

int path_find_parent_followed(struct inode *start, const char *path, struct path_end *end)
{
    return find_parent(start, path, true, end);
}

/* --- The other way round --- */

/* The search for the name of an inode number in a directory. */
struct name_search {
    uint64_t ino;
    unsigned length; /* 0: not found yet */
    char text[NAME_MAX];
};

static bool note_name(void *arg, const struct dir_entry *entry)
{
    struct name_search *s = arg;
    if (entry->ino != s->ino)
        return true;
    s->length = entry->name.length;
    memcpy(s->text, entry->name.text, entry->name.length);
    return false;
}

/* Looks for it: 0, -ENOENT, -EIO, -ENOMEM. */
static int find_name(struct inode *dir, const struct inode *ip, struct name_search *s)
{
    uint64_t at = 0;
    s->ino = inode_number(ip);
    s->length = 0;
    int err = dir->fs->list(dir, &at, note_name, s);
    return err != 0 ? err : s->length == 0 ? -ENOENT : 0;
}

/* The name of directory `ip` in its parent, which it goes up to. */
static int go_up(struct inode **ip, struct name_search *s)
{
    struct inode *parent;
    int err = look_up(*ip, (struct dir_name){"..", 2}, &parent);
    if (err != 0)
        return err;
    err = find_name(parent, uncover(*ip), s);
    inode_put(*ip);
    *ip = parent;
    return err;
}

/* A path that grows from the end of a buffer to its front. */
struct path_text {
    char *buffer;
    size_t size;
    size_t at; /* where it begins */
};

static int put_in_front(struct path_text *t, const char *text, size_t length)
{
    if (length > t->at)
        return -ERANGE;
    t->at -= length;
    memcpy(t->buffer + t->at, text, length);
    return 0;
}

static int put_name(struct path_text *t, const char *name, size_t length)
{
    int err = put_in_front(t, name, length);
    return err == 0 ? put_in_front(t, "/", 1) : err;
}

/* The names on the way from the root, in front of what is there. */
static int put_dirs(struct path_text *t, struct inode *dir)
{
    int err = 0;
    inode_hold(dir);
    while (err == 0 && dir != root) {
        struct name_search s;
        err = dir->nlink == 0 ? -ENOENT : go_up(&dir, &s);
        if (err == 0)
            err = put_name(t, s.text, s.length);
    }
    inode_put(dir);
    return err;
}

static long finish_path(struct path_text *t)
{
    memmove(t->buffer, t->buffer + t->at, t->size - t->at);
    return (long)(t->size - t->at);
}

long path_of_dir(struct inode *dir, char *buffer, size_t size)
{
    struct path_text t = {buffer, size, size};
    int err = size < 2 ? -ERANGE : put_in_front(&t, "", 1);
    if (err == 0)
        err = put_dirs(&t, dir);
    if (err == 0 && buffer[t.at] == '\0')
        err = put_in_front(&t, "/", 1);
    return err != 0 ? err : finish_path(&t);
}

/* The directory in which a file was last found, with a reference; NULL: there is none. */
static struct inode *parent_of(const struct inode *ip)
{
    struct inode *dir = ip->fs->root;
    if (!inode_is_memory(ip))
        return ip->parent == 0 || inode_get(ip->parent, &dir) != 0 ? NULL : dir;
    if (dir != NULL)
        inode_hold(dir);
    return dir;
}

/* The name of a file that is in no directory any more, with a remark on that. */
static int put_last_name(struct path_text *t, struct inode *ip)
{
    static const char remark[] = " (deleted)";
    int err = put_in_front(t, remark, sizeof(remark) - 1);
    mutex_lock(&ip->lock);
    const char *name = ip->last_name != NULL ? ip->last_name : "?";
    if (err == 0)
        err = put_name(t, name, strlen(name));
    mutex_unlock(&ip->lock);
    return err;
}

long path_of(struct inode *ip, char *buffer, size_t size)
{
    struct path_text t = {buffer, size, size};
    struct name_search s;
    if (inode_is_dir(ip))
        return path_of_dir(ip, buffer, size);
    int err = put_in_front(&t, "", 1);
    struct inode *dir = parent_of(ip);
    bool found = dir != NULL && inode_is_dir(dir) && find_name(dir, ip, &s) == 0;
    if (err == 0)
        err = found ? put_name(&t, s.text, s.length) : put_last_name(&t, ip);
    if (err == 0 && dir != NULL && inode_is_dir(dir))
        err = put_dirs(&t, dir);
    if (dir != NULL)
        inode_put(dir);
    return err != 0 ? err : finish_path(&t);
}
