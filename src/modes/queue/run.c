/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/wait.h"
#include "delivery/carrier.h"
#include "delivery/delivery.h"
#include "delivery/outcome.h"
#include "delivery/request.h"
#include "delivery/queue/entry.h"
#include "delivery/queue/hold.h"
#include "delivery/queue/keep.h"
#include "delivery/queue/state.h"
#include "modes/queue/folders.h"
#include "modes/modes.h"

#define FLUSH_MESSAGES 10	/* that ride along with another one, */
#define FLUSH_MS 5000		/* and the milliseconds for them, */
#define FLUSH_OCTETS (1024 * 1024)	/* as that is not much more than a
					 * second's work */

struct run {
	const struct request *request;
	const struct queue_run_wish *wish;
	const struct queue_folder *folder;
	struct carrier *carrier;	/* of the account that is served now */
	bool others;			/* accounts will follow */
	size_t failed;			/* messages that were tried in vain,
					 * and files that are in the way */
	bool riding;			/* along with another message */
};

/* A message on its way out of the queue. */
struct parcel {
	struct journal journal;
	struct run *run;
	struct queue_entry entry;
	struct queue_state state;
	struct job job;			/* for those who wait, as it is */
	struct job given;		/* as another account gets it */
	size_t *number;			/* of each recipient, in the entry */
	struct delivery delivery;
	int64_t now;			/* seconds since 1970 */
	int64_t unsure;			/* what the state said before */
	char *by;
};

static void
tell(struct run *r, struct fault *f)
{
	r->request->note(f->text);
	r->failed++;
	fault_clear(f);
}

/* ---- What is written down while it goes. */

/* The entry's recipients get what the letter's have come to. */
static void
take_states(struct parcel *p)
{
	const struct envelope *from = &p->delivery.letter.envelope;
	const struct recipient *r;
	struct recipient *to;

	for (size_t i = 0; i < from->count && i < p->job.envelope.count; i++) {
		r = &from->recipient[i];
		to = &p->entry.envelope.recipient[p->number[i]];
		to->state = r->state;
		if (r->reply == NULL)
			continue;
		free(to->reply);
		to->reply = memory_string(r->reply);
	}
}

static int
before_end(void *context, struct fault *f)
{
	struct parcel *p = context;

	p->state.unsure = (int64_t)time(NULL);
	free(p->state.by);
	p->state.by = memory_string(p->delivery.by);
	take_states(p);
	return queue_state_write(&p->state, &p->entry, p->run->folder, f);
}

/* The last transaction's state is written when all is known. */
static void
settled(void *context, bool unsure)
{
	struct parcel *p = context;
	struct fault why = { .class = FAULT_NONE };
	const struct envelope *e = &p->entry.envelope;

	take_states(p);
	if (unsure || envelope_in_state(e, RECIPIENT_PENDING) == 0 ||
	    envelope_in_state(e, RECIPIENT_DELIVERED) == 0)
		return;
	p->state.unsure = p->unsure;
	free(p->state.by);
	p->state.by = memory_string(p->by);
	if (queue_state_write(&p->state, &p->entry, p->run->folder,
	    &why) == -1)
		tell(p->run, &why);
}

/* ---- One message. */

static void
parcel_init(struct parcel *p, struct run *r)
{
	memset(p, 0, sizeof(*p));
	p->journal = (struct journal){ before_end, settled, p };
	p->run = r;
	p->now = (int64_t)time(NULL);
	queue_entry_init(&p->entry);
	queue_state_init(&p->state);
	job_init(&p->job);
	job_init(&p->given);
	delivery_init(&p->delivery, r->carrier->request);
}

static void
parcel_free(struct parcel *p)
{
	delivery_end(&p->delivery);
	envelope_free(&p->given.envelope);
	message_unshare(&p->given.message);
	job_free(&p->job);
	queue_state_free(&p->state);
	queue_entry_free(&p->entry);
	free(p->number);
	free(p->by);
}

static bool
has_part(const struct mailbox *box, const char *part)
{
	char *spec = address_spec(box);
	bool has = strstr(spec == NULL ? "" : spec, part) != NULL;

	free(spec);
	return has;
}

