/* SPDX-License-Identifier: ISC */
/* The table of settings: one row for each, found by keyword or long option. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
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
#define WORD(name, ...) { name, 1 },
/* SASL mechanism names (RFC 4422 section 3.1); the value 0 is "off". */
static const struct option_choice methods[] = {
	{ "on", 1 }, { "off", 0 }, SASL_MECHANISMS(WORD) { NULL, 0 }
};

#define AS(kind, member) \
	.type = OPTION_TYPE_##kind, .offset = offsetof(struct account, member)
#define TOGGLE(member) \
	AS(CHOICE, member), .choices = toggles, .value = "on|off"

static const struct option_row rows[OPTION_COUNT] = {
	/* the smarthost, and the way to it */
	[OPTION_HOST] = {
		.keyword = "host", .name = "host", AS(STRING, host),
		.flags = OPTION_WORD, .value = "NAME", .preset = "none",
		.help = "smarthost to submit to; no account file is read"
	},
	[OPTION_PORT] = {
		.keyword = "port", .name = "port", AS(NUMBER, port), .min = 1,
		.max = PORT_MAX, .value = "NUMBER",
		.preset = "25, or 465 with implicit TLS",
		.help = "port of the smarthost"
	},
	[OPTION_TIMEOUT] = {
		.keyword = "timeout", .name = "timeout", AS(NUMBER, timeout),
		.flags = OPTION_OFF, .min = 1, .max = SECONDS_MAX,
		.value = "SECONDS", .preset = "off: as RFC 5321 has them",
		.help = "time for connecting and for each reply"
	},
	[OPTION_DOMAIN] = {
		.keyword = "domain", .name = "domain", AS(STRING, domain),
		.flags = OPTION_EMPTY | OPTION_WORD, .value = "NAME",
		.preset = "this host's name",
		.help = "name to give in EHLO"
	},
	[OPTION_PROTOCOL] = {
		.keyword = "protocol", .name = "protocol", AS(CHOICE, protocol),
		.flags = OPTION_NEEDED, .choices = protocols,
		.value = "smtp|lmtp", .preset = "smtp",
		.help = "what the server speaks"
	},
	[OPTION_PIPELINING] = {
		.keyword = "pipelining", .name = "pipelining",
		TOGGLE(pipelining), .preset = "on",
		.help = "send commands in groups where that is offered"
	},
	[OPTION_CHUNKING] = {
		.keyword = "chunking", .name = "chunking", TOGGLE(chunking),
		.preset = "on",
		.help = "send messages by BDAT where that is offered"
	},
	[OPTION_REJECTED_RECIPIENTS] = {
		.keyword = "rejected_recipients", .name = "rejected-recipients",
		AS(CHOICE, rejected_recipients), .flags = OPTION_NEEDED,
		.choices = rejected, .value = "deliver|abort",
		.preset = "deliver",
		.help = "whether the others get mail that one is refused"
	},
	[OPTION_SOURCE_IP] = {
		.keyword = "source_ip", .name = "source-ip",
		AS(STRING, source_ip),
		.flags = OPTION_EMPTY | OPTION_WORD | OPTION_LITERAL,
		.value = "ADDRESS", .preset = "the system's choice",
		.help = "address of this machine to connect from"
	},
	[OPTION_ADDRESS_FAMILY] = {
		.keyword = "address_family", .name = "address-family",
		AS(CHOICE, address_family),
		.flags = OPTION_EMPTY | OPTION_NEEDED, .choices = families,
		.value = "any|ipv4|ipv6", .preset = "any",
		.help = "addresses to connect to; -4 and -6 are short for it"
	},
	[OPTION_SOCKET] = {
		.keyword = "socket", .name = "socket", AS(PATH, socket),
		.flags = OPTION_EMPTY, .value = "PATH", .preset = "none",
		.help = "Unix socket of the smarthost, instead of the host"
	},
	[OPTION_PROXY_HOST] = {
		.keyword = "proxy_host", .name = "proxy-host",
		AS(STRING, proxy_host), .flags = OPTION_EMPTY | OPTION_WORD,
		.value = "NAME", .preset = "none",
		.help = "SOCKS5 proxy to connect by"
	},
	[OPTION_PROXY_PORT] = {
		.keyword = "proxy_port", .name = "proxy-port",
		AS(NUMBER, proxy_port), .flags = OPTION_EMPTY, .min = 1,
		.max = PORT_MAX, .value = "NUMBER", .preset = "1080",
		.help = "port of the proxy"
	},
	[OPTION_PROXY_USER] = {
		.keyword = "proxy_user", .name = "proxy-user",
		AS(STRING, proxy_user), .flags = OPTION_EMPTY, .value = "NAME",
		.preset = "none",
		.help = "name to authenticate as to the proxy"
	},
	[OPTION_PROXY_PASSWORD] = { /* no long option, as for password */
		.keyword = "proxy_password", AS(SECRET, proxy_password),
		.flags = OPTION_EMPTY | OPTION_RAW, .value = "TEXT",
		.preset = "none",
		.help = "password for the proxy"
	},
	/* envelope, header, aliases and log */
	[OPTION_FROM] = { /* --from is -f: see cli/cmdline */
		.keyword = "from", AS(STRING, from), .flags = OPTION_EMPTY,
		.value = "ADDRESS", .preset = "none",
		.help = "reverse-path, or a pattern that matches it"
	},
	[OPTION_FROM_FULL_NAME] = { /* on the command line it is -F */
		.keyword = "from_full_name", AS(STRING, from_full_name),
		.flags = OPTION_EMPTY, .value = "NAME", .preset = "none",
		.help = "full name for a From field that is added"
	},
	[OPTION_ALLOW_FROM_OVERRIDE] = { /* only a file can forbid it */
		.keyword = "allow_from_override", TOGGLE(allow_from_override),
		.preset = "on",
		.help = "whether -f replaces the account's address"
	},
	[OPTION_AUTO_FROM] = {
		.keyword = "auto_from", .name = "auto-from", TOGGLE(auto_from),
		.preset = "off",
		.help = "obsolete: send as user@maildomain"
	},
	[OPTION_MAILDOMAIN] = {
		.keyword = "maildomain", .name = "maildomain",
		AS(STRING, maildomain), .flags = OPTION_EMPTY | OPTION_WORD,
		.value = "NAME", .preset = "none",
		.help = "obsolete: the domain for auto_from"
	},
	[OPTION_SET_FROM_HEADER] = {
		.keyword = "set_from_header", .name = "set-from-header",
		AS(CHOICE, set_from_header), .choices = from_headers,
		.value = "auto|on|off", .preset = "auto",
		.help = "add a missing From field, or replace it"
	},
	[OPTION_SET_TO_HEADER] = {
		.keyword = "set_to_header", .name = "set-to-header",
		AS(CHOICE, set_to_header), .choices = to_headers,
		.value = "on|off|...", .preset = "off",
		.help = "replace To, Cc and Bcc by one To field"
	},
	[OPTION_SET_DATE_HEADER] = {
		.keyword = "set_date_header", .name = "set-date-header",
		AS(CHOICE, set_date_header), .choices = added_headers,
		.value = "auto|on|off", .preset = "auto",
		.help = "add a missing Date field"
	},
	[OPTION_SET_MSGID_HEADER] = {
		.keyword = "set_msgid_header", .name = "set-msgid-header",
		AS(CHOICE, set_msgid_header), .choices = added_headers,
		.value = "auto|on|off", .preset = "auto",
		.help = "add a missing Message-ID field"
	},
	[OPTION_REMOVE_BCC_HEADERS] = {
		.keyword = "remove_bcc_headers", .name = "remove-bcc-headers",
		TOGGLE(remove_bcc_headers), .preset = "on",
		.help = "remove Bcc and Resent-Bcc fields"
	},
	[OPTION_DSN_NOTIFY] = {
		.keyword = "dsn_notify", .name = "dsn-notify",
		AS(NOTIFY, dsn_notify), .value = "LIST", .preset = "off",
		.help = "the same as -N, or off"
	},
	[OPTION_DSN_RETURN] = {
		.keyword = "dsn_return", .name = "dsn-return",
		AS(CHOICE, dsn_return),
		.flags = OPTION_ANY_CASE | OPTION_NEEDED, .choices = returns,
		.value = "off|headers|full", .preset = "off",
		.help = "the same as -R, or off"
	},
	[OPTION_ALIASES] = {
		.keyword = "aliases", .name = "aliases", AS(PATH, aliases),
		.flags = OPTION_EMPTY, .value = "FILE",
		.preset = SYSCONFDIR "/aliases",
		.help = "file of aliases(5) for local names"
	},
	[OPTION_ALIAS_DOMAINS] = {
		.keyword = "alias_domains", .name = "alias-domains",
		AS(STRING, alias_domains), .flags = OPTION_EMPTY,
		.value = "LIST", .preset = "none",
		.help = "more domains whose addresses are local"
	},
	[OPTION_ALIAS_INCLUDE] = {
		.keyword = "alias_include", .name = "alias-include",
		TOGGLE(alias_include), .preset = "off",
		.help = "whether an alias may include other files"
	},
	[OPTION_LOGFILE] = {
		.keyword = "logfile", .name = "logfile", AS(PATH, logfile),
		.flags = OPTION_EMPTY | OPTION_LATE, .value = "FILE",
		.preset = "none",
		.help = "file that gets a line for each message"
	},
	[OPTION_LOGFILE_TIME_FORMAT] = {
		.keyword = "logfile_time_format", .name = "logfile-time-format",
		AS(STRING, logfile_time_format), .flags = OPTION_EMPTY,
		.value = "FORMAT", .preset = "%b %d %H:%M:%S",
		.help = "time in that line, or none"
	},
	[OPTION_SYSLOG] = {
		.keyword = "syslog", .name = "syslog", AS(CHOICE, syslog),
		.choices = facilities, .value = "on|off|FACILITY",
		.preset = "LOG_MAIL without a terminal",
		.help = "send that line to the system log"
	},
	[OPTION_LONG_LINES] = {
		.keyword = "long_lines", .name = "long-lines",
		AS(CHOICE, long_lines), .choices = lengths,
		.value = "encode|pass|refuse", .preset = "encode",
		.help = "what becomes of lines above 998 octets"
	},
	[OPTION_SENDER] = {
		.keyword = "sender", .name = "sender", AS(STRING, sender),
		.flags = OPTION_EMPTY | OPTION_FORCE, .value = "ADDRESS",
		.preset = "none",
		.help = "in place of senders that are not ours"
	},
	[OPTION_SENDER_REPLY_TO] = {
		.keyword = "sender_reply_to", .name = "sender-reply-to",
		TOGGLE(sender_reply_to), .preset = "off",
		.help = "keep the From that sender replaces in Reply-To"
	},
	[OPTION_QUALIFY_DOMAIN] = {
		.keyword = "qualify_domain", .name = "qualify-domain",
		AS(STRING, qualify_domain), .flags = OPTION_EMPTY | OPTION_WORD,
		.value = "DOMAIN", .preset = "none",
		.help = "the domain of addresses that have none"
	},
	[OPTION_ROOT] = {
		.keyword = "root", .name = "root", AS(STRING, root),
		.flags = OPTION_EMPTY | OPTION_ADDRESSES, .value = "ADDRESS",
		.preset = "none",
		.help = "who gets the mail for root"
	},
	/* TLS, authentication and its secrets */
	[OPTION_TLS] = {
		.keyword = "tls", .name = "tls", TOGGLE(tls),
		.preset = "by port and auth",
		.help = "whether TLS is required"
	},
	[OPTION_TLS_STARTTLS] = {
		.keyword = "tls_starttls", .name = "tls-starttls",
		TOGGLE(tls_starttls), .preset = "by port",
		.help = "TLS by STARTTLS, or from the first octet"
	},
	[OPTION_TLS_TRUST_FILE] = {
		.keyword = "tls_trust_file", .name = "tls-trust-file",
		AS(PATH, tls_trust_file), .flags = OPTION_EMPTY | OPTION_SYSTEM,
		.value = "FILE", .preset = "system",
		.help = "certificates to trust, in PEM"
	},
	[OPTION_TLS_CERTCHECK] = {
		.keyword = "tls_certcheck", .name = "tls-certcheck",
		TOGGLE(tls_certcheck), .preset = "on",
		.help = "whether the certificate must be valid"
	},
	[OPTION_TLS_EXTRA_TRUST_FILE] = {
		.keyword = "tls_extra_trust_file",
		.name = "tls-extra-trust-file", AS(PATH, tls_extra_trust_file),
		.flags = OPTION_EMPTY, .value = "FILE", .preset = "none",
		.help = "more certificates to trust, in PEM"
	},
	[OPTION_TLS_CRL_FILE] = {
		.keyword = "tls_crl_file", .name = "tls-crl-file",
		AS(PATH, tls_crl_file), .flags = OPTION_EMPTY, .value = "FILE",
		.preset = "none",
		.help = "certificate revocation lists, in PEM"
	},
	[OPTION_TLS_FINGERPRINT] = {
		.keyword = "tls_fingerprint", .name = "tls-fingerprint",
		AS(FINGERPRINTS, tls_fingerprints), .flags = OPTION_EMPTY,
		.value = "HEX", .preset = "none",
		.help = "the only certificates to trust"
	},
	[OPTION_TLS_PIN] = {
		.keyword = "tls_pin", .name = "tls-pin", AS(KEY_PINS, tls_pins),
		.flags = OPTION_EMPTY, .value = "sha256//BASE64",
		.preset = "none",
		.help = "the only public keys to trust"
	},
	[OPTION_TLS_HOST_OVERRIDE] = {
		.keyword = "tls_host_override", .name = "tls-host-override",
		AS(STRING, tls_host_override),
		.flags = OPTION_EMPTY | OPTION_WORD, .value = "NAME",
		.preset = "host",
		.help = "name to ask for and find in the certificate"
	},
	[OPTION_TLS_KEY_FILE] = {
		.keyword = "tls_key_file", .name = "tls-key-file",
		AS(PATH, tls_key_file), .flags = OPTION_EMPTY, .value = "FILE",
		.preset = "none",
		.help = "key of our certificate, PEM or PKCS#11 URI"
	},
	[OPTION_TLS_CERT_FILE] = {
		.keyword = "tls_cert_file", .name = "tls-cert-file",
		AS(PATH, tls_cert_file), .flags = OPTION_EMPTY, .value = "FILE",
		.preset = "none",
		.help = "our certificate, PEM or PKCS#11 URI"
	},
	[OPTION_TLS_PRIORITIES] = {
		.keyword = "tls_priorities", .name = "tls-priorities",
		AS(STRING, tls_priorities), .flags = OPTION_EMPTY,
		.value = "STRING", .preset = "the system's",
		.help = "versions and algorithms, as GnuTLS writes them"
	},
	[OPTION_TLS_MIN_VERSION] = {
		.keyword = "tls_min_version", .name = "tls-min-version",
		AS(CHOICE, tls_min_version), .choices = versions,
		.value = "1.2|1.3", .preset = "1.2",
		.help = "the oldest version of TLS"
	},
	[OPTION_TLS_MIN_DH_PRIME_BITS] = {
		.keyword = "tls_min_dh_prime_bits",
		.name = "tls-min-dh-prime-bits",
		AS(NUMBER, tls_min_dh_prime_bits), .flags = OPTION_EMPTY,
		.min = 1, .max = DH_BITS_MAX, .value = "BITS", .preset = "2048",
		.help = "the smallest Diffie-Hellman group"
	},
	[OPTION_AUTH] = {
		.keyword = "auth", .name = "auth", AS(AUTH, auth),
		.choices = methods, .value = "on|off|METHODS", .preset = "off",
		.help = "authentication and its method"
	},
	[OPTION_AUTH_WITHOUT_TLS] = {
		.keyword = "auth_without_tls", .name = "auth-without-tls",
		TOGGLE(auth_without_tls), .preset = "off",
		.help = "let a named method go out unencrypted"
	},
	[OPTION_USER] = {
		.keyword = "user", .name = "user", AS(STRING, user),
		.flags = OPTION_EMPTY, .value = "NAME", .preset = "none",
		.help = "name to authenticate as"
	},
	[OPTION_PASSWORD] = { /* no long option: others can read argv */
		.keyword = "password", AS(SECRET, password),
		.flags = OPTION_EMPTY | OPTION_RAW, .value = "TEXT",
		.preset = "none",
		.help = "password to authenticate with"
	},
	[OPTION_PASSWORDEVAL] = {
		.keyword = "passwordeval", .name = "passwordeval",
		AS(STRING, passwordeval),
		.flags = OPTION_EMPTY | OPTION_RAW | OPTION_COMMAND,
		.value = "COMMAND", .preset = "none",
		.help = "command that prints the password"
	},
	[OPTION_PASSWORDEVAL_TIMEOUT] = {
		.keyword = "passwordeval_timeout",
		.name = "passwordeval-timeout",
		AS(NUMBER, passwordeval_timeout), .min = 1, .max = SECONDS_MAX,
		.value = "SECONDS", .preset = "60",
		.help = "time for that command"
	},
	[OPTION_PASSWORD_FILE] = {
		.keyword = "password_file", .name = "password-file",
		AS(PATH, password_file), .flags = OPTION_EMPTY, .value = "FILE",
		.preset = "none",
		.help = "file whose first line is the password"
	},
	[OPTION_PASSWORD_FD] = {
		.keyword = "password_fd", .name = "password-fd",
		AS(NUMBER, password_fd), .flags = OPTION_EMPTY, .min = FD_MIN,
		.max = INT_MAX, .value = "NUMBER", .preset = "none",
		.help = "descriptor to read the password from"
	},
	[OPTION_AUTH_ID] = {
		.keyword = "auth_id", .name = "auth-id", AS(STRING, auth_id),
		.flags = OPTION_EMPTY, .value = "NAME", .preset = "the user",
		.help = "whom to act as, once authenticated"
	},
	[OPTION_NTLMDOMAIN] = {
		.keyword = "ntlmdomain", .name = "ntlmdomain",
		AS(STRING, ntlmdomain), .flags = OPTION_EMPTY, .value = "NAME",
		.preset = "none",
		.help = "domain of the user, for NTLM"
	},
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

enum option_id
option_find_keyword(const char *s, size_t n)
{
	for (int i = 0; i < OPTION_COUNT; i++)
		if (text_is(s, n, option_row((enum option_id)i)->keyword))
			return (enum option_id)i;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (text_is(s, n, aliases[i].keyword))
			return aliases[i].id;
	return OPTION_COUNT;
}

enum option_id
option_find_name(const char *s, size_t n)
{
	for (int i = 0; i < OPTION_COUNT; i++)
		if (text_is(s, n, option_row((enum option_id)i)->name))
			return (enum option_id)i;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (text_is(s, n, aliases[i].name))
			return aliases[i].id;
	return OPTION_COUNT;
}

bool
option_value_optional(enum option_id id)
{
	return option_row(id)->choices != NULL &&
	    (option_row(id)->flags & OPTION_NEEDED) == 0;
}

size_t
option_slip(const char *a, size_t alen, const char *b)
{
	char *word, *known;
	size_t edits, allowed;

	if (alen > OPTION_SLIP_MAX || strlen(b) > OPTION_SLIP_MAX)
		return SIZE_MAX;
	word = memory_copy(a, alen);
	known = memory_string(b);
	for (char *p = word; *p != '\0'; p++)
		*p = *p == '-' ? '_' : text_to_lower(*p);
	for (char *p = known; *p != '\0'; p++)
		*p = *p == '-' ? '_' : text_to_lower(*p);
	edits = text_distance(word, known);
	/* "prt" is a slip for port, but "b" is none for "a" */
	allowed = strlen(known) < 3 ? 0 : strlen(known) < 6 ? 1 :
	    strlen(known) / 3;
	free(word);
	free(known);
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
