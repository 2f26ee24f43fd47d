/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/envelope.h"
#include "mail/message/message.h"
#include "delivery/queue/entry.h"

#define VERSION "1"		/* of the format */
#define HEADER_OCTETS_MAX ((size_t)256 * 1024 * 1024)	/* a million
						 * recipients of 256 octets */
#define READ_OCTETS 4096	/* of a header, at first */
#define BUSY_TRIES 5		/* a lock that mailq holds is soon free */
#define BUSY_MS 10		/* milliseconds between them */
#define ID_TRIES 10		/* ids that somebody else has */
#define NUMBER_MAX (INT64_MAX / 2)	/* of seconds and octets */

void
queue_entry_init(struct queue_entry *e)
{
	memset(e, 0, sizeof(*e));
	envelope_init(&e->envelope);
	e->on_disk.fd = -1;
}

void
queue_entry_free(struct queue_entry *e)
{
	free(e->account);
	free(e->file);
	envelope_free(&e->envelope);
	file_close(&e->on_disk);
	queue_entry_init(e);
}

/* ---- The header. */

/* Returns false where the value is wrong. */
typedef bool reader(struct queue_entry *, const char *, size_t);
/* Adds the value, or nothing where there is none. */
typedef void writer(struct buffer *, const struct queue_entry *);

static bool
read_version(struct queue_entry *e, const char *s, size_t n)
{
	(void)e;
	return text_is(s, n, VERSION);
}

static void
write_version(struct buffer *b, const struct queue_entry *e)
{
	(void)e;
	buffer_add_string(b, VERSION);
}

static bool
read_id(struct queue_entry *e, const char *s, size_t n)
{
	return text_is(s, n, e->id);
}

static void
write_id(struct buffer *b, const struct queue_entry *e)
{
	buffer_add_string(b, e->id);
}

static bool
read_file(struct queue_entry *e, const char *s, size_t n)
{
	e->file = memory_copy(s, n);
	return e->file[0] == '/';
}

#define AT(field) offsetof(struct queue_entry, field)

static const struct {
	size_t at;		/* offset of a bool in the struct */
	const char *word;
} marks[] = {
	{ AT(file_of_root), "file-of-root" },
	{ AT(path_of_account), "sender-of-account" },
	{ AT(from_of_account), "from-of-account" },
	{ AT(envelope.smtputf8), "smtputf8" },
	{ AT(envelope.requiretls), "requiretls" },
	{ AT(envelope.qualified), "qualified" },
	{ AT(eight_bit), "8bitmime" },
};

#define MARKS (sizeof(marks) / sizeof(marks[0]))

/* Which of some words there are, separated by a blank. */
static bool
read_marks(struct queue_entry *e, const char *s, size_t n)
{
	size_t word, i;

	for (; n > 0; s += word, n -= word) {
		for (word = 0; word < n && s[word] != ' '; word++)
			;
		for (i = 0; i < MARKS && !text_is(s, word, marks[i].word); i++)
			;
		if (i == MARKS)
			return false;
		*(bool *)((char *)e + marks[i].at) = true;
		word += word < n;
	}
	return true;
}

static void
write_marks(struct buffer *b, const struct queue_entry *e)
{
	size_t start = b->len;

	for (size_t i = 0; i < MARKS; i++)
		if (*(const bool *)((const char *)e + marks[i].at))
			buffer_printf(b, "%s%s", b->len > start ? " " : "",
			    marks[i].word);
}

/* An address in angle brackets, "<>" for the null reverse-path. */
static bool
read_path(struct mailbox *box, bool *empty, const char *s, size_t n)
{
	return n >= 2 && s[0] == '<' && s[n - 1] == '>' &&
	    address_parse_path(box, empty, s, n, NULL) == 0;
}

static bool
read_sender(struct queue_entry *e, const char *s, size_t n)
{
	struct mailbox box = { .name = NULL };
	bool empty, good = read_path(&box, &empty, s, n);

	if (good && empty)
		envelope_set_null_path(&e->envelope);
	else if (good)
		envelope_set_path(&e->envelope, &box);
	mailbox_free(&box);
	return good;
}

static void
write_sender(struct buffer *b, const struct queue_entry *e)
{
	buffer_add_char(b, '<');
	if (e->envelope.path.local != NULL)
		address_add_spec(b, &e->envelope.path);
	buffer_add_char(b, '>');
}

