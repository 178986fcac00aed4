/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar: an operator precedence parser. It recurses for each bracket and each unary operator, at most
 * GOPM__EVAL_MAX_DEPTH levels deep, and no tree it makes is deeper than that. */
#include <string.h>

#include "eval/parser.h"

static struct gopm__node *parse_binary(struct gopm__parser *p, unsigned lowest);
static struct gopm__node *parse_type(struct gopm__parser *p);

static struct gopm__node *parse_expression(struct gopm__parser *p)
{
	return parse_binary(p, 1);
}

/* []T and [N]T. */
static struct gopm__node *parse_bracket_type(struct gopm__parser *p)
{
	size_t at = p->token.at;
	struct gopm__node *count = NULL;

	gopm__parser_advance(p);
	if (!gopm__parser_at_mark(p, ']') && (count = parse_expression(p)) == NULL) {
		return NULL;
	}
	if (!gopm__parser_expect(p, ']')) {
		return NULL;
	}
	struct gopm__node *elem = parse_type(p);
	return elem == NULL ? NULL
	                    : gopm__parser_node(p, count != NULL ? GOPM__NODE_TYPE_ARRAY : GOPM__NODE_TYPE_SLICE, at,
	                                        elem, count);
}

static struct gopm__node *parse_map_type(struct gopm__parser *p)
{
	size_t at = p->token.at;

	gopm__parser_advance(p);
	if (!gopm__parser_expect(p, '[')) {
		return NULL;
	}
	struct gopm__node *key = parse_type(p);
	if (key == NULL || !gopm__parser_expect(p, ']')) {
		return NULL;
	}
	struct gopm__node *elem = parse_type(p);
	return elem == NULL ? NULL : gopm__parser_node(p, GOPM__NODE_TYPE_MAP, at, key, elem);
}

/* The current token is "chan", or the "<-" before it. */
static struct gopm__node *parse_chan_type(struct gopm__parser *p)
{
	size_t at = p->token.at;
	enum gopm__operator direction = GOPM__OP_NONE;

	if (p->token.op == GOPM__OP_RECEIVE) {
		direction = GOPM__OP_RECEIVE;
		gopm__parser_advance(p);
		if (!gopm__parser_at_word(p, "chan")) {
			(void)gopm__parser_fail(p, GOPM_ERR_UNSUPPORTED, at,
			                        "<-: cannot receive from a channel: the process does not run");
			return NULL;
		}
	}
	gopm__parser_advance(p);
	if (direction == GOPM__OP_NONE && p->token.kind == GOPM__TOKEN_REFUSED && p->token.op == GOPM__OP_RECEIVE) {
		direction = GOPM__OP_SEND;
		gopm__parser_advance(p);
	}
	struct gopm__node *elem = parse_type(p);
	struct gopm__node *node = elem == NULL ? NULL : gopm__parser_node(p, GOPM__NODE_TYPE_CHAN, at, elem, NULL);
	if (node != NULL) {
		node->op = direction;
	}
	return node;
}

/* interface{} and struct{}. Types with members must be written as strings. */
static struct gopm__node *parse_empty_type(struct gopm__parser *p, const char *name)
{
	size_t at = p->token.at;

	gopm__parser_advance(p);
	if (!gopm__parser_expect(p, '{')) {
		return NULL;
	}
	if (!gopm__parser_at_mark(p, '}')) {
		return gopm__parser_fail(p, GOPM_ERR_UNSUPPORTED, p->token.at,
		                         "write a type with members as a string: (\"struct { X int }\")(...)");
	}
	gopm__parser_advance(p);
	struct gopm__node *node = gopm__parser_node(p, GOPM__NODE_TYPE_EMPTY, at, NULL, NULL);
	if (node != NULL) {
		node->text = (gopm_str){name, strlen(name)};
	}
	return node;
}

