/* SPDX-License-Identifier: ISC */
/*
 * The settings, one row for each, in the order of the help:
 *
 *	ROW(OPTION_*, keyword and field of struct account, type, value, default,
 *	    help, what else belongs to the type)
 *	TOGGLE(OPTION_*, keyword and field, default, help)
 *
 * Included by those who define these two, and by nobody else.
 */
/* the smarthost, and the way to it */
ROW(HOST, host, STRING, "NAME", "none",
    "smarthost to submit to; no account file is read",
    .flags = OPTION_VALUE | OPTION_WORD)
ROW(PORT, port, NUMBER, "NUMBER", "25, or 465 with implicit TLS",
    "port of the smarthost", .flags = OPTION_VALUE, .min = 1, .max = PORT_MAX)
ROW(TIMEOUT, timeout, NUMBER, "SECONDS", "off: as RFC 5321 has them",
    "time for connecting and for each reply",
    .flags = OPTION_VALUE | OPTION_OFF, .min = 1, .max = SECONDS_MAX)
ROW(DOMAIN, domain, STRING, "NAME", "this host's name", "name to give in EHLO",
    .flags = OPTION_WORD)
ROW(PROTOCOL, protocol, CHOICE, "smtp|lmtp", "smtp", "what the server speaks",
    .flags = OPTION_VALUE | OPTION_NEEDED, .choices = protocols)
TOGGLE(PIPELINING, pipelining, "on",
    "send commands in groups where that is offered")
TOGGLE(CHUNKING, chunking, "on", "send messages by BDAT where that is offered")
ROW(REJECTED_RECIPIENTS, rejected_recipients, CHOICE, "deliver|abort",
    "deliver", "whether the others get mail that one is refused",
    .flags = OPTION_VALUE | OPTION_NEEDED, .choices = rejected)
ROW(SOURCE_IP, source_ip, STRING, "ADDRESS", "the system's choice",
    "address of this machine to connect from",
    .flags = OPTION_WORD | OPTION_LITERAL)
ROW(ADDRESS_FAMILY, address_family, CHOICE, "any|ipv4|ipv6", "any",
    "addresses to connect to; -4 and -6 are short for it",
    .flags = OPTION_NEEDED, .choices = families)
ROW(SOCKET, socket, PATH, "PATH", "none",
    "Unix socket of the smarthost, instead of the host")
ROW(PROXY_HOST, proxy_host, STRING, "NAME", "none",
    "SOCKS5 proxy to connect by", .flags = OPTION_WORD)
ROW(PROXY_PORT, proxy_port, NUMBER, "NUMBER", "1080", "port of the proxy",
    .min = 1, .max = PORT_MAX)
ROW(PROXY_USER, proxy_user, STRING, "NAME", "none",
    "name to authenticate as to the proxy")
/* no long option, as for password */
ROW(PROXY_PASSWORD, proxy_password, SECRET, "TEXT", "none",
    "password for the proxy", .flags = OPTION_RAW | OPTION_FILE_ONLY)
/* envelope, header, aliases and log */
/* --from is -f: see cli/cmdline */
ROW(FROM, from, STRING, "ADDRESS", "none",
    "reverse-path, or a pattern that matches it", .flags = OPTION_FILE_ONLY)
/* on the command line it is -F */
ROW(FROM_FULL_NAME, from_full_name, STRING, "NAME", "none",
    "full name for a From field that is added", .flags = OPTION_FILE_ONLY)
/* only a file can forbid it */
TOGGLE(ALLOW_FROM_OVERRIDE, allow_from_override, "on",
    "whether -f replaces the account's address", .flags = OPTION_FILE_ONLY)
TOGGLE(AUTO_FROM, auto_from, "off", "obsolete: send as user@maildomain")
ROW(MAILDOMAIN, maildomain, STRING, "NAME", "none",
    "obsolete: the domain for auto_from", .flags = OPTION_WORD)
ROW(SET_FROM_HEADER, set_from_header, CHOICE, "auto|on|off", "auto",
    "add a missing From field, or replace it", .choices = from_headers)
