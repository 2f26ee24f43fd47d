/* SPDX-License-Identifier: ISC */
/* The line of the log, and the places that it goes to, however they behave. */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "mail/message/message.h"
#include "smtp/reply.h"
#include "config/account/account.h"
#include "log/log.h"
#include "tests/tap.h"

#define PATIENCE 60	/* seconds; nothing here waits for one */
#define READ_MAX (64 * 1024)
#define MANY 4000	/* datagrams; more than any queue takes */

/* All that an entry points to. */
struct scene {
	struct account account;
	struct envelope envelope;
	struct message message;
	struct reply reply;
	struct fault fault;
	struct log_entry entry;
};

static struct buffer noted;	/* what note() was told, a line each */

static void
note(const char *text)
{
	buffer_add_string(&noted, text);
	buffer_add_char(&noted, '\n');
}

static void
add_recipient(struct scene *s, const char *local, const char *reply)
{
	char domain[] = "example.net";
	struct mailbox box = { NULL, (char *)(uintptr_t)local, domain };
	struct recipient *r;

	envelope_add(&s->envelope, &box);
	r = &s->envelope.recipient[s->envelope.count - 1];
	r->state = reply == NULL ? RECIPIENT_DELIVERED : RECIPIENT_REFUSED;
	r->reply = memory_string(reply);
}

static void
scene_init(struct scene *s)
{
	char local[] = "alice", domain[] = "example.org";
	struct mailbox sender = { NULL, local, domain };

	memset(s, 0, sizeof(*s));
	account_init(&s->account);
	envelope_init(&s->envelope);
	message_init(&s->message);
	reply_init(&s->reply);
	s->account.host = memory_string("mail.example.org");
	envelope_set_path(&s->envelope, &sender);
	s->entry = (struct log_entry){ .account = &s->account,
	    .envelope = &s->envelope, .message = &s->message,
	    .reply = &s->reply, .fault = &s->fault, .duration_ms = 1234 };
}

static void
scene_free(struct scene *s)
{
	account_free(&s->account);
	envelope_free(&s->envelope);
	message_free(&s->message);
	reply_free(&s->reply);
	fault_clear(&s->fault);
}

static void
set_reply(struct scene *s, int code, const char *text)
{
	s->reply.code = code;
	buffer_add_string(&s->reply.text, text);
	s->entry.queue_id_len = code / 100 == 2 ? queueid_find(text,
	    strlen(text), &s->entry.queue_id) : 0;
}

static void
check_line(const char *label, const struct scene *s, size_t max,
    const char *want)
{
	struct buffer b;

	buffer_init(&b, READ_MAX);
	logline_add(&b, &s->entry, max);
	tap_string(label, b.data, want);
	buffer_free(&b);
}

static void
test_success(void)
{
	static const char field[] = "Message-ID: <1@example.org>";
	struct scene s;

	scene_init(&s);
	add_recipient(&s, "bob", NULL);
	add_recipient(&s, "a, b", NULL);
	header_add_line(&s.message.header, field, sizeof(field) - 1);
	set_reply(&s, 250, "2.0.0 it's\n2.0.0 Ok: queued as 4XyZ1b");
	s.account.auth = memory_string("on");
	s.account.user = memory_string("al ice\n");
	s.entry.tls = true;
	s.entry.tls_version = "TLS1.3";
	check_line("a success", &s, SIZE_MAX, "host=mail.example.org tls=on "
	    "auth=on user=al\\x20ice\\x0a from=alice@example.org recipients="
	    "bob@example.net,\"a\\x2c\\x20b\"@example.net mailsize=31 "
	    "smtpstatus=250 smtpmsg='250-2.0.0 it\"s\\n250 2.0.0 Ok: queued "
	    "as 4XyZ1b' exitcode=EX_OK msgid=<1@example.org> queueid=4XyZ1b "
	    "tlsversion=TLS1.3 duration=1.234");
	scene_free(&s);
}

