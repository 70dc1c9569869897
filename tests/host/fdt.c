/*
 * lib/fdt: a tree is read as it was written, and a damaged one is refused or read differently, but
 * nothing outside of the blob is ever looked at: it lies on the heap, exactly as large as it is.
 */
#include "lib/fdt.h"

#include <stdlib.h>
#include <string.h>

#include "abi/errno.h"
#include "tests/host/fdt_maker.h"
#include "tests/host/test.h"

/* A machine like QEMU's, small; NOPs wherever they may be. */
static uint8_t *make_machine(size_t *size)
{
    static struct fdt_maker m;
    m = (struct fdt_maker){.nstructure = 0};
    maker_nop(&m);
    maker_begin_node(&m, "");
    maker_nop(&m);
    maker_cells(&m, "#address-cells", (uint32_t[]){2}, 1);
    maker_cells(&m, "#size-cells", (uint32_t[]){2}, 1);
    maker_bytes(&m, "compatible", "quire,virt\0riscv-virtio", 24);
    maker_begin_node(&m, "memory@80000000");
    maker_string(&m, "device_type", "memory");
    maker_cells(&m, "reg", (uint32_t[]){0, 0x80000000, 1, 0x8000000, 2, 0, 0, 0x1000}, 8);
    maker_end_node(&m);
    maker_nop(&m);
    maker_begin_node(&m, "soc");
    maker_cells(&m, "#address-cells", (uint32_t[]){1}, 1);
    maker_bytes(&m, "ranges", "", 0);
    maker_begin_node(&m, "uart@10000000");
    maker_cells(&m, "interrupts", (uint32_t[]){10}, 1);
    maker_nop(&m);
    maker_string(&m, "compatible", "ns16550a");
    maker_cells(&m, "reg", (uint32_t[]){0x10000000, 0x100}, 2);
    maker_bytes(&m, "odd", "abc", 3);
    maker_end_node(&m);
    maker_end_node(&m);
    maker_end_node(&m);
    return maker_finish(&m, size);
}

struct visit {
    unsigned nodes;
    char names[200];
};

static void expect_root(const struct fdt_node *node)
{
    uint32_t value = 0;
    uint64_t address, size;
    EXPECT(fdt_cell(node, "#address-cells", 0, &value) && value == 2);
    EXPECT(!fdt_cell(node, "#address-cells", 1, &value));
    EXPECT(fdt_is_compatible(node, "quire,virt") && fdt_is_compatible(node, "riscv-virtio"));
    EXPECT(!fdt_is_compatible(node, "riscv") && !fdt_is_compatible(node, ""));
    EXPECT(!fdt_reg(node, 0, &address, &size));
}

static void expect_memory(const struct fdt_node *node)
{
    uint64_t address, size;
    EXPECT(strcmp(fdt_string(node, "device_type"), "memory") == 0);
    EXPECT(fdt_reg(node, 0, &address, &size) && address == 0x80000000 && size == 0x108000000);
    EXPECT(fdt_reg(node, 1, &address, &size) && address == 0x200000000 && size == 0x1000);
    EXPECT(!fdt_reg(node, 2, &address, &size) && !fdt_reg(node, UINT32_MAX - 1, &address, &size));
    EXPECT(fdt_string(node, "absent") == NULL);
}

static void expect_uart(const struct fdt_node *node)
{
    uint64_t address, size;
    uint32_t length = 0;
    EXPECT(node->address_cells == 1 && node->size_cells == 1, "the size's cells are the default");
    EXPECT(fdt_reg(node, 0, &address, &size) && address == 0x10000000 && size == 0x100);
    EXPECT(fdt_string(node, "odd") == NULL, "it has no final zero");
    EXPECT(fdt_property(node, "odd", &length) != NULL && length == 3);
    EXPECT(!fdt_is_compatible(node, "memory") && fdt_is_compatible(node, "ns16550a"));
}

static void note_node(const struct fdt_node *node, void *arg)
{
    struct visit *v = arg;
    v->nodes++;
    strcat(strcat(v->names, node->name), "/");
    if (node->depth == 0)
        expect_root(node);
    if (strcmp(node->name, "memory@80000000") == 0)
        expect_memory(node);
    if (strcmp(node->name, "uart@10000000") == 0)
        expect_uart(node);
}

static void good_tree(void)
{
    struct visit v = {0};
    struct fdt fdt;
    size_t size;
    uint8_t *blob = make_machine(&size);
    EXPECT(fdt_open(&fdt, blob, size) == 0 && fdt_walk(&fdt, note_node, &v) == 0);
    EXPECT(v.nodes == 4 && strcmp(v.names, "/memory@80000000/soc/uart@10000000/") == 0, "%s",
           v.names);
    EXPECT(fdt_open(&fdt, blob, size - 1) == -EINVAL, "a blob larger than it may be");
    free(blob);
}

