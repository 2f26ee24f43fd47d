#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Mistakes of real users, and the whole text that each of them gets: the cause,
# the place, the remedy.  A text that changes is changed here, too, and read
# once more by whoever does it.
#
# shellcheck disable=SC2016 # patterns and shells of settings
# shellcheck disable=SC2030,SC2031,SC2034 # read by the functions of the table

load ../helper
load mistakes

setup() {
	postrider_setup
	begin_table
}

@test "the command line" {
	account_file 'host 127.0.0.1' 'port 1' 'from alice@example.org'
	mistake 64 'a subject, as mail(1) has it' -s hello bob@example.net <<'END'
postrider: -s is not supported
hint: it is an option of mailx; here a message begins with its header: put a line 'Subject: ...' and an empty line before the text
END
	mistake 64 'no recipient' <<'END'
postrider: no recipients
hint: name them behind the options, or take them from the message with -t
END
	printf 'Subject: x\n\nx\n' >letter
	mistake 64 '-t, and a message without recipients' -t <<'END'
postrider: no recipients: none in the arguments, and none in To, Cc and Bcc
hint: add a To field
END
	mistake 64 'a misspelt option' --form=alice@example.org bob@example.net <<'END'
postrider: unknown option --form
hint: did you mean --from?
END
	mistake 64 'an option that is nowhere' --subject=hello bob@example.net <<'END'
postrider: unknown option --subject
hint: --help lists the options
END
	mistake 64 'an ambiguous option' --tls-c bob@example.net <<'END'
postrider: --tls-c is ambiguous
hint: it could be --tls-certcheck, --tls-crl-file, --tls-cert-file
END
	mistake 64 'a value that is missing' bob@example.net -f <<'END'
postrider: -f needs a value
hint: write -f ADDRESS
END
	mistake 64 'a value that is missing, of a long option' bob@example.net --host <<'END'
postrider: --host needs a value
hint: write --host=NAME
END
	mistake 64 'a value that an option does not take' --check=bob@example.net <<'END'
postrider: --check takes no value
hint: a recipient to try is an argument of its own: --check bob@example.net
END
	mistake 64 'a value that an option does not take, the second' --serverinfo=mail.example.org <<'END'
postrider: --serverinfo takes no value
hint: write --serverinfo alone
END
	mistake 64 'a long option with one dash' -account work bob@example.net <<'END'
postrider: unknown option -account
hint: did you mean --account?
END
	mistake 64 'another long option with one dash' -from=a@example.org bob@example.net <<'END'
postrider: unknown option -from
hint: did you mean --from?
END
	mistake 64 '--configure without an address' --configure= <<'END'
postrider: --configure needs a value
hint: write --configure=ADDRESS
END
	mistake 65 '--configure of a domain' --configure=example.org <<'END'
postrider: --configure 'example.org': an address with a domain is needed
hint: such as you@example.org
END
	mistake 64 'a daemon' -bd -q30m <<'END'
postrider: -bd is not supported
hint: there is no daemon: each message is sent by the program that is called with it
END
	mistake 64 'a mode that is none' -bz <<'END'
postrider: -bz is not supported
hint: the modes are -bm, which is the default, -bs, -bv, -bt, -bi, -bp, -bP, -bC and -bV
END
	mistake 64 'a sender twice over' -f a@example.org --read-envelope-from bob@example.net <<'END'
postrider: -f and --read-envelope-from exclude each other
hint: -f gives the reverse-path, the other one takes it from the From field: leave one out
END
	mistake 64 'the help with one dash' -help <<'END'
postrider: unknown option -help
hint: did you mean --help?
END
	mistake 64 'recipients where none can be' --serverinfo bob@example.net <<'END'
postrider: --serverinfo takes no recipients, as 'bob@example.net'
hint: leave that out: no message is sent
END
	mistake 64 'an account and a host' -a work --host=mail.example.org bob@example.net <<'END'
postrider: --host and --account exclude each other
hint: --host is an account of its own and reads no account file
END
	mistake 78 'an account that is not there' -a work bob@example.net <<'END'
postrider: there is no account 'work'; the only account is 'default'; HERE/accounts was read; ETC/postrider/accounts does not exist; ETC/msmtprc does not exist
hint: choose one of these
END
	mistake 64 'a port in letters' --host=localhost --port=submission bob@example.net <<'END'
postrider: --port: port 'submission' is not a number
hint: write digits only: submission is 587, submissions (smtps) 465
END
	mistake 64 'tls of yes' --tls=yes bob@example.net <<'END'
postrider: --tls: tls cannot be 'yes'
hint: write on
END
	mistake 64 'notifications that are none' -N sometimes bob@example.net <<'END'
postrider: -N 'sometimes' is no list of notifications
hint: write never, which stands alone, or some of success,failure,delay
END
	mistake 64 'what to return' -R everything bob@example.net <<'END'
postrider: -R 'everything' is not what a notification can return: full or hdrs
END
	mistake 64 'a body type' -B 9BIT bob@example.net <<'END'
postrider: -B '9BIT' is not a body type; there are 7BIT and 8BITMIME
END
	mistake 64 'a protection that is no choice' -O requiretls=maybe bob@example.net <<'END'
postrider: -O requiretls=maybe: requiretls is yes or no
END
	mistake 64 'a word of -O that is misspelt' -O requirtls=yes bob@example.net <<'END'
postrider: -O requirtls: no option of sendmail's
hint: did you mean RequireTLS?
END
	mistake 64 '-M with a queue' -M 1234 <<'END'
postrider: -M is not supported
hint: mailq lists the queue, -qI ID tries a message of it, --queue-show=ID prints one; there are --queue-hold, --queue-release, --queue-delete, too
END
	mistake 65 'the id of no message' --queue-show=nothing <<'END'
postrider: there is no message 'nothing' in the queue
hint: mailq lists those that there are
END
	mistake 64 '--json without a mode' --json bob@example.net <<'END'
postrider: --json is for --check, --serverinfo, --pretend and -bp
END
	mistake 78 'a -C file that is not there' -C nowhere bob@example.net <<'END'
postrider: account file nowhere: No such file or directory
hint: check the path; without it, the files of postrider-accounts(5) are read
END
	mistake 78 'a -C folder' -C . bob@example.net <<'END'
postrider: account file . is a folder
hint: an account file is a regular file
END
	finish
}

@test "called as sendmail" {
	account_file 'host 127.0.0.1' 'port 1' 'from alice@example.org'
	ln -s "$POSTRIDER" sendmail
	by 64 'a long option' ./sendmail --host=mail.example.org bob@example.net <<'END'
postrider: --host is not an option of sendmail
hint: long options are for callers of postrider by its own name
END
	by 64 'a log file' ./sendmail -X log bob@example.net <<'END'
postrider: -X is not supported
hint: callers of sendmail cannot choose files: set "logfile" in the account; -v shows the dialogue on standard error
END
	by 64 'the daemon' ./sendmail -bd <<'END'
postrider: -bd is not supported
hint: there is no daemon: each message is sent by the program that is called with it
END
	finish
}

