/* lib/tree against an array of flags, and the largest weights in its subtrees. */
#include "lib/tree.h"

#include "lib/util.h"
#include "tests/host/test.h"

#define NKEYS 300

struct item {
    struct tree_node node;
    int key;
};

static struct item items[NKEYS];
static bool present[NKEYS];
static struct tree tree;

static struct item *item_of(const struct tree_node *node)
{
    return container_of(node, struct item, node);
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
        largest = max_u64(largest, items[key].node.weight);
        before = node;
        node = tree_next(node);
        count++;
    }
    EXPECT(node == NULL && tree_last(&tree) == before);
    EXPECT(tree_is_valid(&tree));
    EXPECT(tree_most(tree.root) == largest, "%lu", (long)tree_most(tree.root));
    subtree_height(tree.root);
    expect_low(count);
}

static void clear(void)
{
    tree = (struct tree){NULL};
    for (int key = 0; key < NKEYS; key++) {
        present[key] = false;
        items[key] = (struct item){.key = key, .node.weight = test_below(1000)};
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

static void random_steps(void)
{
    clear();
    for (int step = 0; step < 3000; step++) {
        int key = (int)test_below(NKEYS);
        if (present[key] && test_chance(30)) {
            items[key].node.weight = test_below(1000);
            tree_refresh(&items[key].node);
        } else {
            toggle(key);
        }
        expect_same();
    }
}

/* Orders that a plain binary tree suffers from, and emptying from either end. */
static void in_order(void)
{
    for (int way = 0; way < 4; way++) {
        clear();
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
    clear();
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
    return test_end();
}
