# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# What the tests of postrider-oauth2 share: `load ../helper', then this.
#
#	oauth2 ARGUMENT...	run it; its output is in stdout, stderr and status
#	state MEMBER...		the state file of alice: a JSON object's members
#	member NAME		a member of it
#	fresh			a sign-in whose token has an hour left
#	stale			the same with a token that has expired
#	asked [GRANT]		how many requests the server got, of that grant

: "${OAUTH2_PROGRAM=$ROOT/postrider-oauth2}"
: "${TOKENSERVER:=$BUILD/tests/tokenserver}"

readonly ALICE=alice@example.org
readonly CLIENT='client+id & more'
STATE=

setup() {
	[ -n "$OAUTH2_PROGRAM" ] || skip 'postrider-oauth2 is not built'
	postrider_setup
	unset BROWSER
	export XDG_STATE_HOME=$BATS_TEST_TMPDIR/xdg
	STATE=$XDG_STATE_HOME/postrider/oauth2/$ALICE.json
	tokenserver_start good
}

teardown() {
	tokenserver_end
}

tokenserver_end() {
	[ -n "${SERVER:-}" ] || return 0
	kill -TERM "$TOKENSERVER_PID"
	wait "$TOKENSERVER_PID" || true
	if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
		sed 's/^/server: /' "$SERVER/log" server.stderr 2>/dev/null |
			cat >&2
	fi
}

tokenserver_start() {
	local look

	mkdir -p "$BATS_TEST_TMPDIR/server"
	"$TOKENSERVER" "$CERTS/$1.pem" "$CERTS/$1.key" \
		"$BATS_TEST_TMPDIR/server" 2>server.stderr </dev/null 3>&- &
	TOKENSERVER_PID=$!
	SERVER=$BATS_TEST_TMPDIR/server
	for ((look = 0; look < PORT_LOOKS; look++)); do
		if [ -s "$SERVER/port" ]; then
			ENDPOINT=https://127.0.0.1:$(cat "$SERVER/port")
			provider_lines >provider
			chmod 644 provider
			return 0
		fi
		sleep 0.02
	done
	echo 'the token server does not listen' >&2
	return 1
}

# A file for --provider
provider_lines() {
	printf '%s\n' '# ours' "authorization_endpoint $ENDPOINT/authorize" '' \
		"token_endpoint	$ENDPOINT/token" \
		"device_authorization_endpoint  $ENDPOINT/device" \
		'scope mail.send offline & more '
}

oauth2() {
	status=0
	timeout -k 5 "$LIMIT" "$OAUTH2_PROGRAM" "$@" >stdout 2>stderr ||
		status=$?
	echo "$status" >status
}

# The server's files are made by redirection: mode html
mode() {
	printf '%s\n' "$*" >"$SERVER/mode"
}

state() {
	local line text=

	(umask 077 && mkdir -p "${STATE%/*}")
	for line in "$@"; do
		text+=${text:+,}$line
	done
	(umask 077 && printf '{%s}\n' "$text" >"$STATE")
}

# What goes to the server, and the rest of a state file for it.
members() {
	printf '%s\n' "\"client_id\":\"$CLIENT\"" \
		"\"token_endpoint\":\"$ENDPOINT/token\"" \
		"\"ca_bundle_file\":\"$CERTS/ca.pem\"" "$@"
}

# signed_in TOKEN EXPIRY [MEMBER...]: with a refresh token of the server's
signed_in() {
	local -a all

	mapfile -t all < <(members "\"access_token\":\"$1\"" \
		"\"expiry\":\"$2\"" "\"refresh_token\":\"$(refresh_token 1)\"" \
		"${@:3}")
	: >"$SERVER/log"
	state "${all[@]}"
}

refresh_token() {
	printf '1//r+&=%%41 %d' "$1"
}

fresh() {
	signed_in fresh-token $(($(date +%s) + 3600)) "$@"
}

stale() {
	signed_in stale-token $(($(date +%s) - 10)) "$@"
}

member() {
	sed -n "s/^ *\"$1\" *: *\"\{0,1\}\([^\"]*[^\",]\)\"\{0,1\},\{0,1\}\$/\1/p" \
		"$STATE"
}

asked() {
	grep -c -e "^POST /token .*${1:+grant_type=$1}" "$SERVER/log" || true
}

# The program said nothing, nor has it in its command line, of these secrets.
silent() {
	local text

	for text in "$@"; do
		if grep -qF -e "$text" stderr; then
			printf 'standard error has the secret: %s\n' "$text" >&2
			return 1
		fi
	done
}
