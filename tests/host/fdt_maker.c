/* Writes flattened device trees: see fdt_maker.h. */
#include "tests/host/fdt_maker.h"

#include <string.h>

#include "tests/host/test.h"

void put_big_endian(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void put_word(struct fdt_maker *m, uint32_t value)
{
    put_big_endian(m->structure + m->nstructure, value);
    m->nstructure += 4;
}

static void put_padded(struct fdt_maker *m, const void *bytes, size_t n)
{
    memcpy(m->structure + m->nstructure, bytes, n);
    m->nstructure += (n + 3) / 4 * 4;
}

void maker_begin_node(struct fdt_maker *m, const char *name)
{
    put_word(m, 1);
    put_padded(m, name, strlen(name) + 1);
}

void maker_end_node(struct fdt_maker *m)
{
    put_word(m, 2);
}

void maker_nop(struct fdt_maker *m)
{
    put_word(m, 4);
}

void maker_bytes(struct fdt_maker *m, const char *name, const void *value, size_t n)
{
    put_word(m, 3);
    put_word(m, (uint32_t)n);
    put_word(m, (uint32_t)m->nstrings);
    strcpy(m->strings + m->nstrings, name);
    m->nstrings += strlen(name) + 1;
    put_padded(m, value, n);
}

void maker_string(struct fdt_maker *m, const char *name, const char *value)
{
    maker_bytes(m, name, value, strlen(value) + 1);
}

void maker_cells(struct fdt_maker *m, const char *name, const uint32_t *cells, unsigned count)
{
    uint8_t bytes[64];
    for (unsigned i = 0; i < count; i++)
        put_big_endian(bytes + 4 * i, cells[i]);
    maker_bytes(m, name, bytes, 4 * (size_t)count);
}

uint8_t *maker_finish(struct fdt_maker *m, size_t *size)
{
    put_word(m, 9);
    const uint32_t structure = 4 * FDT_HEADER_FIELDS;
    const uint32_t strings = structure + (uint32_t)m->nstructure;
    *size = strings + m->nstrings;
    const uint32_t header[FDT_HEADER_FIELDS] = {0xd00dfeed,
                                                (uint32_t)*size,
                                                structure,
                                                strings,
                                                0,
                                                17,
                                                16,
                                                0,
                                                (uint32_t)m->nstrings,
                                                (uint32_t)m->nstructure};
    uint8_t *blob = test_alloc(*size);
    for (unsigned i = 0; i < FDT_HEADER_FIELDS; i++)
        put_big_endian(blob + 4 * i, header[i]);
    memcpy(blob + structure, m->structure, m->nstructure);
    memcpy(blob + strings, m->strings, m->nstrings);
    return blob;
}
