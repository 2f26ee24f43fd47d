/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/envelope.h"
#include "config/alias/alias.h"

#define NAME_SHOWN_MAX 60	/* octets of a name that are quoted */

/* For names that have no entry, as msmtp and as dma have it. */
static const char *const fallbacks[] = { "default", "*" };

/* The entries that are being resolved are a linked list, and no recursion: a
 * chain may be as long as the file. */
struct walk {
	struct aliases *aliases;
	const struct local_domains *domains;
	struct envelope *envelope;	/* NULL: a check */
	struct alias_entry *inner;	/* or NULL */
};

static bool
is_new(const struct aliases *a, const struct alias_entry *e)
{
	return e->expansion != a->expansion;
}

static bool
is_open(const struct aliases *a, const struct alias_entry *e)
{
	return !is_new(a, e) && e->open;
}

/*
 * The entry that an address of this host leads to, or NULL: that of its local
 * part, else that of a fallback (*by_default).
 */
static struct alias_entry *
lookup(const struct aliases *a, const struct local_domains *d,
    const struct mailbox *box, bool *by_default)
{
	enum locality locality = local_domains_find(d, box->domain);
	struct alias_entry *e;

	*by_default = false;
	if (locality == LOCALITY_NONE)
		return NULL;
	e = alias_find(a, box->local, strlen(box->local));
	if (e != NULL || locality == LOCALITY_SHARED)
		return e;
	*by_default = true;
	for (size_t i = 0; e == NULL && i < sizeof(fallbacks) /
	    sizeof(fallbacks[0]); i++)
		e = alias_find(a, fallbacks[i], strlen(fallbacks[i]));
	return e;
}

static void
sum_address(struct alias_summary *s, const struct mailbox *box)
{
	if (s->addresses == 1 && mailbox_same(s->only, box))
		return;
	s->only = box;
	if (s->addresses < 2)
		s->addresses++;
}

static void
sum_entry(struct alias_summary *s, const struct alias_summary *other)
{
	s->hidden |= other->hidden;
	if (other->addresses == 1)
		sum_address(s, other->only);
	else if (other->addresses > 1)
		s->addresses = other->addresses;
}

/* "the alias 'name'" or "the list /path", to be freed. */
static char *
describe(const struct alias_entry *e)
{
	size_t n = e->name_len > NAME_SHOWN_MAX ? NAME_SHOWN_MAX :
	    e->name_len;

	return n == 0 ? buffer_format("the list %s", e->in->file) :
	    buffer_format("the alias '%.*s'", (int)n,
	    e->in->text.data + e->name);
}

/* Begins to resolve an entry. One with wrong targets is done at once. */
static int
enter(struct walk *w, struct alias_entry *e, struct fault *f)
{
	e->expansion = w->aliases->expansion;
	memset(&e->summary, 0, sizeof(e->summary));
	e->open = alias_targets(e, f) == 0;
	if (!e->open)
		return -1;
	e->next = 0;
	e->outer = w->inner;
	w->inner = e;
	return 0;
}

static int
refuse_kind(const struct walk *w, const struct alias_entry *e,
    const struct alias_target *t, struct fault *f)
{
	static const char *const what[] = {
		[ALIAS_COMMAND] = "a command", [ALIAS_FILE] = "a file",
		[ALIAS_INCLUDE] = "a list in another file",
		[ALIAS_SPECIAL] = "something that is no address",
	};
	char *who;

	/* the file may be a mail server's, which can deliver to that */
	if (w->envelope == NULL)
		return 0;
	who = describe(e);
	fault(f, FAULT_CONFIG, "%s:%zu: %s leads to %s", e->in->file, t->line,
	    who, what[t->kind]);
	free(who);
	if (t->kind == ALIAS_INCLUDE)
		return fault_hint(f, "'alias_include on' allows that");
	return fault_hint(f, "only a mail server can deliver to that; give "
	    "the alias an address");
}

static int
refuse_circle(const struct alias_entry *e, const struct alias_target *t,
    const struct alias_entry *found, struct fault *f)
{
	char *who = describe(e), *whom = describe(found);

	fault(f, FAULT_CONFIG, "%s:%zu: %s leads back to %s, and so round in "
	    "a circle", e->in->file, t->line, who, whom);
	free(who);
	free(whom);
	if (t->kind == ALIAS_INCLUDE)
		return -1;
	return fault_hint(f, "a backslash before a name takes it as it "
	    "stands, not as an alias");
}

