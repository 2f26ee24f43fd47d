/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/wait.h"
#include "config/account/account.h"
#include "delivery/carrier.h"
#include "delivery/delivery.h"
#include "delivery/request.h"
#include "modes/modes.h"

/* What the trip gathers; const for all later phases once it is filled. */
struct trip {
	struct submission_request *wish;
	struct job job;
	struct carrier carrier;
	struct delivery delivery;
};

static int
choose_account(struct trip *t, struct fault *f)
{
	const struct request *request = t->wish->request;
	struct carrier *c = &t->carrier;
	int result;

	c->accounts.author = t->job.author;
	result = carrier_choose(c, &t->job.envelope.path, f);
	request_tell(request, &c->accounts, &c->at->account);
	delivery_begin(&t->delivery, c, !t->wish->pretend);
	return result;
}

/* -odq: 0 when it is kept. */
static int
keep_untried(struct trip *t, struct fault *f)
{
	if (!t->wish->request->queue_only)
		return -1;
	if (t->carrier.at->account.queue == TOGGLE_ON)
		return delivery_keep(&t->delivery, &t->carrier, &t->job, f);
	t->wish->request->note("-odq: this account has no queue (\"queue "
	    "on\"); the message is sent now");
	return -1;
}

static int
send_letter(struct trip *t, struct fault *f)
{
	struct delivery *d = &t->delivery;

	if (keep_untried(t, f) == 0)
		return 0;
	d->stay = queue_may_flush(&t->carrier);
	if (delivery_run(d, &t->carrier, &t->job, f) == 0)
		return 0;
	delivery_keep(d, &t->carrier, &t->job, f);
	return f->class == FAULT_NONE ? 0 : -1;
}

/* The form for a server that takes what most do. */
static int
preview(struct trip *t, struct fault *f)
{
	struct letter *l = &t->delivery.letter;
	const struct envelope *e = &l->envelope;

	return letter_fit(l, NULL, true, e->smtputf8 ||
	    envelope_needs_smtputf8(e), f);
}

static int
travel(struct trip *t, struct fault *f)
{
	const struct request *request = t->wish->request;
	struct carrier *c = &t->carrier;
	int result, chosen;

	if (carrier_load(c, f) == -1) {
		delivery_begin(&t->delivery, c, !t->wish->pretend);
		return -1;
	}
	result = job_read(&t->job, STDIN_FILENO, &t->wish->input, f);
	chosen = choose_account(t, f);
	if (result == -1 || chosen == -1) {
		/* A message that cannot go is logged where it would have
		 * been logged. */
		if (chosen == 0)
			letter_set_sender(&t->delivery.letter,
			    &t->job.envelope, f);
		delivery_give_up(&t->delivery, &t->job);
		return -1;
	}
	result = delivery_prepare(&t->delivery, &t->job, f);
	request_tell(request, &c->accounts, NULL);
	if (result == -1)
		return -1;
	return t->wish->pretend ? preview(t, f) : send_letter(t, f);
}

int
submit(struct submission_request *wish, struct fault *f)
{
	struct trip t;
	bool stay;
	int result;

	memset(&t, 0, sizeof(t));
	t.wish = wish;
	job_init(&t.job);
	/* the job takes the envelope over; what is told comes back in it */
	t.job.envelope = wish->envelope;
	envelope_init(&wish->envelope);
	carrier_init(&t.carrier, wish->request);
	delivery_init(&t.delivery, wish->request);
	result = travel(&t, f);
	stay = result == 0 && t.delivery.stay && t.delivery.queued == NULL;
	if (!stay)
		link_close(&t.carrier.at->link);
	if (!wish->pretend)
		delivery_log(&t.delivery, f);
	else if (result == 0 || wish->request->json)
		pretend(&t.carrier, &t.delivery.letter, f);
	memory_settle(fault_exit_status(f->class));
	if (t.delivery.queued != NULL)
		wish->kept = buffer_format("kept in the queue as %s: %s",
		    t.delivery.queued, t.delivery.why);
	envelope_swap_recipients(&wish->envelope, &t.delivery.letter.envelope);
	delivery_end(&t.delivery);
	if (stay) {
		/* a signal ends what is done for others, and tells nobody that
		 * this message had failed */
		wait_release();
		queue_flush(&t.carrier);
		wait_hold();
	}
	carrier_free(&t.carrier);
	job_free(&t.job);
	return result;
}
