/*
 * From text to the tree of a command, by recursive descent: one function for each line of the
 * grammar in parse.h. After an error the parser sees nothing but the end of the text, so that every
 * loop ends by itself; the tree is thrown away then.
 */
#include "parse.h"
#include "arena.h"
#include "lex.h"
#include "shell.h"
#include "variable.h"

#include <string.h>

struct parser {
    const char *at; /* behind the token */
    struct token token;
    enum parse_result result;
};

static struct node *parse_list(struct parser *p);
static struct node *parse_pipeline(struct parser *p);

static void stop(struct parser *p, enum parse_result result)
{
    p->result = result;
    p->at = "";
    p->token = (struct token){.kind = TOKEN_END, .start = p->at, .end = p->at};
}

static void advance(struct parser *p)
{
    if (p->result == PARSE_DONE && !lex(&p->at, &p->token))
        stop(p, PARSE_INCOMPLETE);
}

/* Something else should stand here; if the text is at its end, it may still come. */
static void fail(struct parser *p)
{
    if (p->result != PARSE_DONE)
        return;
    if (p->token.kind == TOKEN_END) {
        stop(p, PARSE_INCOMPLETE);
        return;
    }
    bool newline = p->token.kind == TOKEN_NEWLINE;
    int length = (int)(p->token.end - p->token.start);
    shell_error("syntax error near `%.*s'", newline ? 7 : length,
                newline ? "newline" : p->token.start);
    stop(p, PARSE_WRONG);
}

static bool at_word(const struct parser *p, const char *word)
{
    size_t length = strlen(word);
    return p->token.kind == TOKEN_WORD && (size_t)(p->token.end - p->token.start) == length &&
           strncmp(p->token.start, word, length) == 0;
}

static bool at_any_word(const struct parser *p, const char *const *words)
{
    for (; *words != NULL; words++)
        if (at_word(p, *words))
            return true;
    return false;
}

/* The words that end a list where a command could begin. */
static bool at_end_of_list(const struct parser *p)
{
    static const char *const enders[] = {"then", "else", "elif", "fi", "do", "done", "}", NULL};
    return p->token.kind == TOKEN_END || p->token.kind == TOKEN_CLOSE || at_any_word(p, enders);
}

static void expect_word(struct parser *p, const char *word)
{
    if (at_word(p, word))
        advance(p);
    else
        fail(p);
}

static void skip_newlines(struct parser *p)
{
    while (p->token.kind == TOKEN_NEWLINE)
        advance(p);
}

static struct node *make_node(enum node_kind kind, struct node *left, struct node *right)
{
    struct node *node = arena_alloc(sizeof(*node));
    node->kind = kind;
    node->left = left;
    node->right = right;
    return node;
}

static const char *token_text(const struct parser *p)
{
    return arena_copy(p->token.start, (size_t)(p->token.end - p->token.start));
}

static void append_word(struct word **list, const char *text)
{
    while (*list != NULL)
        list = &(*list)->next;
    *list = arena_alloc(sizeof(**list));
    (*list)->text = text;
}

static bool at_redirect(const struct parser *p)
{
    return p->token.kind >= TOKEN_LESS && p->token.kind <= TOKEN_GREATER_AND;
}

static void parse_redirect(struct parser *p, struct redirect **list)
{
    struct redirect *redirect = arena_alloc(sizeof(*redirect));
    bool input = p->token.kind == TOKEN_LESS || p->token.kind == TOKEN_LESS_AND;
    switch (p->token.kind) {
    case TOKEN_LESS: redirect->kind = REDIRECT_READ; break;
    case TOKEN_GREATER: redirect->kind = REDIRECT_WRITE; break;
    case TOKEN_APPEND: redirect->kind = REDIRECT_APPEND; break;
    default: redirect->kind = REDIRECT_DUPLICATE;
    }
    redirect->fd = p->token.fd >= 0 ? p->token.fd : !input;
    advance(p);
    if (p->token.kind != TOKEN_WORD) {
        fail(p);
        return;
    }
    redirect->target = token_text(p);
    advance(p);
    while (*list != NULL)
        list = &(*list)->next;
    *list = redirect;
}

static bool is_assignment(const char *text)
{
    size_t length = variable_name_length(text);
    return length > 0 && text[length] == '=';
}

static struct node *parse_simple(struct parser *p)
{
    struct node *node = make_node(NODE_SIMPLE, NULL, NULL);
    for (;;) {
        if (at_redirect(p)) {
            parse_redirect(p, &node->redirects);
        } else if (p->token.kind == TOKEN_WORD) {
            const char *text = token_text(p);
            bool assigns = node->words == NULL && is_assignment(text);
            append_word(assigns ? &node->assignments : &node->words, text);
            advance(p);
        } else {
            break;
        }
    }
    if (node->words == NULL && node->assignments == NULL && node->redirects == NULL)
        fail(p);
    return node;
}

/* Behind `if` or `elif`; takes the `fi` too. */
static struct node *parse_if(struct parser *p)
{
    struct node *node = make_node(NODE_IF, NULL, NULL);
    node->condition = parse_list(p);
    expect_word(p, "then");
    node->left = parse_list(p);
    if (at_word(p, "elif")) {
        advance(p);
        node->right = parse_if(p);
        return node;
    }
    if (at_word(p, "else")) {
        advance(p);
        node->right = parse_list(p);
    }
    expect_word(p, "fi");
    return node;
}

