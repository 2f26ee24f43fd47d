#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# One reply more or less than there are commands, in every position, with
# PIPELINING and CHUNKING, with one, and with neither.  The server refuses the
# message in the end, or would: whatever else it says, that is no success.

load ../helper

WAYS=('on on' 'on off' 'off on' 'off off')

# It has them on and off by itself.
setup() {
	postrider_setup
	needs pipelining chunking
}

# groups PIPELINING CHUNKING: the conversation, each step a line of what the
# client does, "|", and the reply; an empty line behind what goes together.
groups() {
	local gap=$'\n' steps

	[ "$1" = off ] || gap=
	steps="|S: 220 mail.example.org ESMTP

C: EHLO *|S: 250-mail.example.org\\nS: 250-PIPELINING\\nS: 250 CHUNKING

C: MAIL *|S: 250 sender$gap
C: RCPT *|S: 250 one$gap
C: RCPT *|S: 250 two$gap
"
	if [ "$2" = on ]; then
		steps+="! bdat body|S: 554 5.7.1 no$gap
"
	else
		steps+="C: DATA|S: 354 go

! body body|S: 554 5.7.1 no$gap
"
	fi
	printf '%sC: QUIT|S: 221 bye\n\n' "$steps"
}

# scripted POSITION WHAT [REPLY]: the dialogue up to the end of the group where
# something is wrong. WHAT is more, the REPLY behind that position's; or less,
# that reply is left out.
scripted() {
	LC_ALL=C awk -F '|' -v at="$1" -v what="$2" -v reply="${3:-}" '
	/^$/ {
		printf "%s%s", commands, replies
		if (done)
			exit
		commands = replies = ""
		next
	}
	{
		gsub(/\\n/, "\n", $2)
		commands = commands ($1 == "" ? "" : $1 "\n")
		done = done || ++step == at
		if (step != at || what == "more")
			replies = replies $2 "\n"
		if (step == at && what == "more")
			replies = replies "S: " reply "\n"
	}'
}

# row WAY POSITION LAST WHAT...: what comes of it is in status and stderr.
row() {
	local way=$1 at=$2 last=$3

	shift 3
	# shellcheck disable=SC2086 # two words
	groups $way | scripted "$at" "$@" >dialogue
	[ -z "$last" ] || echo "$last" >>dialogue
	smarthost_play dialogue
	account 'tls off' 'from alice@example.org' "timeout ${TIMEOUT:-20}" \
		"pipelining ${way% *}" "chunking ${way#* }"
	message | submit bob@example.net carol@example.net
	smarthost_wait && [ "$(cat status)" -ne 0 ] && return
	sed 's/^/dialogue: /' dialogue >&2
	expect "not 0: $way, position $at $*"
}

# The steps of a way: greeting, EHLO, MAIL, RCPT, RCPT, DATA, message.
steps() {
	[ "${1#* }" = on ] && echo 6 || echo 7
}

@test "a reply more, a success or a refusal, in each position" {
	local way reply at

	for way in "${WAYS[@]}"; do
		for reply in '250 2.0.0 more' '451 4.3.0 more'; do
			for ((at = 1; at <= $(steps "$way"); at++)); do
				row "$way" "$at" '' more "$reply"
				# nothing but refusals for the message: no doubt
				case "$way $at $reply" in
				'on on '[56]*451* | 'off on 6 451'* | *' off 7 451'*)
					continue
					;;
				esac
				expect 76 'out of step'
			done
		done
	done
}

@test "a reply less in each position, then a hang-up, or silence" {
	local way at

	for way in "${WAYS[@]}"; do
		for ((at = 1; at <= $(steps "$way"); at++)); do
			row "$way" "$at" '! close' less
		done
		TIMEOUT=1 row "$way" "$(steps "$way")" '! stall' less
	done
}
