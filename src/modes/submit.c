/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/memory.h"
#include "mail/address/address.h"
#include "mail/header/author.h"
#include "mail/header/recipients.h"
#include "mail/message/message.h"
#include "smtp/path.h"
#include "smtp/session.h"
#include "smtp/verdict.h"
#include "config/password/password.h"
#include "log/log.h"
#include "delivery/aliases.h"
#include "delivery/compose.h"
#include "delivery/diagnosis.h"
#include "delivery/expand.h"
#include "delivery/outgoing.h"
#include "delivery/request.h"
#include "delivery/sender.h"
#include "delivery/submission.h"
#include "delivery/upstream.h"
#include "modes/pretend.h"
#include "modes/submit.h"


/* What the trip gathers; const for all later stages once filled. */
struct trip {
	struct submission *job;
	struct accounts accounts;
	struct account account;
	struct message message;
	struct secret password;
	char *author;			/* %F, or NULL */
	struct verdict verdict;
	struct log log;
};

/* The address in From: for the account's patterns, or the reverse-path. */
static int
read_author(struct trip *t, struct fault *f)
{
	struct submission *job = t->job;
	struct mailbox box;

	if (author_find(&box, &t->message.header)) {
		t->author = address_spec(&box);
		t->accounts.author = t->author;
		if (job->read_sender)
			envelope_set_path(&job->envelope, &box);
		mailbox_free(&box);
		return 0;
	}
	if (!job->read_sender)
		return 0;
	fault(f, FAULT_USAGE, "--read-envelope-from: the message has no From "
	    "field with an address");
	return fault_hint(f, "add one, or give -f");
}

static int
read_message(struct trip *t, struct fault *f)
{
	struct submission *job = t->job;
	bool dot_ends = !job->ignore_dots && isatty(STDIN_FILENO) == 1;

	if (message_read(&t->message, STDIN_FILENO, dot_ends, f) == -1 ||
	    read_author(t, f) == -1)
		return -1;
	if (job->read_recipients && envelope_add_header(&job->envelope,
	    &t->message.header, f) == -1)
		return -1;
	if (job->envelope.count > 0 || job->pretend)
		return 0;
	fault(f, FAULT_USAGE, "no recipients: none in the arguments%s",
	    job->read_recipients ? ", and none in To, Cc and Bcc" : "");
	return fault_hint(f, job->read_recipients ? "add a To field" :
	    "give addresses as arguments, or -t to read them from the "
	    "header");
}

/* What the command line does not say, the account does. */
static int
complete_envelope(struct envelope *e, const struct account *a,
    struct fault *f)
{
	if (e->notify == 0)
		e->notify = (unsigned)a->dsn_notify;
	if (e->ret == DSN_RETURN_UNSET)
		e->ret = a->dsn_return;
	return sender_complete(e, a, f);
}

/* -f chooses the account, too. */
static int
choose_account(struct trip *t, struct fault *f)
{
	int result = request_choose(t->job->request, &t->accounts,
	    &t->job->envelope.path, &t->account, f);

	if (!t->job->pretend)
		log_open(&t->log, &t->account, SYSLOG_PATH);
	return result == -1 ? -1 : complete_envelope(&t->job->envelope,
	    &t->account, f);
}

static int
talk(struct trip *t, struct fault *f)
{
	struct session_params params;
	struct session session;
	struct conversion converted;
	int result;

	upstream_fill(&params, &t->account, &t->password);
	params.transcript = t->job->request->transcript;
	params.note = t->job->request->note;
	params.verdict = &t->verdict;
	if (session_open(&session, &params, f) == -1)
		return -1;
	result = outgoing_fit(&converted, &t->message, &session,
	    &t->job->envelope, &t->account, f);
	if (result == 0)
		result = submission_run(&session, &t->job->envelope,
		    converted.message, t->job->request->eight_bit, f);
	conversion_end(&converted);
	session_close(&session);
	return result;
}

