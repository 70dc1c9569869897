/* Where to go on after a fault in a user copy: see usercopy.h. */
#include "arch/usercopy.h"

struct fixup {
    uintptr_t pc;
    uintptr_t go_on;
};

extern const struct fixup fixup_start[], fixup_end[];

/* The entries stand in the order of the code, thus sorted. */
uintptr_t arch_user_fixup(uintptr_t pc)
{
    const struct fixup *low = fixup_start, *high = fixup_end;
    while (low < high) {
        const struct fixup *middle = low + (high - low) / 2;
        if (middle->pc == pc)
            return middle->go_on;
        if (middle->pc < pc)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}
