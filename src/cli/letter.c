/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/conversion/encoding.h"
#include "mail/envelope.h"
#include "cli/cmdline.h"
#include "cli/oldword.h"

#define ENVID_MAX 100	/* octets of xtext: RFC 3461 section 4.4 */
#define HOPS_MAX 100	/* RFC 5321 section 6.3 */

#define AT(field) offsetof(struct cmdline, field)

static int
refuse(const struct letter *l, const char *value, const char *reason,
    struct fault *f)
{
	fault(f, FAULT_USAGE, "-%c%s is not supported", l->letter, value);
	return fault_hint(f, "%s", reason);
}

/* For values that go into the message, to the server or into a log. */
static int
check_line(const struct letter *l, const char *value, struct fault *f)
{
	if (!text_has_control(value, strlen(value)))
		return 0;
	return fault(f, FAULT_USAGE, "-%c '%s' holds a control character",
	    l->letter, value);
}

static void
set_text(struct cmdline *c, const struct letter *l, const char *value)
{
	memcpy((char *)c + l->text, &value, sizeof(value));
}

/* Whole it is no option, but a name that we are called by: see argv.c. */
static int
apply_as_sendmail(struct cmdline *c, const struct letter *l,
    const char *value, struct fault *f)
{
	(void)c;
	(void)value;
	fault(f, FAULT_USAGE, "--%s cannot be shortened", l->name);
	return fault_hint(f, "whole it counts wherever it stands");
}

/* A string that is as good as missing when it is empty. */
static int
apply_line(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	if (check_line(l, value, f) == -1)
		return -1;
	set_text(c, l, value[0] == '\0' ? NULL : value);
	return 0;
}

/* A string that must not be empty; `given` says what it is. */
static int
apply_name(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	if (value[0] == '\0')
		return fault(f, FAULT_USAGE, "-%c needs a %s", l->letter,
		    l->given);
	set_text(c, l, value);
	return 0;
}

static int
apply_body(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	size_t n = strlen(value);

	if (text_same_word(value, n, "8BITMIME"))
		c->request.eight_bit = true;
	else if (text_same_word(value, n, "7BIT"))
		c->request.eight_bit = false;
	else
		return fault(f, FAULT_USAGE, "-%c '%s' is not a body type; "
		    "there are 7BIT and 8BITMIME", l->letter, value);
	return 0;
}

static int
apply_path(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	struct mailbox box = { 0 };
	bool empty = false, control = text_has_control(value, strlen(value));

	if (value[0] == '\0' || address_parse_path(&box, &empty, value,
	    strlen(value), control ? f : NULL) == -1) {
		if (control)
			return fault_prefix(f, "-%c '%s': ", l->letter, value);
		/* the account may have something in its place */
		envelope_set_unusable_path(&c->envelope, value);
		return 0;
	}
	/* what msmtpd gives for the null reverse-path, and msmtp takes */
	if (empty || (box.domain[0] == '\0' && text_same_word(box.local,
	    strlen(box.local), "MAILER-DAEMON")))
		envelope_set_null_path(&c->envelope);
	else
		envelope_set_path(&c->envelope, &box);
	mailbox_free(&box);
	return 0;
}

/* A message that a mail server's filter hands back needs no more fields. */
static int
apply_gateway(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	static const enum option_id fields[] = { OPTION_SET_FROM_HEADER,
	    OPTION_SET_DATE_HEADER, OPTION_SET_MSGID_HEADER };

	(void)l;
	(void)value;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (cmdline_set(c, fields[i], "off", f) == -1)
			return -1;
	return 0;
}

static int
apply_hops(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	size_t n = strlen(value);

	(void)c;
	if (n == 0 || strspn(value, "0123456789") < n)
		return fault(f, FAULT_USAGE, "-%c '%s' is not a number",
		    l->letter, value);
	if (text_number(value, n, HOPS_MAX) >= 0)
		return 0;
	fault(f, FAULT_REFUSED, "-%c %s: the message has passed more than %d "
	    "hosts", l->letter, value, HOPS_MAX);
	return fault_hint(f, "it goes round in a circle: some host sends it "
	    "back to one where it has been");
}

/* Callers of sendmail do not name files for us to write. */
static int
apply_logfile(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	if (!invocation_is_trusted(c->invocation))
		return refuse(l, "", "callers of sendmail cannot choose files: "
		    "set \"logfile\" in the account; -v shows the dialogue on "
		    "standard error", f);
	return cmdline_set(c, OPTION_LOGFILE, value, f);
}

