/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/home.h"
#include "base/memory.h"
#include "base/text.h"
#include "wire/tls/tls.h"
#include "config/account/account.h"
#include "delivery/queue/folder.h"
#include "delivery/queue/hold.h"

#ifdef HAVE_STRUCT_STAT_ST_MTIMESPEC	/* macOS's word for POSIX's */
#define st_mtim st_mtimespec
#endif

#define FIRST "postrider-account: 1\n"
#define HOLD_OCTETS_MAX (128 * 1024)	/* a fault's text is half of it */
#define NAME_OCTETS_MAX 4096		/* no file's name is longer */
#define NAME_OCTETS 200		/* file systems take 255 with a suffix */
#define DIGEST_OCTETS 16	/* of a path: tell a user's files apart */
#define HOLD_SECONDS (60 * 60)
#define HOLD_SECONDS_MAX (4 * 60 * 60)

struct hold {
	int64_t until;		/* seconds since 1970 */
	int64_t step;		/* the seconds that led to it */
	char *stamp;		/* of the account's files then */
	char *why;
};

static void
hold_free(struct hold *h)
{
	free(h->stamp);
	free(h->why);
	memset(h, 0, sizeof(*h));
}

/*
 * A file name for any account name: %HH for what is not plain, and a digest of
 * what would be too long. With a file: for the account that this file defines.
 */
static char *
file_name(const char *account, const char *file, const char *suffix)
{
	char digest[TLS_SHA256_HEX_SIZE], *whole;
	struct buffer b;

	buffer_init(&b, NAME_OCTETS_MAX);
	for (const char *p = account; *p != '\0'; p++)
		if (text_is_alpha(*p) || text_is_digit(*p) || *p == '_' ||
		    *p == '-')
			buffer_add_char(&b, *p);
		else
			buffer_printf(&b, "%%%02X", (unsigned char)*p);
	if (b.len > NAME_OCTETS) {
		tls_sha256_hex(account, strlen(account), digest);
		buffer_clear(&b);
		buffer_printf(&b, "%%%s", digest);
	}
	if (file != NULL) {
		/* -C may name it relative to another folder each time */
		whole = realpath(file, NULL);
		if (whole != NULL)
			file = whole;
		tls_sha256_hex(file, strlen(file), digest);
		free(whole);
		buffer_printf(&b, ".%.*s", DIGEST_OCTETS, digest);
	}
	buffer_add_string(&b, suffix);
	return buffer_detach(&b);
}

/* What changes when somebody edits the file, or puts another in its place. */
static void
add_stamp(struct buffer *b, const char *path)
{
	struct stat st;

	if (path == NULL || stat(path, &st) == -1)
		buffer_add_string(b, "-");
	else
		buffer_printf(b, "%llu.%llu.%lld.%ld",
		    (unsigned long long)st.st_ino,
		    (unsigned long long)st.st_size, (long long)st.st_mtime,
		    (long)st.st_mtim.tv_nsec);
}

/* Another sign-in by postrider-oauth2, or a new token, changes this file. */
static void
add_token_stamp(struct buffer *b, const char *address)
{
	char *folder = home_state("oauth2"), *path = NULL;

	if (folder != NULL)
		path = buffer_format("%s/%s.json", folder, address);
	add_stamp(b, path);
	free(folder);
	free(path);
}

static char *
stamp_of(const struct account *a)
{
	struct buffer b;

	buffer_init(&b, NAME_OCTETS_MAX);
	add_stamp(&b, a->defined.file);
	buffer_add_char(&b, '/');
	add_stamp(&b, a->password_file);
	if (a->oauth2 != NULL)
		add_token_stamp(&b, a->oauth2);
	return buffer_detach(&b);
}

