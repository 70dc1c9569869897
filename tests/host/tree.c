/* lib/tree against an array of flags, with a summary kept in the nodes. */
#include "lib/tree.h"

#include "lib/util.h"
#include "tests/host/test.h"

#define NKEYS 300

struct item {
    struct tree_node node;
    int key;
    uint64_t weight;
    uint64_t largest; /* weight in the subtree */
};

static struct item items[NKEYS];
static bool present[NKEYS];
static struct tree tree;

static struct item *item_of(const struct tree_node *node)
{
    return container_of(node, struct item, node);
}

static uint64_t largest_of(const struct tree_node *node)
{
    return node == NULL ? 0 : item_of(node)->largest;
}

static bool summarize(struct tree_node *node)
{
    uint64_t before = item_of(node)->largest;
    uint64_t below = max_u64(largest_of(node->left), largest_of(node->right));
    item_of(node)->largest = max_u64(item_of(node)->weight, below);
    return item_of(node)->largest != before;
}

static struct item *item_below(const struct item *item)
{
    for (int key = item->key - 1; key >= 0; key--)
        if (present[key])
            return &items[key];
    return NULL;
}

/* By searching, or behind the one that comes before it. */
static void insert(struct item *item)
{
    struct tree_node **link = &tree.root, *parent = NULL;
    struct item *below = item_below(item);
    if (below != NULL && test_chance(50)) {
        tree_insert_after(&tree, &item->node, &below->node);
        return;
    }
    while (*link != NULL) {
        parent = *link;
        link = item->key < item_of(parent)->key ? &parent->left : &parent->right;
    }
    tree_insert(&tree, &item->node, parent, link);
}

/* Heights as an AVL tree may have them: 1.44 log2(n + 2) at the most. */
static void expect_low(int count)
{
    int limit = 1;
    for (uint64_t least = 1, next = 2; least < (uint64_t)count; limit++) {
        uint64_t sum = least + next + 1;
        least = next;
        next = sum;
    }
    EXPECT(tree.root == NULL || tree.root->height <= limit, "height %d of %d", tree.root->height,
           count);
}

static int subtree_height(const struct tree_node *node)
{
    if (node == NULL)
        return 0;
    int l = subtree_height(node->left), r = subtree_height(node->right);
    EXPECT(node->height == (l > r ? l : r) + 1 && l - r <= 1 && r - l <= 1);
    return node->height;
}

static void expect_same(void)
{
    uint64_t largest = 0;
    int count = 0;
    const struct tree_node *node = tree_first(&tree), *before = NULL;
    for (int key = 0; key < NKEYS; key++) {
        if (!present[key])
            continue;
        EXPECT(node == &items[key].node, "key %d", key);
        EXPECT(tree_previous(node) == before, "key %d", key);
        largest = max_u64(largest, items[key].weight);
        before = node;
        node = tree_next(node);
        count++;
    }
    EXPECT(node == NULL && tree_last(&tree) == before);
    EXPECT(tree_is_valid(&tree));
    if (tree.summarize != NULL)
        EXPECT(largest_of(tree.root) == largest, "%lu", (long)largest_of(tree.root));
    subtree_height(tree.root);
    expect_low(count);
}

static void clear(bool with_summary)
{
    tree = (struct tree){.summarize = with_summary ? summarize : NULL};
    for (int key = 0; key < NKEYS; key++) {
        present[key] = false;
        items[key] = (struct item){.key = key, .weight = test_below(1000)};
    }
}

static void toggle(int key)
{
    if (present[key])
        tree_remove(&tree, &items[key].node);
    else
        insert(&items[key]);
    present[key] = !present[key];
}

static void steps(bool with_summary)
{
    clear(with_summary);
    for (int step = 0; step < 3000; step++) {
        int key = (int)test_below(NKEYS);
        if (with_summary && present[key] && test_chance(30)) {
            items[key].weight = test_below(1000);
            tree_refresh(&tree, &items[key].node);
        } else {
            toggle(key);
        }
        expect_same();
    }
}

static void random_steps(void)
{
    steps(false);
}

static void random_steps_with_summary(void)
{
    steps(true);
}

/* Orders that a plain binary tree suffers from, and emptying from either end. */
static void in_order(void)
{
    for (int way = 0; way < 4; way++) {
        clear(way & 1);
        for (int i = 0; i < NKEYS; i++) {
            toggle(way & 2 ? NKEYS - 1 - i : i);
            expect_same();
        }
        for (int i = 0; i < NKEYS; i++) {
            toggle(way & 1 ? NKEYS - 1 - i : i);
            expect_same();
        }
        EXPECT(tree.root == NULL);
    }
}

/* The check itself: it sees wrong heights, wrong links and lost balance. */
static void validity(void)
{
    clear(false);
    for (int key = 0; key < 50; key++)
        toggle(key);
    EXPECT(tree_is_valid(&tree));
    items[7].node.height++;
    EXPECT(!tree_is_valid(&tree));
    items[7].node.height--;
    struct tree_node *child = tree.root->left;
    child->parent = child;
    EXPECT(tree.root->left->parent != tree.root);
    child->parent = tree.root;
    tree.root->parent = child;
    EXPECT(!tree_is_valid(&tree));
}

int main(void)
{
    TEST(in_order);
    TEST(validity);
    TEST_SEEDS(random_steps, 4);
    TEST_SEEDS(random_steps_with_summary, 4);
    return test_end();
}
