/* Folders and files by glibc: making, reading, walking, and what stat says. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int wanted(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static struct {
    int folders, files, links, deepest;
    long bytes;
} seen;

/* The order is the file system's own, so there are only sums. */
static int adds(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    seen.folders += kind == FTW_DP;
    seen.files += kind == FTW_F;
    seen.links += kind == FTW_SL;
    seen.bytes += kind == FTW_F ? (long)status->st_size : 0;
    seen.deepest = walk->level > seen.deepest ? walk->level : seen.deepest;
    return 0;
}

static int removes(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    return remove(path);
}

static void make_files(void)
{
    char name[40];
    umask(022);
    for (int i = 0; i < 30; i++) {
        snprintf(name, sizeof(name), "files/file%02d", i);
        FILE *f = fopen(name, "w");
        fprintf(f, "%0*d\n", i, i);
        fclose(f);
    }
    printf("%d %d\n", symlink("file05", "files/link"), mkdir("files/sub", 0700));
}

static void list(void)
{
    struct dirent **names;
    int n = scandir("files", &names, wanted, alphasort);
    for (int i = 0; i < n; i++)
        printf("%s%s", names[i]->d_name, i + 1 < n ? " " : "\n");
    DIR *folder = opendir("files");
    int count = 0, again = 0;
    while (readdir(folder) != NULL)
        count++;
    rewinddir(folder);
    while (readdir(folder) != NULL)
        again++;
    printf("%d %d %d\n", count, again, dirfd(folder) >= 0);
    closedir(folder);
}

int main(void)
{
    char text[100] = "", path[4096];
    if (mkdir("files", 0755) != 0)
        return 1;
    make_files();
    list();
    nftw("files", adds, 10, FTW_PHYS | FTW_DEPTH | FTW_MOUNT);
    printf("%d %d %d %ld %d\n", seen.folders, seen.files, seen.links, seen.bytes, seen.deepest);
    FILE *f = fopen("files/link", "r+");
    fseek(f, -3, SEEK_END);
    printf("%s", fgets(text, sizeof(text), f));
    fprintf(f, "more");
    printf("%ld %d\n", ftell(f), fclose(f));
    printf("%zd %s\n", readlink("files/link", text, sizeof(text)), text);
    printf("%s\n", strstr(realpath("files/sub/../link", path), "/files/"));
    printf("%d ", symlink("nowhere", "files/dangles"));
    printf("%d ", faccessat(AT_FDCWD, "files/dangles", F_OK, 0));
    printf("%d ", faccessat(AT_FDCWD, "files/dangles", F_OK, AT_SYMLINK_NOFOLLOW));
    printf("%d ", faccessat(AT_FDCWD, "files/link", R_OK | W_OK, AT_EACCESS));
    printf("%d\n", faccessat(AT_FDCWD, "files/link", R_OK, 1));
    printf("%d %s\n", access("files/none", R_OK), strerror(errno));
    printf("%d %d\n", rename("files/file00", "files/sub/other"), rmdir("files/sub"));
    nftw("files", removes, 10, FTW_PHYS | FTW_DEPTH);
    printf("%d\n", access("files", F_OK));
    f = tmpfile();
    printf("%d", f != NULL && fputs("temporary", f) >= 0);
    rewind(f);
    printf(" %s\n", fgets(text, sizeof(text), f));
    return 0;
}