/* A type that starts with a token no value starts with. NULL without an error: not at such a token. */
static struct gopm__node *parse_type_keyword(struct gopm__parser *p)
{
	if (gopm__parser_at_mark(p, '[')) {
		return parse_bracket_type(p);
	}
	if (gopm__parser_at_word(p, "map")) {
		return parse_map_type(p);
	}
	if (gopm__parser_at_word(p, "chan") ||
	    (p->token.kind == GOPM__TOKEN_REFUSED && p->token.op == GOPM__OP_RECEIVE)) {
		return parse_chan_type(p);
	}
	if (gopm__parser_at_word(p, "interface")) {
		return parse_empty_type(p, "interface {}");
	}
	if (gopm__parser_at_word(p, "struct")) {
		return parse_empty_type(p, "struct {}");
	}
	if (gopm__parser_at_word(p, "func")) {
		return gopm__parser_fail(
		    p, GOPM_ERR_UNSUPPORTED, p->token.at,
		    "function literals are not supported; write a function type as a string: (\"func(int)\")(...)");
	}
	return NULL;
}

static bool parse_list(struct gopm__parser *p, struct gopm__node *of, char end)
{
	struct gopm__node **tail = &of->list;

	while (!gopm__parser_at_mark(p, end)) {
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
		if (!gopm__parser_at_mark(p, ',')) {
			break;
		}
		gopm__parser_advance(p);
	}
	if (!gopm__parser_expect(p, end)) {
		return false;
	}
	of->end = p->before;
	if (of->depth > GOPM__EVAL_MAX_DEPTH) {
		(void)gopm__parser_fail(p, GOPM_ERR_LIMIT, of->at, "the expression is nested too deep");
		return false;
	}
	return true;
}

static struct gopm__node *parse_type_name(struct gopm__parser *p)
{
	struct gopm__node *node =
	    gopm__parser_leaf(p, p->token.kind == GOPM__TOKEN_NAME ? GOPM__NODE_NAME : GOPM__NODE_STRING);

	if (node != NULL && gopm__parser_at_mark(p, '.')) {
		gopm__parser_advance(p);
		if (p->token.kind != GOPM__TOKEN_NAME) {
			return gopm__parser_unexpected(p, "a name");
		}
		struct gopm__token name = p->token;
		gopm__parser_advance(p);
		node = gopm__parser_node(p, GOPM__NODE_SELECT, node->at, node, NULL);
		if (node != NULL) {
			node->text = (gopm_str){p->text + name.at, name.size};
			node->mark = name.at;
		}
	}
	if (node != NULL && gopm__parser_at_mark(p, '[')) {
		struct gopm__node *generic = gopm__parser_node(p, GOPM__NODE_INDEX, node->at, node, NULL);
		if (generic == NULL) {
			return NULL;
		}
		generic->mark = p->token.at;
		gopm__parser_advance(p);
		node = parse_list(p, generic, ']') ? generic : NULL;
	}
	return node;
}

static struct gopm__node *parse_type(struct gopm__parser *p)
{
	struct gopm__node *node = NULL;

	if (!gopm__parser_enter(p)) {
		return NULL;
	}
	if (p->token.kind == GOPM__TOKEN_OPERATOR && p->token.op == GOPM__OP_MULTIPLY) {
		size_t at = p->token.at;
		gopm__parser_advance(p);
		struct gopm__node *to = parse_type(p);
		node = to == NULL ? NULL : gopm__parser_node(p, GOPM__NODE_STAR, at, to, NULL);
	} else if (gopm__parser_at_mark(p, '(')) {
		gopm__parser_advance(p);
		node = parse_type(p);
		node = node != NULL && gopm__parser_expect(p, ')') ? node : NULL;
	} else {
		node = parse_type_keyword(p);
		if (node == NULL && p->error->status == GOPM_OK) {
			bool named = p->token.kind == GOPM__TOKEN_NAME || p->token.kind == GOPM__TOKEN_STRING;
			node = named ? parse_type_name(p) : gopm__parser_unexpected(p, "a type");
		}
	}
	p->level--;
	return node;
}