static void
test_failures(void)
{
	struct scene s;

	scene_init(&s);
	add_recipient(&s, "bob", NULL);
	add_recipient(&s, "eve", "550 5.1.1 who's that");
	add_recipient(&s, "x", "450 later");
	set_reply(&s, 250, "");
	fault(&s.fault, FAULT_RECIPIENT, "it's\r\nrefused");
	check_line("a partial one", &s, SIZE_MAX, "host=mail.example.org "
	    "tls=off auth=off from=alice@example.org recipients="
	    "bob@example.net,eve@example.net,x@example.net mailsize=2 "
	    "smtpstatus=250 smtpmsg='250' errormsg='it\"s\\x0d\\x0arefused' "
	    "exitcode=EX_NOUSER refused='eve@example.net: 550 5.1.1 who\"s "
	    "that\\nx@example.net: 450 later' duration=1.234");
	check_line("cut values", &s, 10, "host=mail.examp... "
	    "tls=off auth=off from=alice@exam... recipients="
	    "bob@exampl...,... mailsize=2 "
	    "smtpstatus=250 smtpmsg='250' errormsg='it\"s\\x0d\\x...' "
	    "exitcode=EX_NOUSER refused='eve@exampl...: 550 5.1.1 ..."
	    "\\n...' duration=1.234");
	scene_free(&s);

	scene_init(&s);
	add_recipient(&s, "' exitcode=EX_OK x", "550 no");
	fault(&s.fault, FAULT_RECIPIENT, "refused");
	check_line("a recipient that would be fields", &s, SIZE_MAX,
	    "host=mail.example.org tls=off auth=off from=alice@example.org "
	    "recipients=\"'\\x20exitcode=EX_OK\\x20x\"@example.net "
	    "errormsg='refused' exitcode=EX_NOUSER "
	    "refused='\"\" exitcode=EX_OK x\"@example.net: 550 no' "
	    "duration=1.234");
	scene_free(&s);

	scene_init(&s);
	add_recipient(&s, "bob", NULL);
	s.envelope.recipient[0].state = RECIPIENT_PENDING;
	envelope_set_null_path(&s.envelope);
	fault(&s.fault, FAULT_HOST, "no such host");
	fault_hint(&s.fault, "it isn't \"%s\"", "x");
	check_line("before the connection", &s, SIZE_MAX,
	    "host=mail.example.org tls=off auth=off from= recipients="
	    "bob@example.net errormsg='no such host' exitcode=EX_NOHOST "
	    "hint='it isn\"t \"x\"' duration=1.234");
	scene_free(&s);
}

/* What our own queue and the fallbacks did, in a line of any outcome. */
static void
test_queue(void)
{
	struct scene s;

	scene_init(&s);
	add_recipient(&s, "bob", "450 later");
	fault(&s.fault, FAULT_TEMPORARY, "later");
	s.entry.queued = "Q1";
	check_line("kept in the queue", &s, SIZE_MAX, "host=mail.example.org "
	    "tls=off auth=off from=alice@example.org recipients="
	    "bob@example.net errormsg='later' exitcode=EX_TEMPFAIL "
	    "refused='bob@example.net: 450 later' queued=Q1 duration=1.234");
	s.entry.queued = NULL;
	s.entry.unqueued = "Q1";
	s.entry.dead = "Q1";
	check_line("given up", &s, SIZE_MAX, "host=mail.example.org "
	    "tls=off auth=off from=alice@example.org recipients="
	    "bob@example.net errormsg='later' exitcode=EX_TEMPFAIL "
	    "refused='bob@example.net: 450 later' unqueued=Q1 dead=Q1 "
	    "duration=1.234");
	scene_free(&s);

	scene_init(&s);
	add_recipient(&s, "bob", NULL);
	set_reply(&s, 250, "2.0.0 Ok: queued as 4XyZ1b");
	s.entry.tls_version = "TLS1.3";
	s.entry.by = "my own\n";
	s.entry.queued = "Q2";
	s.entry.unqueued = "Q1";
	s.entry.dead = "Q3";
	s.entry.peer_known = true;
	check_line("all the fields of a queue and a fallback", &s, SIZE_MAX,
	    "host=mail.example.org tls=off auth=off from=alice@example.org "
	    "recipients=bob@example.net mailsize=2 smtpstatus=250 "
	    "smtpmsg='250 2.0.0 Ok: queued as 4XyZ1b' exitcode=EX_OK "
	    "queueid=4XyZ1b tlsversion=TLS1.3 account=my\\x20own\\x0a "
	    "queued=Q2 unqueued=Q1 dead=Q3 peeruid=0 peerpid=0 "
	    "duration=1.234");
	scene_free(&s);
}

