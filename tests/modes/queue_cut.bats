#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Connections that end where they must not, with queue and fallback: nobody
# gets a message twice, but after an end of data that was not answered, and
# then from the same smarthost.

load ../helper

# Octets from one cut to the next: in what is said up to EHLO, and later.  A
# sanitizer takes ten times as long.
readonly EARLY_STEP=8
STEP=1
[ -z "${SANITIZE:-}" ] || STEP=11

setup() {
	postrider_setup
	# where a sync takes no time
	FAST=$(TMPDIR=/dev/shm mktemp -d 2>/dev/null || echo "$PWD")
	QUEUE=$FAST/queue
	umask 077
}

teardown() {
	[ "${FAST:-$PWD}" = "$PWD" ] || rm -rf "$FAST"
	postrider_teardown
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

# ---- A server that cuts the connection at every octet.

# A second smarthost, honest and with all its octets: the fallback's.
other_serve() {
	local first=$SERVER_PID port=$PORT kind=$SERVER_KIND capture=$CAPTURE

	mkdir other
	mv port first.port
	server_start --serve --transcript /dev/null --capture other
	OTHER_PID=$SERVER_PID
	OTHER_PORT=$PORT
	SERVER_PID=$first PORT=$port SERVER_KIND=$kind CAPTURE=$capture
}

# "SUBJECT RECIPIENT" for each recipient of each message in a folder
received() {
	local file

	for file in "$1"/*.message; do
		[ -e "$file" ] || continue
		sed -n 's/^rcpt <\([^>]*\)>.*/\1/p' "${file%message}envelope" |
			sed "s/^/$(sed -n 's/^Subject: \([^\r]*\).*/\1/p' \
				"$file") /"
	done
}

# submission|run RECIPIENTS SETTING... [-- SMARTHOST-OPTION...]: what is cut,
# and what for
cut_everywhere() {
	local what=$1
	local -a to=() settings=() options=()
	local n at first octets count

	for ((n = 0; n < $2; n++)); do
		to+=("r$n@example.net")
	done
	shift 2
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		settings+=("$1")
		shift
	done
	options=("${@:2}")
	trap - DEBUG
	smarthost_serve --cut cut-at "${options[@]}" --no SIZE --no DSN \
		--no SMTPUTF8 --no 8BITMIME --no AUTH --no STARTTLS
	other_serve
	account_file 'defaults' 'tls off' 'from alice@example.org' 'queue on' \
		"queue_directory $QUEUE" 'timeout 20' 'syslog off' \
		'account other' 'host 127.0.0.1' "port $OTHER_PORT" \
		'account main' 'host 127.0.0.1' "port $PORT" \
		'fallback other' "${settings[@]}"
	# how many there are, and where MAIL begins; EHLO is cut less often
	printf 'Subject: all\n\nHello.\n' | submit -a main "${to[@]}"
	expect 0
	octets=$(awk '/^[CS]: / { n += length($0) - 1 }
		/^== body/ { n += $3 } END { print n + 10 }' transcript)
	first=$(awk '/^C: MAIL/ { print n; exit }
		/^[CS]: / { n += length($0) - 1 }' transcript)
	: >transcript
	count=0
	for ((at = 1; at <= octets; at += at < first - EARLY_STEP ?
		EARLY_STEP : STEP)); do
		cut_once "$at"
		count=$((count + 1))
	done
	[ "$at" -gt 200 ]
	cut_verdict
}

# As submit and expect, but hundreds of times; a run may say that not all went.
lean() {
	local status=0

	timeout -k 5 "$LIMIT" "$POSTRIDER" -C "$ACCOUNT" "$@" 2>stderr ||
		status=$?
	[ "$status" -eq 0 ] || { [ "$status" -eq 75 ] && [ "$*" = -q ]; } ||
		{ sed "s/^/at $at: status $status: /" stderr >&2 && return 1; }
}

cut_once() {
	local file id

	echo "$1" >cut-at
	if [ "$what" = run ]; then
		printf 'Subject: %s\n\nHello.\n' "$1" |
			lean -a main -odq "${to[@]}"
		lean -q
	else
		printf 'Subject: %s\n\nHello.\n' "$1" | lean -a main "${to[@]}"
	fi
	for file in "$QUEUE"/state/*; do
		id=${file##*/}
		! grep -qs '^unsure: ' "$file" || echo "$1" >>unsure
	done
	echo 0 >cut-at
	lean -q
	set -- "$QUEUE"/msg/*
	[ -e "$1" ] || return 0
	# only what may have been delivered is left
	id=${1##*/}
	grep -q '^unsure: ' "$QUEUE/state/$id"
	lean "-qI$id"
	[ ! -e "$1" ]
}

cut_verdict() {
	smarthost_stop
	kill -TERM "$OTHER_PID"
	wait "$OTHER_PID"
	: >>unsure
	received "$CAPTURE" >main
	received other >others
	awk -v to="${to[*]}" -v octets="$octets" '
		FILENAME == "unsure" { unsure[$1] = 1; next }
		FILENAME == "main" { main[$1 " " $2]++; said[$1] = 1; next }
		{ other[$1 " " $2]++; said[$1] = 1 }
		END {
			n = split(to, names, " ")
			for (s in said)
				for (i = 1; i <= n; i++)
					judge(s, s " " names[i])
			for (s in unsure)
				unsures++
			print unsures + 0 " were unsure"
			exit bad || unsures == 0
		}
		function judge(subject, key,    m, o) {
			m = main[key] + 0
			o = other[key] + 0
			if (m + o < 1 || m + o > 1 + unsure[subject] ||
			    (unsure[subject] && o > 0)) {
				print key ": " m " times, " o " by the fallback"
				bad = 1
			}
		}
	' unsure main others >&2
	# nothing is missing altogether
	[ "$(cut -d' ' -f1 main others | sort -u | grep -vc all)" -eq \
		"$count" ]
}

@test "cut at every octet: BDAT, one recipient" {
	cut_everywhere submission 1
}

@test "cut at every octet: BDAT, three recipients" {
	cut_everywhere submission 3
}

@test "cut at every octet: DATA, one recipient, no PIPELINING" {
	cut_everywhere submission 1 -- --no CHUNKING --no PIPELINING
}

@test "cut at every octet: DATA, three recipients" {
	cut_everywhere submission 3 -- --no CHUNKING
}

@test "cut at every octet: LMTP, one recipient" {
	cut_everywhere submission 1 'protocol lmtp' -- --lmtp --no CHUNKING
}

@test "cut at every octet: LMTP, three recipients" {
	cut_everywhere submission 3 'protocol lmtp' -- --lmtp
}

@test "cut at every octet of a run: BDAT, three recipients" {
	cut_everywhere run 3
}

@test "cut at every octet of a run: DATA, one recipient" {
	cut_everywhere run 1 -- --no CHUNKING
}
