/* Files: opening, reading, writing, names, status, and directories read as files. */
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "kernel/fs.h"
#include "user/user.h"

#include "check.h"

#define BAD ((char *)0x3fffffe000)

static char buffer[2048];

static void reading_and_writing(void)
{
    int fd = open("made", O_CREATE | O_RDWR);
    CHECK(fd == 3);
    CHECK(write(fd, "0123456789", 10) == 10);
    CHECK(close(fd) == 0 && close(fd) == -1);
    fd = open("made", O_RDONLY);
    CHECK(read(fd, buffer, 4) == 4 && buffer[3] == '3');
    CHECK(write(fd, "x", 1) == -1);
    int copy = dup(fd);
    CHECK(read(copy, buffer, sizeof(buffer)) == 6 && buffer[0] == '4');
    CHECK(read(fd, buffer, 1) == 0);
    close(copy);
    close(fd);
    fd = open("made", O_WRONLY | O_TRUNC);
    CHECK(read(fd, buffer, 1) == -1);
    close(fd);
    fd = open("made", 0);
    CHECK(read(fd, buffer, 1) == 0);
    close(fd);
    CHECK(unlink("made") == 0 && open("made", 0) == -1);
}

static void cut_while_written(void)
{
    int one = open("made", O_CREATE | O_WRONLY), two;
    CHECK(write(one, "abcd", 4) == 4 && (two = open("made", O_WRONLY | O_TRUNC)) > one);
    CHECK(write(one, "e", 1) == -1 && write(two, "abcd", 4) == 4 && write(one, "e", 1) == 1);
    close(one);
    close(two);
    unlink("made");
}

static void bad_arguments(void)
{
    int fd = open("made", O_CREATE | O_RDWR);
    CHECK(write(fd, BAD, 8) == -1 && write(fd, buffer, -1) == -1 && write(77, buffer, 1) == -1);
    CHECK(write(fd, "abcdefgh", 8) == 8);
    close(fd);
    fd = open("made", 0);
    CHECK(read(fd, BAD, 8) == -1 && read(fd, buffer, -1) == -1 && read(77, buffer, 1) == -1);
    CHECK(fstat(fd, (struct stat *)BAD) == -1 && stat("made", (struct stat *)BAD) == -1);
    close(fd);
    CHECK(open(BAD, O_CREATE) == -1 && unlink(BAD) == -1 && mkdir(BAD) == -1 && chdir(BAD) == -1);
    CHECK(link(BAD, "x") == -1 && link("made", BAD) == -1 && mknod(BAD, 1, 1) == -1);
    CHECK(pipe((int *)BAD) == -1 && dup(-1) == -1 && fstat(-1, 0) == -1);
    memset(buffer, 'x', 128);
    buffer[128] = 0;
    CHECK(open(buffer, O_CREATE) == -1 && link(buffer, buffer) == -1);
    unlink("made");
}

static void many_descriptors(void)
{
    int last = -1, fd;
    while ((fd = open("README", 0)) >= 0)
        last = fd;
    CHECK(last == 15);
    int fds[2];
    CHECK(pipe(fds) == -1 && dup(0) == -1);
    for (fd = 3; fd <= last; fd++)
        close(fd);
    CHECK(open("README", 0) == 3 && close(3) == 0);
}

static void names(void)
{
    struct stat one, two;
    CHECK(mkdir("folder") == 0 && mkdir("folder") == -1);
    CHECK(close(open("folder/a", O_CREATE | O_WRONLY)) == 0);
    CHECK(link("folder/a", "folder/b") == 0 && link("folder/a", "folder/b") == -1);
    CHECK(link("folder", "other") == -1 && link("nothing", "other") == -1);
    CHECK(stat("folder/a", &one) == 0 && stat("folder/b", &two) == 0 && one.ino == two.ino);
    CHECK(one.type == T_FILE && one.nlink == 2 && one.size == 0 && one.dev == two.dev);
    CHECK(stat("folder", &one) == 0 && one.type == T_DIR && one.nlink == 1);
    CHECK(open("folder", O_RDWR) == -1 && open("folder", O_CREATE) == -1);
    CHECK(unlink("folder") == -1 && chdir("folder") == 0 && unlink("a") == 0);
    CHECK(unlink("b") == 0 && unlink("b") == -1 && unlink(".") == -1 && unlink("..") == -1);
    CHECK(chdir("..") == 0 && chdir("README") == -1 && unlink("folder") == 0);
    CHECK(stat("folder", &one) == -1 && mkdir("") == -1);
}

