/* SPDX-License-Identifier: Apache-2.0 */
/* A precedence parser. It goes one level deeper for each bracket and unary operator, at most GOPM__EVAL_MAX_DEPTH
 * levels, and no tree it makes is deeper. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "eval/token.h"

struct parser {
	struct gopm__arena *arena;
	struct gopm__eval_error *error;
	const char *text;
	struct gopm__token token; /* at hand */
	size_t before;            /* end of the token before it */
	unsigned level;
};

bool gopm__eval_fail(struct gopm__arena *arena, struct gopm__eval_error *error, gopm_status status, size_t at,
                     const char *format, ...)
{
	char text[512];
	va_list args;

	if (error->status != GOPM_OK) {
		return false;
	}
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	gopm_str copy = gopm__arena_str(arena, text, strlen(text));
	error->status = copy.data != NULL ? status : GOPM_ERR_NO_MEMORY;
	error->at = at;
	error->text = copy.data != NULL ? copy.data : "out of memory";
	return false;
}

static void *refuse(struct parser *p, gopm_status status, size_t at, const char *why)
{
	(void)gopm__eval_fail(p->arena, p->error, status, at, "%s", why);
	return NULL;
}

static void advance(struct parser *p)
{
	p->before = p->token.at + p->token.size;
	p->token = gopm__token_next(p->text, p->before);
}

static bool at_mark(const struct parser *p, char mark)
{
	return p->token.kind == GOPM__TOKEN_MARK && p->token.mark == mark;
}

static bool at_word(const struct parser *p, const char *word)
{
	return p->token.kind == GOPM__TOKEN_NAME && p->token.size == strlen(word) &&
	       memcmp(p->text + p->token.at, word, p->token.size) == 0;
}

static void *unexpected(struct parser *p, const char *wanted)
{
	const struct gopm__token *t = &p->token;
	char text[160];
	int size = t->size < 40 ? (int)t->size : 40;

	if (t->kind == GOPM__TOKEN_BAD) {
		return refuse(p, GOPM_ERR_ARGUMENT, t->at, t->why);
	}
	if (t->kind == GOPM__TOKEN_END) {
		(void)snprintf(text, sizeof text, "the expression ends where %s is expected", wanted);
		return refuse(p, GOPM_ERR_ARGUMENT, t->at, text);
	}
	if (t->kind == GOPM__TOKEN_REFUSED) {
		const char *what = t->op == GOPM__OP_RECEIVE ? "channels cannot be received from or sent to"
		                                             : "assignments and statements are not supported";
		(void)snprintf(text, sizeof text, "%.*s: %s in a process that is dead", size, p->text + t->at, what);
		return refuse(p, GOPM_ERR_UNSUPPORTED, t->at, text);
	}
	if (at_mark(p, '{')) {
		return refuse(p, GOPM_ERR_UNSUPPORTED, t->at,
		              "composite literals and function bodies are not supported");
	}
	(void)snprintf(text, sizeof text, "%.*s stands where %s is expected", size, p->text + t->at, wanted);
	return refuse(p, GOPM_ERR_ARGUMENT, t->at, text);
}

static bool expect(struct parser *p, char mark)
{
	const char wanted[] = {'"', mark, '"', '\0'};

	if (!at_mark(p, mark)) {
		(void)unexpected(p, wanted);
		return false;
	}
	advance(p);
	return true;
}

/* NULL where the tree would be too deep. `x` and `y` become its children. */
static struct gopm__node *make(struct parser *p, enum gopm__node_kind kind, size_t at, struct gopm__node *x,
                               struct gopm__node *y)
{
	struct gopm__node *node = gopm__arena_alloc(p->arena, sizeof *node);

