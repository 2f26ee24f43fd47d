#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# PIPELINING and CHUNKING make it faster, and nothing else: the same message,
# envelope and verdict with both, with one, and with neither, by an honest
# server that refuses this or that.

load ../helper

# It has them on and off by itself.
setup() {
	postrider_setup
	needs pipelining chunking
}

# row STATUS RULE ARGUMENT...: the same in every way to go.
row() {
	local wanted=$1 rule=$2 size way

	shift 2
	for size in 1 40000 2500000; do
		{
			message
			head -c "$size" /dev/zero | tr '\0' x | fold -w 70
			echo
		} >text
		rm -f first first.envelope
		for way in 'on on' 'on off' 'off on' 'off off'; do
			rm -rf capture
			smarthost_serve --refuse "$rule"
			account 'tls off' 'from alice@example.org' \
				'timeout 20' "pipelining ${way% *}" \
				"chunking ${way#* }"
			submit "$@" <text
			smarthost_stop
			expect "$wanted"
			sed "s/:$PORT:/:PORT:/" stderr >told
			cat capture/1.envelope >envelope 2>/dev/null || :
			if [ ! -e first ]; then
				cp told first
				cp envelope first.envelope
			fi
			same first told
			same first.envelope envelope
			if [ -s envelope ]; then
				sed 's/$/\r/' text >whole
				same whole capture/1.message
			fi
			rm envelope
		done
	done
}

@test "everything is accepted" {
	row 0 'NOBODY=550 no' bob@example.net carol@example.net
}

@test "the sender is refused" {
	row 69 'MAIL *=550 5.7.1 not you' bob@example.net carol@example.net
	row 75 'MAIL *=451 4.7.1 later' bob@example.net
}

@test "recipients are refused" {
	row 67 'RCPT TO:<bob@*=550 5.1.1 nobody' bob@example.net \
		carol@example.net
	row 75 'RCPT TO:<carol@*=450 4.2.1 later' bob@example.net \
		carol@example.net
	row 67 'RCPT *=550 5.1.1 nobody' bob@example.net carol@example.net
	row 75 'RCPT *=450 4.2.1 later' bob@example.net
}

@test "the message is refused" {
	row 69 '.=554 5.7.1 spam' bob@example.net carol@example.net
	row 75 '.=452 4.3.1 full' bob@example.net
	row 65 '.=552 5.3.4 large' bob@example.net
}

@test "the server goes away" {
	row 75 'MAIL *=421 4.3.2 down' bob@example.net
	row 75 'RCPT TO:<bob@*=421 4.3.2 down' alice@example.net \
		bob@example.net
	row 75 '.=421 4.3.2 down' bob@example.net
}
