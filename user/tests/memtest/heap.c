/* The heap: brk both ways, and what else may be done with its pages. */
#include "tests.h"

static uint8_t *page_aligned_end(void)
{
    uint8_t *at = (uint8_t *)(((uintptr_t)sbrk(0) + PAGE - 1) / PAGE * PAGE);
    MUST(brk(at) == 0, "align the heap's end");
    return at;
}

/* Up and down in steps of many sizes, against the size that it should have. */
void heap_steps(void)
{
    uint8_t *at = page_aligned_end();
    size_t size = 0;
    for (unsigned round = 1; round < 200; round++) {
        size_t next = (size_t)round * 7919 % (64 * PAGE);
        MUST(brk(at + next) == 0 && (uint8_t *)sbrk(0) == at + next, "%zu bytes", next);
        size_t kept = min_size(size, next), first_new = (kept + PAGE - 1) / PAGE * PAGE;
        CHECK(holds(at, kept, 0, round - 1), "what was there, round %u", round);
        if (first_new < next)
            CHECK(is_zero(at + first_new, next - first_new), "new pages, round %u", round);
        fill(at, next, 0, round);
        size = next;
    }
    CHECK(brk(at) == 0, "back");
    NOT_UNDER_QEMU_USER("it keeps the heap's pages");
    CHECK(!is_readable(at) && !is_readable(at + 63 * PAGE), "nothing is left");
    check_audit();
}

static void child_moves_heap(void *argument)
{
    uint8_t *at = argument;
    CHECK(holds(at, 8 * PAGE, 0, 1), "the parent's heap");
    fill(at, 2 * PAGE, 0, 2);
    CHECK(brk(at + 2 * PAGE) == 0 && brk(at + 16 * PAGE) == 0, "down and up");
    CHECK(holds(at, 2 * PAGE, 0, 2) && is_zero(at + 2 * PAGE, 14 * PAGE), "its own");
}

void heap_over_fork(void)
{
    uint8_t *at = page_aligned_end();
    MUST(brk(at + 8 * PAGE) == 0, "grow");
    fill(at, 8 * PAGE, 0, 1);
    CHECK(finish(start(child_moves_heap, at)), "the child");
    CHECK((uint8_t *)sbrk(0) == at + 8 * PAGE && holds(at, 8 * PAGE, 0, 1), "here all is kept");
    check_audit();
}

/* Holes in it, other mappings in it, and other calls on it. */
void heap_is_memory(void)
{
    NOT_UNDER_QEMU_USER("it clears the heap's pages itself, mapped or not");
    uint8_t *at = page_aligned_end();
    MUST(brk(at + 16 * PAGE) == 0, "grow");
    fill(at, 16 * PAGE, 0, 1);
    CHECK(munmap(at + 4 * PAGE, 2 * PAGE) == 0 && !is_readable(at + 4 * PAGE), "a hole in it");
    map_over(at + 8 * PAGE, PAGE, ANON_SHARED, -1);
    store(at + 8 * PAGE, 9);
    MUST(brk(at + 20 * PAGE) == 0, "it still grows");
    CHECK(is_zero(at + 16 * PAGE, 4 * PAGE) && load(at + 8 * PAGE) == 9, "as it should");
    CHECK(brk(at + 2 * PAGE) == 0, "shrink over all of that");
    for (size_t page = 2; page < 20; page++)
        CHECK(!is_readable(at + page * PAGE), "page %zu is gone", page);
    CHECK(brk(at + 16 * PAGE) == 0 && is_zero(at + 2 * PAGE, 14 * PAGE), "and up again");
    CHECK(holds(at, 2 * PAGE, 0, 1), "what was kept");
    if (madvise(at, 16 * PAGE, MADV_DONTNEED) == 0)
        CHECK(is_zero(at, 16 * PAGE), "thrown away");
    CHECK(brk(at) == 0, "back");
    check_audit();
}

void heap_errors(void)
{
    uint8_t *before = sbrk(0);
    CHECK(brk((void *)KERNEL) == -1 && errno == ENOMEM, "ENOMEM: in the kernel");
    CHECK(brk((void *)~0UL) == -1 && errno == ENOMEM, "ENOMEM: the last byte");
    CHECK(sbrk((intptr_t)1 << 62) == (void *)-1 && errno == ENOMEM, "ENOMEM: too much");
    CHECK(sbrk(0) == before, "the end is where it was");
    void *memory = malloc(10000);
    CHECK(memory != NULL, "malloc works");
    free(memory);
}
