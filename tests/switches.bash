# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# make check SWITCHES="pipelining off, chunking off": the tests once more, with
# settings that must make no difference to what comes of a message.  Every
# account that a test writes gets these lines; what the test itself says of one
# of them counts more.  For the helpers of tests and of tests/interop.
#
#	switched		an account file from standard input, with the
#				lines of SWITCHES at the end of each account
#				that has a host and a port, or a socket
#	switched_options	the same as options, a line each, for --host
#	as_switched FILE	that dialogue, or the file with the same one
#				for a client that has these switched off
#	is_off NAME		whether SWITCHES has that
#	needs NAME...		skip the test where one is off: for those whose
#				subject is what goes over the wire with it
#	forbidden TRANSCRIPT	fails if a client has used what is off

switched() {
	# Behind the other lines, and only where there is a server, which is
	# never at port 1: so what tests say of line numbers stays true.
	LC_ALL=C awk -v switches="${SWITCHES:-}" '
	function finish(i, name, some) {
		some = has["socket"] || (has["host"] && has["port"])
		for (i = 1; some && i <= n; i++) {
			name = line[i]
			sub(/ .*/, "", name)
			if (!has[name])
				print line[i]
		}
		split("", has)
	}
	BEGIN { n = split(switches, line, / *, */) }
	$1 == "account" || $1 == "defaults" { finish() }
	{ print; has[$1] = $1 != "port" || $2 != 1 }
	END { finish() }'
}

switched_options() {
	awk -v switches="${SWITCHES:-}" 'BEGIN {
	n = split(switches, line, / *, */)
	for (i = 1; i <= n; i++) {
		sub(/ +/, "=", line[i])
		print "--" line[i]
	}}'
}

# Where a dialogue is that the player shall play instead of this one.
as_switched() {
	local name off=()

	for name in pipelining chunking; do
		! is_off "$name" || off+=(-v "$name=off")
	done
	if [ "${#off[@]}" -eq 0 ]; then
		echo "$1"
		return
	fi
	LC_ALL=C awk "${off[@]}" -f "$ROOT/tests/switches.awk" "$1" \
		>"$1.switched"
	echo "$1.switched"
}

is_off() {
	[[ ", ${SWITCHES:-}," =~ ,\ *$1\ +off\ *, ]]
}

needs() {
	local name

	for name in "$@"; do
		! is_off "$name" || skip "$name is off"
	done
}

# The referee plays what it is told; so this is for dialogues that expect what
# SWITCHES forbids, and for accounts that switched() has not seen.
forbidden() {
	local found

	found=$(LC_ALL=C awk -v pipelining="$(is_off pipelining; echo $?)" \
	    -v chunking="$(is_off chunking; echo $?)" '
	chunking == 0 && /^C: BDAT / { print "BDAT"; exit }
	pipelining == 0 && envelope && /^C: / { print "pipelining"; exit }
	{ envelope = /^C: (MAIL|RCPT) / }' "$1")
	[ -z "$found" ] && return
	echo "the client has used $found, which SWITCHES has off:" \
		'say so with "needs", or see tests/switches.bash' >&2
	return 1
}
