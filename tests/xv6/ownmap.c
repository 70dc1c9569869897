/* A program that declares mmap and munmap itself, and defines what xv6's library does not have. */
#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "user/user.h"

#include "check.h"

char *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset);
int munmap(void *addr, int length);

/* Also names of Quire's library, and of the heap that both share. */
int heap_end = 5;

char *strcat(char *to, const char *from)
{
    strcpy(to + strlen(to), from);
    return to;
}

int main()
{
    char text[16] = "The";
    int fd = open("README", O_RDONLY);
    char *at = mmap(0, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    CHECK(memcmp(at, "This", 4) == 0 && munmap(at, 4096) == 0);
    CHECK(strcmp(strcat(text, " end"), "The end") == 0 && heap_end == 5);
    return check_end();
}