@test "recipients, senders and the message" {
	account_file 'host 127.0.0.1' 'port 1' 'from alice@example.org'
	mistake 65 'two at signs' bob@@example.net <<'END'
postrider: recipient 'bob@@example.net': more than one @ in an address at octet 1: "bob@@example.net"
hint: addresses are separated by commas
END
	mistake 65 'a bracket that is not closed' '<bob@example.net' <<'END'
postrider: recipient '<bob@example.net': angle bracket without its end at octet 1: "<"
END
	mistake 65 'nothing before the at sign' @example.net <<'END'
postrider: recipient '@example.net': address with nothing before its @ at octet 1: "@"
END
	mistake 65 'nothing behind it' bob@ <<'END'
postrider: recipient 'bob@': address with nothing behind its @ at octet 4: "@"
END
	mistake 65 'a blank within' 'bob smith@example.net' <<'END'
postrider: recipient 'bob smith@example.net': words that are no address at octet 1: "bob smith"
hint: a name goes before its address in angle brackets; addresses are separated by commas
END
	mistake 65 'an empty argument' '' <<'END'
postrider: recipient '' holds no address
hint: the variable or field that it comes from may be empty
END
	mistake 65 'a line end' $'bob@example.net\nevil@example.net' <<'END'
postrider: recipient 'bob@example.net\x0aevil@example.net': control character \x0a in an address at octet 16
END
	mistake 65 'a command' '|/usr/bin/vacation' <<'END'
postrider: recipient '|/usr/bin/vacation': neither an address nor the name of an account at octet 1: "|/usr/bin/vacation"
hint: mail goes to the smarthost: no program and no file of this machine gets any
END
	mistake 65 'a file' /var/mail/bob <<'END'
postrider: recipient '/var/mail/bob': neither an address nor the name of an account at octet 1: "/var/mail/bob"
hint: mail goes to the smarthost: no program and no file of this machine gets any
END
	mistake 65 'a domain that cannot be' 'bob@exa mple.net' <<'END'
postrider: recipient 'bob@exa mple.net': not a domain at octet 5: "exa mple.net"
END
	mistake 65 'a URI' mailto:bob@example.net <<'END'
postrider: recipient 'mailto:bob@example.net': group without its semicolon at octet 1: "mailto:bob@example.net"
hint: leave out 'mailto:'
END
	mistake 65 'a sender without a domain part' -f alice@ bob@example.net <<'END'
postrider: the reverse-path 'alice@': address with nothing behind its @ at octet 6: "@"
hint: "sender ADDRESS" in the account takes the place of senders that cannot be used
END
	mistake 65 'a name as the sender' -f 'Alice Example' bob@example.net <<'END'
postrider: the reverse-path 'Alice Example': words that are no address at octet 1: "Alice Example"
hint: a name goes before its address in angle brackets; addresses are separated by commas
END
	printf 'To: bob@@example.net\nSubject: x\n\nx\n' >letter
	mistake 65 'a To field that is wrong' -t <<'END'
postrider: field To in line 1: more than one @ in an address at octet 2: "bob@@example.net"
hint: addresses are separated by commas
END
	printf '\nTo: bob@example.net\nSubject: x\n\nx\n' >letter
	mistake 64 'an empty line before the header' -t <<'END'
postrider: no recipients: the header ends before it begins, as line 1 is empty
hint: leave out the empty lines in front of the header
END
	printf 'hello, this is no header\n' >letter
	mistake 64 'no header' -t <<'END'
postrider: no recipients: the header ends before it begins, at line 1, which is no field, and has no To, Cc or Bcc before it
hint: a field is a name, a colon and text; its further lines begin with a blank
END
	: >letter
	mistake 64 'no message at all' -t <<'END'
postrider: no recipients: none in the arguments, and none in To, Cc and Bcc
hint: add a To field
END
	finish
}

# An account file of these lines: what it says.
config() {
	local wanted=$1 title=$2

	shift 2
	account_file "$@"
	submit bob@example.net <letter
	compare "$wanted" "$title"
}