	if (node == NULL) {
		return refuse(p, GOPM_ERR_NO_MEMORY, at, "out of memory");
	}
	unsigned below = x != NULL ? x->depth : 0;
	below = y != NULL && y->depth > below ? y->depth : below;
	*node = (struct gopm__node){.kind = kind, .at = at, .mark = at, .x = x, .y = y, .depth = below + 1};
	node->end = p->before;
	if (node->depth > GOPM__EVAL_MAX_DEPTH) {
		return refuse(p, GOPM_ERR_LIMIT, at, "the expression is nested too deep");
	}
	return node;
}

static bool enter(struct parser *p)
{
	if (++p->level > GOPM__EVAL_MAX_DEPTH) {
		(void)refuse(p, GOPM_ERR_LIMIT, p->token.at, "the expression is nested too deep");
		return false;
	}
	return true;
}

static struct gopm__node *parse_binary(struct parser *p, unsigned lowest);
static struct gopm__node *parse_type(struct parser *p);

static struct gopm__node *parse_expression(struct parser *p)
{
	return parse_binary(p, 1);
}

/* Behind the token that is all of it. */
static struct gopm__node *leaf(struct parser *p, enum gopm__node_kind kind)
{
	struct gopm__token token = p->token;

	advance(p);
	struct gopm__node *node = make(p, kind, token.at, NULL, NULL);
	if (node != NULL) {
		node->text = (gopm_str){p->text + token.at, token.size};
	}
	return node;
}

/* []T and [N]T. */
static struct gopm__node *parse_bracket_type(struct parser *p)
{
	size_t at = p->token.at;
	struct gopm__node *count = NULL;

	advance(p);
	if (!at_mark(p, ']') && (count = parse_expression(p)) == NULL) {
		return NULL;
	}
	if (!expect(p, ']')) {
		return NULL;
	}
	struct gopm__node *elem = parse_type(p);
	return elem == NULL ? NULL
	                    : make(p, count != NULL ? GOPM__NODE_TYPE_ARRAY : GOPM__NODE_TYPE_SLICE, at, elem, count);
}

static struct gopm__node *parse_map_type(struct parser *p)
{
	size_t at = p->token.at;

	advance(p);
	if (!expect(p, '[')) {
		return NULL;
	}
	struct gopm__node *key = parse_type(p);
	if (key == NULL || !expect(p, ']')) {
		return NULL;
	}
	struct gopm__node *elem = parse_type(p);
	return elem == NULL ? NULL : make(p, GOPM__NODE_TYPE_MAP, at, key, elem);
}

/* At "chan", or at "<-" before it. */
static struct gopm__node *parse_chan_type(struct parser *p)
{
	size_t at = p->token.at;
	enum gopm__operator direction = GOPM__OP_NONE;

	if (p->token.op == GOPM__OP_RECEIVE) {
		direction = GOPM__OP_RECEIVE;
		advance(p);
		if (!at_word(p, "chan")) {
			(void)refuse(p, GOPM_ERR_UNSUPPORTED, at,
			             "<-: channels cannot be received from in a process that is dead");
			return NULL;
		}
	}
	advance(p);
	if (direction == GOPM__OP_NONE && p->token.kind == GOPM__TOKEN_REFUSED && p->token.op == GOPM__OP_RECEIVE) {
		direction = GOPM__OP_SEND;
		advance(p);
	}
	struct gopm__node *elem = parse_type(p);
	struct gopm__node *node = elem == NULL ? NULL : make(p, GOPM__NODE_TYPE_CHAN, at, elem, NULL);
	if (node != NULL) {
		node->op = direction;
	}
	return node;
}

/* interface{} and struct{}; others are written as a string. */
static struct gopm__node *parse_empty_type(struct parser *p, const char *name)
{
	size_t at = p->token.at;

	advance(p);
	if (!expect(p, '{')) {
		return NULL;
	}
	if (!at_mark(p, '}')) {
		return refuse(p, GOPM_ERR_UNSUPPORTED, p->token.at,
		              "write a type with members as a string, as values show it: (\"struct { X int }\")(...)");
	}
	advance(p);
	struct gopm__node *node = make(p, GOPM__NODE_TYPE_EMPTY, at, NULL, NULL);
	if (node != NULL) {
		node->text = (gopm_str){name, strlen(name)};
	}
	return node;
}

