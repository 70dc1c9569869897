/* wc [-lwc] [file...]: counts lines, words and bytes. */
#include <ctype.h>
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct counts {
    unsigned long lines, words, bytes;
};

static bool show_lines, show_words, show_bytes;

static int count(int fd, struct counts *counts)
{
    static char buffer[16384];
    bool in_word = false;
    ssize_t n;
    while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
        counts->bytes += (unsigned long)n;
        for (ssize_t i = 0; i < n; i++) {
            bool space = isspace((unsigned char)buffer[i]);
            counts->lines += buffer[i] == '\n';
            counts->words += !space && !in_word;
            in_word = !space;
        }
    }
    return n < 0 ? -1 : 0;
}

static void print(const struct counts *counts, const char *name, int width)
{
    const char *gap = "";
    if (show_lines)
        printf("%*lu", width, counts->lines), gap = " ";
    if (show_words)
        printf("%s%*lu", gap, width, counts->words), gap = " ";
    if (show_bytes)
        printf("%s%*lu", gap, width, counts->bytes);
    printf("%s%s\n", name[0] != '\0' ? " " : "", name);
}

/* Wide enough for the sum of the sizes; what has no size is taken to be long. */
static int choose_width(char **names, int count)
{
    unsigned long size = 0;
    bool sized = true;
    if (count <= 1 && show_lines + show_words + show_bytes == 1)
        return 1;
    for (int i = 0; i < (count == 0 ? 1 : count); i++) {
        struct stat status;
        int result = count == 0 ? fstat(STDIN_FILENO, &status) : stat(names[i], &status);
        if (result < 0)
            continue;
        sized &= S_ISREG(status.st_mode);
        size += (unsigned long)status.st_size;
    }
    int width = snprintf(NULL, 0, "%lu", size);
    return sized || width > 7 ? width : 7;
}

static int count_file(const char *path, struct counts *total, int width)
{
    struct counts counts = {0};
    int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY);
    if (fd < 0 || count(fd, &counts) < 0) {
        warn("%s", path);
        return 1;
    }
    if (fd != STDIN_FILENO)
        close(fd);
    print(&counts, path, width);
    total->lines += counts.lines;
    total->words += counts.words;
    total->bytes += counts.bytes;
    return 0;
}

static int count_input(int width)
{
    struct counts counts = {0};
    if (count(STDIN_FILENO, &counts) < 0)
        err(1, "read error");
    print(&counts, "", width);
    return 0;
}

int main(int argc, char **argv)
{
    struct counts total = {0};
    int status = 0;
    for (int option; (option = getopt(argc, argv, "lwc")) != -1;) {
        if (option == '?')
            return 1;
        show_lines |= option == 'l';
        show_words |= option == 'w';
        show_bytes |= option == 'c';
    }
    if (!show_lines && !show_words && !show_bytes)
        show_lines = show_words = show_bytes = true;
    int width = choose_width(argv + optind, argc - optind);
    if (optind == argc)
        return count_input(width);
    for (int i = optind; i < argc; i++)
        status |= count_file(argv[i], &total, width);
    if (argc - optind > 1)
        print(&total, "total", width);
    return status;
}