@test "lines of an account file" {
	config 78 'an equals sign' 'host = mail.example.org' <<'END'
postrider: HERE/accounts:1:6: no '=' stands before the value of 'host'
hint: write 'host mail.example.org'
END
	config 78 'an equals sign without blanks' 'host=mail.example.org' <<'END'
postrider: HERE/accounts:1:5: a blank should follow 'host'
hint: write 'host mail.example.org'
END
	config 78 'an equals sign, and what cannot be behind it' 'tls = yes' <<'END'
postrider: HERE/accounts:1:5: no '=' stands before the value of 'tls'
hint: write 'tls on'
END
	config 78 'an equals sign, and a port' 'host = mail.example.org:587' <<'END'
postrider: HERE/accounts:1:6: no '=' stands before the value of 'host'
hint: write 'host mail.example.org' and 'port 587'
END
	config 78 'a colon' 'host: mail.example.org' <<'END'
postrider: HERE/accounts:1:5: a blank should follow 'host'
hint: write 'host mail.example.org'
END
	config 78 'a semicolon' 'host mail.example.org;' <<'END'
postrider: HERE/accounts:1:6: host 'mail.example.org;' holds more than a name or an address
hint: write 'host mail.example.org'
END
	config 78 'a port in the host' 'host mail.example.org:587' <<'END'
postrider: HERE/accounts:1:22: host 'mail.example.org:587' holds a port as well
hint: write 'host mail.example.org' and 'port 587'
END
	config 78 'a URL' 'host smtps://mail.example.org:465' <<'END'
postrider: HERE/accounts:1:6: host 'smtps://mail.example.org:465' holds a port as well
hint: write 'host mail.example.org', 'port 465', 'tls on', 'tls_starttls off'
END
	config 78 'a web address' 'host https://mail.example.org/' <<'END'
postrider: HERE/accounts:1:6: host 'https://mail.example.org/' holds more than a name or an address
hint: write 'host mail.example.org'
END
	config 78 'an address' 'host alice@example.org' <<'END'
postrider: HERE/accounts:1:6: host 'alice@example.org' holds more than a name or an address
hint: write 'host example.org'
END
	config 78 'a comment behind a value' 'host localhost' 'port 587 # submission' <<'END'
postrider: HERE/accounts:2:10: unexpected text '# submission' after 'port 587'
hint: give the comment a line of its own: behind a value it is part of the value
END
	config 78 'a port that is a word' 'host localhost' 'port smtps' <<'END'
postrider: HERE/accounts:2:6: port 'smtps' is not a number
hint: write digits only: submission is 587, submissions (smtps) 465
END
	config 78 'a port that is too high' 'host localhost' 'port 70000' <<'END'
postrider: HERE/accounts:2:6: port 70000 is out of range: 1 to 65535
END
	config 78 'a port that is nothing' 'host localhost' 'port' <<'END'
postrider: HERE/accounts:2:5: port needs a value
hint: write 'port NUMBER'
END
	config 78 'tls of yes' 'host localhost' 'tls yes' <<'END'
postrider: HERE/accounts:2:5: tls cannot be 'yes'
hint: write 'tls on'
END
	config 78 'tls of starttls' 'host localhost' 'tls starttls' <<'END'
postrider: HERE/accounts:2:5: tls cannot be 'starttls'
hint: write 'tls on' and 'tls_starttls on'
END
	config 78 'starttls as a setting' 'host localhost' 'starttls on' <<'END'
postrider: HERE/accounts:2:1: unknown setting 'starttls'
hint: did you mean 'tls_starttls'?
END
	config 78 'tls of SSL' 'host localhost' 'tls ssl' <<'END'
postrider: HERE/accounts:2:5: tls cannot be 'ssl'
hint: write 'tls on' and 'tls_starttls off'
END
	config 78 'a method that is none' 'host localhost' 'auth plane' <<'END'
postrider: HERE/accounts:2:6: auth cannot be 'plane'
hint: write one of on, off, SCRAM-SHA-256-PLUS, SCRAM-SHA-1-PLUS, SCRAM-SHA-256, SCRAM-SHA-1, PLAIN, LOGIN, DIGEST-MD5, CRAM-MD5, NTLM, GSSAPI, EXTERNAL, OAUTHBEARER or XOAUTH2
END
	config 78 'auth of yes' 'host localhost' 'auth yes' <<'END'
postrider: HERE/accounts:2:6: auth cannot be 'yes'
hint: write 'auth on'
END
	config 78 'a misspelt setting' 'hots localhost' <<'END'
postrider: HERE/accounts:1:1: unknown setting 'hots'
hint: did you mean 'host'?
END
	config 78 'username' 'host localhost' 'username alice' <<'END'
postrider: HERE/accounts:2:1: unknown setting 'username'
hint: did you mean 'user'?
END
	config 78 'pass' 'host localhost' 'pass secret' <<'END'
postrider: HERE/accounts:2:1: unknown setting 'pass'
hint: did you mean 'password'?
END
	config 78 'server' 'server localhost' <<'END'
postrider: HERE/accounts:1:1: unknown setting 'server'
hint: did you mean 'host'?
END
	config 78 'ssmtp.conf' 'mailhub=mail.example.org:587' 'AuthUser=alice' <<'END'
postrider: HERE/accounts:1:1: unknown setting 'mailhub'
hint: did you mean 'host'?
END
	config 78 'main.cf' 'relayhost = [mail.example.org]:587' <<'END'
postrider: HERE/accounts:1:1: unknown setting 'relayhost'
hint: did you mean 'host'?
END
	config 78 'an INI section' '[default]' 'host localhost' <<'END'
postrider: HERE/accounts:1:1: a line begins with the name of a setting
hint: an account begins with 'account NAME', not with a section
END
	config 78 'muttrc' 'set smtp_url=smtp://alice@mail.example.org' <<'END'
postrider: HERE/accounts:1:1: unknown setting 'set'
hint: postrider-accounts(5) lists the settings there are
END
	config 78 'JSON' '{ "host": "mail.example.org" }' <<'END'
postrider: HERE/accounts:1:1: a line begins with the name of a setting
hint: write one setting a line, such as 'host mail.example.org'
END
	config 78 'an account of another name' 'account work' 'host localhost' 'account home' 'host localhost' <<'END'
postrider: cannot choose an account: none is called 'default'; the accounts are 'work', 'home'; HERE/accounts was read; ETC/postrider/accounts does not exist; ETC/msmtprc does not exist
hint: choose one with -a NAME, or end the file with the line 'account default : NAME'
END
	config 78 'two accounts of one name' 'host localhost' 'account default' 'host localhost' <<'END'
postrider: HERE/accounts:2:9: account 'default' is defined twice: here and in line 1
hint: settings above the first account line, such as line 1, are those of account 'default'; put a line 'defaults' or 'account NAME' above them
END
	config 78 'an account like one that comes later' 'account default : work' 'account work' 'host localhost' <<'END'
postrider: HERE/accounts:1:19: account 'work' is not defined above this line
hint: an account can be built on one that stands above it in this file
END
	config 78 'a misspelt account' 'acount work' 'host localhost' <<'END'
postrider: HERE/accounts:1:1: unknown setting 'acount'
hint: did you mean 'account'?
END
	config 78 'no host' 'port 587' <<'END'
postrider: account 'default' (HERE/accounts:1) has no host
hint: add the line 'host NAME', where NAME is the smarthost
END
	config 78 'auth and no user' 'host localhost' 'auth on' 'tls off' 'password secret' <<'END'
postrider: account 'default' (HERE/accounts:1) has auth but no user
hint: add the line 'user NAME', or 'auth off'
END
	config 78 'a from that is no address' 'host localhost' 'from alice@' <<'END'
postrider: from (HERE/accounts:2): address with nothing behind its @ at octet 6: "@"
hint: write an address such as you@example.org
END
	config 78 'a timeout with a unit' 'host localhost' 'timeout 10s' <<'END'
postrider: HERE/accounts:2:9: timeout '10s' is not a number
hint: write digits only, or off
END
	config 78 'a fingerprint that is too short' 'host localhost' 'tls_fingerprint AA:BB' <<'END'
postrider: HERE/accounts:2:17: tls_fingerprint 'AA:BB' has not the length of a fingerprint
hint: write 32 octets (SHA-256) in hex, with or without colons; several fingerprints are separated by commas
END
	config 78 'a file that is not included' 'include nothing' <<'END'
postrider: HERE/accounts:1:9: HERE/nothing cannot be read: No such file or directory
hint: check the path; only a pattern, such as accounts.d/*, may stand for no file
END
	config 78 'a file that includes itself' "include $ACCOUNT" <<'END'
postrider: HERE/accounts:1:9: HERE/accounts is included by itself
END
	config 78 'an encoding of Windows' "$(printf '\xff\xfeh\0o\0s\0t\0' | tr '\0' '?')" <<'END'
postrider: HERE/accounts:1:1: a line begins with the name of a setting
hint: this is no text in UTF-8: save the file as that
END
	config 78 'a non-breaking space' $'host\u00a0localhost' <<'END'
postrider: HERE/accounts:1:5: a blank should follow 'host'
hint: that is a no-break space, as web pages and editors of texts have it; type a blank
END
	config 78 'a queue of yes' 'host localhost' 'queue yes' <<'END'
postrider: HERE/accounts:2:7: queue cannot be 'yes'
hint: write 'queue on'
END
	config 78 'a fallback that is not there' 'host 127.0.0.1' 'port 1' 'from a@example.org' 'fallback second' <<'END'
postrider: fallback (HERE/accounts:4): there is no account 'second'
hint: fallback takes names of accounts, separated by blanks or commas
END
	config 78 'msmtp of another kind: eval of nothing' 'host localhost' 'eval true' <<'END'
postrider: HERE/accounts:2:6: eval printed nothing
hint: run the command in a shell: its first line of output should be a setting and its value
END
	config 78 'LMTP without a port' 'host localhost' 'protocol lmtp' <<'END'
postrider: account 'default' (HERE/accounts:1) speaks LMTP and has no port
hint: add the line 'port NUMBER'; LMTP has no port of its own, 24 is common
END
	config 78 'a domain that is none' 'host localhost' 'from alice@example.org' 'qualify_domain @example.org' <<'END'
postrider: qualify_domain (HERE/accounts:3): '@example.org' is no domain
hint: write a name such as example.org
END
	config 78 'a key without its certificate' 'from a@example.org' 'host localhost' 'tls on' 'tls_key_file key.pem' <<'END'
postrider: tls_key_file is set, but tls_cert_file is not
hint: set both, to the same file if it holds both
END
	config 66 'trust that is not there' 'host localhost' 'tls on' 'from alice@example.org' 'tls_trust_file nothing.pem' <<'END'
postrider: nothing.pem: cannot read the trust file: No such file or directory
hint: "tls_trust_file" and "tls_extra_trust_file" name files of CA certificates in PEM form; without them the system's are used
END
	config 75 'port 465 without TLS' 'host mail.example.org' 'proxy_host 127.0.0.1' 'proxy_port 1' 'port 465' 'tls off' 'timeout 1' 'from alice@example.org' <<'END'
postrider: note: tls (HERE/accounts:5): port 465 has TLS from the first octet (RFC 8314), and this account has no TLS there; remove that line
postrider: mail.example.org:465 by proxy 127.0.0.1:1: cannot connect (127.0.0.1: Connection refused)
hint: check "proxy_host" and "proxy_port", and that no firewall is in the way
END
	config 75 'port 465 with STARTTLS, as of msmtp' 'host mail.example.org' 'proxy_host 127.0.0.1' 'proxy_port 1' 'port 465' 'tls on' 'tls_starttls on' 'timeout 1' 'from alice@example.org' <<'END'
postrider: note: tls_starttls (HERE/accounts:6): port 465 has TLS from the first octet (RFC 8314), and this account has STARTTLS there; remove that line, or set 'port 587'
postrider: mail.example.org:465 by proxy 127.0.0.1:1: cannot connect (127.0.0.1: Connection refused)
hint: check "proxy_host" and "proxy_port", and that no firewall is in the way
END
	config 75 'the port of IMAP' 'host mail.example.org' 'proxy_host 127.0.0.1' 'proxy_port 1' 'port 993' 'timeout 1' 'from alice@example.org' <<'END'
postrider: note: port (HERE/accounts:4): port 993 is for reading mail by IMAP; write 'port 587', or 'port 465', and the host that takes mail
postrider: mail.example.org:993 by proxy 127.0.0.1:1: cannot connect (127.0.0.1: Connection refused)
hint: check "proxy_host" and "proxy_port", and that no firewall is in the way
END
	config 75 'a token and no TLS' 'host mail.example.org' 'proxy_host 127.0.0.1' 'proxy_port 1' 'auth xoauth2' 'tls off' 'user alice' 'password x' 'timeout 1' 'from alice@example.org' <<'END'
postrider: note: tls (HERE/accounts:5): without TLS, auth XOAUTH2 is not sent to another host; write 'tls on'
postrider: mail.example.org:25 by proxy 127.0.0.1:1: cannot connect (127.0.0.1: Connection refused)
hint: check "proxy_host" and "proxy_port", and that no firewall is in the way
END
	finish
}

@test "no account, and the environment" {
	mistake 78 'nothing at all' bob@example.net <<'END'
postrider: there is no account to send with; HERE/.config/postrider/accounts does not exist; HERE/.msmtprc does not exist; HERE/.config/msmtp/config does not exist; ETC/postrider/accounts does not exist; ETC/msmtprc does not exist
hint: write an account file HERE/.config/postrider/accounts, or for all users ETC/postrider/accounts, or set POSTRIDER_HOST; see postrider-accounts(5), or begin with what postrider --configure=ADDRESS prints
END
	export POSTRIDER_HOTS=localhost
	mistake 78 'a misspelt variable' bob@example.net <<'END'
postrider: environment: POSTRIDER_HOTS is no setting; there is no account to send with; HERE/.config/postrider/accounts does not exist; HERE/.msmtprc does not exist; HERE/.config/msmtp/config does not exist; ETC/postrider/accounts does not exist; ETC/msmtprc does not exist
hint: did you mean POSTRIDER_HOST?
END
	unset POSTRIDER_HOTS
	export POSTRIDER_HOST='' SMTPSERVER=''
	mistake 78 'empty variables' bob@example.net <<'END'
postrider: there is no account to send with; HERE/.config/postrider/accounts does not exist; HERE/.msmtprc does not exist; HERE/.config/msmtp/config does not exist; ETC/postrider/accounts does not exist; ETC/msmtprc does not exist
hint: write an account file HERE/.config/postrider/accounts, or for all users ETC/postrider/accounts, or set POSTRIDER_HOST; see postrider-accounts(5), or begin with what postrider --configure=ADDRESS prints
END
	export POSTRIDER_HOST=127.0.0.1 POSTRIDER_PORT=smtp
	mistake 78 'a port in letters' bob@example.net <<'END'
postrider: environment: port 'smtp' is not a number
hint: write digits only: submission is 587, submissions (smtps) 465
END
	export POSTRIDER_PORT='' POSTRIDER_TLS='' POSTRIDER_TIMEOUT='' POSTRIDER_PORT=1 POSTRIDER_USER=''
	export POSTRIDER_FROM=alice@example.org POSTRIDER_PASWORD=secret
	mistake 75 'a misspelt variable beside others' bob@example.net <<'END'
postrider: note: environment: POSTRIDER_PASWORD is no setting; it is ignored. Did you mean POSTRIDER_PASSWORD?
postrider: 127.0.0.1:1: cannot connect (127.0.0.1: Connection refused)
hint: check "host" and "port", and that no firewall is in the way
END
	unset POSTRIDER_PASWORD
	export POSTRIDER_PASSWORDEVAL='cat secret'
	mistake 78 'a command' bob@example.net <<'END'
postrider: environment: POSTRIDER_PASSWORDEVAL: commands are not taken from the environment
hint: set POSTRIDER_PASSWORD_FILE, or write an account file
END
	unset POSTRIDER_PASSWORDEVAL
	export POSTRIDER_AUTH=on
	mistake 78 'auth without a user' bob@example.net <<'END'
postrider: the account of the environment has auth but no user
hint: set POSTRIDER_USER, or POSTRIDER_AUTH=off
END
	export POSTRIDER_USER=alice POSTRIDER_PASSWORD_FILE=/run/secrets/nothing
	mistake 78 'a secret that is not there' bob@example.net <<'END'
postrider: password_file /run/secrets/nothing cannot be read: No such file or directory
hint: check the path; the first line of that file should be the password
END
	finish
}

@test "passwords and where they come from" {
	local base=('host 127.0.0.1' 'port 1' 'from alice@example.org' 'auth on' 'user alice' 'auth_without_tls on')

	config 78 'no password at all' "${base[@]}" <<'END'
postrider: account 'default' authenticates as 'alice' but has no password
hint: add a line 'passwordeval COMMAND', 'password_file FILE' or 'password TEXT'; neither the keyring nor a netrc file has one, and there is no terminal to ask on
END
	config 78 'a password file that is not there' "${base[@]}" 'password_file secret' <<'END'
postrider: password_file secret is not a whole path, and CREDENTIALS_DIRECTORY is not set
hint: write the whole path, or ~/..., or let systemd pass the credential (LoadCredential=)
END
	(umask 077 && : >secret)
	config 78 'an empty password file' "${base[@]}" 'password_file secret' <<'END'
postrider: password_file secret is not a whole path, and CREDENTIALS_DIRECTORY is not set
hint: write the whole path, or ~/..., or let systemd pass the credential (LoadCredential=)
END
	config 78 'a folder' "${base[@]}" 'password_file /' <<'END'
postrider: password_file / cannot be read: it is no file
hint: check the path; the first line of that file should be the password
END
	config 78 'a command that fails' "${base[@]}" 'passwordeval echo no such entry >&2; exit 1' <<'END'
postrider: passwordeval of account 'default' (HERE/accounts:7) failed with exit status 1: no such entry
hint: run the command in a shell: its first line of output should be the password
END
	config 78 'a command that prints nothing' "${base[@]}" 'passwordeval true' <<'END'
postrider: passwordeval of account 'default' (HERE/accounts:7) printed no password
hint: run the command in a shell: its first line of output should be the password
END
	config 78 'a command that is not there' "${base[@]}" 'passwordeval pasword-store show mail 2>/dev/null' <<'END'
postrider: passwordeval of account 'default' (HERE/accounts:7) failed with exit status 127
hint: run the command in a shell: its first line of output should be the password
END
	config 75 'a command that does not end' "${base[@]}" 'passwordeval sleep 60' 'passwordeval_timeout 1' <<'END'
postrider: passwordeval of account 'default' (HERE/accounts:7) did not end within 1 s
hint: a command that waits for somebody is given more time by passwordeval_timeout
END
	config 78 'a descriptor that is not open' "${base[@]}" 'password_fd 9' <<'END'
postrider: password_fd 9: Bad file descriptor
hint: the caller must open it for reading, as a shell does by 9<FILE
END
	printf 'machine other login alice password secret\n' >.netrc
	chmod 600 .netrc
	config 78 'a netrc without this machine' "${base[@]}" <<'END'
postrider: account 'default' authenticates as 'alice' but has no password
hint: add a line 'passwordeval COMMAND', 'password_file FILE' or 'password TEXT'; neither the keyring nor a netrc file has one, and there is no terminal to ask on
END
	printf 'machine 127.0.0.1 login alice password\n' >.netrc
	config 78 'a netrc without the password' "${base[@]}" <<'END'
postrider: account 'default' authenticates as 'alice' but has no password
hint: add a line 'passwordeval COMMAND', 'password_file FILE' or 'password TEXT'; neither the keyring nor a netrc file has one, and there is no terminal to ask on
END
	printf 'machine 127.0.0.1 login alice password secret\n' >.netrc
	chmod 644 .netrc
	config 78 'a netrc that others can read' "${base[@]}" <<'END'
postrider: HERE/.netrc holds a password, and its mode 0644 lets others in
hint: run: chmod 600 HERE/.netrc
END
	finish
}

@test "what answers in place of a mail server" {
	ACCOUNT_LINES=('tls off' 'from alice@example.org' 'timeout 20')
	heard 76 'IMAP' 'S: * OK [CAPABILITY IMAP4rev1] Dovecot ready.' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server's reply is not SMTP: "* OK [CAPABILITY IMAP4rev1] Dovecot ready.\x0d\x0a"
hint: by IMAP mail is read; it is sent to another port, mostly 587 or 465: set "port", and "host" if that is another one
END
	heard 76 'POP3' 'S: +OK Dovecot ready.' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server's reply is not SMTP: "+OK Dovecot ready.\x0d\x0a"
hint: by POP3 mail is read; it is sent to another port, mostly 587 or 465: set "port", and "host" if that is another one
END
	heard 76 'SSH' 'S: SSH-2.0-OpenSSH_9.2p1 Debian-2' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server's reply is not SMTP: "SSH-2.0-OpenSSH_9.2p1 Debian-2\x0d\x0a"
hint: that is for logins: check "host" and "port"
END
	heard 76 'HTTP' 'S: HTTP/1.1 400 Bad Request' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server's reply is not SMTP: "HTTP/1.1 400 Bad Request\x0d\x0a"
hint: that is a web server: check "host" and "port"; a network that wants a login first does the same
END
	heard 76 'TLS' 'S- \x15\x03\x01\x00\x02\x02\x28' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server's reply is not SMTP: "\x15\x03\x01"
hint: this port begins with TLS: set "tls on" and "tls_starttls off"
END
	heard 76 'something else' 'S: hello' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server's reply is not SMTP: "hello\x0d\x0a"
hint: no mail server answers there: check "host" and "port"; a network that wants a login first does the same
END
	ACCOUNT_LINES=('tls off' 'from alice@example.org' 'timeout 1')
	heard 75 'nothing' '! stall' <<'END'
postrider: 127.0.0.1:PORT: no answer in time, waiting for the greeting
hint: no greeting came; if this port begins with TLS (465 does), set "tls on" and "tls_starttls off"
END
	ACCOUNT_LINES=('tls on' 'tls_certcheck off' 'tls_starttls on' 'from alice@example.org' 'timeout 1')
	heard 75 'nothing, where STARTTLS is awaited' '! stall' <<'END'
postrider: 127.0.0.1:PORT: no answer in time, waiting for the greeting
hint: no greeting came; if this port begins with TLS (465 does), set "tls_starttls off"
END
	ACCOUNT_LINES=('tls on' 'tls_certcheck off' 'tls_starttls off' 'from alice@example.org' 'timeout 20')
	heard 76 'STARTTLS, where TLS is awaited' '! early' 'S: 220 mail.example.org ESMTP' '! ahead' '! stall' <<'END'
postrider: 127.0.0.1:PORT: the server speaks SMTP in clear where TLS was expected
hint: this port wants STARTTLS: set "tls_starttls on"
END
	heard 76 'IMAP, where TLS is awaited' '! early' 'S: * OK Dovecot ready.' '! ahead' '! stall' <<'END'
postrider: 127.0.0.1:PORT: the server speaks IMAP in clear where TLS was expected
hint: by IMAP mail is read; it is sent to another port, mostly 587 or 465: set "port", and "host" if that is another one
END
	heard 76 'IMAP by TLS' '! tls' 'S: * OK Dovecot ready.' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server's reply is not SMTP: "* OK Dovecot ready.\x0d\x0a"
hint: by IMAP mail is read; it is sent to another port, mostly 587 or 465: set "port", and "host" if that is another one
END
	finish
}

# The dialogue up to there, then LINE...; what becomes of a message.
stage() {
	local wanted=$1 title=$2 up_to=$3
	local -a all=('S: 220 mail.example.org ESMTP' 'C: EHLO *' 'S: 250 mail.example.org'
		'C: MAIL FROM:<alice@example.org>' 'S: 250 ok' 'C: RCPT TO:<bob@example.net>' 'S: 250 ok'
		'C: DATA' 'S: 354 go' '! body -')

	shift 3
	heard "$wanted" "$title" "${all[@]:0:up_to}" "$@"
}

@test "what servers refuse" {
	ACCOUNT_LINES=('tls off' 'from alice@example.org' 'timeout 20')
	stage 69 'a blocked address' 0 'S: 554 5.7.1 Service unavailable; client [192.0.2.1] blocked using zen.spamhaus.org' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server refused the connection: 554 5.7.1 Service unavailable; client [192.0.2.1] blocked using zen.spamhaus.org
hint: the server takes this machine, or the message, for a source of unwanted mail: its operator can say why; port 587 or 465 with "auth on" takes mail of users from anywhere
END
	stage 75 'too many connections' 0 'S: 421 4.7.0 too many connections from your IP' <<'END'
postrider: 127.0.0.1:PORT: the server is closing the connection: 421 4.7.0 too many connections from your IP
hint: try again later
END
	stage 69 'the name in EHLO' 2 'S: 504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname' 'C? HELO *' 'S: 504 5.5.2 no' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server refused HELO: 504 5.5.2 no
hint: the server may dislike the name [127.0.0.1]; set "domain"
END
	stage 69 'TLS first' 4 'S: 530 5.7.0 Must issue a STARTTLS command first' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server refused the sender <alice@example.org>: 530 5.7.0 Must issue a STARTTLS command first
hint: the server wants TLS: set "tls on"
END
	stage 69 'authentication first' 4 'S: 530 5.7.1 Authentication required' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server refused the sender <alice@example.org>: 530 5.7.1 Authentication required
hint: the server wants authentication: set "auth on", "user" and a password
END
	stage 69 'a sender that is not ours' 4 'S: 553 5.7.1 <alice@example.org>: Sender address rejected: not owned by user bob' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server refused the sender <alice@example.org>: 553 5.7.1 <alice@example.org>: Sender address rejected: not owned by user bob
hint: the reply is about the reverse-path <alice@example.org>; the server may accept only addresses of the account: set "from", give -f, or set "sender ADDRESS" in the account, which replaces those that are not yours, or "sender ADDRESS force"
END
	stage 65 'a sender without a domain that exists' 4 'S: 550 5.1.8 <alice@example.org>: Sender address rejected: Domain not found' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server refused the sender <alice@example.org>: 550 5.1.8 <alice@example.org>: Sender address rejected: Domain not found
hint: the reply is about the reverse-path <alice@example.org>; the server finds no such domain: set "from", give -f, or set "sender ADDRESS" in the account, which replaces those that are not yours, or "sender ADDRESS force"
END
	stage 67 'an unknown user' 6 'S: 550 5.1.1 <bob@example.net>: Recipient address rejected: User unknown' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server refused the recipient <bob@example.net>: 550 5.1.1 <bob@example.net>: Recipient address rejected: User unknown
hint: check the addresses
END
	stage 69 'no relaying' 6 'S: 554 5.7.1 <bob@example.net>: Relay access denied' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server refused the recipient <bob@example.net>: 554 5.7.1 <bob@example.net>: Relay access denied
hint: the server wants authentication: set "auth on", "user" and a password
END
	stage 75 'greylisting' 6 'S: 450 4.2.0 <bob@example.net>: Greylisted, see http://example.net/' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server refused the recipient <bob@example.net>: 450 4.2.0 <bob@example.net>: Greylisted, see http://example.net/
hint: a temporary refusal; try again later
END
	stage 75 'a full mailbox' 6 'S: 452 4.2.2 The recipient is over quota' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server refused the recipient <bob@example.net>: 452 4.2.2 The recipient is over quota
hint: a temporary refusal; try again later
END
	stage 65 'a message that is too large' 10 'S: 552 5.3.4 Message size exceeds fixed limit' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server refused the message: 552 5.3.4 Message size exceeds fixed limit
hint: make the attachment smaller, or send a link
END
	stage 69 'spam' 10 'S: 554 5.7.1 Message rejected as spam' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server refused the message: 554 5.7.1 Message rejected as spam
hint: the server takes this machine, or the message, for a source of unwanted mail: its operator can say why; port 587 or 465 with "auth on" takes mail of users from anywhere
END
	stage 69 'a From that is not ours' 10 'S: 550 5.7.1 From header alice@example.org is not allowed' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server refused the message: 550 5.7.1 From header alice@example.org is not allowed
hint: the reply is about the field From 'Alice <alice@example.org>'; the server may accept only addresses of the account: set "sender ADDRESS" in the account, which replaces those that are not yours, or "sender ADDRESS force"
END
	stage 75 'a limit for a day' 10 'S: 550 5.4.5 Daily user sending quota exceeded' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server refused the message: 550 5.4.5 Daily user sending quota exceeded
hint: the provider's limit is reached; it takes mail again a day later
END
	stage 75 'a connection that breaks off' 4 '! reset' <<'END'
postrider: 127.0.0.1:PORT: Connection reset by peer, waiting for the reply to MAIL
hint: try again later; if it stays so, the network or the server breaks connections off
END
	stage 75 'no answer at the end' 10 '! close' <<'END'
postrider: 127.0.0.1:PORT: the server closed the connection, waiting for the reply to end of data; the whole message was sent, but its reply is lost: it may have been delivered
hint: look whether it arrived before you send it again
END
	local base=('tls off' 'user alice' 'password secret' 'from alice@example.org' 'timeout 20')

	ACCOUNT_LINES=("${base[@]}" 'auth on')
	stage 69 'no authentication offered' 3 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server does not offer AUTH
hint: many servers offer it after TLS only: set "tls on"
END
	heard 69 'a method that shows the password, and no TLS' 'S: 220 mail.example.org' 'C: EHLO *' 'S: 250-mail.example.org' 'S: 250 AUTH PLAIN' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: no way to authenticate: the server offers PLAIN (PLAIN: no TLS)
hint: set "tls on"
END
	ACCOUNT_LINES=("${base[@]}" 'auth plain')
	heard 77 'a wrong password' 'S: 220 mail.example.org' 'C: EHLO *' 'S: 250-mail.example.org' 'S: 250 AUTH PLAIN' 'C: AUTH PLAIN *' 'S: 535 5.7.8 Error: authentication failed' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server refused the credentials: 535 5.7.8 Error: authentication failed
hint: check "user" and the password (AUTH PLAIN as alice); some providers want an app password
END
	heard 77 'an app password of Google' 'S: 220 smtp.gmail.com' 'C: EHLO *' 'S: 250-smtp.gmail.com' 'S: 250 AUTH PLAIN' 'C: AUTH PLAIN *' 'S: 534-5.7.9 Application-specific password required. Learn more at' 'S: 534 5.7.9 https://support.google.com/mail/?p=InvalidSecondFactor' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server refused the credentials: 534 5.7.9 Application-specific password required. Learn more at / 5.7.9 https://support.google.com/mail/?p=InvalidSecondFactor
hint: Google takes no account passwords here: make an app password (two-step verification comes first), or sign in by postrider-oauth2 and set "oauth2"
END
	heard 77 'SMTP AUTH is off' 'S: 220 smtp.office365.com' 'C: EHLO *' 'S: 250-smtp.office365.com' 'S: 250 AUTH PLAIN' 'C: AUTH PLAIN *' 'S: 535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server refused the credentials: 535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.
hint: the administrator has to enable Authenticated SMTP for this mailbox, no password helps: https://aka.ms/smtp_auth_disabled
END
	heard 75 'a server of passwords that is down' 'S: 220 mail.example.org' 'C: EHLO *' 'S: 250-mail.example.org' 'S: 250 AUTH PLAIN' 'C: AUTH PLAIN *' 'S: 454 4.7.0 Temporary authentication failure' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server refused the credentials: 454 4.7.0 Temporary authentication failure
hint: a temporary refusal; try again later
END
	heard 69 'a method that is not offered' 'S: 220 mail.example.org' 'C: EHLO *' 'S: 250-mail.example.org' 'S: 250 AUTH LOGIN' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: no way to authenticate: the server offers LOGIN (PLAIN: not offered)
hint: set "auth" to one of those that the server offers, or "tls on": there may be more then
END
	finish
}

@test "what servers cannot" {
	local head=('S: 220 mail.example.org' 'C: EHLO *' 'S: 250 mail.example.org')

	TO=(-t)
	ACCOUNT_LINES=('tls off' 'from alice@example.org' 'timeout 20')
	printf 'To: bob@example.net, bj\xc3\xb8rn@example.net\nSubject: x\n\nx\n' >letter
	heard 67 'SMTPUTF8, which one of two needs' "${head[@]}" 'C: MAIL FROM:<alice@example.org>' 'S: 250 ok' 'C: RCPT TO:<bob@example.net>' 'S: 250 ok' 'C: DATA' 'S: 354 go' '! body -' 'S: 250 ok' 'C? QUIT' <<'END'
postrider: note: the server does not offer 8BITMIME; 8-bit text goes as it is
postrider: 127.0.0.1: the message was accepted for 1 of 2 recipients
not tried: <bjørn@example.net>: the server does not offer SMTPUTF8, which this address needs
hint: send it again to the refused recipients only, once their addresses are right
END
	printf 'To: bj\xc3\xb8rn@example.net\nSubject: x\n\nx\n' >letter
	heard 67 'SMTPUTF8, which the only one needs' "${head[@]}" 'C? QUIT' <<'END'
postrider: note: the server does not offer 8BITMIME; 8-bit text goes as it is
postrider: 127.0.0.1:PORT: the recipient <bjørn@example.net> was not tried: the server does not offer SMTPUTF8, which this address needs
END
	message >letter
	TO=(bob@example.net)
	ACCOUNT_LINES=('tls off' 'from alice@example.org' 'timeout 20' 'requiretls on')
	stage 69 'requiretls' 3 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: REQUIRETLS is asked for, and there is no TLS; nothing was sent
hint: set "tls on"
END
	ACCOUNT_LINES=('tls on' 'from alice@example.org' 'timeout 20')
	stage 69 'STARTTLS' 3 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server does not offer STARTTLS; nothing was sent
hint: use the port that it has for TLS (465 with "tls_starttls off", or 587); only for a server that you trust in clear: "tls off"
END
	ACCOUNT_LINES=('tls off' 'from älice@example.org' 'timeout 20')
	stage 69 'SMTPUTF8' 3 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the server does not offer SMTPUTF8, which the sender <älice@example.org> needs
hint: send from an address with an ASCII local part
END
	ACCOUNT_LINES=('tls off' 'from alice@example.org' 'timeout 20')
	heard 65 'its size' 'S: 220 mail.example.org' 'C: EHLO *' 'S: 250-mail.example.org' 'S: 250 SIZE 100' 'C? QUIT' <<'END'
postrider: 127.0.0.1:PORT: the message has 157 octets, the server takes 100
hint: make the attachment smaller, or send a link
END
	finish
}

# A server with that certificate; what becomes of a message.
trusted() {
	local wanted=$1 title=$2 name=$3

	shift 3
	printf '%s\n' 'S: 220 mail.example.org' 'C: EHLO *' 'S: 250-mail.example.org' 'S: 250 STARTTLS' 'C: STARTTLS' 'S: 220 go' '! tls refused' >dialogue
	smarthost_play dialogue --cert "$CERTS/$name.pem" --key "$CERTS/$name.key"
	account_file "host localhost" "port $PORT" 'address_family ipv4' 'tls on' 'from alice@example.org' 'timeout 20' "$@"
	submit bob@example.net <letter
	smarthost_wait >wait.log 2>&1 || true
	sed -i -e 's|sha256//[0-9A-Za-z+/=]*|PIN|g; s/[0-9][0-9]:[0-9][0-9] UTC/TIME/g; s/sha256:[0-9A-Fa-f:]*/FINGERPRINT/g; s/[0-9A-F][0-9A-F]\(:[0-9A-F][0-9A-F]\)\{31\}/FINGERPRINT/g; s/[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]/DATE/g' stderr
	compare "$wanted" "$title"
}

