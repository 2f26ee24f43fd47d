# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# What the bats files share: `load helper' first.  Every test runs in a folder
# of its own, which is also its HOME, with nothing of the caller's mail
# configuration in the environment; every process it starts is ended by its
# own process number.
#
#	smarthost_play FILE [OPTION...]	start a player of that dialogue; sets PORT
#	play [OPTION...] <<'END'	the same, the dialogue on standard input
#	greet [CAPABILITY...]		the beginning of a dialogue, up to EHLO
#	begin [CAPABILITY...] <<'END'	play that and the rest; a plain account
#	smarthost_wait			the player's verdict; needed after each play
#	smarthost_serve [OPTION...]	start an honest smarthost; sets PORT, CAPTURE
#	smarthost_stop			end it; fails if the client broke a rule
#	account LINE...			host and port of the smarthost, and LINEs
#	account_file LINE...		an account file of just these LINEs
#	submit ARGUMENT...		run postrider on the account file
#	postrider ARGUMENT...		run it with nothing added
#	expect STATUS [TEXT...]		how it ended, and what standard error said
#	expect_not TEXT...		what it must not have said
#	same EXPECTED ACTUAL		two files, byte for byte
#	lacks [OPTION...] TEXT FILE	grep(1) finds nothing there
#	message [LINE...]		a small message, on standard output
# and what switches.bash has, for runs with something switched off.

# shellcheck disable=SC2034 # status, output and stderr are for the tests
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
: "${BUILD:=$ROOT/build}"
: "${POSTRIDER:=$ROOT/postrider}"
: "${SMARTHOST:=$BUILD/tests/smarthost}"
: "${CERTS:=$BUILD/certs}"
# shellcheck source=/dev/null
. "$ROOT/tests/switches.bash"

# Seconds that nothing on loopback takes; what does, hangs.
readonly LIMIT=60
# The port file is looked for this often, every 20 ms: 10 s.
readonly PORT_LOOKS=500

setup() {
	postrider_setup
}

teardown() {
	postrider_teardown
}

postrider_setup() {
	local name

	for name in $(compgen -e); do
		case $name in
		POSTRIDER_* | XDG_* | EMAIL | MAILRC | SMTP* | MSMTP* | http*_proxy)
			unset "$name"
			;;
		esac
	done
	unset TMPDIR USER LOGNAME
	export LC_ALL=C HOME=$BATS_TEST_TMPDIR
	# not the queue that root may have on this machine
	export STATE_DIRECTORY=$BATS_TEST_TMPDIR/state
	cd "$BATS_TEST_TMPDIR" || return
	ACCOUNT=$BATS_TEST_TMPDIR/accounts
	SERVER_KIND=
	PORT=
}

# A dialogue that nobody asked about proves nothing, and an honest server that
# saw a rule broken says so by its exit status: both fail the test, unless it
# has failed by itself.
postrider_teardown() {
	local kind=$SERVER_KIND

	case $kind in
	serve) smarthost_stop || return ;;
	play)
		server_end
		if [ -n "${BATS_TEST_COMPLETED:-}" ]; then
			echo 'the test does not call smarthost_wait' >&2
			return 1
		fi
		server_report
		;;
	esac
}

# Starts the server that its arguments say and waits until it listens.
server_start() {
	local look

	PORT=
	rm -f port
	"$SMARTHOST" --port-file port --transcript transcript \
		--cert "$CERTS/good.pem" --key "$CERTS/good.key" "$@" \
		>server.stdout 2>server.stderr </dev/null 3>&- &
	SERVER_PID=$!
	for ((look = 0; look < PORT_LOOKS; look++)); do
		if [ -s port ]; then
			PORT=$(cat port)
			return 0
		fi
		kill -0 "$SERVER_PID" 2>/dev/null || break
		sleep 0.02
	done
	echo 'the smarthost does not listen' >&2
	server_end
	server_report
	return 1
}

# Ends the server if it still runs; its exit status.
server_end() {
	local status=0

	kill -TERM "$SERVER_PID" 2>/dev/null
	wait "$SERVER_PID" || status=$?
	SERVER_KIND=
	return "$status"
}

