/*
 * From text to tokens. A word keeps its quotes and dollars: expand.c takes them away when the
 * command runs. What ends in the middle (of a quote, of a substitution) is told apart from what is
 * wrong, so that a terminal can be asked for more.
 */
#ifndef SH_LEX_H
#define SH_LEX_H

#include <stdbool.h>
#include <stddef.h>

enum token_kind {
    TOKEN_END,
    TOKEN_NEWLINE,
    TOKEN_WORD,
    TOKEN_SEMICOLON,
    TOKEN_AMPERSAND,
    TOKEN_AND_AND,
    TOKEN_OR_OR,
    TOKEN_PIPE,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_LESS,
    TOKEN_GREATER,
    TOKEN_APPEND,
    TOKEN_LESS_AND,
    TOKEN_GREATER_AND,
};

struct token {
    enum token_kind kind;
    const char *start, *end;
    int fd; /* the digit before a redirection; -1: none */
};

/* Reads the token at or behind *at and moves *at behind it; false if the text ends inside it. */
bool lex(const char **at, struct token *token);

/* Behind the `)` that closes a `$(`, given what follows that; NULL if it does not come. */
const char *lex_skip_substitution(const char *at);

/* Behind the closing double quote, given what follows the opening one; NULL if it does not come. */
const char *lex_skip_quoted(const char *at);

#endif
