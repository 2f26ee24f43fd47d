/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/wait.h"
#include "smtp/session.h"
#include "config/account/account.h"
#include "delivery/delivery.h"
#include "delivery/job.h"
#include "delivery/link.h"
#include "delivery/request.h"

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
	const struct envelope *from = &job->envelope;
	struct envelope *e = &d->letter.envelope, given;

	if (e->path.local == NULL && from->path.local != NULL)
		envelope_set_path(e, &from->path);
	envelope_init(&given);
	for (size_t i = 0; i < from->count; i++)
		envelope_add(&given, &from->recipient[i].box);
	envelope_swap_recipients(e, &given);
	envelope_free(&given);
}

int
delivery_send(struct delivery *d, struct link *link, struct fault *f)
{
	struct envelope *e = &d->letter.envelope;
	bool utf8;

	if (link_open(link, &d->outcome, f) == -1)
		return -1;
	utf8 = link->session.capabilities.has[CAP_SMTPUTF8] &&
	    (e->smtputf8 || envelope_needs_smtputf8(e));
	if (letter_fit(&d->letter, &link->session, true, utf8, f) == -1)
		return -1;
	submission_init(&d->submission, link, e, &d->outcome, false);
	return submission_run(&d->submission, d->letter.conversion.message,
	    d->request->eight_bit, f);
}

/* What waited for the network says that its time was up, which is not so. */
static void
name_signal(struct delivery *d, struct fault *f)
{
	static const char by[] = "ended by ";
	const char *name = wait_signal();
	struct buffer why;

	if (name == NULL || f->class == FAULT_NONE)
		return;
	fault_clear(f);
	buffer_init(&why, sizeof(by) + strlen(name));
	buffer_printf(&why, "%s%s", by, name);
	submission_break_off(&d->submission, why.data, f);
	buffer_free(&why);
}

void
delivery_log(struct delivery *d, struct fault *f)
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

	name_signal(d, f);
	entry.queue_id = outcome_queue_id(&d->outcome, &entry.queue_id_len);
	log_write(&d->log, &entry, d->request->note);
}

/*
 * Out of memory: whatever is known of the message is logged. The exit status
 * is a success only if every recipient has it.
 */
static int
last_words(void *context)
{
	struct delivery *d = context;
	struct fault f = { FAULT_NONE, NULL, NULL, false };

	submission_break_off(&d->submission, "out of memory", &f);
	delivery_log(d, &f);
	return fault_exit_status(f.class);
}

void
delivery_begin(struct delivery *d, const struct account *account,
    struct alias_source *aliases, struct notes *notes, bool log)
{
	d->account = account;
	letter_init(&d->letter, d->request, account, aliases, notes);
	if (log)
		log_open(&d->log, account, SYSLOG_PATH);
	memory_on_exhaustion(last_words, d);
}

void
delivery_end(struct delivery *d)
{
	memory_on_exhaustion(NULL, NULL);
	log_close(&d->log);
	submission_free(&d->submission);
	letter_free(&d->letter);
	outcome_free(&d->outcome);
	delivery_init(d, d->request);
}
