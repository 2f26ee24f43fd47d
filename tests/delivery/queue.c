/* SPDX-License-Identifier: ISC */
/* The queue: when a message is tried, and that what is written is read. */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/memory.h"
#include "mail/message/message.h"
#include "delivery/queue/entry.h"
#include "delivery/queue/folder.h"
#include "delivery/queue/state.h"
#include "tests/tap.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define HOUR 3600
#define DAY (24 * HOUR)
#define YEAR (365 * (int64_t)DAY)

/* ---- when it is tried again */

static void
check_next(void)
{
	static const struct {
		int64_t age;	/* seconds */
		int64_t wait;
	} rows[] = {
		{ 0, 300 }, { 299, 300 }, { 300, 450 }, { 749, 450 },
		{ 750, 675 }, { 1425, 1012 }, { 2437, 1518 }, { 3955, 2277 },
		{ 6232, 3415 }, { 9647, 4000 }, { DAY, 4000 },
		{ 10 * YEAR, 4000 },
		/* a clock that has been put back */
		{ -1, 300 }, { -YEAR, 300 },
	};
	const int64_t time = 1700000000;
	int64_t now;

	for (size_t i = 0; i < COUNT(rows); i++) {
		now = time + rows[i].age;
		tap_ok(queue_state_next(time, now) - now == rows[i].wait,
		    "after %lld seconds, tried again %lld later",
		    (long long)rows[i].age, (long long)rows[i].wait);
	}
	now = time;
	for (int tries = 0; now < time + 5 * DAY; tries++) {
		now = queue_state_next(time, now);
		if (tries == 200)
			break;
	}
	tap_ok(now >= time + 5 * DAY, "five days pass within 200 tries");
}

static void
check_due(void)
{
	static const struct {
		int64_t next;
		bool due;
	} rows[] = {
		{ 0, true }, { 999, true }, { 1000, true }, { 1001, false },
		{ 1000 + 4000, false },
		/* a clock that was wrong when it was written */
		{ 1000 + 4001, true }, { INT64_MAX / 2, true },
	};
	struct queue_state s;

	for (size_t i = 0; i < COUNT(rows); i++) {
		queue_state_init(&s);
		s.next = rows[i].next;
		tap_ok(queue_state_is_due(&s, 1000) == rows[i].due,
		    "due at 1000 when the next try is at %lld",
		    (long long)rows[i].next);
	}
}

/* ---- ids */

static void
check_ids(void)
{
	struct fault f = { .class = FAULT_NONE };
	char a[QUEUE_ID_LEN + 1], b[QUEUE_ID_LEN + 1];

	queue_id_make(a, &f);
	usleep(2000);
	queue_id_make(b, &f);
	tap_ok(f.class == FAULT_NONE && queue_is_id(a) && queue_is_id(b) &&
	    strcmp(a, b) < 0, "ids sort by age");
	tap_ok(!queue_is_id("") && !queue_is_id("0123456789ABCDE") &&
	    !queue_is_id("0123456789ABCDEF0") &&
	    !queue_is_id("0123456789abcdef") &&
	    !queue_is_id("../3456789ABCDEF"), "what is no id");
}

/* ---- writing and reading */

static const char text[] = "Subject: a test\r\nDate: then\r\n\r\n.\r\nx\r\n";

static void
read_text(struct message *m, struct fault *f)
{
	int ends[2];

	message_init(m);
	if (pipe(ends) == -1 ||
	    write(ends[1], text, sizeof(text) - 1) == -1)
		abort();
	close(ends[1]);
	message_read(m, ends[0], MESSAGE_DOT_TEXT, f);
	close(ends[0]);
}

static void
add(struct queue_entry *e, const char *local, const char *domain)
{
	struct mailbox box = { NULL, (char *)(uintptr_t)local,
	    (char *)(uintptr_t)domain };

	envelope_add(&e->envelope, &box);
}

