#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Looking up the smarthost's name: what is told, and that it takes no longer
# than connecting may.

load ../helper

: "${NAMESERVER:=$BUILD/tests/nameserver}"
export NAMESERVER
# Longer than any deadline here.
SLOW='timeout:30 attempts:5'

# asked [OPTION...]: a message to mail.example.org, port 1, by our name server.
# Skips the test where there can be no such name server.
asked() {
	local status=0

	message >letter
	timeout -k 5 "$LIMIT" "$ROOT/tests/nameserver/run" zone "$POSTRIDER" \
		--host=mail.example.org --port=1 --tls=off \
		--from=alice@example.org "$@" bob@example.net \
		>stdout 2>stderr <letter || status=$?
	if [ "$status" -eq 125 ]; then
		skip 'no namespaces for a name server of our own'
	fi
	echo "$status" >status
}

@test "silent name servers take no longer than --timeout" {
	# shellcheck disable=SC2030,SC2031 # each test has its own
	export RESOLVER_OPTIONS="$SLOW"

	echo 'mail.example.org silent' >zone
	SECONDS=0
	asked --timeout=2
	expect 75 'mail.example.org: the name could not be resolved: ' \
		"hint: check this machine's network and DNS"
	[ "$SECONDS" -lt 8 ]
}

@test "--configure ends though no name server answers" {
	# shellcheck disable=SC2030,SC2031 # each test has its own
	export RESOLVER_OPTIONS="$SLOW"
	local status=0

	echo '_submissions._tcp.example.org silent' >zone
	SECONDS=0
	timeout -k 5 60 "$ROOT/tests/nameserver/run" zone "$POSTRIDER" \
		--configure=alice@example.org >stdout 2>stderr </dev/null ||
		status=$?
	[ "$status" -ne 125 ] || skip 'no namespaces for a name server'
	echo "$status" >status
	expect 75 '_submissions._tcp.example.org: the DNS gives no answer'
	[ "$SECONDS" -lt 40 ]
}

@test "a signal ends a lookup" {
	# shellcheck disable=SC2030,SC2031 # each test has its own
	export RESOLVER_OPTIONS="$SLOW"
	local status=0

	echo 'mail.example.org silent' >zone
	message >letter
	SECONDS=0
	# shellcheck disable=SC2016 # expanded by the shell inside
	timeout -k 5 "$LIMIT" "$ROOT/tests/nameserver/run" zone \
		timeout 1 "$POSTRIDER" --host=mail.example.org --port=1 \
		--tls=off --from=alice@example.org bob@example.net \
		>stdout 2>stderr <letter || status=$?
	[ "$status" -ne 125 ] || skip 'no namespaces for a name server'
	[ "$status" -eq 124 ]
	[ "$SECONDS" -lt 8 ]
}

@test "all addresses of a name are tried" {
	printf 'mail.example.org a %s\n' 127.0.0.1 127.0.0.2 >zone
	asked
	expect 75 'mail.example.org:1: cannot connect (' \
		'127.0.0.1: Connection refused' '127.0.0.2: Connection refused'
}

@test "a name that does not exist, and one of another family" {
	: >zone
	asked
	expect 68 'mail.example.org: no such host name' \
		'hint: check the spelling of "host mail.example.org"'
	echo 'mail.example.org a 127.0.0.1' >zone
	asked -6
	expect 68 'mail.example.org: this host has no IPv6 address'
}

@test "addresses and localhost are not asked for" {
	echo 'localhost silent' >zone
	for host in 127.0.0.1 ::1 localhost LOCALHOST; do
		asked --host="$host"
		expect 75 ': cannot connect ('
		[ ! -s asked ]
	done
}