@test "certificates" {
	local ca="tls_trust_file $CERTS/ca.pem"

	trusted 69 'an authority that is not trusted' foreign "$ca" <<'END'
postrider: localhost:PORT: the server's certificate is not trusted: its issuer is not trusted
    subject: CN=mail.example.org,O=postrider test
    names: mail.example.org localhost 127.0.0.1 ::1
    issuer: CN=postrider test foreign-ca
    valid: DATE TIME to DATE TIME, our clock says DATE TIME
hint: if this is the right server, save its CA certificate to a file and set "tls_trust_file FILE"; or, once you are sure that this is the server's key, "tls_pin PIN"
END
	trusted 69 'another name' misnamed "$ca" <<'END'
postrider: localhost:PORT: the server's certificate is not trusted: it does not name this host (localhost)
    subject: CN=other.example.org,O=postrider test
    names: other.example.org
    issuer: CN=postrider test ca
    valid: DATE TIME to DATE TIME, our clock says DATE TIME
hint: set "host" or "tls_host_override" to one of the names in the certificate; or, once you are sure that this is the server's key, "tls_pin PIN"
END
	trusted 69 'one that has expired' expired "$ca" <<'END'
postrider: localhost:PORT: the server's certificate is not trusted: it, or a certificate above it, has expired
    subject: CN=mail.example.org,O=postrider test
    names: mail.example.org localhost 127.0.0.1 ::1
    issuer: CN=postrider test ca
    valid: DATE TIME to DATE TIME, our clock says DATE TIME
hint: check this machine's clock; else the server's operator must renew it; "tls_certcheck off" would accept it, and anybody else's
END
	trusted 69 'one signed by itself' selfsigned "$ca" <<'END'
postrider: localhost:PORT: the server's certificate is not trusted: its issuer is not trusted
    subject: CN=mail.example.org,O=postrider test
    names: mail.example.org localhost 127.0.0.1 ::1
    issuer: CN=mail.example.org,O=postrider test
    valid: DATE TIME to DATE TIME, our clock says DATE TIME
hint: if this is the right server, save its CA certificate to a file and set "tls_trust_file FILE"; or, once you are sure that this is the server's key, "tls_pin PIN"
END
	trusted 69 'a fingerprint of before' good "tls_fingerprint $(printf 'ab%.0s' {1..32})" <<'END'
postrider: localhost:PORT: the server's certificate is not one that tls_fingerprint allows
    subject: CN=mail.example.org,O=postrider test
    names: mail.example.org localhost 127.0.0.1 ::1
    issuer: CN=postrider test ca
    valid: DATE TIME to DATE TIME, our clock says DATE TIME
hint: an impostor does this, and a server that has a new certificate; only if you are sure of the latter: "tls_fingerprint FINGERPRINT"
END
	config 78 'versions that are none' 'host localhost' "port 1" 'tls on' 'from alice@example.org' 'tls_priorities TLS1.2' <<'END'
postrider: tls_priorities 'TLS1.2' is wrong at character 1: 'TLS1.2'
hint: gnutls-cli --priority-list lists the words there are; the first is often NORMAL
END
	config 66 'a key of another certificate' 'host localhost' "port 1" 'tls on' 'from alice@example.org' "tls_key_file $CERTS/ca.key" "tls_cert_file $CERTS/client.pem" <<'END'
postrider: cannot use the certificate CERTS/client.pem with the key CERTS/ca.key: The certificate and the given key do not match.
hint: "tls_key_file" must hold the key of the first certificate in "tls_cert_file"
END
	config 66 'a certificate that is not there' 'host localhost' "port 1" 'tls on' 'from alice@example.org' "tls_key_file $CERTS/client.key" 'tls_cert_file nothing.pem' <<'END'
postrider: nothing.pem: cannot read the file of tls_cert_file: No such file or directory
END
	finish
}

