/* Memory: sbrk in all its forms, malloc, the stack. */
#include "kernel/types.h"
#include "kernel/param.h"
#include "kernel/fcntl.h"
#include "kernel/memlayout.h"
#include "kernel/riscv.h"
#include "kernel/vm.h"
#include "user/user.h"

#include "check.h"

#define MIB (1024 * 1024)
#define GIB (1024 * MIB)

static void small_steps(void)
{
    char *start = sbrk(0);
    for (int i = 0; i < 5000; i++) {
        char *at = sbrk(1);
        if (at != start + i || *at != 0)
            CHECK(!"one byte more");
        *at = 1;
    }
    CHECK(sbrk(-5000) == start + 5000 && sbrk(0) == start);
    CHECK(sbrk(PGSIZE) == start && start[0] == 0 && sbrk(-PGSIZE) == start + PGSIZE);
    CHECK(sbrk(-2147483647) == start && sbrk(0) == start);
}

/* All of memory, page after page, twice the same; nothing is killed. */
static int count_free(void)
{
    int n = 0;
    char *start = sbrk(0), *at;
    while ((at = sbrk(PGSIZE)) != SBRK_ERROR) {
        at[PGSIZE - 1] = 1;
        n++;
    }
    sbrk(start - (char *)sbrk(0));
    return n;
}

static void all_memory(void)
{
    int n = count_free();
    CHECK(n > 16 * MIB / PGSIZE && n == count_free());
    CHECK(sbrk(1000 * MIB) == SBRK_ERROR && sbrk(0) != SBRK_ERROR);
    CHECK(malloc(2000u * MIB) == 0);
}

static void too_much_memory(void)
{
    void *all = 0, *more;
    while ((more = malloc(10001)) != 0) {
        *(void **)more = all;
        all = more;
    }
    while (all != 0) {
        more = *(void **)all;
        free(all);
        all = more;
    }
    exit(malloc(20 * 1024) == 0);
}

static void lazily(void)
{
    char *start = sbrklazy(GIB);
    CHECK(start != SBRK_ERROR && sbrk(0) == start + GIB);
    for (char *at = start; at < start + GIB; at += 8 * MIB)
        *at = 7;
    CHECK(start[8 * MIB] == 7 && start[8 * MIB + 1] == 0);
    CHECK(sbrklazy(-GIB) == start + GIB && sbrk(0) == start);
    CHECK(sys_sbrk(PGSIZE, SBRK_LAZY) == start && start[0] == 0);
    CHECK(sys_sbrk(-PGSIZE, SBRK_EAGER) == start + PGSIZE && sys_sbrk(0, SBRK_EAGER) == start);
}

static void touch_freed(void)
{
    char *at = sbrk(2 * PGSIZE);
    sbrk(-2 * PGSIZE);
    at[PGSIZE] = 1;
}

static void below_stack(void)
{
    char *sp = (char *)r_sp() - USERSTACK * PGSIZE;
    printf("below the stack: %d\n", *sp);
}

static void store_forbidden(void)
{
    *(volatile int *)TRAPFRAME = 1;
}

static void read_kernel(void)
{
    printf("the kernel: %d\n", *(volatile int *)KERNBASE);
}

static void forbidden(void)
{
    CHECK(status_of(touch_freed) == -1 && status_of(below_stack) == -1);
    CHECK(status_of(store_forbidden) == -1 && status_of(read_kernel) == -1);
}

/* The system reads and writes what sbrk gave, whether it was touched or not. */
static void given_to_calls(void)
{
    char *start = sbrklazy(2 * PGSIZE);
    int fd = open("README", O_RDONLY);
    CHECK(read(fd, start + PGSIZE - 8, 16) == 16 && start[PGSIZE - 8] == 'T');
    CHECK(pipe((int *)(start + 64)) == 0);
    close(fd);
    sbrk(-2 * PGSIZE);
    fd = open("README", O_RDONLY);
    CHECK(read(fd, start + PGSIZE, 10) == -1);
    close(fd);
}

static void blocks(void)
{
    char *some[100];
    for (int i = 0; i < 100; i++) {
        some[i] = malloc(i * 37);
        CHECK(some[i] != 0);
        memset(some[i], i, i * 37);
    }
    for (int i = 0; i < 100; i++) {
        CHECK(i == 0 || (some[i][0] == i && some[i][i * 37 - 1] == i));
        free(some[i]);
    }
    free(0);
}

static int deep(int n)
{
    volatile char page[PGSIZE];
    page[0] = n;
    return n == 0 ? 0 : deep(n - 1) + (page[0] == (char)n);
}

int main(void)
{
    small_steps();
    all_memory();
    CHECK(status_of(too_much_memory) == 0);
    lazily();
    forbidden();
    given_to_calls();
    blocks();
    CHECK(deep(100) == 100);
    exit(check_end());
}
