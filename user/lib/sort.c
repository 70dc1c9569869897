/*
 * Sorting and searching arrays. qsort is a quicksort whose pivot is the median of three elements;
 * it recurses into the smaller part only, so that its stack is logarithmic. A part that has been
 * split too often (an adversary's input) is sorted by a heap instead, so that its time stays
 * n log n.
 */
#include <stdint.h>
#include <stdlib.h>

typedef int compare_t(const void *, const void *);

struct array {
    char *base;
    size_t count, size;
    compare_t *compare;
};

static inline char *element(const struct array *a, size_t index)
{
    return a->base + index * a->size;
}

static inline int order(const struct array *a, size_t i, size_t j)
{
    return a->compare(element(a, i), element(a, j));
}

static void swap(const struct array *a, size_t i, size_t j)
{
    char *p = element(a, i), *q = element(a, j);
    size_t n = a->size;
    if (((uintptr_t)p | n) % sizeof(uint64_t) == 0) {
        for (; n > 0; n -= sizeof(uint64_t), p += sizeof(uint64_t), q += sizeof(uint64_t)) {
            uint64_t word;
            __builtin_memcpy(&word, __builtin_assume_aligned(p, 8), sizeof(word));
            __builtin_memcpy(__builtin_assume_aligned(p, 8), __builtin_assume_aligned(q, 8),
                             sizeof(word));
            __builtin_memcpy(__builtin_assume_aligned(q, 8), &word, sizeof(word));
        }
        return;
    }
    for (; n > 0; n--, p++, q++) {
        char byte = *p;
        *p = *q;
        *q = byte;
    }
}

static void insertion_sort(const struct array *a)
{
    for (size_t i = 1; i < a->count; i++)
        for (size_t j = i; j > 0 && order(a, j - 1, j) > 0; j--)
            swap(a, j - 1, j);
}

/* Lets element i sink until neither child is greater. */
static void sift_down(const struct array *a, size_t i, size_t count)
{
    for (size_t child; (child = 2 * i + 1) < count; i = child) {
        if (child + 1 < count && order(a, child, child + 1) < 0)
            child++;
        if (order(a, i, child) >= 0)
            return;
        swap(a, i, child);
    }
}

static void heap_sort(const struct array *a)
{
    for (size_t i = a->count / 2; i-- > 0;)
        sift_down(a, i, a->count);
    for (size_t last = a->count - 1; last > 0; last--) {
        swap(a, 0, last);
        sift_down(a, 0, last);
    }
}

/* Brings the median of the first, middle and last element to the front. */
static void place_pivot(const struct array *a)
{
    size_t middle = a->count / 2, last = a->count - 1;
    if (order(a, middle, last) > 0)
        swap(a, middle, last);
    if (order(a, 0, middle) < 0)
        swap(a, 0, middle);
    if (order(a, 0, last) > 0)
        swap(a, 0, last);
}

/* Parts the array around its pivot and returns where that now stands; equal ones go both ways. */
static size_t partition(const struct array *a)
{
    size_t low = 0, high = a->count;
    place_pivot(a);
    for (;;) {
        while (++low < a->count && order(a, low, 0) < 0)
            ;
        while (order(a, --high, 0) > 0)
            ;
        if (low >= high)
            break;
        swap(a, low, high);
    }
    swap(a, 0, high);
    return high;
}

enum { SMALL = 12 };

static void sort(struct array a, int splits_left)
{
    while (a.count > SMALL) {
        if (splits_left-- == 0) {
            heap_sort(&a);
            return;
        }
        size_t pivot = partition(&a);
        struct array left = a, right = a;
        left.count = pivot;
        right.base = element(&a, pivot + 1);
        right.count = a.count - pivot - 1;
        sort(left.count < right.count ? left : right, splits_left);
        a = left.count < right.count ? right : left;
    }
    insertion_sort(&a);
}

void qsort(void *base, size_t count, size_t size, compare_t *compare)
{
    struct array array = {base, count, size, compare};
    if (count > 1)
        sort(array, 2 * (64 - __builtin_clzl(count)));
}

void *bsearch(const void *key, const void *base, size_t count, size_t size, compare_t *compare)
{
    const char *low = base;
    while (count > 0) {
        const char *middle = low + count / 2 * size;
        int sign = compare(key, middle);
        if (sign == 0)
            return (void *)middle;
        if (sign > 0) {
            low = middle + size;
            count--;
        }
        count /= 2;
    }
    return NULL;
}
