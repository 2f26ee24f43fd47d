/* SPDX-License-Identifier: ISC */
/* Values of settings: what they become, or why they are refused and where. */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "config/account/account.h"
#include "tests/tap.h"

#define TEXT_MAX 4096	/* octets of what a test compares */

/*
 * A setting as the text of one line "keyword value" of a file, with what the
 * field holds afterwards, or what the fault and its hint say.
 */
#define HEX16 "00112233445566778899aabbccddeeff"
#define PIN "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static const struct {
	const char *keyword;
	const char *value;
	const char *holds;	/* NULL: it is refused, and these say why: */
	const char *fault;
	const char *hint;
} rows[] = {
	{ "host", "mail.example.org", "mail.example.org", NULL, NULL },
	{ "host", "192.0.2.1", "192.0.2.1", NULL, NULL },
	{ "host", "2001:db8::25", "2001:db8::25", NULL, NULL },
	{ "host", "", NULL, "F:7:10: host needs a value", "host NAME" },
	{ "host", "mail.example.org:587", NULL, "F:7:26: host",
	    "'host mail.example.org' and 'port 587'" },
	{ "host", "mail.example.org # ours", NULL,
	    "F:7:27: unexpected text '# ours' after 'host mail.example.org'",
	    "line of its own" },
	{ "host", "a\rb", NULL, "F:7:11: host holds a control", NULL },
	{ "host", "a\nb", NULL, "F:7:11: host holds a control", NULL },
	{ "port", "25", "25", NULL, NULL },
	{ "port", "587", "587", NULL, NULL },
	{ "port", "1", "1", NULL, NULL },
	{ "port", "65535", "65535", NULL, NULL },
	{ "port", "65536", NULL, "F:7:10: port 65536 is out of range: "
	    "1 to 65535", NULL },
	{ "port", "0", NULL, "F:7:10: port 0 is out of range", NULL },
	{ "port", "99999999999999999999999", NULL, "out of range", NULL },
	{ "port", "025", NULL, "F:7:10: port '025' is not a plain decimal",
	    "write 'port 25', or 'port 21' if an octal" },
	{ "port", "0587", NULL, "'0587' is not a plain", "write 'port 587'" },
	{ "port", "00", NULL, "'00' is not a plain decimal", NULL },
	{ "port", "0x19", NULL, "'0x19' is not a plain", "write 'port 25'" },
	{ "port", "0X24b", NULL, "'0X24b' is not", "write 'port 587'" },
	{ "port", "0xfffffffff", NULL, "is not a plain decimal", NULL },
	{ "port", "0x", NULL, "is not a plain decimal", NULL },
	{ "port", "smtp", NULL, "F:7:10: port 'smtp' is not a number",
	    "digits only" },
	{ "port", "-25", NULL, "'-25' is not a number", NULL },
	{ "port", "+25", NULL, "'+25' is not a number", NULL },
	{ "port", "25a", NULL, "'25a' is not a number", NULL },
	{ "port", "587 # submission", NULL, "F:7:14: unexpected text "
	    "'# submission' after 'port 587'", "line of its own" },
	{ "port", "587 465", NULL, "F:7:14: unexpected text '465'",
	    "write 'port 587'" },
	{ "port", "", NULL, "F:7:10: port needs a value", "port NUMBER" },
	{ "port", "off", NULL, "'off' is not a number", NULL },
	{ "timeout", "off", "0", NULL, NULL },
	{ "source_ip", "192.0.2.1", "192.0.2.1", NULL, NULL },
	{ "source_ip", "2001:db8::1", "2001:db8::1", NULL, NULL },
	{ "source_ip", "", "(unset)", NULL, NULL },
	{ "source_ip", "[::1]", NULL, "'[::1]' is no IP address",
	    "without brackets" },
	{ "source_ip", "localhost", NULL, "F:7:10: source_ip 'localhost' is",
	    NULL },
	{ "source_ip", "192.0.2.1 # ours", NULL, "unexpected text", NULL },
	{ "address_family", "any", "0", NULL, NULL },
	{ "address_family", "ipv4", "1", NULL, NULL },
	{ "address_family", "ipv6", "2", NULL, NULL },
	{ "address_family", "", "0", NULL, NULL },
	{ "address_family", "ip6", NULL, "cannot be 'ip6'", "'ipv6'" },
	{ "socket", "/run/mail", "/run/mail", NULL, NULL },
	{ "socket", "~/mail", "~/mail", NULL, NULL },
	{ "socket", "", "(unset)", NULL, NULL },
	{ "proxy_host", "localhost", "localhost", NULL, NULL },
	{ "proxy_host", "", "(unset)", NULL, NULL },
	{ "proxy_host", "localhost:9050", NULL, "proxy_host 'localhost:9050' "
	    "holds a port", "'proxy_host localhost' and 'proxy_port 9050'" },
	{ "proxy_host", "socks5://localhost:9050/", NULL,
	    "F:7:10: proxy_host 'socks5://localhost:9050/' holds a port",
	    "write 'proxy_host localhost' and 'proxy_port 9050'" },
	{ "host", "::1", "::1", NULL, NULL },
	{ "host", "fe80::1%eth0", "fe80::1%eth0", NULL, NULL },
	{ "host", "[::1]", NULL, "'[::1]' holds more than a name",
	    "write 'host ::1'" },
	{ "host", "[::1]:25", NULL, "'[::1]:25' holds a port",
	    "write 'host ::1' and 'port 25'" },
	{ "host", "[a.example]:587", NULL, "holds a port",
	    "write 'host a.example' and 'port 587'" },
	{ "host", "ssl://a.example", NULL, "F:7:10: host 'ssl://a.example' "
	    "holds more", "'host a.example', 'tls on', 'tls_starttls off'" },
	{ "host", "smtps://a.example:465", NULL, "holds a port",
	    "'host a.example', 'port 465', 'tls on', 'tls_starttls off'" },
	{ "host", "starttls://a.example", NULL, "holds more",
	    "'host a.example', 'tls on'" },
	{ "host", "smtp://a.example:587", NULL, "holds a port",
	    "write 'host a.example' and 'port 587'" },
	{ "host", "smtp://j:hunter2/x@a.example/", NULL,
	    "host 'a.example/' holds more", "write 'host a.example'" },
	{ "host", "a.example/", NULL, "holds more", "write 'host a.example'" },
	{ "proxy_port", "9050", "9050", NULL, NULL },
	{ "proxy_port", "", "0", NULL, NULL },
	{ "proxy_port", "65536", NULL, "out of range: 1 to 65535", NULL },
	{ "proxy_user", "you", "you", NULL, NULL },
	{ "proxy_user", "", "(unset)", NULL, NULL },
	{ "proxy_password", "hunter 2", "hunter 2", NULL, NULL },
	{ "proxy_password", "", "(unset)", NULL, NULL },
	{ "timeout", "30", "30", NULL, NULL },
	{ "timeout", "0", NULL, "out of range: 1 to ", NULL },
	{ "timeout", "30s", NULL, "not a number", "or off" },
	{ "timeout", "2147484", NULL, "out of range", NULL },
	{ "logfile", "system", "system", NULL, NULL },
	{ "logfile", "-", "-", NULL, NULL },
	{ "logfile", "~/log", "~/log", NULL, NULL },
	{ "logfile", "~bob/log", NULL, "short form", "~/" },
	{ "logfile", "", "(unset)", NULL, NULL },
	{ "logfile_time_format", "%F %T", "%F %T", NULL, NULL },
	{ "logfile_time_format", "", "(unset)", NULL, NULL },
	{ "logfile_time_format", "a\nb", NULL, "holds a control", NULL },
	{ "syslog", "", "1", NULL, NULL },
	{ "syslog", "off", "-1", NULL, NULL },
	{ "syslog", "LOG_MAIL", "2", NULL, NULL },
	{ "syslog", "LOG_LOCAL7", "23", NULL, NULL },
	{ "syslog", "LOG_LOCAL8", NULL, "syslog cannot be 'LOG_LOCAL8'",
	    "LOG_LOCAL" },
	{ "syslog", "mail", NULL, "syslog cannot be 'mail'", "LOG_MAIL" },
	{ "connect_timeout", "5", "5", NULL, NULL },
	{ "domain", "mail.example.org", "mail.example.org", NULL, NULL },
	{ "domain", "", "(unset)", NULL, NULL },
	{ "domain", "two words", NULL, "unexpected text 'words'", NULL },
	{ "from", "you@example.org", "you@example.org", NULL, NULL },
	{ "from", "*@example.org", "*@example.org", NULL, NULL },
	{ "from", "a\tb", NULL, "F:7:11: from holds a control", NULL },
	{ "from", "", "(unset)", NULL, NULL },
	{ "tls", "on", "2", NULL, NULL },
	{ "tls", "off", "1", NULL, NULL },
	{ "tls", "", "2", NULL, NULL },
	{ "tls", "On", NULL, "F:7:10: tls cannot be 'On'",
	    "did you mean 'on'?" },
	{ "tls", "yes", NULL, "tls cannot be 'yes'",
	    "write 'tls on'" },
	{ "tls", "starttls", NULL, "tls cannot be 'starttls'",
	    "write 'tls on' and 'tls_starttls on'" },
	{ "tls", "maybe", NULL, "tls cannot be 'maybe'",
	    "write one of on or off" },
	{ "tls", "on # always", NULL, "F:7:13: unexpected text '# always' "
	    "after 'tls on'", "line of its own" },
	{ "tls_starttls", "off", "1", NULL, NULL },
	{ "tls_certcheck", "", "2", NULL, NULL },
	{ "tls_trust_file", "/etc/ca.pem", "/etc/ca.pem", NULL, NULL },
	{ "tls_trust_file", "~/my ca.pem", "~/my ca.pem", NULL, NULL },
	{ "tls_trust_file", "~", "~", NULL, NULL },
	{ "tls_trust_file", "~you/ca.pem", NULL, "one's own home", "~/" },
	{ "tls_trust_file", "system", "(unset)", NULL, NULL },
	{ "tls_trust_file", "", "", NULL, NULL },
	{ "tls_extra_trust_file", "~/ca.pem", "~/ca.pem", NULL, NULL },
	{ "tls_extra_trust_file", "", "(unset)", NULL, NULL },
	{ "tls_crl_file", "/etc/crl.pem", "/etc/crl.pem", NULL, NULL },
	{ "tls_key_file", "pkcs11:token=t;object=o", "pkcs11:token=t;object=o",
	    NULL, NULL },
	{ "tls_key_file", "system", "system", NULL, NULL },
	{ "tls_cert_file", "", "(unset)", NULL, NULL },
	{ "tls_host_override", "mx.example.org", "mx.example.org", NULL, NULL },
	{ "tls_host_override", "a b", NULL, "unexpected text 'b'", NULL },
	{ "tls_priorities", "NORMAL:-VERS-TLS1.2", "NORMAL:-VERS-TLS1.2",
	    NULL, NULL },
	{ "tls_min_version", "1.3", "1", NULL, NULL },
	{ "tls_min_version", "1.2", "0", NULL, NULL },
	{ "tls_min_version", "", "0", NULL, NULL },
	{ "tls_min_version", "1.1", NULL, "F:7:10: tls_min_version cannot be "
	    "'1.1'", "1.2 or 1.3" },
	{ "tls_min_dh_prime_bits", "3072", "3072", NULL, NULL },
	{ "tls_min_dh_prime_bits", "", "0", NULL, NULL },
	{ "tls_min_dh_prime_bits", "0", NULL, "out of range", NULL },
	{ "tls_fingerprint", HEX16, HEX16, NULL, NULL },
	{ "tls_fingerprint", "00:11:22:33:44:55:66:77:88:99:AA:BB:cc:dd:ee:ff",
	    HEX16, NULL, NULL },
	{ "tls_fingerprint", "00 11 22 33 44 55 66 77 88 99 AA BB CC DD EE FF",
	    HEX16, NULL, NULL },
	{ "tls_fingerprint", HEX16 "00112233", HEX16 "00112233", NULL, NULL },
	{ "tls_fingerprint", HEX16 HEX16 " , " HEX16 ";" HEX16,
	    HEX16 HEX16 " " HEX16 " " HEX16, NULL, NULL },
	{ "tls_fingerprint", "", "(unset)", NULL, NULL },
	{ "tls_fingerprint", "0011", NULL, "F:7:10: tls_fingerprint '0011' has "
	    "not the length", "32 octets" },
	{ "tls_fingerprint", HEX16 ",0:11", NULL, "F:7:43: tls_fingerprint "
	    "'0:11' has half an octet", "32 octets" },
	{ "tls_fingerprint", HEX16 ",,", NULL, "lacks a fingerprint", NULL },
	{ "tls_fingerprint", "SHA256", NULL, "not in hex", NULL },
	{ "tls_pin", PIN, PIN, NULL, NULL },
	{ "tls_pin", PIN ";" PIN ", " PIN, PIN " " PIN " " PIN, NULL, NULL },
	{ "tls_pin", PIN "x", NULL, "is no pin", "base64" },
	{ "tls_pin", "sha256//AAAA=", NULL, "F:7:10: tls_pin 'sha256//AAAA='",
	    NULL },
	{ "tls_pin", PIN " " HEX16, NULL, "F:7:63: tls_pin '" HEX16, NULL },
	{ "tls_pin", "", "(unset)", NULL, NULL },
	{ "tls_pin", " , ", NULL, "tls_pin ' , ' holds none", "base64" },
	{ "auth", "on", "on", NULL, NULL },
	{ "auth", "", "on", NULL, NULL },
	{ "auth", "off", "(unset)", NULL, NULL },
	{ "auth", "plain", "PLAIN", NULL, NULL },
	{ "auth", "Login", "LOGIN", NULL, NULL },
	{ "auth", "cram-md5", "CRAM-MD5", NULL, NULL },
	{ "auth", "EXTERNAL", "EXTERNAL", NULL, NULL },
	{ "auth", "scram-sha-1", "SCRAM-SHA-1", NULL, NULL },
	{ "auth", "scram-sha-256", "SCRAM-SHA-256", NULL, NULL },
	{ "auth", "scram-sha-1-plus", "SCRAM-SHA-1-PLUS", NULL, NULL },
	{ "auth", "scram-sha-256-plus", "SCRAM-SHA-256-PLUS", NULL, NULL },
	{ "auth", "scram-sha256", NULL, "auth cannot be 'scram-sha256'",
	    "did you mean 'SCRAM-SHA-256'?" },
	{ "auth", "plain login", "PLAIN LOGIN", NULL, NULL },
	{ "auth", "gssapi\t scram-sha-256  plain",
	    "GSSAPI SCRAM-SHA-256 PLAIN", NULL, NULL },
	{ "auth", "xoauth2 oauthbearer digest-md5 ntlm",
	    "XOAUTH2 OAUTHBEARER DIGEST-MD5 NTLM", NULL, NULL },
	{ "auth", "plain lgin", NULL, "F:7:16: auth cannot be 'lgin'",
	    "did you mean 'LOGIN'?" },
	{ "auth", "plain # always", NULL, "F:7:16: unexpected text '# always'",
	    "line of its own" },
	{ "auth", "on plain", NULL, "F:7:13: unexpected text 'plain'", NULL },
	{ "auth", "plain off", NULL, "F:7:16: unexpected text 'off'", NULL },
	{ "password_file", "~/.secret", "~/.secret", NULL, NULL },
	{ "password_file", "credential", "credential", NULL, NULL },
	{ "password_file", "", "(unset)", NULL, NULL },
	{ "password_fd", "3", "3", NULL, NULL },
	{ "password_fd", "0", NULL, "out of range: 3 to", NULL },
	{ "password_fd", "", "0", NULL, NULL },
	{ "auth_id", "boss", "boss", NULL, NULL },
	{ "authzid", "boss", "boss", NULL, NULL },
	{ "auth_id", "", "(unset)", NULL, NULL },
	{ "ntlmdomain", "EXAMPLE", "EXAMPLE", NULL, NULL },
	{ "auth_without_tls", "on", "2", NULL, NULL },
	{ "user", "you@example.org", "you@example.org", NULL, NULL },
	{ "user", "two words", "two words", NULL, NULL },
	{ "user", "", "(unset)", NULL, NULL },
	{ "password", "hunter2", "hunter2", NULL, NULL },
	{ "password", "with # and \"", "with # and \"", NULL, NULL },
	{ "password", "", "(unset)", NULL, NULL },
	{ "passwordeval", "pass show\tmail | head", "pass show\tmail | head",
	    NULL, NULL },
	{ "passwordeval_timeout", "5", "5", NULL, NULL },
	{ "passwordeval_timeout", "off", NULL, "'off' is not a number", NULL },
	{ "set_from_header", "auto", "0", NULL, NULL },
	{ "set_from_header", "on", "1", NULL, NULL },
	{ "set_from_header", "off", "2", NULL, NULL },
	{ "set_from_header", "", "0", NULL, NULL },
	{ "set_from_header", "of", NULL, "'of'",
	    "did you mean 'off'? It is one of auto, on or off" },
	{ "remove_bcc_headers", "off", "1", NULL, NULL },
	{ "set_date_header", "auto", "0", NULL, NULL },
	{ "set_date_header", "off", "1", NULL, NULL },
	{ "set_msgid_header", "on", "2", NULL, NULL },
	{ "queue", "on", "2", NULL, NULL },
	{ "queue", "off", "1", NULL, NULL },
	{ "queue", "", "2", NULL, NULL },
	{ "queue", "true", NULL, "F:7:10: queue cannot be 'true'",
	    "write 'queue on'" },
	{ "queue", "on # a laptop", NULL, "F:7:13: unexpected text "
	    "'# a laptop' after 'queue on'", "line of its own" },
	{ "queue_directory", "/var/spool/my mail", "/var/spool/my mail", NULL,
	    NULL },
	{ "queue_directory", "~/queue/%H", "~/queue/%H", NULL, NULL },
	{ "queue_directory", "", "(unset)", NULL, NULL },
	{ "queue_directory", "~you/queue", NULL, "one's own home", "~/" },
	{ "queue_directory", "/a\nb", NULL, "F:7:12: queue_directory holds a "
	    "control", NULL },
	{ "queue_lifetime", "90", "90", NULL, NULL },
	{ "queue_lifetime", "1", "1", NULL, NULL },
	{ "queue_lifetime", "90s", "90", NULL, NULL },
	{ "queue_lifetime", "30m", "1800", NULL, NULL },
	{ "queue_lifetime", "12h", "43200", NULL, NULL },
	{ "queue_lifetime", "5d", "432000", NULL, NULL },
	{ "queue_lifetime", "5D", "432000", NULL, NULL },
	{ "queue_lifetime", "2147483647", "2147483647", NULL, NULL },
	{ "queue_lifetime", "24855d", "2147472000", NULL, NULL },
	{ "queue_lifetime", "24856d", NULL, "F:7:10: queue_lifetime 24856d is "
	    "out of range: 1 second to 24855 days", NULL },
	{ "queue_lifetime", "2147483648", NULL, "out of range", NULL },
	{ "queue_lifetime", "2147483647d", NULL, "out of range", NULL },
	{ "queue_lifetime", "99999999999999999999999h", NULL, "out of range",
	    NULL },
	{ "queue_lifetime", "0", NULL, "queue_lifetime 0 is out of range",
	    NULL },
	{ "queue_lifetime", "0d", NULL, "queue_lifetime 0d is out of range",
	    NULL },
	{ "queue_lifetime", "", NULL, "F:7:10: queue_lifetime needs a value",
	    "write 'queue_lifetime TIME'" },
	{ "queue_lifetime", "d", NULL, "queue_lifetime 'd' is not a time",
	    "12h" },
	{ "queue_lifetime", "5w", NULL, "queue_lifetime '5w' is not a time",
	    "s, m, h or d" },
	{ "queue_lifetime", "5 d", NULL, "'5 d' is not a time", "12h" },
	{ "queue_lifetime", "1d12h", NULL, "'1d12h' is not a time", NULL },
	{ "queue_lifetime", "1.5d", NULL, "'1.5d' is not a time", NULL },
	{ "queue_lifetime", "-5d", NULL, "'-5d' is not a time", NULL },
	{ "queue_lifetime", "off", NULL, "'off' is not a time", NULL },
	{ "queue_lifetime", "010", NULL, "'010' is not a plain decimal",
	    "write 'queue_lifetime 10'" },
	{ "queue_lifetime", "5d # days", NULL, "F:7:13: unexpected text "
	    "'# days' after 'queue_lifetime 5d'", "line of its own" },
	{ "queue_lifetime", "5 # days", NULL, "F:7:12: unexpected text "
	    "'# days' after 'queue_lifetime 5'", "line of its own" },
	{ "queue_lifetime", "5w # weeks", NULL, "is not a time", NULL },
	{ "queue_unsure", "retry", "0", NULL, NULL },
	{ "queue_unsure", "hold", "1", NULL, NULL },
	{ "queue_unsure", "", NULL, "F:7:10: queue_unsure needs a value",
	    "retry|hold" },
	{ "queue_unsure", "held", NULL, "queue_unsure cannot be 'held'",
	    "did you mean 'hold'? It is one of retry or hold" },
	{ "queue_unsure", "off", NULL, "cannot be 'off'", "retry or hold" },
	{ "queue_flush", "on", "2", NULL, NULL },
	{ "queue_flush", "off", "1", NULL, NULL },
	{ "queue_flush", "", "2", NULL, NULL },
	{ "queue_flush", "0", NULL, "queue_flush cannot be '0'",
	    "write 'queue_flush off'" },
	{ "fallback", "other", "other", NULL, NULL },
	{ "fallback", "other,  third", "other,  third", NULL, NULL },
	{ "fallback", "", "(unset)", NULL, NULL },
	{ "fallback", "a\nb", NULL, "F:7:11: fallback holds a control", NULL },
	{ "retry_for", "30", "30", NULL, NULL },
	{ "retry_for", "0", "0", NULL, NULL },
	{ "retry_for", "2147483", "2147483", NULL, NULL },
	{ "retry_for", "2147484", NULL, "F:7:10: retry_for 2147484 is out of "
	    "range: 0 to 2147483", NULL },
	{ "retry_for", "30s", NULL, "'30s' is not a number", "digits only" },
	{ "retry_for", "-1", NULL, "'-1' is not a number", NULL },
	{ "retry_for", "", NULL, "retry_for needs a value", "SECONDS" },
	{ "tempfail_status", "64", "64", NULL, NULL },
	{ "tempfail_status", "69", "69", NULL, NULL },
	{ "tempfail_status", "78", "78", NULL, NULL },
	{ "tempfail_status", "63", NULL, "F:7:10: tempfail_status 63 is out "
	    "of range: 64 to 78", NULL },
	{ "tempfail_status", "79", NULL, "out of range: 64 to 78", NULL },
	{ "tempfail_status", "0", NULL, "out of range: 64 to 78", NULL },
	{ "tempfail_status", "", NULL, "tempfail_status needs a value",
	    "NUMBER" },
	{ "tempfail_status", "EX_NOPERM", NULL, "is not a number", NULL },
};

