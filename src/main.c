/* SPDX-License-Identifier: ISC */
/*
 * The trip, told in order: prepare the process, read the command line, do
 * what it asks, tell what came of it. This is the only place that decides to
 * exit.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/confine.h"
#include "base/fault.h"
#include "base/wait.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "wire/tls/tls.h"
#include "smtp/sasl/sasl.h"
#include "log/log.h"
#include "modes/modes.h"
#include "cli/cmdline.h"

#define REFUSED_SHOWN 20	/* recipients named on standard error */
#define VERSION_MAX 4096	/* octets of the libraries' versions */

static void
print_note(const char *text)
{
	fprintf(stderr, "postrider: note: %s\n", text);
}

static void
print_refused(const struct envelope *e)
{
	size_t shown = 0, refused = 0;
	const char *reply, *untried;
	char *text;

	for (size_t i = 0; i < e->count; i++) {
		reply = e->recipient[i].reply;
		if (reply == NULL)
			continue;
		if (refused++ >= REFUSED_SHOWN)
			continue;
		text = address_printable(&e->recipient[i].box);
		untried = recipient_untried(&e->recipient[i]);
		fprintf(stderr, "%s<%s>: %s\n", untried == NULL ?
		    "refused: " : RECIPIENT_UNTRIED, text, untried == NULL ?
		    reply : untried);
		free(text);
		shown++;
	}
	if (refused > shown)
		fprintf(stderr, "refused: %zu more\n", refused - shown);
}

/* What went wrong, and its particulars, a line each. */
static void
print_text(const struct fault *f)
{
	const char *lines = f->detail, *line;
	size_t left = lines == NULL ? 0 : strlen(lines), n;

	fprintf(stderr, "postrider: %s\n", f->text);
	while ((line = text_take_line(&lines, &left, &n)) != NULL)
		fprintf(stderr, "    %.*s\n", (int)n, line);
}

static void
print_hint(const struct fault *f)
{
	if (f->hint != NULL)
		fprintf(stderr, "hint: %s\n", f->hint);
}

static void
print_fault(const struct fault *f)
{
	print_text(f);
	print_hint(f);
}

static void
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
	buffer_clear(&b);
	confine_describe(&b);
	printf("\nconfinement: %s\n", b.len == 0 ? "none" : b.data);
	printf("system account file: %s/postrider/accounts\n", SYSCONFDIR);
	printf("home page: %s\nreport bugs to: %s\n", PACKAGE_URL,
	    PACKAGE_BUGREPORT);
	buffer_free(&b);
}

static int
run_submit(struct cmdline *c, struct fault *f)
{
	struct submission_request job = {
		.request = &c->request,
		.envelope = c->envelope,
		.input = {
			.read_recipients = c->read_recipients,
			.read_sender = c->read_sender,
			.ignore_dots = c->ignore_dots,
			.recipients_needed = !c->pretend,
		},
		.pretend = c->pretend,
	};

	envelope_init(&c->envelope);	/* it has moved */
	if (submit(&job, f) == -1) {
		print_text(f);
		if (job.envelope.count > 1)
			print_refused(&job.envelope);
		print_hint(f);
	}
	if (job.kept != NULL && f->class == FAULT_NONE)
		fprintf(stderr, "postrider: %s\n", job.kept);
	free(job.kept);
	envelope_free(&job.envelope);
	return fault_exit_status(f->class);
}

static void
print_error(const char *text)
{
	fprintf(stderr, "postrider: %s\n", text);
}

static void
print_notes(const struct notes *notes)
{
	for (size_t i = 0; i < notes->count; i++)
		print_note(notes->text[i]);
}

/* -eq: only the exit status counts. */
static void
silence(void)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (fd != -1) {
		dup2(fd, STDERR_FILENO);
		close(fd);
	}
}

/* Standard output is all that some modes are for: it must have arrived. */
static int
close_output(int status)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return status;
	fprintf(stderr, "postrider: standard output: %s\n", strerror(errno));
	return fault_exit_status(FAULT_IO);
}

/* Where standard output and error are one terminal, the fault comes last. */
static int
finish(const struct fault *f)
{
	fflush(stdout);
	if (f->class != FAULT_NONE)
		print_fault(f);
	return close_output(fault_exit_status(f->class));
}