@test "the network and the DNS" {
	local base=('from alice@example.org' 'timeout 1')

	config 75 'a port where nobody listens' 'host 127.0.0.1' 'port 1' "${base[@]}" <<'END'
postrider: 127.0.0.1:1: cannot connect (127.0.0.1: Connection refused)
hint: check "host" and "port", and that no firewall is in the way
END
	config 68 'a host with an underscore and a blank' 'host mail_.example..org' "${base[@]}" <<'END'
postrider: mail_.example..org: no such host name
hint: check the spelling of "host mail_.example..org"
END
	config 78 'a host that is two words' 'host mail example' "${base[@]}" <<'END'
postrider: HERE/accounts:1:11: unexpected text 'example' after 'host mail'
hint: write 'host mail'
END
	config 71 'an address of another machine' 'host 127.0.0.1' 'port 1' 'source_ip 192.0.2.1' "${base[@]}" <<'END'
postrider: 127.0.0.1:1: cannot connect from source_ip 192.0.2.1: Cannot assign requested address
hint: "source_ip" has to be an address of this machine; set another one, or remove it
END
	config 78 'a source that is no address' 'host 127.0.0.1' 'source_ip eth0' "${base[@]}" <<'END'
postrider: HERE/accounts:2:11: source_ip 'eth0' is no IP address
hint: write an address such as 192.0.2.1 or 2001:db8::1, without brackets
END
	config 68 'families that do not meet' 'host 127.0.0.1' 'port 1' 'address_family ipv6' "${base[@]}" <<'END'
postrider: 127.0.0.1: this host has no IPv6 address
hint: remove what asks for IPv6 alone ("address_family", -4, -6), or set another "host"
END
	config 75 'a socket that is not there' 'socket /nonexistent/smtp' "${base[@]}" <<'END'
postrider: /nonexistent/smtp: cannot connect: No such file or directory
hint: check "socket", and that the server runs
END
	config 75 'a proxy that does not listen' 'host mail.example.org' 'proxy_host 127.0.0.1' 'proxy_port 1' "${base[@]}" <<'END'
postrider: mail.example.org:25 by proxy 127.0.0.1:1: cannot connect (127.0.0.1: Connection refused)
hint: check "proxy_host" and "proxy_port", and that no firewall is in the way
END
	finish
}

