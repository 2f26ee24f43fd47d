/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/index.h"
#include "base/memory.h"
#include "base/wait.h"
#include "mail/envelope.h"
#include "smtp/session.h"
#include "config/account/account.h"
#include "delivery/carrier.h"
#include "delivery/delivery.h"
#include "delivery/outcome.h"
#include "delivery/request.h"
#include "delivery/link.h"
#include "delivery/queue/folder.h"
#include "delivery/queue/hold.h"
#include "delivery/queue/keep.h"

/* Milliseconds between two rounds of retry_for: doubled each time. */
#define PAUSE_MS 1000
#define PAUSE_MAX_MS (16 * 1000)

void
delivery_init(struct delivery *d, const struct request *request)
{
	memset(d, 0, sizeof(*d));
	d->request = request;
	d->eight_bit = request->eight_bit;
	log_init(&d->log);
	d->log.ident = request->ident;
	outcome_init(&d->outcome);
	letter_init(&d->letter, request, NULL, NULL, NULL);
}

static int
add_recipients(struct delivery *d, const struct envelope *given,
    struct fault *f)
{
	if (!d->expanded)
		return letter_add_recipients(&d->letter, given, f);
	for (size_t i = 0; i < given->count; i++)
		envelope_copy_recipient(&d->letter.envelope,
		    &given->recipient[i]);
	return 0;
}