/* The message has been accepted; was it for everybody? */
static int
verdict(const struct trip *t, struct fault *f)
{
	const struct envelope *e = &t->job->envelope;
	size_t delivered = envelope_in_state(e, RECIPIENT_DELIVERED);
	bool for_good = envelope_in_state(e, RECIPIENT_REFUSED) > 0;

	if (delivered == e->count)
		return 0;
	fault(f, for_good ? FAULT_RECIPIENT : FAULT_TEMPORARY,
	    "%s: the message was accepted for %zu of %zu recipients",
	    account_server(&t->account), delivered, e->count);
	fault_hint(f, "send it again to the refused recipients only, "
	    "once their addresses are %s", for_good ? "right" : "taken");
	diagnosis_bare(e, f);
	return -1;
}

static int
expand_all(struct trip *t, struct fault *f)
{
	struct envelope *e = &t->job->envelope, out;
	struct alias_source aliases;
	int r = e->path.local == NULL ? 0 : path_check(&e->path, f);

	alias_source_init(&aliases, &t->account, t->job->request->no_aliases);
	envelope_init(&out);
	for (size_t i = 0; i < e->count && r == 0; i++)
		r = expand_recipient(&aliases, &e->recipient[i].box, &out,
		    &t->accounts.warnings, f);
	if (r == 0) {
		envelope_swap_recipients(e, &out);
		r = aliases_rewrite(&aliases, &t->message, f);
	}
	envelope_free(&out);
	alias_source_free(&aliases);
	return r;
}

static int
travel(struct trip *t, struct fault *f)
{
	struct submission *job = t->job;
	const struct request *request = job->request;
	int expanded;

	if (request_load(request, &t->accounts, f) == -1)
		return -1;
	if (read_message(t, f) == -1) {
		/* what cannot go is logged where it would have gone */
		choose_account(t, f);
		return -1;
	}
	if (choose_account(t, f) == -1)
		return -1;
	request_tell(request, &t->accounts, &t->account);
	if (t->account.set_to_header == TO_HEADER_ON)
		recipients_announce(&t->message.header, &job->envelope);
	expanded = expand_all(t, f);
	request_tell(request, &t->accounts, NULL);
	if (expanded == -1 ||
	    compose_header(&t->message.header, &job->envelope, &t->account,
	    request->full_name, f) == -1 ||
	    conversion_check(&t->message, t->account.long_lines, f) == -1)
		return -1;
	if (job->pretend) {
		pretend_print(&t->accounts, &t->account, &job->envelope,
		    &t->message.header);
		return 0;
	}
	if (upstream_secret(&t->password, &t->account, f) == -1)
		return -1;
	if (talk(t, f) == -1)
		return -1;
	/* From here on the message is the server's. */
	return verdict(t, f);
}

/* Whatever came of it; from here on nothing can change that. */
static void
write_log(struct trip *t, const struct fault *f)
{
	struct session_params params = { .tls = SESSION_CLEAR };
	struct log_entry entry = {
		.account = &t->account, .envelope = &t->job->envelope,
		.message = &t->message, .verdict = &t->verdict, .fault = f,
	};

	if (t->log.began == 0 && !t->job->pretend)	/* no account at all */
		log_open(&t->log, &t->account, SYSLOG_PATH);
	if (account_server(&t->account) != NULL)
		upstream_choose_tls(&params, &t->account);
	entry.tls = params.tls != SESSION_CLEAR;
	log_write(&t->log, &entry, t->job->request->note);
	log_close(&t->log);
}

int
submit(struct submission *job, struct fault *f)
{
	struct trip t;
	int result;

	memset(&t, 0, sizeof(t));
	t.job = job;
	accounts_init(&t.accounts);
	account_init(&t.account);
	message_init(&t.message);
	verdict_init(&t.verdict);
	log_init(&t.log);
	t.log.ident = job->request->ident;
	result = travel(&t, f);
	write_log(&t, f);
	secret_clear(&t.password);
	verdict_free(&t.verdict);
	message_free(&t.message);
	free(t.author);
	account_free(&t.account);
	accounts_free(&t.accounts);
	return result;
}