static int
apply_family(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	(void)l;
	return cmdline_set(c, OPTION_ADDRESS_FAMILY, value, f);
}

/* "off" puts the setting of the account out of force. */
static int
apply_notify(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	if (text_same_word(value, strlen(value), "off")) {
		c->envelope.notify = 0;
		return cmdline_set(c, OPTION_DSN_NOTIFY, "off", f);
	}
	if (dsn_parse_notify(&c->envelope.notify, value, strlen(value)) == 0)
		return 0;
	fault(f, FAULT_USAGE, "-%c '%s' is no list of notifications",
	    l->letter, value);
	return fault_hint(f, "write never, which stands alone, or some of "
	    "success,failure,delay");
}

static int
apply_return(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	size_t n = strlen(value);

	if (text_same_word(value, n, "off")) {
		c->envelope.ret = DSN_RETURN_UNSET;
		return cmdline_set(c, OPTION_DSN_RETURN, "off", f);
	}
	if (text_same_word(value, n, "full"))
		c->envelope.ret = DSN_RETURN_FULL;
	else if (text_same_word(value, n, "hdrs") ||
	    text_same_word(value, n, "headers"))
		c->envelope.ret = DSN_RETURN_HEADERS;
	else
		return fault(f, FAULT_USAGE, "-%c '%s' is not what a "
		    "notification can return: full or hdrs", l->letter, value);
	return 0;
}

static int
apply_envid(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	struct buffer xtext;
	size_t n = strlen(value);
	bool fits;

	if (check_line(l, value, f) == -1)
		return -1;
	if (n == 0 || !text_is_ascii(value, n))
		return fault(f, FAULT_USAGE, "-%c '%s' is not an envelope "
		    "identifier: printable ASCII", l->letter, value);
	buffer_init(&xtext, ENVID_MAX);
	encoding_add_xtext(&xtext, value, n);
	fits = !xtext.full;
	buffer_free(&xtext);
	if (!fits)
		return fault(f, FAULT_USAGE, "-%c: an envelope identifier has "
		    "at most %d octets", l->letter, ENVID_MAX);
	free(c->envelope.envid);
	c->envelope.envid = memory_string(value);
	return 0;
}

/* ---- what is to be done at all */

static const char no_daemon[] = "there is no daemon: each message is sent by "
    "the program that is called with it";
static const char no_batch[] = "-bm, the default, takes one message, with its "
    "recipients as arguments or by -t";

/* The modes of all sendmails; without a reason they are ours. */
static const struct {
	const char *names;
	enum cmdline_mode mode;
	const char *reason;	/* why not */
} modes[] = {
	{ "m", CMDLINE_SUBMIT, NULL },
	{ "C", CMDLINE_CHECK, NULL },
	{ "h H", CMDLINE_NOTHING, NULL },
	{ "i I", CMDLINE_ALIASES, NULL },
	{ "p pa pi pr pra pru pu", CMDLINE_QUEUE, NULL },
	{ "P pc", CMDLINE_QUEUE_COUNT, NULL },
	{ "t", CMDLINE_TEST, NULL },
	{ "v", CMDLINE_VERIFY, NULL },
	{ "V", CMDLINE_VERSION, NULL },
	{ "s", CMDLINE_SERVE, NULL },
	{ "S a", CMDLINE_SUBMIT, no_batch },
	{ "d df D l w", CMDLINE_SUBMIT, no_daemon },
};

static int
apply_mode(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (!text_has_word(modes[i].names, value))
			continue;
		if (modes[i].reason != NULL)
			return refuse(l, value, modes[i].reason, f);
		c->mode = modes[i].mode;
		return 0;
	}
	if (strchr(value, '@') != NULL)
		return refuse(l, value, "recipients stand behind the options, "
		    "blind ones, too", f);
	return refuse(l, value, "the modes are -bm, which is the default, "
	    "-bs, -bv, -bt, -bi, -bp, -bP, -bC and -bV", f);
}

/*
 * -q, and what sendmails have behind it: which messages, how often, in which
 * groups. There is one run of one queue.
 */
