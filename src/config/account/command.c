/* SPDX-License-Identifier: ISC */
/* "eval" and "include": lines that stand for other lines. */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/account/parse.h"
#include "config/password/child.h"

#define EVAL_SECONDS 60	/* as passwordeval_timeout: to type a passphrase */
#define MESSAGE_MAX (64 * 1024)	/* octets of a fault's text */

static int
failed(const struct parser *p, const struct option_place *place,
    const struct child *child, const char *why)
{
	if (child->timed_out)
		fault(p->fault, FAULT_TEMPORARY, "%s:%zu:%zu: eval%s",
		    place->file, place->line, place->column, why);
	else
		option_fault(p->fault, place, "eval%s", why);
	return fault_hint(p->fault, "run the command in a shell: its first "
	    "line of output should be a setting and its value");
}

/* The first line of what it printed takes the place of the line. */
static int
take_output(struct parser *p, const struct option_place *place,
    const struct child *child)
{
	const struct buffer *out = &child->out;
	struct slice line = { p->line, p->len };
	bool was_password = p->facts->password;
	int r;

	p->line = out->data;
	p->len = text_line(out->data, out->len);
	p->evaluated = place->column;
	r = parser_line(p);
	/* it is not in the file, so the file's mode does not matter to it */
	p->facts->password = was_password;
	p->evaluated = 0;
	p->line = line.s;
	p->len = line.n;
	return r;
}

int
parser_eval(struct parser *p, struct slice command)
{
	struct option_place place = parser_place(p, command.s);
	struct child child;
	struct buffer why;
	char *string;
	int r;

	if (p->evaluated != 0)
		return option_fault(p->fault, &place,
		    "what eval prints cannot be another eval");
	if (command.n == 0) {
		option_fault(p->fault, &place, "eval needs a command");
		return fault_hint(p->fault, "write 'eval COMMAND', which "
		    "prints a setting and its value");
	}
	p->facts->eval = true;
	if (p->hooks == NULL || p->accounts->report != NULL)
		return 0;
	if (p->hooks->trust(p->hooks->arg, p->fault) == -1)
		return -1;
	child_init(&child);
	string = memory_copy(command.s, command.n);
	buffer_init(&why, MESSAGE_MAX);
	r = child_run(&child, string, EVAL_SECONDS * 1000, p->fault);
	if (r == 0 && child_has_failed(&child, EVAL_SECONDS, "nothing", &why))
		r = failed(p, &place, &child, why.data);
	else if (r == 0)
		r = take_output(p, &place, &child);
	buffer_free(&why);
	free(string);
	child_free(&child);
	return r;
}

int
parser_include_line(struct parser *p, struct slice pattern)
{
	struct option_place place = parser_place(p, pattern.s);
	char *string;
	int r;

	if (p->evaluated != 0)
		return option_fault(p->fault, &place,
		    "what eval prints cannot be an include");
	if (pattern.n == 0) {
		option_fault(p->fault, &place, "include needs a file");
		return fault_hint(p->fault, "write 'include FILE', or a "
		    "pattern such as accounts.d/*");
	}
	if (p->hooks == NULL)
		return 0;
	string = memory_copy(pattern.s, pattern.n);
	r = p->hooks->include(p->hooks->arg, p, string, &place, p->fault);
	free(string);
	return r;
}

/*
 * The file's own settings go on in the account that they were in: a file with
 * accounts of its own, included in between, does not take them over.
 */
int
parser_include(struct parser *p, const char *name, const char *bytes,
    size_t n, struct accountfile_facts *facts)
{
	struct parser outer = *p;
	struct account_source *source = accounts_source(p->accounts, name);
	int r;

	source->state = ACCOUNT_SOURCE_READ;
	memset(facts, 0, sizeof(*facts));
	p->facts = facts;
	p->place.file = source->path;
	p->place.line = 0;
	r = parser_lines(p, bytes, n);
	p->facts = outer.facts;
	p->place = outer.place;
	p->line = outer.line;
	p->len = outer.len;
	p->current = outer.current;
	return r;
}
