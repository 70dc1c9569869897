/* From text to tokens. See lex.h. */
#include "lex.h"

#include <ctype.h>
#include <string.h>

static bool ends_word(char c)
{
    return strchr(" \t\n;&|()<>", c) != NULL;
}

/* Whether this is a backslash at the end of the last line there is: more has to be read. */
static bool is_continued(const char *at)
{
    return at[0] == '\\' && at[1] == '\n' && at[2] == '\0';
}

/* Behind the part of a word at `at`, one character or something quoted; NULL if it has no end. */
static const char *skip_part(const char *at)
{
    const char *end;
    switch (*at) {
    case '\'': end = strchr(at + 1, '\''); return end == NULL ? NULL : end + 1;
    case '"': return lex_skip_quoted(at + 1);
    case '\\': return at[1] == '\0' || is_continued(at) ? NULL : at + 2;
    case '$':
        if (at[1] == '(')
            return lex_skip_substitution(at + 2);
        if (at[1] != '{')
            return at + 1;
        end = strchr(at, '}');
        return end == NULL ? NULL : end + 1;
    default: return at + 1;
    }
}

/* Parentheses inside are counted; those in quotes and comments are none. */
const char *lex_skip_substitution(const char *at)
{
    int depth = 1;
    char before = ' ';
    while (at != NULL && *at != '\0') {
        if (*at == '#' && ends_word(before)) {
            at += strcspn(at, "\n");
            continue;
        }
        before = *at;
        depth += (*at == '(') - (*at == ')');
        if (depth == 0)
            return at + 1;
        at = skip_part(at);
    }
    return NULL;
}

const char *lex_skip_quoted(const char *at)
{
    while (at != NULL && *at != '\0') {
        if (*at == '"')
            return at + 1;
        at = *at == '\'' ? at + 1 : skip_part(at);
    }
    return NULL;
}

static const char *skip_blanks(const char *at)
{
    for (;;) {
        at += strspn(at, " \t");
        if (at[0] != '\\' || at[1] != '\n' || is_continued(at))
            break;
        at += 2;
    }
    return *at == '#' ? at + strcspn(at, "\n") : at;
}

static const struct {
    const char *text;
    enum token_kind kind;
} operators[] = {
    /* the longer before those they begin with */
    {"&&", TOKEN_AND_AND},  {"||", TOKEN_OR_OR},       {">>", TOKEN_APPEND},
    {"<&", TOKEN_LESS_AND}, {">&", TOKEN_GREATER_AND}, {"\n", TOKEN_NEWLINE},
    {";", TOKEN_SEMICOLON}, {"&", TOKEN_AMPERSAND},    {"|", TOKEN_PIPE},
    {"(", TOKEN_OPEN},      {")", TOKEN_CLOSE},        {"<", TOKEN_LESS},
    {">", TOKEN_GREATER},
};

static bool lex_operator(const char *at, struct token *token)
{
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        size_t length = strlen(operators[i].text);
        if (strncmp(at, operators[i].text, length) == 0) {
            token->kind = operators[i].kind;
            token->end = at + length;
            return true;
        }
    }
    return false;
}

bool lex(const char **at, struct token *token)
{
    const char *start = skip_blanks(*at), *end = start;
    *token = (struct token){.kind = TOKEN_END, .start = start, .end = start, .fd = -1};
    if (isdigit((unsigned char)start[0]) && (start[1] == '<' || start[1] == '>')) {
        token->fd = start[0] - '0';
        end++;
    }
    if (*end != '\0' && !lex_operator(end, token)) {
        token->kind = TOKEN_WORD;
        while (end != NULL && *end != '\0' && !ends_word(*end))
            end = skip_part(end);
        token->end = end;
    }
    if (token->end == NULL)
        return false;
    *at = token->end;
    return true;
}
