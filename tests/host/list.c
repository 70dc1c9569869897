/* lib/list against an array. */
#include "lib/list.h"

#include "tests/host/test.h"

#define NITEMS 40
#define NLISTS 3

struct item {
    int number;
    struct list node;
};

static struct item items[NITEMS];
static struct list heads[NLISTS];

/* model[l][0] to model[l][count[l] - 1]: the items that list l should hold, in order. */
static struct item *model[NLISTS][NITEMS];
static int count[NLISTS];

static int find(const struct item *item, int *place)
{
    for (int l = 0; l < NLISTS; l++)
        for (*place = 0; *place < count[l]; ++*place)
            if (model[l][*place] == item)
                return l;
    return -1;
}

static void model_insert(int l, int place, struct item *item)
{
    for (int i = count[l]++; i > place; i--)
        model[l][i] = model[l][i - 1];
    model[l][place] = item;
}

static void model_remove(int l, int place)
{
    count[l]--;
    for (int i = place; i < count[l]; i++)
        model[l][i] = model[l][i + 1];
}

static void expect_same(int l)
{
    int i = 0;
    const struct list *before = &heads[l];
    list_for_each (node, &heads[l]) {
        EXPECT(i < count[l], "list %d is too long", l);
        EXPECT(list_entry(node, struct item, node) == model[l][i], "item %d of list %d", i, l);
        EXPECT(node->prev == before, "item %d of list %d", i, l);
        before = node;
        i++;
    }
    EXPECT(i == count[l] && heads[l].prev == before, "list %d has %d items", l, i);
    EXPECT(list_is_empty(&heads[l]) == (count[l] == 0), "list %d", l);
}

static void insert(struct item *item)
{
    int l = (int)test_below(NLISTS);
    int place = count[l] == 0 ? 0 : (int)test_below((uint64_t)count[l]);
    switch (test_below(3)) {
    case 0:
        list_push_front(&heads[l], &item->node);
        model_insert(l, 0, item);
        break;
    case 1:
        list_push_back(&heads[l], &item->node);
        model_insert(l, count[l], item);
        break;
    default:
        if (count[l] == 0)
            break;
        list_insert_after(&model[l][place]->node, &item->node);
        model_insert(l, place + 1, item);
    }
}

static void pop_or_splice(void)
{
    int from = (int)test_below(NLISTS), to = (int)test_below(NLISTS);
    if (test_chance(80) || from == to) {
        struct list *node = list_pop_front(&heads[from]);
        EXPECT((node == NULL) == (count[from] == 0));
        if (node == NULL)
            return;
        EXPECT(node == &model[from][0]->node && list_is_empty(node));
        model_remove(from, 0);
        return;
    }
    list_splice_back(&heads[to], &heads[from]);
    for (int i = 0; i < count[from]; i++)
        model_insert(to, count[to], model[from][i]);
    count[from] = 0;
}

/* Takes every item out that the coin says, while walking. */
static void remove_some(int l)
{
    int i = 0;
    list_for_each_safe (node, next, &heads[l]) {
        EXPECT(node == &model[l][i]->node);
        if (test_chance(20)) {
            list_remove(node);
            EXPECT(list_is_empty(node));
            model_remove(l, i);
        } else {
            i++;
        }
    }
    EXPECT(i == count[l]);
}

static void random_lists(void)
{
    for (int l = 0; l < NLISTS; l++) {
        list_init(&heads[l]);
        count[l] = 0;
    }
    for (int i = 0; i < NITEMS; i++)
        list_init(&items[i].node);
    for (int step = 0; step < 5000; step++) {
        struct item *item = &items[test_below(NITEMS)];
        int place, l = find(item, &place);
        EXPECT(list_is_empty(&item->node) == (l < 0));
        if (test_chance(10)) {
            pop_or_splice();
        } else if (test_chance(2)) {
            remove_some((int)test_below(NLISTS));
        } else if (l < 0) {
            insert(item);
        } else {
            list_remove(&item->node);
            EXPECT(list_is_empty(&item->node));
            model_remove(l, place);
        }
        for (l = 0; l < NLISTS; l++)
            expect_same(l);
    }
}

static void initializer(void)
{
    struct list head = LIST_INIT(head);
    EXPECT(list_is_empty(&head) && list_pop_front(&head) == NULL);
}

int main(void)
{
    TEST(initializer);
    TEST_SEEDS(random_lists, 4);
    return test_end();
}
