/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/text.h"
#include "mail/conversion/encoding.h"
#include "mail/dsn.h"
#include "cli/cmdline.h"
#include "cli/inquire.h"
#include "cli/letter.h"
#include "cli/lettermode.h"
#include "cli/letterold.h"

#define ENVID_MAX 100	/* octets of xtext: RFC 3461 section 4.4 */
#define HOPS_MAX 100	/* RFC 5321 section 6.3 */

static int
ignore(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	(void)c;
	(void)l;
	(void)value;
	(void)f;
	return 0;
}

int
letter_ours_only(const struct cmdline *c, const struct letter *l,
    struct fault *f)
{
	if (invocation_is_trusted(c->personality))
		return 0;
	fault(f, FAULT_USAGE, "-%c is not an option of sendmail", l->letter);
	return fault_hint(f, "call postrider itself: who calls sendmail wants "
	    "the message sent");
}

/* Refuses the option for the row's reason: an `apply`. */
static int
unsupported(struct cmdline *c, const struct letter *l,
    const char *value, struct fault *f)
{
	(void)c;
	fault(f, FAULT_USAGE, "-%c%s is not supported", l->letter,
	    value == NULL || l->takes != LETTER_ATTACHED ? "" : value);
	return fault_hint(f, "%s", l->reason);
}

/* Values that go into the message or to the server in one line. */
static int
check_line(const struct letter *l, const char *value, struct fault *f)
{
	if (!text_has_control(value, strlen(value)))
		return 0;
	return fault(f, FAULT_USAGE, "-%c '%s' holds a control character",
	    l->letter, value);
}

static int
apply_account(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	if (value[0] == '\0')
		return fault(f, FAULT_USAGE, "-%c needs a name", l->letter);
	c->request.account = value;
	return 0;
}

