/* Text: what printf makes of each conversion is compared by the script; and strings, and lines. */
#include "kernel/types.h"
#include "user/user.h"

#include "check.h"

static void conversions(void)
{
    printf("= %d %d %u %x %x\n", -2147483647 - 1, 42, 4294967295u, 0xbeef, -1);
    printf("= %ld %lu %lx %lld %llu %llx\n", -5000000000L, 5000000000UL, 0x123456789abcL,
           -5000000000LL, 5000000000ULL, 0xffffffffffffffffULL);
    printf("= %l, %l.\n", -5000000000L, 7UL);
    printf("= %p %p %c%c %s %s %% %y 5%", (void *)0x1234, (char *)-1, 'o', 'k', "text", (char *)0);
    fprintf(1, "\n= %s %d\n", "fprintf", 1);
}

static void strings(void)
{
    char text[32];
    CHECK(strlen("") == 0 && strlen("four") == 4 && strcpy(text, "abc") == text);
    CHECK(strcmp(text, "abc") == 0 && strcmp("a", "b") < 0 && strcmp("b", "a") > 0);
    CHECK(strcmp("a", "\xff") < 0 && strchr(text, 'c') == text + 2 && strchr(text, 'd') == 0);
    CHECK(atoi("123x") == 123 && atoi("x") == 0 && atoi("") == 0);
    CHECK(memset(text, 'z', 20) == text && text[19] == 'z' && text[20] != 'z');
    CHECK(memcmp("abc", "abd", 3) < 0 && memcmp("abc", "abd", 2) == 0);
    for (int i = 0; i < 20; i++)
        text[i] = i;
    CHECK(memmove(text + 1, text, 19) == text + 1 && text[19] == 18 && text[0] == 0);
    CHECK(memmove(text, text + 1, 19) == text && text[0] == 0 && text[18] == 18);
    CHECK(memcpy(text, "12345678901234567", 17) == text && text[16] == '7');
    CHECK(memmove(text, "xx", -1) == text && text[0] == '1');
}

static void lines(void)
{
    int fds[2];
    char line[16];
    pipe(fds);
    write(fds[1], "first\nsecond is longer than that\rlast", 37);
    close(fds[1]);
    close(0);
    dup(fds[0]);
    CHECK(gets(line, sizeof(line)) == line && strcmp(line, "first\n") == 0);
    CHECK(strlen(gets(line, sizeof(line))) == 15 && strcmp(line, "second is longe") == 0);
    CHECK(strcmp(gets(line, sizeof(line)), "r than that\r") == 0);
    CHECK(strcmp(gets(line, sizeof(line)), "last") == 0 && gets(line, sizeof(line))[0] == 0);
}

int main(int argc, char **argv)
{
    conversions();
    strings();
    lines();
    exit(check_end());
}