static bool
is_wanted(const struct parcel *p, const struct queue_run_wish *w)
{
	const struct envelope *e = &p->entry.envelope;
	bool found = w->recipient == NULL;

	if (w->id != NULL && strstr(p->entry.id, w->id) == NULL)
		return false;
	if (w->sender != NULL && !has_part(&e->path, w->sender))
		return false;
	for (size_t i = 0; i < e->count && !found; i++)
		found = e->recipient[i].state == RECIPIENT_PENDING &&
		    has_part(&e->recipient[i].box, w->recipient);
	return found;
}

/* When its age began. */
static int64_t
birth(const struct parcel *p)
{
	return p->state.since != 0 ? p->state.since : p->entry.time;
}

static bool
has_expired(const struct parcel *p)
{
	return p->now - birth(p) >
	    p->run->carrier->own->account.queue_lifetime;
}

/* Is it to be tried now? */
static bool
is_ripe(const struct parcel *p)
{
	const struct queue_run_wish *w = p->run->wish;
	const struct queue_state *s = &p->state;
	const struct carrier *c = p->run->carrier;

	if (p->run->riding && (s->by != NULL ||
	    p->entry.octets > FLUSH_OCTETS))
		return false;
	if (s->held || !is_wanted(p, w) ||
	    (w->due && !queue_state_is_due(s, p->now)))
		return false;
	if (w->id == NULL && s->unsure != 0 && p->now >= s->unsure &&
	    p->now < s->unsure + QUEUE_UNSURE_SECONDS)
		return false;
	/* once is enough for a smarthost that cannot be reached */
	return c->at->link.denied.class == FAULT_NONE || has_expired(p) ||
	    s->by != NULL ||
	    (p->run->carrier->own->account.fallback != NULL && s->unsure == 0);
}

/* The jobs: what the letter was, and what another account is given. */
static int
read_jobs(struct parcel *p, struct fault *f)
{
	const struct queue_entry *e = &p->entry;
	struct envelope *to = &p->job.envelope;

	p->number = memory_array(e->envelope.count, sizeof(*p->number));
	envelope_copy_sender(to, &e->envelope);
	for (size_t i = 0; i < e->envelope.count; i++)
		if (e->envelope.recipient[i].state == RECIPIENT_PENDING) {
			p->number[to->count] = i;
			envelope_copy_recipient(to,
			    &e->envelope.recipient[i]);
		}
	if (lseek(e->on_disk.fd, (off_t)e->message_at, SEEK_SET) == -1)
		return fault(f, FAULT_IO, "msg/%s: %s", e->id,
		    strerror(errno));
	if (message_read(&p->job.message, e->on_disk.fd, MESSAGE_DOT_TEXT,
	    f) == -1)
		return -1;
	message_share(&p->given.message, &p->job.message);
	if (e->from_of_account)
		header_remove(&p->given.message.header, "From");
	envelope_copy_sender(&p->given.envelope, to);
	if (e->path_of_account) {
		mailbox_free(&p->given.envelope.path);
		memset(&p->given.envelope.path, 0,
		    sizeof(p->given.envelope.path));
	}
	for (size_t i = 0; i < to->count; i++)
		envelope_copy_recipient(&p->given.envelope, &to->recipient[i]);
	return 0;
}

static int
begin(struct parcel *p, struct fault *f)
{
	struct delivery *d = &p->delivery;
	struct carrier *c = p->run->carrier;

	p->unsure = p->state.unsure;
	p->by = memory_string(p->state.by);
	/* where it may have been delivered, nobody else gets it */
	if (p->by != NULL)
		carrier_exchange(c, p->by, false, f);
	d->journal = &p->journal;
	d->eight_bit = p->entry.eight_bit;
	d->stay = d->in_run = d->expanded = true;
	d->insist = p->run->wish->id != NULL;
	d->alone = p->state.unsure != 0;
	d->folder = p->run->folder;
	d->unqueued = p->entry.id;
	delivery_begin(d, c, true);
	if (p->by != NULL && f->class == FAULT_NONE)
		return delivery_prepare(d, &p->given, f);
	delivery_take(d, &p->job);
	return f->class == FAULT_NONE ? 0 : -1;
}

/* ---- What it has come to. */