static bool
read_return(struct queue_entry *e, const char *s, size_t n)
{
	e->envelope.ret = text_is(s, n, "full") ? DSN_RETURN_FULL :
	    text_is(s, n, "hdrs") ? DSN_RETURN_HEADERS : DSN_RETURN_UNSET;
	return e->envelope.ret != DSN_RETURN_UNSET;
}

static void
write_return(struct buffer *b, const struct queue_entry *e)
{
	if (e->envelope.ret != DSN_RETURN_UNSET)
		buffer_add_string(b, e->envelope.ret == DSN_RETURN_FULL ?
		    "full" : "hdrs");
}

static bool
read_notify(struct queue_entry *e, const char *s, size_t n)
{
	return dsn_parse_notify(&e->envelope.notify, s, n) == 0;
}

static void
write_notify(struct buffer *b, const struct queue_entry *e)
{
	if (e->envelope.notify != 0)
		dsn_add_notify(b, e->envelope.notify, false);
}

/* "[notify=LIST ][orcpt=TYPE;XTEXT ]<ADDRESS>" */
static bool
read_recipient(struct queue_entry *e, const char *s, size_t n)
{
	static const char notify[] = "notify=", orcpt[] = "orcpt=";
	struct recipient r = { .notify = 0, .orcpt = NULL };
	size_t before = e->envelope.count, word;
	bool empty = false, good = true;

	while (good && n > 0 && s[0] != '<') {
		for (word = 0; word < n && s[word] != ' '; word++)
			;
		if (word >= sizeof(notify) - 1 &&
		    memcmp(s, notify, sizeof(notify) - 1) == 0)
			good = dsn_parse_notify(&r.notify, s +
			    sizeof(notify) - 1, word - sizeof(notify) + 1) == 0;
		else if (r.orcpt == NULL && word >= sizeof(orcpt) - 1 &&
		    memcmp(s, orcpt, sizeof(orcpt) - 1) == 0)
			r.orcpt = memory_copy(s + sizeof(orcpt) - 1,
			    word - sizeof(orcpt) + 1);
		else
			good = false;
		word += word < n;
		s += word;
		n -= word;
	}
	good = good && read_path(&r.box, &empty, s, n) && !empty;
	if (good)
		envelope_add(&e->envelope, &r.box);
	mailbox_free(&r.box);
	/* the same one twice: the numbers in the state would not fit */
	if (!good || e->envelope.count == before) {
		free(r.orcpt);
		return false;
	}
	e->envelope.recipient[before].notify = r.notify;
	e->envelope.recipient[before].orcpt = r.orcpt;
	return true;
}

static void
write_recipient(struct buffer *b, const struct recipient *r)
{
	buffer_add_string(b, "recipient: ");
	if (r->notify != 0) {
		buffer_add_string(b, "notify=");
		dsn_add_notify(b, r->notify, false);
		buffer_add_char(b, ' ');
	}
	if (r->orcpt != NULL)
		buffer_printf(b, "orcpt=%s ", r->orcpt);
	buffer_add_char(b, '<');
	address_add_spec(b, &r->box);
	buffer_add_string(b, ">\n");
}

/* One row is a key, in the order in which they are written. */
static const struct key {
	const char *name;
	bool needed;
	reader *read;
	writer *write;
	/* without these: the offset of a number, and what it may be, */
	size_t number;
	int64_t least;
	int64_t most;
	size_t text;		/* or of a string that is not empty */
} keys[] = {
	{ "postrider-queue", true,
	    .read = read_version, .write = write_version },
	{ "id", true, .read = read_id, .write = write_id },
	{ "time", true, .number = AT(time), .most = NUMBER_MAX },
	{ "uid", true, .number = AT(uid), .most = UINT32_MAX },
	{ "account", true, .text = AT(account) },
	{ "file", false, .read = read_file, .text = AT(file) },
	{ "marks", false, .read = read_marks, .write = write_marks },
	{ "sender", true, .read = read_sender, .write = write_sender },
	{ "return", false, .read = read_return, .write = write_return },
	{ "envid", false, .text = AT(envelope.envid) },
	{ "notify", false, .read = read_notify, .write = write_notify },
	{ "octets", true, .number = AT(octets), .least = 1,
	    .most = NUMBER_MAX },
	{ "recipient", true, .read = read_recipient },
};

#define KEYS (sizeof(keys) / sizeof(keys[0]))

