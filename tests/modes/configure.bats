#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# --configure: from an address to an account, by a name server of our own.

load ../helper

: "${NAMESERVER:=$BUILD/tests/nameserver}"
export NAMESERVER

# zone LINE...: what the name server says
zone() {
	printf '%s\n' "$@" >zone
}

# configure ADDRESS: skips the test where there can be no such name server.
configure() {
	local status=0

	timeout -k 5 "$LIMIT" "$ROOT/tests/nameserver/run" zone \
		"$POSTRIDER" --configure="$1" >stdout 2>stderr </dev/null ||
		status=$?
	if [ "$status" -eq 125 ]; then
		skip 'no namespaces for a name server of our own'
	fi
	echo "$status" >status
}

# settings LINE...: what is printed, comments apart
settings() {
	printf '%s\n' "$@" >want
	grep -v '^#' stdout >got
	same want got
}

S=_submissions._tcp.example.org
T=_submission._tcp.example.org

@test "implicit TLS comes first" {
	zone "$S srv 0 1 465 mail.example.org" "$T srv 0 1 587 no.example.org"
	configure alice@example.org
	expect 0
	settings 'account example.org' 'host mail.example.org' 'port 465' \
		'tls on' 'tls_starttls off' 'auth on' \
		'user alice@example.org' 'from alice@example.org' \
		'account default : example.org'
	grep -qx "# $S says: mail.example.org, port 465" stdout
	grep -qx '#password_file .*' stdout
	[ ! -s stderr ]
}

@test "STARTTLS where there is nothing else" {
	zone "$T srv 0 1 587 mail.example.org"
	configure alice@example.org
	expect 0
	settings 'account example.org' 'host mail.example.org' 'port 587' \
		'tls on' 'tls_starttls on' 'auth on' \
		'user alice@example.org' 'from alice@example.org' \
		'account default : example.org'
}

@test "what is printed is an account file" {
	zone "$S srv 0 1 4650 mail.example.org"
	configure "o'hara+%U@example.org"
	expect 0
	(umask 077 && sed 's/^#password_file .*/password x/' stdout >"$ACCOUNT")
	postrider --check-config "$ACCOUNT"
	expect 0
	message | submit -P
	expect 0
	grep -qx "reverse-path: o'hara+%U@example.org" stdout
	grep -q '^port = 4650 ' stdout
	grep -q "^user = o'hara+%U@example.org " stdout
}

@test "it is the account for all mail, before that of the system" {
	zone "$S srv 0 1 465 mail.example.org"
	configure alice@example.org
	(umask 077 && sed 's/^#password_file .*/password x/' stdout >"$ACCOUNT")
	message | submit -P -f bob@example.net bob@example.net
	expect 0
	grep -q '^account: default ' stdout
	grep -q '^host = mail.example.org ' stdout
	# appended to a file that has one, it is no second one
	(umask 077 && sed 's/example.org$/other/' "$ACCOUNT" |
		cat - "$ACCOUNT" >two)
	postrider --check-config two
	expect 78 "account 'default'"
}

@test "the keyring recipe stores what the program looks for" {
	smarthost_serve --user "o'hara@example.org:hunter2" --implicit-tls
	zone "$S srv 0 1 $PORT localhost"
	configure "o'hara@example.org"
	expect 0
	mkdir bin
	cat >bin/secret-tool <<'END'
#!/bin/sh
case $1 in
store)
	shift 2
	echo "$*" >stored
	;;
lookup)
	shift
	[ "$(tr ' ' '\n' <stored | sort)" = "$(echo "$*" | tr ' ' '\n' | sort)" ] && echo hunter2
	;;
esac
END
	chmod +x bin/secret-tool
	export PATH=$PWD/bin:$PATH XDG_RUNTIME_DIR=$PWD
	sed -n '/secret-tool/,/user/s/^#     *//p' stdout >recipe
	sh <recipe
	(umask 077 && switched <stdout >"$ACCOUNT" &&
		echo "tls_trust_file $CERTS/ca.pem" >>"$ACCOUNT")
	message | submit bob@example.net
	expect 0
	grep -q "^auth o'hara@example.org " "$CAPTURE/1.envelope"
}