static int
apply_queue(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	const struct {
		char letter;
		const char **part;
	} parts[] = {
		{ 'I', &c->wish.id },
		{ 'R', &c->wish.recipient },
		{ 'S', &c->wish.sender },
	};

	if (c->mode == CMDLINE_SUBMIT)
		c->mode = CMDLINE_QUEUE_RUN;
	if (value[0] == '!')
		return refuse(l, value, "-qI, -qR and -qS say which messages "
		    "are tried", f);
	if (text_is_digit(value[0]) || value[0] == 'p')
		notes_add(&c->notes, "-q%s: the queue is run once; let cron "
		    "or a timer repeat that", value);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (value[0] != parts[i].letter)
			continue;
		if (value[1] == '\0')
			return fault(f, FAULT_USAGE, "-q%c needs a value",
			    value[0]);
		*parts[i].part = value + 1;
	}
	return 0;
}

/* -d0.1 and the like print what a program is, in every sendmail. */
static int
apply_debug(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	(void)l;
	(void)f;
	if (strcmp(value, "0") == 0 || strncmp(value, "0.", 2) == 0)
		c->mode = CMDLINE_VERSION;
	else
		c->verbose = true;
	return 0;
}

/* A mode that asks a server or the DNS something, and has no message. */
static int
apply_alone(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	if (c->alone == l && value != NULL)
		return fault(f, FAULT_USAGE, "--%s is there twice", l->name);
	if (c->alone != l && c->alone != NULL) {
		fault(f, FAULT_USAGE, "--%s and --%s exclude each other",
		    c->alone->name, l->name);
		return fault_hint(f, "do one after the other");
	}
	if (value != NULL && value[0] == '\0') {
		fault(f, FAULT_USAGE, "--%s needs a value", l->name);
		return fault_hint(f, "write --%s=%s", l->name, l->value);
	}
	if (value != NULL && text_has_control(value, strlen(value)))
		return fault(f, FAULT_USAGE, "--%s '%s' holds a control "
		    "character", l->name, value);
	c->alone = l;
	c->argument = value;
	return 0;
}

/* The messages of the queue that this is about. */
static int
apply_ids(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	if (apply_alone(c, l, value, f) == -1)
		return -1;
	c->word[c->words++] = value;
	return 0;
}

static int
apply_run(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	c->wish.due = strcmp(value, "due") == 0;
	if (!c->wish.due && value[0] != '\0' && strcmp(value, "now") != 0)
		return fault(f, FAULT_USAGE, "--%s=%s: there are now and due",
		    l->name, value);
	return apply_alone(c, l, NULL, f);
}

/* ---- sendmail's own configuration: nearly all of it is about its queue */

/*
 * Of a file that is named here we would open none. But where callers of
 * sendmail pass what they were given, a file's name shows that somebody's
 * address was taken for an option: that message had better not go.
 */
static int
refuse_file(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	if (invocation_is_trusted(c->invocation) ||
	    strpbrk(value, "/|") == NULL)
		return 0;
	fault(f, FAULT_USAGE, "-%c%s names a file", l->letter, value);
	return fault_hint(f, "callers of sendmail cannot choose files; if "
	    "this was to be an address, put -- before it");
}

/* A value that is missing means yes, as does one like "true" or "yes". */
static void
set_dots(struct cmdline *c, const char *value)
{
	c->ignore_dots = value[0] == '\0' || strchr("tTyY1", value[0]) != NULL;
}

static int
apply_errors(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	(void)l;
	(void)f;
	c->quiet = text_to_lower(value[0]) == 'q';
	return 0;
}

/* Of sendmail's modes of delivery two mean: keep it, and try it later. */
static int
set_delivery(struct cmdline *c, const struct letter *l, const char *option,
    const char *value, struct fault *f)
{
	char mode = text_to_lower(value[0]);

	c->request.queue_only = mode == 'q' || mode == 'd';
	return refuse_file(c, l, option, f);
}

/* Emacs names its alias file so; callers of sendmail do not choose ours. */
static int
set_alias_file(struct cmdline *c, const char *value, struct fault *f)
{
	if (invocation_is_trusted(c->invocation) && value[0] != '\0')
		return cmdline_set(c, OPTION_ALIASES, value, f);
	notes_add(&c->notes, "-oA ignored: the account's setting "
	    "'aliases' says which file is used");
	return 0;
}

/*
 * -o: a letter and its value in one word, but for "-o i", which both sendmail
 * and this table take apart. No word that follows "-oX" is taken: it could be
 * a recipient, and none of these values is worth losing one.
 */
