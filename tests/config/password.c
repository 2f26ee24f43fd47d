/* SPDX-License-Identifier: ISC */
/* Commands that print passwords: what is taken, and how they fail. */
#include <sys/wait.h>

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "config/account/account.h"
#include "config/password/password.h"
#include "tests/tap.h"

#define PATIENCE 60000	/* milliseconds; no test here waits that long */

static const struct {
	const char *label;
	const char *command;
	const char *password;	/* NULL: */
	enum fault_class class;
	const char *fault;
} rows[] = {
	{ "a line", "echo hunter2", "hunter2", FAULT_NONE, NULL },
	{ "no line end", "printf hunter2", "hunter2", FAULT_NONE, NULL },
	{ "CRLF", "printf 'hunter2\\r\\n'", "hunter2", FAULT_NONE, NULL },
	{ "the first line", "printf 'hunter2\\nuser: me\\n'", "hunter2",
	    FAULT_NONE, NULL },
	{ "blanks are part of it", "printf ' a b \\n'", " a b ", FAULT_NONE,
	    NULL },
	{ "standard error is no password", "echo warning >&2; echo x", "x",
	    FAULT_NONE, NULL },
	{ "standard input is empty", "cat; echo x", "x", FAULT_NONE, NULL },
	{ "more output than is kept", "echo x; yes | head -c 300000", "x",
	    FAULT_NONE, NULL },
	{ "much on standard error", "yes | head -c 300000 >&2; echo x", "x",
	    FAULT_NONE, NULL },
	{ "output closed early", "echo x; exec >&- 2>&-; true", "x",
	    FAULT_NONE, NULL },
	{ "a pipeline", "echo y | tr y x", "x", FAULT_NONE, NULL },
	{ "nothing", "true", NULL, FAULT_COMMAND, "printed no password" },
	{ "an empty line", "echo; echo x", NULL, FAULT_COMMAND,
	    "printed no password" },
	{ "a NUL", "printf 'a\\000b\\n'", NULL, FAULT_COMMAND,
	    "printed a NUL" },
	{ "a line without end", "yes | tr -d '\\n' | head -c 300000", NULL,
	    FAULT_COMMAND, "printed no end of line" },
	{ "a status", "echo hunter2; exit 3", NULL, FAULT_COMMAND,
	    "failed with exit status 3" },
	{ "a status and why", "printf 'no key\\nno luck\\n' >&2; exit 2",
	    NULL, FAULT_COMMAND,
	    "failed with exit status 2: no key / no luck" },
	{ "control characters in why", "printf '\\033[31mred\\n' >&2; exit 2",
	    NULL, FAULT_COMMAND, "exit status 2: \\x1b[31mred" },
	{ "much why", "yes | head -c 300000 >&2; exit 1", NULL, FAULT_COMMAND,
	    " / y / y ..." },
	{ "no such command", "/nonexistent/command", NULL, FAULT_COMMAND,
	    "failed with exit status 127: " },
	{ "a signal", "kill -KILL $$", NULL, FAULT_COMMAND,
	    "failed with signal 9" },
	{ "PIPE is as by default", "kill -PIPE $$; echo x", NULL,
	    FAULT_COMMAND, "failed with signal 13" },
	{ "nothing is blocked", "kill -TERM $$; echo x", NULL, FAULT_COMMAND,
	    "failed with signal 15" },
};

static void
test_row(size_t i)
{
	struct account a;
	struct secret secret = { NULL, 0 };
	struct fault f = { 0 };
	char name[] = "work", *command = memory_string(rows[i].command);
	int r;

	account_init(&a);
	a.name = name;
	a.passwordeval = command;
	r = account_password(&a, &secret, NULL, &f);
	if (rows[i].password != NULL)
		tap_ok(r == 0 && secret.len == strlen(rows[i].password) &&
		    memcmp(secret.bytes, rows[i].password, secret.len) == 0,
		    "%s%s%s", rows[i].label, f.text == NULL ? "" : ": ",
		    f.text == NULL ? "" : f.text);
	else
		tap_ok(r == -1 && f.class == rows[i].class &&
		    strstr(f.text, rows[i].fault) != NULL &&
		    strstr(f.text, "hunter2") == NULL && f.hint != NULL,
		    "%s: %.300s", rows[i].label, f.text == NULL ? "taken" :
		    f.text);
	secret_clear(&secret);
	fault_clear(&f);
	free(command);
}

/* One that has ended and nobody has asked about is not. */
static bool
is_alive(long pid)
{
	char path[64], state = 'Z';
	FILE *stat;

	if (kill((pid_t)pid, 0) == -1)
		return false;
	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	stat = fopen(path, "r");
	if (stat == NULL)
		return false;
	if (fscanf(stat, "%*d %*s %c", &state) != 1)
		state = 'Z';
	fclose(stat);
	return state != 'Z';
}

/* Ended by TERM, ended by KILL: neither is waited for longer than asked. */
static void
test_timeout(void)
{
	static const char *const commands[] = {
		"echo partly; exec sleep 50",
		"trap '' TERM; echo partly; while :; do sleep 1; done",
		"exec >&- 2>&-; exec sleep 50",
	};
	struct child child;
	struct fault f = { 0 };

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		child_init(&child);
		tap_ok(child_run(&child, CHILD_SHELL(commands[i]), 200,
		    &f) == 0 && child.timed_out && WIFSIGNALED(child.status),
		    "a command that hangs: %s", commands[i]);
		child_free(&child);
	}
}

