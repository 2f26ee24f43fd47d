/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/text.h"
#include "mail/envelope.h"
#include "mail/message/message.h"
#include "smtp/reply.h"
#include "config/account/account.h"
#include "log/log.h"

#define PATH_SIZE 64		/* octets: /proc/NUMBER/cmdline */
#define PROC_MAX 4096		/* octets that we look at of such a file */
#define SHELLS "sh bash dash ash ksh mksh zsh"
#define SHELLS_MAX 8		/* that call each other; more is a trick */
#define LOG_MODE 0640		/* it names who writes to whom */
#define LOOK_MS 20		/* between two tries for a lock or for room */
#define LINE_MAX_OCTETS (SIZE_MAX / 8)	/* a list of recipients has no limit */
/* Octets of one value for syslog: a dozen of them fit into the datagram of
 * any syslogd that takes more than RFC 3164's 1024. */
#define SYSLOG_VALUE_MAX 1000
#define SEVERITIES 8		/* RFC 3164 section 4.1.1 */
#define FACILITY_MAIL 2		/* the same */
#define IDENT_MAX 64		/* octets; RFC 3164 section 4.1.3 has 32 */

#ifndef PIPE_BUF
#define PIPE_BUF _POSIX_PIPE_BUF	/* POSIX: not defined where it varies */
#endif
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0		/* SIGPIPE is ignored anyway */
#endif

void
log_init(struct log *log)
{
	memset(log, 0, sizeof(*log));
	log->file = log->syslog = -1;
}

void
log_close(struct log *log)
{
	free(log->caller.parent);
	if (log->file != -1 && !log->file_shared)
		close(log->file);
	if (log->syslog != -1)
		close(log->syslog);
	log_init(log);
}

/* What is in /proc/PID/NAME, as much as a buffer of PROC_MAX takes. */
static void
load_proc(struct buffer *b, pid_t pid, const char *name)
{
	char path[PATH_SIZE];

	buffer_init(b, PROC_MAX + 1);
	snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, name);
	file_load(path, b);
	buffer_add_char(b, '\0');
}

/* Does this shell run a command (-c)? Its words are ended by NUL. */
static bool
runs_command(pid_t pid)
{
	const char *word, *end;
	struct buffer line;
	bool found = false;

	load_proc(&line, pid, "cmdline");
	end = line.data + line.len;
	word = line.data + strlen(line.data) + 1;
	while (!found && word < end && word[0] == '-' && word[1] != '-') {
		found = strchr(word, 'c') != NULL;
		word += strlen(word) + 1;
	}
	buffer_free(&line);
	return found;
}

/* 0: it is outside of our PID namespace, or nobody knows. */
static pid_t
parent_of(pid_t pid)
{
	const char *behind;
	struct buffer b;
	long parent = 0;

	load_proc(&b, pid, "stat");
	/* proc_pid_stat(5): "PID (NAME) STATE PPID", any NAME */
	behind = strrchr(b.data, ')');
	if (behind != NULL && strlen(behind) > sizeof(") S ") - 1)
		parent = strtol(behind + sizeof(") S ") - 1, NULL, 10);
	buffer_free(&b);
	return (pid_t)parent;
}

static char *
name_of(pid_t pid)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "/proc/%ld/comm", (long)pid);
	return pid <= 0 ? NULL : file_first_line(path);
}

/* There is no portable way: the name is known on Linux only. */
static void
find_caller(struct caller *c)
{
	pid_t pid = getppid();
	char *other;

	c->known = true;
	c->uid = (long)getuid();
	c->parent = name_of(pid);
	for (int i = 0; i < SHELLS_MAX && c->parent != NULL &&
	    text_has_word(SHELLS, c->parent) && runs_command(pid); i++) {
		pid = parent_of(pid);
		other = name_of(pid);
		if (other == NULL)
			break;
		free(c->parent);
		c->parent = other;
	}
}

static void
open_file(struct log *log, const char *name)
{
	char *path;

	if (strcmp(name, "-") == 0) {
		log->file = STDOUT_FILENO;
		log->file_shared = true;
		return;
	}
	path = account_path(name);
	if (path == NULL) {
		log->file_trouble = "this user has no home folder";
		return;
	}
	tzset();	/* that is a file, too, and its time is written late */
	log->file = file_append(path, LOG_MODE);
	if (log->file == -1)
		log->file_trouble = errno == ENXIO ? "nobody reads this FIFO" :
		    errno == ELOOP ? "there is a symbolic link in a folder "
		    "that others can write" : strerror(errno);
	free(path);
}

/*
 * The socket is our own, since syslog(3) waits without limit for a syslogd that
 * has stopped reading.
 */