static struct node *parse_body(struct parser *p)
{
    expect_word(p, "do");
    struct node *body = parse_list(p);
    expect_word(p, "done");
    return body;
}

static struct node *parse_while(struct parser *p, enum node_kind kind)
{
    struct node *node = make_node(kind, NULL, NULL);
    node->condition = parse_list(p);
    node->left = parse_body(p);
    return node;
}

/* Without `in` the loop goes over the positional parameters. */
static struct node *parse_for(struct parser *p)
{
    struct node *node = make_node(NODE_FOR, NULL, NULL);
    node->name = token_text(p);
    if (p->token.kind != TOKEN_WORD || variable_name_length(node->name) != strlen(node->name))
        fail(p);
    advance(p);
    skip_newlines(p);
    if (at_word(p, "in")) {
        advance(p);
        for (; p->token.kind == TOKEN_WORD; advance(p))
            append_word(&node->words, token_text(p));
    } else {
        append_word(&node->words, "\"$@\"");
    }
    if (p->token.kind == TOKEN_SEMICOLON)
        advance(p);
    skip_newlines(p);
    node->left = parse_body(p);
    return node;
}

static struct node *parse_enclosed(struct parser *p, enum node_kind kind)
{
    struct node *node = make_node(kind, parse_list(p), NULL);
    bool closed = kind == NODE_SUBSHELL ? p->token.kind == TOKEN_CLOSE : at_word(p, "}");
    if (!closed || node->left == NULL)
        fail(p);
    advance(p);
    return node;
}

static struct node *parse_compound(struct parser *p)
{
    static const struct {
        const char *word;
        enum node_kind kind;
    } openers[] = {{"{", NODE_GROUP},
                   {"if", NODE_IF},
                   {"while", NODE_WHILE},
                   {"until", NODE_UNTIL},
                   {"for", NODE_FOR}};
    if (p->token.kind == TOKEN_OPEN) {
        advance(p);
        return parse_enclosed(p, NODE_SUBSHELL);
    }
    size_t i = 0, count = sizeof(openers) / sizeof(openers[0]);
    while (i < count && !at_word(p, openers[i].word))
        i++;
    if (i == count)
        return NULL;
    advance(p);
    switch (openers[i].kind) {
    case NODE_GROUP: return parse_enclosed(p, NODE_GROUP);
    case NODE_IF: return parse_if(p);
    case NODE_FOR: return parse_for(p);
    default: return parse_while(p, openers[i].kind);
    }
}

static struct node *parse_command(struct parser *p)
{
    struct node *node = parse_compound(p);
    if (node == NULL)
        return parse_simple(p);
    while (at_redirect(p))
        parse_redirect(p, &node->redirects);
    return node;
}

/* The text of a node is what stands between where it began and the token now reached. */
static void set_text(struct parser *p, struct node *node, const char *start)
{
    const char *end = p->token.start;
    if (p->result != PARSE_DONE || end < start)
        return;
    while (end > start && strchr(" \t\n", end[-1]) != NULL)
        end--;
    node->text = arena_copy(start, (size_t)(end - start));
}

static struct node *parse_pipeline(struct parser *p)
{
    const char *start = p->token.start;
    struct node *node;
    if (at_word(p, "!")) {
        advance(p);
        node = make_node(NODE_NOT, parse_pipeline(p), NULL);
        set_text(p, node, start);
        return node;
    }
    node = parse_command(p);
    if (p->token.kind == TOKEN_PIPE) {
        advance(p);
        skip_newlines(p);
        node = make_node(NODE_PIPE, node, parse_pipeline(p));
        if (node->right->kind == NODE_NOT)
            fail(p);
    }
    set_text(p, node, start);
    return node;
}

static struct node *parse_and_or(struct parser *p)
{
    const char *start = p->token.start;
    struct node *node = parse_pipeline(p);
    while (p->token.kind == TOKEN_AND_AND || p->token.kind == TOKEN_OR_OR) {
        enum node_kind kind = p->token.kind == TOKEN_AND_AND ? NODE_AND : NODE_OR;
        advance(p);
        skip_newlines(p);
        node = make_node(kind, node, parse_pipeline(p));
        set_text(p, node, start);
    }
    return node;
}

/* The list up to a word that ends it, or the end of the text; NULL if it is empty. */
static struct node *parse_list(struct parser *p)
{
    struct node *first = NULL, **link = &first;
    skip_newlines(p);
    while (!at_end_of_list(p)) {
        struct node *node = parse_and_or(p);
        if (p->token.kind == TOKEN_AMPERSAND) {
            const char *text = node->text;
            node = make_node(NODE_BACKGROUND, node, NULL);
            node->text = text;
        }
        if (*link != NULL) {
            *link = make_node(NODE_SEQUENCE, *link, node);
            link = &(*link)->right;
        } else {
            *link = node;
        }
        bool separated = p->token.kind == TOKEN_AMPERSAND || p->token.kind == TOKEN_SEMICOLON ||
                         p->token.kind == TOKEN_NEWLINE;
        if (!separated)
            break;
        advance(p);
        skip_newlines(p);
    }
    return first;
}

enum parse_result parse(const char *text, struct node **tree)
{
    struct parser parser = {.at = text, .result = PARSE_DONE};
    advance(&parser);
    *tree = parse_list(&parser);
    if (parser.token.kind != TOKEN_END)
        fail(&parser);
    return parser.result;
}