static bool
read_value(const struct key *k, struct queue_entry *e, const char *s, size_t n)
{
	int64_t number;

	if (k->read != NULL)
		return k->read(e, s, n);
	if (k->text != 0) {
		*(char **)((char *)e + k->text) = memory_copy(s, n);
		return n > 0;
	}
	number = text_number(s, n, k->most);
	*(uint64_t *)((char *)e + k->number) = (uint64_t)number;
	return number >= k->least;
}

static void
write_value(const struct key *k, struct buffer *b, const struct queue_entry *e)
{
	const void *at = (const char *)e + (k->text + k->number);
	const char *text;

	if (k->write != NULL) {
		k->write(b, e);
	} else if (k->number != 0) {
		buffer_printf(b, "%" PRIu64, *(const uint64_t *)at);
	} else if (k->text != 0) {
		text = *(char *const *)at;
		buffer_add_string(b, text == NULL ? "" : text);
	}
}

static int
read_line(struct queue_entry *e, bool seen[KEYS], const char *line, size_t n,
    struct fault *f)
{
	const char *colon = memchr(line, ':', n);
	size_t name = colon == NULL ? 0 : (size_t)(colon - line);

	for (size_t i = 0; i < KEYS; i++) {
		if (colon == NULL || name + 2 > n || colon[1] != ' ' ||
		    !text_is(line, name, keys[i].name))
			continue;
		/* the version comes first: what follows may mean else then */
		if ((seen[i] && keys[i].read != read_recipient) ||
		    (i > 0 && !seen[0]))
			break;
		seen[i] = true;
		if (!text_has_control(line, n) && read_value(&keys[i], e,
		    colon + 2, n - name - 2))
			return 0;
		break;
	}
	return fault(f, FAULT_IO, "its line '%.*s' is not understood",
	    n > 100 ? 100 : (int)n, line);
}

static int
parse(struct queue_entry *e, const char *p, size_t n, struct fault *f)
{
	bool seen[KEYS] = { false };
	const char *lf;
	size_t len;

	while (n > 0 && (lf = memchr(p, '\n', n)) != NULL && lf != p) {
		len = (size_t)(lf - p);
		if (read_line(e, seen, p, len, f) == -1)
			return -1;
		p += len + 1;
		n -= len + 1;
	}
	for (size_t i = 0; i < KEYS; i++)
		if (keys[i].needed && !seen[i])
			return fault(f, FAULT_IO, "it has no line '%s'",
			    keys[i].name);
	return 0;
}

static void
add_header(struct buffer *b, const struct queue_entry *e)
{
	size_t start, value;

	for (size_t i = 0; i < KEYS; i++) {
		start = b->len;
		buffer_printf(b, "%s: ", keys[i].name);
		value = b->len;
		write_value(&keys[i], b, e);
		if (b->len == value)
			b->len = start;
		else
			buffer_add_char(b, '\n');
	}
	for (size_t i = 0; i < e->envelope.count; i++)
		write_recipient(b, &e->envelope.recipient[i]);
	buffer_add_char(b, '\n');
}

/* ---- Reading. */

