/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address.h"
#include "mail/author.h"
#include "mail/complete.h"
#include "mail/message.h"
#include "mail/recipients.h"
#include "modes/aliases.h"
#include "modes/pretend.h"
#include "modes/security.h"
#include "modes/sender.h"
#include "modes/submit.h"
#include "setup/accountfile.h"
#include "setup/log.h"
#include "setup/secret.h"
#include "smtp/path.h"
#include "smtp/sasl.h"
#include "smtp/session.h"
#include "smtp/transaction.h"
#include "smtp/verdict.h"
#include "wire/dial.h"
#include "wire/tls.h"

#define PORT_SUBMISSIONS 465	/* RFC 8314: TLS from the first octet */
#define PORT_SUBMISSION 587	/* RFC 6409 */
#define PORT_SMTP 25
#define ADDRESS_MAX (256 * 1024)	/* octets; far above any real one */

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
	struct buffer spec;

	if (author_find(&box, &t->message.header)) {
		buffer_init(&spec, ADDRESS_MAX);
		address_add_spec(&spec, &box);
		t->author = buffer_detach(&spec);
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
	const struct envelope *e = &t->job->envelope;
	struct mailbox box = { NULL, e->local, e->domain };
	struct buffer path;
	int result;

	buffer_init(&path, ADDRESS_MAX);
	if (e->local != NULL)
		address_add_spec(&path, &box);
	result = accounts_choose(&t->accounts, t->job->account,
	    e->local == NULL ? NULL : path.data, t->job->settings,
	    &t->account, f);
	buffer_free(&path);
	if (!t->job->pretend)
		log_open(&t->log, &t->account, SYSLOG_PATH);
	return result == -1 ? -1 : complete_envelope(&t->job->envelope,
	    &t->account, f);
}

/*
 * The author, as fields that we write have him: with an A-label where no
 * other part needs SMTPUTF8, as in the envelope.
 */
static int
choose_author(struct mailbox *author, const struct trip *t)
{
	char *ascii;

	if (sender_author(author, &t->job->envelope, &t->account) == -1)
		return -1;
	if (text_is_ascii(author->local, strlen(author->local)) &&
	    tls_domain_to_ascii(author->domain, &ascii) == 0) {
		free(author->domain);
		author->domain = ascii;
	}
	return 0;
}

static int
complete_message(struct trip *t, struct fault *f)
{
	const struct account *a = &t->account;
	struct mailbox author;
	struct complete c = {
		.from = a->set_from_header == FROM_HEADER_ON ?
		    COMPLETE_FROM_REPLACE : a->set_from_header ==
		    FROM_HEADER_OFF ? COMPLETE_FROM_KEEP :
		    COMPLETE_FROM_MISSING,
		.full_name = t->job->full_name != NULL ? t->job->full_name :
		    a->from_full_name,
		.date = a->set_date_header != TOGGLE_OFF,
		.message_id = a->set_msgid_header != TOGGLE_OFF,
		.remove_bcc = a->remove_bcc_headers != TOGGLE_OFF,
	};
	int result;

	if (choose_author(&author, t) == 0)
		c.author = &author;
	c.id_domain = c.author != NULL && author.domain[0] != '\0' &&
	    author.domain[0] != '[' ? author.domain : a->host;
	if (a->set_to_header != TO_HEADER_OFF)
		recipients_rewrite(&t->message.header, &t->job->envelope,
		    a->set_to_header == TO_HEADER_UNDISCLOSED);
	result = complete_header(&t->message.header, &c, f);
	if (c.author != NULL)
		mailbox_free(&author);
	return result;
}

static bool
is_loopback_name(const char *host)
{
	return text_same_word(host, strlen(host), "localhost") ||
	    text_same_word(host, strlen(host), "::1") ||
	    (strncmp(host, "127.", 4) == 0 && dial_is_literal(host));
}

