/* The edges of an address space: its ends, the stack, the heap, and how many mappings it takes. */
#include "tests.h"

#define USER_END   0x4000000000UL
#define USER_START 0x1000UL
#define MIB        ((size_t)1 << 20)

static uint8_t *try_fixed(uintptr_t address, size_t length)
{
    return mmap((void *)address, length, RW, ANON | MAP_FIXED, -1, 0);
}

static void child_stores_pages(void *argument)
{
    uint8_t *at = argument;
    CHECK(load(at) == 1 && load(at + PAGE - 1) == 2, "the parent's bytes");
    store(at, 3);
    CHECK(munmap(at, PAGE) == 0 && !is_readable(at), "unmap");
}

static void check_edge(uintptr_t address)
{
    uint8_t *at = try_fixed(address, PAGE);
    if (!CHECK(at == (uint8_t *)address, "map the page at %#lx", (unsigned long)address))
        return;
    CHECK(is_zero(at, PAGE), "it is zero");
    store(at, 1);
    store(at + PAGE - 1, 2);
    CHECK(finish(start(child_stores_pages, at)), "a child's copy at %#lx", (unsigned long)address);
    CHECK(load(at) == 1 && load(at + PAGE - 1) == 2, "is the child's");
    CHECK(munmap(at, PAGE) == 0 && !is_readable(at), "unmap it");
}

/* DEFECTS 46: the first and the last page that a program may have. */
void top_and_bottom(void)
{
    if (!test_on_quire())
        SKIP("other kernels have other ends");
    check_edge(USER_END - PAGE);
    check_edge(USER_START);
    CHECK(try_fixed(USER_END, PAGE) == MAP_FAILED && errno == ENOMEM, "the page behind the end");
    CHECK(try_fixed(USER_END - PAGE, 2 * PAGE) == MAP_FAILED && errno == ENOMEM, "across it");
    CHECK(try_fixed(0, PAGE) == MAP_FAILED && errno == EPERM, "the page at 0");
    CHECK(munmap((void *)(USER_END - PAGE), 2 * PAGE) == -1 && errno == EINVAL, "unmap across");
    uint8_t *last = try_fixed(USER_END - 2 * PAGE, 2 * PAGE);
    CHECK(last != MAP_FAILED && is_zero(last, 2 * PAGE), "two pages below the end");
    uint8_t *again = map(PAGE, RW, ANON, -1, 0);
    CHECK((uintptr_t)again < USER_END - 2 * PAGE && is_zero(again, PAGE),
          "another finds its place");
}

void null_is_not_mapped(void)
{
    uint8_t *null = NULL;
    __asm__("" : "+r"(null)); /* so that the compiler does not know */
    CHECK(load_signal(null) == SIGSEGV && store_signal(null + 8) == SIGSEGV, "the page at 0");
    CHECK(load_signal((void *)USER_END) == SIGSEGV || !test_on_quire(), "behind user space");
    CHECK(load_signal((void *)0xffffffc080200000) == SIGSEGV, "load from the kernel");
    CHECK(store_signal((void *)0xffffffc080200000) == SIGSEGV, "store to the kernel");
    CHECK(load_signal((void *)((uintptr_t)1 << 63)) == SIGSEGV, "an address that cannot be");
    CHECK(load_signal((void *)(~(uintptr_t)0 - 7)) == SIGSEGV, "the last bytes of all");
}

/* --- The stack --- */

/* Uses 64 KiB of stack a level, and checks on the way back that each level kept its own. */
static unsigned __attribute__((noinline)) recurse(unsigned depth)
{
    volatile uint8_t frame[16 * PAGE];
    for (size_t at = 0; at < sizeof(frame); at += PAGE)
        frame[at] = (uint8_t)(depth + at / PAGE);
    unsigned wrong = depth == 0 ? 0 : recurse(depth - 1);
    for (size_t at = 0; at < sizeof(frame); at += PAGE)
        wrong += frame[at] != (uint8_t)(depth + at / PAGE);
    return wrong;
}

void stack_grows(void)
{
    CHECK(recurse(64) == 0, "4 MiB of stack");
    CHECK(recurse(100) == 0, "6 MiB of it");
}

/* About where the stack pointer is, without telling the compiler what lies there. */
static uint8_t *stack_top(void)
{
    uint8_t *top = __builtin_frame_address(0);
    __asm__("" : "+r"(top));
    return top;
}

/* Not page by page: one access far below the stack pointer, by the program and by the kernel. */
void stack_grows_at_once(void)
{
    uint8_t *top = stack_top(), *below = top - 3 * MIB;
    int fd = make_file("stack", PAGE, 1);
    CHECK(pread(fd, top - MIB, PAGE, 0) == (ssize_t)PAGE, "read into stack that is not there");
    CHECK(holds(top - MIB, PAGE, 0, 1), "what was read");
    store(below, 7);
    CHECK(load(below) == 7 && is_zero(below + 1, PAGE), "a store 3 MiB down");
    CHECK(is_readable(below + MIB), "all that lies between is there");
}

static void recurse_forever(void *argument)
{
    recurse(1u << 30);
}

void stack_ends(void)
{
    CHECK(signal_of(recurse_forever, NULL) == SIGSEGV, "a stack without end");
}

struct descent {
    uint8_t *goal;
    uint8_t *volatile *lowest; /* in shared memory */
};

