/* SPDX-License-Identifier: ISC */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace.h"

void
die(const char *what)
{
	fprintf(stderr, "syscalls: %s: %s\n", what, strerror(errno));
	exit(2);
}

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <elf.h>

#ifdef __aarch64__
#include <asm/ptrace.h>
#ifndef NT_ARM_SYSTEM_CALL
#define NT_ARM_SYSTEM_CALL 0x404
#endif
typedef struct user_pt_regs registers;
#else
typedef struct user_regs_struct registers;
#endif

bool
trace_is_possible(void)
{
	return true;
}

/* ---- The registers. */

static void
get_registers(pid_t pid, registers *r)
{
	struct iovec part = { r, sizeof(*r) };

	if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &part) == -1)
		die("registers");
}

static void
set_registers(pid_t pid, registers *r)
{
	struct iovec part = { r, sizeof(*r) };

	if (ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &part) == -1)
		die("registers");
}

static void
read_call(pid_t pid, struct call *c)
{
	registers r;

	get_registers(pid, &r);
#ifdef __aarch64__
	c->number = (long)r.regs[8];
	for (int i = 0; i < 6; i++)
		c->argument[i] = r.regs[i];
#else
	c->number = (long)r.orig_rax;
	c->argument[0] = r.rdi;
	c->argument[1] = r.rsi;
	c->argument[2] = r.rdx;
	c->argument[3] = r.r10;
	c->argument[4] = r.r8;
	c->argument[5] = r.r9;
#endif
}

/* Something harmless is called instead. */
static void
replace_call(pid_t pid)
{
#ifdef __aarch64__
	int number = SYS_getpid;
	struct iovec part = { &number, sizeof(number) };

	if (ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &part) == -1)
		die("registers");
#else
	registers r;

	get_registers(pid, &r);
	r.orig_rax = SYS_getpid;
	set_registers(pid, &r);
#endif
}

static long
read_result(pid_t pid)
{
	registers r;

	get_registers(pid, &r);
#ifdef __aarch64__
	return (long)r.regs[0];
#else
	return (long)r.rax;
#endif
}

static void
write_result(pid_t pid, long result)
{
	registers r;

	get_registers(pid, &r);
#ifdef __aarch64__
	r.regs[0] = (unsigned long)result;
#else
	r.rax = (unsigned long)result;
#endif
	set_registers(pid, &r);
}

/* ---- Its memory. */

void
trace_peek(pid_t pid, unsigned long address, char *to, size_t n)
{
	struct iovec here, there = { (void *)address, n };

	here.iov_base = to;
	here.iov_len = n;
	if (n > 0 && process_vm_readv(pid, &here, 1, &there, 1, 0) !=
	    (ssize_t)n)
		die("memory");
}

void
trace_peek_string(pid_t pid, unsigned long address, char *to, size_t size)
{
	size_t n;

	for (n = 0; n + 1 < size; n++) {
		trace_peek(pid, address + n, to + n, 1);
		if (to[n] == '\0')
			return;
	}
	to[n] = '\0';
}

/* ---- Running it. */

static pid_t
start(char *const command[])
{
	pid_t pid = fork();
	int status;

	if (pid == -1)
		die("fork");
	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1)
			die("ptrace");
		raise(SIGSTOP);
		execvp(command[0], command);
		die(command[0]);
	}
	if (waitpid(pid, &status, 0) == -1 || !WIFSTOPPED(status))
		die("the program cannot be traced");
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)(PTRACE_O_EXITKILL |
	    PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC)) == -1)
		die("ptrace");
	return pid;
}

static bool
opens(pid_t pid, const struct call *c, const char *what)
{
	unsigned long address;
	char path[4096];

	if (c->number == SYS_openat)
		address = c->argument[1];
#ifdef SYS_open
	else if (c->number == SYS_open)
		address = c->argument[0];
#endif
	else
		return false;
	trace_peek_string(pid, address, path, sizeof(path));
	return strstr(path, what) != NULL;
}

static bool
hears(pid_t pid, const struct call *c, const char *what)
{
	char text[4096];
	size_t n = strlen(what), len;

	if (c->number != SYS_read || c->result <= 0)
		return false;
	len = (size_t)c->result < sizeof(text) ? (size_t)c->result :
	    sizeof(text);
	trace_peek(pid, c->argument[1], text, len);
	for (size_t i = 0; i + n <= len; i++)
		if (memcmp(text + i, what, n) == 0)
			return true;
	return false;
}

/*
 * A program that has made itself not dumpable can be looked into by root only.
 * This one is not what is tested here.
 */
static bool
hides(const struct call *c)
{
	return c->number == SYS_prctl && c->argument[0] == PR_SET_DUMPABLE;
}

struct progress {
	bool counting;
	bool within;		/* a system call */
	enum verdict verdict;
	struct call call;
};

static void
at_call(pid_t pid, struct watcher *w, struct progress *p)
{
	struct call *c = &p->call;

	p->within = !p->within;
	if (p->within) {
		read_call(pid, c);
		if (hides(c))
			replace_call(pid);
		p->counting = p->counting ||
		    (w->from != NULL && opens(pid, c, w->from));
		p->verdict = !p->counting || w->before == NULL ? TRACE_GO :
		    w->before(w, pid, c);
		if (p->verdict == TRACE_KILL)
			kill(pid, SIGKILL);
		else if (p->verdict == TRACE_SIGNAL)
			kill(pid, w->signal);
		else if (p->verdict == TRACE_FAIL)
			replace_call(pid);
		return;
	}
	if (p->verdict == TRACE_FAIL)
		write_result(pid, -w->error);
	c->result = read_result(pid);
	if (p->counting && w->after != NULL)
		w->after(w, pid, c);
	p->counting = p->counting ||
	    (w->heard != NULL && hears(pid, c, w->heard));
}

int
trace_run(char *const command[], struct watcher *w)
{
	struct progress p = { .counting = false };
	pid_t pid = start(command);
	int status, pass = 0;

	for (;;) {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(long)pass) ==
		    -1 && errno != ESRCH)
			die("ptrace");
		if (waitpid(pid, &status, 0) == -1)
			die("wait");
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
		if (WIFSIGNALED(status))
			return 128 + WTERMSIG(status);
		pass = 0;
		if (WSTOPSIG(status) == (SIGTRAP | 0x80))
			at_call(pid, w, &p);
		else if (status >> 16 == 0)
			pass = WSTOPSIG(status);
	}
}

#else

bool
trace_is_possible(void)
{
	return false;
}

int
trace_run(char *const command[], struct watcher *w)
{
	(void)w;
	errno = ENOSYS;
	die(command[0]);
}

void
trace_peek(pid_t pid, unsigned long address, char *to, size_t n)
{
	(void)pid;
	(void)address;
	memset(to, 0, n);
}

void
trace_peek_string(pid_t pid, unsigned long address, char *to, size_t size)
{
	trace_peek(pid, address, to, size);
}

#endif