static char *
field_text(const struct account *a, enum option_id id)
{
	const struct option_row *row = option_row(id);
	const char *at = (const char *)a + row->offset;
	const char *string = NULL;
	struct buffer b;
	int64_t number;
	int choice;

	buffer_init(&b, TEXT_MAX);
	if (row->type == OPTION_TYPE_NUMBER ||
	    row->type == OPTION_TYPE_DURATION) {
		memcpy(&number, at, sizeof(number));
		buffer_printf(&b, "%lld", (long long)number);
	} else if (row->type == OPTION_TYPE_CHOICE) {
		memcpy(&choice, at, sizeof(choice));
		buffer_printf(&b, "%d", choice);
	} else {
		memcpy(&string, at, sizeof(string));
		buffer_add_string(&b, string == NULL ? "(unset)" : string);
	}
	return buffer_detach(&b);
}

static bool
says(const char *text, const char *part)
{
	if (part == NULL)
		return true;
	return text != NULL && strstr(text, part) != NULL;
}

static void
test_row(size_t i)
{
	const struct option_place place = { "F", 7, 10 };
	const char *value = rows[i].value;
	struct fault f = { 0 };
	struct account a;
	enum option_id id;
	char *text;
	int r;

	account_init(&a);
	id = option_find_keyword(rows[i].keyword, strlen(rows[i].keyword));
	r = option_set(&a, id, value, strlen(value), &place, &f);
	text = field_text(&a, id);
	if (rows[i].holds != NULL)
		tap_ok(r == 0 && strcmp(text, rows[i].holds) == 0 &&
		    a.set[id] && a.origin[id].line == 7, "%s '%s' is %s",
		    rows[i].keyword, value, rows[i].holds);
	else
		tap_ok(r == -1 && f.class == FAULT_CONFIG && !a.set[id] &&
		    says(f.text, rows[i].fault) && says(f.hint, rows[i].hint),
		    "%s '%s' is refused: %s; %s", rows[i].keyword,
		    strchr(value, '\n') == NULL ? value : "",
		    f.text, f.hint == NULL ? "" : f.hint);
	free(text);
	fault_clear(&f);
	account_free(&a);
}

