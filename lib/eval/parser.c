/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/parser.h"

#include <stdio.h>
#include <string.h>

void *gopm__parser_fail(struct gopm__parser *p, gopm_status status, size_t at, const char *why)
{
	(void)gopm__eval_fail(p->arena, p->error, status, at, "%s", why);
	return NULL;
}

void gopm__parser_advance(struct gopm__parser *p)
{
	p->before = p->token.at + p->token.size;
	p->token = gopm__token_next(p->text, p->before);
}

bool gopm__parser_at_mark(const struct gopm__parser *p, char mark)
{
	return p->token.kind == GOPM__TOKEN_MARK && p->token.mark == mark;
}

bool gopm__parser_at_word(const struct gopm__parser *p, const char *word)
{
	return p->token.kind == GOPM__TOKEN_NAME && p->token.size == strlen(word) &&
	       memcmp(p->text + p->token.at, word, p->token.size) == 0;
}

void *gopm__parser_unexpected(struct gopm__parser *p, const char *wanted)
{
	const struct gopm__token *t = &p->token;
	char text[160];
	int size = t->size < 40 ? (int)t->size : 40;

	if (t->kind == GOPM__TOKEN_BAD) {
		return gopm__parser_fail(p, GOPM_ERR_ARGUMENT, t->at, t->why);
	}
	if (t->kind == GOPM__TOKEN_END) {
		(void)snprintf(text, sizeof text, "unexpected end of expression, expected %s", wanted);
		return gopm__parser_fail(p, GOPM_ERR_ARGUMENT, t->at, text);
	}
	if (t->kind == GOPM__TOKEN_REFUSED) {
		const char *reason = t->op == GOPM__OP_RECEIVE ? "cannot receive from or send to a channel"
		                                               : "assignments and statements are not supported";
		(void)snprintf(text, sizeof text, "%.*s: %s: the process does not run", size, p->text + t->at, reason);
		return gopm__parser_fail(p, GOPM_ERR_UNSUPPORTED, t->at, text);
	}
	if (gopm__parser_at_mark(p, '{')) {
		return gopm__parser_fail(p, GOPM_ERR_UNSUPPORTED, t->at,
		                         "composite literals and function bodies are not supported");
	}
	(void)snprintf(text, sizeof text, "unexpected %.*s, expected %s", size, p->text + t->at, wanted);
	return gopm__parser_fail(p, GOPM_ERR_ARGUMENT, t->at, text);
}

bool gopm__parser_expect(struct gopm__parser *p, char mark)
{
	const char wanted[] = {'"', mark, '"', '\0'};

	if (!gopm__parser_at_mark(p, mark)) {
		(void)gopm__parser_unexpected(p, wanted);
		return false;
	}
	gopm__parser_advance(p);
	return true;
}

struct gopm__node *gopm__parser_node(struct gopm__parser *p, enum gopm__node_kind kind, size_t at, struct gopm__node *x,
                                     struct gopm__node *y)
{
	struct gopm__node *node = gopm__arena_alloc(p->arena, sizeof *node);

	if (node == NULL) {
		return gopm__parser_fail(p, GOPM_ERR_NO_MEMORY, at, "out of memory");
	}
	unsigned below = x != NULL ? x->depth : 0;
	below = y != NULL && y->depth > below ? y->depth : below;
	*node = (struct gopm__node){.kind = kind, .at = at, .mark = at, .x = x, .y = y, .depth = below + 1};
	node->end = p->before;
	if (node->depth > GOPM__EVAL_MAX_DEPTH) {
		return gopm__parser_fail(p, GOPM_ERR_LIMIT, at, "the expression is nested too deep");
	}
	return node;
}

bool gopm__parser_enter(struct gopm__parser *p)
{
	if (++p->level > GOPM__EVAL_MAX_DEPTH) {
		(void)gopm__parser_fail(p, GOPM_ERR_LIMIT, p->token.at, "the expression is nested too deep");
		return false;
	}
	return true;
}

struct gopm__node *gopm__parser_leaf(struct gopm__parser *p, enum gopm__node_kind kind)
{
	struct gopm__token token = p->token;

	gopm__parser_advance(p);
	struct gopm__node *node = gopm__parser_node(p, kind, token.at, NULL, NULL);
	if (node != NULL) {
		node->text = (gopm_str){p->text + token.at, token.size};
	}
	return node;
}
