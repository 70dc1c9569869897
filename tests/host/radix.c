/* lib/radix against a sorted array, with memory that runs out. */
#include "lib/radix.h"

#include <stdlib.h>

#include "abi/errno.h"
#include "tests/host/test.h"

#define NITEMS 400

struct item {
    uint64_t index;
    bool present, marked;
};

static struct item items[NITEMS]; /* ascending indices */
static struct radix tree;
static unsigned nodes;       /* in use */
static unsigned allocations; /* that still succeed, if limited */
static bool limited;

struct radix_node *radix_node_alloc(void)
{
    if (limited && allocations == 0)
        return NULL;
    allocations--;
    nodes++;
    return test_alloc(sizeof(struct radix_node));
}

void radix_node_free(struct radix_node *node)
{
    nodes--;
    free(node);
}

/* Both bitmaps of a node say what its slots say; returns whether anything in it is marked. */
static bool check_node(const struct radix_node *node)
{
    EXPECT(node->used != 0, "an empty node");
    EXPECT((node->marked & ~node->used) == 0, "a mark without an item");
    for (unsigned i = 0; i < RADIX_SLOTS; i++) {
        bool used = node->used >> i & 1, marked = node->marked >> i & 1;
        EXPECT(used == (node->slot[i] != NULL), "slot %u", i);
        if (!used || node->shift == 0)
            continue;
        const struct radix_node *child = node->slot[i];
        EXPECT(child->parent == node && child->position == i, "slot %u", i);
        EXPECT(child->shift + RADIX_BITS == node->shift, "slot %u", i);
        EXPECT(check_node(child) == marked, "slot %u", i);
    }
    return node->marked != 0;
}

static void *next_by_model(uint64_t *index, bool marked)
{
    for (int i = 0; i < NITEMS; i++) {
        if (items[i].index >= *index && items[i].present && (items[i].marked || !marked)) {
            *index = items[i].index;
            return &items[i];
        }
    }
    return NULL;
}

/* Whole walks, and jumps from anywhere. */
static void expect_walks(void)
{
    for (int marked = 0; marked <= 1; marked++) {
        uint64_t at = 0, expected = 0;
        void *found;
        do {
            if (test_chance(20))
                at = expected = items[test_below(NITEMS)].index + test_below(3);
            found = marked ? radix_next_marked(&tree, &at) : radix_next(&tree, &at);
            EXPECT(found == next_by_model(&expected, marked), "from %lx", (long)expected);
            EXPECT(found == NULL || at == expected, "%lx instead of %lx", (long)at, (long)expected);
            at++;
            expected = at;
        } while (found != NULL);
    }
}

static void expect_same(void)
{
    EXPECT((tree.root == NULL) == (nodes == 0), "%u nodes", nodes);
    if (tree.root != NULL)
        check_node(tree.root);
    for (int i = 0; i < NITEMS; i++) {
        const struct item *item = &items[i];
        EXPECT(radix_get(&tree, item->index) == (item->present ? item : NULL), "%lx",
               (long)item->index);
        EXPECT(radix_is_marked(&tree, item->index) == item->marked, "%lx", (long)item->index);
        if (i + 1 == NITEMS || items[i + 1].index != item->index + 1)
            EXPECT(radix_get(&tree, item->index + 1) == NULL || item->index == RADIX_MAX_INDEX);
    }
}

static int compare(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* Indices of all sizes, many of them neighbours, with both ends of the range. */
static void choose_items(void)
{
    for (int i = 0; i < NITEMS; i++) {
        uint64_t index = test_random() >> (10 + test_below(54));
        if (i > 0 && test_chance(60))
            index = items[i - 1].index + 1;
        items[i] = (struct item){.index = index & RADIX_MAX_INDEX};
    }
    items[0].index = 0;
    items[1].index = RADIX_MAX_INDEX;
    qsort(items, NITEMS, sizeof(items[0]), compare);
    for (int i = 1; i < NITEMS; i++)
        if (items[i].index <= items[i - 1].index)
            items[i].index = items[i - 1].index + 1;
    for (int i = NITEMS - 1; i >= 0 && items[i].index > RADIX_MAX_INDEX - (NITEMS - 1 - i); i--)
        items[i].index = RADIX_MAX_INDEX - (uint64_t)(NITEMS - 1 - i);
}

static void insert(struct item *item)
{
    unsigned before = nodes;
    limited = test_chance(30);
    allocations = (unsigned)test_below(10);
    int err = radix_insert(&tree, item->index, item);
    if (!limited)
        EXPECT(err == 0);
    limited = false;
    EXPECT(err == 0 || err == -ENOMEM, "%d", err);
    EXPECT(err == 0 || before != 0 || tree.root == NULL);
    item->present = err == 0;
}

static void change(struct item *item)
{
    if (!item->present) {
        EXPECT(radix_remove(&tree, item->index) == NULL);
        insert(item);
    } else if (test_chance(40)) {
        EXPECT(radix_remove(&tree, item->index) == item);
        item->present = item->marked = false;
    } else if (test_chance(60)) {
        radix_mark(&tree, item->index);
        item->marked = true;
    } else {
        radix_unmark(&tree, item->index);
        item->marked = false;
    }
}

static void random_steps(void)
{
    choose_items();
    tree.root = NULL;
    nodes = 0;
    for (int step = 0; step < 3000; step++) {
        change(&items[test_below(NITEMS)]);
        if (step % 4 == 0)
            expect_same();
        if (step % 16 == 0)
            expect_walks();
    }
    for (int i = 0; i < NITEMS; i++) {
        EXPECT(radix_remove(&tree, items[i].index) == (items[i].present ? &items[i] : NULL));
        items[i].present = items[i].marked = false;
    }
    expect_same();
    EXPECT(nodes == 0);
}

/* A single item anywhere takes one path of nodes and gives all of them back, also half made. */
static void single_items(void)
{
    struct item item;
    for (unsigned bits = 0; bits <= 54; bits++) {
        uint64_t index = ((uint64_t)1 << bits) - 1;
        for (unsigned room = 0; room <= 10; room++) {
            limited = true;
            allocations = room;
            int err = radix_insert(&tree, index, &item);
            limited = false;
            EXPECT(err == (room * RADIX_BITS >= (bits < 1 ? 1 : bits) ? 0 : -ENOMEM),
                   "%u bits, %u nodes: %d", bits, room, err);
            if (err == 0)
                EXPECT(radix_remove(&tree, index) == &item);
            EXPECT(nodes == 0 && tree.root == NULL, "%u nodes", nodes);
        }
    }
}

static void insert_twice(void *arg)
{
    if (radix_insert(&tree, 5, &tree) == 0)
        radix_insert(&tree, 5, &tree);
}

static void mark_nothing(void *arg)
{
    radix_mark(&tree, 5);
}

static void misuse_panics(void)
{
    tree.root = NULL;
    EXPECT(test_panics(insert_twice, NULL));
    EXPECT(test_panics(mark_nothing, NULL));
}

int main(void)
{
    TEST(single_items);
    TEST(misuse_panics);
    TEST_SEEDS(random_steps, 6);
    return test_end();
}