/* All that wait are refused now: for good, or because the time is over. */
static void
give_up_recipients(struct parcel *p, const char *why)
{
	struct envelope *e = &p->entry.envelope;
	struct recipient *r;

	for (size_t i = 0; i < e->count; i++) {
		r = &e->recipient[i];
		if (r->state == RECIPIENT_DELIVERED ||
		    r->state == RECIPIENT_REFUSED)
			continue;
		r->state = RECIPIENT_REFUSED;
		if (r->reply == NULL)
			r->reply = memory_string(why);
	}
}

/* The state that the next try begins with. */
static void
set_state(struct parcel *p, const struct fault *f)
{
	const struct outcome *o = &p->delivery.outcome;
	struct queue_state *s = &p->state;

	s->attempts++;
	s->last = p->now;
	s->next = queue_state_next(birth(p), p->now);
	if (f->class != FAULT_NONE)
		queue_state_set_reason(s, f->text);
	if (o->unsure) {
		s->next = s->unsure + QUEUE_UNSURE_SECONDS;
		s->held = p->run->carrier->own->account.queue_unsure ==
		    QUEUE_UNSURE_HOLD;
	} else {
		/* only an answer to the end of data makes it certain */
		s->unsure = o->phase == PHASE_MESSAGE ? 0 : p->unsure;
		free(s->by);
		s->by = s->unsure == 0 ? NULL : memory_string(p->by);
	}
}

static size_t
count_waiting(const struct envelope *e)
{
	return e->count - envelope_in_state(e, RECIPIENT_DELIVERED) -
	    envelope_in_state(e, RECIPIENT_REFUSED);
}

/* Nobody waits any more. */
static int
finish(struct parcel *p, struct fault *why)
{
	const struct queue_folder *q = p->run->folder;

	if (envelope_in_state(&p->entry.envelope, RECIPIENT_REFUSED) == 0) {
		if (queue_entry_remove(&p->entry, q, why) == 0)
			return 0;
		/* then at least nobody gets it again */
		queue_state_write(&p->state, &p->entry, q, why);
		return -1;
	}
	p->delivery.dead = p->entry.id;
	if (queue_state_write(&p->state, &p->entry, q, why) == -1)
		return -1;
	return queue_entry_move(&p->entry, q, QUEUE_DEAD, why);
}

/* One that is dead is always an error in the log. */
static void
log_it(struct parcel *p, const struct fault *f)
{
	struct delivery *d = &p->delivery;
	struct fault logged = { .class = FAULT_NONE };

	if (f->class != FAULT_NONE)
		fault_pass(&logged, f, "");
	else if (d->dead != NULL)
		fault(&logged, FAULT_RECIPIENT, "other recipients were refused "
		    "before");
	if (d->dead != NULL || d->outcome.delivered > 0)
		delivery_log(d, &logged);
	fault_clear(&logged);
}

static void
conclude(struct parcel *p, struct fault *f)
{
	struct fault why = { .class = FAULT_NONE };
	bool cut = wait_signal() != NULL, over;

	take_states(p);
	outcome_count(&p->delivery.outcome, &p->delivery.letter.envelope);
	set_state(p, f);
	if (f->class != FAULT_NONE && !cut && (has_expired(p) ||
	    diagnosis_is_final(&p->delivery.outcome, f)))
		give_up_recipients(p, f->text);
	over = count_waiting(&p->entry.envelope) == 0;
	if ((over ? finish(p, &why) : queue_state_write(&p->state, &p->entry,
	    p->run->folder, &why)) == -1)
		tell(p->run, &why);
	log_it(p, f);
	if (f->class == FAULT_NONE)
		return;
	fault_prefix(f, p->delivery.dead != NULL ? "%s is given up: " :
	    "%s: ", p->entry.id);
	tell(p->run, f);
}

static void
carry(struct parcel *p)
{
	struct fault f = { .class = FAULT_NONE };

	if (begin(p, &f) == 0)
		delivery_run(&p->delivery, p->run->carrier, &p->given, &f);
	else
		diagnosis_settle(&p->delivery.outcome, &f);
	conclude(p, &f);
	wait_release();
	/* the session is for the next one */
	submission_end(&p->delivery.submission);
	fault_clear(&f);
}