static int
apply_old(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	switch (value[0]) {
	case '\0':
		return fault(f, FAULT_USAGE, "-%c needs a letter", l->letter);
	case 'A':
		return set_alias_file(c, value + 1, f);
	case 'd':
		return set_delivery(c, l, value, value + 1, f);
	case 'e':
		return apply_errors(c, l, value + 1, f);
	case 'i':
		set_dots(c, value + 1);
		return 0;
	default:
		return refuse_file(c, l, value, f);
	}
}

/* Words that ask for something, in any case; Postfix has them, too. */
static const struct {
	const char *name;
	size_t flag;		/* offset of a bool in struct cmdline */
} wishes[] = {
	{ "RequireTLS", AT(envelope.requiretls) },
	{ "SMTPUTF8", AT(envelope.smtputf8) },
};

#define WISHES (sizeof(wishes) / sizeof(wishes[0]))

static int
set_wish(struct cmdline *c, size_t row, const char *name, int n,
    const char *value, struct fault *f)
{
	static const char *const answers[] = { "no", "false", "off", "0",
	    "yes", "true", "on", "1" };
	size_t i = 0, count = sizeof(answers) / sizeof(answers[0]);
	bool yes;

	while (i < count && !text_same_word(value, strlen(value), answers[i]))
		i++;
	yes = i >= count / 2;
	if (i == count)
		return fault(f, FAULT_USAGE, "-O %.*s=%s: %.*s is yes or no",
		    n, name, value, n, name);
	memcpy((char *)c + wishes[row].flag, &yes, sizeof(yes));
	return 0;
}

/* What nobody knows may be a protection that somebody asks for. */
static int
refuse_word(const char *name, size_t n, struct fault *f)
{
	const char *near = oldword_nearest(name, n);

	for (size_t i = 0; i < WISHES; i++)
		if (option_slip(name, n, wishes[i].name) != SIZE_MAX)
			near = wishes[i].name;
	fault(f, FAULT_USAGE, "-O %.*s: no option of sendmail's", (int)n,
	    name);
	return near == NULL ? -1 : fault_hint(f, "did you mean %s?", near);
}

/* -O: a word, "=" and its value. */
static int
apply_old_word(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	size_t n = strcspn(value, "=");
	const char *is = value[n] == '=' ? value + n + 1 : value + n;

	for (size_t i = 0; i < WISHES; i++)
		if (text_same_word(value, n, wishes[i].name))
			return set_wish(c, i, value, (int)n, is, f);
	if (!oldword_is_known(value, n))
		return refuse_word(value, n, f);
	if (text_same_word(value, n, "IgnoreDots"))
		set_dots(c, is);
	else if (text_same_word(value, n, "ErrorMode"))
		return apply_errors(c, l, is, f);
	else if (text_same_word(value, n, "DeliveryMode"))
		return set_delivery(c, l, value, is, f);
	else
		return refuse_file(c, l, value, f);
	return 0;
}

/* ---- the table */

/* Of mailx, to whom the message is the text alone. */
#define AS_FIELD(name) "it is an option of mailx; here a message " \
    "begins with its header: put a line '" name ": ...' and an empty line " \
    "before the text"

