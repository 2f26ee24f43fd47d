#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Connections that end where they must not, with queue and fallback: nobody
# gets a message twice, but after an end of data that was not answered, and
# then from the same smarthost.

load ../helper

setup() {
	postrider_setup
	QUEUE=$BATS_TEST_TMPDIR/queue
	umask 077
}

# SUBJECT RECIPIENT... into the queue, without a try
put() {
	printf '%s\n' "Subject: $1" '' 'Hello.' |
		"$POSTRIDER" -C "$ACCOUNT" -odq "${@:2}" 2>stderr
}

@test "a session in which a reply is owed is not used for the next message" {
	cat >late <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250 mail.example.org
C: MAIL FROM:<alice@example.org>
S: 250 2.1.0 ok
C: RCPT TO:<one@example.net>
S: 250 2.1.5 ok
C: DATA
S: 354 go ahead
! body -
! stall
END
	sed 's/one@/two@/; s/^! stall/S: 250 2.0.0 ok/' late >good
	echo 'C? QUIT' >>good
	smarthost_play late --play good
	account 'tls off' 'from alice@example.org' 'queue on' \
		"queue_directory $QUEUE" 'timeout 1'
	put first one@example.net
	put second two@example.net
	submit -q
	smarthost_wait
	expect 75 'may have been delivered'
	set -- "$QUEUE"/msg/*
	[ $# -eq 1 ]
	grep -q '^Subject: first' "$1"
	grep -q '^unsure: ' "$QUEUE/state/${1##*/}"
}

# Its last octet was held back, since the queue could not write down before
# that the message may be delivered: no other octet may come in its place.
@test "a message that was broken off does not get the next command's octets" {
	local file

	smarthost_serve
	account 'tls off' 'from alice@example.org' 'queue on' \
		"queue_directory $QUEUE" 'timeout 20'
	{
		printf '%s\n' 'Subject: long' ''
		for ((i = 0; i < 1000; i++)); do
			echo 'a line of forty octets and some more'
		done
	} | "$POSTRIDER" -C "$ACCOUNT" -odq one@example.net 2>stderr
	put short one@example.net
	for file in "$QUEUE"/msg/*; do
		! grep -q '^Subject: long' "$file" ||
			mkdir "$QUEUE/state/${file##*/}.new"
	done
	submit -q
	expect 75 'cannot be written'
	rmdir "$QUEUE"/state/*.new
	submit -q
	expect 0
	smarthost_stop
	[ "$(cat "$CAPTURE"/*.message | grep -c '^Subject: short')" -eq 1 ]
	[ "$(cat "$CAPTURE"/*.message | grep -c '^Subject: long')" -eq 1 ]
	[ "$(cat "$CAPTURE"/*.message | grep -c 'forty octets')" -eq 1000 ]
}
