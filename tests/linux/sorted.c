/* qsort and bsearch, of small and large elements, and what the sum of all says. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct large {
    char name[100];
    int key;
};

static int by_value(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct large *)a)->name, ((const struct large *)b)->name);
}

int main(void)
{
    enum { N = 50000 };
    int *numbers = malloc(N * sizeof(*numbers));
    struct large *large = malloc(N * sizeof(*large));
    srand(7);
    for (int i = 0; i < N; i++) {
        numbers[i] = rand();
        large[i].key = i;
        snprintf(large[i].name, sizeof(large[i].name), "%d", numbers[i]);
    }
    qsort(numbers, N, sizeof(*numbers), by_value);
    qsort(large, N, sizeof(*large), by_name);
    uint32_t sum = 0;
    for (int i = 0; i < N; i++)
        sum = sum * 31 + (uint32_t)numbers[i] + (uint32_t)large[i].key;
    int *found = bsearch(&numbers[N / 3], numbers, N, sizeof(*numbers), by_value);
    printf("%d %d %s %u %d\n", numbers[0], numbers[N - 1], large[N / 2].name, sum,
           found != NULL && *found == numbers[N / 3]);
    return 0;
}
