/* SPDX-License-Identifier: ISC */
/*
 * The trip, told in order: prepare the process, read the command line, do
 * what it asks, say what came of it. The only place that decides to exit.
 */
#include "config.h"

#include <sys/resource.h>
#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "wire/tls/tls.h"
#include "smtp/sasl/sasl.h"
#include "log/log.h"
#include "delivery/aliases.h"
#include "modes/check.h"
#include "modes/configure.h"
#include "modes/query.h"
#include "modes/serve/serve.h"
#include "modes/submit.h"
#include "modes/verify.h"
#include "cli/argv.h"
#include "cli/cmdline.h"

#define REFUSED_SHOWN 20	/* recipients named on standard error */
#define VERSION_MAX 4096	/* octets of the libraries' versions */

/*
 * A descriptor below 3 that is closed would be given to a socket, and our
 * messages written into it. What replaces it fails on the use that it is not
 * meant for: reading a closed standard input stays an error.
 */
static void
fill_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) == -1 && errno == EBADF &&
		    open("/dev/null", fd == 0 ? O_WRONLY : O_RDWR) != fd)
			_exit(fault_exit_status(FAULT_SYSTEM));
}

/* No core file, no debugger of others: there will be a password in memory. */
static void
guard_memory(void)
{
	static const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
#if defined(HAVE_PRCTL) && defined(PR_SET_DUMPABLE) && !defined(SANITIZE)
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/* A write that cannot be done is an error to handle, not a death. */
static void
ignore_signals(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
	sigaction(SIGXFSZ, &sa, NULL);
}

static void
print_note(const char *text)
{
	fprintf(stderr, "postrider: note: %s\n", text);
}

static void
print_refused(const struct envelope *e)
{
	size_t shown = 0, refused = 0;
	char *spec, *text;

	for (size_t i = 0; i < e->count; i++) {
		if (e->recipient[i].reply == NULL)
			continue;
		if (refused++ >= REFUSED_SHOWN)
			continue;
		spec = address_spec(&e->recipient[i].box);
		text = text_printable(spec, strlen(spec));
		fprintf(stderr, "refused: <%s>: %s\n", text,
		    e->recipient[i].reply);
		free(text);
		free(spec);
		shown++;
	}
	if (refused > shown)
		fprintf(stderr, "refused: %zu more\n", refused - shown);
}

static void
print_fault(const struct fault *f)
{
	fprintf(stderr, "postrider: %s\n", f->text);
	if (f->hint != NULL)
		fprintf(stderr, "hint: %s\n", f->hint);
}

static int
print_version(void)
{
	struct buffer b;

	buffer_init(&b, VERSION_MAX);
	tls_library_version(&b);
	buffer_add_string(&b, "\n");
	sasl_library_version(&b);
	printf("postrider %s\n%s\nmechanisms:", PACKAGE_VERSION, b.data);
	for (size_t i = 0; sasl_mechanisms[i].name != NULL; i++)
		if (sasl_available(&sasl_mechanisms[i]))
			printf(" %s", sasl_mechanisms[i].name);
	printf("\nsystem account file: %s/postrider/accounts\n", SYSCONFDIR);
	buffer_free(&b);
	return 0;
}

static void
fill_envelope(struct envelope *e, const struct cmdline *c)
{
	envelope_init(e);
	if (c->path_set && c->null_path)
		e->null_path = true;
	else if (c->path_set)
		envelope_set_path(e, &c->path);
	for (size_t i = 0; i < c->recipients.count; i++)
		envelope_add(e, &c->recipients.box[i]);
	e->notify = c->notify;
	e->ret = c->ret;
	e->envid = memory_string(c->envid);
	e->smtputf8 = c->smtputf8;
}

static int
run_submit(const struct cmdline *c, struct fault *f)
{
	struct submission_request job = {
		.request = &c->request,
		.input = {
			.read_recipients = c->read_recipients,
			.read_sender = c->read_sender,
			.ignore_dots = c->ignore_dots,
			.recipients_needed = !c->pretend,
		},
		.pretend = c->pretend,
	};

	fill_envelope(&job.envelope, c);
	for (size_t i = 0; i < c->notes.count; i++)
		print_note(c->notes.text[i]);
	if (submit(&job, f) == -1) {
		print_fault(&(struct fault){ f->class, f->text, NULL, false });
		if (job.envelope.count > 1)
			print_refused(&job.envelope);
		if (f->hint != NULL)
			fprintf(stderr, "hint: %s\n", f->hint);
	}
	envelope_free(&job.envelope);
	return fault_exit_status(f->class);
}

static void
print_error(const char *text)
{
	fprintf(stderr, "postrider: %s\n", text);
}

static const struct mailbox *
sender(const struct cmdline *c)
{
	return c->path_set && !c->null_path ? &c->path : NULL;
}

static int
run_query(const struct cmdline *c, struct fault *f)
{
	enum query what = c->mode == CMDLINE_ETRN ? QUERY_ETRN :
	    c->mode == CMDLINE_VRFY ? QUERY_VRFY : QUERY_EXPN;

	for (size_t i = 0; i < c->notes.count; i++)
		print_note(c->notes.text[i]);
	if (c->mode == CMDLINE_SERVERINFO)
		return serverinfo(&c->request, sender(c), f);
	return query(&c->request, sender(c), what, c->argument, f);
}

static int
run_verify(const struct cmdline *c, struct fault *f)
{
	struct envelope envelope;
	int result;

	if (c->mode == CMDLINE_TEST)
		return verify_words(&c->request, sender(c), c->word, c->words,
		    f);
	fill_envelope(&envelope, c);
	result = verify_recipients(&c->request, &envelope, f);
	envelope_free(&envelope);
	return result;
}

/* -eq: whoever calls wants nothing but the exit status. */
static void
silence(void)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (fd != -1) {
		dup2(fd, STDERR_FILENO);
		close(fd);
	}
}

