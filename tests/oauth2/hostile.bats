#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# postrider-oauth2 token: servers that answer with anything, files that others
# have laid, disks that are full. The refresh token is never lost.

load ../helper
load oauth2

# It fails with that status, prints no token, leaves the file as it was, and
# works again afterwards.
fails() {
	local wanted=$1

	shift
	cp "$STATE" before
	oauth2 token "$ALICE"
	expect "$wanted" "$@"
	[ ! -s stdout ]
	same before "$STATE"
	[ "$(find "${STATE%/*}" -name '*.new' | wc -l)" = 0 ]
}

@test "answers that are none: 75" {
	stale
	mode html
	fails 75 'is not that of a token endpoint'
	mode empty
	fails 75 'is not that of a token endpoint'
	mode hangup
	fails 75 '127.0.0.1'
	mode endless
	fails 75 'larger than 1048576 octets'
	mode status 500
	fails 75 'cannot answer now (status 500)'
	mode status 429
	fails 75 'status 429'
	mode status 404
	fails 75 'status 404'
	mode status 200
	fails 75 'is not that of a token endpoint'
	rm "$SERVER/mode"
	oauth2 token "$ALICE"
	expect 0
}

@test "redirects are not followed, and nothing is sent there" {
	stale
	mode redirect "$ENDPOINT/other"
	fails 75 redirect
	mode redirect "https://localhost:${ENDPOINT##*:}/token"
	fails 75 redirect
	lacks other "$SERVER/log"
	[ "$(asked)" = 2 ]
}

@test "answers of a wrong type: 75" {
	local answer

	stale
	while read -r answer; do
		mode answer "$answer"
		fails 75
	done <<'END'
[]
"text"
null
17
{}
{"access_token":null}
{"access_token":17}
{"access_token":["a"]}
{"access_token":""}
{"access_token":{"a":"b"}}
{"access_token":"a b"}
{"access_token":"a\r\nRCPT TO:<x@example.org>"}
{"access_token":"a\u0000b"}
{"access_token":"aé"}
{"access_token":"a","token_type":"mac"}
{"access_token":"a"
{"access_token":"a"} x
{"access_token":"a"}{"access_token":"b"}
[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
{"error":17}
END
}

@test "lifetimes of any type" {
	local lifetime number=0

	for lifetime in null '[]' '{}' -5 '"-5"' '"soon"' 1e999 99999999999999999999 \
		'"99999999999999999999"' 3600.5 true; do
		number=$((number + 1))
		stale "\"refresh_token\":\"$(refresh_token $number)\""
		echo "$lifetime" >"$SERVER/lifetime"
		oauth2 token "$ALICE"
		expect 0
		same stdout "$SERVER/access"
		[ "$(member expiry)" -le $(($(date +%s) + 86401)) ]
	done
}

@test "a new refresh token is kept though the access token is unusable" {
	stale
	mode answer '{"access_token":"a\nb","refresh_token":"the+new one"}'
	oauth2 token "$ALICE"
	expect 75 'blanks or control characters'
	[ ! -s stdout ]
	[ "$(member refresh_token)" = 'the+new one' ]
	[ "$(member access_token)" = stale-token ]
}

@test "refusals: what each means" {
	local error wanted

	stale
	while read -r error wanted; do
		mode error "$error"
		fails "$wanted" "$error"
	done <<'END'
invalid_grant 77
interaction_required 77
consent_required 77
invalid_client 78
unauthorized_client 78
invalid_scope 78
temporarily_unavailable 75
server_error 75
something_new 75
END
}

@test "what a server sends back of a secret is masked" {
	local field

	for field in refresh_token client_secret; do
		stale '"client_secret":"long-secret&word"'
		echo 'long-secret&word' >"$SERVER/secret"
		mode echo $field
		fails 77 '[secret]' 'sign in again'
		silent "$(refresh_token 1)" 'long-secret' 'secret&word' \
			'1//r+'
	done
}

@test "no server, and no name: 75" {
	stale "\"token_endpoint\":\"https://127.0.0.1:1/token\""
	fails 75 '127.0.0.1:1'
	stale "\"token_endpoint\":\"https://host.invalid/token\""
	fails 75 'host.invalid'
}

@test "an endpoint without TLS, or with other people's names in it: 78" {
	local url

	for url in "http://127.0.0.1/token" "ftp://x" "file:///etc/passwd" \
		"https://" "https://a@127.0.0.1/" 'https://a b/' 'https://a\r\nb/'; do
		stale "\"token_endpoint\":\"$url\""
		fails 78 'is not an https address'
	done
}

@test "certificates are verified: by the system's store and by --ca-file" {
	stale "\"ca_bundle_file\":\"$CERTS/foreign-ca.pem\""
	fails 75 --ca-file
	stale '"ca_bundle_file":""'
	fails 75 --ca-file
	stale '"ca_bundle_file":"/nonexistent/ca.pem"'
	fails 78 127.0.0.1
	[ "$(asked)" = 0 ]
}

@test "a server with another name, or an old certificate: 75" {
	local name

	for name in misnamed expired; do
		kill "$TOKENSERVER_PID"
		wait "$TOKENSERVER_PID" || true
		rm "$SERVER/port"
		tokenserver_start $name
		stale
		fails 75
		[ "$(asked)" = 0 ]
	done
}

@test "a state file that others can read or write: 78, and the chmod" {
	local bits

	stale
	for bits in 604 602 666; do
		chmod "$bits" "$STATE"
		fails 78 'others may read or write it' \
			"chmod 600 '$STATE'"
	done
	[ "$(asked)" = 0 ]
	oauth2 status
	expect 78
}

@test "a state file of somebody else's: 78" {
	[ "$(id -u)" = 0 ] || skip 'root can give files away'
	stale
	chown 65534 "$STATE"
	fails 78 'belongs to another user'
}

@test "a symbolic link, a folder, a FIFO in place of the state file: 78" {
	stale
	mv "$STATE" elsewhere
	ln -s "$PWD/elsewhere" "$STATE"
	oauth2 token "$ALICE"
	expect 78 'symbolic link'
	rm "$STATE"
	mkdir "$STATE"
	oauth2 token "$ALICE"
	expect 78 'is a folder'
	rmdir "$STATE"
	mkfifo -m 600 "$STATE"
	oauth2 token "$ALICE"
	expect 78 'is a FIFO'
}

@test "a folder that others can write to: 78" {
	stale
	chmod 777 "${STATE%/*}"
	fails 78 'others may write to this folder'
}

@test "a state file that somebody has edited: 78, and it stays" {
	local text

	stale
	while read -r text; do
		printf '%s\n' "$text" >"$STATE"
		fails 78 'not an object of JSON'
	done <<'END'

[]
{"access_token":"a"
{"access_token":"a"} trailing
access_token a
"text"
END
	printf '{"access_token":"a\\nb","expiry":"%s"}' \
		$(($(date +%s) + 3600)) >"$STATE"
	fails 77 'no refresh token'
	head -c 2000000 /dev/zero >"$STATE"
	fails 78 'File too large'
	printf '{"a":"\xff"}' >"$STATE"
	fails 78
	printf '{"refresh_token":"x","client_id":"y","grant_type":"z"}' >"$STATE"
	fails 78 "'z' is not known"
	# types that are wrong are as if missing
	printf '{"refresh_token":7,"client_id":[],"token_endpoint":{}}' >"$STATE"
	fails 77
	[ "$(asked)" = 0 ]
}

@test "a disk that is full: 75, and the refresh token is not spent" {
	[ "$(id -u)" = 0 ] || skip 'only root can mount'
	stale
	cat >full <<-'END'
		mount -t tmpfs -o size=64k,mode=700 none "$1" || exit 99
		cp state.json "$1/$2" && chmod 600 "$1/$2"
		head -c 1000000 /dev/zero >"$1/filler" 2>/dev/null
		"$3" token alice@example.org >stdout 2>stderr
		echo $? >status
		cp "$1/$2" after
	END
	cp "$STATE" state.json
	unshare -m sh full "${STATE%/*}" "${STATE##*/}" "$OAUTH2_PROGRAM" ||
		true
	[ -e after ] || skip 'nothing can be mounted here'
	expect 75 'No space left'
	same state.json after
	[ "$(asked)" = 0 ]
}

@test "a limit for the size of files: 75, and the refresh token is not spent" {
	stale
	cp "$STATE" before
	status=0
	(ulimit -f 8 && exec "$OAUTH2_PROGRAM" token "$ALICE") >stdout 2>stderr ||
		status=$?
	echo "$status" >status
	expect 75 'cannot be replaced'
	same before "$STATE"
	[ "$(asked)" = 0 ]
}

@test "the clock jumps forward, and back by days" {
	[ -z "$SANITIZE" ] || skip 'nothing goes before its run-time part'
	local seconds number=0

	for seconds in 4000 400000 -400000; do
		number=$((number + 1))
		fresh "\"refresh_token\":\"$(refresh_token $number)\""
		LD_PRELOAD=$BUILD/tests/clock.so CLOCK_AHEAD=$seconds \
			oauth2 token "$ALICE"
		expect 0
		same stdout "$SERVER/access"
		[ "$(asked)" = 1 ]
	done
	# and back where it was: the token is not from the future
	oauth2 token "$ALICE"
	expect 0
	same stdout "$SERVER/access"
}

@test "an answer that comes late is waited for" {
	stale
	mode delay 2
	oauth2 token "$ALICE"
	expect 0
	same stdout "$SERVER/access"
}

@test "an answer that does not come: 75 after 30 seconds" {
	stale
	mode delay 50
	fails 75 'no answer within 30 seconds'
}