/* A crash came before the last step: nobody waits any more. */
static void
last_step(struct parcel *p)
{
	struct fault f = { .class = FAULT_NONE };

	begin(p, &f);
	fault_clear(&f);
	if (finish(p, &f) == -1)
		tell(p->run, &f);
	else
		log_it(p, &f);
}

/* True when it was tried. */
static bool
try_message(struct run *r, const char *id)
{
	struct fault f = { .class = FAULT_NONE };
	struct parcel p;
	bool over;
	int got;

	parcel_init(&p, r);
	got = queue_entry_read(&p.entry, r->folder, QUEUE_MSG, id, true, &f);
	if (got == 1)
		got = queue_state_read(&p.state, &p.entry, r->folder,
		    &f) == -1 ? -1 : 1;
	over = got == 1 && count_waiting(&p.entry.envelope) == 0;
	if (over || (got == 1 && is_ripe(&p)))
		got = read_jobs(&p, &f) == -1 ? -1 : 1;
	else if (got == 1)
		got = 0;
	if (got == 1)
		(over ? last_step : carry)(&p);
	if (got == -1)
		tell(r, &f);
	parcel_free(&p);
	return got == 1;
}

/* ---- The messages of one account. */

/* Those that are of one account, by the same account file. */
struct group {
	char *account;
	char *file;
	bool file_of_root;
	struct queue_names ids;
	size_t cap;
};

struct groups {
	struct group *group;
	size_t count;
	size_t cap;
};

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static struct group *
find_group(struct groups *all, const struct queue_entry *e)
{
	struct group *g;

	for (size_t i = 0; i < all->count; i++) {
		g = &all->group[i];
		if (same(g->account, e->account) && same(g->file, e->file) &&
		    g->file_of_root == e->file_of_root)
			return g;
	}
	all->group = memory_grow(all->group, all->count, &all->cap,
	    sizeof(*all->group));
	g = &all->group[all->count++];
	memset(g, 0, sizeof(*g));
	g->account = memory_string(e->account);
	g->file = memory_string(e->file);
	g->file_of_root = e->file_of_root;
	return g;
}

/* Sorts the entries of a folder by account; what is in the way is told. */
static void
gather(struct groups *all, struct run *r)
{
	struct fault f = { .class = FAULT_NONE };
	struct queue_names names;
	struct queue_entry e;
	struct group *g;
	int got;

	memset(all, 0, sizeof(*all));
	if (queue_folder_list(r->folder, QUEUE_MSG, &names, &f) == -1)
		tell(r, &f);
	for (size_t i = 0; i < names.count; i++) {
		queue_entry_init(&e);
		got = queue_entry_read(&e, r->folder, QUEUE_MSG, names.name[i],
		    false, &f);
		if (got == -1)
			tell(r, &f);
		if (got == 1 && (r->request->account == NULL ||
		    same(r->request->account, e.account))) {
			g = find_group(all, &e);
			g->ids.name = memory_grow(g->ids.name, g->ids.count,
			    &g->cap, sizeof(*g->ids.name));
			memcpy(g->ids.name[g->ids.count++], names.name[i],
			    sizeof(*g->ids.name));
		}
		queue_entry_free(&e);
	}
	free(names.name);
}

static void
groups_free(struct groups *all)
{
	for (size_t i = 0; i < all->count; i++) {
		free(all->group[i].account);
		free(all->group[i].file);
		free(all->group[i].ids.name);
	}
	free(all->group);
}

/* Which account it is, and that nobody else serves it: the lock, or -1. */
static int
begin_account(struct run *r, const struct group *g, struct fault *f)
{
	struct carrier *c = r->carrier;
	int lock = queue_lock_account(r->folder, g->account);

	if (lock == -1 && errno == EWOULDBLOCK) {
		r->request->note("another run serves this account already");
		return -1;
	}
	if (lock == -1) {
		fault(f, FAULT_IO, "%s/account: account '%s' cannot be "
		    "locked: %s", r->folder->path, g->account,
		    strerror(errno));
		return -1;
	}
	if (carrier_load(c, f) == 0 && carrier_choose(c, NULL, f) == 0) {
		/* tempfail_status is for what is not kept */
		fault_set_tempfail(0);
		request_tell(c->request, &c->accounts, NULL);
		return lock;
	}
	close(lock);
	return -1;
}

