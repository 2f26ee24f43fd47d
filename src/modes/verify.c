/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "config/account/account.h"
#include "delivery/carrier.h"
#include "delivery/request.h"
#include "delivery/policy.h"
#include "modes/show.h"
#include "modes/modes.h"

/* What addresses are looked up in. */
struct verifying {
	const struct request *request;
	struct carrier carrier;
	const struct account *account;	/* the carrier's */
	struct local_domains domains;
};

static void
print_fault_line(const char *what, const struct fault *f)
{
	printf("%s: %s\n", what, f->text);
	if (f->hint != NULL)
		printf("    hint: %s\n", f->hint);
}

static int
begin(struct verifying *v, const struct request *request,
    const struct mailbox *sender, struct fault *f)
{
	memset(v, 0, sizeof(*v));
	v->request = request;
	carrier_init(&v->carrier, request);
	if (carrier_load(&v->carrier, f) == -1 ||
	    carrier_choose(&v->carrier, sender, f) == -1)
		return -1;
	v->account = &v->carrier.at->account;
	return local_domains_gather(&v->domains, v->account, MAILNAME, f);
}

static void
end(struct verifying *v)
{
	local_domains_free(&v->domains);
	carrier_free(&v->carrier);
}

/* Puts those that the recipients stand for in their place. */
static int
expand(struct verifying *v, struct envelope *e, struct fault *f)
{
	struct envelope out;
	int r = 0;

	alias_begin_message(&v->carrier.at->aliases.aliases);
	envelope_init(&out);
	for (size_t i = 0; i < e->count && r == 0; i++)
		r = aliases_expand(&v->carrier.at->aliases,
		    &e->recipient[i].box, e->recipient[i].doubtful, &out,
		    &v->carrier.accounts.warnings, f);
	if (r == 0)
		envelope_swap_recipients(e, &out);
	envelope_free(&out);
	request_tell(v->request, &v->carrier.accounts, NULL);
	return r;
}

static int
print_recipients(const char *what, const struct envelope *e,
    struct fault *f)
{
	const struct recipient *r, *bare = NULL;

	for (size_t i = 0; i < e->count; i++) {
		r = &e->recipient[i];
		show_mailbox(what, &r->box);
		if (bare == NULL && r->box.domain[0] == '\0')
			bare = r;
	}
	if (bare == NULL)
		return 0;
	fault(f, FAULT_RECIPIENT, "'%s' has no domain, and stands for no "
	    "address", bare->box.local);
	return fault_hint(f, "give it one by \"root\", \"aliases\" or "
	    "\"qualify_domain\" of the account");
}

/*
 * A pattern for the From field has no value here, as there is no message: that
 * is printed in place of the reverse-path, and is no failure.
 */
static int
print_sender(const struct verifying *v, struct envelope *e, struct fault *f)
{
	struct fault why = { .class = FAULT_NONE };
	int r = sender_complete(e, v->account, &why);

	if (r == -1 && why.class == FAULT_DATA) {
		print_fault_line("reverse-path", &why);
		r = 0;
	} else if (r == -1) {
		fault_pass(f, &why, "");
	} else {
		show_mailbox("reverse-path: ", &e->path);
	}
	fault_clear(&why);
	return r;
}

int
verify_recipients(const struct request *request, struct envelope *e,
    struct fault *f)
{
	struct verifying v;
	int r = begin(&v, request, &e->path, f);

	if (r == 0) {
		show_account(v.account);
		r = print_sender(&v, e, f);
	}
	if (r == 0)
		r = expand(&v, e, f);
	if (r == 0)
		r = print_recipients("recipient: ", e, f);
	end(&v);
	return r;
}

/* By which account would a message from this address go? */
static void
print_account_of(struct verifying *v, const struct mailbox *box)
{
	struct fault why = { .class = FAULT_NONE };
	struct account account;

	account_init(&account);
	printf("  as a sender, ");
	if (request_choose(v->request, &v->carrier.accounts, box, &account,
	    &why) == 0)
		show_account(&account);
	else
		print_fault_line("no account", &why);
	account_free(&account);
	fault_clear(&why);
}

static void
test_box(struct verifying *v, const struct mailbox *box)
{
	struct fault why = { .class = FAULT_NONE };
	struct envelope e;
	const char *domain = box->domain[0] == '\0' ? "none" : box->domain;

	show_mailbox("address: ", box);
	show_text("  local part: ", box->local, strlen(box->local));
	show_text("  domain: ", domain, strlen(domain));
	printf("  aliases apply: %s\n", local_domains_find(&v->domains,
	    box->domain) != LOCALITY_NONE && !v->request->no_aliases ? "yes" :
	    "no");
	envelope_init(&e);
	envelope_add(&e, box);
	if (expand(v, &e, &why) == -1 ||
	    print_recipients("  recipient: ", &e, &why) == -1)
		print_fault_line("  but", &why);
	envelope_free(&e);
	fault_clear(&why);
	print_account_of(v, box);
}

static void
test_word(struct verifying *v, const char *word, size_t n, struct fault *f)
{
	struct address_list list = { .box = NULL };
	struct fault why = { .class = FAULT_NONE };
	int r = address_parse_recipients(&list, word, n, &why);

	for (size_t i = 0; r == 0 && i < list.count; i++)
		test_box(v, &list.box[i]);
	if (r == -1) {
		fault(f, FAULT_DATA, "'%.*s': %s", (int)(n > ADDRESS_MAX ?
		    ADDRESS_MAX : n), word, why.text);
		print_fault_line("no address", &why);
	}
	address_list_free(&list);
	fault_clear(&why);
}

int
verify_words(const struct request *request, const struct mailbox *sender,
    const char *const *words, size_t n, struct fault *f)
{
	struct verifying v;
	char *line = NULL;
	size_t size = 0;
	ssize_t got;

	if (begin(&v, request, sender, f) == -1) {
		end(&v);
		return -1;
	}
	show_account(v.account);
	for (size_t i = 0; i < n; i++)
		test_word(&v, words[i], strlen(words[i]), f);
	while (n == 0 && (got = getline(&line, &size, stdin)) != -1)
		test_word(&v, line, (size_t)got - (line[got - 1] == '\n'), f);
	free(line);
	end(&v);
	return f->class == FAULT_NONE ? 0 : -1;
}
