#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# A server that does not read while it speaks, or does not speak while it
# reads: with small messages and large ones, with PIPELINING and CHUNKING,
# with one, and with neither.  Both sides full and waiting for each other would
# be for ever; a dialogue's guard and LIMIT would tell.

load ../helper

WAYS=('on on' 'on off' 'off on' 'off off')

# It has them on and off by itself.
setup() {
	postrider_setup
	needs pipelining chunking
}

# sized SIZE: small is nothing; large is eight chunks, as many as may be on
# their way, and more than a socket takes whose other end is not read.
sized() {
	message
	[ "$1" = small ] ||
		head -c 7500000 /dev/zero | tr '\0' x | fold -w 70
	echo
}

# A reply of many lines, as long as one may be.
long() {
	local text

	text=$(head -c 400 /dev/zero | tr '\0' .)
	yes "S: $1-$2 $text" | head -n 140
	echo "S: $1 $2"
}

# to_message PIPELINING CHUNKING SIZE: the dialogue up to where the server has
# seen the beginning of the message.
to_message() {
	greet PIPELINING CHUNKING
	case "$*" in
	'on on small') printf '%s\n' 'C: MAIL *' 'C: RCPT *' ;;
	'on on large') printf '%s\n' 'C: MAIL *' 'C: RCPT *' 'S: 250 ok' \
		'S: 250 ok' ;;
	'on off '*) printf '%s\n' 'C: MAIL *' 'C: RCPT *' 'C: DATA' \
		'S: 250 ok' 'S: 250 ok' 'S: 354 go' ;;
	*) printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' ;;
	esac
	[ "$1 $2" != 'off off' ] || printf '%s\n' 'C: DATA' 'S: 354 go'
}

# The player's verdict, unless it is not asked: who closes has left unread what
# the other has said, and to the player that is something said too much.
heard() {
	smarthost_wait || [ "$1" = flood ]
}

# in_each_way FUNCTION: with pipelining, chunking and size; it writes what the
# server does from there, and is asked what comes of it.
in_each_way() {
	local way size

	for size in small large; do
		for way in "${WAYS[@]}"; do
			# shellcheck disable=SC2086 # two words
			{
				to_message $way "$size"
				"$1" $way "$size"
			} >dialogue
			smarthost_play dialogue
			account 'tls off' 'from alice@example.org' \
				'timeout 20' "pipelining ${way% *}" \
				"chunking ${way#* }"
			sized "$size" >text
			submit bob@example.net <text
			# shellcheck disable=SC2086
			if ! heard "$1" || ! "$1_ends"; then
				echo "way: $way $size" >&2
				return 1
			fi
		done
	done
}

# What is owed and QUIT, however the message comes.
deaf_for_a_while() {
	printf '%s\n' '! ahead' '! noread' '! pause 300'
	case "$*" in
	'on on small') printf '%s\n' '! read' '! bdat body' 'C: QUIT' \
		'S: 250 ok' 'S: 250 ok' 'S: 250 taken' ;;
	'on on large')
		printf '%s\n' '! read' '! bdat body' 'C: QUIT'
		yes 'S: 250 chunk' | head -n 7
		echo 'S: 250 taken'
		;;
	'off on large')
		printf '%s\n' '! read'
		yes $'! chunk body\nS: 250 chunk' | head -n 14
		printf '%s\n' '! chunk body' 'S: 250 taken' 'C: QUIT'
		;;
	'off on small') printf '%s\n' '! read' '! bdat body' 'S: 250 taken' \
		'C: QUIT' ;;
	on*) printf '%s\n' '! read' '! body body' 'C: QUIT' 'S: 250 taken' ;;
	*) printf '%s\n' '! read' '! body body' 'S: 250 taken' 'C: QUIT' ;;
	esac
}

deaf_for_a_while_ends() {
	expect 0 || return
	sed 's/$/\r/' text >wanted
	same wanted body || return
	rm body
}

@test "a server that stops reading for a while" {
	in_each_way deaf_for_a_while
}

refusal_from_the_deaf() {
	if [ "$*" = 'on on small' ]; then
		printf '%s\n' '! bdat -' 'C: QUIT' 'S: 250 ok' 'S: 250 ok'
	else
		if [ "$2" = on ]; then
			echo 'C: BDAT *'
		else
			echo 'C: From: *'
		fi
		printf '%s\n' '! ahead' '! noread'
	fi
	long 552 5.3.4
	printf '%s\n' '! pause 300' '! close'
}

refusal_from_the_deaf_ends() {
	expect 65 '552 5.3.4'
}

@test "a long refusal by a server that has stopped reading" {
	in_each_way refusal_from_the_deaf
}

flood() {
	printf '%s\n' '! ahead' '! noread' '! flood 451 4.3.0 busy'
}

flood_ends() {
	local status

	status=$(cat status)
	[ "$status" -eq 75 ] || [ "$status" -eq 76 ] || expect 75
}

@test "a server that reads nothing and does not stop to speak" {
	in_each_way flood
}

# 12 MB of commands and 20 MB of replies: more than Linux lets sockets hold
# (tcp_wmem and tcp_rmem, 4 and 6 MB). The server writes each reply before it
# reads on; a client that did the same would meet it both hands full.
@test "an envelope and its replies that no buffers hold" {
	local way label text count=40000

	label=$(head -c 60 /dev/zero | tr '\0' d)
	text=$(head -c 480 /dev/zero | tr '\0' .)
	{
		seq -f "Bcc: user%.0f@$label.$label.$label.$label.example.net" \
			"$count"
		message
	} >text
	for way in "${WAYS[@]}"; do
		smarthost_serve --refuse "RCPT *=550 5.1.1 $text"
		account 'tls off' 'from alice@example.org' 'timeout 50' \
			"pipelining ${way% *}" "chunking ${way#* }"
		sed -i 's/^To:/X-To:/' text
		submit -t <text
		smarthost_stop
		expect 67 "refused all $count recipients"
	done
}
