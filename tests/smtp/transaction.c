/* SPDX-License-Identifier: ISC */
/* transaction: several transactions, step by step, over one session. */
#include <sys/socket.h>
#include <sys/wait.h>

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "mail/message/message.h"
#include "wire/conn.h"
#include "smtp/transaction.h"
#include "smtp/session.h"
#include "tests/tap.h"

#define PROGRESS_MS 20000

/* What the server waits for, and what it says then. */
struct turn {
	const char *heard;
	const char *said;
};

static const struct turn turns[] = {
	{ "MAIL FROM:<alice@example.org> SIZE=100 BODY=8BITMIME\r\n"
	    "RCPT TO:<bob@example.net>\r\n"
	    "RCPT TO:<carol@example.net>\r\n",
	    "250 2.1.0 sender\r\n250 2.1.5 fine\r\n"
	    "550-5.1.1 nobody\r\n550 5.1.1 here\r\n" },
	{ "RCPT TO:<dan@example.net>\r\n", "451 4.2.0 later\r\n" },
	{ "DATA\r\n", "354 go\r\n" },
	{ "Subject: x\r\n\r\n..dot\r\n.\r\n", "250 2.0.0 taken\r\n" },
	{ "MAIL FROM:<alice@example.org>\r\n", "250 again\r\n" },
	{ "RSET\r\n", "250 reset\r\n" },
	{ "MAIL FROM:<alice@example.org>\r\nRCPT TO:<bob@example.net>\r\n",
	    "250 sender\r\n250 fine\r\n" },
	{ "DATA\r\n", "452 4.3.1 full\r\n" },
	{ "RSET\r\n", "502 what?\r\n" },
};

/* Each turn: exactly these octets, then the reply. The exit status is the
 * number of the turn that went wrong, 0 for none. */
static int
serve(int fd)
{
	char heard[512] = "";
	size_t want, have;
	ssize_t n;

	for (size_t i = 0; i < sizeof(turns) / sizeof(turns[0]); i++) {
		want = strlen(turns[i].heard);
		for (have = 0; have < want; have += (size_t)n) {
			n = read(fd, heard + have, want - have);
			if (n <= 0)
				return (int)i + 1;
		}
		if (memcmp(heard, turns[i].heard, want) != 0 ||
		    write(fd, turns[i].said, strlen(turns[i].said)) < 0)
			return (int)i + 1;
	}
	return 0;
}

static void
add(struct envelope *e, const char *local)
{
	struct mailbox box = { NULL, (char *)(uintptr_t)local,
	    (char *)(uintptr_t)"example.net" };

	envelope_add(e, &box);
}

static void
read_text(struct message *m, const char *text)
{
	struct fault f = { .class = FAULT_NONE };
	int fd[2];

	message_init(m);
	if (pipe(fd) == 0 && write(fd[1], text, strlen(text)) > 0) {
		close(fd[1]);
		message_read(m, fd[0], MESSAGE_DOT_TEXT, &f);
		close(fd[0]);
	}
	fault_clear(&f);
}

static int
send_content(struct transaction *t, const struct message *m, struct fault *f)
{
	if (content_data(t, f) == -1 || transaction_sync(t, f) == -1)
		return -1;
	return reply_digit(&t->data) != 3 ? 0 :
	    content_send_data(t, m, false, f);
}

/* One recipient refused, one deferred in a group of its own, one served. */
static void
deliver(struct session *s, struct envelope *e, const struct message *m,
    struct fault *f)
{
	struct transaction c;
	const struct reply *r;