/* Asks everything that can be asked of a node. */
static void ask_all(const struct fdt_node *node, void *arg)
{
    static const char *const names[] = {
        "#address-cells", "compatible", "device_type", "reg", "ranges",
        "interrupts",     "odd",        "absent",      ""};
    unsigned *nodes = arg;
    uint32_t value, length;
    uint64_t a, b, sum = strlen(node->name);
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const uint8_t *bytes = fdt_property(node, names[i], &length);
        for (uint32_t at = 0; bytes != NULL && at < length; at++)
            sum += bytes[at];
        const char *text = fdt_string(node, names[i]);
        sum += text == NULL ? 0 : strlen(text);
        for (unsigned cell = 0; cell < 6; cell++)
            sum += fdt_cell(node, names[i], cell, &value) ? value : 0;
    }
    for (unsigned i = 0; i < 4; i++)
        sum += fdt_reg(node, i, &a, &b) ? a + b : 0;
    sum += fdt_is_compatible(node, "riscv-virtio");
    __asm__ volatile("" : : "r"(sum));
    ++*nodes;
}

/* The outcome of reading whatever stands there: 0 or -EINVAL. */
static int read_all(const uint8_t *blob, size_t size, unsigned *nodes)
{
    struct fdt fdt;
    *nodes = 0;
    int err = fdt_open(&fdt, blob, size);
    if (err == 0)
        err = fdt_walk(&fdt, ask_all, nodes);
    EXPECT(err == 0 || err == -EINVAL, "%d", err);
    return err;
}

/* Any field of the header set to any number that may confuse. */
static void bad_headers(void)
{
    static const uint32_t values[] = {0,          1,          3,          39,         40,        41,
                                      0x7fffffff, 0x80000000, 0xfffffff0, 0xfffffffc, UINT32_MAX};
    unsigned nodes;
    for (unsigned field = 0; field < FDT_HEADER_FIELDS; field++) {
        for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
            size_t size;
            uint8_t *blob = make_machine(&size);
            put_big_endian(blob + 4 * field, values[i]);
            int err = read_all(blob, size, &nodes);
            bool is_unused = field == 4 || field == 5 || field == 7;
            EXPECT(err == 0 || !is_unused, "field %u, value %u", field, i);
            EXPECT(err == -EINVAL || field != 0, "the magic number, value %u", i);
            free(blob);
        }
    }
}

/* The blob says how large it is; what was cut off is missed. */
static void cut_off(void)
{
    size_t size;
    unsigned nodes;
    uint8_t *whole = make_machine(&size);
    for (size_t n = 0; n < size; n++) {
        uint8_t *blob = test_copy(whole, n);
        EXPECT(read_all(blob, n, &nodes) == -EINVAL, "%zu of %zu bytes", n, size);
        if (n >= 4 * FDT_HEADER_FIELDS)
            put_big_endian(blob + 4, (uint32_t)n);
        EXPECT(read_all(blob, n, &nodes) == -EINVAL, "%zu of %zu bytes", n, size);
        free(blob);
    }
    free(whole);
}

/* Nodes as deep as may be, deeper, and ends without beginnings. */
static void depths(void)
{
    for (int depth = 0; depth <= 20; depth++) {
        static struct fdt_maker m;
        size_t size;
        unsigned nodes;
        m = (struct fdt_maker){.nstructure = 0};
        for (int i = 0; i < depth; i++)
            maker_begin_node(&m, "n");
        for (int i = 0; i < depth; i++)
            maker_end_node(&m);
        bool one_more = depth == 5;
        if (one_more)
            maker_end_node(&m);
        uint8_t *blob = maker_finish(&m, &size);
        int err = read_all(blob, size, &nodes);
        bool good = depth <= FDT_MAX_DEPTH && !one_more;
        EXPECT(err == (good ? 0 : -EINVAL), "depth %d: %d", depth, err);
        free(blob);
    }
}

static void mutate(uint8_t *blob, size_t size)
{
    static const uint32_t values[] = {0,          1,          2,          3,          4,    9,
                                      0xfffffff8, 0xfffffffc, UINT32_MAX, 0x7fffffff, 1000, 300};
    switch (test_below(4)) {
    case 0: blob[test_below(size)] ^= (uint8_t)(1 << test_below(8)); break;
    case 1: blob[test_below(size)] = (uint8_t)test_random(); break;
    case 2: put_big_endian(blob + test_below(size / 4) * 4, values[test_below(12)]); break;
    default: memcpy(blob + test_below(size / 4) * 4, blob + test_below(size / 4) * 4, 4);
    }
}

static void mutations(void)
{
    size_t size;
    unsigned good = 0, nodes;
    uint8_t *whole = make_machine(&size);
    for (int i = 0; i < 30000; i++) {
        uint8_t *blob = test_copy(whole, size);
        for (uint64_t n = test_below(6); n > 0; n--)
            mutate(blob, size);
        good += read_all(blob, size, &nodes) == 0;
        free(blob);
    }
    free(whole);
    EXPECT(good > 3000 && good < 29000, "%u were readable", good);
}

int main(void)
{
    TEST(good_tree);
    TEST(bad_headers);
    TEST(cut_off);
    TEST(depths);
    TEST_SEEDS(mutations, 4);
    return test_end();
}