static const struct letter letters[] = {
	{ '4', .help = "connect to IPv4 addresses only",
	    .apply = apply_family, .given = "ipv4" },
	{ '6', .help = "connect to IPv6 addresses only",
	    .apply = apply_family, .given = "ipv6" },
	{ 'A', .takes = LETTER_VALUE },
	{ 'a', "account", LETTER_VALUE, "NAME", "account to send by",
	    .apply = apply_name, .text = AT(request.account),
	    .given = "name" },
	{ 'B', NULL, LETTER_VALUE, "TYPE", "body type: 7BIT or 8BITMIME",
	    .apply = apply_body },
	{ 'b', NULL, LETTER_VALUE, "X",
	    "-bm submits (the default), -bs speaks SMTP, -bv verifies, "
	    "-bt tests, -bi, -bp, -bC", .apply = apply_mode },
	{ 'C', "file", LETTER_VALUE, "FILE",
	    "account file to read in place of the user's own",
	    .apply = apply_name, .text = AT(request.file), .given = "file" },
	{ 'c', .refused = AS_FIELD("Cc") },
	{ 'D', .takes = LETTER_VALUE, .apply = refuse_file },
	{ 'd', "debug", LETTER_ATTACHED, "[X]",
	    "the same as -v; -d0.1 prints the version",
	    .apply = apply_debug },
	{ 'E', .takes = LETTER_ATTACHED },
	{ 'e', NULL, LETTER_VALUE, "q",
	    "say nothing on standard error: only the exit status counts",
	    .apply = apply_errors },
	{ 'F', NULL, LETTER_VALUE, "NAME",
	    "full name for a From field that is missing",
	    .apply = apply_line, .text = AT(request.full_name) },
	{ 'f', "from", LETTER_VALUE, "ADDRESS",
	    "reverse-path: where bounces go; '<>' for nowhere",
	    .apply = apply_path },
	{ 'G', .help = "add no fields: the message has been through a mail "
	    "server", .apply = apply_gateway },
	{ 'h', NULL, LETTER_VALUE, "N",
	    "hosts that the message has passed, at most 100",
	    .apply = apply_hops },
	{ 'I', .help = "check the alias files; the same as -bi",
	    .mode = CMDLINE_ALIASES },
	{ 'i', .help = "a line with a lone dot does not end the message",
	    .flag = AT(ignore_dots) },
	{ 'J', .takes = LETTER_ATTACHED },
	{ 'L', NULL, LETTER_VALUE, "NAME",
	    "name of the program in the system log",
	    .apply = apply_line, .text = AT(request.ident) },
	{ 'M', .takes = LETTER_ATTACHED, .refused = "mailq lists the queue, "
	    "-qI ID tries a message of it, --queue-show=ID prints one; there "
	    "are --queue-hold, --queue-release, --queue-delete, too" },
	{ .letter = 'm' },
	{ 'N', NULL, LETTER_VALUE, "LIST",
	    "delivery notifications: never, or success,failure,delay",
	    .apply = apply_notify },
	{ 'n', .help = "use no aliases", .flag = AT(request.no_aliases) },
	{ 'O', NULL, LETTER_VALUE, "NAME=VALUE",
	    "requiretls=yes, smtputf8=yes; others of sendmail are ignored",
	    .apply = apply_old_word },
	{ 'o', NULL, LETTER_VALUE, "X",
	    "-oi is -i, -odq queues only; others of sendmail are ignored",
	    .apply = apply_old },
	{ 'P', "pretend", .ours = true, .flag = AT(pretend),
	    .help = "show what would be done with the message, and do not" },
	{ 'p', .takes = LETTER_VALUE },
	{ 'Q', .takes = LETTER_ATTACHED },
	{ 'q', NULL, LETTER_ATTACHED, "[X]",
	    "try what is in the queue now; -qI, -qR, -qS: part of an id, a "
	    "recipient, a sender", .apply = apply_queue },
	{ 'R', NULL, LETTER_VALUE, "full|hdrs",
	    "what notifications return of the message",
	    .apply = apply_return },
	{ 'r', NULL, LETTER_VALUE, "ADDRESS", "the same as -f",
	    .apply = apply_path },
	{ 'S', "serverinfo", .ours = true, .mode = CMDLINE_SERVERINFO,
	    .help = "show what the smarthost says about itself",
	    .apply = apply_alone },
	{ 's', .refused = AS_FIELD("Subject") },
	{ 'T', .takes = LETTER_VALUE },
	{ 't', "read-recipients", .flag = AT(read_recipients),
	    .help = "recipients of To, Cc and Bcc, added to the arguments" },
	{ 'U', .flag = AT(envelope.smtputf8),
	    .help = "ask for SMTPUTF8 though the addresses do not need it" },
	{ 'V', NULL, LETTER_VALUE, "ID",
	    "envelope identifier for notifications",
	    .apply = apply_envid },
	{ 'v', .help = "show the dialogue, with times, on standard error",
	    .flag = AT(verbose) },
	{ 'X', NULL, LETTER_VALUE, "FILE", "the same as --logfile=FILE",
	    .apply = apply_logfile },
	{ .letter = 'x' },
	{ .name = "as-sendmail", .apply = apply_as_sendmail,
	    .help = "trust no more in the arguments than if called sendmail" },
	{ .name = "read-envelope-from", .flag = AT(read_sender),
	    .help = "take the reverse-path from the From field" },
	{ '\0', "configure", LETTER_VALUE, "ADDRESS",
	    "find the smarthost of an address, print an account",
	    .mode = CMDLINE_CONFIGURE, .apply = apply_alone },
	{ '\0', "import", LETTER_VALUE, "FILE",
	    "print the account for ssmtp.conf, main.cf and others",
	    .mode = CMDLINE_IMPORT, .apply = apply_alone },
	{ '\0', "rmqs", LETTER_VALUE, "HOST",
	    "ask the smarthost to send its queue for a host",
	    .mode = CMDLINE_QUERY, .which = QUERY_ETRN, .apply = apply_alone },
	{ '\0', "vrfy", LETTER_VALUE, "ADDRESS",
	    "ask the smarthost whether it knows an address",
	    .mode = CMDLINE_QUERY, .which = QUERY_VRFY, .apply = apply_alone },
	{ '\0', "expn", LETTER_VALUE, "LIST",
	    "ask the smarthost who is on a list",
	    .mode = CMDLINE_QUERY, .which = QUERY_EXPN, .apply = apply_alone },
	{ '\0', "queue-run", LETTER_ATTACHED, "[X]",
	    "try what is in the queue: now, or what is due",
	    .mode = CMDLINE_QUEUE_RUN, .apply = apply_run },
	{ .name = "queue-json", .mode = CMDLINE_QUEUE_JSON,
	    .help = "list the queue, a JSON object a line",
	    .apply = apply_alone },
	{ '\0', "queue-show", LETTER_VALUE, "ID",
	    "print messages of the queue: ids, ALL, or - for ids on standard "
	    "input", .words = true, .mode = CMDLINE_QUEUE_ACT,
	    .which = QUEUE_SHOW,
	    .apply = apply_ids },
	{ '\0', "queue-hold", LETTER_VALUE, "ID",
	    "do not try them until they are released", .words = true,
	    .mode = CMDLINE_QUEUE_ACT, .which = QUEUE_HOLD,
	    .apply = apply_ids },
	{ '\0', "queue-release", LETTER_VALUE, "ID",
	    "try them again when they are due", .words = true,
	    .mode = CMDLINE_QUEUE_ACT, .which = QUEUE_RELEASE,
	    .apply = apply_ids },
	{ '\0', "queue-delete", LETTER_VALUE, "ID",
	    "remove them from the queue", .words = true,
	    .mode = CMDLINE_QUEUE_ACT, .which = QUEUE_DELETE,
	    .apply = apply_ids },
	{ '\0', "queue-requeue", LETTER_VALUE, "ID",
	    "make them due at once, even if they were given up",
	    .words = true, .mode = CMDLINE_QUEUE_ACT, .which = QUEUE_REQUEUE,
	    .apply = apply_ids },
	{ .name = "check", .mode = CMDLINE_TRIAL,
	    .help = "try the account, up to the recipients if any are named, "
	    "without a message" },
	{ .name = "json", .flag = AT(request.json),
	    .help = "with --check, --serverinfo, -P or -bp: print JSON" },
	{ .name = "check-config", .mode = CMDLINE_CHECK,
	    .help = "find all errors in account files, in place of "
	    "recipients" },
	{ .name = "help", .help = "print this", .mode = CMDLINE_HELP },
	{ .name = "version", .help = "print the version",
	    .mode = CMDLINE_VERSION },
};

#define LETTERS (sizeof(letters) / sizeof(letters[0]))

int
letter_apply(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	static const bool yes = true;

	if (l->ours && !invocation_is_trusted(c->invocation)) {
		fault(f, FAULT_USAGE, "-%c is not an option of sendmail",
		    l->letter);
		return fault_hint(f, "call postrider itself: who calls "
		    "sendmail wants the message sent");
	}
	if (l->refused != NULL)
		return refuse(l, value == NULL ? "" : value, l->refused, f);
	if (l->apply != NULL)
		return l->apply(c, l, value == NULL ? l->given : value, f);
	if (l->flag != 0)
		memcpy((char *)c + l->flag, &yes, sizeof(yes));
	if (l->mode != CMDLINE_SUBMIT)
		c->mode = l->mode;
	return 0;
}

const struct letter *
letter_find(char letter)
{
	for (size_t i = 0; i < LETTERS; i++)
		if (letters[i].letter == letter)
			return &letters[i];
	return NULL;
}

const struct letter *
letter_at(size_t i)
{
	return i < LETTERS ? &letters[i] : NULL;
}
