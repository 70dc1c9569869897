/*
 * From text to the tree of a command:
 *
 *   list      pipeline { (";" | "&" | "&&" | "||" | newline) pipeline }
 *   pipeline  ["!"] command { "|" command }
 *   command   simple | "(" list ")" | "{" list "}" | if | while | until | for, then redirections
 *   simple    { assignment | word | redirection }
 *
 * The tree lives in the arena.
 */
#ifndef SH_PARSE_H
#define SH_PARSE_H

struct word {
    struct word *next;
    const char *text; /* as it was written, quotes and dollars included */
};

enum redirect_kind { REDIRECT_READ, REDIRECT_WRITE, REDIRECT_APPEND, REDIRECT_DUPLICATE };

struct redirect {
    struct redirect *next;
    enum redirect_kind kind;
    int fd;
    const char *target; /* a word: a file, or for REDIRECT_DUPLICATE a digit or - */
};

enum node_kind {
    NODE_SIMPLE,     /* assignments, words */
    NODE_PIPE,       /* left | right; left is no pipe */
    NODE_NOT,        /* ! left */
    NODE_AND,        /* left && right */
    NODE_OR,         /* left || right */
    NODE_SEQUENCE,   /* left ; right */
    NODE_BACKGROUND, /* left & */
    NODE_SUBSHELL,   /* ( left ) */
    NODE_GROUP,      /* { left } */
    NODE_IF,         /* if condition; then left; else right; fi; right may be NULL */
    NODE_WHILE,      /* while condition; do left; done */
    NODE_UNTIL,      /* until condition; do left; done */
    NODE_FOR,        /* for name in words; do left; done */
};

struct node {
    enum node_kind kind;
    struct node *condition, *left, *right;
    struct word *assignments, *words;
    struct redirect *redirects;
    const char *name; /* of the variable of a for */
    const char *text; /* the command as it was written, for messages */
};

enum parse_result {
    PARSE_DONE,       /* *tree is the command, or NULL if there was none */
    PARSE_INCOMPLETE, /* the text ends too early */
    PARSE_WRONG,      /* a message was printed */
};

enum parse_result parse(const char *text, struct node **tree);

#endif