/* A type that begins as no value does; NULL without an error: none begins here. */
static struct gopm__node *parse_type_word(struct parser *p)
{
	if (at_mark(p, '[')) {
		return parse_bracket_type(p);
	}
	if (at_word(p, "map")) {
		return parse_map_type(p);
	}
	if (at_word(p, "chan") || (p->token.kind == GOPM__TOKEN_REFUSED && p->token.op == GOPM__OP_RECEIVE)) {
		return parse_chan_type(p);
	}
	if (at_word(p, "interface")) {
		return parse_empty_type(p, "interface {}");
	}
	if (at_word(p, "struct")) {
		return parse_empty_type(p, "struct {}");
	}
	if (at_word(p, "func")) {
		return refuse(
		    p, GOPM_ERR_UNSUPPORTED, p->token.at,
		    "functions cannot be written; a type of them is written as a string: (\"func(int)\")(...)");
	}
	return NULL;
}

static bool parse_list(struct parser *p, struct gopm__node *of, char end)
{
	struct gopm__node **tail = &of->list;

	while (!at_mark(p, end)) {
		struct gopm__node *one = parse_expression(p);
		if (one == NULL) {
			return false;
		}
		*tail = one;
		tail = &one->next;
		of->list_count++;
		if (one->depth >= of->depth) {
			of->depth = one->depth + 1;
		}
		if (!at_mark(p, ',')) {
			break;
		}
		advance(p);
	}
	if (!expect(p, end)) {
		return false;
	}
	of->end = p->before;
	if (of->depth > GOPM__EVAL_MAX_DEPTH) {
		(void)refuse(p, GOPM_ERR_LIMIT, of->at, "the expression is nested too deep");
		return false;
	}
	return true;
}

static struct gopm__node *parse_type_name(struct parser *p)
{
	struct gopm__node *node = leaf(p, p->token.kind == GOPM__TOKEN_NAME ? GOPM__NODE_NAME : GOPM__NODE_STRING);

	if (node != NULL && at_mark(p, '.')) {
		advance(p);
		if (p->token.kind != GOPM__TOKEN_NAME) {
			return unexpected(p, "a name");
		}
		struct gopm__token name = p->token;
		advance(p);
		node = make(p, GOPM__NODE_SELECT, node->at, node, NULL);
		if (node != NULL) {
			node->text = (gopm_str){p->text + name.at, name.size};
			node->mark = name.at;
		}
	}
	if (node != NULL && at_mark(p, '[')) {
		struct gopm__node *generic = make(p, GOPM__NODE_INDEX, node->at, node, NULL);
		if (generic == NULL) {
			return NULL;
		}
		generic->mark = p->token.at;
		advance(p);
		node = parse_list(p, generic, ']') ? generic : NULL;
	}
	return node;
}

static struct gopm__node *parse_type(struct parser *p)
{
	struct gopm__node *node = NULL;

	if (!enter(p)) {
		return NULL;
	}
	if (p->token.kind == GOPM__TOKEN_OPERATOR && p->token.op == GOPM__OP_MULTIPLY) {
		size_t at = p->token.at;
		advance(p);
		struct gopm__node *to = parse_type(p);
		node = to == NULL ? NULL : make(p, GOPM__NODE_STAR, at, to, NULL);
	} else if (at_mark(p, '(')) {
		advance(p);
		node = parse_type(p);
		node = node != NULL && expect(p, ')') ? node : NULL;
	} else {
		node = parse_type_word(p);
		if (node == NULL && p->error->status == GOPM_OK) {
			bool named = p->token.kind == GOPM__TOKEN_NAME || p->token.kind == GOPM__TOKEN_STRING;
			node = named ? parse_type_name(p) : unexpected(p, "a type");
		}
	}
	p->level--;
	return node;
}

