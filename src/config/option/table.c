/* SPDX-License-Identifier: ISC */
/* The table of settings: one row for each, found by keyword or long option. */
#include <limits.h>
#include <string.h>

#include "base/text.h"
#include "smtp/sasl/mechanism.h"
#include "config/account/account.h"
#include "config/option/option.h"

/* A field is written by its offset, as an int: its enum must be as wide. */
_Static_assert(sizeof(enum toggle) == sizeof(int), "enum toggle");
_Static_assert(sizeof(enum tls_min_version) == sizeof(int), "enum version");
_Static_assert(sizeof(enum from_header) == sizeof(int), "enum from_header");
_Static_assert(sizeof(enum to_header) == sizeof(int), "enum to_header");
_Static_assert(sizeof(enum address_family) == sizeof(int), "enum family");
_Static_assert(sizeof(enum dsn_return) == sizeof(int), "enum dsn_return");

#define HELP_LEFT_SIZE 80		/* octets; a line of the help */
#define OPTION_SLIP_MAX 40		/* octets; no known word is longer */
#define PORT_MAX 65535			/* RFC 9293: 16 bits */
#define SECONDS_MAX (INT_MAX / 1000)	/* poll(2) counts milliseconds in int */
#define LIFETIME_MAX ((int64_t)INT_MAX)	/* seconds, 68 years */
#define FD_MIN 3	/* below are the message and our own output */
#define DH_BITS_MAX 16384		/* far above any group in use */

static const struct option_choice toggles[] = {
	{ "on", TOGGLE_ON }, { "off", TOGGLE_OFF }, { NULL, 0 }
};
static const struct option_choice protocols[] = {
	{ "smtp", PROTOCOL_SMTP },
	{ "lmtp", PROTOCOL_LMTP },
	{ NULL, 0 }
};
static const struct option_choice rejected[] = {
	{ "deliver", REJECTED_DELIVER },
	{ "abort", REJECTED_ABORT },
	{ NULL, 0 }
};
static const struct option_choice families[] = {
	{ "any", ADDRESS_FAMILY_ANY }, { "ipv4", ADDRESS_FAMILY_IPV4 },
	{ "ipv6", ADDRESS_FAMILY_IPV6 }, { NULL, 0 }
};
static const struct option_choice from_headers[] = {
	{ "auto", FROM_HEADER_AUTO }, { "on", FROM_HEADER_ON },
	{ "off", FROM_HEADER_OFF }, { NULL, 0 }
};
/* "auto" adds the field when it is missing, which is all that "on" can mean. */
static const struct option_choice added_headers[] = {
	{ "auto", TOGGLE_UNSET }, { "on", TOGGLE_ON }, { "off", TOGGLE_OFF },
	{ NULL, 0 }
};
static const struct option_choice to_headers[] = {
	{ "on", TO_HEADER_ON }, { "off", TO_HEADER_OFF },
	{ "undisclosed_recipients", TO_HEADER_UNDISCLOSED }, { NULL, 0 }
};
static const struct option_choice returns[] = {
	{ "off", DSN_RETURN_UNSET }, { "headers", DSN_RETURN_HEADERS },
	{ "full", DSN_RETURN_FULL }, { "hdrs", DSN_RETURN_HEADERS },
	{ NULL, 0 }
};
/* Facilities by their numbers in RFC 3164 section 4.1.1; the kernel's is 0. */
static const struct option_choice facilities[] = {
	{ "on", 1 }, { "off", -1 }, { "LOG_USER", 1 }, { "LOG_MAIL", 2 },
	{ "LOG_LOCAL0", 16 }, { "LOG_LOCAL1", 17 }, { "LOG_LOCAL2", 18 },
	{ "LOG_LOCAL3", 19 }, { "LOG_LOCAL4", 20 }, { "LOG_LOCAL5", 21 },
	{ "LOG_LOCAL6", 22 }, { "LOG_LOCAL7", 23 }, { NULL, 0 }
};
static const struct option_choice lengths[] = {
	{ "encode", LONG_LINES_ENCODE }, { "pass", LONG_LINES_PASS },
	{ "refuse", LONG_LINES_REFUSE }, { NULL, 0 }
};
static const struct option_choice versions[] = {
	{ "1.2", TLS_MIN_VERSION_1_2 }, { "1.3", TLS_MIN_VERSION_1_3 },
	{ NULL, 0 }
};
static const struct option_choice unsure[] = {
	{ "retry", QUEUE_UNSURE_RETRY }, { "hold", QUEUE_UNSURE_HOLD },
	{ NULL, 0 }
};
#define WORD(name, ...) { name, 1 },
/* SASL mechanism names (RFC 4422 section 3.1); the value 0 is "off". */
static const struct option_choice methods[] = {
	{ "on", 1 }, { "off", 0 }, SASL_MECHANISMS(WORD) { NULL, 0 }
};

