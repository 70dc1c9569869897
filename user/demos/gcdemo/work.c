/*
 * Trees and lists. Each node of a tree has the number that a heap in an array would give it: the
 * root 1, the children of n 2n and 2n + 1. A list holds numbers that follow each other; in which
 * direction, and from where on, is known outside of the heap.
 */
#include "work.h"

#include "../demo.h"
#include "heap.h"

enum { LEFT, RIGHT, NUMBER, NODE_FIELDS };
enum { HEAD, TAIL, CELL_FIELDS };
enum { LISTS = 64, LENGTH_MAX = 200, CHANGED_LEVELS = 6, DROPPED_LEVELS = 10, WHOLE = 64 };

/* What is known of a list. */
struct list {
    uint64_t first;
    unsigned length;
    bool falls;
};

static struct list lists[LISTS];
static unsigned tree, table; /* which roots they are */
static uint64_t seed;

static unsigned choose(unsigned below)
{
    return (unsigned)(random_next(&seed) >> 11) % below;
}

/* --- Trees --- */

static ref make_tree(unsigned levels, uint64_t number)
{
    if (levels == 0)
        return NOTHING;
    unsigned mark = nroots;
    root_push(make_tree(levels - 1, 2 * number));
    root_push(make_tree(levels - 1, 2 * number + 1));
    ref node = heap_new(NODE_FIELDS);
    set(node, LEFT, roots[mark]);
    set(node, RIGHT, roots[mark + 1]);
    set(node, NUMBER, of_number(number));
    nroots = mark;
    return node;
}

/* How many nodes it has; ends the program if one is not what it should be. Makes no objects. */
static uint64_t check_tree(ref node, uint64_t number)
{
    if (node == NOTHING)
        return 0;
    if (get(node, NUMBER) != of_number(number)) {
        printf("gcdemo: node %lu of a tree has changed\n", (unsigned long)number);
        exit(1);
    }
    return 1 + check_tree(get(node, LEFT), 2 * number) +
           check_tree(get(node, RIGHT), 2 * number + 1);
}

/* Puts a new tree in the place of some part of the one that is kept. */
static void change_tree(unsigned levels)
{
    ref node = roots[tree];
    uint64_t number = 1;
    for (unsigned level = 0; level + CHANGED_LEVELS + 1 < levels; level++) {
        unsigned side = choose(2);
        node = get(node, side);
        number = 2 * number + side;
    }
    unsigned side = choose(2), parent = root_push(node);
    ref part = make_tree(CHANGED_LEVELS, 2 * number + side);
    set(roots[parent], side, part);
    nroots = parent;
}

static bool make_and_drop_tree(void)
{
    ref dropped = make_tree(DROPPED_LEVELS, 1);
    return check_tree(dropped, 1) == (1u << DROPPED_LEVELS) - 1;
}

/* --- Lists --- */

/* The last number first. */
static void make_list(unsigned i)
{
    struct list *list = &lists[i];
    *list = (struct list){choose(1000000), 1 + choose(LENGTH_MAX), false};
    unsigned mark = root_push(NOTHING);
    for (unsigned n = list->length; n-- > 0;) {
        ref cell = heap_new(CELL_FIELDS);
        set(cell, HEAD, of_number(list->first + n));
        set(cell, TAIL, roots[mark]);
        roots[mark] = cell;
    }
    set(roots[table], i, roots[mark]);
    nroots = mark;
}

static void reverse_list(unsigned i)
{
    ref done = NOTHING, left = get(roots[table], i);
    while (left != NOTHING) {
        ref next = get(left, TAIL);
        set(left, TAIL, done);
        done = left;
        left = next;
    }
    set(roots[table], i, done);
    lists[i].falls = !lists[i].falls;
}

static bool list_is_right(unsigned i)
{
    const struct list *list = &lists[i];
    unsigned n = 0;
    for (ref cell = get(roots[table], i); cell != NOTHING; cell = get(cell, TAIL), n++) {
        uint64_t expected = list->falls ? list->first + list->length - 1 - n : list->first + n;
        if (get(cell, HEAD) != of_number(expected))
            return false;
    }
    return n == list->length;
}

/* --- All of it --- */

static bool all_is_right(unsigned levels)
{
    bool right = check_tree(roots[tree], 1) == (1u << levels) - 1;
    for (unsigned i = 0; i < LISTS; i++)
        right &= list_is_right(i);
    return right;
}

static bool work_round(unsigned round, unsigned levels)
{
    bool right = make_and_drop_tree();
    change_tree(levels);
    make_list(choose(LISTS));
    unsigned i = choose(LISTS);
    reverse_list(i);
    right &= list_is_right(i) && list_is_right(choose(LISTS));
    return right && (round % WHOLE != 0 || all_is_right(levels));
}

uint64_t work(unsigned levels, unsigned rounds)
{
    seed = 20;
    table = root_push(heap_new(LISTS));
    for (unsigned i = 0; i < LISTS; i++)
        make_list(i);
    tree = root_push(make_tree(levels, 1));
    for (unsigned round = 0; round < rounds; round++)
        if (!work_round(round, levels))
            return 0;
    if (!all_is_right(levels))
        return 0;
    uint64_t sum = 1;
    for (unsigned i = 0; i < LISTS; i++)
        sum = mix(sum, lists[i].first + lists[i].length);
    return sum;
}