static struct gopm__node *parse_operand(struct parser *p)
{
	switch (p->token.kind) {
	case GOPM__TOKEN_INT:
		return leaf(p, GOPM__NODE_INT);
	case GOPM__TOKEN_FLOAT:
		return leaf(p, GOPM__NODE_FLOAT);
	case GOPM__TOKEN_IMAGINARY:
		return leaf(p, GOPM__NODE_IMAGINARY);
	case GOPM__TOKEN_RUNE:
		return leaf(p, GOPM__NODE_RUNE);
	case GOPM__TOKEN_STRING:
		return leaf(p, GOPM__NODE_STRING);
	default:
		break;
	}
	struct gopm__node *node = parse_type_word(p);
	if (node != NULL || p->error->status != GOPM_OK) {
		return node;
	}
	if (p->token.kind == GOPM__TOKEN_NAME) {
		return leaf(p, GOPM__NODE_NAME);
	}
	if (at_mark(p, '(')) {
		size_t at = p->token.at;
		advance(p);
		node = parse_expression(p);
		if (node == NULL || !expect(p, ')')) {
			return NULL;
		}
		node->at = at;
		node->end = p->before;
		return node;
	}
	return unexpected(p, "a value");
}

/* Behind ".": a name, or "(" and a type. */
static struct gopm__node *parse_dot(struct parser *p, struct gopm__node *x)
{
	size_t mark = p->token.at;

	if (at_mark(p, '(')) {
		advance(p);
		if (at_word(p, "type")) {
			return refuse(p, GOPM_ERR_ARGUMENT, p->token.at,
			              ".(type) is for switches; .(data) gives the value held");
		}
		struct gopm__node *type = parse_type(p);
		if (type == NULL || !expect(p, ')')) {
			return NULL;
		}
		struct gopm__node *node = make(p, GOPM__NODE_ASSERT, x->at, x, type);
		if (node != NULL) {
			node->mark = mark;
		}
		return node;
	}
	if (p->token.kind != GOPM__TOKEN_NAME) {
		return unexpected(p, "a name");
	}
	gopm_str name = {p->text + p->token.at, p->token.size};
	advance(p);
	struct gopm__node *node = make(p, GOPM__NODE_SELECT, x->at, x, NULL);
	if (node != NULL) {
		node->text = name;
		node->mark = mark;
	}
	return node;
}

/* Behind "[": an index, types, or a slice expression. */
static struct gopm__node *parse_bracket(struct parser *p, struct gopm__node *x, size_t mark)
{
	struct gopm__node *low = NULL, *high = NULL;

	if (!at_mark(p, ':')) {
		low = parse_expression(p);
		if (low == NULL) {
			return NULL;
		}
		if (!at_mark(p, ':')) {
			struct gopm__node *node = make(p, GOPM__NODE_INDEX, x->at, x, low);
			if (node == NULL) {
				return NULL;
			}
			node->mark = mark;
			node->y = NULL;
			node->list = low;
			node->list_count = 1;
			if (at_mark(p, ',')) {
				struct gopm__node rest = {.depth = node->depth, .at = node->at};
				advance(p);
				if (!parse_list(p, &rest, ']')) {
					return NULL;
				}
				low->next = rest.list;
				node->list_count += rest.list_count;
				node->depth = rest.depth;
				node->end = p->before;
				return node;
			}
			if (!expect(p, ']')) {
				return NULL;
			}
			node->end = p->before;
			return node;
		}
	}
	advance(p);
	if (!at_mark(p, ']') && (high = parse_expression(p)) == NULL) {
		return NULL;
	}
	if (at_mark(p, ':')) {
		return refuse(p, GOPM_ERR_UNSUPPORTED, p->token.at, "a slice expression has two indices here");
	}
	if (!expect(p, ']')) {
		return NULL;
	}
	struct gopm__node *node = make(p, GOPM__NODE_SLICE, x->at, x, low);
	if (node == NULL) {
		return NULL;
	}
	node->mark = mark;
	node->z = high;
	if (high != NULL && high->depth >= node->depth) {
		node->depth = high->depth + 1;
	}
	return node->depth > GOPM__EVAL_MAX_DEPTH ? refuse(p, GOPM_ERR_LIMIT, mark, "the expression is nested too deep")
	                                          : node;
}