# What the server has to say when a test fails.
server_report() {
	sed 's/^/server: /' server.stderr >&2
	if [ -f transcript ]; then
		sed 's/^/transcript: /' transcript >&2
	fi
}

smarthost_play() {
	local name
	local -a names=()

	for name in "$@"; do
		[[ $name == -* || ! -f $name ]] || name=$(as_switched "$name")
		names+=("$name")
	done
	SERVER_KIND=play
	server_start --play "${names[@]}"
}

play() {
	cat >dialogue
	smarthost_play dialogue "$@"
}

greet() {
	local line

	printf '%s\n' 'S: 220 mail.example.org ESMTP' 'C: EHLO *'
	printf 'S: 250-mail.example.org\n'
	for line in "$@"; do
		printf 'S: 250-%s\n' "$line"
	done
	printf 'S: 250 HELP\n'
}

begin() {
	greet "$@" >dialogue
	cat >>dialogue
	smarthost_play dialogue
	account 'tls off' 'from alice@example.org' 'timeout 20'
}

smarthost_wait() {
	local status=0

	SERVER_KIND=
	wait "$SERVER_PID" || status=$?
	[ "$status" -ne 0 ] || forbidden transcript || status=$?
	[ "$status" -eq 0 ] || server_report
	return "$status"
}

smarthost_serve() {
	local name

	SERVER_KIND=serve
	CAPTURE=$BATS_TEST_TMPDIR/capture
	mkdir -p "$CAPTURE"
	for name in pipelining chunking; do
		! is_off "$name" || set -- --unused "${name^^}" "$@"
	done
	server_start --serve --capture "$CAPTURE" "$@"
}

smarthost_stop() {
	local status=0

	server_end || status=$?
	[ "$status" -eq 0 ] || server_report
	return "$status"
}

account_file() {
	(umask 077 && printf '%s\n' "$@" | switched >"$ACCOUNT")
}

account() {
	account_file 'host 127.0.0.1' "port $PORT" "$@"
}

# Standard input is the caller's; what comes out is in the files stdout, stderr
# and status: in a pipeline this runs in a shell of its own, whose variables
# are lost.
postrider() {
	local -a extra=()

	# not as sendmail, which takes no such options
	[[ ${POSTRIDER##*/} != postrider || " $*" != *" --host"* ]] ||
		mapfile -t extra < <(switched_options)
	status=0
	timeout -k 5 "$LIMIT" "$POSTRIDER" "${extra[@]}" "$@" >stdout 2>stderr || status=$?
	echo "$status" >status
}

submit() {
	if [ -e "$ACCOUNT" ]; then
		postrider -C "$ACCOUNT" "$@"
	else
		postrider "$@"
	fi
}

expect() {
	local wanted=$1 text

	shift
	status=$(cat status)
	if [ "$status" != "$wanted" ]; then
		printf 'exit status %s, expected %s\n' "$status" "$wanted" >&2
		sed 's/^/stderr: /' stderr >&2
		return 1
	fi
	for text in "$@"; do
		if ! grep -qF -e "$text" stderr; then
			printf 'standard error does not say: %s\n' "$text" >&2
			sed 's/^/stderr: /' stderr >&2
			return 1
		fi
	done
}

lacks() {
	local status=0

	grep -q "$@" || status=$?
	[ "$status" -eq 1 ]
}

expect_not() {
	local text

	for text in "$@"; do
		if grep -qF -e "$text" stdout stderr; then
			printf 'it must not say: %s\n' "$text" >&2
			return 1
		fi
	done
}

same() {
	cmp "$1" "$2" >&2 && return
	diff <(od -An -c "$1") <(od -An -c "$2") | head -n 20 >&2
	return 1
}

message() {
	local line

	printf '%s\n' 'From: Alice <alice@example.org>' \
		'To: bob@example.net' 'Subject: a test' \
		'Date: Mon, 01 Jan 2024 12:00:00 +0000' \
		'Message-ID: <test@example.org>' ''
	for line in "${@:-Hello, Bob.}"; do
		printf '%s\n' "$line"
	done
}