static void
test_secrets(void)
{
	const struct option_place place = { "F", 1, 1 };
	struct fault f = { 0 };
	struct account a, b;

	account_init(&a);
	account_init(&b);
	option_set(&a, OPTION_PASSWORD, "hun\0ter2", 8, &place, &f);
	tap_ok(f.class == FAULT_CONFIG &&
	    says(f.text, "F:1:4: password holds a NUL") &&
	    !says(f.text, "hun"), "a NUL in a password: %s", f.text);
	fault_clear(&f);
	tap_ok(option_name(option_row(OPTION_PASSWORD)) == NULL,
	    "no long option shows a password to ps(1)");
	option_set(&a, OPTION_PASSWORD, "hunter2", 7, &place, &f);
	option_copy(&b, &a, OPTION_PASSWORD);
	tap_ok(b.password.len == 7 && b.password.bytes != a.password.bytes,
	    "a copy of a secret is its own");
	option_clear(&a, OPTION_PASSWORD);
	tap_ok(!secret_is_set(&a.password) && secret_is_set(&b.password),
	    "and goes its own way");
	account_free(&a);
	account_free(&b);
}

static void
test_table(void)
{
	const struct option_row *row;
	bool keywords = true, choices = true, order = true;

	for (int i = 0; i < OPTION_COUNT; i++) {
		row = option_row((enum option_id)i);
		keywords = keywords && row->keyword != NULL &&
		    row->help != NULL && row->preset != NULL &&
		    row->value != NULL;
		if (row->keyword == NULL)
			continue;
		order = order && (int)option_find_keyword(row->keyword,
		    strlen(row->keyword)) == i;
		choices = choices && (row->choices != NULL) ==
		    (row->type == OPTION_TYPE_CHOICE ||
		    row->type == OPTION_TYPE_AUTH);
	}
	tap_ok(keywords, "each row has keyword, value, default and help");
	tap_ok(choices, "each choice has its words");
	tap_ok(order, "each keyword is found where it is");
	tap_ok(option_find_keyword("", 0) == OPTION_COUNT &&
	    option_find_keyword("hos", 3) == OPTION_COUNT &&
	    option_find_keyword("hosts", 5) == OPTION_COUNT,
	    "part of a keyword, or more of it, is none");
	tap_ok(option_find_name("tls-trust-file", 14) ==
	    OPTION_TLS_TRUST_FILE &&
	    option_find_name("password", 8) == OPTION_COUNT &&
	    option_find_name("tls_trust_file", 14) == OPTION_COUNT,
	    "long options");
}

static void
test_nearest(void)
{
	static const char *const pairs[][2] = {
		{ "prot", "port" }, { "Host", "host" },
		{ "tls-starttls", "tls_starttls" },
		{ "tls_start", "tls_starttls" },
		{ "usr", "user" }, { "passwword", "password" },
		{ "tls_certchek", "tls_certcheck" }, { "xyzzy", NULL },
		{ "TIMEOUT", "timeout" }, { "", NULL },
	};
	const char *near;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		near = option_nearest(pairs[i][0], strlen(pairs[i][0]));
		tap_ok((near == NULL) == (pairs[i][1] == NULL) &&
		    (near == NULL ||
		    strcmp(near, pairs[i][1]) == 0), "'%s' may be %s, got %s",
		    pairs[i][0], pairs[i][1] == NULL ? "nothing" : pairs[i][1],
		    near == NULL ? "nothing" : near);
	}
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test_row(i);
	test_secrets();
	test_table();
	test_nearest();
	return tap_done();
}