#define AS(kind, member) \
	OPTION_TYPE_##kind, offsetof(struct account, member)
#define TOGGLE(member, preset, help) \
	AS(CHOICE, member), "on|off", preset, help, .choices = toggles

/* Keyword, long option, type and field, value, default, help; what else
 * belongs to the type. */
static const struct option_row rows[OPTION_COUNT] = {
	/* the smarthost, and the way to it */
	[OPTION_HOST] = { "host", "host", AS(STRING, host), "NAME", "none",
	    "smarthost to submit to; no account file is read",
	    .flags = OPTION_WORD },
	[OPTION_PORT] = { "port", "port", AS(NUMBER, port), "NUMBER",
	    "25, or 465 with implicit TLS", "port of the smarthost", .min = 1,
	    .max = PORT_MAX },
	[OPTION_TIMEOUT] = { "timeout", "timeout", AS(NUMBER, timeout),
	    "SECONDS", "off: as RFC 5321 has them",
	    "time for connecting and for each reply", .flags = OPTION_OFF,
	    .min = 1, .max = SECONDS_MAX },
	[OPTION_DOMAIN] = { "domain", "domain", AS(STRING, domain), "NAME",
	    "this host's name", "name to give in EHLO",
	    .flags = OPTION_EMPTY | OPTION_WORD },
	[OPTION_PROTOCOL] = { "protocol", "protocol", AS(CHOICE, protocol),
	    "smtp|lmtp", "smtp", "what the server speaks",
	    .flags = OPTION_NEEDED, .choices = protocols },
	[OPTION_PIPELINING] = { "pipelining", "pipelining", TOGGLE(pipelining,
	    "on", "send commands in groups where that is offered") },
	[OPTION_CHUNKING] = { "chunking", "chunking", TOGGLE(chunking, "on",
	    "send messages by BDAT where that is offered") },
	[OPTION_REJECTED_RECIPIENTS] = { "rejected_recipients",
	    "rejected-recipients", AS(CHOICE, rejected_recipients),
	    "deliver|abort", "deliver",
	    "whether the others get mail that one is refused",
	    .flags = OPTION_NEEDED, .choices = rejected },
	[OPTION_SOURCE_IP] = { "source_ip", "source-ip", AS(STRING, source_ip),
	    "ADDRESS", "the system's choice",
	    "address of this machine to connect from",
	    .flags = OPTION_EMPTY | OPTION_WORD | OPTION_LITERAL },
	[OPTION_ADDRESS_FAMILY] = { "address_family", "address-family",
	    AS(CHOICE, address_family), "any|ipv4|ipv6", "any",
	    "addresses to connect to; -4 and -6 are short for it",
	    .flags = OPTION_EMPTY | OPTION_NEEDED, .choices = families },
	[OPTION_SOCKET] = { "socket", "socket", AS(PATH, socket), "PATH",
	    "none", "Unix socket of the smarthost, instead of the host",
	    .flags = OPTION_EMPTY },
	[OPTION_PROXY_HOST] = { "proxy_host", "proxy-host",
	    AS(STRING, proxy_host), "NAME", "none",
	    "SOCKS5 proxy to connect by", .flags = OPTION_EMPTY | OPTION_WORD },
	[OPTION_PROXY_PORT] = { "proxy_port", "proxy-port",
	    AS(NUMBER, proxy_port), "NUMBER", "1080", "port of the proxy",
	    .flags = OPTION_EMPTY, .min = 1, .max = PORT_MAX },
	[OPTION_PROXY_USER] = { "proxy_user", "proxy-user",
	    AS(STRING, proxy_user), "NAME", "none",
	    "name to authenticate as to the proxy", .flags = OPTION_EMPTY },
	/* no long option, as for password */
	[OPTION_PROXY_PASSWORD] = { "proxy_password", NULL,
	    AS(SECRET, proxy_password), "TEXT", "none",
	    "password for the proxy", .flags = OPTION_EMPTY | OPTION_RAW },
	/* envelope, header, aliases and log */
	/* --from is -f: see cli/cmdline */
	[OPTION_FROM] = { "from", NULL, AS(STRING, from), "ADDRESS", "none",
	    "reverse-path, or a pattern that matches it",
	    .flags = OPTION_EMPTY },
	/* on the command line it is -F */
	[OPTION_FROM_FULL_NAME] = { "from_full_name", NULL,
	    AS(STRING, from_full_name), "NAME", "none",
	    "full name for a From field that is added", .flags = OPTION_EMPTY },
	/* only a file can forbid it */
	[OPTION_ALLOW_FROM_OVERRIDE] = { "allow_from_override", NULL,
	    TOGGLE(allow_from_override, "on",
	    "whether -f replaces the account's address") },
	[OPTION_AUTO_FROM] = { "auto_from", "auto-from", TOGGLE(auto_from,
	    "off", "obsolete: send as user@maildomain") },
	[OPTION_MAILDOMAIN] = { "maildomain", "maildomain",
	    AS(STRING, maildomain), "NAME", "none",
	    "obsolete: the domain for auto_from",
	    .flags = OPTION_EMPTY | OPTION_WORD },
	[OPTION_SET_FROM_HEADER] = { "set_from_header", "set-from-header",
	    AS(CHOICE, set_from_header), "auto|on|off", "auto",
	    "add a missing From field, or replace it",
	    .choices = from_headers },
	[OPTION_SET_TO_HEADER] = { "set_to_header", "set-to-header",
	    AS(CHOICE, set_to_header), "on|off|...", "off",
	    "replace To, Cc and Bcc by one To field", .choices = to_headers },
	[OPTION_SET_DATE_HEADER] = { "set_date_header", "set-date-header",
	    AS(CHOICE, set_date_header), "auto|on|off", "auto",
	    "add a missing Date field", .choices = added_headers },
	[OPTION_SET_MSGID_HEADER] = { "set_msgid_header", "set-msgid-header",
	    AS(CHOICE, set_msgid_header), "auto|on|off", "auto",
	    "add a missing Message-ID field", .choices = added_headers },
	[OPTION_REMOVE_BCC_HEADERS] = { "remove_bcc_headers",
	    "remove-bcc-headers", TOGGLE(remove_bcc_headers, "on",
	    "remove Bcc and Resent-Bcc fields") },
	[OPTION_DSN_NOTIFY] = { "dsn_notify", "dsn-notify",
	    AS(NOTIFY, dsn_notify), "LIST", "off", "the same as -N, or off",
	    .flags = 0 },
	[OPTION_DSN_RETURN] = { "dsn_return", "dsn-return",
	    AS(CHOICE, dsn_return), "off|headers|full", "off",
	    "the same as -R, or off", .flags = OPTION_ANY_CASE | OPTION_NEEDED,
	    .choices = returns },
	[OPTION_ALIASES] = { "aliases", "aliases", AS(PATH, aliases), "FILE",
	    SYSCONFDIR "/aliases", "file of aliases(5) for local names",
	    .flags = OPTION_EMPTY },
	[OPTION_ALIAS_DOMAINS] = { "alias_domains", "alias-domains",
	    AS(STRING, alias_domains), "LIST", "none",
	    "more domains whose addresses are local", .flags = OPTION_EMPTY },
	[OPTION_ALIAS_INCLUDE] = { "alias_include", "alias-include",
	    TOGGLE(alias_include, "off",
	    "whether an alias may include other files") },
	[OPTION_LOGFILE] = { "logfile", "logfile", AS(PATH, logfile), "FILE",
	    "none", "file that gets a line for each message",
	    .flags = OPTION_EMPTY | OPTION_LATE },
	[OPTION_LOGFILE_TIME_FORMAT] = { "logfile_time_format",
	    "logfile-time-format", AS(STRING, logfile_time_format), "FORMAT",
	    "%b %d %H:%M:%S", "time in that line, or none",
	    .flags = OPTION_EMPTY },
	[OPTION_SYSLOG] = { "syslog", "syslog", AS(CHOICE, syslog),
	    "on|off|FACILITY", "LOG_MAIL without a terminal",
	    "send that line to the system log", .choices = facilities },
	[OPTION_LONG_LINES] = { "long_lines", "long-lines",
	    AS(CHOICE, long_lines), "encode|pass|refuse", "encode",
	    "what becomes of lines above 998 octets", .choices = lengths },
	[OPTION_SENDER] = { "sender", "sender", AS(STRING, sender), "ADDRESS",
	    "none", "in place of senders that are not ours",
	    .flags = OPTION_EMPTY | OPTION_FORCE },
	[OPTION_SENDER_REPLY_TO] = { "sender_reply_to", "sender-reply-to",
	    TOGGLE(sender_reply_to, "off",
	    "keep the From that sender replaces in Reply-To") },
	[OPTION_QUALIFY_DOMAIN] = { "qualify_domain", "qualify-domain",
	    AS(STRING, qualify_domain), "DOMAIN", "none",
	    "the domain of addresses that have none",
	    .flags = OPTION_EMPTY | OPTION_WORD },
	[OPTION_ROOT] = { "root", "root", AS(STRING, root), "ADDRESS", "none",
	    "who gets the mail for root",
	    .flags = OPTION_EMPTY | OPTION_ADDRESSES },
	/* TLS, authentication and its secrets */
	[OPTION_TLS] = { "tls", "tls", TOGGLE(tls, "by port and auth",
	    "whether TLS is required") },
	[OPTION_TLS_STARTTLS] = { "tls_starttls", "tls-starttls",
	    TOGGLE(tls_starttls, "by port",
	    "TLS by STARTTLS, or from the first octet") },
	[OPTION_TLS_TRUST_FILE] = { "tls_trust_file", "tls-trust-file",
	    AS(PATH, tls_trust_file), "FILE", "system",
	    "certificates to trust, in PEM",
	    .flags = OPTION_EMPTY | OPTION_SYSTEM },
	[OPTION_TLS_CERTCHECK] = { "tls_certcheck", "tls-certcheck",
	    TOGGLE(tls_certcheck, "on",
	    "whether the certificate must be valid") },
	[OPTION_TLS_EXTRA_TRUST_FILE] = { "tls_extra_trust_file",
	    "tls-extra-trust-file", AS(PATH, tls_extra_trust_file), "FILE",
	    "none", "more certificates to trust, in PEM",
	    .flags = OPTION_EMPTY },
	[OPTION_TLS_CRL_FILE] = { "tls_crl_file", "tls-crl-file",
	    AS(PATH, tls_crl_file), "FILE", "none",
	    "certificate revocation lists, in PEM", .flags = OPTION_EMPTY },
	[OPTION_TLS_FINGERPRINT] = { "tls_fingerprint", "tls-fingerprint",
	    AS(FINGERPRINTS, tls_fingerprints), "HEX", "none",
	    "the only certificates to trust", .flags = OPTION_EMPTY },
	[OPTION_TLS_PIN] = { "tls_pin", "tls-pin", AS(KEY_PINS, tls_pins),
	    "sha256//BASE64", "none", "the only public keys to trust",
	    .flags = OPTION_EMPTY },
	[OPTION_TLS_HOST_OVERRIDE] = { "tls_host_override", "tls-host-override",
	    AS(STRING, tls_host_override), "NAME", "host",
	    "name to ask for and find in the certificate",
	    .flags = OPTION_EMPTY | OPTION_WORD },
	[OPTION_TLS_KEY_FILE] = { "tls_key_file", "tls-key-file",
	    AS(PATH, tls_key_file), "FILE", "none",
	    "key of our certificate, PEM or PKCS#11 URI",
	    .flags = OPTION_EMPTY },
	[OPTION_TLS_CERT_FILE] = { "tls_cert_file", "tls-cert-file",
	    AS(PATH, tls_cert_file), "FILE", "none",
	    "our certificate, PEM or PKCS#11 URI", .flags = OPTION_EMPTY },
	[OPTION_TLS_PRIORITIES] = { "tls_priorities", "tls-priorities",
	    AS(STRING, tls_priorities), "STRING", "the system's",
	    "versions and algorithms, as GnuTLS writes them",
	    .flags = OPTION_EMPTY },
	[OPTION_TLS_MIN_VERSION] = { "tls_min_version", "tls-min-version",
	    AS(CHOICE, tls_min_version), "1.2|1.3", "1.2",
	    "the oldest version of TLS", .choices = versions },
	[OPTION_TLS_MIN_DH_PRIME_BITS] = { "tls_min_dh_prime_bits",
	    "tls-min-dh-prime-bits", AS(NUMBER, tls_min_dh_prime_bits), "BITS",
	    "2048", "the smallest Diffie-Hellman group", .flags = OPTION_EMPTY,
	    .min = 1, .max = DH_BITS_MAX },
	[OPTION_AUTH] = { "auth", "auth", AS(AUTH, auth), "on|off|METHODS",
	    "off", "authentication and its method", .choices = methods },
	[OPTION_AUTH_WITHOUT_TLS] = { "auth_without_tls", "auth-without-tls",
	    TOGGLE(auth_without_tls, "off",
	    "let a named method go out unencrypted") },
	[OPTION_USER] = { "user", "user", AS(STRING, user), "NAME", "none",
	    "name to authenticate as", .flags = OPTION_EMPTY },
	/* no long option: others can read argv */
	[OPTION_PASSWORD] = { "password", NULL, AS(SECRET, password), "TEXT",
	    "none", "password to authenticate with",
	    .flags = OPTION_EMPTY | OPTION_RAW },
	[OPTION_PASSWORDEVAL] = { "passwordeval", "passwordeval",
	    AS(STRING, passwordeval), "COMMAND", "none",
	    "command that prints the password",
	    .flags = OPTION_EMPTY | OPTION_RAW | OPTION_COMMAND },
	[OPTION_PASSWORDEVAL_TIMEOUT] = { "passwordeval_timeout",
	    "passwordeval-timeout", AS(NUMBER, passwordeval_timeout), "SECONDS",
	    "60", "time for that command", .min = 1, .max = SECONDS_MAX },
	[OPTION_PASSWORD_FILE] = { "password_file", "password-file",
	    AS(PATH, password_file), "FILE", "none",
	    "file whose first line is the password", .flags = OPTION_EMPTY },
	[OPTION_PASSWORD_FD] = { "password_fd", "password-fd",
	    AS(NUMBER, password_fd), "NUMBER", "none",
	    "descriptor to read the password from", .flags = OPTION_EMPTY,
	    .min = FD_MIN, .max = INT_MAX },
	[OPTION_OAUTH2] = { "oauth2", "oauth2", AS(STRING, oauth2), "ADDRESS",
	    "none", "who signed in with postrider-oauth2",
	    .flags = OPTION_EMPTY | OPTION_WORD | OPTION_COMMAND },
	[OPTION_AUTH_ID] = { "auth_id", "auth-id", AS(STRING, auth_id), "NAME",
	    "the user", "whom to act as, once authenticated",
	    .flags = OPTION_EMPTY },
	[OPTION_NTLMDOMAIN] = { "ntlmdomain", "ntlmdomain",
	    AS(STRING, ntlmdomain), "NAME", "none",
	    "domain of the user, for NTLM", .flags = OPTION_EMPTY },
	/* what becomes of a message that cannot go now */
	[OPTION_QUEUE] = { "queue", "queue", TOGGLE(queue, "off",
	    "keep messages that another try may serve") },
	[OPTION_QUEUE_DIRECTORY] = { "queue_directory", "queue-directory",
	    AS(PATH, queue_directory), "DIR", "see the manual",
	    "folder to keep them in",
	    .flags = OPTION_EMPTY | OPTION_LATE },
	[OPTION_QUEUE_LIFETIME] = { "queue_lifetime", "queue-lifetime",
	    AS(DURATION, queue_lifetime), "TIME", "5d",
	    "how long they are tried: 90, 30m, 12h, 5d", .min = 1,
	    .max = LIFETIME_MAX },
	[OPTION_QUEUE_UNSURE] = { "queue_unsure", "queue-unsure",
	    AS(CHOICE, queue_unsure), "retry|hold", "retry",
	    "what becomes of one that may have been delivered",
	    .flags = OPTION_NEEDED, .choices = unsure },
	[OPTION_QUEUE_FLUSH] = { "queue_flush", "queue-flush",
	    TOGGLE(queue_flush, "on",
	    "send others that wait along with a message") },
	[OPTION_FALLBACK] = { "fallback", "fallback", AS(STRING, fallback),
	    "ACCOUNTS", "none", "accounts to send by when this one cannot",
	    .flags = OPTION_EMPTY },
	[OPTION_RETRY_FOR] = { "retry_for", "retry-for",
	    AS(NUMBER, retry_for), "SECONDS", "0",
	    "how long to go on trying to connect", .min = 0,
	    .max = SECONDS_MAX },
	[OPTION_TEMPFAIL_STATUS] = { "tempfail_status", "tempfail-status",
	    AS(NUMBER, tempfail_status), "NUMBER", "75",
	    "exit status of a temporary failure", .min = 64, .max = 78 },
};

