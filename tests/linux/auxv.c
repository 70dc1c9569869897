/*
 * What the kernel hands to a program. With an argument only the random bytes are printed, which are
 * others in each run.
 */
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

extern const char __ehdr_start[];

int main(int argc, char **argv)
{
    const unsigned char *bytes = (const unsigned char *)getauxval(AT_RANDOM);
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)__ehdr_start;
    const char *name = strrchr((const char *)getauxval(AT_EXECFN), '/');
    if (argc > 1) {
        for (int i = 0; i < 16; i++)
            printf("%02x", bytes[i]);
        printf("\n");
        return 0;
    }
    printf("page size %lu, %ld\n", getauxval(AT_PAGESZ), sysconf(_SC_PAGESIZE));
    printf("entry %d\n", getauxval(AT_ENTRY) == header->e_entry);
    printf("headers %d %d\n", getauxval(AT_PHDR) == (unsigned long)header + header->e_phoff,
           getauxval(AT_PHNUM) == header->e_phnum);
    printf("a header's size %lu, secure %lu\n", getauxval(AT_PHENT), getauxval(AT_SECURE));
    printf("random %d, name %s %s\n", bytes != NULL, name, argv[0]);
    printf("clock ticks %ld, files %d\n", sysconf(_SC_CLK_TCK), sysconf(_SC_OPEN_MAX) >= 20);
    printf("processors %d\n", sysconf(_SC_NPROCESSORS_ONLN) >= 1);
    struct sysinfo s;
    printf("memory %d", sysinfo(&s) == 0 && s.totalram > s.freeram && s.freeram > 0);
    printf(" %d %d", sysconf(_SC_PHYS_PAGES) > 1000, s.mem_unit > 0 && s.procs > 0);
    printf(" %d\n", s.uptime >= 0 && syscall(SYS_sysinfo, 8) == -1);
    return 0;
}
