/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "mail/header/header.h"
#include "delivery/carrier.h"
#include "delivery/request.h"
#include "delivery/letter.h"
#include "delivery/outcome.h"
#include "delivery/queue/entry.h"
#include "delivery/queue/keep.h"
#include "delivery/queue/state.h"

#define PATH_OCTETS_MAX (64 * 1024)	/* more is no path of any system */

/* ---- Can the next try be like this one? */

/*
 * Settings of the command line that say where the message goes and as whom:
 * the account's name alone would not bring them back.
 */
static const enum option_id routes[] = {
	OPTION_PORT, OPTION_PROTOCOL, OPTION_SOURCE_IP, OPTION_SOCKET,
	OPTION_PROXY_HOST, OPTION_PROXY_PORT, OPTION_PROXY_USER, OPTION_TLS,
	OPTION_TLS_STARTTLS, OPTION_TLS_TRUST_FILE, OPTION_TLS_CERTCHECK,
	OPTION_TLS_EXTRA_TRUST_FILE, OPTION_TLS_CRL_FILE,
	OPTION_TLS_FINGERPRINT, OPTION_TLS_PIN, OPTION_TLS_HOST_OVERRIDE,
	OPTION_TLS_KEY_FILE, OPTION_TLS_CERT_FILE, OPTION_TLS_PRIORITIES,
	OPTION_TLS_MIN_VERSION, OPTION_AUTH, OPTION_AUTH_WITHOUT_TLS,
	OPTION_USER, OPTION_PASSWORDEVAL, OPTION_PASSWORD_FILE,
	OPTION_OAUTH2, OPTION_AUTH_ID, OPTION_NTLMDOMAIN,
};

int
queue_check_account(const struct carrier *c, struct fault *f)
{
	const struct account *a = &c->at->account;
	const struct account *given = c->request->settings;

	if (given->set[OPTION_HOST])
		return fault(f, FAULT_CONFIG, "--host is an account that a "
		    "later try would not know");
	if (a->name == NULL || a->defined.file == NULL)
		return fault(f, FAULT_CONFIG, "a later try would not have the "
		    "environment's account");
	if (a->password_fd != 0)
		return fault(f, FAULT_CONFIG, "a later try could not read "
		    "password_fd");
	if (c->at->link.typed)
		return fault(f, FAULT_CONFIG, "nobody would type the password "
		    "for a later try");
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]) &&
	    c->at == c->own; i++)
		if (given->set[routes[i]])
			return fault(f, FAULT_CONFIG, "a later try would not "
			    "know \"%s\" of the command line",
			    option_row(routes[i])->keyword);
	return 0;
}

int
queue_account_file(const struct request *r, char **file, struct fault *f)
{
	struct stat st;
	struct buffer b;
	char *dir;

	*file = NULL;
	if (r->file == NULL)
		return 0;
	/* /dev/fd/N is a file of this process only */
	if (stat(r->file, &st) == -1 || !S_ISREG(st.st_mode) ||
	    strncmp(r->file, "/dev/", 5) == 0 ||
	    strncmp(r->file, "/proc/", 6) == 0)
		return fault(f, FAULT_CONFIG, "a later try could not read %s "
		    "again", r->file);
	buffer_init(&b, 2 * PATH_OCTETS_MAX);
	if (r->file[0] != '/') {
		dir = getcwd(buffer_reserve(&b, PATH_OCTETS_MAX),
		    PATH_OCTETS_MAX);
		if (dir == NULL) {
			buffer_free(&b);
			return fault(f, FAULT_CONFIG, "the present folder has "
			    "no path: %s", strerror(errno));
		}
		buffer_commit(&b, strlen(dir));
		buffer_add_char(&b, '/');
	}
	buffer_add_string(&b, r->file);
	*file = buffer_detach(&b);
	return 0;
}

/* ---- Whom it is kept for. */

static bool
waits(const struct recipient *to, const struct outcome *o)
{
	return to->state != RECIPIENT_DELIVERED &&
	    to->state != RECIPIENT_REFUSED &&
	    (o == NULL || o->retry != RETRY_NEVER);
}

size_t
queue_keep_count(const struct letter *l, const struct outcome *o)
{
	size_t n = 0;

	for (size_t i = 0; i < l->envelope.count; i++)
		n += waits(&l->envelope.recipient[i], o);
	return n;
}

static void
copy_envelope(struct envelope *to, const struct letter *l,
    const struct outcome *o)
{
	const struct envelope *from = &l->envelope;
	const struct recipient *r;

	envelope_copy_sender(to, from);
	for (size_t i = 0; i < from->count; i++) {
		r = &from->recipient[i];
		if (!waits(r, o))
			continue;
		envelope_copy_recipient(to, r);
		to->recipient[to->count - 1].reply = memory_string(r->reply);
	}
}

/* ---- The first state. */

static void
begin_state(struct queue_state *s, const struct keeping *k, int64_t now)
{
	const struct account *a = &k->carrier->own->account;

	queue_state_init(s);
	queue_state_set_reason(s, k->why);
	if (k->outcome == NULL)
		return;
	s->attempts = 1;
	s->last = now;
	s->next = queue_state_next(now, now);
	if (!k->outcome->unsure)
		return;
	s->unsure = now;
	s->next = now + QUEUE_UNSURE_SECONDS;
	s->held = a->queue_unsure == QUEUE_UNSURE_HOLD;
}

static void
describe(struct queue_entry *e, const struct keeping *k, int64_t now)
{
	const struct carrier *c = k->carrier;
	const struct job *job = k->job;

	e->time = now;
	e->uid = getuid();
	e->account = memory_string(c->at->account.name);
	e->file_of_root = e->file != NULL && c->request->file_of_root;
	e->path_of_account = job != NULL && !job->envelope.null_path &&
	    job->envelope.path.local == NULL;
	e->from_of_account = job != NULL &&
	    !header_has(&job->message.header, "From");
	e->eight_bit = k->eight_bit;
	copy_envelope(&e->envelope, k->letter, k->outcome);
}

/*
 * In this order: the message is whole on the disk, its state is, and then it
 * gets its name in the queue. From there on it cannot be lost.
 */
static int
keep(struct keeping *k, struct queue_entry *e, const struct queue_folder *q,
    struct fault *f)
{
	int64_t now = (int64_t)time(NULL);
	struct queue_state state;
	int r;

	begin_state(&state, k, now);
	describe(e, k, now);
	r = queue_entry_write(e, q, &k->letter->message, f);
	if (r == 0 && (queue_state_write(&state, e, q, f) == -1 ||
	    queue_entry_commit(e, q, f) == -1)) {
		queue_entry_abandon(e, q);
		r = -1;
	}
	queue_state_free(&state);
	if (r == 0)
		memcpy(k->id, e->id, sizeof(k->id));
	return r;
}

int
queue_keep(struct keeping *k, struct fault *f)
{
	const struct carrier *c = k->carrier;
	struct queue_folder q;
	struct queue_entry e;
	int r = -1;

	if (queue_check_account(c, f) == -1)
		return -1;
	queue_entry_init(&e);
	if (queue_account_file(c->request, &e.file, f) == 0 &&
	    queue_folder_open_of(&q, &c->own->account, true, f) == 1) {
		r = keep(k, &e, &q, f);
		queue_folder_close(&q);
	}
	queue_entry_free(&e);
	return r;
}
