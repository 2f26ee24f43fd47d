/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "base/fault.h"
#include "smtp/session.h"
#include "config/account/account.h"
#include "delivery/delivery.h"
#include "delivery/job.h"
#include "delivery/link.h"
#include "delivery/request.h"
#include "delivery/submission.h"

void
delivery_init(struct delivery *d, const struct request *request)
{
	memset(d, 0, sizeof(*d));
	d->request = request;
	log_init(&d->log);
	d->log.ident = request->ident;
	outcome_init(&d->outcome);
	letter_init(&d->letter, request, NULL, NULL, NULL);
}

void
delivery_begin(struct delivery *d, const struct account *account,
    struct alias_source *aliases, struct notes *notes, bool log)
{
	d->account = account;
	letter_init(&d->letter, d->request, account, aliases, notes);
	if (log)
		log_open(&d->log, account, SYSLOG_PATH);
}

int
delivery_prepare(struct delivery *d, const struct job *job, struct fault *f)
{
	struct letter *l = &d->letter;

	if (letter_set_sender(l, &job->envelope, f) == 0 &&
	    letter_add_recipients(l, &job->envelope, f) == 0)
		return letter_write(l, &job->message, &job->envelope, f);
	delivery_give_up(d, job);
	return -1;
}

void
delivery_give_up(struct delivery *d, const struct job *job)
{
	struct fault ignored = { FAULT_NONE, NULL, NULL, false };
	struct envelope *e = &d->letter.envelope, given;

	if (e->path.local == NULL && !e->null_path)
		letter_set_sender(&d->letter, &job->envelope, &ignored);
	fault_clear(&ignored);
	envelope_init(&given);
	for (size_t i = 0; i < job->envelope.count; i++)
		envelope_add(&given, &job->envelope.recipient[i].box);
	envelope_swap_recipients(e, &given);
	envelope_free(&given);
}

int
delivery_send(struct delivery *d, struct link *link, struct fault *f)
{
	struct envelope *e = &d->letter.envelope;
	struct submission s;
	bool utf8;
	int result;

	if (link_open(link, &d->outcome, f) == -1)
		return -1;
	utf8 = link->session.capabilities.has[CAP_SMTPUTF8] &&
	    (e->smtputf8 || envelope_needs_smtputf8(e));
	if (letter_fit(&d->letter, &link->session, true, utf8, f) == -1)
		return -1;
	submission_init(&s, link, e, &d->outcome, false);
	result = submission_run(&s, d->letter.conversion.message,
	    d->request->eight_bit, f);
	submission_free(&s);
	return result;
}

void
delivery_log(struct delivery *d, const struct fault *f)
{
	struct log_entry entry = {
		.account = d->account,
		.envelope = &d->letter.envelope,
		.message = &d->letter.message,
		.reply = &d->outcome.reply,
		.tls_version = d->outcome.tls_version,
		.fault = f,
		.tls = link_wants_tls(d->account),
		.peer_known = d->peer_known,
		.peer_uid = d->peer_uid,
		.peer_pid = d->peer_pid,
	};

	entry.queue_id = outcome_queue_id(&d->outcome, &entry.queue_id_len);
	log_write(&d->log, &entry, d->request->note);
}

void
delivery_end(struct delivery *d)
{
	log_close(&d->log);
	letter_free(&d->letter);
	outcome_free(&d->outcome);
	delivery_init(d, d->request);
}