/* Not only the shell ends: its children do, be they deaf to SIGTERM. */
static void
test_group(void)
{
	static const char *const commands[] = {
		"sleep 50 & echo $!; wait",
		"(trap '' TERM; while :; do sleep 1; done) & echo $!; wait",
	};
	struct child child;
	struct fault f = { 0 };
	long pid;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		child_init(&child);
		child_run(&child, CHILD_SHELL(commands[i]), 500, &f);
		pid = child.out.len == 0 ? 0 : strtol(child.out.data, NULL,
		    10);
		/* its parent is gone: it is another's to be waited for */
		for (int n = 0; n < 1000 && pid > 1 && is_alive(pid); n++)
			poll(NULL, 0, 10);
		tap_ok(child.timed_out && pid > 1 && !is_alive(pid),
		    "its children end, too: %s", commands[i]);
		child_free(&child);
	}
}

/* It holds both pipes open for longer than there is time. */
static void
test_background(void)
{
	struct child child;
	struct fault f = { 0 };
	long pid;

	child_init(&child);
	tap_ok(child_run(&child, CHILD_SHELL("sleep 50 & echo $!"), 10000,
	    &f) == 0 &&
	    !child.timed_out && child.status == 0,
	    "what is left in the background is not waited for");
	pid = child.out.len == 0 ? 0 : strtol(child.out.data, NULL, 10);
	tap_ok(pid > 1 && kill((pid_t)pid, SIGTERM) == 0,
	    "and its number was printed");
	child_free(&child);
}

static void
test_timeout_fault(void)
{
	char command[] = "echo gpg: waiting >&2; exec sleep 50";
	struct account a;
	struct secret secret = { NULL, 0 };
	struct fault f = { 0 };

	account_init(&a);
	a.passwordeval = command;
	a.passwordeval_timeout = 1;
	account_password(&a, &secret, NULL, &f);
	tap_ok(f.class == FAULT_TEMPORARY && strstr(f.text,
	    "did not end within 1 s: gpg: waiting") != NULL &&
	    strstr(f.hint, "passwordeval_timeout") != NULL, "it is "
	    "temporary: %s", f.text);
	fault_clear(&f);
}

/* The caller's own habits with signals are neither in the way nor changed. */
static void
test_signals(void)
{
	struct sigaction ignore, after;
	struct child child;
	struct fault f = { 0 };
	sigset_t all, mask;

	memset(&ignore, 0, sizeof(ignore));
	ignore.sa_handler = SIG_IGN;
	sigaction(SIGCHLD, &ignore, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	child_init(&child);
	tap_ok(child_run(&child, CHILD_SHELL("exit 5"), PATIENCE, &f) == 0 &&
	    WIFEXITED(child.status) && WEXITSTATUS(child.status) == 5,
	    "SIGCHLD ignored and all signals blocked");
	child_free(&child);
	sigaction(SIGCHLD, NULL, &after);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	tap_ok(after.sa_handler == SIG_IGN && sigismember(&mask, SIGCHLD) == 1,
	    "and afterwards as before");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strncmp(rows[i].command, "kill", 4) == 0)
			test_row(i);
	sigprocmask(SIG_UNBLOCK, &all, NULL);
}

/* Descriptors that are closed must not be mixed up with the pipes. */
static void
test_closed_descriptors(void)
{
	struct child child;
	struct fault f = { 0 };
	int in = dup(STDIN_FILENO), err = dup(STDERR_FILENO), r;

	close(STDIN_FILENO);
	close(STDERR_FILENO);
	child_init(&child);
	r = child_run(&child, CHILD_SHELL("cat; echo out; echo err >&2"),
	    PATIENCE, &f);
	dup2(in, STDIN_FILENO);
	dup2(err, STDERR_FILENO);
	close(in);
	close(err);
	tap_ok(r == 0 && child.out.len == 4 && child.err.len == 4 &&
	    child.status == 0, "standard descriptors closed");
	child_free(&child);
}

static void
test_order(void)
{
	char command[] = "echo from the command", user[] = "me";
	struct account a;
	struct secret secret = { NULL, 0 };
	struct fault f = { 0 };

	account_init(&a);
	a.user = user;
	tap_ok(account_password(&a, &secret, NULL, &f) == -1 &&
	    f.class == FAULT_CONFIG && strstr(f.hint, "passwordeval") != NULL,
	    "no password: %s", f.text == NULL ? "" : f.text);
	fault_clear(&f);
	a.passwordeval = command;
	secret_set(&a.password, "from the file", 13);
	tap_ok(account_password(&a, &secret, NULL, &f) == 0 &&
	    strcmp(secret.bytes, "from the file") == 0,
	    "password comes before passwordeval");
	secret_clear(&secret);
	secret_clear(&a.password);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test_row(i);
	test_timeout();
	test_group();
	test_background();
	test_timeout_fault();
	test_signals();
	test_closed_descriptors();
	test_order();
	return tap_done();
}
