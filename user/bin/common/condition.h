/* `test` and `[`, for the shell and for the program test alike. */
#ifndef COMMON_CONDITION_H
#define COMMON_CONDITION_H

/* 0: the condition holds; 1: it does not; 2: it is none, and a message says why. */
int condition_main(int argc, char **argv);

#endif
