/* The environment that came along, and what setenv and its kin make of it. */
#include <stdio.h>
#include <stdlib.h>

extern char **environ;

int main(void)
{
    const char *empty = getenv("EMPTY");
    printf("%s %s %d\n", getenv("ONE"), empty != NULL ? "empty" : "none", getenv("NO") != NULL);
    setenv("TWO", "second", 1);
    setenv("ONE", "not this", 0);
    putenv("THREE=third");
    unsetenv("EMPTY");
    printf("%s %s %s %d\n", getenv("ONE"), getenv("TWO"), getenv("THREE"), getenv("EMPTY") == NULL);
    int n = 0;
    while (environ[n] != NULL)
        n++;
    printf("%d\n", n);
    clearenv();
    printf("%d\n", environ == NULL || environ[0] == NULL);
    return 0;
}