static bool
parse(struct hold *h, const char *p, size_t n)
{
	const char *lf, *value;

	if (n < sizeof(FIRST) - 1 || memcmp(p, FIRST, sizeof(FIRST) - 1) != 0)
		return false;
	for (; n > 0 && (lf = memchr(p, '\n', n)) != NULL; p = lf + 1) {
		size_t len = (size_t)(lf - p);

		n -= len + 1;
		value = text_find(p, len, ": ", 2);
		if (value == NULL)
			return false;
		value += 2;
		if (text_is(p, (size_t)(value - p) - 2, "until"))
			h->until = text_number(value, (size_t)(lf - value),
			    INT64_MAX / 2);
		else if (text_is(p, (size_t)(value - p) - 2, "step"))
			h->step = text_number(value, (size_t)(lf - value),
			    HOLD_SECONDS_MAX);
		else if (text_is(p, (size_t)(value - p) - 2, "stamp"))
			h->stamp = memory_copy(value, (size_t)(lf - value));
		else if (text_is(p, (size_t)(value - p) - 2, "why"))
			h->why = memory_copy(value, (size_t)(lf - value));
	}
	return h->until > 0 && h->step > 0 && h->stamp != NULL &&
	    h->why != NULL;
}

/* A record that still counts, or false: what cannot be read holds nothing. */
static bool
read_hold(struct hold *h, const struct queue_folder *q,
    const struct account *a)
{
	char *name = file_name(a->name, a->defined.file, ""), *stamp;
	struct file file;
	struct buffer b;
	bool good;

	memset(h, 0, sizeof(*h));
	good = q->fd[QUEUE_ACCOUNT] != -1 &&
	    file_open_at(&file, q->fd[QUEUE_ACCOUNT], name, false) == 0;
	free(name);
	if (!good)
		return false;
	buffer_init(&b, HOLD_OCTETS_MAX);
	good = file_type(&file) == NULL && file_read(&file, &b) == 0 &&
	    parse(h, b.data, b.len);
	file_close(&file);
	buffer_free(&b);
	stamp = stamp_of(a);
	good = good && strcmp(stamp, h->stamp) == 0;
	free(stamp);
	if (!good)
		hold_free(h);
	return good;
}

int
queue_hold_check(const struct queue_folder *q, const struct account *a,
    int64_t now, struct fault *f)
{
	char date[CLOCK_DATE_SIZE];
	struct hold h;
	int r = 0;

	if (a->name == NULL || !read_hold(&h, q, a))
		return 0;
	r = 1;
	/* a clock that was wrong does not hold it for longer */
	if (h.until > now && h.until <= now + HOLD_SECONDS_MAX) {
		clock_date((time_t)h.until, date);
		fault(f, FAULT_AUTH, "%s (not tried again before %s)", h.why,
		    date);
		r = fault_hint(f, "mend the credentials in %s, which ends the "
		    "wait, or try at once with -qI and the message's id",
		    a->defined.file == NULL ? "the account" :
		    a->defined.file);
	}
	hold_free(&h);
	return r;
}

void
queue_hold_begin(const struct queue_folder *q, const struct account *a,
    int64_t now, const char *why)
{
	int64_t step = HOLD_SECONDS;
	char *name, *stamp;
	struct hold h;
	struct buffer b;

	if (a->name == NULL || q->fd[QUEUE_ACCOUNT] == -1)
		return;
	if (read_hold(&h, q, a))
		step = h.step * 2 > HOLD_SECONDS_MAX ? HOLD_SECONDS_MAX :
		    h.step * 2;
	hold_free(&h);
	name = file_name(a->name, a->defined.file, "");
	stamp = stamp_of(a);
	buffer_init(&b, HOLD_OCTETS_MAX);
	buffer_printf(&b, FIRST "until: %" PRId64 "\nstep: %" PRId64
	    "\nstamp: %s\nwhy: %s\n", now + step, step, stamp, why);
	/* without the record the next run tries it, no more than that */
	queue_folder_replace(q, QUEUE_ACCOUNT, name, &b, NULL);
	buffer_free(&b);
	free(stamp);
	free(name);
}

void
queue_hold_end(const struct queue_folder *q, const struct account *a)
{
	char *name;

	if (a->name == NULL || q->fd[QUEUE_ACCOUNT] == -1)
		return;
	name = file_name(a->name, a->defined.file, "");
	unlinkat(q->fd[QUEUE_ACCOUNT], name, 0);
	free(name);
}

int
queue_lock_account(const struct queue_folder *q, const char *name)
{
	char *file = file_name(name, NULL, ".lock");
	int fd, error;

	fd = openat(q->fd[QUEUE_ACCOUNT], file, O_RDWR | O_CREAT | O_CLOEXEC |
	    O_NOFOLLOW, S_IRUSR | S_IWUSR);
	free(file);
	if (fd == -1)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}
