/* Redirections. See redirect.h. */
#include "redirect.h"
#include "arena.h"
#include "expand.h"
#include "shell.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_SAVED_FD = 10 }; /* above those a redirection can name */

struct saved_fd {
    struct saved_fd *older;
    int fd, copy; /* copy -1: it was not open */
};

static int open_target(enum redirect_kind kind, const char *path)
{
    switch (kind) {
    case REDIRECT_READ: return open(path, O_RDONLY);
    case REDIRECT_WRITE: return open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    default: return open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);
    }
}

static bool redirect_file(const struct redirect *redirect, const char *path)
{
    int fd = open_target(redirect->kind, path);
    if (fd < 0) {
        shell_error("%s: %s", path, strerror(errno));
        return false;
    }
    if (fd != redirect->fd) {
        dup2(fd, redirect->fd);
        close(fd);
    }
    return true;
}

static bool redirect_one(const struct redirect *redirect)
{
    char *target = expand_single(redirect->target), *end;
    if (redirect->kind != REDIRECT_DUPLICATE)
        return redirect_file(redirect, target);
    if (strcmp(target, "-") == 0) {
        close(redirect->fd);
        return true;
    }
    int from = (int)strtol(target, &end, 10);
    if (end == target || *end != '\0' || dup2(from, redirect->fd) < 0) {
        shell_error("%s: %s", target, strerror(EBADF));
        return false;
    }
    return true;
}

bool redirect_forever(const struct redirect *redirects)
{
    for (; redirects != NULL; redirects = redirects->next)
        if (!redirect_one(redirects))
            return false;
    return true;
}

bool redirect_apply(const struct redirect *redirects, struct saved_fd **saved)
{
    for (; redirects != NULL; redirects = redirects->next) {
        struct saved_fd *entry = arena_alloc(sizeof(*entry));
        entry->older = *saved;
        entry->fd = redirects->fd;
        entry->copy = fcntl(redirects->fd, F_DUPFD_CLOEXEC, FIRST_SAVED_FD);
        *saved = entry;
        if (!redirect_one(redirects))
            return false;
    }
    return true;
}

void redirect_undo(struct saved_fd *saved)
{
    for (; saved != NULL; saved = saved->older) {
        if (saved->copy < 0) {
            close(saved->fd);
        } else {
            dup2(saved->copy, saved->fd);
            close(saved->copy);
        }
    }
}