static void
open_syslog(struct log *log, const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t n = strlen(path);

	if (n >= sizeof(to.sun_path)) {
		log->syslog_trouble = strerror(ENAMETOOLONG);
		return;
	}
	memcpy(to.sun_path, path, n + 1);
	log->syslog = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (log->syslog != -1 &&
	    fcntl(log->syslog, F_SETFD, FD_CLOEXEC) != -1 &&
	    fcntl(log->syslog, F_SETFL, O_NONBLOCK) != -1 &&
	    connect(log->syslog, (const struct sockaddr *)&to,
	    sizeof(to)) != -1)
		return;
	log->syslog_trouble = strerror(errno);
	if (log->syslog != -1)
		close(log->syslog);
	log->syslog = -1;
}

/* Does the account say neither where its log goes, nor that there is none? */
static bool
is_unsaid(const struct account *a)
{
	return a->syslog == 0 && a->logfile == NULL && !a->set[OPTION_LOGFILE];
}

void
log_open(struct log *log, const struct account *account, const char *path)
{
	log->account = account;
	log->began = clock_now();
	log->facility = account->syslog;
	if (is_unsaid(account) && isatty(STDERR_FILENO) == 0) {
		log->facility = FACILITY_MAIL;
		log->unasked = true;
	}
	if (account->logfile != NULL)
		open_file(log, account->logfile);
	if (log->facility > 0)
		open_syslog(log, path);
	if (account->logfile != NULL || log->syslog != -1)
		find_caller(&log->caller);
}

void
log_describe(struct buffer *b, const struct account *a)
{
	static const char to[] = "the system log, " SYSLOG_PATH ", as ";
	const struct option_choice *c = option_row(OPTION_SYSLOG)->choices;

	while (c->word != NULL && (c->value != a->syslog ||
	    strncmp(c->word, "LOG_", 4) != 0))
		c++;
	if (a->logfile != NULL)
		buffer_printf(b, "the file %s", a->logfile);
	if (a->syslog > 0)
		buffer_printf(b, "%s%s%s", b->len == 0 ? "" : ", and ", to,
		    c->word == NULL ? "LOG_USER" : c->word);
	else if (is_unsaid(a))
		buffer_printf(b, "%s%sLOG_MAIL", isatty(STDERR_FILENO) == 0 ?
		    "" : "none, since standard error is a terminal; else ", to);
	else if (a->logfile == NULL)
		buffer_add_string(b, "none");
}

/* Waits until the descriptor takes octets; ETIMEDOUT when it does not. */
static int
wait_writable(int fd, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int ready;

	do
		ready = poll(&p, 1, clock_left(deadline));
	while (ready == -1 && errno == EINTR);
	return ready == -1 ? errno : ready == 0 ? ETIMEDOUT : 0;
}

/*
 * Writes n octets, `part` at a time, and counts them: 0, or what errno said.
 * `blocking` descriptors are only written to when they have room for a part.
 */
static int
put(int fd, const char *p, size_t n, bool blocking, int64_t deadline,
    size_t *written)
{
	size_t part = blocking ? PIPE_BUF : n;
	ssize_t done;
	int error;

	for (*written = 0; *written < n;) {
		error = blocking ? wait_writable(fd, deadline) : 0;
		if (error != 0)
			return error;
		done = write(fd, p + *written, n - *written < part ?
		    n - *written : part);
		if (done > 0)
			*written += (size_t)done;
		else if (done == 0)
			return ENOSPC;
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			error = wait_writable(fd, deadline);
		else if (errno != EINTR)
			return errno;
		if (error != 0)
			return error;
	}
	return 0;
}

/*
 * Tries to lock the file. Without the lock the line is written all the same:
 * other processes cannot tear one write(2) to a file opened with O_APPEND.
 */
static bool
lock(int fd, int64_t deadline)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	while (fcntl(fd, F_SETLK, &whole) == -1) {
		if ((errno != EACCES && errno != EAGAIN && errno != EINTR) ||
		    clock_left(deadline) == 0)
			return false;
		poll(NULL, 0, LOOK_MS);
	}
	return true;
}

/* Removes the part of a line that the full disk took: the next line would be
 * appended to it. */
static void
take_back(int fd, off_t end, size_t written)
{
	struct stat st;

	if (written > 0 && fstat(fd, &st) == 0 &&
	    st.st_size == end + (off_t)written && ftruncate(fd, end) == -1)
		return;	/* the note has the line at least */
}

static int
write_file(const struct log *log, const char *p, size_t n, int64_t deadline)
{
	int64_t lock_end = clock_after(LOG_LOCK_MS);
	bool regular, locked;
	size_t written = 0;
	struct stat st;
	int error;

	regular = fstat(log->file, &st) == 0 && S_ISREG(st.st_mode);
	if (log->file_shared || !regular)
		return put(log->file, p, n, log->file_shared && !regular,
		    deadline, &written);
	locked = lock(log->file, lock_end);
	if (locked && fstat(log->file, &st) == -1)
		locked = false;
	error = put(log->file, p, n, false, deadline, &written);
	if (error != 0 && locked)
		take_back(log->file, st.st_size, written);
	return error;
}

