/* mem: shows what every page of the machine's memory is used for, and the kernel's structures. */
#include "common/counts.h"

#include <err.h>
#include <stdio.h>
#include <sys/quire.h>

#define KIB_PER_PAGE 4

static void print_pages(const char *name, unsigned long pages)
{
    printf("%-12s %9lu %9lu\n", name, pages, pages * KIB_PER_PAGE);
}

int main(void)
{
    struct quire_memory memory;
    unsigned long total = 0;
    if (quire(QUIRE_MEMORY, &memory, sizeof(memory)) < 0)
        err(1, "cannot look at the memory");
    printf("%-12s %9s %9s\n", "use", "pages", "KiB");
    for (int i = 0; i < PAGE_NSTATES; i++) {
        print_pages(page_state_names[i], memory.pages[i]);
        total += memory.pages[i];
    }
    print_pages("total", total);
    printf("\n%lu dirty, %lu pinned\n", memory.dirty, memory.pins);
    printf("\n%-16s %9s %9s %9s\n", "structure", "in use", "bytes", "KiB");
    for (int i = 0; i < QUIRE_NSLABS && memory.slabs[i].name[0] != '\0'; i++) {
        unsigned long count = memory.slabs[i].in_use, size = memory.slabs[i].object_size;
        printf("%-16.16s %9lu %9lu %9lu\n", memory.slabs[i].name, count, size,
               (count * size + 1023) / 1024);
    }
    return 0;
}
