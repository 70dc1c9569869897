/* uname [-asnrvm]: prints the system's name; -n node, -r release, -v version, -m machine, -a all.
 */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static const char letters[] = "snrvm";
    bool shown[sizeof(letters) - 1] = {false};
    struct utsname name;
    for (int option; (option = getopt(argc, argv, "asnrvm")) != -1;) {
        if (option == '?')
            return 1;
        for (size_t i = 0; i < sizeof(shown); i++)
            shown[i] |= option == 'a' || option == letters[i];
    }
    if (uname(&name) < 0)
        err(1, "cannot tell the system's name");
    const char *texts[] = {name.sysname, name.nodename, name.release, name.version, name.machine};
    if (memchr(shown, true, sizeof(shown)) == NULL)
        shown[0] = true;
    const char *gap = "";
    for (size_t i = 0; i < sizeof(shown); i++) {
        if (!shown[i])
            continue;
        printf("%s%s", gap, texts[i]);
        gap = " ";
    }
    printf("\n");
    return 0;
}
