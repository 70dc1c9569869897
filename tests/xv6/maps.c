/* mmap and munmap as the labs call them, with what user.h declares. */
#include "kernel/param.h"
#include "kernel/fcntl.h"
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/riscv.h"
#include "kernel/fs.h"
#include "user/user.h"

#include "check.h"

#define MAP_FAILED ((char *)-1)

static char page[PGSIZE];

/* A page and a half of `a`. */
static void make_file(void)
{
    unlink("mapped");
    int fd = open("mapped", O_CREATE | O_WRONLY);
    memset(page, 'a', PGSIZE);
    CHECK(write(fd, page, PGSIZE) == PGSIZE && write(fd, page, PGSIZE / 2) == PGSIZE / 2);
    close(fd);
}

static char *map(int length, int open_flags, int protection, int flags)
{
    int fd = open("mapped", open_flags);
    char *at = mmap(0, length, protection, flags, fd, 0);
    close(fd);
    return at;
}

static int byte_of_file(int at)
{
    int fd = open("mapped", O_RDONLY);
    for (; at >= PGSIZE; at -= PGSIZE)
        read(fd, page, PGSIZE);
    CHECK(read(fd, page, at + 1) == at + 1);
    close(fd);
    return page[at];
}

static void privately(void)
{
    char *at = map(2 * PGSIZE, O_RDONLY, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    CHECK(at != MAP_FAILED && at[0] == 'a' && at[PGSIZE * 3 / 2 - 1] == 'a');
    CHECK(at[PGSIZE * 3 / 2] == 0 && at[2 * PGSIZE - 1] == 0);
    at[0] = 'b';
    CHECK(byte_of_file(0) == 'a' && munmap(at, 2 * PGSIZE) == 0);
}

static void shared(void)
{
    CHECK(map(PGSIZE, O_RDONLY, PROT_READ | PROT_WRITE, MAP_SHARED) == MAP_FAILED);
    char *at = map(3 * PGSIZE, O_RDWR, PROT_READ | PROT_WRITE, MAP_SHARED);
    CHECK(at != MAP_FAILED);
    at[0] = 'b';
    at[PGSIZE + 1] = 'c';
    CHECK(byte_of_file(0) == 'b' && byte_of_file(PGSIZE + 1) == 'c');
    int fd = open("mapped", O_WRONLY);
    CHECK(write(fd, "d", 1) == 1 && at[0] == 'd');
    close(fd);
    CHECK(munmap(at, 2 * PGSIZE) == 0 && munmap(at + 2 * PGSIZE, PGSIZE) == 0);
    CHECK(byte_of_file(PGSIZE + 1) == 'c' && byte_of_file(PGSIZE) == 'a');
}

static char *place;

static void load(void)
{
    printf("loaded %d\n", *(volatile char *)place);
}

static void store(void)
{
    *(volatile char *)place = 1;
}

static void forked(void)
{
    char *at = map(2 * PGSIZE, O_RDWR, PROT_READ | PROT_WRITE, MAP_SHARED);
    if (fork() == 0) {
        at[5] = 'f';
        exit(munmap(at, PGSIZE));
    }
    int status = 1;
    wait(&status);
    CHECK(status == 0 && at[5] == 'f');
    place = at;
    CHECK(munmap(at, PGSIZE) == 0 && status_of(load) == -1 && munmap(at + PGSIZE, PGSIZE) == 0);
    place = map(PGSIZE, O_RDWR, PROT_READ, MAP_SHARED);
    CHECK(status_of(load) == 0 && status_of(store) == -1 && munmap(place, PGSIZE) == 0);
}

static void errors(void)
{
    CHECK(mmap(0, 0, PROT_READ, MAP_PRIVATE, 0, 0) == MAP_FAILED);
    CHECK(mmap(0, PGSIZE, PROT_READ, MAP_SHARED, 77, 0) == MAP_FAILED);
    CHECK(munmap((void *)1, PGSIZE) == -1);
}

int main(void)
{
    make_file();
    privately();
    shared();
    forked();
    errors();
    CHECK(unlink("mapped") == 0);
    return check_end();
}