@test "the queue" {
	local base=('host 127.0.0.1' 'port 1' 'from alice@example.org')

	account_file "${base[@]}"
	mistake 75 '-odq without a queue' -odq bob@example.net <<'END'
postrider: note: -odq: this account has no queue ("queue on"); the message is sent now
postrider: 127.0.0.1:1: cannot connect (127.0.0.1: Connection refused)
hint: check "host" and "port", and that no firewall is in the way
END
	mistake 64 'recipients of a run' -q bob@example.net <<'END'
postrider: a run of the queue takes no recipients, as 'bob@example.net'
hint: leave that out: no message is sent
END
	mistake 64 'a run that shall read a message' -q -t <<'END'
postrider: a run of the queue reads no message: -t does not go with it
hint: leave that out: no message is sent
END
	account_file "${base[@]}" 'queue on' "queue_directory $PWD/q"
	mistake 65 'the id of nothing' --queue-delete=17 <<'END'
postrider: there is no message '17' in the queue
hint: mailq lists those that there are
END
	mistake 64 'two of these at once' --queue-delete=17 --queue-hold=17 <<'END'
postrider: --queue-delete and --queue-hold exclude each other
hint: do one after the other
END
	mkdir -m 777 q
	chmod 777 q
	mistake 75 'a folder that others can write' bob@example.net <<'END'
postrider: 127.0.0.1:1: cannot connect (127.0.0.1: Connection refused); it is not kept in the queue: the queue's folder HERE/q can be written by others; run: chmod go-w HERE/q
hint: check "host" and "port", and that no firewall is in the way
END
	account_file "${base[@]}" 'queue on' "queue_directory $ACCOUNT"
	mistake 75 'a folder that is a file' bob@example.net <<'END'
postrider: 127.0.0.1:1: cannot connect (127.0.0.1: Connection refused); it is not kept in the queue: the queue's folder HERE/accounts is no folder
hint: check "host" and "port", and that no firewall is in the way
END
	account_file "${base[@]}" 'queue on' 'queue_directory q'
	mistake 75 'a folder without a whole path' bob@example.net <<'END'
postrider: 127.0.0.1:1: cannot connect (127.0.0.1: Connection refused); it is not kept in the queue: queue_directory (HERE/accounts:5): 'q' is not a whole path; write one that begins with /
hint: check "host" and "port", and that no firewall is in the way
END
	config 78 'a life that is no time' "${base[@]}" 'queue_lifetime 5 days' <<'END'
postrider: HERE/accounts:4:16: queue_lifetime '5 days' is not a time
hint: write seconds, or a number with s, m, h or d behind it, such as 12h
END
	finish
}