ROW(SET_TO_HEADER, set_to_header, CHOICE, "auto|on|off|...", "off",
    "replace To, Cc and Bcc by one To field", .choices = to_headers)
ROW(SET_DATE_HEADER, set_date_header, CHOICE, "auto|on|off", "auto",
    "add a missing Date field", .choices = added_headers)
ROW(SET_MSGID_HEADER, set_msgid_header, CHOICE, "auto|on|off", "auto",
    "add a missing Message-ID field", .choices = added_headers)
TOGGLE(REMOVE_BCC_HEADERS, remove_bcc_headers, "on",
    "remove Bcc and Resent-Bcc fields")
ROW(DSN_NOTIFY, dsn_notify, NOTIFY, "LIST", "off", "the same as -N, or off",
    .flags = OPTION_VALUE)
ROW(DSN_RETURN, dsn_return, CHOICE, "off|headers|full", "off",
    "the same as -R, or off",
    .flags = OPTION_VALUE | OPTION_ANY_CASE | OPTION_NEEDED, .choices = returns)
/* see alias_file() */
ROW(ALIASES, aliases, PATH, "FILE", SYSCONFDIR "/aliases",
    "file of aliases(5) for local names")
ROW(ALIAS_DOMAINS, alias_domains, STRING, "LIST", "none",
    "more domains whose addresses are local")
TOGGLE(ALIAS_INCLUDE, alias_include, "off",
    "whether an alias may include other files")
/* "-" is standard output */
ROW(LOGFILE, logfile, PATH, "FILE", "none",
    "file that gets a line for each message", .flags = OPTION_LATE)
ROW(LOGFILE_TIME_FORMAT, logfile_time_format, STRING, "FORMAT",
    "%b %d %H:%M:%S", "time in that line, or none")
ROW(SYSLOG, syslog, CHOICE, "on|off|FACILITY",
    "LOG_MAIL where standard error is no terminal",
    "send that line to the system log", .choices = facilities)
ROW(LONG_LINES, long_lines, CHOICE, "encode|pass|refuse", "encode",
    "what becomes of lines above 998 octets", .choices = lengths)
/* see config/account/sender.h */
ROW(SENDER, sender, STRING, "ADDRESS", "none",
    "in place of senders that are not ours", .flags = OPTION_FORCE)
/* see config/account/senders.c */
ROW(SENDERS, senders, PATH, "FILE", "none",
    "addresses for senders of this host")
TOGGLE(SENDER_REPLY_TO, sender_reply_to, "off",
    "keep the From that sender replaces in Reply-To")
ROW(QUALIFY_DOMAIN, qualify_domain, STRING, "DOMAIN", "none",
    "the domain of addresses that have none", .flags = OPTION_WORD)
ROW(ROOT, root, STRING, "ADDRESS", "none", "who gets the mail for root",
    .flags = OPTION_ADDRESSES)
/* TLS, authentication and its secrets */
TOGGLE(TLS, tls, "by port and auth", "whether TLS is required")
TOGGLE(TLS_STARTTLS, tls_starttls, "by port",
    "TLS by STARTTLS, or from the first octet")
/* NULL is the system's; "" has no certificate at all */
ROW(TLS_TRUST_FILE, tls_trust_file, PATH, "FILE", "system",
    "certificates to trust, in PEM", .flags = OPTION_SYSTEM)
TOGGLE(TLS_CERTCHECK, tls_certcheck, "on",
    "whether the certificate must be valid")
ROW(TLS_EXTRA_TRUST_FILE, tls_extra_trust_file, PATH, "FILE", "none",
    "more certificates to trust, in PEM")
ROW(TLS_CRL_FILE, tls_crl_file, PATH, "FILE", "none",
    "certificate revocation lists, in PEM")
ROW(TLS_FINGERPRINT, tls_fingerprint, FINGERPRINTS, "HEX", "none",
    "the only certificates to trust")
ROW(TLS_PIN, tls_pin, KEY_PINS, "sha256//BASE64", "none",
    "the only public keys to trust")
ROW(TLS_HOST_OVERRIDE, tls_host_override, STRING, "NAME", "host",
    "name to ask for and find in the certificate", .flags = OPTION_WORD)
