/*
 * The kernel's page table. It is made once, before paging is on, and never changes: every address
 * space's root has copies of its upper half, so a trap changes no page table.
 */
#include "arch/boot.h"

#include "arch/pte.h"

pte_t kernel_root[PTES_PER_TABLE] __attribute__((aligned(PAGE_SIZE)));
static pte_t kernel_gigabyte[PTES_PER_TABLE] __attribute__((aligned(PAGE_SIZE)));

uint64_t boot_satp;

/*
 * Runs at physical addresses. Maps all that physical memory and devices may be, in 1 GiB pages, and
 * the gigabyte that holds the kernel in 2 MiB pages, of which the first of the image is code.
 * Returns the value for satp.
 */
uint64_t boot_page_table(void)
{
    for (uint64_t pa = 0; pa < DIRECT_LIMIT; pa += GIGA_PAGE)
        kernel_root[pt_index(DIRECT_BASE + pa, 2)] = pte_kernel(pa, PTE_R | PTE_W);

    uint64_t gigabyte = KERNEL_LOAD / GIGA_PAGE * GIGA_PAGE;
    for (uint64_t pa = gigabyte; pa < gigabyte + GIGA_PAGE; pa += LARGE_PAGE)
        kernel_gigabyte[pt_index(pa, 1)] = pte_kernel(pa, PTE_R | PTE_W);
    kernel_gigabyte[pt_index(KERNEL_LOAD, 1)] = pte_kernel(KERNEL_LOAD, PTE_R | PTE_X);
    kernel_root[pt_index(DIRECT_BASE + gigabyte, 2)] = pte_table((uint64_t)kernel_gigabyte) | PTE_G;

    boot_satp = 8UL << 60 | (uint64_t)kernel_root >> PAGE_SHIFT;
    return boot_satp;
}