/* Other words for a setting, which existing files use. */
static const struct {
	const char *keyword;
	const char *name;
	enum option_id id;
} aliases[] = {
	{ "connect_timeout", "connect-timeout", OPTION_TIMEOUT },
	{ "authzid", "authzid", OPTION_AUTH_ID },
};

const struct option_row *
option_row(enum option_id id)
{
	return &rows[id];
}

static enum option_id
find(const char *s, size_t n, bool by_name)
{
	for (int i = 0; i < OPTION_COUNT; i++)
		if (text_is(s, n, by_name ? rows[i].name : rows[i].keyword))
			return (enum option_id)i;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (text_is(s, n, by_name ? aliases[i].name :
		    aliases[i].keyword))
			return aliases[i].id;
	return OPTION_COUNT;
}

enum option_id
option_find_keyword(const char *s, size_t n)
{
	return find(s, n, false);
}

enum option_id
option_find_name(const char *s, size_t n)
{
	return find(s, n, true);
}

bool
option_value_optional(enum option_id id)
{
	return option_row(id)->choices != NULL &&
	    (option_row(id)->flags & OPTION_NEEDED) == 0;
}

/* Lower case, and one of "-" and "_". */
static void
simplify(char *to, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = s[i] == '-' ? '_' : text_to_lower(s[i]);
	to[n] = '\0';
}