aliases() {
	local wanted=$1 title=$2

	shift 2
	printf '%s\n' "$@" >aliases
	account_file 'host 127.0.0.1' 'port 1' 'from alice@example.org' "aliases $PWD/aliases"
	submit root <letter
	compare "$wanted" "$title"
}

@test "aliases" {
	aliases 78 'no colon' 'root alice@example.org' <<'END'
postrider: HERE/aliases:1:6: no colon behind the name 'root'; write NAME: ADDRESS
END
	aliases 78 'an equals sign' 'root = alice@example.org' <<'END'
postrider: HERE/aliases:1:6: no colon behind the name 'root'; write NAME: ADDRESS
END
	aliases 78 'nobody behind the colon' 'root:' <<'END'
postrider: HERE/aliases:1:1: the alias has no address; write NAME: ADDRESS
END
	aliases 78 'a loop' 'root: admin' 'admin: root' <<'END'
postrider: HERE/aliases:2: the alias 'admin' leads back to the alias 'root', and so round in a circle
hint: a backslash before a name takes it as it stands, not as an alias
END
	aliases 78 'a program' 'root: |/usr/bin/vacation' <<'END'
postrider: HERE/aliases:1: the alias 'root' leads to a command
hint: only a mail server can deliver to that; give the alias an address
END
	aliases 78 'a file' 'root: /var/mail/root' <<'END'
postrider: HERE/aliases:1: the alias 'root' leads to a file
hint: only a mail server can deliver to that; give the alias an address
END
	aliases 78 'another file' 'root: :include:/etc/mail/list' <<'END'
postrider: HERE/aliases:1: the alias 'root' leads to a list in another file
hint: 'alias_include on' allows that
END
	aliases 78 'an address that is wrong' 'root: alice@@example.org' <<'END'
postrider: HERE/aliases:1:7: more than one @ in an address at octet 1: "alice@@example.org"
hint: addresses are separated by commas
END
	aliases 78 'one name twice' 'root: a@example.org' 'root: b@example.org' <<'END'
postrider: HERE/aliases:2:1: a second alias 'root'; one line has all its addresses, with commas between
END
	account_file 'host 127.0.0.1' 'port 1' 'from alice@example.org' 'aliases nothing'
	mistake 78 'a file that is not there' root <<'END'
postrider: alias file nothing cannot be read: No such file or directory
hint: check the path, or leave the setting out
END
	finish
}

# as STATUS TITLE ARGUMENT...: by user 65533, without a name and a home.
as() {
	local wanted=$1 title=$2 status=0

	shift 2
	timeout -k 5 "$LIMIT" setpriv --reuid=65533 --regid=65533 \
		--clear-groups "$OPEN/postrider" "$@" "${TO[@]}" \
		<letter >stdout 2>stderr || status=$?
	echo "$status" >status
	sed -i "s|$OPEN|OPEN|g" stderr
	compare "$wanted" "$title"
}

teardown() {
	if [ -n "${OPEN:-}" ]; then
		rm -rf "$OPEN"
	fi
	postrider_teardown
}

# owned OWNER MODE FILE LINE...
owned() {
	local owner=$1 mode=$2 file=$3

	shift 3
	printf '%s\n' "$@" >"$file"
	chown "$owner" "$file"
	chmod "$mode" "$file"
}