/*
 * `tls` unset means: implicit on port 465; STARTTLS, required, on port 587
 * and wherever we authenticate to a host that is not this one; else none.
 */
static void
choose_tls(struct session_params *p, const struct account *a)
{
	bool secure = a->tls == TOGGLE_ON || (a->tls == TOGGLE_UNSET &&
	    (a->port == PORT_SUBMISSIONS || a->port == PORT_SUBMISSION ||
	    (a->auth != NULL && !is_loopback_name(a->host))));
	bool starttls = a->tls_starttls == TOGGLE_ON ||
	    (a->tls_starttls == TOGGLE_UNSET && a->port != PORT_SUBMISSIONS);

	p->tls = !secure ? SESSION_CLEAR : starttls ? SESSION_STARTTLS :
	    SESSION_IMPLICIT_TLS;
	p->port = a->port != 0 ? (uint16_t)a->port :
	    p->tls == SESSION_IMPLICIT_TLS ? PORT_SUBMISSIONS : PORT_SMTP;
}

static void
fill_params(struct session_params *p, const struct trip *t)
{
	const struct account *a = &t->account;

	memset(p, 0, sizeof(*p));
	p->host = a->host;
	p->timeout_ms = a->timeout * 1000;
	p->ehlo_name = a->domain;
	security_fill(&p->trust, a);
	p->auth = a->auth;
	p->auth_id = a->auth_id;
	p->ntlm_domain = a->ntlmdomain;
	p->auth_without_tls = a->auth_without_tls == TOGGLE_ON;
	p->user = a->user;
	p->password = &t->password;
	p->transcript = t->job->transcript;
	p->note = t->job->note;
	choose_tls(p, a);
}

static int
fetch_secret(struct trip *t, struct fault *f)
{
	const struct account *a = &t->account;

	if (a->auth == NULL || !sasl_needs_password(a->auth)) {
		/* the PIN of a token, or the passphrase of a key */
		return a->tls_key_file != NULL && account_has_password(a) ?
		    account_password(a, &t->password, f) : 0;
	}
	return account_password(a, &t->password, f);
}

static int
talk(struct trip *t, struct fault *f)
{
	struct session_params params;
	struct session session;
	int result;

	fill_params(&params, t);
	params.verdict = &t->verdict;
	if (session_open(&session, &params, f) == -1)
		return -1;
	result = transaction_submit(&session, &t->job->envelope, &t->message,
	    t->job->eight_bit, f);
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
	    t->account.host, delivered, e->count);
	return fault_hint(f, "send it again to the refused recipients only, "
	    "once their addresses are %s", for_good ? "right" : "taken");
}

static int
travel(struct trip *t, struct fault *f)
{
	struct submission *job = t->job;

	if (job->settings->host == NULL && accountfile_load(&t->accounts,
	    job->config_file, job->config_of_root, f) == -1)
		return -1;
	if (read_message(t, f) == -1) {
		/* what cannot go is logged where it would have gone */
		choose_account(t, f);
		return -1;
	}
	if (choose_account(t, f) == -1)
		return -1;
	if (t->account.set_to_header == TO_HEADER_ON)
		recipients_announce(&t->message.header, &job->envelope);
	if (!job->no_aliases && aliases_apply(&job->envelope, &t->message,
	    &t->account, &t->accounts.warnings, f) == -1)
		return -1;
	for (size_t i = 0; i < t->accounts.warnings.count; i++)
		job->note(t->accounts.warnings.text[i]);
	if (path_check(&job->envelope, f) == -1 ||
	    complete_message(t, f) == -1)
		return -1;
	if (job->pretend) {
		pretend_print(&t->accounts, &t->account, &job->envelope,
		    &t->message.header);
		return 0;
	}
	if (fetch_secret(t, f) == -1)
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

	if (t->account.host != NULL)
		choose_tls(&params, &t->account);
	entry.tls = params.tls != SESSION_CLEAR;
	log_write(&t->log, &entry, t->job->note);
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