static void
test_time(void)
{
	static const struct {
		const char *label;
		const char *format;
		const char *want;
	} rows[] = {
		{ "the default time", NULL, "Jan 02 03:04:05 " },
		{ "no time", "none", "" },
		{ "a format", "%Y-%m-%dT%H:%M:%SZ", "1970-01-02T03:04:05Z " },
		{ "a zone", "%Z", "UTC " },
		{ "an unknown conversion ends it", "a%", "a% " },
	};
	char format[3001], want[4002];
	struct buffer b;

	buffer_init(&b, READ_MAX);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buffer_clear(&b);
		logline_add_time(&b, rows[i].format, 97445);
		tap_string(rows[i].label, b.data == NULL ? "" : b.data,
		    rows[i].want);
	}
	memset(want, 0, sizeof(want));
	for (size_t i = 0; i < 1000; i++) {
		memcpy(format + 2 * i, "%Y", 3);
		memcpy(want + 4 * i, "1970", 5);
	}
	want[4000] = ' ';
	buffer_clear(&b);
	logline_add_time(&b, format, 97445);
	tap_string("a long time", b.data, want);
	buffer_free(&b);
}

/* Writes one entry to the account's log; what the note said is in `noted`. */
static void
write_entry(struct scene *s, const char *syslog)
{
	struct log log;

	buffer_clear(&noted);
	log_init(&log);
	log_open(&log, &s->account, syslog);
	log_write(&log, &s->entry, note);
	log_close(&log);
}

static bool
noted_says(const char *text)
{
	return noted.data != NULL && strstr(noted.data, text) != NULL;
}

static size_t
count_lines(const char *path)
{
	char text[READ_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd == -1 ? -1 : read(fd, text, sizeof(text));
	size_t lines = 0;

	for (ssize_t i = 0; i < n; i++)
		lines += text[i] == '\n';
	if (fd != -1)
		close(fd);
	return lines;
}

/* Another process has the file locked for as long as we live. */
static pid_t
hold_lock(const char *path)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd, ready[2];
	pid_t pid;
	char c;

	if (pipe(ready) == -1)
		return -1;
	pid = fork();
	if (pid == 0) {
		fd = open(path, O_WRONLY);
		if (fd == -1 || fcntl(fd, F_SETLK, &whole) == -1 ||
		    write(ready[1], "x", 1) != 1)
			_exit(1);
		sleep(PATIENCE);
		_exit(0);
	}
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1)
		tap_ok(false, "the lock is held");
	close(ready[0]);
	return pid;
}

static void
test_file(void)
{
	struct scene s;
	struct stat st;
	pid_t pid;

	scene_init(&s);
	s.account.logfile = memory_string("log");
	umask(022);
	write_entry(&s, "none");
	write_entry(&s, "none");
	tap_ok(stat("log", &st) == 0 && (st.st_mode & 0777) == 0640 &&
	    count_lines("log") == 2 && noted.len == 0,
	    "lines are added to a file of mode 640");
	pid = hold_lock("log");
	write_entry(&s, "none");
	tap_ok(count_lines("log") == 3 && noted.len == 0,
	    "a lock that somebody keeps is not waited for");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);

	free(s.account.logfile);
	s.account.logfile = memory_string("no/such/log");
	write_entry(&s, "none");
	tap_ok(noted_says("the log file no/such/log cannot be written: No") &&
	    noted_says("; not logged: ") && noted_says("exitcode=EX_OK"),
	    "a missing folder: %.*s", (int)noted.len - 1, noted.data);
	scene_free(&s);
}

