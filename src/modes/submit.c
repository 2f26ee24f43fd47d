/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/memory.h"
#include "config/account/account.h"
#include "delivery/aliases.h"
#include "delivery/delivery.h"
#include "delivery/job.h"
#include "delivery/link.h"
#include "delivery/request.h"
#include "modes/pretend.h"
#include "modes/submit.h"

/* What the trip gathers; const for all later phases once it is filled. */
struct trip {
	struct submission_request *wish;
	struct job job;
	struct accounts accounts;
	struct account account;
	struct alias_source aliases;
	struct link link;
	struct delivery delivery;
};

static void
begin(struct trip *t)
{
	alias_source_init(&t->aliases, &t->account,
	    t->wish->request->no_aliases);
	link_use(&t->link, &t->account);
	delivery_begin(&t->delivery, &t->account, &t->aliases,
	    &t->accounts.warnings, !t->wish->pretend);
}

static int
choose_account(struct trip *t, struct fault *f)
{
	const struct request *request = t->wish->request;
	int result;

	t->accounts.author = t->job.author;
	result = request_choose(request, &t->accounts, &t->job.envelope.path,
	    &t->account, f);
	request_tell(request, &t->accounts, &t->account);
	begin(t);
	return result;
}

static int
travel(struct trip *t, struct fault *f)
{
	const struct request *request = t->wish->request;
	int result;

	if (request_load(request, &t->accounts, f) == -1) {
		begin(t);
		return -1;
	}
	if (job_read(&t->job, STDIN_FILENO, &t->wish->input, f) == -1) {
		/* A message that cannot go is logged where it would have
		 * been logged. */
		if (choose_account(t, f) == 0)
			letter_set_sender(&t->delivery.letter,
			    &t->job.envelope, f);
		delivery_give_up(&t->delivery, &t->job);
		return -1;
	}
	if (choose_account(t, f) == -1) {
		delivery_give_up(&t->delivery, &t->job);
		return -1;
	}
	result = delivery_prepare(&t->delivery, &t->job, f);
	request_tell(request, &t->accounts, NULL);
	if (result == -1)
		return -1;
	if (t->wish->pretend) {
		pretend_print(&t->accounts, &t->account,
		    &t->delivery.letter.envelope,
		    &t->delivery.letter.message.header);
		return 0;
	}
	return delivery_send(&t->delivery, &t->link, f);
}

int
submit(struct submission_request *wish, struct fault *f)
{
	struct trip t;
	int result;

	memset(&t, 0, sizeof(t));
	t.wish = wish;
	job_init(&t.job);
	/* the job takes the envelope over; what is told comes back in it */
	t.job.envelope = wish->envelope;
	envelope_init(&wish->envelope);
	accounts_init(&t.accounts);
	account_init(&t.account);
	link_init(&t.link, wish->request);
	delivery_init(&t.delivery, wish->request);
	result = travel(&t, f);
	link_free(&t.link);
	if (!wish->pretend)
		delivery_log(&t.delivery, f);
	memory_settle(fault_exit_status(f->class));
	envelope_swap_recipients(&wish->envelope, &t.delivery.letter.envelope);
	delivery_end(&t.delivery);
	alias_source_free(&t.aliases);
	account_free(&t.account);
	accounts_free(&t.accounts);
	job_free(&t.job);
	return result;
}