@test "owners and modes" {
	local base=('host 127.0.0.1' 'port 1' 'from alice@example.org')
	local auth=("${base[@]}" 'auth on' 'auth_without_tls on' 'user alice')
	local file

	[ "$(id -u)" -eq 0 ] || skip 'only root can become somebody else'
	command -v setpriv >/dev/null || skip 'no setpriv'
	OPEN=$(mktemp -d /tmp/postrider-XXXXXX)
	chmod 755 "$OPEN"
	cp "$POSTRIDER" "$OPEN/postrider"
	file=$OPEN/accounts
	owned 0:0 600 "$file" "${base[@]}"
	as 78 "a file of root's" -C "$file" <<'END'
postrider: account file OPEN/accounts cannot be read: Permission denied: mode 0600, owner root (uid UID), group root (gid GID); we run as uid 65533, gid 65533
hint: only its owner can let uid 65533 read it, as by: setfacl -m u:65533:r OPEN/accounts
END
	owned 0:65000 640 "$file" "${base[@]}"
	as 78 "a file of root's and a group's" -C "$file" <<'END'
postrider: account file OPEN/accounts cannot be read: Permission denied: mode 0640, owner root (uid UID), group gid 65000; we run as uid 65533, gid 65533
hint: OPEN/accounts may be read by group gid 65000; make this user a member of it
END
	owned 65532:65532 600 "$file" "${base[@]}"
	as 78 "a file of another user's" -C "$file" <<'END'
postrider: account file OPEN/accounts cannot be read: Permission denied: mode 0600, owner uid 65532, group gid 65532; we run as uid 65533, gid 65533
hint: give uid 65533 an account file of its own; this one is its owner's
END
	owned 65533:65533 200 "$file" "${base[@]}"
	as 78 'a file of ours that we cannot read' -C "$file" <<'END'
postrider: account file OPEN/accounts cannot be read: Permission denied: mode 0200, owner uid 65533, group gid 65533; we run as uid 65533, gid 65533
hint: run: chmod u+r OPEN/accounts
END
	owned 65533:65533 644 "$file" "${auth[@]}" 'password secret'
	as 78 'a password that all can read' -C "$file" <<'END'
postrider: account file OPEN/accounts holds a password, and its mode 0644 lets others in
hint: run: chmod 600 OPEN/accounts
END
	owned 65533:65533 666 "$file" "${auth[@]}" 'passwordeval echo secret'
	as 78 'a command that all can write' -C "$file" <<'END'
postrider: account file OPEN/accounts holds a passwordeval and can be written by others than uid 65533, mode 0666; we run as uid 65533
hint: run: chmod go-w OPEN/accounts
END
	owned 65532:65532 644 "$file" "${auth[@]}" 'passwordeval echo secret'
	as 78 "a command of another user's" -C "$file" <<'END'
postrider: account file OPEN/accounts holds a passwordeval and belongs to uid 65532, mode 0644; we run as uid 65533
hint: it may belong to this user or to root
END
	mkdir -p "$OPEN/.config/postrider" "$OPEN/closed"
	owned 65532:65532 644 "$OPEN/.config/postrider/accounts" "${base[@]}"
	HOME=$OPEN as 78 'the home of another user' <<'END'
postrider: account file OPEN/.config/postrider/accounts belongs to uid 65532, mode 0644; we run as uid 65533
hint: HOME and XDG_CONFIG_HOME have to lead to files of this user or of root
END
	owned 65533:65533 666 "$OPEN/.config/postrider/accounts" "${base[@]}"
	HOME=$OPEN as 78 'an account file that others can write' <<'END'
postrider: account file OPEN/.config/postrider/accounts can be written by others than uid 65533, mode 0666; we run as uid 65533
hint: run: chmod go-w OPEN/.config/postrider/accounts
END
	owned 65533:65533 600 "$OPEN/closed/accounts" "${base[@]}"
	chmod 700 "$OPEN/closed"
	as 78 'a folder that is closed' -C "$OPEN/closed/accounts" <<'END'
postrider: account file OPEN/closed/accounts cannot be read: Permission denied; we run as uid 65533, gid 65533
hint: let this user search the folders above OPEN/closed/accounts
END
	owned 65533:65533 644 "$OPEN/secret" secret
	owned 65533:65533 600 "$file" "${auth[@]}" "password_file $OPEN/secret"
	as 78 'a password file that all can read' -C "$file" <<'END'
postrider: OPEN/secret holds a password, and its mode 0644 lets others in
hint: run: chmod 600 OPEN/secret
END
	owned 0:0 600 "$OPEN/secret" secret
	as 78 'a password file that we cannot read' -C "$file" <<'END'
postrider: password_file OPEN/secret cannot be read: Permission denied
hint: uid 65533 has to be able to read it: by its group and mode 640, or see Socket activation in postrider(1)
END
	owned 0:0 600 "$OPEN/names" 'root: alice@example.org'
	owned 65533:65533 600 "$file" "${base[@]}" "aliases $OPEN/names"
	TO=(root)
	as 78 'an alias file that we cannot read' -C "$file" <<'END'
postrider: alias file OPEN/names cannot be read: Permission denied
hint: let this user read it, or name another one
END
	TO=(bob@example.net)
	mkdir -m 700 "$OPEN/queue"
	chown 65532 "$OPEN/queue"
	owned 65533:65533 600 "$file" "${base[@]}" 'queue on' "queue_directory $OPEN/queue"
	as 75 "a queue of another user's" -C "$file" <<'END'
postrider: 127.0.0.1:1: cannot connect (127.0.0.1: Connection refused); it is not kept in the queue: the queue's folder OPEN/queue: Permission denied; set "queue_directory" to a folder of this user's
hint: check "host" and "port", and that no firewall is in the way
END
	finish
}

# client TITLE LINE...: what the lines are answered, but for successes.
client() {
	local title=$1

	shift
	printf '%s\r\n' 'HELO here' "$@" QUIT >commands
	submit -bs <commands
	tr -d '\r' <stdout | grep -v '^2[25][01]' >stderr || true
	compare 0 "$title"
}

@test "what clients of -bs say" {
	account_file 'host 127.0.0.1' 'port 1' 'from alice@example.org'
	client 'a command that is none' 'FROB x' <<'END'
500 5.5.2 no such command
END
	client 'an address without brackets and no colon' 'MAIL alice@example.org' <<'END'
501 5.1.7 syntax: MAIL FROM:<address>
END
	client 'a recipient first' 'RCPT TO:<bob@example.net>' <<'END'
503 5.5.1 MAIL comes first
END
	client 'a message first' DATA <<'END'
503 5.5.1 MAIL comes first
END
	client 'a message for nobody' 'MAIL FROM:<alice@example.org>' DATA <<'END'
451 4.4.0 127.0.0.1:1: cannot connect (127.0.0.1: Connection refused)
503 5.5.1 MAIL was refused
END
	client 'an address that is wrong' 'MAIL FROM:<alice@@example.org>' <<'END'
501 5.1.7 syntax: MAIL FROM:<address>
END
	client 'no recipient' 'MAIL FROM:<alice@example.org>' 'RCPT TO:<>' <<'END'
451 4.4.0 127.0.0.1:1: cannot connect (127.0.0.1: Connection refused)
501 5.1.3 syntax: RCPT TO:<address>
END
	client 'a size that is none' 'MAIL FROM:<alice@example.org> SIZE=big' <<'END'
501 5.5.4 syntax error in parameters
END
	client 'a parameter that is unknown' 'MAIL FROM:<alice@example.org> FOO=1' <<'END'
555 5.5.4 a parameter that MAIL has not got
END
	client 'a login' 'AUTH PLAIN AGFsaWNlAHNlY3JldA==' <<'END'
502 5.5.1 no AUTH: whoever can reach this may use it
END
	client 'TLS' STARTTLS <<'END'
502 5.5.1 no TLS: this does not leave the machine
END
	client 'a smarthost that is not there' 'MAIL FROM:<alice@example.org>' 'RCPT TO:<bob@example.net>' DATA 'Subject: x' '' 'x' '.' <<'END'
451 4.4.0 127.0.0.1:1: cannot connect (127.0.0.1: Connection refused)
503 5.5.1 MAIL was refused
503 5.5.1 MAIL was refused
500 5.5.2 no such command
500 5.5.2 no such command
500 5.5.2 no such command
500 5.5.2 no such command
END
	finish
}

# In a network of its own, where low ports are free; see tests/nameserver.
@test "ports that stay silent" {
	local run=$ROOT/tests/nameserver/run

	export NAMESERVER=${NAMESERVER:-$BUILD/tests/nameserver}
	perl -MIO::Socket::INET -e 1 2>/dev/null || skip 'no perl here'
	: >zone
	# a queue of connections that is full: the next one gets no answer
	cat >full.pl <<'END'
use IO::Socket::INET;
my @all = (IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1,
    LocalPort => shift) or die);
for (1 .. 4) {
	push @all, IO::Socket::INET->new(Proto => "tcp", Timeout => 0.3,
	    PeerAddr => $all[0]->sockhost, PeerPort => $all[0]->sockport);
}
system @ARGV;
exit $? >> 8;
END
	"$run" zone true || skip 'no namespaces for a network of our own'
	by 75 'port 25 that the network swallows' "$run" zone perl full.pl 25 \
		"$POSTRIDER" --host=127.0.0.1 --timeout=1 -f a@example.org \
		bob@example.net <<'END'
postrider: 127.0.0.1:25: cannot connect (127.0.0.1: no answer in time)
hint: many networks and providers block port 25: set "port 587", or "port 465", where the smarthost takes mail of its users
END
	printf '! stall\n' >dialogue
	SECONDS=0
	# shellcheck disable=SC2016 # for the shell within
	by 75 'port 465 without TLS' "$run" zone sh -c '
		"$0" --play dialogue --listen 127.0.0.1:465 --port-file ready 2>/dev/null &
		while [ ! -s ready ]; do sleep 0.02; done
		"$@"
		status=$?
		kill $! 2>/dev/null
		exit $status' "$SMARTHOST" "$POSTRIDER" --host=127.0.0.1 \
		--port=465 --tls=off -f a@example.org bob@example.net <<'END'
postrider: 127.0.0.1:465: no answer in time, waiting for the greeting
hint: port 465 begins with TLS, for which the server waits: set "tls on" and "tls_starttls off"
END
	[ "$SECONDS" -ge 9 ] && [ "$SECONDS" -lt 60 ]
	finish
}