static struct gopm__node *parse_operand(struct gopm__parser *p)
{
	switch (p->token.kind) {
	case GOPM__TOKEN_INT:
		return gopm__parser_leaf(p, GOPM__NODE_INT);
	case GOPM__TOKEN_FLOAT:
		return gopm__parser_leaf(p, GOPM__NODE_FLOAT);
	case GOPM__TOKEN_IMAGINARY:
		return gopm__parser_leaf(p, GOPM__NODE_IMAGINARY);
	case GOPM__TOKEN_RUNE:
		return gopm__parser_leaf(p, GOPM__NODE_RUNE);
	case GOPM__TOKEN_STRING:
		return gopm__parser_leaf(p, GOPM__NODE_STRING);
	default:
		break;
	}
	struct gopm__node *node = parse_type_keyword(p);
	if (node != NULL || p->error->status != GOPM_OK) {
		return node;
	}
	if (p->token.kind == GOPM__TOKEN_NAME) {
		return gopm__parser_leaf(p, GOPM__NODE_NAME);
	}
	if (gopm__parser_at_mark(p, '(')) {
		size_t at = p->token.at;
		gopm__parser_advance(p);
		node = parse_expression(p);
		if (node == NULL || !gopm__parser_expect(p, ')')) {
			return NULL;
		}
		node->at = at;
		node->end = p->before;
		return node;
	}
	return gopm__parser_unexpected(p, "a value");
}

/* After ".": a name, or a type in parentheses. */
static struct gopm__node *parse_dot(struct gopm__parser *p, struct gopm__node *x)
{
	size_t mark = p->token.at;

	if (gopm__parser_at_mark(p, '(')) {
		gopm__parser_advance(p);
		if (gopm__parser_at_word(p, "type")) {
			return gopm__parser_fail(
			    p, GOPM_ERR_ARGUMENT, p->token.at,
			    "use of .(type) outside a type switch; .(data) is the value in the interface");
		}
		struct gopm__node *type = parse_type(p);
		if (type == NULL || !gopm__parser_expect(p, ')')) {
			return NULL;
		}
		struct gopm__node *node = gopm__parser_node(p, GOPM__NODE_ASSERT, x->at, x, type);
		if (node != NULL) {
			node->mark = mark;
		}
		return node;
	}
	if (p->token.kind != GOPM__TOKEN_NAME) {
		return gopm__parser_unexpected(p, "a name");
	}
	gopm_str name = {p->text + p->token.at, p->token.size};
	gopm__parser_advance(p);
	struct gopm__node *node = gopm__parser_node(p, GOPM__NODE_SELECT, x->at, x, NULL);
	if (node != NULL) {
		node->text = name;
		node->mark = mark;
	}
	return node;
}

/* After "[": an index, type arguments, or a slice expression. */
static struct gopm__node *parse_bracket(struct gopm__parser *p, struct gopm__node *x, size_t mark)
{
	struct gopm__node *low = NULL, *high = NULL;

	if (!gopm__parser_at_mark(p, ':')) {
		low = parse_expression(p);
		if (low == NULL) {
			return NULL;
		}
		if (!gopm__parser_at_mark(p, ':')) {
			struct gopm__node *node = gopm__parser_node(p, GOPM__NODE_INDEX, x->at, x, low);
			if (node == NULL) {
				return NULL;
			}
			node->mark = mark;
			node->y = NULL;
			node->list = low;
			node->list_count = 1;
			if (gopm__parser_at_mark(p, ',')) {
				struct gopm__node rest = {.depth = node->depth, .at = node->at};
				gopm__parser_advance(p);
				if (!parse_list(p, &rest, ']')) {
					return NULL;
				}
				low->next = rest.list;
				node->list_count += rest.list_count;
				node->depth = rest.depth;
				node->end = p->before;
				return node;
			}
			if (!gopm__parser_expect(p, ']')) {
				return NULL;
			}
			node->end = p->before;
			return node;
		}
	}
	gopm__parser_advance(p);
	if (!gopm__parser_at_mark(p, ']') && (high = parse_expression(p)) == NULL) {
		return NULL;
	}
	if (gopm__parser_at_mark(p, ':')) {
		return gopm__parser_fail(p, GOPM_ERR_UNSUPPORTED, p->token.at,
		                         "3-index slice expressions are not supported");
	}
	if (!gopm__parser_expect(p, ']')) {
		return NULL;
	}
	struct gopm__node *node = gopm__parser_node(p, GOPM__NODE_SLICE, x->at, x, low);
	if (node == NULL) {
		return NULL;
	}
	node->mark = mark;
	node->z = high;
	if (high != NULL && high->depth >= node->depth) {
		node->depth = high->depth + 1;
	}
	return node->depth > GOPM__EVAL_MAX_DEPTH
	           ? gopm__parser_fail(p, GOPM_ERR_LIMIT, mark, "the expression is nested too deep")
	           : node;
}