static void
fill(struct queue_entry *e, bool all)
{
	char local[] = "a \"li\"<c>e", domain[] = "example.org";
	struct mailbox alice = { NULL, local, domain };

	queue_entry_init(e);
	e->time = 1700000000;
	e->uid = 4294967295UL;
	e->account = memory_string("my: \xff <account>");
	add(e, "bob", "example.net");
	if (all)
		envelope_set_path(&e->envelope, &alice);
	else
		envelope_set_null_path(&e->envelope);
	if (!all)
		return;
	add(e, "j\xc3\xb6rg", "[192.0.2.1]");
	add(e, "root", "");
	e->file = memory_string("/etc/a file");
	e->file_of_root = e->path_of_account = e->from_of_account = true;
	e->eight_bit = e->envelope.smtputf8 = true;
	e->envelope.envid = memory_string("id: <1> +2");
	e->envelope.ret = DSN_RETURN_HEADERS;
	e->envelope.notify = DSN_NEVER;
	e->envelope.recipient[0].notify = DSN_SUCCESS | DSN_DELAY;
	e->envelope.recipient[1].orcpt = memory_string("rfc822;b+40c");
	e->envelope.recipient[2].notify = DSN_FAILURE;
	e->envelope.recipient[2].orcpt = memory_string("x;y");
}