static void descend(void *argument)
{
    struct descent *descent = argument;
    for (uint8_t *at = stack_top(); at > descent->goal + PAGE; at -= PAGE) {
        store(at - PAGE, 0xff);
        *descent->lowest = at - PAGE;
    }
}

/* DEFECTS 46: a stack that comes near a mapping dies before it touches it. */
void stack_meets_mapping(void)
{
    uintptr_t goal = ((uintptr_t)stack_top() - 3 * MIB) / PAGE * PAGE;
    struct descent descent = {(uint8_t *)goal, (uint8_t *volatile *)shared_words()};
    map_over(descent.goal, PAGE, ANON_SHARED, -1);
    fill(descent.goal, PAGE, 0, 1);
    CHECK(signal_of(descend, &descent) == SIGSEGV, "the stack dies");
    CHECK(holds(descent.goal, PAGE, 0, 1), "the mapping is as it was");
    size_t left = (size_t)(*descent.lowest - descent.goal);
    CHECK(*descent.lowest != NULL && left > 16 * PAGE, "a gap of %zu bytes is left", left);
    CHECK(left < 2 * MIB, "not more than necessary: %zu", left);
}

/* --- The heap --- */

static uint8_t *heap_end(void)
{
    return sbrk(0);
}

void heap_moves(void)
{
    uint8_t *before = heap_end();
    CHECK(sbrk(10 * PAGE + 5) == before && heap_end() == before + 10 * PAGE + 5, "grow");
    CHECK(is_zero(before, 10 * PAGE + 5), "zero");
    fill(before, 10 * PAGE + 5, 0, 1);
    CHECK(sbrk(-(intptr_t)(7 * PAGE + 5)) != (void *)-1, "shrink");
    CHECK(holds(before, 3 * PAGE, 0, 1), "the rest stays");
    uint8_t *behind = (uint8_t *)(((uintptr_t)before + 4 * PAGE - 1) / PAGE * PAGE);
    CHECK(!is_readable(behind) && !is_readable(behind + 5 * PAGE), "what went is gone");
    CHECK(sbrk(7 * PAGE) != (void *)-1 && is_zero(behind, 6 * PAGE), "and comes back as zeros");
    CHECK(brk(before) == 0 && heap_end() == before, "back to where it was");
    CHECK(sbrk(1) == before && sbrk(1) == before + 1 && brk(before) == 0, "byte by byte");
}

void heap_refuses(void)
{
    uint8_t *before = heap_end();
    brk((void *)USER_START);
    CHECK(heap_end() == before, "an end below the heap's start");
    CHECK(brk((void *)0xffffffc080200000) == -1 && errno == ENOMEM, "an end in the kernel");
    CHECK(heap_end() == before, "leave it where it was");
    CHECK(sbrk((intptr_t)1 << 46) == (void *)-1 && errno == ENOMEM, "more than there can be");
    void *memory = malloc(100);
    CHECK(memory != NULL, "malloc after that");
    free(memory);
}

/* DEFECTS 46: a heap that would grow into a mapping does not. */
void heap_meets_mapping(void)
{
    uint8_t *before = heap_end();
    uint8_t *wall = (uint8_t *)(((uintptr_t)before + PAGE - 1) / PAGE * PAGE) + 8 * PAGE;
    map_over(wall, PAGE, ANON, -1);
    fill(wall, PAGE, 0, 1);
    CHECK(sbrk(4 * PAGE) == before, "as long as there is room");
    CHECK(sbrk(64 * PAGE) == (void *)-1 && errno == ENOMEM, "not over a mapping");
    CHECK(sbrk(5 * PAGE) == (void *)-1 && heap_end() == before + 4 * PAGE, "not into it");
    CHECK(brk(wall - PAGE) == 0, "up to the page before it");
    fill(before, (size_t)(wall - PAGE - before), 0, 2);
    CHECK(holds(wall, PAGE, 0, 1), "the mapping is as it was");
    void *memory = malloc(MIB / 4);
    CHECK(memory != NULL, "malloc finds another place");
    free(memory);
}

/* --- Many mappings --- */

static size_t map_until_refused(uint8_t **maps, size_t limit)
{
    for (size_t i = 0; i < limit; i++) {
        /* Neighbours with different rights do not become one mapping. */
        maps[i] = mmap(NULL, PAGE, i % 2 ? PROT_READ : PROT_NONE, ANON, -1, 0);
        if (maps[i] == MAP_FAILED)
            return i;
    }
    return limit;
}

void too_many_mappings(void)
{
    enum { LIMIT = 70000 };
    uint8_t **maps = (uint8_t **)map(LIMIT * sizeof(*maps), RW, ANON, -1, 0);
    uint8_t *three = map(3 * PAGE, RW, ANON_SHARED, -1, 0);
    size_t count = map_until_refused(maps, LIMIT);
    CHECK(count < LIMIT && errno == ENOMEM, "%zu mappings, then no more", count);
    CHECK(munmap(three + PAGE, PAGE) == -1 && errno == ENOMEM, "no cut that makes two of one");
    store(three + PAGE, 1);
    CHECK(load(three + PAGE) == 1, "what was not cut is whole");
    CHECK(munmap(three, PAGE) == 0 && load(three + PAGE) == 1, "a shorter one is no more");
    for (size_t i = 0; i < count; i++)
        MUST(munmap(maps[i], PAGE) == 0, "unmap number %zu", i);
    CHECK(munmap(map(PAGE, RW, ANON, -1, 0), PAGE) == 0, "and there is room again");
}