int
delivery_prepare(struct delivery *d, const struct job *job, struct fault *f)
{
	struct letter *l = &d->letter;

	if (letter_set_sender(l, &job->envelope, f) == 0 &&
	    add_recipients(d, &job->envelope, f) == 0)
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

void
delivery_take(struct delivery *d, const struct job *job)
{
	struct letter *l = &d->letter;
	const struct envelope *from = &job->envelope;

	envelope_copy_sender(&l->envelope, from);
	for (size_t i = 0; i < from->count; i++)
		envelope_copy_recipient(&l->envelope, &from->recipient[i]);
	message_share(&l->message, &job->message);
}

/* ---- By one account. */

/*
 * The folder of the run, or that of the account's queue, which is put into
 * *own; with `make` it is made where it is missing. NULL: there is none. What
 * is wrong with it is told when a message is to be kept.
 */
static const struct queue_folder *
find_queue(const struct delivery *d, const struct account *a, bool make,
    struct queue_folder *own)
{
	if (d->folder != NULL || a->queue != TOGGLE_ON)
		return d->folder;
	return queue_folder_open_of(own, a, make, NULL) == 1 ? own : NULL;
}

/* Credentials that were refused a while ago are not tried: see queue/hold.h. */
static void
heed_hold(struct delivery *d, struct carrier *c)
{
	struct link *l = &c->at->link;
	const struct queue_folder *q;
	struct queue_folder own;

	if (l->account->auth == NULL || l->denied.class != FAULT_NONE)
		return;
	q = find_queue(d, l->account, false, &own);
	l->refused_before = q != NULL && queue_hold_check(q, l->account,
	    (int64_t)time(NULL), d->insist ? NULL : &l->denied) != 0;
	if (q == &own)
		queue_folder_close(&own);
}

static void
record_hold(const struct delivery *d, const struct account *a, int result,
    const struct fault *f)
{
	bool refused = result == -1 && f->class == FAULT_AUTH &&
	    d->outcome.phase == PHASE_AUTH;
	const struct queue_folder *q;
	struct queue_folder own;

	if (a->auth == NULL || (result == -1 && (!refused || d->trial)))
		return;
	q = find_queue(d, a, refused, &own);
	if (q != NULL && refused)
		queue_hold_begin(q, a, (int64_t)time(NULL), f->text);
	else if (q != NULL)
		queue_hold_end(q, a);
	if (q == &own)
		queue_folder_close(&own);
}

/*
 * What the process needs no more once it has connected. A queue without a
 * folder is told in its own words if the message is to be kept.
 */
static void
plan_confinement(const struct delivery *d, struct carrier *c)
{
	const struct account *own = &c->own->account;
	bool others = c->others || (!d->alone && own->fallback != NULL) ||
	    (!d->in_run && own->retry_for > 0);
	bool keeps = own->queue == TOGGLE_ON && !d->trial &&
	    queue_check_account(c, NULL) == 0;
	const struct queue_folder *q;
	struct queue_folder made;

	q = find_queue(d, own, keeps, &made);
	c->at->link.rest = q == NULL && keeps ? NULL :
	    rights_fill(&c->rights, own, &c->accounts, others,
	    q == NULL ? NULL : q->path);
	if (q == &made)
		queue_folder_close(&made);
}

int
delivery_open(struct delivery *d, struct carrier *c, struct fault *f)
{
	bool was_open = c->at->link.open;
	int result;

	if (!was_open) {
		heed_hold(d, c);
		link_set_sender(&c->at->link, &d->letter.envelope);
		plan_confinement(d, c);
	}
	result = link_open(&c->at->link, &d->outcome, f);
	if (!was_open)
		record_hold(d, &c->at->account, result, f);
	/* it is about the account, and the next message would hear the same */
	if (result == -1 && d->in_run)
		fault_pass(&c->at->link.denied, f, "");
	return result;
}

/* Opens the link and submits the letter. */
static int
submit_letter(struct delivery *d, struct carrier *c, struct fault *f)
{
	struct envelope *e = &d->letter.envelope;
	struct link *link = &c->at->link;
	bool utf8;

	if (delivery_open(d, c, f) == -1)
		return -1;
	utf8 = link->session.capabilities.has[CAP_SMTPUTF8] &&
	    (e->smtputf8 || envelope_needs_smtputf8(e));
	if (letter_fit(&d->letter, &link->session, true, utf8, f) == -1) {
		diagnosis_settle(&d->outcome, f);
		return -1;
	}
	submission_free(&d->submission);
	submission_init(&d->submission, link, e, &d->outcome, false);
	d->submission.stay = d->stay;
	d->submission.journal = d->journal;
	return submission_run(&d->submission, d->letter.conversion.message,
	    d->eight_bit, f);
}

/* ---- By one account after the other. */

/* Those whom a server has refused for good, with its replies. */
static void
save_refused(struct envelope *refused, const struct envelope *e)
{
	const struct recipient *from;
	struct recipient *to;

	envelope_init(refused);
	for (size_t i = 0; i < e->count; i++) {
		from = &e->recipient[i];
		if (from->state != RECIPIENT_REFUSED || from->code == 0 ||
		    from->reply == NULL)
			continue;
		envelope_copy_recipient(refused, from);
		to = &refused->recipient[refused->count - 1];
		to->code = from->code;
		to->subject = from->subject;
		to->detail = from->detail;
		to->reply = memory_string(from->reply);
	}
}

/* They stay so: no other account is asked about them. */
static void
restore_refused(struct envelope *e, struct envelope *refused)
{
	struct recipient *from, *to;
	size_t number;

	for (size_t i = 0; i < refused->count; i++) {
		from = &refused->recipient[i];
		number = envelope_find(e, &from->box);
		if (number == INDEX_NONE)
			continue;
		to = &e->recipient[number];
		to->state = RECIPIENT_REFUSED;
		to->code = from->code;
		to->subject = from->subject;
		to->detail = from->detail;
		free(to->reply);
		to->reply = from->reply;
		from->reply = NULL;
	}
	envelope_free(refused);
}

/* Forgets what the last account made of the job, but for recipients that were
 * refused for good; the log is the new one's. */
static int
begin_again(struct delivery *d, struct carrier *c, const struct job *given,
    struct fault *f)
{
	bool log = d->log.began != 0;
	bool requiretls = d->letter.envelope.requiretls;
	struct envelope refused;
	int result;

	save_refused(&refused, &d->letter.envelope);
	submission_free(&d->submission);
	memset(&d->submission, 0, sizeof(d->submission));
	letter_free(&d->letter);
	outcome_free(&d->outcome);
	log_close(&d->log);
	d->log.ident = d->request->ident;
	delivery_begin(d, c, log);
	result = delivery_prepare(d, given, f);
	/* be it that only the account before asked for it */
	d->letter.envelope.requiretls |= requiretls;
	restore_refused(&d->letter.envelope, &refused);
	return result;
}

/* "SENTENCE; now by account 'NAME'" */
static void
tell_turn(const struct delivery *d, const struct fault *f, const char *name)
{
	struct fault note = { .class = FAULT_NONE };

	fault(&note, f->class, "%s; now by account '%s'", f->text, name);
	d->request->note(note.text);
	fault_clear(&note);
}

/* By the next account; the fault is that of the one before. */
static int
take_turn(struct delivery *d, struct carrier *c, const struct job *given,
    const char *name, struct fault *f)
{
	struct fault why = { .class = FAULT_NONE };
	int result;

	if (!d->in_run)
		tell_turn(d, f, name);
	result = carrier_exchange(c, name, false, &why);
	if (result == -1) {
		/* its file has changed since the first one was chosen */
		d->request->note(why.text);
		fault_clear(&why);
		return -1;
	}
	d->by = c->at->account.name;
	result = begin_again(d, c, given, &why);
	if (result == 0)
		result = submit_letter(d, c, &why);
	else
		/* it can make no letter of it, but the next one may */
		d->outcome.retry = RETRY_ELSEWHERE;
	if (result == 0 || d->outcome.retry != RETRY_ELSEWHERE) {
		fault_clear(f);
		if (result == -1)
			fault_pass(f, &why, "");
	} else {
		fault_add(f, "; by account '%s': %s", name, why.text);
	}
	fault_clear(&why);
	return result;
}

/* Back to the account that the message was meant for. */
static void
return_to_first(struct delivery *d, struct carrier *c,
    const struct job *given, struct station *first)
{
	struct fault ignored = { .class = FAULT_NONE };

	c->at = first;
	if (d->by != NULL && begin_again(d, c, given, &ignored) == 0)
		d->outcome.retry = RETRY_ELSEWHERE;
	d->by = NULL;
	fault_clear(&ignored);
}

/* Everybody once; *early: the first one was not reached at all. */
static int
go_round(struct delivery *d, struct carrier *c, const struct job *given,
    bool *early, struct fault *f)
{
	struct station *first = c->at;
	const char *at;
	char *name;
	size_t len;
	bool vain;
	int result;

	outcome_free(&d->outcome);
	result = submit_letter(d, c, f);
	vain = d->outcome.insecure;
	*early = result == -1 && d->outcome.retry == RETRY_ELSEWHERE &&
	    d->outcome.phase <= PHASE_GREETING &&
	    (f->class == FAULT_TEMPORARY || f->class == FAULT_HOST);
	for (size_t i = 0; result == -1 && !d->alone &&
	    d->outcome.retry == RETRY_ELSEWHERE && wait_signal() == NULL &&
	    (at = account_fallback_at(&first->account, i, &len)) != NULL;
	    i++) {
		name = memory_copy(at, len);
		result = take_turn(d, c, given, name, f);
		vain = vain && d->outcome.insecure;
		free(name);
	}
	if (result == -1 && d->outcome.retry == RETRY_ELSEWHERE)
		return_to_first(d, c, given, first);
	else
		*early = false;
	if (result == -1 && vain)
		d->outcome.retry = RETRY_NEVER;
	return result;
}

int
delivery_run(struct delivery *d, struct carrier *c, const struct job *given,
    struct fault *f)
{
	/* a run dials once, and comes again */
	int64_t end = clock_after(d->in_run ? 0 :
	    c->at->account.retry_for * 1000);
	int64_t pause = PAUSE_MS;
	bool early;
	int result;

	for (;;) {
		result = go_round(d, c, given, &early, f);
		if (!early || wait_signal() != NULL ||
		    clock_after(pause) > end)
			break;
		wait_poll(NULL, 0, clock_after(pause));
		pause = pause * 2 > PAUSE_MAX_MS ? PAUSE_MAX_MS : pause * 2;
		fault_clear(f);
	}
	return result;
}

/* ---- In the queue. */

int
delivery_keep(struct delivery *d, struct carrier *c, const struct job *given,
    struct fault *f)
{
	struct keeping k = {
		.carrier = c, .letter = &d->letter, .job = given,
		.outcome = d->request->queue_only && f->class == FAULT_NONE ?
		    NULL : &d->outcome,
		.why = f->text, .eight_bit = d->eight_bit,
	};
	struct fault why = { .class = FAULT_NONE };
	size_t waiting = queue_keep_count(&d->letter, k.outcome);

	if (c->own->account.queue != TOGGLE_ON || wait_signal() != NULL ||
	    waiting == 0)
		return -1;
	wait_catch_signals();
	if (queue_keep(&k, &why) == -1) {
		if (k.outcome == NULL)
			d->request->note(why.text);
		fault_add(f, "; it is not kept in the queue: %s%s%s", why.text,
		    why.hint == NULL ? "" : "; ", why.hint == NULL ? "" :
		    why.hint);
		fault_clear(&why);
		return -1;
	}
	wait_hold();
	d->queued = memory_string(k.id);
	d->why = memory_string(k.why == NULL ? "-odq" : k.why);
	outcome_count(&d->outcome, &d->letter.envelope);
	if (d->outcome.refused == 0) {
		fault_clear(f);
		return 0;
	}
	f->class = FAULT_RECIPIENT;
	fault_add(f, "; for %zu of them it is kept in the queue as %s",
	    waiting, k.id);
	return 0;
}

/* ---- What is told. */

/* What waited for the network says that its time was up, which is not so. */
static void
name_signal(struct delivery *d, struct fault *f)
{
	char *why;

	if (wait_signal() == NULL || f->class == FAULT_NONE)
		return;
	fault_clear(f);
	why = buffer_format("ended by %s", wait_signal());
	submission_break_off(&d->submission, why, f);
	free(why);
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
		.by = d->by,
		.queued = d->queued,
		.why = d->why,
		.unqueued = d->unqueued,
		.dead = d->dead,
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
	struct fault f = { .class = FAULT_NONE };

	submission_break_off(&d->submission, "out of memory", &f);
	delivery_log(d, &f);
	return fault_exit_status(f.class);
}

void
delivery_begin(struct delivery *d, struct carrier *c, bool log)
{
	d->account = &c->at->account;
	letter_init(&d->letter, d->request, d->account, &c->at->aliases,
	    &c->accounts.warnings);
	if (log)
		log_open(&d->log, d->account, SYSLOG_PATH);
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
	free(d->queued);
	free(d->why);
	delivery_init(d, d->request);
}
