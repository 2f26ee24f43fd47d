/* SPDX-License-Identifier: ISC */
/* Command lines: what they ask for, or why they are refused. */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "cli/cmdline.h"
#include "tests/tap.h"

#define WORDS_MAX 12	/* arguments in a row of the table */
#define TEXT_MAX 4096	/* octets of what a test compares */

/*
 * Arguments, and in words what they ask for: see describe(). Or the fault
 * that they are ("USAGE", "DATA" and part of its text) and part of its hint.
 */
static const struct {
	const char *words[WORDS_MAX];
	const char *asked;
	const char *fault;
	const char *hint;
} rows[] = {
	/* what real callers pass */
	{ { "sendmail", "-FCronDaemon", "-i", "-B8BITMIME", "-oem", "root" },
	    "i 8bit F=CronDaemon to=root@", NULL, NULL },
	{ { "sendmail", "-FCronDaemon", "-i", "-odi", "-oem", "-t" },
	    "t i F=CronDaemon", NULL, NULL },
	{ { "sendmail", "-FAnacron", "-odi", "root" }, "F=Anacron to=root@",
	    NULL, NULL },
	{ { "sendmail", "-t", "-i", "-fweb@example.org" },
	    "t i f=web@example.org", NULL, NULL },
	{ { "sendmail", "-oi", "-fa@example.org", "-t" },
	    "t i f=a@example.org", NULL, NULL },
	{ { "sendmail", "-i", "-f", "a@example.org", "--", "b@example.org" },
	    "i f=a@example.org to=b@example.org", NULL, NULL },
	{ { "sendmail", "-oem", "-oi", "-f", "a@example.org", "-N",
	    "failure,delay", "-R", "hdrs", "--", "b@example.org" },
	    "i f=a@example.org N=12 R=2 to=b@example.org", NULL, NULL },
	{ { "sendmail", "-i", "-m", "-v", "--", "b@example.org" },
	    "i v to=b@example.org", NULL, NULL },
	{ { "sendmail", "-oi", "-f", "a@example.org", "-oA/etc/aliases",
	    "-oem", "-odb", "b@example.org" },
	    "i f=a@example.org to=b@example.org note", NULL, NULL },
	{ { "sendmail", "-oep", "-odi", "b" }, "to=b@", NULL, NULL },
	{ { "sendmail", "-f", "<>", "b@example.org" },
	    "f=<> to=b@example.org", NULL, NULL },
	{ { "sendmail", "-f", "", "b@example.org" },
	    "f=<> unusable= to=b@example.org", NULL, NULL },
	{ { "sendmail", "-oi", "-odi", "-oem", "-f", "a@example.org", "-N",
	    "success,delay,failure", "-V", "x+1", "b" },
	    "i f=a@example.org N=14 V=x+1 to=b@", NULL, NULL },
	/* letters */
	{ { "p", "-ti" }, "t i", NULL, NULL },
	{ { "p", "-tifa@example.org" }, "t i f=a@example.org", NULL, NULL },
	{ { "p", "-tif", "a@example.org" }, "t i f=a@example.org", NULL,
	    NULL },
	{ { "p", "a@example.org", "-i", "b@example.org" },
	    "i to=a@example.org to=b@example.org", NULL, NULL },
	{ { "p", "--", "-x@example.org" }, "to=-x@example.org", NULL, NULL },
	{ { "p", "-t", "-r", "a@example.org" }, "t f=a@example.org", NULL,
	    NULL },
	{ { "p", "-t", "-fa@example.org", "-fb@example.org" },
	    "t f=b@example.org", NULL, NULL },
	{ { "p", "-t", "-f", "Ann <a@example.org>" }, "t f=a@example.org",
	    NULL, NULL },
	{ { "p", "-t", "-f<a@example.org>" }, "t f=a@example.org", NULL,
	    NULL },
	{ { "p", "-t", "-F", "Ann Other" }, "t F=Ann Other", NULL, NULL },
	{ { "p", "-t", "-F", "" }, "t", NULL, NULL },
	{ { "p", "-t", "-B", "8bitmime" }, "t 8bit", NULL, NULL },
	{ { "p", "-t", "-B7BIT" }, "t", NULL, NULL },
	{ { "p", "-bm", "a" }, "to=a@", NULL, NULL },
	{ { "p", "-b", "m", "a" }, "to=a@", NULL, NULL },
	{ { "p", "-o", "i", "-t" }, "t i", NULL, NULL },
	{ { "p", "-oitrue", "-t" }, "t i", NULL, NULL },
	{ { "p", "-i", "-oifalse", "-t" }, "t", NULL, NULL },
	{ { "p", "-oQ", "a" }, "to=a@", NULL, NULL },
	{ { "p", "-od", "a" }, "to=a@", NULL, NULL },
	{ { "p", "-O", "DeliveryMode=b", "a" }, "to=a@", NULL, NULL },
	{ { "p", "-Ac", "-Am", "-G", "-h", "3", "-L", "tag", "-m",
	    "a" }, "L=tag to=a@", NULL, NULL },
	{ { "p", "-E", "-em", "-e", "q", "-J", "-pSMTP:h", "-x", "-Q",
	    "-Qwhy", "a" }, "q to=a@", NULL, NULL },
	{ { "p", "-U", "-t" }, "t U", NULL, NULL },
	{ { "p", "-t", "-N", "never" }, "t N=1", NULL, NULL },
	{ { "p", "-t", "-NSUCCESS" }, "t N=2", NULL, NULL },
	{ { "p", "-t", "-N", "fail , Delay" }, "t N=12", NULL, NULL },
	{ { "p", "-t", "-N", "never", "-N", "off" }, "t", NULL, NULL },
	{ { "p", "-t", "-R", "full", "-R", "off" }, "t", NULL, NULL },
	{ { "p", "-t", "-f", "mailer-daemon" }, "t f=<>", NULL, NULL },
	{ { "p", "-t", "-f", "mailer-daemon@example.org" },
	    "t f=mailer-daemon@example.org", NULL, NULL },
	{ { "p", "-t", "--debug=2" }, "t v", NULL, NULL },
	{ { "p", "-t", "-R", "FULL" }, "t R=1", NULL, NULL },
	{ { "p", "-t", "-Rheaders" }, "t R=2", NULL, NULL },
	{ { "p", "-t", "-a", "work" }, "t a=work", NULL, NULL },
	{ { "p", "-t", "-awork", "-C/f" }, "t a=work C=/f", NULL, NULL },
	{ { "sendmail", "-t", "-a", "work" }, "t a=work", NULL, NULL },
	{ { "p", "-t", "-X", "/log" }, "t logfile=/log", NULL, NULL },
	{ { "p", "-t", "-X-" }, "t logfile=-", NULL, NULL },
	{ { "p", "-t", "-X", "/log", "-X", "" }, "t", NULL, NULL },
	{ { "p", "-t", "--logfile=~/log", "--syslog" },
	    "t logfile=~/log syslog=1", NULL, NULL },
	{ { "p", "-v", "a" }, "v to=a@", NULL, NULL },
	{ { "p", "-d", "a" }, "v to=a@", NULL, NULL },
	{ { "p", "-d8.11", "a" }, "v to=a@", NULL, NULL },
	{ { "p", "-d0.1" }, "version", NULL, NULL },
	{ { "p", "-d0" }, "version", NULL, NULL },
	{ { "p", "-d01", "a" }, "v to=a@", NULL, NULL },
	{ { "p", "-bp" }, "queue", NULL, NULL },
	{ { "p", "-t", "-V", "an id" }, "t V=an id", NULL, NULL },
	/* recipients */
	{ { "p", "a@example.org, b@example.org" },
	    "to=a@example.org to=b@example.org", NULL, NULL },
	{ { "p", "Ann <a@example.org>" }, "to=a@example.org", NULL, NULL },
	/* long options */
	{ { "p", "--help", "--nonsense" }, "help", NULL, NULL },
	{ { "p", "--version" }, "version", NULL, NULL },
	{ { "sendmail", "--help" }, "help", NULL, NULL },
	{ { "sendmail", "--version" }, "version", NULL, NULL },
	{ { "p", "--account=work", "--debug", "--read-recipients" },
	    "t v a=work", NULL, NULL },
	{ { "p", "--account", "work", "-t" }, "t a=work", NULL, NULL },
	{ { "p", "--file=/f", "--from", "a@example.org", "-t" },
	    "t f=a@example.org C=/f", NULL, NULL },
	{ { "p", "--host", "h", "--port=25", "--user=", "-t" },
	    "t host=h port=25 user=", NULL, NULL },
	{ { "p", "--tls", "a" }, "to=a@ tls=2", NULL, NULL },
	{ { "p", "--tls=off", "a" }, "to=a@ tls=1", NULL, NULL },
	{ { "p", "--connect-timeout=5", "a" }, "to=a@ timeout=5", NULL,
	    NULL },
	{ { "p", "-t", "--auth=plain" }, "t auth=PLAIN", NULL, NULL },
	/* other names */
	{ { "/usr/bin/mailq" }, "queue", NULL, NULL },
	{ { "mailq", "-Ac", "-v" }, "v queue", NULL, NULL },
	{ { "/usr/sbin/sendmail", "-bp" }, "queue", NULL, NULL },
	{ { "send-mail", "-t" }, "t", NULL, NULL },
	{ { "sendmail.postrider", "--tls", "-t" }, "t tls=2", NULL, NULL },

	{ { "p" }, NULL, "USAGE no recipients", "-t" },
	{ { "p", "-i" }, NULL, "USAGE no recipients", "-t" },
	{ { "p", "-z", "a" }, NULL, "USAGE unknown option -z", "--help" },
	{ { "p", "-tz" }, NULL, "USAGE unknown option -z", NULL },
	{ { "p", "-k" }, NULL, "USAGE unknown option -k", NULL },
	{ { "p", "--prt=25", "a" }, NULL, "USAGE unknown option --prt",
	    "did you mean --port?" },
	{ { "p", "--tls_certcheck=off", "a" }, NULL,
	    "USAGE unknown option --tls_certcheck", "--tls-certcheck" },
	{ { "p", "--acount=w", "a" }, NULL, "USAGE unknown option --acount",
	    "did you mean --account?" },
	{ { "p", "--password=x", "a" }, NULL,
	    "USAGE --password is ambiguous",
	    "--passwordeval, --passwordeval-timeout" },
	{ { "p", "--undisclosed", "--keepbcc=off", "--tls-force=on", "a" },
	    "to=a@ note", NULL, NULL },
	{ { "p", "--tls-st=off", "--tim", "5", "a" }, "to=a@ timeout=5",
	    NULL, NULL },
	{ { "p", "--vers" }, "version", NULL, NULL },
	{ { "p", "--set-f=on", "--dsn-return", "full", "a" }, "to=a@", NULL,
	    NULL },
	{ { "p", "--read", "a" }, NULL, "USAGE --read is ambiguous",
	    "--read-recipients, --read-envelope-from" },
	{ { "p", "--tl=on", "a" }, NULL, "USAGE --tl is ambiguous",
	    "--tls, --tls-starttls" },
	{ { "p", "--keepbcc=yes", "a" }, NULL,
	    "USAGE keepbcc cannot be 'yes'", "on or off" },
	{ { "p", "--dsn-notify=x", "a" }, NULL,
	    "USAGE --dsn-notify: dsn_notify 'x' is no list", "never" },
	{ { "p", "--read-envelope-from", "-f", "a", "b" }, NULL,
	    "USAGE -f and --read-envelope-from exclude", NULL },
	{ { "p", "-P" }, "P", NULL, NULL },
	{ { "p", "--pretend", "-t" }, "t P", NULL, NULL },
	{ { "p", "--check-config", "not an address@" }, "check", NULL, NULL },
	{ { "p", "not an address@", "--check-config" }, "check", NULL, NULL },
	{ { "sendmail", "-P", "a" }, NULL, "USAGE -P is not an option of",
	    "postrider itself" },
	{ { "sendmail", "--check-config" }, NULL,
	    "USAGE --check-config is not an option of", NULL },
	{ { "p", "--=x", "a" }, NULL, "USAGE unknown option --", NULL },
	{ { "p", "a", "-f" }, NULL, "USAGE -f needs a value", NULL },
	{ { "p", "a", "-N" }, NULL, "USAGE -N needs a value", NULL },
	{ { "p", "a", "--port" }, NULL, "USAGE --port needs a value", NULL },
	{ { "p", "a", "--account" }, NULL, "USAGE --account needs a value",
	    NULL },
	{ { "p", "--help=x" }, NULL, "USAGE --help takes no value", NULL },
	{ { "p", "--pretend=x", "a" }, NULL, "USAGE --pretend takes no value",
	    NULL },
	{ { "p", "--port=025", "a" }, NULL,
	    "USAGE --port: port '025' is not a plain", "port 25" },
	{ { "p", "--host=a\nb", "a" }, NULL,
	    "USAGE --host: host holds a control", NULL },
	{ { "p", "--domain=a\rb", "a" }, NULL,
	    "USAGE --domain: domain holds a control", NULL },
	{ { "p", "--user=a\nb", "a" }, NULL,
	    "USAGE --user: user holds a control", NULL },
	{ { "p", "--host=h", "--account=w", "a" }, NULL,
	    "USAGE --host and --account exclude", NULL },
	{ { "p", "-bS" }, NULL, "USAGE -bS is not supported",
	    "one message" },
	{ { "p", "-bd" }, NULL, "USAGE -bd is not supported", "daemon" },
	{ { "p", "-bi" }, "aliases", NULL, NULL },
	{ { "p", "-bv", "a" }, "to=a@ verify", NULL, NULL },
	{ { "p", "-bv" }, NULL, "USAGE no recipients", "-bv reads no" },
	{ { "p", "-bt", "not an address@" }, "test", NULL, NULL },
	{ { "sendmail", "-bC" }, "check", NULL, NULL },
	{ { "sendmail", "-bC", "/f" }, NULL, "USAGE '/f': callers of", NULL },
	{ { "p", "-bP" }, "count", NULL, NULL },
	{ { "p", "-bpc" }, "count", NULL, NULL },
	{ { "p", "-bV" }, "version", NULL, NULL },
	{ { "p", "-bh" }, "nothing", NULL, NULL },
	{ { "p", "-bdf" }, NULL, "USAGE -bdf is not supported", "daemon" },
	{ { "p", "-bz" }, NULL, "USAGE -bz is not supported", "-bm" },
	{ { "p", "-I" }, "aliases", NULL, NULL },
	{ { "sendmail", "-n", "a" }, "n to=a@", NULL, NULL },
	{ { "p", "-q" }, "run", NULL, NULL },
	{ { "p", "-q30m" }, "run note", NULL, NULL },
	{ { "p", "-qf" }, "run", NULL, NULL },
	{ { "p", "-bp", "-qRa" }, "recipient=a queue note", NULL, NULL },
	{ { "p", "-qIid", "-qR@b", "-qSs" }, "id=id recipient=@b sender=s run",
	    NULL, NULL },
	{ { "p", "-qG1" }, "run", NULL, NULL },
	{ { "p", "-qS" }, NULL, "USAGE -qS needs a value", NULL },
	{ { "p", "-q!Ia" }, NULL, "USAGE -q!Ia is not supported", "-qI" },
	{ { "p", "-q", "a" }, NULL, "USAGE a run of the queue takes no",
	    "no message is sent" },
	{ { "sendmail", "-t", "-q" }, NULL, "USAGE a run of the queue reads "
	    "no", "no message is sent" },
	{ { "p", "--queue-run" }, "run", NULL, NULL },
	{ { "p", "--queue-run=now" }, "run", NULL, NULL },
	{ { "p", "--queue-run=due" }, "due run", NULL, NULL },
	{ { "p", "--queue-run=x" }, NULL, "USAGE --queue-run=x: there", NULL },
	{ { "p", "--queue-hold", "1", "2", "--", "-3" }, "hold 1 2 -3", NULL,
	    NULL },
	{ { "p", "1", "--queue-hold=2", "-" }, "hold 1 2 -", NULL, NULL },
	{ { "p", "--queue-hold", "-" }, "hold -", NULL, NULL },
	{ { "p", "-", "--queue-hold=2" }, NULL, "USAGE '-' is no", NULL },
	{ { "sendmail", "--queue-hold=1" }, NULL,
	    "USAGE --queue-hold is not an option of sendmail", NULL },
	{ { "p", "-odq", "a" }, "later to=a@", NULL, NULL },
	{ { "p", "-o", "dd", "a" }, "later to=a@", NULL, NULL },
	{ { "p", "-O", "deliverymode=Queue", "a" }, "later to=a@", NULL,
	    NULL },
	{ { "p", "-odq", "-odb", "a" }, "to=a@", NULL, NULL },
	{ { "sendmail", "-odq/x", "a" }, NULL, "USAGE -odq/x names a file",
	    NULL },
	{ { "p", "-L", "cron", "-eq", "a" }, "q L=cron to=a@", NULL, NULL },
	{ { "p", "-e", "q", "-oem", "a" }, "to=a@", NULL, NULL },
	{ { "p", "-O", "errormode=quiet", "-OIgnoreDots=True", "a" },
	    "i q to=a@", NULL, NULL },
	{ { "p", "-oA/f", "a" }, "to=a@ aliases=/f", NULL, NULL },
	{ { "p", "-oQ", "/var/spool", "a" }, "to=a@", NULL, NULL },
	{ { "p", "-oQ", "/a=b/@c", "a" }, "to=/a=b/@c to=a@", NULL, NULL },
	{ { "p", "-T", "x", "-h", "100", "a" }, "to=a@", NULL, NULL },
	{ { "p", "-h", "x", "a" }, NULL, "USAGE -h 'x' is not a number",
	    NULL },
	{ { "p", "-M1" }, NULL, "USAGE -M1 is not supported", NULL },
	{ { "p", "-s", "subject", "a" }, NULL, "USAGE -s is not supported",
	    "Subject" },
	{ { "p", "-X", "~bob/log", "a" }, NULL,
	    "USAGE --logfile: logfile '~bob/log'", "~/..." },
	{ { "p", "-o" }, NULL, "USAGE -o needs a value", NULL },
	{ { "p", "-o", "" }, NULL, "USAGE -o needs a letter", NULL },
	{ { "p", "-a", "", "b" }, NULL, "USAGE -a needs a name", NULL },
	{ { "p", "-C", "", "b" }, NULL, "USAGE -C needs a file", NULL },
	{ { "p", "-B", "BINARYMIME", "a" }, NULL, "USAGE -B 'BINARYMIME'",
	    NULL },
	{ { "p", "-N", "sometimes", "a" }, NULL, "USAGE -N 'sometimes'",
	    "never" },
	{ { "p", "-N", "never,delay", "a" }, NULL, "USAGE -N 'never,delay'",
	    NULL },
	{ { "p", "-N", "failuredelay", "a" }, NULL, "USAGE -N", NULL },
	{ { "p", "-N", "failure delay", "a" }, NULL, "USAGE -N", NULL },
	{ { "p", "-N", "delay,", "a" }, NULL, "USAGE -N", NULL },
	{ { "p", "-N", "", "a" }, NULL, "USAGE -N", NULL },
	{ { "p", "-R", "half", "a" }, NULL, "USAGE -R 'half'", NULL },
	{ { "p", "-V", "a\nb", "a" }, NULL, "USAGE -V 'a\\x0ab' holds",
	    NULL },
	{ { "p", "-V", "", "a" }, NULL, "USAGE -V ''", NULL },
	{ { "p", "-V", "\xc3\xa4", "a" }, NULL, "USAGE -V", NULL },
	{ { "p", "-F", "a\r\nBcc: b", "a" }, NULL, "USAGE -F", NULL },
	{ { "p", "-f", "a@example.org\r\nRCPT TO:<b@example.org>", "a" },
	    NULL, "DATA -f ", NULL },
	/* the account may have a sender to put in its place */
	{ { "p", "-f", "a@example.org> SIZE=1", "a" },
	    "unusable=a@example.org> SIZE=1 to=a@", NULL, NULL },
	{ { "p", "-f", "a@example.org,b@example.org", "a" },
	    "unusable=a@example.org,b@example.org to=a@", NULL, NULL },
	{ { "p", "-f", "@example.org", "a" }, "unusable=@example.org to=a@",
	    NULL, NULL },
	{ { "p", "-f", "@x", "-f", "a@example.org", "a" },
	    "f=a@example.org to=a@", NULL, NULL },
	{ { "p", "-f", "@x", "-S" }, NULL, "DATA the reverse-path '@x': ",
	    NULL },
	{ { "p", "a@example.org\nb@example.org" }, NULL, "DATA recipient ",
	    NULL },
	{ { "p", "" }, NULL, "DATA recipient '' holds no address", NULL },
	{ { "p", "," }, NULL, "DATA recipient ',' holds no address", NULL },
	{ { "p", "<>" }, NULL, "DATA recipient '<>'", NULL },
	{ { "p", "@example.org" }, NULL, "DATA recipient ", NULL },
	{ { "p", "/etc/passwd" }, NULL, "DATA recipient '/etc/passwd'",
	    NULL },
	{ { "p", "|cat" }, NULL, "DATA recipient '|cat'", NULL },
	{ { "p", "\"|cat > /tmp/x\"" }, NULL, "DATA recipient ", NULL },
	{ { "p", "-" }, NULL, "USAGE '-' is no address", NULL },
	{ { "sendmail", "--host=h", "a" }, NULL,
	    "USAGE --host is not an option of sendmail", "own name" },
	{ { "sendmail", "--passwordeval=id", "a" }, NULL,
	    "USAGE --passwordeval is not an option of sendmail", NULL },
	{ { "sendmail", "--account=w", "a" }, NULL,
	    "USAGE --account is not an option of sendmail", NULL },
	{ { "sendmail", "-X/log", "a" }, NULL, "USAGE -X is not", "-v" },
	{ { "sendmail", "--logfile=/log", "a" }, NULL,
	    "USAGE --logfile is not an option of sendmail", NULL },
	{ { "newaliases" }, "aliases", NULL, NULL },
	{ { "runq" }, "run", NULL, NULL },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void
add_flag(struct buffer *b, bool set, const char *word)
{
	if (set)
		buffer_printf(b, "%s%s", b->len == 0 ? "" : " ", word);
}

static void
add_value(struct buffer *b, const char *name, const char *value)
{
	if (value != NULL)
		buffer_printf(b, "%s%s=%s", b->len == 0 ? "" : " ", name,
		    value);
}

static void
add_number(struct buffer *b, const char *name, unsigned value)
{
	if (value != 0)
		buffer_printf(b, "%s%s=%u", b->len == 0 ? "" : " ", name,
		    value);
}

static void
add_settings(struct buffer *b, const struct account *a)
{
	add_value(b, "host", a->host);
	add_number(b, "port", (unsigned)a->port);
	add_number(b, "timeout", (unsigned)a->timeout);
	add_value(b, "logfile", a->logfile);
	add_value(b, "aliases", a->aliases);
	add_number(b, "syslog", (unsigned)a->syslog);
	add_number(b, "tls", a->tls);
	add_value(b, "auth", a->auth);
	if (a->set[OPTION_USER])
		add_value(b, "user", a->user == NULL ? "" : a->user);
}

static bool
is_hold(const struct cmdline *c)
{
	return c->mode == CMDLINE_QUEUE_ACT && c->alone->which == QUEUE_HOLD;
}

static char *
describe(const struct cmdline *c)
{
	struct buffer b;

	buffer_init(&b, TEXT_MAX);
	add_flag(&b, c->read_recipients, "t");
	add_flag(&b, c->ignore_dots, "i");
	add_flag(&b, c->request.no_aliases, "n");
	add_flag(&b, c->verbose, "v");
	add_flag(&b, c->quiet, "q");
	add_flag(&b, c->pretend, "P");
	add_flag(&b, c->read_sender, "from");
	add_flag(&b, c->envelope.smtputf8, "U");
	add_flag(&b, c->request.eight_bit, "8bit");
	add_flag(&b, c->request.queue_only, "later");
	add_value(&b, "L", c->request.ident);
	add_value(&b, "F", c->request.full_name);
	if (c->envelope.null_path)
		add_value(&b, "f", "<>");
	else if (c->envelope.path.local != NULL)
		buffer_printf(&b, "%sf=%s@%s", b.len == 0 ? "" : " ",
		    c->envelope.path.local, c->envelope.path.domain);
	add_value(&b, "unusable", c->envelope.unusable_path);
	add_number(&b, "N", c->envelope.notify);
	add_number(&b, "R", c->envelope.ret);
	add_value(&b, "V", c->envelope.envid);
	add_value(&b, "a", c->request.account);
	add_value(&b, "C", c->request.file);
	for (size_t i = 0; i < c->envelope.count; i++)
		buffer_printf(&b, "%sto=%s@%s", b.len == 0 ? "" : " ",
		    c->envelope.recipient[i].box.local,
		    c->envelope.recipient[i].box.domain);
	add_settings(&b, &c->overrides);
	add_value(&b, "id", c->wish.id);
	add_value(&b, "recipient", c->wish.recipient);
	add_value(&b, "sender", c->wish.sender);
	add_flag(&b, c->wish.due, "due");
	add_flag(&b, c->mode == CMDLINE_QUEUE, "queue");
	add_flag(&b, is_hold(c), "hold");
	for (size_t i = 0; is_hold(c) && i < c->words; i++)
		add_flag(&b, true, c->word[i]);
	add_flag(&b, c->mode == CMDLINE_ALIASES, "aliases");
	add_flag(&b, c->mode == CMDLINE_CHECK, "check");
	add_flag(&b, c->mode == CMDLINE_VERIFY, "verify");
	add_flag(&b, c->mode == CMDLINE_TEST, "test");
	add_flag(&b, c->mode == CMDLINE_QUEUE_COUNT, "count");
	add_flag(&b, c->mode == CMDLINE_QUEUE_RUN, "run");
	add_flag(&b, c->mode == CMDLINE_NOTHING, "nothing");
	add_flag(&b, c->mode == CMDLINE_HELP, "help");
	add_flag(&b, c->mode == CMDLINE_VERSION, "version");
	add_flag(&b, c->notes.count > 0, "note");
	return buffer_detach(&b);
}

static bool
is_fault(const struct fault *f, const char *expected, const char *hint)
{
	const char *text = strchr(expected, ' ') + 1;
	enum fault_class class = expected[0] == 'U' ? FAULT_USAGE :
	    FAULT_DATA;

	return f->class == class && strncmp(f->text, text,
	    strlen(text)) == 0 && (hint == NULL || (f->hint != NULL &&
	    strstr(f->hint, hint) != NULL));
}

static void
test_row(size_t i)
{
	char *argv[WORDS_MAX + 1] = { NULL };
	struct cmdline c;
	struct fault f = { 0 };
	int argc = 0, r;
	char *got;

	for (; argc < WORDS_MAX && rows[i].words[argc] != NULL; argc++)
		argv[argc] = memory_string(rows[i].words[argc]);
	cmdline_init(&c);
	r = argv_parse(&c, argc, argv, &f);
	got = describe(&c);
	if (rows[i].asked != NULL)
		tap_ok(r == 0 && strcmp(got, rows[i].asked) == 0,
		    "row %zu: %s%s", i, r == 0 ? got : "fault: ",
		    f.text == NULL ? "" : f.text);
	else
		tap_ok(r == -1 && is_fault(&f, rows[i].fault, rows[i].hint),
		    "row %zu: %s; %s", i, f.text == NULL ? got : f.text,
		    f.hint == NULL ? "" : f.hint);
	free(got);
	cmdline_free(&c);
	fault_clear(&f);
	while (argc > 0)
		free(argv[--argc]);
}

static void
test_no_name(void)
{
	char *argv[] = { NULL };
	struct cmdline c;
	struct fault f = { 0 };

	cmdline_init(&c);
	argv_parse(&c, 0, argv, &f);
	tap_ok(c.invocation == INVOCATION_SENDMAIL &&
	    f.class == FAULT_USAGE, "no argv[0]: least is allowed");
	fault_clear(&f);
	cmdline_free(&c);
}

static void
test_envid_length(void)
{
	char id[102], name[] = "p", option[] = "-V", t[] = "-t";
	char *argv[] = { name, t, option, id, NULL };
	struct cmdline c;
	struct fault f = { 0 };

	memset(id, 'x', sizeof(id) - 1);
	id[100] = '\0';
	cmdline_init(&c);
	tap_ok(argv_parse(&c, 4, argv, &f) == 0, "-V of 100 octets");
	cmdline_free(&c);
	id[50] = '+'; /* three octets as xtext */
	tap_ok(argv_parse(&c, 4, argv, &f) == -1 &&
	    f.class == FAULT_USAGE, "-V of 102 octets when encoded");
	fault_clear(&f);
	cmdline_free(&c);
}

int
main(void)
{
	for (size_t i = 0; i < ROWS; i++)
		test_row(i);
	test_no_name();
	test_envid_length();
	return tap_done();
}