static bool
same_string(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
same_envelope(const struct envelope *a, const struct envelope *b)
{
	bool same = a->null_path == b->null_path && a->count == b->count &&
	    same_string(a->path.local, b->path.local) &&
	    same_string(a->path.domain, b->path.domain) &&
	    a->notify == b->notify && a->ret == b->ret &&
	    same_string(a->envid, b->envid) && a->smtputf8 == b->smtputf8;

	for (size_t i = 0; same && i < a->count; i++)
		same = mailbox_same(&a->recipient[i].box,
		    &b->recipient[i].box) &&
		    a->recipient[i].notify == b->recipient[i].notify &&
		    same_string(a->recipient[i].orcpt, b->recipient[i].orcpt);
	return same;
}

static bool
same_entry(const struct queue_entry *a, const struct queue_entry *b)
{
	return strcmp(a->id, b->id) == 0 && a->time == b->time &&
	    a->uid == b->uid && same_string(a->account, b->account) &&
	    same_string(a->file, b->file) &&
	    a->file_of_root == b->file_of_root &&
	    a->path_of_account == b->path_of_account &&
	    a->from_of_account == b->from_of_account &&
	    a->eight_bit == b->eight_bit && a->octets == b->octets &&
	    a->message_at == b->message_at &&
	    same_envelope(&a->envelope, &b->envelope);
}

static void
check_state(struct queue_entry *e, const struct queue_folder *q)
{
	struct fault f = { .class = FAULT_NONE };
	struct queue_state s, again;

	tap_ok(queue_state_read(&s, e, q, &f) == 0 && s.attempts == 0 &&
	    envelope_in_state(&e->envelope, RECIPIENT_PENDING) == 3,
	    "without a file it is the first state");
	s = (struct queue_state){ .attempts = 3, .since = 5, .last = 1,
	    .next = 2, .unsure = 4, .held = true,
	    .by = memory_string("by: me"),
	    .reason = memory_string("it: is dark") };
	e->envelope.recipient[0].state = RECIPIENT_DEFERRED;
	e->envelope.recipient[0].reply = memory_string("450 later");
	e->envelope.recipient[1].state = RECIPIENT_DELIVERED;
	e->envelope.recipient[2].state = RECIPIENT_REFUSED;
	e->envelope.recipient[2].reply = memory_string("550 no");
	tap_ok(queue_state_write(&s, e, q, &f) == 0, "a state is written");
	for (size_t i = 0; i < e->envelope.count; i++)
		e->envelope.recipient[i].state = RECIPIENT_ACCEPTED;
	tap_ok(queue_state_read(&again, e, q, &f) == 0 &&
	    again.attempts == 3 && again.since == 5 && again.last == 1 &&
	    again.next == 2 &&
	    again.unsure == 4 && again.held &&
	    same_string(again.by, s.by) &&
	    same_string(again.reason, s.reason), "and read");
	tap_ok(e->envelope.recipient[0].state == RECIPIENT_PENDING &&
	    e->envelope.recipient[1].state == RECIPIENT_DELIVERED &&
	    e->envelope.recipient[2].state == RECIPIENT_REFUSED &&
	    same_string(e->envelope.recipient[0].reply, "450 later") &&
	    same_string(e->envelope.recipient[2].reply, "550 no"),
	    "with its recipients");
	queue_state_free(&s);
	queue_state_free(&again);
	fault_clear(&f);
}

static bool
is_there(const struct queue_folder *q, enum queue_place place,
    const char *name)
{
	return faccessat(q->fd[place], name, F_OK, 0) == 0;
}

/* Written, committed, read, its state, moved, removed. */
static void
check_entry(const struct queue_folder *q, const struct message *m, bool all)
{
	struct fault f = { .class = FAULT_NONE };
	struct queue_entry e, read, other;
	char got[sizeof(text)];

	fill(&e, all);
	queue_entry_init(&read);
	queue_entry_init(&other);
	tap_ok(queue_entry_write(&e, q, m, &f) == 0 &&
	    queue_entry_read(&read, q, QUEUE_MSG, e.id, false, &f) == 0,
	    "written, and not there yet");
	tap_ok(queue_entry_commit(&e, q, &f) == 0 &&
	    queue_entry_read(&read, q, QUEUE_MSG, e.id, false, &f) == 1 &&
	    same_entry(&read, &e), "committed, and read as it was: %s",
	    f.text == NULL ? "fine" : f.text);
	tap_ok(pread(read.on_disk.fd, got, sizeof(got),
	    (off_t)read.message_at) == sizeof(text) - 1 &&
	    memcmp(got, text, sizeof(text) - 1) == 0, "with its message");
	tap_ok(queue_entry_is_busy(&read) &&
	    queue_entry_read(&other, q, QUEUE_MSG, e.id, true, &f) == 0,
	    "its lock is taken");
	queue_entry_free(&other);
	queue_entry_free(&e);
	tap_ok(!queue_entry_is_busy(&read) &&
	    queue_entry_read(&other, q, QUEUE_MSG, read.id, true, &f) == 1,
	    "and free again");
	if (all)
		check_state(&other, q);
	tap_ok(queue_entry_move(&other, q, QUEUE_DEAD, &f) == 0 &&
	    !is_there(q, QUEUE_MSG, read.id) &&
	    is_there(q, QUEUE_DEAD, read.id), "moved");
	tap_ok(queue_entry_remove(&other, q, &f) == 0 &&
	    !is_there(q, QUEUE_DEAD, read.id) &&
	    !is_there(q, QUEUE_STATE, read.id), "removed, and its state");
	queue_entry_free(&other);
	queue_entry_free(&read);
	fault_clear(&f);
}

static void
check_abandon(const struct queue_folder *q, const struct message *m)
{
	struct fault f = { .class = FAULT_NONE };
	struct queue_state s;
	struct queue_entry e;
	char id[QUEUE_ID_LEN + 1];

	fill(&e, true);
	queue_state_init(&s);
	tap_ok(queue_entry_write(&e, q, m, &f) == 0 &&
	    queue_state_write(&s, &e, q, &f) == 0, "written");
	memcpy(id, e.id, sizeof(id));
	queue_folder_sweep(q);
	tap_ok(is_there(q, QUEUE_TMP, id) && is_there(q, QUEUE_STATE, id),
	    "what is being written is not swept away");
	queue_entry_abandon(&e, q);
	tap_ok(!is_there(q, QUEUE_TMP, id) && !is_there(q, QUEUE_STATE, id),
	    "and taken back");
	queue_entry_free(&e);
	fill(&e, true);
	free(e.account);
	e.account = memory_string("a\nrecipient: <eve@example.org>");
	tap_ok(queue_entry_write(&e, q, m, &f) == -1 &&
	    f.class == FAULT_DATA, "no line can be added by a name");
	queue_entry_free(&e);
	fault_clear(&f);
}

static void
touch(const struct queue_folder *q, enum queue_place place, const char *name)
{
	int fd = openat(q->fd[place], name, O_WRONLY | O_CREAT | O_EXCL, 0600);

	if (fd == -1)
		abort();
	close(fd);
}

static void
check_sweep(const struct queue_folder *q)
{
	static const char gone[] = "0000000000000001";
	static const char waits[] = "0000000000000002";
	static const char dead[] = "0000000000000003";

	touch(q, QUEUE_TMP, gone);
	touch(q, QUEUE_STATE, gone);
	touch(q, QUEUE_STATE, "0000000000000001.new");
	touch(q, QUEUE_STATE, "README");
	touch(q, QUEUE_MSG, waits);
	touch(q, QUEUE_STATE, waits);
	touch(q, QUEUE_STATE, "0000000000000002.new");
	touch(q, QUEUE_DEAD, dead);
	touch(q, QUEUE_STATE, dead);
	queue_folder_sweep(q);
	tap_ok(!is_there(q, QUEUE_TMP, gone) &&
	    !is_there(q, QUEUE_STATE, gone) &&
	    !is_there(q, QUEUE_STATE, "0000000000000001.new"),
	    "what a crash has left is swept away");
	tap_ok(is_there(q, QUEUE_MSG, waits) && is_there(q, QUEUE_DEAD, dead) &&
	    is_there(q, QUEUE_STATE, waits) && is_there(q, QUEUE_STATE, dead) &&
	    is_there(q, QUEUE_STATE, "README"), "and nothing else");
}

static void
remove_folder(const char *path)
{
	static const char *const places[] = { "msg", "dead", "state", "tmp",
	    "account" };
	char name[5000];
	struct fault f = { .class = FAULT_NONE };
	struct queue_folder q;

	if (queue_folder_open(&q, path, false, &f) == 1) {
		unlinkat(q.fd[QUEUE_STATE], "README", 0);
		unlinkat(q.fd[QUEUE_STATE], "0000000000000002.new", 0);
		unlinkat(q.fd[QUEUE_MSG], "0000000000000002", 0);
		unlinkat(q.fd[QUEUE_DEAD], "0000000000000003", 0);
		queue_folder_sweep(&q);
		queue_folder_close(&q);
	}
	for (size_t i = 0; i < COUNT(places); i++) {
		snprintf(name, sizeof(name), "%s/%s", path, places[i]);
		rmdir(name);
	}
	rmdir(path);
	fault_clear(&f);
}

static void
check_folder(void)
{
	const char *tmp = getenv("TMPDIR");
	struct fault f = { .class = FAULT_NONE };
	char top[4000], path[4096];
	struct queue_folder q;
	struct message m;

	snprintf(top, sizeof(top), "%s/queue-XXXXXX", tmp == NULL ? "/tmp" :
	    tmp);
	if (mkdtemp(top) == NULL)
		abort();
	snprintf(path, sizeof(path), "%s/a", top);
	tap_ok(queue_folder_open(&q, path, false, &f) == 0, "none is there");
	tap_ok(queue_folder_open(&q, path, true, &f) == 1, "it is made");
	read_text(&m, &f);
	check_entry(&q, &m, false);
	check_entry(&q, &m, true);
	check_abandon(&q, &m);
	check_sweep(&q);
	message_free(&m);
	queue_folder_close(&q);
	tap_ok(f.class == FAULT_NONE, "no fault: %s", f.text == NULL ?
	    "none" : f.text);
	fault_clear(&f);
	remove_folder(path);
	tap_ok(rmdir(top) == 0, "nothing is left");
}

int
main(void)
{
	check_next();
	check_due();
	check_ids();
	check_folder();
	return tap_done();
}
