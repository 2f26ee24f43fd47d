/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "mail/envelope.h"
#include "smtp/probe.h"
#include "config/account/account.h"
#include "delivery/carrier.h"
#include "delivery/delivery.h"
#include "delivery/letter.h"
#include "delivery/link.h"
#include "delivery/request.h"
#include "delivery/submission.h"
#include "modes/modes.h"
#include "modes/show.h"

struct trial {
	struct request request;		/* with the probe */
	struct probe probe;
	struct carrier carrier;
	struct delivery delivery;
	struct buffer steps;		/* JSON */
	int64_t since;			/* clock_now() of the last step */
};

static void
step(void *context, const char *what, int64_t when, const char *detail)
{
	struct trial *t = context;
	struct buffer *b = &t->steps;
	int64_t ms = when - t->since;

	t->since = when;
	if (!t->request.json) {
		printf("%-10s %6" PRId64 " ms  %s\n", what, ms, detail);
		fflush(stdout);
		return;
	}
	jsonout_begin(b, NULL, '{');
	jsonout_string(b, "step", what);
	jsonout_number(b, "ms", ms);
	jsonout_string(b, "detail", detail);
	jsonout_end(b, '}');
}

static void
print_json(const struct trial *t, const struct fault *f)
{
	const struct account *a = &t->carrier.at->account;
	struct buffer b;

	buffer_init(&b, JSON_MAX);
	jsonout_begin(&b, NULL, '{');
	jsonout_string(&b, "account", a->name);
	jsonout_string(&b, "server", t->carrier.chosen ? account_server(a) :
	    NULL);
	jsonout_begin(&b, "steps", '[');
	buffer_add(&b, t->steps.data, t->steps.len);
	jsonout_end(&b, ']');
	show_end(&b, f);
}

/* The envelope as a message would have it, sender and aliases replaced. */
static int
prepare(struct trial *t, const struct envelope *given, struct fault *f)
{
	struct letter *l = &t->delivery.letter;

	delivery_begin(&t->delivery, &t->carrier, false);
	if (given->count == 0)
		return 0;
	return letter_set_sender(l, given, f) == -1 ? -1 :
	    letter_add_recipients(l, given, f);
}

static int
try(struct trial *t, const struct envelope *given, struct fault *f)
{
	struct delivery *d = &t->delivery;
	struct envelope *e = &d->letter.envelope;
	int result;

	/* whoever asks wants to know what is so now */
	d->insist = d->alone = d->trial = true;
	t->since = clock_now();
	if (delivery_open(d, &t->carrier, f) == -1)
		return -1;
	if (given->count == 0)
		return 0;
	submission_init(&d->submission, &t->carrier.at->link, e, &d->outcome,
	    true);
	result = submission_rehearse(&d->submission, &t->probe, f);
	submission_end(&d->submission);
	return result;
}

static int
travel(struct trial *t, const struct envelope *given, struct fault *f)
{
	struct carrier *c = &t->carrier;

	if (carrier_load(c, f) == -1 ||
	    carrier_choose(c, &given->path, f) == -1)
		return -1;
	request_tell(&t->request, &c->accounts, &c->at->account);
	if (!t->request.json)
		show_account(&c->at->account);
	return prepare(t, given, f) == -1 ? -1 : try(t, given, f);
}

int
trial(const struct request *request, struct envelope *given, struct fault *f)
{
	struct trial t;
	int result;

	memset(&t, 0, sizeof(t));
	t.request = *request;
	t.request.probe = &t.probe;
	probe_init(&t.probe);
	t.probe.step = step;
	t.probe.context = &t;
	buffer_init(&t.steps, JSON_MAX);
	carrier_init(&t.carrier, &t.request);
	delivery_init(&t.delivery, &t.request);
	result = travel(&t, given, f);
	link_close(&t.carrier.at->link);
	if (request->json)
		print_json(&t, f);
	else if (result == 0)
		printf("%s\n", given->count == 0 ? "the account works; with an "
		    "address behind --check, it is asked for, too" :
		    "a message would be accepted; none was sent");
	/* the caller prints who was refused */
	envelope_swap_recipients(given, &t.delivery.letter.envelope);
	delivery_end(&t.delivery);
	carrier_free(&t.carrier);
	buffer_free(&t.steps);
	probe_free(&t.probe);
	return result;
}