/* Standard output is all that these modes are for: it must have arrived. */
static int
close_output(int status)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return status;
	fprintf(stderr, "postrider: standard output: %s\n", strerror(errno));
	return fault_exit_status(FAULT_IO);
}

/* What a mode came to, behind what it has printed on standard output. */
static int
finish(int result, const struct fault *f)
{
	/* a terminal shows both: in their order */
	fflush(stdout);
	if (result == -1)
		print_fault(f);
	return close_output(fault_exit_status(f->class));
}

static int
run(int argc, char *argv[], struct cmdline *c, struct fault *f)
{
	c->request.note = print_note;
	if (argv_parse(c, argc, argv, f) == -1) {
		print_fault(f);
		logfault(c->request.ident, f);
		return fault_exit_status(f->class);
	}
	if (c->verbose)
		c->request.transcript = stderr;
	else if (c->quiet)
		silence();
	switch (c->mode) {
	case CMDLINE_HELP:
		argv_print_help(stdout);
		return close_output(0);
	case CMDLINE_VERSION:
		return close_output(print_version());
	case CMDLINE_SERVE:
		if (serve(&c->request, f) == -1)
			print_fault(f);
		return fault_exit_status(f->class);
	case CMDLINE_QUEUE:
		printf("Mail queue is empty\n");
		return close_output(0);
	case CMDLINE_ALIASES:
		return finish(aliases_check(&c->request, print_error, f), f);
	case CMDLINE_CHECK:
		return finish(check_config(&c->request, c->word, c->words, f),
		    f);
	case CMDLINE_SERVERINFO:
	case CMDLINE_ETRN:
	case CMDLINE_VRFY:
	case CMDLINE_EXPN:
		return finish(run_query(c, f), f);
	case CMDLINE_CONFIGURE:
		return finish(configure(&c->request, c->argument, f), f);
	case CMDLINE_VERIFY:
	case CMDLINE_TEST:
		return finish(run_verify(c, f), f);
	case CMDLINE_QUEUE_COUNT:
		printf("0\n");
		return close_output(0);
	case CMDLINE_QUEUE_RUN:
		print_note("there is no queue to run: each message is sent at "
		    "once, or the exit status says that it was not");
		return 0;
	case CMDLINE_NOTHING:
		return 0;
	case CMDLINE_SUBMIT:
		break;
	}
	if (c->pretend)
		return close_output(run_submit(c, f));
	return run_submit(c, f);
}

int
main(int argc, char *argv[])
{
	struct fault f = { FAULT_NONE, NULL, NULL, false };
	struct cmdline c;
	int status;

	memory_settle(fault_exit_status(FAULT_TEMPORARY));
	fill_descriptors();
	guard_memory();
	ignore_signals();
	setvbuf(stderr, NULL, _IOLBF, 0);
	cmdline_init(&c);
	status = run(argc, argv, &c, &f);
	cmdline_free(&c);
	fault_clear(&f);
	return status;
}