static void cut_names(void)
{
    struct stat status;
    CHECK(close(open("12345678901234567", O_CREATE)) == 0);
    CHECK(stat("12345678901234", &status) == 0 && stat("12345678901234xx", &status) == 0);
    CHECK(unlink("123456789012345") == 0 && stat("12345678901234", &status) == -1);
}

static void devices(void)
{
    struct stat status;
    CHECK(mknod("device", 1, 0) == 0 && mknod("device", 1, 0) == -1);
    int fd = open("device", O_RDWR);
    CHECK(fd >= 0 && fstat(fd, &status) == 0 && status.type == T_DEVICE);
    CHECK(write(fd, "to the console\n", 15) == 15);
    close(fd);
    CHECK(unlink("device") == 0);
}

/* Fills a folder, and finds each name once. */
static void directories(void)
{
    struct dirent record;
    char name[] = "entry-of-14-b0";
    int seen = 0, dots = 0;
    mkdir("many");
    chdir("many");
    for (int i = 0; i < 40; i++) {
        name[13] = '0' + i;
        close(open(name, O_CREATE));
    }
    int fd = open(".", O_RDONLY);
    struct stat status;
    CHECK(fstat(fd, &status) == 0 && status.type == T_DIR);
    CHECK(read(fd, BAD, sizeof(record)) == -1 && write(fd, "x", 1) == -1);
    while (read(fd, &record, sizeof(record)) == sizeof(record)) {
        CHECK(record.inum != 0);
        if (record.name[0] == '.')
            dots++;
        else if (memcmp(record.name, name, 13) == 0)
            seen |= 1 << (record.name[13] - '0') % 31;
    }
    CHECK(dots == 2 && seen == 0x7fffffff);
    CHECK(read(fd, &record, sizeof(record)) == 0 && close(fd) == 0);
    fd = open(".", O_RDONLY);
    int n = read(fd, buffer, sizeof(buffer));
    CHECK(n == 42 * sizeof(record) && read(fd, buffer, sizeof(buffer)) == 0);
    close(fd);
    for (int i = 0; i < 40; i++) {
        name[13] = '0' + i;
        unlink(name);
    }
    CHECK(chdir("/") == 0 && unlink("many") == 0);
}

/* As many blocks as the largest file of xv6 has, and one more, which is no failure here. */
static void large_file(void)
{
    int fd = open("large", O_CREATE | O_RDWR);
    int n = 0;
    while (n < MAXFILE + 1 && write(fd, buffer, BSIZE) == BSIZE)
        n++;
    struct stat status;
    CHECK(n == MAXFILE + 1 && fstat(fd, &status) == 0 && status.size == (MAXFILE + 1) * BSIZE);
    close(fd);
    CHECK(unlink("large") == 0);
}

static void neighbours(void)
{
    char *files[] = {"README", "cat",   "echo", "grep", "init", "kill",   "ln",
                     "ls",     "mkdir", "rm",   "sh",   "wc",   "/README"};
    struct stat status;
    for (int i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        CHECK(stat(files[i], &status) == 0 && status.type == T_FILE && status.size > 1000);
}

int main(int argc, char *argv[])
{
    reading_and_writing();
    cut_while_written();
    bad_arguments();
    many_descriptors();
    names();
    cut_names();
    devices();
    directories();
    large_file();
    neighbours();
    exit(check_end());
}