static struct gopm__node *parse_primary(struct parser *p)
{
	struct gopm__node *node = parse_operand(p);

	while (node != NULL && p->token.kind == GOPM__TOKEN_MARK) {
		size_t mark = p->token.at;
		if (at_mark(p, '.')) {
			advance(p);
			node = parse_dot(p, node);
		} else if (at_mark(p, '[')) {
			advance(p);
			node = parse_bracket(p, node, mark);
		} else if (at_mark(p, '(')) {
			struct gopm__node *call = make(p, GOPM__NODE_CALL, node->at, node, NULL);
			if (call == NULL) {
				return NULL;
			}
			call->mark = mark;
			advance(p);
			node = parse_list(p, call, ')') ? call : NULL;
		} else {
			break;
		}
	}
	return node;
}

static struct gopm__node *parse_unary(struct parser *p)
{
	struct gopm__token token = p->token;
	struct gopm__node *node;

	if (!enter(p)) {
		return NULL;
	}
	bool unary = token.kind == GOPM__TOKEN_OPERATOR &&
	             (token.op == GOPM__OP_ADD || token.op == GOPM__OP_SUBTRACT || token.op == GOPM__OP_NOT ||
	              token.op == GOPM__OP_XOR || token.op == GOPM__OP_MULTIPLY || token.op == GOPM__OP_AND);
	if (unary) {
		advance(p);
		struct gopm__node *x = parse_unary(p);
		enum gopm__node_kind kind = token.op == GOPM__OP_MULTIPLY ? GOPM__NODE_STAR : GOPM__NODE_UNARY;
		node = x == NULL ? NULL : make(p, kind, token.at, x, NULL);
		if (node != NULL) {
			node->op = token.op;
		}
	} else {
		node = parse_primary(p);
	}
	p->level--;
	return node;
}

/* How tight a binary operator binds; 0: it is none. */
static unsigned precedence(const struct gopm__token *token)
{
	if (token->kind != GOPM__TOKEN_OPERATOR || token->op == GOPM__OP_NOT) {
		return 0;
	}
	return token->op == GOPM__OP_OR_OR           ? 1
	       : token->op == GOPM__OP_AND_AND       ? 2
	       : token->op <= GOPM__OP_GREATER_EQUAL ? 3
	       : token->op <= GOPM__OP_XOR           ? 4
	                                             : 5;
}

static struct gopm__node *parse_binary(struct parser *p, unsigned lowest)
{
	if (!enter(p)) {
		return NULL;
	}
	struct gopm__node *x = parse_unary(p);
	for (unsigned own; x != NULL && (own = precedence(&p->token)) >= lowest && own != 0;) {
		struct gopm__token token = p->token;
		advance(p);
		struct gopm__node *y = parse_binary(p, own + 1);
		x = y == NULL ? NULL : make(p, GOPM__NODE_BINARY, x->at, x, y);
		if (x != NULL) {
			x->op = token.op;
			x->mark = token.at;
		}
	}
	p->level--;
	return x;
}

struct gopm__node *gopm__eval_parse(struct gopm__arena *arena, const char *expression, struct gopm__eval_error *error)
{
	struct parser p = {.arena = arena, .error = error, .text = expression};

	*error = (struct gopm__eval_error){0};
	if (strnlen(expression, GOPM__EVAL_MAX_SIZE + 1) > GOPM__EVAL_MAX_SIZE) {
		return refuse(&p, GOPM_ERR_LIMIT, GOPM__EVAL_MAX_SIZE, "the expression is too long");
	}
	advance(&p);
	struct gopm__node *root = parse_expression(&p);
	if (root != NULL && p.token.kind != GOPM__TOKEN_END) {
		return unexpected(&p, "an operator or the end");
	}
	return root;
}
