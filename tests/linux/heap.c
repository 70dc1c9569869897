/* malloc, realloc and free of many sizes in an order that is random but always the same. */
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 500

static struct {
    unsigned char *at;
    size_t size;
    unsigned char byte;
} slots[SLOTS];

static unsigned random_number(unsigned limit)
{
    static uint64_t state = 1;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % limit;
}

static void check(unsigned i)
{
    for (size_t k = 0; k < slots[i].size; k++)
        if (slots[i].at[k] != slots[i].byte) {
            printf("slot %u, byte %zu is spoiled\n", i, k);
            exit(1);
        }
}

/* Mostly small, seldom so large that it is a mapping of its own. */
static size_t random_size(void)
{
    unsigned kind = random_number(100);
    return kind == 0 ? random_number(1 << 20) : random_number(kind < 20 ? 10000 : 200);
}

int main(void)
{
    uint64_t total = 0;
    for (unsigned round = 0; round < 40000; round++) {
        unsigned i = random_number(SLOTS);
        check(i);
        size_t size = random_size();
        total += size;
        if (random_number(3) == 0) {
            slots[i].at = realloc(slots[i].at, size + 1);
        } else {
            free(slots[i].at);
            slots[i].at = malloc(size + 1);
        }
        slots[i].size = size;
        slots[i].byte = (unsigned char)round;
        memset(slots[i].at, slots[i].byte, size);
    }
    for (unsigned i = 0; i < SLOTS; i++) {
        check(i);
        free(slots[i].at);
    }
    void *aligned = NULL;
    int err = posix_memalign(&aligned, 65536, 100000);
    printf("%lu bytes, %d, %d\n", (unsigned long)total, err, (int)((uintptr_t)aligned % 65536));
    free(aligned);
    malloc_trim(0);
    return calloc(1, (size_t)1 << 50) != NULL;
}