/* A list that cannot be read is a fault of the line that includes it. */
static int
include(struct walk *w, const struct alias_entry *e,
    const struct alias_target *t, struct alias_entry **found, struct fault *f)
{
	if (!w->aliases->include)
		return refuse_kind(w, e, t, f);
	*found = alias_list(w->aliases, t->path, f);
	if (*found != NULL)
		return 0;
	return fault_prefix(f, "%s:%zu: ", e->in->file, t->line);
}

static int
follow(struct walk *w, struct alias_entry *e, const struct alias_target *t,
    struct alias_entry *found, struct fault *f)
{
	if (is_open(w->aliases, found))
		return refuse_circle(e, t, found, f);
	if (is_new(w->aliases, found))
		return enter(w, found, f);
	sum_entry(&e->summary, &found->summary);
	return 0;
}

static int
take_target(struct walk *w, struct alias_entry *e,
    const struct alias_target *t, struct fault *f)
{
	struct alias_entry *found = NULL;
	bool by_default = false;

	if (t->kind == ALIAS_INCLUDE) {
		e->summary.hidden = true;
		if (include(w, e, t, &found, f) == -1)
			return -1;
		return found == NULL ? 0 : follow(w, e, t, found, f);
	}
	if (t->kind != ALIAS_ADDRESS && t->kind != ALIAS_FINAL)
		return refuse_kind(w, e, t, f);
	if (t->kind == ALIAS_ADDRESS)
		found = lookup(w->aliases, w->domains, &t->box,
		    &by_default);
	/* a name that "default" leads to is not sent to "default" again */
	if (found == NULL || found == e ||
	    (by_default && is_open(w->aliases, found))) {
		sum_address(&e->summary, &t->box);
		if (w->envelope != NULL)
			envelope_add(w->envelope, &t->box);
		return 0;
	}
	e->summary.hidden |= by_default;
	return follow(w, e, t, found, f);
}

/* Takes the next target of the innermost entry, or ends that entry. */
static int
proceed(struct walk *w, struct fault *f)
{
	struct alias_entry *e = w->inner;

	if (e->next < e->targets)
		return take_target(w, e, &e->target[e->next++], f);
	e->open = false;
	w->inner = e->outer;
	if (w->inner != NULL)
		sum_entry(&w->inner->summary, &e->summary);
	return 0;
}

void
alias_begin_message(struct aliases *a)
{
	a->message++;
	a->expansion++;
}

void
alias_begin_expansion(struct aliases *a)
{
	a->expansion++;
}

int
alias_expand(struct aliases *a, const struct local_domains *d,
    const struct mailbox *box, struct envelope *envelope, struct fault *f)
{
	struct walk w = { .aliases = a, .domains = d, .envelope = envelope };
	bool by_default;
	struct alias_entry *e = lookup(a, d, box, &by_default);
	int r = 0;

	if (e == NULL) {
		envelope_add(envelope, box);
		return 0;
	}
	if (!by_default)
		e->message = a->message;
	if (is_new(a, e))
		r = enter(&w, e, f);
	while (r == 0 && w.inner != NULL)
		r = proceed(&w, f);
	return r;
}

const struct mailbox *
alias_replacement(const struct aliases *a, const struct local_domains *d,
    const struct mailbox *box)
{
	bool by_default;
	const struct alias_entry *e = lookup(a, d, box, &by_default);

	if (e == NULL || by_default || e->message != a->message ||
	    e->summary.hidden || e->summary.addresses != 1 ||
	    mailbox_same(e->summary.only, box))
		return NULL;
	return e->summary.only;
}

static void
note(struct notes *errors, struct fault *f)
{
	if (f->class != FAULT_NONE)
		notes_add(errors, "%s", f->text);
	fault_clear(f);
}

void
alias_check(struct aliases *a, const struct local_domains *d,
    struct notes *errors)
{
	struct walk w = { .aliases = a, .domains = d };
	struct fault f = { .class = FAULT_NONE };

	for (size_t i = 0; i < a->count; i++) {
		if (is_new(a, &a->entry[i]))
			enter(&w, &a->entry[i], &f);
		for (note(errors, &f); w.inner != NULL; note(errors, &f))
			proceed(&w, &f);
	}
}