static int
apply_file(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	if (value[0] == '\0')
		return fault(f, FAULT_USAGE, "-%c needs a file", l->letter);
	c->request.file = value;
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
apply_full_name(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	if (check_line(l, value, f) == -1)
		return -1;
	c->request.full_name = value[0] == '\0' ? NULL : value;
	return 0;
}

static int
apply_path(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	struct fault why = { 0 };
	struct mailbox box = { 0 };
	bool empty = false;

	if (address_parse_path(&box, &empty, value, strlen(value),
	    &why) == -1) {
		fault(f, why.class, "-%c '%s': %s", l->letter, value, why.text);
		if (why.hint != NULL)
			fault_hint(f, "%s", why.hint);
		fault_clear(&why);
		return -1;
	}
	/* what msmtpd gives for the null reverse-path, and msmtp takes */
	if (!empty && box.domain[0] == '\0' && text_same_word(box.local,
	    strlen(box.local), "MAILER-DAEMON")) {
		mailbox_free(&box);
		memset(&box, 0, sizeof(box));
		empty = true;
	}
	mailbox_free(&c->path);
	c->path = box;
	c->path_set = true;
	c->null_path = empty;
	return 0;
}

/* What a mail server's filter hands back must not be mended again. */
static int
apply_gateway(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	static const struct option_place here = { NULL, 0, 0 };
	static const enum option_id fields[] = { OPTION_SET_FROM_HEADER,
	    OPTION_SET_DATE_HEADER, OPTION_SET_MSGID_HEADER };
	static const char off[] = "off";

	(void)l;
	(void)value;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (option_set(&c->overrides, fields[i], off, sizeof(off) - 1,
		    &here, f) == -1)
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

static int
apply_ident(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	if (check_line(l, value, f) == -1)
		return -1;
	c->request.ident = value[0] == '\0' ? NULL : value;
	return 0;
}

static int
apply_no_aliases(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	(void)l;
	(void)value;
	(void)f;
	c->request.no_aliases = true;
	return 0;
}

static int
apply_dots(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	(void)l;
	(void)value;
	(void)f;
	c->ignore_dots = true;
	return 0;
}

/* Callers of sendmail do not name files for us to write. */
static int
apply_logfile(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	static const struct option_place here = { NULL, 0, 0 };

	if (!invocation_is_trusted(c->personality))
		return unsupported(c, l, value, f);
	return option_set(&c->overrides, OPTION_LOGFILE, value, strlen(value),
	    &here, f);
}

static int
apply_family(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	static const struct option_place here = { NULL, 0, 0 };

	(void)value;
	return option_set(&c->overrides, OPTION_ADDRESS_FAMILY,
	    l->letter == '4' ? "ipv4" : "ipv6", strlen("ipv4"), &here, f);
}

static int
apply_recipients(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	(void)l;
	(void)value;
	(void)f;
	c->read_recipients = true;
	return 0;
}

static int
apply_smtputf8(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	(void)l;
	(void)value;
	(void)f;
	c->smtputf8 = true;
	return 0;
}

static int
apply_verbose(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	(void)l;
	(void)value;
	(void)f;
	c->verbose = true;
	return 0;
}

/* "off" for a letter whose setting in the account is not to count. */
static int
turn_off(struct cmdline *c, enum option_id id, struct fault *f)
{
	static const struct option_place here = { NULL, 0, 0 };

	return option_set(&c->overrides, id, "off", 3, &here, f);
}

static int
apply_notify(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	if (text_same_word(value, strlen(value), "off")) {
		c->notify = 0;
		return turn_off(c, OPTION_DSN_NOTIFY, f);
	}
	if (dsn_parse_notify(&c->notify, value, strlen(value)) == 0)
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
		c->ret = DSN_RETURN_UNSET;
		return turn_off(c, OPTION_DSN_RETURN, f);
	}
	if (text_same_word(value, n, "full"))
		c->ret = DSN_RETURN_FULL;
	else if (text_same_word(value, n, "hdrs") ||
	    text_same_word(value, n, "headers"))
		c->ret = DSN_RETURN_HEADERS;
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
	c->envid = value;
	return 0;
}

#define NO_QUEUE "there is no queue: each message is sent at once or not at all"

static int
apply_pretend(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	(void)value;
	if (letter_ours_only(c, l, f) == -1)
		return -1;
	c->pretend = true;
	return 0;
}

static const struct letter letters[] = {
	{ '4', LETTER_ALONE, apply_family, NULL,
	    "connect to IPv4 addresses only", NULL },
	{ '6', LETTER_ALONE, apply_family, NULL,
	    "connect to IPv6 addresses only", NULL },
	{ 'A', LETTER_VALUE, ignore, NULL, NULL, NULL },
	{ 'a', LETTER_VALUE, apply_account, "NAME", "account to send by",
	    NULL },
	{ 'B', LETTER_VALUE, apply_body, "TYPE",
	    "body type: 7BIT or 8BITMIME", NULL },
	{ 'b', LETTER_VALUE, letter_mode, "X",
	    "-bm submits (the default), -bs speaks SMTP, -bv verifies, "
	    "-bt tests, -bi, -bp, -bC", NULL },
	{ 'C', LETTER_VALUE, apply_file, "FILE",
	    "account file to read in place of the user's own", NULL },
	{ 'D', LETTER_VALUE, letter_file, NULL, NULL, NULL },
	{ 'd', LETTER_ATTACHED, letter_debug, "[X]",
	    "the same as -v; -d0.1 prints the version", NULL },
	{ 'E', LETTER_ATTACHED, ignore, NULL, NULL, NULL },
	{ 'e', LETTER_VALUE, letter_errors, "q",
	    "say nothing on standard error: only the exit status counts",
	    NULL },
	{ 'F', LETTER_VALUE, apply_full_name, "NAME",
	    "full name for a From field that is missing", NULL },
	{ 'f', LETTER_VALUE, apply_path, "ADDRESS",
	    "reverse-path: where bounces go; '<>' for nowhere", NULL },
	{ 'G', LETTER_ALONE, apply_gateway, NULL,
	    "add no fields: the message has been through a mail server",
	    NULL },
	{ 'h', LETTER_VALUE, apply_hops, "N",
	    "hosts that the message has passed, at most 100", NULL },
	{ 'I', LETTER_ALONE, letter_aliases, NULL,
	    "check the alias files; the same as -bi", NULL },
	{ 'i', LETTER_ALONE, apply_dots, NULL,
	    "a line with a lone dot does not end the message", NULL },
	{ 'J', LETTER_ATTACHED, ignore, NULL, NULL, NULL },
	{ 'L', LETTER_VALUE, apply_ident, "NAME",
	    "name of the program in the system log", NULL },
	{ 'M', LETTER_ATTACHED, unsupported, NULL, NULL, NO_QUEUE },
	{ 'm', LETTER_ALONE, ignore, NULL, NULL, NULL },
	{ 'N', LETTER_VALUE, apply_notify, "LIST",
	    "delivery notifications: never, or success,failure,delay", NULL },
	{ 'n', LETTER_ALONE, apply_no_aliases, NULL,
	    "use no aliases", NULL },
	{ 'O', LETTER_VALUE, letter_long_old, NULL, NULL, NULL },
	{ 'o', LETTER_VALUE, letter_old, "X",
	    "-oi is -i; other options of sendmail are ignored", NULL },
	{ 'P', LETTER_ALONE, apply_pretend, NULL,
	    "show what would be done with the message, and do not", NULL },
	{ 'p', LETTER_VALUE, ignore, NULL, NULL, NULL },
	{ 'Q', LETTER_ATTACHED, ignore, NULL, NULL, NULL },
	{ 'q', LETTER_ATTACHED, letter_queue, "[X]",
	    "run the queue, which is always empty", NULL },
	{ 'R', LETTER_VALUE, apply_return, "full|hdrs",
	    "what notifications return of the message", NULL },
	{ 'r', LETTER_VALUE, apply_path, "ADDRESS", "the same as -f", NULL },
	{ 'S', LETTER_ALONE, inquire_apply, NULL,
	    "show what the smarthost says about itself", NULL },
	{ 's', LETTER_ALONE, unsupported, NULL, NULL,
	    "the subject is a field of the message: Subject: ..." },
	{ 'T', LETTER_VALUE, ignore, NULL, NULL, NULL },
	{ 't', LETTER_ALONE, apply_recipients, NULL,
	    "recipients of To, Cc and Bcc, added to the arguments", NULL },
	{ 'U', LETTER_ALONE, apply_smtputf8, NULL,
	    "ask for SMTPUTF8 though the addresses do not need it", NULL },
	{ 'V', LETTER_VALUE, apply_envid, "ID",
	    "envelope identifier for notifications", NULL },
	{ 'v', LETTER_ALONE, apply_verbose, NULL,
	    "show the dialogue on standard error", NULL },
	{ 'X', LETTER_VALUE, apply_logfile, "FILE",
	    "the same as --logfile=FILE",
	    "-v shows the dialogue on standard error" },
	{ 'x', LETTER_ALONE, ignore, NULL, NULL, NULL },
};

const struct letter *
letter_find(char letter)
{
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (letters[i].letter == letter)
			return &letters[i];
	return NULL;
}

const struct letter *
letter_at(unsigned i)
{
	return i < sizeof(letters) / sizeof(letters[0]) ? &letters[i] : NULL;
}
