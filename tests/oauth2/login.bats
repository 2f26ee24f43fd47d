#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# postrider-oauth2 login: each flow, with curl(1) for a browser.

load ../helper
load oauth2

# begin_login OPTION...: in the background, its standard input open; sets VISIT
# to the address that it prints.
begin_login() {
	local look

	rm -f input
	mkfifo input
	timeout -k 5 "$LIMIT" "$OAUTH2_PROGRAM" login "$ALICE" \
		--provider=./provider --client-id="$CLIENT" \
		--ca-file="$CERTS/ca.pem" "$@" >stdout 2>stderr <input 3>&- &
	LOGIN=$!
	exec 8>input
	for ((look = 0; look < PORT_LOOKS; look++)); do
		VISIT=$(grep '^https://' stdout) && return
		kill -0 "$LOGIN" || return
		sleep 0.02
	done
	return 1
}

end_login() {
	status=0
	exec 8>&-
	wait "$LOGIN" || status=$?
	echo "$status" >status
}

browser() {
	curl -sS --noproxy '*' --cacert "$CERTS/ca.pem" --max-time 20 "$@"
}

# Where the browser is sent to from the address.
redirected() {
	browser -o /dev/null -w '%{redirect_url}' "$VISIT"
}

is_signed_in() {
	expect 0
	[ "$(member refresh_token)" = "$(refresh_token "$1")" ]
	[ "$(member access_token)" = "$(cat "$SERVER/access")" ]
	[ "$(stat -c %a "$STATE" "${STATE%/*}" | tr '\n' ' ')" = '600 700 ' ]
	oauth2 token "$ALICE"
	same stdout "$SERVER/access"
}

@test "by loopback: the browser follows the redirect" {
	begin_login
	browser -L "$VISIT" >page
	end_login
	is_signed_in 2
	grep -qF 'close this page' page
	grep -qF 'login_hint=alice%40example.org' "$SERVER/log"
	grep -qF 'scope=mail.send%20offline%20%26%20more' "$SERVER/log"
	grep -qE 'code_challenge=[A-Za-z0-9_-]{43}&' "$SERVER/log"
	silent "$(cat "$SERVER/access")" "$(cat "$SERVER/refresh")"
}

@test "by loopback: other requests get 404 and end nothing" {
	local back port

	begin_login
	back=$(redirected)
	[ "$(browser -o /dev/null -w '%{http_code}' "${back%%\?*}")" = 404 ]
	[ "$(browser -o /dev/null -w '%{http_code}' \
		"${back%%\?*}favicon.ico?${back#*\?}")" = 404 ]
	[ "$(browser -o /dev/null -w '%{http_code}' "${back%state=*}state=x")" = 404 ]
	[ "$(browser -o /dev/null -w '%{http_code}' -d "${back#*\?}" \
		"${back%%\?*}")" = 404 ]
	[ "$(browser -o /dev/null -w '%{http_code}' \
		"${back%%\?*}?x=$(printf '%040000d' 0)")" = 404 ]
	kill -0 "$LOGIN"
	# idle connections, as browsers open them in advance
	port=${back#http://127.0.0.1:}
	exec 5<>"/dev/tcp/127.0.0.1/${port%%/*}"
	[ "$(browser -o /dev/null -w '%{http_code}' "$back")" = 200 ]
	exec 5>&-
	end_login
	is_signed_in 2
}

@test "by paste: the right address, after others, and without a last newline" {
	local back

	begin_login
	back=$(redirected)
	printf '\nhello\n%s\n' "${back%state=*}state=x" >&8
	printf '  %s#fragment' "$back" >&8
	end_login
	expect 0 'not the address that the browser ends at'
	is_signed_in 2
}

@test "the end of standard input ends nothing" {
	begin_login
	exec 8>&-
	browser -L "$VISIT" >page
	end_login
	is_signed_in 2
}

@test "a browser is opened only with --open, and without a shell" {
	mkdir bin
	cat >bin/xdg-open <<-'END'
		#!/bin/sh
		ls -l /proc/$$/fd >fds
		printf '%s\n' "$#" "$1" >opened.new
		mv opened.new opened
	END
	chmod +x bin/xdg-open
	export PATH=$PWD/bin:$PATH
	begin_login
	browser -L "$VISIT" >page
	end_login
	is_signed_in 2
	[ ! -e opened ]
	begin_login --open
	until [ -e opened ]; do sleep 0.02; done
	same <(printf '%s\n' 1 "$VISIT") opened
	# the browser has no part in the end of the sign-in
	lacks socket fds
	browser -L "$VISIT" >page
	end_login
	is_signed_in 3
}

@test "the person says no: 77, and nothing is kept" {
	touch "$SERVER/deny"
	begin_login
	browser -L "$VISIT" >page
	end_login
	expect 77 'access_denied: no thanks' 'sign in again'
	[ ! -e "$STATE" ]
}

@test "a secret from a file, and a shared mailbox" {
	(umask 077 && printf 's+c&r%%t\nmore\n' >secret)
	echo 's+c&r%t' >"$SERVER/secret"
	begin_login --client-secret-file=secret --user shared@example.org
	browser -L "$VISIT" >page
	end_login
	is_signed_in 2
	[ "$(member client_secret)" = 's+c&r%t' ]
	[ "$(member user)" = shared@example.org ]
	silent 's+c&r%t'
	oauth2 status "$ALICE"
	expect 0
	grep -qF 'user shared@example.org' stdout
}

@test "a second sign-in takes the place of the first, and keeps the unknown" {
	stale '"user":"old"' '"mine":[1]' '"client_secret":"old"'
	begin_login
	browser -L "$VISIT" >page
	end_login
	is_signed_in 2
	lacks '"user"\|client_secret' "$STATE"
	tr -d ' \n\t' <"$STATE" | grep -qF '"mine":[1]'
}

@test "a sign-in that fails leaves the old one as it was" {
	fresh
	cp "$STATE" before
	begin_login
	mode html
	browser -L "$VISIT" >page
	end_login
	expect 75
	same before "$STATE"
	oauth2 token "$ALICE"
	expect 0
}

@test "by device code: pending, slow down, approved" {
	touch "$SERVER/slow"
	: >"$SERVER/log"
	timeout "$LIMIT" "$OAUTH2_PROGRAM" login "$ALICE" --device \
		--provider=provider --client-id="$CLIENT" \
		--ca-file="$CERTS/ca.pem" >stdout 2>stderr </dev/null 3>&- &
	LOGIN=$!
	until [ "$(asked)" -gt 0 ]; do sleep 0.05; done
	touch "$SERVER/approved"
	status=0
	wait "$LOGIN" || status=$?
	echo "$status" >status
	cp stdout shown
	is_signed_in 2
	grep -qF 'WDJB-MJHT' shown
	grep -qF "$ENDPOINT/activate" shown
	silent 'device/code+1'
}

@test "by device code: denied, and expired" {
	touch "$SERVER/denied"
	oauth2 login "$ALICE" --device --provider=provider \
		--client-id="$CLIENT" --ca-file="$CERTS/ca.pem"
	expect 77 access_denied 'sign in again'
	rm "$SERVER/denied"
	touch "$SERVER/short"
	oauth2 login "$ALICE" --device --provider=provider \
		--client-id="$CLIENT" --ca-file="$CERTS/ca.pem"
	expect 77 'before the code expired'
	[ ! -e "$STATE" ]
}

@test "by device code: a server that fails for a while is asked again" {
	oauth2 login "$ALICE" --device --provider=provider \
		--client-id="$CLIENT" --ca-file="$CERTS/foreign-ca.pem"
	expect 75
	: >"$SERVER/log"
	timeout "$LIMIT" "$OAUTH2_PROGRAM" login "$ALICE" --device \
		--provider=provider --client-id="$CLIENT" \
		--ca-file="$CERTS/ca.pem" >stdout 2>stderr </dev/null 3>&- &
	LOGIN=$!
	until grep -q 'type this code' stdout; do sleep 0.02; done
	touch "$SERVER/approved"
	mode status 503
	until grep -q 'status 503' stderr; do sleep 0.02; done
	rm "$SERVER/mode"
	status=0
	wait "$LOGIN" || status=$?
	echo "$status" >status
	is_signed_in 2
}

# rsa NAME: a key and its certificate
rsa() {
	openssl req -x509 -newkey "${2:-rsa:2048}" ${3:+-pkeyopt "$3"} -nodes \
		-subj /CN=client -days 3 -keyout "$1.key" -out "$1.pem" 2>log
	chmod 600 "$1.key"
}

@test "client credentials with a secret, and with a certificate" {
	(umask 077 && echo secret-word >secret)
	echo secret-word >"$SERVER/secret"
	set -- login "$ALICE" --provider=provider --client-id="$CLIENT" \
		--ca-file="$CERTS/ca.pem" --client-credentials
	oauth2 "$@" --client-secret-file=secret
	expect 0
	oauth2 token "$ALICE"
	same stdout "$SERVER/access"
	sed -i 's/"expiry": *"[0-9]*"/"expiry":"0"/' "$STATE"
	oauth2 token "$ALICE"
	expect 0
	[ "$(asked client_credentials)" = 2 ]
	for kind in rsa ec; do
		if [ $kind = rsa ]; then
			rsa rsa
		else
			rsa ec ec ec_paramgen_curve:prime256v1
		fi
		cp $kind.pem "$SERVER/certificate"
		oauth2 "$@" --client-cert $kind.pem --client-key $kind.key
		expect 0
		(cd / && "$OAUTH2_PROGRAM" token "$ALICE") >out
		same out "$SERVER/access"
		lacks client_secret "$STATE"
	done
	grep -qF '"x5t#S256"' server.stderr
	# it is renewed with the certificate
	sed -i 's/"expiry": *"[0-9]*"/"expiry":"0"/' "$STATE"
	oauth2 token "$ALICE"
	expect 0
	same stdout "$SERVER/access"
	oauth2 "$@" --client-cert ec.pem --client-key rsa.key
	expect 78 'does not belong to the private key'
}

@test "a service account: signed for the address, without provider" {
	rsa robot
	cp robot.pem "$SERVER/certificate"
	(umask 077 && printf '{"type":"service_account","client_email":"%s",
		"private_key_id":"kid-1","private_key":"%s","token_uri":"%s"}\n' \
		robot@project.example.org "$(sed 's/$/\\n/' robot.key |
		tr -d '\n')" "$ENDPOINT/token" >account.json)
	oauth2 login "$ALICE" --service-account account.json \
		--ca-file "$CERTS/ca.pem"
	expect 0
	oauth2 token "$ALICE"
	same stdout "$SERVER/access"
	grep -qF "\"sub\":\"$ALICE\"" server.stderr
	grep -qF '"scope":"https://mail.google.com/"' server.stderr
	grep -qF '"kid":"kid-1"' server.stderr
	sed -i 's/"expiry": *"[0-9]*"/"expiry":"0"/' "$STATE"
	oauth2 token "$ALICE"
	expect 0
	same stdout "$SERVER/access"
	chmod 644 account.json
	sed -i 's/"expiry": *"[0-9]*"/"expiry":"0"/' "$STATE"
	oauth2 token "$ALICE"
	expect 78 'others may read or write it' 'chmod 600'
}

@test "the known providers: the address to visit" {
	local name host text

	while read -r name host text; do
		: >stdout
		"$OAUTH2_PROGRAM" login "$ALICE" --provider="$name" \
			--client-id=id </dev/null >stdout 2>stderr 3>&- &
		LOGIN=$!
		until grep -q '^https://' stdout; do
			kill -0 "$LOGIN"
			sleep 0.02
		done
		kill "$LOGIN"
		wait "$LOGIN" || true
		grep -q "^https://$host" stdout
		grep -qF -e "$text" stdout
	done <<'END'
google accounts.google.com/ redirect_uri=http%3A%2F%2F127.0.0.1%3A
google accounts.google.com/ &access_type=offline&prompt=consent
microsoft login.microsoftonline.com/common/ redirect_uri=http%3A%2F%2Flocalhost%3A
yahoo api.login.yahoo.com/ scope=mail-w
fastmail api.fastmail.com/ redirect_uri=http%3A%2F%2F127.0.0.1%3A
END
}

@test "what does not go together: 64" {
	local options

	while read -r options; do
		# shellcheck disable=SC2086 # a list of words
		oauth2 login $options
		expect 64
	done <<'END'
alice@example.org
alice@example.org --provider=google
alice@example.org --client-id=x
alice@example.org --provider=google --client-id=x --device
alice@example.org --provider=google --client-id=x --tenant=y
alice@example.org --provider=microsoft --client-id=x --tenant=../y
alice@example.org --provider=microsoft --client-id=x --client-credentials
alice@example.org --provider=microsoft --client-id=x --client-cert=y
alice@example.org --provider=google --client-id=x --json
alice@example.org --service-account=x --client-id=y
alice@example.org --provider=
alice@example.org bob@example.org --provider=google --client-id=x
../../alice --provider=google --client-id=x
.alice --provider=google --client-id=x
--provider=google --client-id=x
alice@example.org --provider=google --client-id=x --unknown
alice@example.org --provider=google --client-id=x --device=yes
END
	oauth2
	expect 64
	oauth2 sing "$ALICE"
	expect 64 "unknown command 'sing'"
	oauth2 login "$ALICE" --provider=gogle --client-id=x
	expect 78 gogle 'a provider is google, microsoft'
}

@test "a provider's file that is wrong: file and line" {
	printf 'scope x\ntoken_endpoint http://127.0.0.1/\n' >p
	oauth2 login "$ALICE" --provider=p --client-id=x
	expect 78 "p:2: token_endpoint: 'http://127.0.0.1/' is not an https"
	printf 'colour x\n' >p
	oauth2 login "$ALICE" --provider=p --client-id=x
	expect 78 "p:1: unknown keyword 'colour'"
	printf 'scope x\n' >p
	oauth2 login "$ALICE" --provider=p --client-id=x
	expect 78 'has no token_endpoint'
	# whoever writes it gets the code, and the client's secret
	provider_lines >p
	chmod 666 p
	oauth2 login "$ALICE" --provider=p --client-id=x
	expect 78 'p: others may write it (mode 0666)' "chmod go-w 'p'"
	chmod 644 p
	if [ "$(id -u)" = 0 ]; then
		chown 65533 p
		oauth2 login "$ALICE" --provider=p --client-id=x
		expect 78 'belongs to another user'
	fi
}

@test "status and logout" {
	oauth2 status
	expect 0
	[ ! -s stdout ]
	oauth2 status "$ALICE"
	expect 78 'has not signed in'
	fresh
	oauth2 status
	expect 0
	grep -qE "^$ALICE: refresh token, token for 3[56][0-9]{2} seconds more, $ENDPOINT/token\$" stdout
	expect_not fresh-token "$(refresh_token 1)"
	oauth2 logout "$ALICE"
	expect 0
	[ -z "$(ls -A "${STATE%/*}")" ]
	oauth2 logout "$ALICE"
	expect 0 'had not signed in'
	[ "$(asked)" = 0 ]
}

@test "help and version" {
	oauth2 --help
	expect 0
	grep -q '^usage: ' stdout
	oauth2 --version
	expect 0
	grep -q '^postrider-oauth2 [0-9]' stdout
}
