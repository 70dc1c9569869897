/* test condition: the same as the shell's `test`, which is described in common/condition.c. */
#include "common/condition.h"

int main(int argc, char **argv)
{
    return condition_main(argc, argv);
}