static struct gopm__node *parse_primary(struct gopm__parser *p)
{
	struct gopm__node *node = parse_operand(p);

	while (node != NULL && p->token.kind == GOPM__TOKEN_MARK) {
		size_t mark = p->token.at;
		if (gopm__parser_at_mark(p, '.')) {
			gopm__parser_advance(p);
			node = parse_dot(p, node);
		} else if (gopm__parser_at_mark(p, '[')) {
			gopm__parser_advance(p);
			node = parse_bracket(p, node, mark);
		} else if (gopm__parser_at_mark(p, '(')) {
			struct gopm__node *call = gopm__parser_node(p, GOPM__NODE_CALL, node->at, node, NULL);
			if (call == NULL) {
				return NULL;
			}
			call->mark = mark;
			gopm__parser_advance(p);
			node = parse_list(p, call, ')') ? call : NULL;
		} else {
			break;
		}
	}
	return node;
}

static struct gopm__node *parse_unary(struct gopm__parser *p)
{
	struct gopm__token token = p->token;
	struct gopm__node *node;

	if (!gopm__parser_enter(p)) {
		return NULL;
	}
	bool unary = token.kind == GOPM__TOKEN_OPERATOR &&
	             (token.op == GOPM__OP_ADD || token.op == GOPM__OP_SUBTRACT || token.op == GOPM__OP_NOT ||
	              token.op == GOPM__OP_XOR || token.op == GOPM__OP_MULTIPLY || token.op == GOPM__OP_AND);
	if (unary) {
		gopm__parser_advance(p);
		struct gopm__node *x = parse_unary(p);
		enum gopm__node_kind kind = token.op == GOPM__OP_MULTIPLY ? GOPM__NODE_STAR : GOPM__NODE_UNARY;
		node = x == NULL ? NULL : gopm__parser_node(p, kind, token.at, x, NULL);
		if (node != NULL) {
			node->op = token.op;
		}
	} else {
		node = parse_primary(p);
	}
	p->level--;
	return node;
}

/* Precedence of a binary operator, from 1 to 5. 0: not a binary operator. */
static unsigned operator_precedence(const struct gopm__token *token)
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

static struct gopm__node *parse_binary(struct gopm__parser *p, unsigned lowest)
{
	if (!gopm__parser_enter(p)) {
		return NULL;
	}
	struct gopm__node *x = parse_unary(p);
	for (unsigned own; x != NULL && (own = operator_precedence(&p->token)) >= lowest && own != 0;) {
		struct gopm__token token = p->token;
		gopm__parser_advance(p);
		struct gopm__node *y = parse_binary(p, own + 1);
		x = y == NULL ? NULL : gopm__parser_node(p, GOPM__NODE_BINARY, x->at, x, y);
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
	struct gopm__parser p = {.arena = arena, .error = error, .text = expression};

	*error = (struct gopm__eval_error){0};
	if (strnlen(expression, GOPM__EVAL_MAX_SIZE + 1) > GOPM__EVAL_MAX_SIZE) {
		return gopm__parser_fail(&p, GOPM_ERR_LIMIT, GOPM__EVAL_MAX_SIZE, "the expression is too long");
	}
	gopm__parser_advance(&p);
	struct gopm__node *root = parse_expression(&p);
	if (root != NULL && p.token.kind != GOPM__TOKEN_END) {
		return gopm__parser_unexpected(&p, "an operator or the end");
	}
	return root;
}
