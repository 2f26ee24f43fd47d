/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/types.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/wait.h"
#include "config/password/password.h"

#define TERM_GRACE 500		/* milliseconds from SIGTERM to SIGKILL */
#define WHY_MAX (64 * 1024)	/* octets of a fault's text */
#define DROP_SIZE 4096		/* octets read at once when nobody wants them */
#define EXIT_NOT_RUN 127	/* as of a shell that found no command */
#define HINT "hint: "
#define TERMINAL "/dev/tty"

/* What the parent holds while the command runs. */
struct run {
	pid_t pid;
	int out[2];		/* pipes; an end that is closed is -1 */
	int err[2];
	int ended[2];		/* readable when a child has ended */
	bool apart;		/* it has a process group of its own */
	bool catching;		/* signals are caught for its sake */
	struct sigaction before;
	sigset_t mask;
};

/*
 * Written to by the handler. Static since a handler has no argument; only one
 * command runs at a time.
 */
static int ended_write = -1;

static void
note_child(int number)
{
	int error = errno;

	(void)number;
	if (write(ended_write, "", 1) == -1) {
		/* the pipe is full, so that it is readable already */
	}
	errno = error;
}

void
child_init(struct child *child)
{
	memset(child, 0, sizeof(*child));
	buffer_init(&child->out, CHILD_OUTPUT_MAX);
	buffer_init(&child->err, CHILD_ERROR_MAX);
}

void
child_free(struct child *child)
{
	buffer_wipe(&child->out);
	buffer_wipe(&child->err);
}

/* Adds ": " and what it wrote to standard error, its lines joined to one; the
 * remedy that it knows is put into `hint`. */
static void
add_error(struct buffer *b, const struct child *child, struct buffer *hint)
{
	const char *s = child->err.data, *before = ": ";
	size_t n = child->err.len, line, word = sizeof(HINT) - 1;

	while (n > 0) {
		line = 0;
		while (line < n && s[line] != '\n' && s[line] != '\r')
			line++;
		if (line > word && memcmp(s, HINT, word) == 0) {
			buffer_clear(hint);
			buffer_add(hint, s + word, line - word);
		} else if (line > 0) {
			buffer_add_string(b, before);
			buffer_add(b, s, line);
			before = " / ";
		}
		line += line < n;
		s += line;
		n -= line;
	}
	if (child->err.full)
		buffer_add_string(b, " ...");
}

/* Why there is no line that can be used; false when there is one. */
static bool
has_failed(const struct child *child, int64_t seconds, const char *nothing,
    struct buffer *why, struct buffer *hint)
{
	const struct buffer *out = &child->out;
	size_t n = text_line(out->data, out->len);

	if (child->signal != NULL)
		buffer_printf(why, " was ended because of %s", child->signal);
	else if (child->timed_out)
		buffer_printf(why, " did not end within %lld s",
		    (long long)seconds);
	else if (WIFSIGNALED(child->status))
		buffer_printf(why, " failed with signal %d",
		    WTERMSIG(child->status));
	else if (child->status != 0)
		buffer_printf(why, " failed with exit status %d",
		    WEXITSTATUS(child->status));
	else if (out->full && memchr(out->data, '\n', out->len) == NULL)
		buffer_add_string(why, " printed no end of line");
	else if (n == 0)
		buffer_printf(why, " printed %s", nothing);
	else if (memchr(out->data, '\0', n) != NULL)
		buffer_add_string(why, " printed a NUL character");
	else
		return false;
	add_error(why, child, hint);
	return true;
}

