/* The rest of the library, used by several threads at once: malloc, streams, random numbers. */
#include "tests.h"

/* --- malloc --- */

enum { SLOTS = 64, STEPS = 10000, BIGGEST = 3000 };

static struct piece {
    unsigned char *at;
    size_t size;
} * slots[SLOTS];

static bool is_whole(const struct piece *piece)
{
    return holds_only(piece->at, piece->size, (uint8_t)piece->size);
}

/* Now and then one is beyond the heap, and a mapping of its own. */
static struct piece *make_piece(unsigned *seed)
{
    struct piece *piece = malloc(sizeof(*piece));
    REQUIRE(piece != NULL, "malloc");
    size_t size = (size_t)rand_r(seed) % BIGGEST;
    piece->size = rand_r(seed) % 256 == 0 ? 150000 : size;
    piece->at = malloc(piece->size + 1);
    REQUIRE(piece->at != NULL, "malloc of %zu", piece->size);
    memset(piece->at, (uint8_t)piece->size, piece->size);
    return piece;
}

static void grow_piece(struct piece *piece)
{
    size_t size = piece->size + 1000;
    unsigned char *grown = realloc(piece->at, size);
    REQUIRE(grown != NULL, "realloc to %zu", size);
    REQUIRE(holds_only(grown, piece->size, (uint8_t)piece->size), "realloc keeps what is there");
    piece->at = grown;
    piece->size = size;
    memset(grown, (uint8_t)size, size);
}

/* Pieces go from thread to thread through the slots: one frees what another has made. */
static void *exchange(void *argument)
{
    unsigned seed = (unsigned)(long)argument + 1;
    for (int i = 0; i < STEPS; i++) {
        struct piece *piece = make_piece(&seed);
        if (i % 8 == 0)
            grow_piece(piece);
        piece = __atomic_exchange_n(&slots[rand_r(&seed) % SLOTS], piece, __ATOMIC_ACQ_REL);
        if (piece == NULL)
            continue;
        REQUIRE(is_whole(piece), "a piece of %zu bytes", piece->size);
        free(piece->at);
        free(piece);
    }
    return NULL;
}

void malloc_in_threads(void)
{
    NEED_THREADS();
    in_threads(exchange);
    for (int i = 0; i < SLOTS; i++) {
        if (slots[i] == NULL)
            continue;
        CHECK(is_whole(slots[i]), "what is left in %d", i);
        free(slots[i]->at);
        free(slots[i]);
    }
}

static int stop;

static void *allocate_until_stop(void *argument)
{
    unsigned seed = (unsigned)(long)argument;
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        struct piece *piece = make_piece(&seed);
        free(piece->at);
        free(piece);
    }
    return NULL;
}

static void allocate_in_child(void *argument)
{
    unsigned seed = 1;
    for (int i = 0; i < 200; i++) {
        struct piece *piece = make_piece(&seed);
        REQUIRE(is_whole(piece), "a piece");
        free(piece->at);
        free(piece);
    }
}

void malloc_over_fork(void)
{
    pthread_t threads[NTHREADS];
    NEED_THREADS();
    for (long i = 0; i < NTHREADS; i++)
        threads[i] = start_thread(allocate_until_stop, (void *)i);
    for (int i = 0; i < 50; i++)
        CHECK(finish(start(allocate_in_child, NULL)), "child %d", i);
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < NTHREADS; i++)
        join_thread(threads[i]);
}

/* --- Streams --- */

enum { LINES = 2000 };

static FILE *stream;

static void *print_lines(void *argument)
{
    int number = (int)(long)argument;
    for (int i = 0; i < LINES; i++)
        REQUIRE(fprintf(stream, "thread %d line %d of many\n", number, i) > 0, "print");
    return NULL;
}

void streams_in_threads(void)
{
    int next[NTHREADS] = {0}, number, line;
    char text[100];
    NEED_THREADS();
    stream = fopen("lines", "w+");
    MUST(stream != NULL, "open");
    in_threads(print_lines);
    rewind(stream);
    for (int i = 0; i < NTHREADS * LINES; i++) {
        REQUIRE(fgets(text, sizeof(text), stream) != NULL, "line %d", i);
        REQUIRE(sscanf(text, "thread %d line %d", &number, &line) == 2, "a line: %s", text);
        REQUIRE(strcmp(strchr(text, 'f'), "of many\n") == 0 || strstr(text, " of many\n"),
                "its end");
        REQUIRE(number >= 0 && number < NTHREADS && line == next[number], "in order: %s", text);
        next[number]++;
    }
    CHECK(fgets(text, sizeof(text), stream) == NULL && fclose(stream) == 0, "no more");
}

