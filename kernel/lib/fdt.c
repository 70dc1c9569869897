/* Flattened device trees: see fdt.h. */
#include "lib/fdt.h"

#include "abi/errno.h"
#include "lib/string.h"

#define FDT_MAGIC      0xd00dfeed
#define FDT_COMPATIBLE 16 /* the version whose layout all later ones keep */

enum token { BEGIN_NODE = 1, END_NODE = 2, PROPERTY = 3, NOP = 4, END = 9 };

/* The header's 32-bit fields by their place (section 5.2). */
enum field {
    MAGIC,
    TOTAL_SIZE,
    OFF_STRUCT,
    OFF_STRINGS,
    OFF_RESERVED,
    VERSION,
    LAST_COMPATIBLE,
    BOOT_CPU,
    SIZE_STRINGS,
    SIZE_STRUCT,
    NFIELDS
};

static uint32_t big_endian(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static bool is_inside(uint32_t offset, uint32_t size, uint32_t total)
{
    return offset <= total && size <= total - offset;
}

int fdt_open(struct fdt *fdt, const void *blob, size_t limit)
{
    const uint8_t *at = blob;
    uint32_t header[NFIELDS];
    if (limit < 4 * NFIELDS)
        return -EINVAL;
    for (unsigned i = 0; i < NFIELDS; i++)
        header[i] = big_endian(at + 4 * i);
    uint32_t size = header[TOTAL_SIZE];
    if (header[MAGIC] != FDT_MAGIC || header[LAST_COMPATIBLE] > FDT_COMPATIBLE + 1 || size > limit)
        return -EINVAL;
    if (!is_inside(header[OFF_STRUCT], header[SIZE_STRUCT], size) ||
        !is_inside(header[OFF_STRINGS], header[SIZE_STRINGS], size) || header[OFF_STRUCT] % 4 != 0)
        return -EINVAL;
    *fdt = (struct fdt){
        .blob = blob,
        .size = size,
        .structure = header[OFF_STRUCT],
        .structure_end = header[OFF_STRUCT] + header[SIZE_STRUCT],
        .strings = header[OFF_STRINGS],
        .strings_end = header[OFF_STRINGS] + header[SIZE_STRINGS],
    };
    return 0;
}

/* One token with what belongs to it. */
struct item {
    uint32_t token;
    const char *name; /* of a node or property */
    const uint8_t *value;
    uint32_t length;
    uint32_t next; /* offset of the token behind it */
};

/* The string at `offset`, if it ends before `end`. */
static const char *string_at(const struct fdt *fdt, uint32_t offset, uint32_t end)
{
    if (offset >= end || memchr(fdt->blob + offset, 0, end - offset) == NULL)
        return NULL;
    return (const char *)fdt->blob + offset;
}

static bool read_property(const struct fdt *fdt, uint32_t offset, struct item *item)
{
    if (!is_inside(offset, 8, fdt->structure_end))
        return false;
    item->length = big_endian(fdt->blob + offset);
    uint32_t name = big_endian(fdt->blob + offset + 4);
    if (!is_inside(offset + 8, item->length, fdt->structure_end) ||
        name > fdt->strings_end - fdt->strings)
        return false;
    item->name = string_at(fdt, fdt->strings + name, fdt->strings_end);
    item->value = fdt->blob + offset + 8;
    item->next = (offset + 8 + item->length + 3) & ~3u;
    return item->name != NULL;
}

/* Reads the token at `offset`. False at damage. */
static bool read_item(const struct fdt *fdt, uint32_t offset, struct item *item)
{
    if (!is_inside(offset, 4, fdt->structure_end))
        return false;
    item->token = big_endian(fdt->blob + offset);
    item->next = offset + 4;
    switch (item->token) {
    case BEGIN_NODE:
        item->name = string_at(fdt, offset + 4, fdt->structure_end);
        if (item->name == NULL)
            return false;
        item->next = (uint32_t)(offset + 4 + strlen(item->name) + 1 + 3) & ~3u;
        return true;
    case PROPERTY: return read_property(fdt, offset + 4, item);
    case END_NODE:
    case NOP:
    case END: return true;
    default: return false;
    }
}

int fdt_walk(const struct fdt *fdt, void (*visit)(const struct fdt_node *node, void *arg),
             void *arg)
{
    /* cells[d]: what a node at depth d says of its children; those of the root's are the defaults
     */
    struct {
        uint32_t address, size;
    } cells[FDT_MAX_DEPTH + 1];
    cells[0].address = 2;
    cells[0].size = 1;
    int depth = -1;
    struct item item;
    for (uint32_t at = fdt->structure;; at = item.next) {
        if (!read_item(fdt, at, &item))
            return -EINVAL;
        if (item.token == END)
            return depth == -1 ? 0 : -EINVAL;
        if (item.token == END_NODE && --depth < -1)
            return -EINVAL;
        if (item.token != BEGIN_NODE)
            continue;
        if (++depth >= FDT_MAX_DEPTH)
            return -EINVAL;
        struct fdt_node node = {
            fdt, item.name, depth, item.next, cells[depth].address, cells[depth].size};
        if (!fdt_cell(&node, "#address-cells", 0, &cells[depth + 1].address))
            cells[depth + 1].address = 2;
        if (!fdt_cell(&node, "#size-cells", 0, &cells[depth + 1].size))
            cells[depth + 1].size = 1;
        visit(&node, arg);
    }
}

const void *fdt_property(const struct fdt_node *node, const char *name, uint32_t *length)
{
    struct item item;
    uint32_t at = node->properties;
    while (read_item(node->fdt, at, &item) && (item.token == PROPERTY || item.token == NOP)) {
        if (item.token == PROPERTY && strcmp(item.name, name) == 0) {
            *length = item.length;
            return item.value;
        }
        at = item.next;
    }
    return NULL;
}

const char *fdt_string(const struct fdt_node *node, const char *name)
{
    uint32_t length;
    const char *value = fdt_property(node, name, &length);
    return value != NULL && memchr(value, 0, length) != NULL ? value : NULL;
}

bool fdt_cell(const struct fdt_node *node, const char *name, unsigned i, uint32_t *value)
{
    uint32_t length;
    const uint8_t *cells = fdt_property(node, name, &length);
    if (cells == NULL || length / 4 <= i)
        return false;
    *value = big_endian(cells + 4 * (size_t)i);
    return true;
}

/* A number of one or two cells. */
static uint64_t number(const uint8_t *at, uint32_t cells)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < cells; i++)
        value = value << 32 | big_endian(at + 4 * (size_t)i);
    return value;
}

bool fdt_reg(const struct fdt_node *node, unsigned i, uint64_t *address, uint64_t *size)
{
    uint32_t length, a = node->address_cells, s = node->size_cells;
    const uint8_t *reg = fdt_property(node, "reg", &length);
    if (reg == NULL || a > 2 || s > 2 || length / 4 < (uint64_t)(i + 1) * (a + s))
        return false;
    reg += (size_t)i * (a + s) * 4;
    *address = number(reg, a);
    *size = number(reg + 4 * (size_t)a, s);
    return true;
}

bool fdt_is_compatible(const struct fdt_node *node, const char *name)
{
    uint32_t length;
    const char *list = fdt_property(node, "compatible", &length);
    while (list != NULL && length > 0) {
        size_t n = strnlen(list, length);
        if (n == length)
            return false;
        if (strcmp(list, name) == 0)
            return true;
        list += n + 1;
        length -= (uint32_t)n + 1;
    }
    return false;
}