size_t
option_slip(const char *a, size_t alen, const char *b)
{
	char word[OPTION_SLIP_MAX + 1], known[OPTION_SLIP_MAX + 1];
	size_t edits, allowed, blen = strlen(b);

	if (alen > OPTION_SLIP_MAX || blen > OPTION_SLIP_MAX)
		return SIZE_MAX;
	simplify(word, a, alen);
	simplify(known, b, blen);
	edits = text_distance(word, known);
	/* "prt" is a slip for port, but "b" is none for "a" */
	allowed = blen < 3 ? 0 : blen < 6 ? 1 : blen / 3;
	return edits <= allowed ? edits : SIZE_MAX;
}

const char *
option_nearest(const char *s, size_t n)
{
	size_t best = SIZE_MAX, edits;
	const char *keyword, *word = NULL;

	for (int i = 0; i < OPTION_COUNT; i++) {
		keyword = option_row((enum option_id)i)->keyword;
		edits = option_slip(s, n, keyword);
		if (edits < best) {
			best = edits;
			word = keyword;
		}
	}
	return word;
}

void
option_print_help(FILE *out)
{
	const struct option_row *row;
	char left[HELP_LEFT_SIZE];

	for (int i = 0; i < OPTION_COUNT; i++) {
		row = option_row((enum option_id)i);
		if (row->name == NULL)
			continue;
		snprintf(left, sizeof(left), "--%s%s=%s%s", row->name,
		    row->choices != NULL ? "[" : "", row->value,
		    row->choices != NULL ? "]" : "");
		fprintf(out, "  %-*s %s (%s)\n", OPTION_HELP_COLUMN, left,
		    row->help, row->preset);
	}
}