	transaction_init(&c, s, e, true);
	add(e, "bob");
	add(e, "carol");
	tap_ok(transaction_mail(&c, 100, true, false, f) == 0 &&
		   transaction_rcpt(&c, 0, f) == 0 &&
		   transaction_rcpt(&c, 1, f) == 0 && c.mail.code == 0,
	       "a group does not wait");
	tap_ok(transaction_sync(&c, f) == 0 && c.mail.code == 250,
	    "its replies come with the sync");
	tap_ok(transaction_reply(&c, 0)->code == 250 &&
	    e->recipient[0].state == RECIPIENT_ACCEPTED, "who is accepted");
	r = transaction_reply(&c, 1);
	tap_ok(r->code == 550 && reply_has_status(r, 1, 1) &&
	    e->recipient[1].state == RECIPIENT_REFUSED, "who is refused");
	tap_same("the reply is kept as it was", r->text.data, r->text.len,
	    "5.1.1 nobody\n5.1.1 here", 23);
	add(e, "dan");
	tap_ok(transaction_reply(&c, 2)->code == 0, "nothing was asked yet");
	tap_ok(transaction_rcpt(&c, 2, f) == 0 &&
		   transaction_sync(&c, f) == 0 &&
		   transaction_reply(&c, 2)->code == 451 &&
		   e->recipient[2].state == RECIPIENT_DEFERRED,
	       "a recipient that comes later");
	tap_ok(send_content(&c, m, f) == 0 &&
		   transaction_final(&c)->code == 250 &&
		   e->recipient[0].state == RECIPIENT_DELIVERED &&
		   e->recipient[1].state == RECIPIENT_REFUSED,
	       "the message");
	transaction_free(&c);
}

static void
reset_and_refuse(struct session *s, struct envelope *e,
    const struct message *m, struct fault *f)
{
	struct transaction c;

	transaction_init(&c, s, e, true);
	tap_ok(transaction_mail(&c, 0, false, true, f) == 0 &&
	    transaction_sync(&c, f) == 0 && c.mail.code == 250,
	    "another one in the same session");
	tap_ok(transaction_reset(&c, f) == 0, "reset");
	transaction_free(&c);
	transaction_init(&c, s, e, false);
	e->recipient[0].state = RECIPIENT_PENDING;
	tap_ok(transaction_mail(&c, 0, false, false, f) == 0 &&
		   transaction_rcpt(&c, 0, f) == 0 &&
		   transaction_sync(&c, f) == 0,
	       "and another one");
	tap_ok(send_content(&c, m, f) == 0 &&
		   transaction_final(&c)->code == 452 &&
		   e->recipient[0].state == RECIPIENT_ACCEPTED,
	       "DATA is refused: a verdict, nobody has it");
	tap_ok(transaction_reset(&c, f) == -1 && f->class == FAULT_REFUSED,
	    "a reset that is refused");
	transaction_free(&c);
}

static void
converse(int fd)
{
	struct fault f = { .class = FAULT_NONE };
	struct session_params params = { .host = "test" };
	struct session s = { .params = &params };
	struct mailbox alice = { NULL, (char *)(uintptr_t)"alice",
	    (char *)(uintptr_t)"example.org" };
	struct message m;
	struct envelope e;

	read_text(&m, "Subject: x\n\n.dot\n");
	envelope_init(&e);
	envelope_set_path(&e, &alice);
	s.conn = conn_new(fd, fd, "test:25", PROGRESS_MS);
	dialogue_init(&s.dialogue, s.conn, NULL);
	s.dialogue.timeout_ms = PROGRESS_MS;
	s.dialogue.pipelining = true;
	s.capabilities.has[CAP_SIZE] = true;
	s.capabilities.has[CAP_8BITMIME] = true;
	deliver(&s, &e, &m, &f);
	reset_and_refuse(&s, &e, &m, &f);
	fault_clear(&f);
	session_close(&s);
	envelope_free(&e);
	message_free(&m);
}

int
main(void)
{
	int fd[2], status = -1;
	pid_t child;

	signal(SIGPIPE, SIG_IGN);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1)
		return 1;
	child = fork();
	if (child == 0) {
		close(fd[0]);
		_exit(serve(fd[1]));
	}
	close(fd[1]);
	converse(fd[0]);
	waitpid(child, &status, 0);
	tap_ok(WIFEXITED(status) && WEXITSTATUS(status) == 0,
	    "the server heard what it should (turn %d)", WEXITSTATUS(status));
	return tap_done();
}
