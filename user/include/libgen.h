/* The last part of a path, and what stands before it. Both may change the path itself. */
#ifndef LIBGEN_H
#define LIBGEN_H

char *basename(char *path);
char *dirname(char *path);

#endif
