/* The store of kvdemo: buckets, entries and what is put back after a crash. */
#include "store.h"

#include <fcntl.h>

#include "../demo.h"
#include "lock.h"

struct entry {
    uint32_t hash; /* of the key; 0: free */
    uint32_t sum;  /* over key and value */
    char key[KEY_SIZE];
    char value[VALUE_SIZE];
};

enum { SLOTS = (PAGE - sizeof(union lock) - 2 * sizeof(struct entry)) / sizeof(struct entry) };

struct bucket {
    union lock lock;
    uint32_t changing; /* 1: `saved` is what `slot` was, and counts */
    uint32_t slot;
    char room[sizeof(struct entry) - 8];
    struct entry saved;
    struct entry entries[SLOTS];
};

_Static_assert(sizeof(struct bucket) == PAGE, "a bucket is a page");

void (*store_interrupt)(void);

static struct bucket *buckets;
static struct store_repairs *repairs;

/* --- Entries --- */

static uint32_t hash_bytes(uint64_t sum, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        sum = mix(sum, (unsigned char)bytes[i]);
    return (uint32_t)(sum >> 16) | 1;
}

static uint32_t hash_of(const char *key)
{
    return hash_bytes(1, key, strlen(key));
}

static uint32_t sum_of(const struct entry *entry)
{
    return hash_bytes(hash_bytes(2, entry->key, KEY_SIZE), entry->value, VALUE_SIZE);
}

static void make_entry(struct entry *entry, const char *key, const char *value)
{
    memset(entry, 0, sizeof(*entry));
    entry->hash = hash_of(key);
    snprintf(entry->key, sizeof(entry->key), "%s", key);
    snprintf(entry->value, sizeof(entry->value), "%s", value);
    entry->sum = sum_of(entry);
}

/* --- Buckets --- */

static struct bucket *bucket_of(uint32_t hash)
{
    return &buckets[(hash >> 8) % BUCKETS];
}

static void put_back(struct bucket *bucket)
{
    if (__atomic_load_n(&bucket->changing, __ATOMIC_ACQUIRE) == 0)
        return;
    bucket->entries[bucket->slot] = bucket->saved;
    __atomic_store_n(&bucket->changing, 0, __ATOMIC_RELEASE);
    __atomic_fetch_add(&repairs->entries, 1, __ATOMIC_SEQ_CST);
}

static struct bucket *take_bucket(const char *key)
{
    struct bucket *bucket = bucket_of(hash_of(key));
    if (lock_take(&bucket->lock)) {
        put_back(bucket);
        __atomic_fetch_add(&repairs->locks, 1, __ATOMIC_SEQ_CST);
    }
    return bucket;
}

/* The key's entry, or NULL. */
static struct entry *find(struct bucket *bucket, const char *key)
{
    uint32_t hash = hash_of(key);
    for (int i = 0; i < SLOTS; i++) {
        struct entry *entry = &bucket->entries[i];
        if (entry->hash == hash && strcmp(entry->key, key) == 0)
            return entry;
    }
    return NULL;
}

static struct entry *find_free(struct bucket *bucket)
{
    for (int i = 0; i < SLOTS; i++)
        if (bucket->entries[i].hash == 0)
            return &bucket->entries[i];
    return NULL;
}

/* The one way in which entries change. */
static void change(struct bucket *bucket, struct entry *entry, const struct entry *to)
{
    bucket->saved = *entry;
    bucket->slot = (uint32_t)(entry - bucket->entries);
    __atomic_store_n(&bucket->changing, 1, __ATOMIC_SEQ_CST);
    memcpy(entry, to, sizeof(*entry) / 2);
    if (store_interrupt != NULL)
        store_interrupt();
    *entry = *to;
    __atomic_store_n(&bucket->changing, 0, __ATOMIC_RELEASE);
}

/* --- Files --- */

void store_join(const char *name, struct store_repairs *counts)
{
    size_t size = BUCKETS * sizeof(*buckets);
    int fd = open(name, O_RDWR | O_CREAT, 0600);
    if (fd < 0 || ftruncate(fd, (off_t)size) != 0)
        die(name);
    buckets = map_or_die(size, RW, MAP_SHARED, fd);
    repairs = counts;
    close(fd);
}

void store_open(const char *name, struct store_repairs *counts)
{
    store_join(name, counts);
    for (int i = 0; i < BUCKETS; i++) {
        lock_make(&buckets[i].lock);
        put_back(&buckets[i]);
    }
}

void store_close(void)
{
    munmap(buckets, BUCKETS * sizeof(*buckets));
}

bool store_sync(void)
{
    return msync(buckets, BUCKETS * sizeof(*buckets), MS_SYNC) == 0;
}

/* --- Operations --- */

/* With the bucket's lock. */
static bool put(struct bucket *bucket, const char *key, const char *value)
{
    struct entry *entry = find(bucket, key), filled;
    if (entry == NULL)
        entry = find_free(bucket);
    if (entry == NULL)
        return false;
    make_entry(&filled, key, value);
    change(bucket, entry, &filled);
    return true;
}

bool store_put(const char *key, const char *value)
{
    struct bucket *bucket = take_bucket(key);
    bool done = put(bucket, key, value);
    lock_give(&bucket->lock);
    return done;
}

bool store_get(const char *key, char value[VALUE_SIZE])
{
    struct bucket *bucket = take_bucket(key);
    const struct entry *entry = find(bucket, key);
    if (entry != NULL)
        memcpy(value, entry->value, VALUE_SIZE);
    lock_give(&bucket->lock);
    return entry != NULL;
}

bool store_delete(const char *key)
{
    static const struct entry none;
    struct bucket *bucket = take_bucket(key);
    struct entry *entry = find(bucket, key);
    if (entry != NULL)
        change(bucket, entry, &none);
    lock_give(&bucket->lock);
    return entry != NULL;
}

bool store_add(const char *key, unsigned long amount)
{
    char text[VALUE_SIZE];
    struct bucket *bucket = take_bucket(key);
    const struct entry *entry = find(bucket, key);
    unsigned long before = entry == NULL ? 0 : strtoul(entry->value, NULL, 10);
    snprintf(text, sizeof(text), "%lu", before + amount);
    bool done = put(bucket, key, text);
    lock_give(&bucket->lock);
    return done;
}

/* --- Checking --- */

static bool is_sound(struct bucket *bucket, const struct entry *entry)
{
    if (entry->hash == 0)
        return entry->sum == 0 && entry->key[0] == '\0';
    return entry->hash == hash_of(entry->key) && entry->sum == sum_of(entry) &&
           bucket_of(entry->hash) == bucket && find(bucket, entry->key) == entry;
}

long store_check(void)
{
    long count = 0;
    bool sound = true;
    for (int b = 0; b < BUCKETS; b++) {
        sound &= buckets[b].changing == 0;
        for (int i = 0; i < SLOTS; i++) {
            const struct entry *entry = &buckets[b].entries[i];
            sound &= is_sound(&buckets[b], entry);
            count += entry->hash != 0;
        }
    }
    return sound ? count : -1;
}