static void *count_bytes(void *argument)
{
    long count = 0;
    while (fgetc(stream) != EOF)
        count++;
    return (void *)count;
}

static void *put_pairs(void *argument)
{
    for (int i = 0; i < LINES; i++) {
        flockfile(stream);
        flockfile(stream);
        putc_unlocked('a', stream);
        sched_yield();
        fputc('b', stream);
        funlockfile(stream);
        funlockfile(stream);
    }
    return NULL;
}

static void *try_stream(void *argument)
{
    int taken = ftrylockfile(stream);
    if (taken == 0)
        funlockfile(stream);
    return (void *)(long)(taken == 0);
}

void streams_locked(void)
{
    pthread_t threads[NTHREADS];
    long count = 0;
    NEED_THREADS();
    stream = fopen("pairs", "w+");
    MUST(stream != NULL, "open");
    in_threads(put_pairs);
    rewind(stream);
    for (int i = 0; i < NTHREADS * LINES; i++)
        REQUIRE(fgetc(stream) == 'a' && getc_unlocked(stream) == 'b', "pair %d", i);
    rewind(stream);
    for (int i = 0; i < NTHREADS; i++)
        threads[i] = start_thread(count_bytes, NULL);
    for (int i = 0; i < NTHREADS; i++)
        count += (long)join_thread(threads[i]);
    CHECK(count == 2L * NTHREADS * LINES, "each byte is read once: %ld", count);
    CHECK(ftrylockfile(stream) == 0 && ftrylockfile(stream) == 0, "lock it twice");
    CHECK(join_thread(start_thread(try_stream, NULL)) == NULL, "another cannot");
    funlockfile(stream);
    CHECK(join_thread(start_thread(try_stream, NULL)) == NULL, "nor now");
    funlockfile(stream);
    CHECK(join_thread(start_thread(try_stream, NULL)) == (void *)1, "now it can");
    CHECK(fclose(stream) == 0, "close");
}

static void *print_until_stop(void *argument)
{
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        FILE *own = fopen("/dev/null", "w");
        REQUIRE(own != NULL, "open");
        fprintf(own, "some text\n");
        fprintf(stream, "some text\n");
        fclose(own);
    }
    return NULL;
}

/* The child's own streams, and those that were open: their locks may have been another thread's. */
static void print_in_child(void *argument)
{
    FILE *own = fopen("own", "w");
    MUST(own != NULL && fprintf(own, "text\n") == 5 && fclose(own) == 0, "its own");
    MUST(ftrylockfile(stream) == 0, "its parent's");
    funlockfile(stream);
    stream = NULL;
    fflush(stdout);
}

void streams_over_fork(void)
{
    pthread_t threads[NTHREADS];
    NEED_THREADS();
    stream = fopen("/dev/null", "w");
    MUST(stream != NULL, "open");
    for (int i = 0; i < NTHREADS; i++)
        threads[i] = start_thread(print_until_stop, NULL);
    for (int i = 0; i < 50; i++)
        CHECK(finish(start(print_in_child, NULL)), "child %d", i);
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < NTHREADS; i++)
        join_thread(threads[i]);
}

/* --- Random numbers --- */

enum { DRAWS = 50000 };

static pthread_barrier_t start_line;

static void *draw(void *argument)
{
    pthread_barrier_wait(&start_line);
    for (int i = 0; i < DRAWS; i++)
        REQUIRE(random() >= 0, "random");
    return NULL;
}

/* Each thread's draw is one step of the same sequence. */
void random_in_threads(void)
{
    NEED_THREADS();
    pthread_barrier_init(&start_line, NULL, NTHREADS);
    srandom(1);
    for (int i = 0; i < NTHREADS * DRAWS; i++)
        random();
    long expected = random();
    srandom(1);
    in_threads(draw);
    CHECK(random() == expected, "as many steps as draws");
}
