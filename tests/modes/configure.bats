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
		'user alice@example.org' 'from alice@example.org'
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
		'user alice@example.org' 'from alice@example.org'
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
	grep -v '^# The\|^#  \|^#pass\|^# or' stdout | grep '^#' >got
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