@test "order: priority, then weight, and the others are named" {
	zone "$S srv 20 9 465 c.example.org" "$S srv 10 1 465 b.example.org" \
		"$S srv 10 60 465 a.example.org"
	configure alice@example.org
	expect 0
	grep -qx 'host a.example.org' stdout
	sed '/^account/,$d' stdout >got
	printf '%s\n' "# $S says: a.example.org, port 465" \
		'# and then: b.example.org, port 465' \
		'# and then: c.example.org, port 465' >want
	same want got
}

@test "a target of '.' is no service" {
	zone "$S srv 0 0 0 ." "$T srv 0 1 587 mail.example.org"
	configure alice@example.org
	expect 0
	grep -qx 'port 587' stdout
	zone "$S srv 0 0 0 ." "$T srv 0 0 0 ."
	configure alice@example.org
	expect 68 'example.org: the DNS says that this domain has no submission'
	[ ! -s stdout ]
}

@test "nothing is announced: 68" {
	zone ''
	configure alice@example.org
	expect 68 'announces no submission server' 'hint:'
	zone "$S rcode 0" "$T rcode 0"
	configure alice@example.org
	expect 68 'announces no submission server'
}

@test "no answer, or a broken one: 75" {
	zone "$S rcode 2"
	configure alice@example.org
	expect 75 "$S: the DNS gives no answer"
	zone "$S rcode 5"
	configure alice@example.org
	expect 75 "$S: the DNS gives no answer"
	zone "$S hex c00c00210001000000"
	configure alice@example.org
	expect 75 "$S: the DNS gives"
	# a target that is longer than its record
	zone "$S hex c00c002100010000003c00090000000001d10361626300"
	configure alice@example.org
	expect 75 "$S: the DNS gives"
	# the first answered, the second not: no STARTTLS by mistake
	zone "$S rcode 3" "$T rcode 2"
	configure alice@example.org
	expect 75 "$T: the DNS gives no answer"
}

@test "hostile targets are no settings" {
	# a line end and a setting within a label
	zone "$S hex c00c002100010000003c00110000000001d105610a746c73036f726700"
	configure alice@example.org
	expect 68 'no usable host and port'
	[ ! -s stdout ]
	zone "$S srv 0 0 0 mail.example.org" "$T srv 0 0 587 -oProxy.example.org"
	configure alice@example.org
	expect 68 'no usable host and port'
}

@test "an answer that needs TCP, and one of nearly 64 KiB" {
	local n

	zone "$S srv 1 1 465 mail.example.org"
	for n in $(seq 40); do
		echo "$S srv 5 1 465 host$n.example.org"
	done >>zone
	configure alice@example.org
	expect 0
	grep -qx 'host mail.example.org' stdout
	grep -q '^tcp ' asked
	for n in $(seq 900); do
		echo "$S srv 5 1 465 a-host-with-the-number-$n.example.org"
	done >>zone
	echo "$S srv 0 1 465 last.example.org" >>zone
	configure alice@example.org
	expect 0
	grep -qx 'host last.example.org' stdout
	[ "$(grep -c '^# and then' stdout)" -eq 8 ]
}

@test "a host outside the domain: a warning" {
	zone "$S srv 0 1 465 mail.example.net"
	configure alice@example.org
	expect 0 'note: mail.example.net is outside example.org'
	zone "$S srv 0 1 465 mailexample.org"
	configure alice@example.org
	expect 0 'note: mailexample.org is outside example.org'
	zone "$S srv 0 1 465 MAIL.Example.ORG"
	configure alice@example.org
	expect 0
	[ ! -s stderr ]
}

@test "a domain that is not ASCII is asked for by its A-label" {
	zone '_submissions._tcp.xn--bcher-kva.example.org srv 0 1 465 m.xn--bcher-kva.example.org'
	configure 'alice@bücher.example.org'
	expect 0
	[ ! -s stderr ]
	grep -qx 'host m.xn--bcher-kva.example.org' stdout
	grep -qx 'user alice@bücher.example.org' stdout
}

@test "what is no address: 65, and no server is asked" {
	local address

	for address in alice @example.org '<>' a@b@c 'alice@[192.0.2.1]' \
		'"a b"@example.org' 'a@example.org, b@example.org' \
		'a@ex ample.org' "a@$(printf 'a%.0s' {1..64}).org"; do
		postrider --configure="$address" </dev/null
		expect 65 || {
			echo "address: $address" >&2
			return 1
		}
	done
	postrider --configure= </dev/null
	expect 64 '--configure needs a value'
	postrider --configure </dev/null
	expect 64 '--configure needs a value'
	postrider --configure $'a@example.org\nhost x' </dev/null
	expect 64 'control character'
	postrider --configure a@example.org b@example.org </dev/null
	expect 64 '--configure takes no recipients'
}