/* Reads until the header's end is there; its octets, or 0. */
static size_t
read_header(const struct file *file, struct buffer *b)
{
	size_t room = READ_OCTETS, from;
	const char *end;
	ssize_t n;
	char *to;

	for (;;) {
		from = b->len == 0 ? 0 : b->len - 1;
		to = buffer_reserve(b, room);
		if (to == NULL)
			return 0;
		n = pread(file->fd, to, room, (off_t)b->len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return 0;
		buffer_commit(b, (size_t)n);
		end = text_find(b->data + from, b->len - from, "\n\n", 2);
		if (end != NULL)
			return (size_t)(end - b->data) + 2;
		room = b->len;
	}
}

/* What the descriptor is, apart from what is in it. */
static int
check_file(const struct file *file, struct fault *f)
{
	const char *type = file_type(file);
	enum file_flaw flaw = file_flaw(&file->st, file->fd, FILE_OWNER_SELF,
	    S_IWGRP | S_IWOTH);

	if (type != NULL)
		return fault(f, FAULT_IO, "it is %s", type);
	if (flaw == FILE_OTHERS_OWN)
		return fault(f, FAULT_IO, "it belongs to uid %lu",
		    (unsigned long)file->st.st_uid);
	if (flaw == FILE_OTHERS_MAY)
		return fault(f, FAULT_IO, "others can write it (mode %04o)",
		    file_mode(&file->st));
	return 0;
}

static int
check_size(struct queue_entry *e, size_t header, struct fault *f)
{
	uint64_t size = (uint64_t)e->on_disk.st.st_size;

	e->message_at = header;
	if (size - header == e->octets)
		return 0;
	return fault(f, FAULT_IO, "its message has %" PRIu64 " octets and "
	    "should have %" PRIu64, size - header, e->octets);
}

static int
read_entry(struct queue_entry *e, struct fault *f)
{
	struct buffer b;
	size_t header;
	int r;

	if (check_file(&e->on_disk, f) == -1)
		return -1;
	buffer_init(&b, HEADER_OCTETS_MAX);
	header = read_header(&e->on_disk, &b);
	if (header == 0)
		r = fault(f, FAULT_IO, "its header has no end");
	else
		r = parse(e, b.data, header, f);
	buffer_free(&b);
	return r == -1 ? -1 : check_size(e, header, f);
}

/* 1: the lock is ours, and the file is still the one of that name. */
static int
lock(const struct queue_entry *e, const struct queue_folder *q)
{
	struct stat st, now;
	int tries = 0;

	while (flock(e->on_disk.fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK || ++tries > BUSY_TRIES)
			return 0;
		poll(NULL, 0, BUSY_MS);
	}
	return fstat(e->on_disk.fd, &st) == 0 &&
	    fstatat(q->fd[e->place], e->id, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_dev == now.st_dev && st.st_ino == now.st_ino;
}

static int
tell(const struct queue_entry *e, const struct queue_folder *q,
    const struct fault *why, struct fault *f)
{
	return fault(f, FAULT_IO, "%s/%s/%s is left alone: %s", q->path,
	    e->place == QUEUE_DEAD ? "dead" : "msg", e->id, why->text);
}

int
queue_entry_read(struct queue_entry *e, const struct queue_folder *q,
    enum queue_place place, const char *id, bool want_lock, struct fault *f)
{
	struct fault why = { .class = FAULT_NONE };
	int r = 1;

	memcpy(e->id, id, QUEUE_ID_LEN + 1);
	e->place = place;
	if (q->fd[place] == -1)
		return 0;
	if (file_open_at(&e->on_disk, q->fd[place], id, want_lock) == -1) {
		if (errno == ENOENT)
			return 0;
		fault(&why, FAULT_IO, "%s", errno == ELOOP ?
		    "it is a symbolic link" : errno == EISDIR ?
		    "it is a folder" : strerror(errno));
		r = -1;
	} else if (want_lock && S_ISREG(e->on_disk.st.st_mode)) {
		r = lock(e, q);
	}
	if (r == 1)
		r = read_entry(e, &why) == 0 ? 1 : -1;
	if (r == -1)
		tell(e, q, &why, f);
	fault_clear(&why);
	return r;
}

bool
queue_entry_is_busy(const struct queue_entry *e)
{
	if (flock(e->on_disk.fd, LOCK_SH | LOCK_NB) == -1)
		return errno == EWOULDBLOCK;
	flock(e->on_disk.fd, LOCK_UN);
	return false;
}

/* ---- Writing. */

/* A new file in tmp that is locked, and that nobody takes for a rest. */
static int
create(struct queue_entry *e, const struct queue_folder *q)
{
	for (int i = 0; i < ID_TRIES; i++) {
		if (queue_id_make(e->id, NULL) == -1)
			break;
		e->on_disk.fd = openat(q->fd[QUEUE_TMP], e->id, O_RDWR |
		    O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		    S_IRUSR | S_IWUSR);
		if (e->on_disk.fd == -1 && errno != EEXIST)
			break;
		if (e->on_disk.fd == -1)
			continue;
		if (flock(e->on_disk.fd, LOCK_EX | LOCK_NB) == 0 &&
		    fstat(e->on_disk.fd, &e->on_disk.st) == 0 &&
		    e->on_disk.st.st_nlink > 0)
			return 0;
		file_close(&e->on_disk);
	}
	return -1;
}

static int
write_message(int fd, const struct message *m, struct fault *f)
{
	struct message_walk walk;
	const char *p;
	ssize_t n;
	int r = 0;

	message_walk_start(&walk, m);
	while (r == 0 && (n = message_walk_next(&walk, &p, f)) != 0)
		r = n == -1 ? -1 : file_write(fd, p, (size_t)n);
	message_walk_end(&walk);
	return r;
}

static int
write_all(struct queue_entry *e, const struct message *m, struct fault *f)
{
	struct buffer b;
	int r;

	buffer_init(&b, HEADER_OCTETS_MAX);
	add_header(&b, e);
	e->message_at = b.len;
	r = b.full ? fault(f, FAULT_DATA, "the envelope is too large") :
	    file_write(e->on_disk.fd, b.data, b.len);
	buffer_free(&b);
	if (r == 0)
		r = write_message(e->on_disk.fd, m, f);
	return r == 0 ? file_sync(e->on_disk.fd) : -1;
}

/* A line of the header cannot hold everything that a file's name can. */
static int
check_names(const struct queue_entry *e, struct fault *f)
{
	const char *names[] = { e->account, e->file, e->envelope.envid };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i] != NULL &&
		    text_has_control(names[i], strlen(names[i])))
			return fault(f, FAULT_DATA, "'%s' holds a control "
			    "character", names[i]);
	return 0;
}

