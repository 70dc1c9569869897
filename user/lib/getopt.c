/*
 * getopt() as POSIX describes it: options end at the first argument that is none, or behind "--".
 * Several letters may share one argument, so the place inside it is kept between the calls.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

char *optarg;
int optind = 1, opterr = 1, optopt;

static int place; /* in argv[optind]: the letter to read next; 0: a new argument begins */

/* Messages go out unless the caller asked, by a leading colon, to tell the cases apart itself. */
static int complain(char *const argv[], const char *options, const char *what)
{
    if (opterr && options[0] != ':')
        fprintf(stderr, "%s: %s -- '%c'\n", argv[0], what, optopt);
    return '?';
}

static void next_argument(void)
{
    optind++;
    place = 0;
}

/* The option's value: the rest of this argument, or all of the next. */
static int take_value(int argc, char *const argv[], const char *options)
{
    optarg = argv[optind] + place;
    next_argument();
    if (*optarg != '\0')
        return optopt;
    if (optind < argc) {
        optarg = argv[optind++];
        return optopt;
    }
    optarg = NULL;
    complain(argv, options, "option requires an argument");
    return options[0] == ':' ? ':' : '?';
}

int getopt(int argc, char *const argv[], const char *options)
{
    if (optind >= argc || argv[optind] == NULL)
        return -1;
    const char *argument = argv[optind];
    if (place == 0) {
        if (argument[0] != '-' || argument[1] == '\0')
            return -1;
        if (strcmp(argument, "--") == 0) {
            optind++;
            return -1;
        }
        place = 1;
    }
    optarg = NULL;
    optopt = (unsigned char)argument[place++];
    const char *known = optopt == ':' ? NULL : strchr(options, optopt);
    if (known != NULL && known[1] == ':')
        return take_value(argc, argv, options);
    if (argument[place] == '\0')
        next_argument();
    return known != NULL ? optopt : complain(argv, options, "invalid option");
}