# Each row of the table: an address of the provider's or a mail exchanger of its
# customers, the server, its port, and the first line of the credentials.
@test "large providers are known by the domain, by the exchangers, by --host" {
	local how what host port user

	while read -r how what host port user; do
		case $how in
		domain)
			rm -f zone
			postrider --configure="you@$what" </dev/null
			;;
		mx)
			zone "example.org mx 10 $what"
			configure you@example.org
			grep -qx "# The mail exchanger of .* is $what\." stdout
			;;
		host)
			postrider --host "$host" --configure=you@example.org \
				</dev/null
			;;
		esac
		expect 0 && grep -qx "host $host" stdout &&
			grep -qx "port $port" stdout &&
			grep -qx "$user.*" stdout &&
			grep -q '^# .*, as of [A-Z][a-z]* 20[0-9][0-9]:$' stdout &&
			[ ! -s stderr ] || {
			echo "row: $how $what" >&2
			cat stdout >&2
			return 1
		}
		# 465 is the port that begins with TLS
		if [ "$port" = 465 ]; then
			grep -qx 'tls_starttls off' stdout
		else
			grep -qx 'tls_starttls on' stdout
		fi
		# and it is an account file
		sed 's/^#\(password_file .*\)/password x/; s/^#user/user/' \
			stdout >file
		[ "$(wc -L <stdout)" -le 90 ]
		(umask 077 && cat file >"$ACCOUNT")
		postrider --check-config "$ACCOUNT"
		expect 0
	done <<'ROWS'
domain gmail.com smtp.gmail.com 465 user you@gmail.com
domain GoogleMail.com smtp.gmail.com 465 user you
mx aspmx.l.google.com smtp.gmail.com 465 user you@example.org
mx alt4.aspmx.l.google.com smtp.gmail.com 465 user you@example.org
mx aspmx3.googlemail.com smtp.gmail.com 465 user you@example.org
domain outlook.com smtp-mail.outlook.com 587 oauth2 you@outlook.com
domain hotmail.com smtp-mail.outlook.com 587 oauth2 you@hotmail.com
mx hotmail-de.olc.protection.outlook.com smtp-mail.outlook.com 587 oauth2
mx example-org.mail.protection.outlook.com smtp.office365.com 587 oauth2
mx example-org.p-v1.mx.microsoft smtp.office365.com 587 oauth2
domain x.onmicrosoft.com smtp.office365.com 587 oauth2
domain yahoo.com smtp.mail.yahoo.com 465 user
mx mta7.am0.yahoodns.net smtp.mail.yahoo.com 465 user
mx mx-aol.mail.gm0.yahoodns.net smtp.aol.com 465 user
domain aol.com smtp.aol.com 465 user
domain icloud.com smtp.mail.me.com 587 user
domain me.com smtp.mail.me.com 587 user
mx mx01.mail.icloud.com smtp.mail.me.com 587 user
domain fastmail.com smtp.fastmail.com 465 user
mx in1-smtp.messagingengine.com smtp.fastmail.com 465 user
domain gmx.de mail.gmx.net 465 user
domain gmx.com mail.gmx.com 465 user
mx mx00.emig.gmx.net mail.gmx.net 465 user
domain web.de smtp.web.de 587 user you
mx mx00.ionos.de smtp.ionos.de 465 user
mx mx01.kundenserver.de smtp.ionos.de 465 user
mx mx00.ionos.com smtp.ionos.com 465 user
mx mx00.ionos.co.uk smtp.ionos.co.uk 465 user
mx mx00.ionos.fr smtp.ionos.fr 465 user
mx mx00.ionos.es smtp.ionos.es 465 user
mx mx00.ionos.it smtp.ionos.it 465 user
domain zohomail.com smtp.zoho.com 465 user
domain zohomail.eu smtp.zoho.eu 465 user
mx mx.zoho.com smtppro.zoho.com 465 user
mx mx2.zoho.eu smtppro.zoho.eu 465 user
mx mx.zoho.in smtppro.zoho.in 465 user
mx mx.zoho.com.au smtppro.zoho.com.au 465 user
mx mx.zoho.jp smtppro.zoho.jp 465 user
domain yandex.ru smtp.yandex.com 465 user
domain ya.ru smtp.yandex.com 465 user
mx mx.yandex.net smtp.yandex.com 465 user
domain proton.me 127.0.0.1 1025 user
mx mail.protonmail.ch 127.0.0.1 1025 user
mx mailsec.protonmail.ch 127.0.0.1 1025 user
host - email-smtp.eu-central-1.amazonaws.com 465 #user SMTP-USER
host - smtp.sendgrid.net 465 user apikey
mx mx.sendgrid.net smtp.sendgrid.net 465 user apikey
host - smtp.mailgun.org 465 #user LOGIN
mx mxa.mailgun.org smtp.mailgun.org 465 #user LOGIN
mx mxb.eu.mailgun.org smtp.eu.mailgun.org 465 #user LOGIN
host - smtp.postmarkapp.com 587 #user SERVER
mx inbound.postmarkapp.com smtp.postmarkapp.com 587 #user SERVER
host - smtp-relay.brevo.com 465 #user SMTP-LOGIN
mx inbound1.sendinblue.com smtp-relay.brevo.com 465 #user SMTP-LOGIN
ROWS
}

