/*
 * mandeldemo: several processes draw the Mandelbrot set into one mapped file.
 *
 *     mandeldemo [--short]
 *
 * The file is /tmp/mandel.ppm, a picture as many programs show it; `make mandel` brings it out of
 * the machine. Each process maps the file, takes the number of the next row from a common counter
 * and draws it, until there are none. Numbers have 28 binary places after the point, so that the
 * picture is the same, to the bit, on every machine. The parent draws some rows again, and compares
 * with what read(2) finds in the file.
 */
#include "demo.h"

#include <fcntl.h>

enum { DRAWERS = 4, POINT = 28, DEPTH = 255, HEADER = 15 };
enum { LONG_WIDTH = 960, LONG_HEIGHT = 640, SHORT_WIDTH = 240, SHORT_HEIGHT = 160 };
enum { TEXT_COLUMNS = 72, TEXT_ROWS = 24, AGAIN = 7, ROWS_MAX = LONG_HEIGHT };

#define ONE ((int64_t)1 << POINT)

struct board {
    uint32_t next;           /* the row to be drawn next */
    uint32_t drawn[DRAWERS]; /* how many rows each process has drawn */
    uint8_t times_drawn[ROWS_MAX];
};

static const char name[] = "/tmp/mandel.ppm";
static struct board *board;
static int width, height;
static size_t size;

/* --- The picture --- */

/* How many steps a point takes to leave the circle of radius 2; DEPTH: it stays. */
static int escape_time(int64_t cx, int64_t cy)
{
    int64_t x = 0, y = 0;
    for (int step = 0; step < DEPTH; step++) {
        int64_t xx = x * x >> POINT, yy = y * y >> POINT;
        if (xx + yy > 4 * ONE)
            return step;
        y = (2 * x * y >> POINT) + cy;
        x = xx - yy + cx;
    }
    return DEPTH;
}

/* The part of the plane that is shown: x from -2.25 to 0.75, y from -1 to 1. */
static int escape_time_at(int column, int row)
{
    int64_t cx = 3 * ONE * column / width - 9 * ONE / 4;
    int64_t cy = 2 * ONE * row / height - ONE;
    return escape_time(cx, cy);
}

static void draw_row(uint8_t *pixels, int row)
{
    for (int column = 0; column < width; column++) {
        int steps = escape_time_at(column, row);
        int left = steps == DEPTH ? 0 : steps;
        *pixels++ = (uint8_t)(left * 5);
        *pixels++ = (uint8_t)(left * left / 16);
        *pixels++ = (uint8_t)(steps == DEPTH ? 0 : left < 58 ? 80 + left * 3 : 255);
    }
}

/* --- Processes --- */

static uint8_t *map_picture(void)
{
    int fd = open(name, O_RDWR);
    if (fd < 0)
        die(name);
    uint8_t *at = map_or_die(size, RW, MAP_SHARED, fd);
    close(fd);
    return at;
}

static int draw(int number)
{
    uint8_t *pixels = map_picture() + HEADER;
    for (;;) {
        uint32_t row = __atomic_fetch_add(&board->next, 1, __ATOMIC_SEQ_CST);
        if (row >= (uint32_t)height)
            return 0;
        draw_row(pixels + (size_t)row * width * 3, (int)row);
        board->drawn[number]++;
        board->times_drawn[row]++;
    }
}

static void make_file(void)
{
    char header[HEADER + 1];
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);
    snprintf(header, sizeof(header), "P6\n%d %d\n%d\n", width, height, DEPTH);
    if (fd < 0 || strlen(header) != HEADER || write(fd, header, HEADER) != HEADER ||
        ftruncate(fd, (off_t)size) != 0)
        die(name);
    close(fd);
}

/* Whether read(2) finds every so many-th row as it is when drawn again. */
static bool rows_are_right(void)
{
    static uint8_t row[LONG_WIDTH * 3], again[LONG_WIDTH * 3];
    size_t row_size = (size_t)width * 3;
    int fd = open(name, O_RDONLY);
    bool right = fd >= 0 && lseek(fd, 0, SEEK_END) == (off_t)size;
    for (int i = 0; i < height; i += AGAIN) {
        draw_row(again, i);
        off_t at = (off_t)(HEADER + i * row_size);
        right = right && pread(fd, row, row_size, at) == (ssize_t)row_size &&
                memcmp(row, again, row_size) == 0;
    }
    close(fd);
    return right;
}

static void print_text(const uint8_t *pixels)
{
    static const char shades[] = " .:-=+*%";
    for (int y = 0; y < TEXT_ROWS; y++) {
        char line[TEXT_COLUMNS + 1] = "";
        for (int x = 0; x < TEXT_COLUMNS; x++) {
            int column = x * width / TEXT_COLUMNS, row = y * height / TEXT_ROWS;
            int blue = pixels[((size_t)row * width + column) * 3 + 2];
            int shade = (blue - 80) / 6;
            line[x] = blue == 0 ? '#' : shades[shade > 7 ? 7 : shade];
        }
        printf("%s\n", line);
    }
}

static bool each_row_once(void)
{
    bool once = true;
    for (int i = 0; i < height; i++)
        once &= board->times_drawn[i] == 1;
    return once;
}

int main(int argc, char **argv)
{
    bool brief = demo_is_short(argc, argv);
    width = brief ? SHORT_WIDTH : LONG_WIDTH;
    height = brief ? SHORT_HEIGHT : LONG_HEIGHT;
    size = HEADER + (size_t)width * height * 3;
    board = map_common(sizeof(*board));
    make_file();

    pid_t pids[DRAWERS];
    uint64_t began = nanoseconds();
    for (int i = 0; i < DRAWERS; i++)
        pids[i] = start(draw, i);
    bool ended_well = finish_all(pids, DRAWERS);
    uint64_t taken = nanoseconds() - began;

    const uint8_t *picture = map_picture();
    print_text(picture + HEADER);
    printf("%d x %d points by %d processes in %lu ms; rows:", width, height, DRAWERS,
           (unsigned long)taken / 1000000);
    for (int i = 0; i < DRAWERS; i++)
        printf(" %u", board->drawn[i]);
    printf("; %lu page faults\n", (unsigned long)faults_of(RUSAGE_CHILDREN));
    check(ended_well, "all processes ended well");
    check(each_row_once(), "each row was drawn once");
    check(rows_are_right(), "read(2) finds in the file what they drew");
    printf("the picture is in %s\n", name);
    return demo_failures != 0;
}
