# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# The client of -bs, for serve*.bats; behind helper.bash.
#
#	crlf LINE...		lines with CRLF, on standard output
#	serve ARGUMENT...	run -bs with the account file on a pipe
#	answers WORD...		the replies in stdout, each code, or "code-"
#				and so on: one word for each line
#	replied TEXT...		stdout has these
#	not_replied TEXT...	it has not
#	serve_start ARGUMENT...	run it at the other end of say and hear
#	say LINE...		lines to it, in one write
#	hear WORD...		the next lines, each beginning with a word
#	serve_await TEXT	wait until the transcript has it
#	serve_end STATUS	close; how it must end
#	mailbag LINE...		a message with these lines, for DATA

# shellcheck disable=SC2034 # the account is helper.bash's
readonly HEAR=30	# seconds for a line that comes at once

crlf() {
	printf '%s\r\n' "$@"
}

serve() {
	submit "$@" -bs
}

# The codes of all replies; the lines of a long one count as "250-".
answers() {
	local got

	got=$(tr -d '\r' <stdout | sed 's/^\(...[- ]\{0,1\}\).*/\1/;s/ $//' |
		awk '$0 != "250-" || $0 != last; { last = $0 }' | tr '\n' ' ')
	[ "$got" = "$* " ] && return
	echo "wanted: $* " >&2
	sed 's/^/stdout: /' stdout >&2
	return 1
}

replied() {
	local text

	for text in "$@"; do
		if ! grep -qF -e "$text" stdout; then
			printf 'no reply has: %s\n' "$text" >&2
			sed 's/^/stdout: /' stdout >&2
			return 1
		fi
	done
}

not_replied() {
	local text

	for text in "$@"; do
		if grep -qF -e "$text" stdout; then
			printf 'a reply has: %s\n' "$text" >&2
			return 1
		fi
	done
}

serve_start() {
	coproc SERVE {
		timeout -k 5 "$LIMIT" "$POSTRIDER" -C "$ACCOUNT" "$@" -bs \
			2>stderr 3>&-
	}
	# bash closes its own when the program ends, whatever waits in them
	exec {SERVE_IN}>&"${SERVE[1]}"- {SERVE_OUT}<&"${SERVE[0]}"-
	# shellcheck disable=SC2153 # coproc sets it
	SERVING=$SERVE_PID
}

# bash's own printf would write each line by itself.
say() {
	env printf '%s\r\n' "$@" >&"$SERVE_IN"
}

hear() {
	local word line

	for word in "$@"; do
		line=
		IFS= read -r -t "$HEAR" -u "$SERVE_OUT" line || {
			echo "wanted: $word; nothing came" >&2
			return 1
		}
		line=${line%$'\r'}
		case $line in
		"$word"*) ;;
		*)
			printf 'wanted: %s\ngot: %s\n' "$word" "$line" >&2
			return 1
			;;
		esac
	done
}

# until the smarthost has said it
serve_await() {
	local look

	for ((look = 0; look < PORT_LOOKS; look++)); do
		grep -qF -e "$1" transcript && return
		sleep 0.02
	done
	return 1
}

serve_end() {
	local wanted=$1 got=0

	exec {SERVE_IN}>&-
	wait "$SERVING" || got=$?
	[ "$got" = "$wanted" ] && return
	echo "exit status $got, wanted $wanted" >&2
	return 1
}

hello() {
	hear 220
	say 'EHLO client.example.org'
	hear 250-
	while :; do
		local line=
		IFS= read -r -t "$HEAR" -u "$SERVE_OUT" line || return
		case $line in "250 "*) break ;; esac
	done
}

mailbag() {
	crlf 'From: Alice <alice@example.org>' 'To: bob@example.net' \
		'Subject: a test' 'Date: Mon, 01 Jan 2024 12:00:00 +0000' \
		'Message-ID: <test@example.org>' '' "${@:-Hello, Bob.}"
}