static void
close_one(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

/*
 * Are we whom somebody at the terminal talks to? Then so must be the command,
 * which may ask him: what is of another process group is stopped there.
 */
static bool
has_foreground(void)
{
	struct file tty;
	bool has;

	if (file_open(&tty, TERMINAL) == -1)
		return false;
	has = tcgetpgrp(tty.fd) == getpgrp();
	file_close(&tty);
	return has;
}

/* Runs in the child, where no memory may be allocated. */
static void
exec_program(const char *const argv[], const struct run *run)
{
	int out = run->out[1], err = run->err[1];
	static const char failed[] = "cannot be run\n";
	struct sigaction act;
	sigset_t none;
	int in = open("/dev/null", O_RDONLY);

	if (run->apart)
		setpgid(0, 0);
	memset(&act, 0, sizeof(act));
	act.sa_handler = SIG_DFL;
	sigemptyset(&act.sa_mask);
	for (int i = 1; i < NSIG; i++)
		sigaction(i, &act, NULL); /* fails for KILL and STOP */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (in == -1 || dup2(in, STDIN_FILENO) == -1 ||
	    dup2(out, STDOUT_FILENO) == -1 || dup2(err, STDERR_FILENO) == -1)
		_exit(EXIT_NOT_RUN);
	if (in > STDERR_FILENO)
		close(in);
	execv(argv[0], (char *const *)(uintptr_t)argv);
	if (write(STDERR_FILENO, failed, sizeof(failed) - 1) == -1) {
		/* the exit status tells it, too */
	}
	_exit(EXIT_NOT_RUN);
}

/* -1 with errno. finish() is to be called in either case. */
static int
start(struct run *run, const char *const argv[])
{
	struct sigaction act;
	sigset_t child_only;

	memset(&act, 0, sizeof(act));
	act.sa_handler = note_child;
	act.sa_flags = SA_RESTART | SA_NOCLDSTOP;
	sigemptyset(&act.sa_mask);
	/* this also undoes an inherited SIG_IGN, with which waitpid(2)
	 * does not work */
	sigaction(SIGCHLD, &act, &run->before);
	sigemptyset(&child_only);
	sigaddset(&child_only, SIGCHLD);
	sigprocmask(SIG_UNBLOCK, &child_only, &run->mask);
	if (wait_pipe(run->out) == -1 || wait_pipe(run->err) == -1 ||
	    wait_pipe(run->ended) == -1)
		return -1;
	wait_nonblocking(run->out[0]);
	wait_nonblocking(run->err[0]);
	wait_nonblocking(run->ended[0]);
	wait_nonblocking(run->ended[1]);
	ended_write = run->ended[1];
	run->catching = wait_catch_signals();
	run->apart = !has_foreground();
	run->pid = fork();
	if (run->pid == 0)
		exec_program(argv, run);
	if (run->pid == -1)
		return -1;
	/* whichever of the two comes first */
	if (run->apart)
		setpgid(run->pid, run->pid);
	close_one(&run->out[1]);
	close_one(&run->err[1]);
	return 0;
}

static void
finish(struct run *run)
{
	sigprocmask(SIG_SETMASK, &run->mask, NULL);
	sigaction(SIGCHLD, &run->before, NULL);
	ended_write = -1;
	for (int i = 0; i < 2; i++) {
		close_one(&run->out[i]);
		close_one(&run->err[i]);
		close_one(&run->ended[i]);
	}
	if (run->catching)
		wait_uncatch_signals();
}

/* Reads what is there, and keeps as much as fits. */
static void
drain(int *fd, struct buffer *b)
{
	char drop[DROP_SIZE], *to;
	size_t room;
	ssize_t n;

	while (*fd != -1) {
		room = b->max - b->len;
		to = room > 0 ? buffer_reserve(b, room) : drop;
		n = read(*fd, to, room > 0 ? room : sizeof(drop));
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (n <= 0)
			close_one(fd);
		else if (room > 0)
			buffer_commit(b, (size_t)n);
		else
			b->full = true;
	}
	memory_wipe(drop, sizeof(drop));
}

static bool
has_ended(struct run *run, struct child *child)
{
	pid_t pid;

	do {
		pid = waitpid(run->pid, &child->status, WNOHANG);
	} while (pid == -1 && errno == EINTR);
	return pid == run->pid;
}

/* Reads output until the child has ended; false when the time is up first. */
static bool
attend(struct run *run, struct child *child, int64_t deadline)
{
	struct pollfd p[3];
	char drop[DROP_SIZE];

	while (!has_ended(run, child)) {
		p[0] = (struct pollfd){ run->ended[0], POLLIN, 0 };
		p[1] = (struct pollfd){ run->out[0], POLLIN, 0 };
		p[2] = (struct pollfd){ run->err[0], POLLIN, 0 };
		if (wait_poll(p, 3, deadline) == 0)
			return false;
		if (p[0].revents != 0 &&
		    read(run->ended[0], drop, sizeof(drop)) == -1)
			continue;
		if (p[1].revents != 0)
			drain(&run->out[0], &child->out);
		if (p[2].revents != 0)
			drain(&run->err[0], &child->err);
	}
	/* all that it wrote is in the pipes by now; commands that it
	 * left in the background may keep them open, and are not waited for */
	drain(&run->out[0], &child->out);
	drain(&run->err[0], &child->err);
	return true;
}

/*
 * Its time is up, or a signal ends us: the command is asked to end, and made to
 * a moment later, with all its children where they are a group.
 */
static void
end_command(struct run *run, struct child *child)
{
	pid_t whom = run->apart ? -run->pid : run->pid;
	bool over;

	child->timed_out = true;
	child->signal = wait_signal();
	wait_hold();
	kill(whom, SIGTERM);
	over = attend(run, child, clock_after(TERM_GRACE));
	if (run->apart || !over)
		kill(whom, SIGKILL);
	/* one that hangs in the kernel is left */
	if (!over)
		attend(run, child, clock_after(TERM_GRACE));
	wait_release();
}

int
child_run(struct child *child, const char *const argv[], int64_t ms,
    struct fault *f)
{
	struct run run = { .pid = -1, .out = { -1, -1 }, .err = { -1, -1 },
	    .ended = { -1, -1 } };
	int r = 0;

	/* at once: a buffer that grows leaves copies of a secret behind */
	buffer_reserve(&child->out, CHILD_OUTPUT_MAX);
	if (start(&run, argv) == -1) {
		r = fault(f, FAULT_SYSTEM, "cannot run a command: %s",
		    strerror(errno));
	} else if (!attend(&run, child, clock_after(ms))) {
		end_command(&run, child);
	}
	finish(&run);
	return r;
}

int
child_first_line(const char *const argv[], int64_t seconds,
    const char *nothing, struct secret *line, struct fault *f)
{
	struct child child;
	struct buffer why, hint;
	int r;

	child_init(&child);
	buffer_init(&why, WHY_MAX);
	buffer_init(&hint, CHILD_ERROR_MAX);
	r = child_run(&child, argv, seconds * 1000, f);
	if (r == -1) {
		fault_prefix(f, ": ");
	} else if (has_failed(&child, seconds, nothing, &why, &hint)) {
		r = fault(f, child.timed_out ? FAULT_TEMPORARY :
		    fault_of_command(WIFEXITED(child.status) ?
		    WEXITSTATUS(child.status) : 0), "%s", why.data);
		if (hint.len > 0)
			fault_hint(f, "%s", hint.data);
	} else {
		secret_set(line, child.out.data, text_line(child.out.data,
		    child.out.len));
	}
	buffer_free(&why);
	buffer_free(&hint);
	child_free(&child);
	return r;
}