static int
send_syslog(int fd, const char *p, size_t n, int64_t deadline)
{
	while (send(fd, p, n, MSG_NOSIGNAL) == -1) {
		if (errno != EAGAIN && errno != EWOULDBLOCK &&
		    errno != ENOBUFS && errno != EINTR)
			return errno;
		if (clock_left(deadline) == 0)
			return ETIMEDOUT;
		/* not every poll(2) waits for room in the peer's queue */
		poll(NULL, 0, LOOK_MS);
	}
	return 0;
}

/* Replaces characters after which syslogd would misread the rest. */
static void
add_ident(struct buffer *b, const char *ident)
{
	size_t n = 0;

	for (; ident != NULL && ident[n] != '\0' && n < IDENT_MAX; n++)
		buffer_add_char(b, text_is_digit(ident[n]) ||
		    strchr("-._/", ident[n]) != NULL ||
		    (text_to_lower(ident[n]) >= 'a' &&
		    text_to_lower(ident[n]) <= 'z') ? ident[n] : '_');
	if (n == 0)
		buffer_add_string(b, "postrider");
}

/* "<PRI>Mmm dd hh:mm:ss ident[pid]: line" (RFC 3164 section 4.1) */
static int
write_syslog(const struct log *log, const struct log_entry *entry,
    int64_t deadline)
{
	int severity = entry->fault->class == FAULT_NONE ? LOG_INFO : LOG_ERR;
	struct buffer b;
	int error;

	buffer_init(&b, LINE_MAX_OCTETS);
	buffer_printf(&b, "<%d>", log->facility * SEVERITIES + severity);
	logline_add_time(&b, "%b %e %H:%M:%S", time(NULL));
	add_ident(&b, log->ident);
	buffer_printf(&b, "[%ld]: ", (long)getpid());
	logline_add(&b, entry, SYSLOG_VALUE_MAX);
	error = send_syslog(log->syslog, b.data, b.len, deadline);
	buffer_free(&b);
	return error;
}

static void
add_trouble(struct buffer *b, const char *what, const char *name,
    const char *trouble, int error)
{
	if (trouble == NULL && error == 0)
		return;
	buffer_printf(b, "%s%s", b->len == 0 ? "" : "; ", what);
	text_add_printable(b, name, strlen(name));
	buffer_printf(b, " cannot be written: %s", trouble != NULL ? trouble :
	    error == ETIMEDOUT ? "nobody reads it" : strerror(error));
}

static void
compose(struct buffer *line, const struct log_entry *entry)
{
	logline_add_time(line, entry->account->logfile_time_format,
	    time(NULL));
	logline_add(line, entry, SIZE_MAX);
	buffer_add_char(line, '\n');
}

void
log_write(const struct log *log, struct log_entry *entry,
    void (*note)(const char *))
{
	int64_t deadline = clock_after(LOG_MS);
	const char *file = log->account == NULL ? NULL : log->account->logfile;
	struct buffer line, trouble;
	int error;

	entry->duration_ms = clock_now() - log->began;
	entry->caller = &log->caller;
	buffer_init(&line, LINE_MAX_OCTETS);
	buffer_init(&trouble, LINE_MAX_OCTETS);
	/* it may be long, and without a file only trouble needs it */
	if (file != NULL) {
		compose(&line, entry);
		error = log->file == -1 ? 0 : write_file(log, line.data,
		    line.len, deadline);
		add_trouble(&trouble, "the log file ", file,
		    log->file_trouble, error);
	}
	error = log->syslog == -1 ? 0 : write_syslog(log, entry, deadline);
	if (!log->unasked)
		add_trouble(&trouble, "the system log", "",
		    log->syslog_trouble, error);
	/* it is noted once, with the line that is lost */
	if (trouble.len > 0 && note != NULL) {
		if (line.len == 0)
			compose(&line, entry);
		buffer_add_string(&trouble, "; not logged: ");
		buffer_add(&trouble, line.data, line.len - 1);
		note(trouble.data);
	}
	buffer_free(&trouble);
	buffer_free(&line);
}

void
log_fault(const char *ident, const struct fault *f)
{
	struct account account;
	struct envelope envelope = { .count = 0 };
	struct message message;
	const struct reply none = { .code = 0 };
	struct log_entry entry = { .account = &account,
	    .envelope = &envelope, .message = &message, .reply = &none,
	    .fault = f };
	struct log log;

	account_init(&account);
	message_init(&message);
	log_init(&log);
	log.ident = ident;
	log_open(&log, &account, SYSLOG_PATH);
	log_write(&log, &entry, NULL);
	log_close(&log);
}
