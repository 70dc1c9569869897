/* Writes flattened device trees (Devicetree Specification 0.4, chapter 5) for tests. */
#ifndef TESTS_HOST_FDT_MAKER_H
#define TESTS_HOST_FDT_MAKER_H

#include <stddef.h>
#include <stdint.h>

#define FDT_HEADER_FIELDS 10

struct fdt_maker {
    uint8_t structure[4096];
    size_t nstructure;
    char strings[1024];
    size_t nstrings;
};

void maker_begin_node(struct fdt_maker *m, const char *name);
void maker_end_node(struct fdt_maker *m);
void maker_nop(struct fdt_maker *m);
void maker_bytes(struct fdt_maker *m, const char *name, const void *value, size_t n);
void maker_string(struct fdt_maker *m, const char *name, const char *value);
void maker_cells(struct fdt_maker *m, const char *name, const uint32_t *cells, unsigned count);

/* The whole blob on the heap, exactly as large as it says; ends the structure first. */
uint8_t *maker_finish(struct fdt_maker *m, size_t *size);

void put_big_endian(uint8_t *at, uint32_t value);

#endif