static void
test_fifo(void)
{
	char octets[4096] = "";
	struct scene s;
	int reader;

	scene_init(&s);
	s.account.logfile = memory_string("fifo");
	if (mkfifo("fifo", 0600) == -1)
		tap_ok(false, "a FIFO can be made");
	write_entry(&s, "none");
	tap_ok(noted_says("fifo cannot be written: nobody reads this FIFO"),
	    "a FIFO that nobody has open");
	reader = open("fifo", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	write_entry(&s, "none");
	tap_ok(noted.len == 0 && read(reader, octets, sizeof(octets)) > 0,
	    "a FIFO that somebody reads");
	while (write(reader, octets, sizeof(octets)) > 0)
		;
	write_entry(&s, "none");
	tap_ok(noted_says("fifo cannot be written: nobody reads it"),
	    "a FIFO that is full");
	close(reader);
	scene_free(&s);
}

static int
listen_at(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	memcpy(at.sun_path, path, strlen(path) + 1);
	if (fd == -1 || bind(fd, (const struct sockaddr *)&at,
	    sizeof(at)) == -1)
		tap_ok(false, "a socket for the system log");
	return fd;
}

static void
test_syslog(void)
{
	char got[READ_MAX + 1], name[64];
	struct scene s;
	int fd;
	ssize_t n;

	scene_init(&s);
	s.account.syslog = 2;
	write_entry(&s, "none");
	tap_ok(noted_says("the system log cannot be written: No such file"),
	    "no syslogd");
	fd = listen_at("syslog");
	write_entry(&s, "syslog");
	n = recv(fd, got, READ_MAX, MSG_DONTWAIT);
	got[n < 0 ? 0 : n] = '\0';
	tap_ok(n > 0 && strncmp(got, "<22>", 4) == 0 && got[19] == ' ' &&
	    strncmp(got + 20, "postrider[", 10) == 0 &&
	    strstr(got, "]: host=mail.example.org ") != NULL &&
	    noted.len == 0, "a success has LOG_INFO: %s", got);
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "a-rather-long-name-%d", i);
		add_recipient(&s, name, NULL);
	}
	fault(&s.fault, FAULT_REFUSED, "no");
	write_entry(&s, "syslog");
	n = recv(fd, got, READ_MAX, MSG_DONTWAIT);
	got[n < 0 ? 0 : n] = '\0';
	tap_ok(n > 0 && n < 8192 && strncmp(got, "<19>", 4) == 0 &&
	    strstr(got, ",... mailsize=2 ") != NULL &&
	    strstr(got, " exitcode=EX_UNAVAILABLE ") != NULL,
	    "a failure has LOG_ERR, and fits whatever its recipients");
	for (int i = 0; i < MANY && noted.len == 0; i++)
		write_entry(&s, "syslog");
	tap_ok(noted_says("the system log cannot be written: nobody reads it"),
	    "a syslogd that has stopped reading");
	close(fd);
	write_entry(&s, "syslog");
	tap_ok(noted_says("the system log cannot be written: Conn"),
	    "a syslogd that is gone");
	s.account.logfile = memory_string("no/such/log");
	write_entry(&s, "syslog");
	tap_ok(noted_says("such file or directory; the system log cannot") &&
	    strchr(noted.data, '\n') == noted.data + noted.len - 1,
	    "both in trouble are told at once");
	scene_free(&s);
}

int
main(void)
{
	char folder[] = "/tmp/postrider-log-XXXXXX";
	static const char *const left[] = { "log", "fifo", "syslog" };

	alarm(PATIENCE);
	signal(SIGPIPE, SIG_IGN);
	setenv("TZ", "UTC0", 1);
	buffer_init(&noted, SIZE_MAX / 8);
	test_success();
	test_failures();
	test_queue();
	test_time();
	if (mkdtemp(folder) == NULL || chdir(folder) == -1)
		return 1;
	test_file();
	test_fifo();
	test_syslog();
	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++)
		unlink(left[i]);
	rmdir(folder);
	buffer_free(&noted);
	return tap_done();
}