TOGGLE(REQUIRETLS, requiretls, "off",
    "ask for verified TLS on the whole way, or do not send")
ROW(TLS_KEY_FILE, tls_key_file, PATH, "FILE", "none",
    "key of our certificate, PEM or PKCS#11 URI")
ROW(TLS_CERT_FILE, tls_cert_file, PATH, "FILE", "none",
    "our certificate, PEM or PKCS#11 URI")
ROW(TLS_PRIORITIES, tls_priorities, STRING, "STRING", "the system's",
    "versions and algorithms, as GnuTLS writes them")
ROW(TLS_MIN_VERSION, tls_min_version, CHOICE, "1.2|1.3", "1.2",
    "the oldest version of TLS", .choices = versions)
ROW(TLS_MIN_DH_PRIME_BITS, tls_min_dh_prime_bits, NUMBER, "BITS", "2048",
    "the smallest Diffie-Hellman group", .min = 1, .max = DH_BITS_MAX)
ROW(AUTH, auth, AUTH, "on|off|METHODS", "off", "authentication and its method",
    .choices = methods)
TOGGLE(AUTH_WITHOUT_TLS, auth_without_tls, "off",
    "let a named method go out unencrypted")
ROW(USER, user, STRING, "NAME", "none", "name to authenticate as")
/* no long option: others can read argv */
ROW(PASSWORD, password, SECRET, "TEXT", "none", "password to authenticate with",
    .flags = OPTION_RAW | OPTION_FILE_ONLY)
ROW(PASSWORDEVAL, passwordeval, STRING, "COMMAND", "none",
    "command that prints the password", .flags = OPTION_RAW | OPTION_COMMAND)
ROW(PASSWORDEVAL_TIMEOUT, passwordeval_timeout, NUMBER, "SECONDS", "60",
    "time for that command", .flags = OPTION_VALUE, .min = 1,
    .max = SECONDS_MAX)
/* it may be relative */
ROW(PASSWORD_FILE, password_file, PATH, "FILE", "none",
    "file whose first line is the password")
ROW(PASSWORD_FD, password_fd, NUMBER, "NUMBER", "none",
    "descriptor to read the password from", .min = FD_MIN, .max = INT_MAX)
ROW(OAUTH2, oauth2, STRING, "ADDRESS", "none",
    "who signed in with postrider-oauth2",
    .flags = OPTION_WORD | OPTION_COMMAND)
ROW(AUTH_ID, auth_id, STRING, "NAME", "the user",
    "whom to act as, once authenticated")
ROW(NTLMDOMAIN, ntlmdomain, STRING, "NAME", "none",
    "domain of the user, for NTLM")
/* what becomes of a message that cannot go now */
TOGGLE(QUEUE, queue, "off", "keep messages that another try may serve")
/* NULL: see delivery/queue/folder.h */
ROW(QUEUE_DIRECTORY, queue_directory, PATH, "DIR", "see the manual",
    "folder to keep them in", .flags = OPTION_LATE)
ROW(QUEUE_LIFETIME, queue_lifetime, DURATION, "TIME", "5d",
    "how long they are tried: 90, 30m, 12h, 5d", .flags = OPTION_VALUE,
    .min = 1, .max = LIFETIME_MAX)
ROW(QUEUE_UNSURE, queue_unsure, CHOICE, "retry|hold", "retry",
    "what becomes of one that may have been delivered",
    .flags = OPTION_VALUE | OPTION_NEEDED, .choices = unsure)
TOGGLE(QUEUE_FLUSH, queue_flush, "on",
    "send others that wait along with a message")
ROW(FALLBACK, fallback, STRING, "ACCOUNTS", "none",
    "accounts to send by when this one cannot")
ROW(RETRY_FOR, retry_for, NUMBER, "SECONDS", "0",
    "how long to go on trying to connect", .flags = OPTION_VALUE, .min = 0,
    .max = SECONDS_MAX)
ROW(TEMPFAIL_STATUS, tempfail_status, NUMBER, "NUMBER", "75",
    "exit status of a temporary failure", .flags = OPTION_VALUE, .min = 64,
    .max = 78)
