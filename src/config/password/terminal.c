/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/account/account.h"
#include "config/password/password.h"

#define ANSWER_MAX 4096		/* octets; a terminal's line has no more */
#define PROMPT_MAX 4096		/* octets */

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

/* Static since a handler has no argument; only one question at a time. */
static volatile sig_atomic_t caught;

static void
catch(int number)
{
	caught = number;
}

static void
say(int fd, const char *text, size_t n)
{
	ssize_t done;

	while (n > 0 && caught == 0) {
		done = write(fd, text, n);
		if (done == -1)
			return;	/* the answer may come all the same */
		text += done;
		n -= (size_t)done;
	}
}

/* Reads a line, without its end; -1 after a signal or an error. */
static int
read_answer(int fd, char *answer, size_t *len)
{
	char c;
	ssize_t n;

	*len = 0;
	while (caught == 0) {
		n = read(fd, &c, 1);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		if (n == 0 || c == '\n')
			return 0;
		if (*len < ANSWER_MAX)
			answer[(*len)++] = c;
	}
	return -1;
}

/*
 * Asks once, with echo off. Signals are caught while echo is off; the caller
 * raises the one that came once the terminal is as before.
 */
static int
ask_once(int fd, const struct buffer *prompt, char *answer, size_t *len)
{
	struct sigaction sa, before[SIGNALS];
	struct termios shown, hidden;
	int r = -1;

	if (tcgetattr(fd, &shown) == -1)
		return -1;
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = catch;	/* no SA_RESTART: a signal ends read(2) */
	caught = 0;
	for (size_t i = 0; i < SIGNALS; i++) {
		sigaction(signals[i], NULL, &before[i]);
		if (before[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &sa, NULL);
	}
	if (tcsetattr(fd, TCSAFLUSH, &hidden) == 0) {
		say(fd, prompt->data, prompt->len);
		r = read_answer(fd, answer, len);
		tcsetattr(fd, TCSAFLUSH, &shown);
		say(fd, "\n", 1);
	}
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &before[i], NULL);
	return r;
}

static int
ask(int fd, const struct buffer *prompt, struct secret *secret,
    struct fault *f)
{
	char answer[ANSWER_MAX];
	size_t len = 0;
	int r;

	do {
		r = ask_once(fd, prompt, answer, &len);
		if (caught != 0)
			raise(caught);
		/* when we are continued after a stop, we ask again */
	} while (r == -1 && caught == SIGTSTP);
	if (r == 0 && len > 0 && memchr(answer, '\0', len) == NULL) {
		secret_set(secret, answer, len);
		r = 1;
	} else {
		r = fault(f, FAULT_CONFIG, "no password was typed");
	}
	memory_wipe(answer, sizeof(answer));
	return r;
}

int
terminal_password(const struct account *account, struct secret *secret,
    struct fault *f)
{
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC), r;
	const char *host = account_host(account);
	struct buffer prompt;

	if (fd == -1)
		return 0;
	if (tcgetpgrp(fd) != getpgrp()) {
		close(fd);
		return 0;
	}
	buffer_init(&prompt, PROMPT_MAX);
	buffer_add_string(&prompt, "postrider: password of ");
	text_add_printable(&prompt, account->user, strlen(account->user));
	buffer_add_string(&prompt, " at ");
	text_add_printable(&prompt, host, strlen(host));
	buffer_add_string(&prompt, ": ");
	r = ask(fd, &prompt, secret, f);
	buffer_free(&prompt);
	close(fd);
	return r;
}