static void
run_account(struct run *r, const struct group *g)
{
	struct fault f = { .class = FAULT_NONE };
	struct request request = *r->request;
	struct carrier c;
	int lock;

	request.file = g->file;
	request.file_of_root = g->file_of_root;
	request.account = g->account;
	carrier_init(&c, &request);
	c.others = r->others;
	/* cppcheck-suppress autoVariables
	 * it is taken back below */
	r->carrier = &c;
	lock = begin_account(r, g, &f);
	for (size_t i = 0; lock != -1 && i < g->ids.count &&
	    wait_signal() == NULL; i++) {
		/* a fallback may have carried the last one */
		if (strcmp(c.at->account.name, g->account) != 0 &&
		    carrier_exchange(&c, g->account, true, &f) == -1)
			break;
		try_message(r, g->ids.name[i]);
	}
	if (f.class != FAULT_NONE)
		tell(r, &f);
	if (lock != -1)
		close(lock);
	carrier_free(&c);
	r->carrier = NULL;
}

int
queue_run(const struct request *request, const struct queue_run_wish *wish,
    struct fault *f)
{
	struct run r = { .request = request, .wish = wish };
	struct queue_folders folders;
	struct groups all;

	queue_folders_open(&folders, request, f);
	for (size_t i = 0; i < folders.count; i++) {
		r.folder = &folders.folder[i];
		queue_folder_sweep(r.folder);
		gather(&all, &r);
		for (size_t j = 0; j < all.count; j++) {
			r.others = i + 1 < folders.count || j + 1 < all.count;
			run_account(&r, &all.group[j]);
		}
		groups_free(&all);
	}
	queue_folders_close(&folders);
	if (r.failed > 0)
		fault(f, FAULT_TEMPORARY, "the queue has %zu message%s that "
		    "could not be sent", r.failed, r.failed == 1 ? "" : "s");
	return f->class == FAULT_NONE ? 0 : -1;
}

/* ---- Along with another message. */

bool
queue_may_flush(const struct carrier *c)
{
	const struct account *a = &c->own->account;
	struct queue_names names;
	struct queue_folder q;
	bool may;

	if (a->queue != TOGGLE_ON || a->queue_flush == TOGGLE_OFF ||
	    queue_check_account(c, NULL) == -1 ||
	    queue_folder_open_of(&q, a, false, NULL) != 1)
		return false;
	queue_folder_list(&q, QUEUE_MSG, &names, NULL);
	may = names.count > 0;
	free(names.name);
	queue_folder_close(&q);
	return may;
}

static void
say_nothing(const char *text)
{
	(void)text;
}

void
queue_flush(struct carrier *c)
{
	static const struct queue_run_wish due = { true, NULL, NULL, NULL };
	int64_t end = clock_after(FLUSH_MS);
	struct request request = *c->request;
	struct run r = { .request = &request, .wish = &due, .carrier = c,
	    .riding = true };
	struct queue_folder q;
	struct groups all;
	size_t tried = 0;
	char *file;
	int lock;

	/* what a fallback has carried was over the session of another */
	if (queue_account_file(c->request, &file, NULL) == -1 ||
	    c->at != c->own || queue_folder_open_of(&q, &c->own->account,
	    false, NULL) != 1) {
		free(file);
		return;
	}
	request.note = say_nothing;
	c->at->link.session.dialogue.hurry = end;
	request.account = c->at->account.name;
	r.folder = &q;
	lock = queue_lock_account(&q, c->at->account.name);
	gather(&all, &r);
	for (size_t i = 0; lock != -1 && i < all.count; i++) {
		const struct group *g = &all.group[i];

		/* what another account file calls so is another account */
		if (!same(g->file, file))
			continue;
		for (size_t j = 0; j < g->ids.count && c->at == c->own &&
		    c->at->link.open &&
		    tried < FLUSH_MESSAGES && clock_left(end) > 0; j++)
			tried += try_message(&r, g->ids.name[j]);
	}
	groups_free(&all);
	if (lock != -1)
		close(lock);
	queue_folder_close(&q);
	free(file);
}
