/*
 * Reads flattened device trees (Devicetree Specification 0.4, chapter 5). Every offset and length
 * is checked against the blob: a damaged tree is an error, not a crash.
 */
#ifndef LIB_FDT_H
#define LIB_FDT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FDT_MAX_DEPTH 8

struct fdt {
    const uint8_t *blob;
    uint32_t size;
    uint32_t structure, structure_end; /* offsets in the blob */
    uint32_t strings, strings_end;
};

struct fdt_node {
    const struct fdt *fdt;
    const char *name; /* with the unit address: "uart@10000000"; "" for the root */
    int depth;        /* 0: the root */
    uint32_t properties;
    uint32_t address_cells; /* in this node's "reg", as its parent says */
    uint32_t size_cells;
};

/* Checks the header of the blob, which may have up to `limit` bytes. 0 or -EINVAL. */
int fdt_open(struct fdt *fdt, const void *blob, size_t limit);

/* Calls visit(node, arg) for each node, parents first. 0, or -EINVAL at the first damage. */
int fdt_walk(const struct fdt *fdt, void (*visit)(const struct fdt_node *node, void *arg),
             void *arg);

/* A property's value and its length in bytes, or NULL. */
const void *fdt_property(const struct fdt_node *node, const char *name, uint32_t *length);

/* The same as a string that surely ends in zero, or NULL. */
const char *fdt_string(const struct fdt_node *node, const char *name);

/* Cell `i` of a property of 32-bit cells; false if it has no such cell. */
bool fdt_cell(const struct fdt_node *node, const char *name, unsigned i, uint32_t *value);

/* Entry `i` of "reg"; false if there is none. */
bool fdt_reg(const struct fdt_node *node, unsigned i, uint64_t *address, uint64_t *size);

/* Whether the list of strings in "compatible" has this one. */
bool fdt_is_compatible(const struct fdt_node *node, const char *name);

#endif