@test "a domain's own announcement comes before its exchangers" {
	zone "$S srv 0 1 465 mail.example.org" \
		'example.org mx 10 aspmx.l.google.com'
	configure alice@example.org
	expect 0
	grep -qx 'host mail.example.org' stdout
	# and is the provider's that the server is
	zone "$S srv 0 1 465 smtp.fastmail.com"
	configure alice@example.org
	expect 0
	grep -qx "# $S says: smtp.fastmail.com, port 465" stdout
	grep -q '^# Fastmail, as of' stdout
	[ ! -s stderr ]
	# who says that there is none is believed
	zone "$S srv 0 0 0 ." 'example.org mx 10 aspmx.l.google.com'
	configure alice@example.org
	expect 68 'the DNS says that this domain has no submission server'
}

@test "exchangers that nobody knows are named; a forged one leads nowhere else" {
	local name

	for name in mx.example.net google.com.example.net notgoogle.com \
		mail.protection.outlook.com.evil.example; do
		zone "example.org mx 10 $name"
		configure alice@example.org
		expect 68 'announces no submission server' "its mail goes to $name"
		[ ! -s stdout ]
	done
	zone 'example.org rcode 2' "$S rcode 3" "$T rcode 3"
	configure alice@example.org
	expect 75 'example.org: the DNS gives no answer'
	# the first that is known, in the order of preference
	zone 'example.org mx 20 aspmx.l.google.com' \
		'example.org mx 10 filter.example.net' \
		'example.org mx 30 in1-smtp.messagingengine.com'
	configure alice@example.org
	expect 0
	grep -qx 'host smtp.gmail.com' stdout
}

@test "--host of a server that is not in the table" {
	local host

	for host in smtp.example.net email-smtp.a.b.amazonaws.com \
		email-smtp..amazonaws.com.example.net; do
		postrider --host "$host" --configure=you@example.org </dev/null
		expect 68 "$host: --configure does not know this server" hint:
	done
}

@test "logins that are no address" {
	postrider --configure=you@web.de </dev/null
	grep -qx 'user you' stdout
	postrider --host smtp.sendgrid.net --configure=you@example.org </dev/null
	grep -q "host smtp.sendgrid.net user 'apikey'" stdout
}

@test "Proton's Bridge: a certificate of its own, by the line that pins it" {
	local name

	postrider --configure=you@proton.me </dev/null
	cp stdout printed
	for name in selfsigned misnamed; do
		smarthost_serve --user you@proton.me:x --require-auth \
			--cert "$CERTS/$name.pem" --key "$CERTS/$name.key"
		# the command of the comment, then the setting that it names
		sed -n "s/^#  *postrider \(--serverinfo .*\)/\1/p" printed |
			sed "s/1025/$PORT/" >arguments
		# shellcheck disable=SC2046 # words are meant
		postrider $(cat arguments)
		setting=$(grep -o 'the setting [a-z_]*' printed)
		grep "^ *${setting##* } " stdout | sed 's/^ *//' >pin
		[ "$(wc -l <pin)" -eq 1 ]
		(umask 077 && sed "s/^#password_file .*/password x/
			s/^port .*/port $PORT/" printed |
			sed '/^auth on/r pin' | switched >"$ACCOUNT")
		message | submit bob@example.net
		expect 0
		smarthost_stop
	done
}