int
queue_entry_write(struct queue_entry *e, const struct queue_folder *q,
    const struct message *m, struct fault *f)
{
	int error;

	e->place = QUEUE_TMP;
	e->octets = message_octets(m);
	if (check_names(e, f) == -1)
		return -1;
	if (create(e, q) == 0 && write_all(e, m, f) == 0)
		return 0;
	error = errno;
	queue_entry_abandon(e, q);
	return fault(f, FAULT_IO, "the queue's folder %s cannot be written: %s",
	    q->path, strerror(error));
}

int
queue_entry_commit(struct queue_entry *e, const struct queue_folder *q,
    struct fault *f)
{
	int tmp = q->fd[QUEUE_TMP], msg = q->fd[QUEUE_MSG];

	if (linkat(tmp, e->id, msg, e->id, 0) == -1)
		return fault(f, FAULT_IO, "the queue's folder %s cannot be "
		    "written: %s", q->path, strerror(errno));
	e->place = QUEUE_MSG;
	if (queue_folder_sync(q, QUEUE_MSG, f) == -1)
		return -1;
	unlinkat(tmp, e->id, 0);
	return 0;
}

void
queue_entry_abandon(struct queue_entry *e, const struct queue_folder *q)
{
	if (e->on_disk.fd == -1)
		return;
	if (e->place == QUEUE_MSG)
		unlinkat(q->fd[QUEUE_MSG], e->id, 0);
	unlinkat(q->fd[QUEUE_TMP], e->id, 0);
	unlinkat(q->fd[QUEUE_STATE], e->id, 0);
	file_close(&e->on_disk);
}

static int
failed(const struct queue_entry *e, const struct queue_folder *q,
    const char *what, struct fault *f)
{
	return fault(f, FAULT_IO, "%s: the message %s cannot be %s: %s",
	    q->path, e->id, what, strerror(errno));
}

int
queue_entry_remove(struct queue_entry *e, const struct queue_folder *q,
    struct fault *f)
{
	enum queue_place other = e->place == QUEUE_DEAD ? QUEUE_MSG :
	    QUEUE_DEAD;

	if (unlinkat(q->fd[e->place], e->id, 0) == -1)
		return failed(e, q, "removed", f);
	/* what a crash between link and unlink has left is the same message */
	unlinkat(q->fd[QUEUE_TMP], e->id, 0);
	if (unlinkat(q->fd[other], e->id, 0) == 0 &&
	    queue_folder_sync(q, other, f) == -1)
		return -1;
	if (queue_folder_sync(q, e->place, f) == -1)
		return -1;
	unlinkat(q->fd[QUEUE_STATE], e->id, 0);
	return 0;
}

/* Is the file there already, since a crash came before the last step? */
static bool
is_same(const struct queue_entry *e, int folder)
{
	struct stat st;
	bool same = fstatat(folder, e->id, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_dev == e->on_disk.st.st_dev &&
	    st.st_ino == e->on_disk.st.st_ino;

	errno = EEXIST;
	return same;
}

/*
 * Not by rename(2), which need not be one step for a file system that loses
 * power: the message could be in neither place.
 */
int
queue_entry_move(struct queue_entry *e, const struct queue_folder *q,
    enum queue_place to, struct fault *f)
{
	enum queue_place from = e->place;

	if (linkat(q->fd[from], e->id, q->fd[to], e->id, 0) == -1 &&
	    !(errno == EEXIST && is_same(e, q->fd[to])))
		return failed(e, q, "moved", f);
	if (queue_folder_sync(q, to, f) == -1)
		return -1;
	if (unlinkat(q->fd[from], e->id, 0) == -1)
		return failed(e, q, "moved", f);
	e->place = to;
	return queue_folder_sync(q, from, f);
}
