/*
 * fsck [-r] [-q] IMAGE
 *
 * Says what is wrong with an image, as it would be after replay of its journal. -r writes the
 * replay to the image; without it the image is not changed. -q says nothing when all is well, and
 * leaves notes out. Exit status: 0 clean, 1 problems found, 2 the image could not be used.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "map.h"

struct options {
    bool replay;
    bool quiet;
    const char *image;
};

static _Noreturn void usage(void)
{
    fputs("usage: fsck [-r] [-q] IMAGE\n", stderr);
    exit(FS_UNUSABLE);
}

static struct options parse_options(int argc, char **argv)
{
    struct options options = {.replay = false};
    int option;
    while ((option = getopt(argc, argv, "rq")) != -1) {
        switch (option) {
        case 'r': options.replay = true; break;
        case 'q': options.quiet = true; break;
        default: usage();
        }
    }
    if (optind + 1 != argc)
        usage();
    options.image = argv[optind];
    return options;
}

static void say(void *arg, enum fs_kind kind, const char *sentence)
{
    const struct options *options = arg;
    if (kind == FS_PROBLEM)
        printf("%s: %s\n", options->image, sentence);
    else if (!options->quiet)
        printf("%s: note: %s\n", options->image, sentence);
}

/* First what was replayed, then the header that says so. */
static bool save_replay(const struct map *map, const struct fs_report *report)
{
    if (report->transactions == 0)
        return true;
    if (!map_sync(map))
        return false;
    fs_journal_advance(map->base, report);
    return map_sync(map);
}

static void summarize(const char *image, const struct fs_report *report)
{
    if (report->problems > 0)
        printf("%s: %u problem%s\n", image, report->problems, report->problems == 1 ? "" : "s");
    else
        printf("%s: clean, %u files, %u directories, %u of %u blocks used\n", image, report->files,
               report->directories, report->blocks_used, report->nblocks);
}

int main(int argc, char **argv)
{
    struct map map;
    struct options options = parse_options(argc, argv);
    if (!map_open(&map, options.image, options.replay ? MAP_OPEN_WRITE : MAP_OPEN_PRIVATE)) {
        fprintf(stderr, "fsck: cannot use %s: %s\n", options.image, strerror(errno));
        return FS_UNUSABLE;
    }
    struct fs_report report = {.say = say, .arg = &options};
    enum fs_status status = fs_check(map.base, map.size, &report);
    if (options.replay && !save_replay(&map, &report)) {
        fprintf(stderr, "fsck: cannot write %s: %s\n", options.image, strerror(errno));
        return FS_UNUSABLE;
    }
    if (status != FS_UNUSABLE && !(options.quiet && status == FS_CLEAN))
        summarize(options.image, &report);
    return (int)status;
}
