/* Numbers the lines of its input and turns them around. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *line = NULL;
    size_t size = 0;
    unsigned number = 0;
    for (ssize_t n; (n = getline(&line, &size, stdin)) > 0;) {
        n -= line[n - 1] == '\n';
        printf("%u ", ++number);
        while (n > 0)
            putchar(line[--n]);
        putchar('\n');
    }
    free(line);
    fprintf(stderr, "%u lines\n", number);
    return ferror(stdin) || fflush(stdout) != 0;
}
