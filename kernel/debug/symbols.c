/* Function names: a table sorted by address that tools/symbols.awk made from the kernel itself. */
#include "debug/symbols.h"

#include "arch/boot.h"

struct symbol {
    uint32_t start; /* distance from image_start */
    uint32_t name;  /* distance from symbol_names */
};

extern const uint64_t symbol_count;
extern const struct symbol symbol_table[];
extern const char symbol_names[];

const char *symbol_name(uintptr_t pc, uint64_t *offset)
{
    *offset = 0;
    if (pc < (uintptr_t)image_start || pc >= (uintptr_t)text_end || symbol_count == 0)
        return "?";
    uint64_t at = pc - (uintptr_t)image_start;
    uint64_t low = 0, high = symbol_count;
    while (high - low > 1) {
        uint64_t middle = (low + high) / 2;
        if (symbol_table[middle].start <= at)
            low = middle;
        else
            high = middle;
    }
    *offset = at - symbol_table[low].start;
    return symbol_names + symbol_table[low].name;
}