static void
run_list(const struct cmdline *c, struct fault *f)
{
	print_notes(&c->notes);
	queue_list(&c->request, c->mode == CMDLINE_QUEUE ? QUEUE_LIST_MAILQ :
	    c->mode == CMDLINE_QUEUE_JSON ? QUEUE_LIST_JSON :
	    QUEUE_LIST_COUNT, stdout, f);
}

/* The modes that go to the smarthost without a message. */
static void
run_visit(struct cmdline *c, struct fault *f)
{
	const struct mailbox *sender = &c->envelope.path;
	const struct request *r = &c->request;

	print_notes(&c->notes);
	if (c->mode == CMDLINE_SERVERINFO)
		serverinfo(r, sender, f);
	else if (c->mode != CMDLINE_TRIAL)
		query(r, sender, (enum query)c->alone->which, c->argument, f);
	else if (trial(r, &c->envelope, f) == -1 &&
	    f->class == FAULT_RECIPIENT)
		print_refused(&c->envelope);
}

/* The modes that have no message. */
static int
run_other(struct cmdline *c, struct fault *f)
{
	const struct mailbox *sender = &c->envelope.path;
	const struct request *r = &c->request;

	switch (c->mode) {
	case CMDLINE_HELP:
		argv_print_help(stdout);
		break;
	case CMDLINE_VERSION:
		print_version();
		break;
	case CMDLINE_QUEUE:
	case CMDLINE_QUEUE_JSON:
	case CMDLINE_QUEUE_COUNT:
		run_list(c, f);
		break;
	case CMDLINE_QUEUE_ACT:
		queue_act(r, (enum queue_act)c->alone->which, c->word,
		    c->words, stdout, f);
		break;
	case CMDLINE_QUEUE_RUN:
		print_notes(&c->notes);
		queue_run(r, &c->wish, f);
		break;
	case CMDLINE_ALIASES:
		check_aliases(r, print_error, f);
		break;
	case CMDLINE_CHECK:
		check_config(r, c->word, c->words, f);
		break;
	case CMDLINE_TRIAL:
	case CMDLINE_SERVERINFO:
	case CMDLINE_QUERY:
		run_visit(c, f);
		break;
	case CMDLINE_CONFIGURE:
		configure(r, c->argument, f);
		break;
	case CMDLINE_IMPORT:
		import(c->argument, stdout, f);
		break;
	case CMDLINE_VERIFY:
		verify_recipients(r, &c->envelope, f);
		break;
	case CMDLINE_TEST:
		verify_words(r, sender, c->word, c->words, f);
		break;
	case CMDLINE_NOTHING:
	case CMDLINE_SUBMIT:
	case CMDLINE_SERVE:
		break;
	}
	return finish(f);
}

/* The exit status; the fault has been told, if there is one. */
static int
run(int argc, char *argv[], struct cmdline *c, struct fault *f)
{
	int status, parsed = argv_parse(c, argc, argv, f);

	c->request.note = print_note;
	if (c->quiet && !c->verbose)
		silence();
	if (parsed == -1) {
		print_fault(f);
		log_fault(c->request.ident, f);
		return fault_exit_status(f->class);
	}
	if (c->verbose)
		c->request.transcript = stderr;
	/* what runs in the background has no line on the screen */
	if (c->mode != CMDLINE_SERVE && tcgetpgrp(STDERR_FILENO) == getpgrp())
		c->request.progress = stderr;
	if (c->mode == CMDLINE_SERVE) {
		if (serve(&c->request, f) == -1)
			print_fault(f);
		return fault_exit_status(f->class);
	}
	if (c->mode != CMDLINE_SUBMIT)
		return run_other(c, f);
	print_notes(&c->notes);
	status = run_submit(c, f);
	return c->pretend ? close_output(status) : status;
}

int
main(int argc, char *argv[])
{
	struct fault f = { .class = FAULT_NONE };
	struct cmdline c;
	int status;

	memory_settle(fault_exit_status(FAULT_TEMPORARY));
	process_prepare();
	setvbuf(stderr, NULL, _IOLBF, 0);
	cmdline_init(&c);
	status = run(argc, argv, &c, &f);
	/* a message that was delivered is not told as a failure */
	if (status != 0 || c.mode == CMDLINE_SERVE)
		wait_die();
	cmdline_free(&c);
	fault_clear(&f);
	return status;
}
