#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Through a SOCKS5 proxy.  The smarthost plays the proxy, octet by octet, and
# then the server behind it.

# shellcheck disable=SC2030,SC2031 # PORT is each test's own

load ../helper

PROXY_SECRET='the proxys secret'

# through [LINE...]: mail.example.org by the proxy that is being played.
through() {
	account_file 'host mail.example.org' 'proxy_host 127.0.0.1' \
		"proxy_port $PORT" 'tls off' 'from alice@example.org' \
		'timeout 20' "$@"
}

# What the proxy and we say until it has to connect us to mail.example.org:25.
agree() {
	cat <<'END'
! octets \x05\x01\x00
S- \x05\x00
! octets \x05\x01\x00\x03\x10mail.example.org\x00\x19
END
}

# The reply that says so.
connected() {
	printf '%s\n' 'S- \x05\0\0\x01\0\0\0\0\0\0'
}

login() {
	cat <<'END'
! octets \x05\x02\x00\x02
S- \x05\x02
! octets \x01\x03you\x11the proxys secret
END
}

# A whole small trip.
trip() {
	greet
	cat <<'END'
C: MAIL FROM:<alice@example.org>
S: 250 ok
C: RCPT TO:<bob@example.net>
S: 250 ok
C: DATA
S: 354 go ahead
! body -
S: 250 2.0.0 ok
C? QUIT
S: 221 bye
END
}

# send STATUS TEXT...: a message, what came of it, and the server's verdict.
send() {
	message | submit bob@example.net
	smarthost_wait
	expect "$@"
}

@test "SOCKS5: the proxy resolves the name; its reply is of any type" {
	local reply

	for reply in '\x01\x7f\0\0\x01\x10\x92' \
		'\x03\x10mail.example.org\x10\x92' '\x03\x00\0\0' \
		'\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x10\x92'; do
		{
			agree
			printf 'S- \\x05\\0\\0%s\n' "$reply"
			trip
		} >dialogue
		smarthost_play dialogue
		through
		send 0
	done
}

@test "SOCKS5: octet by octet, and the greeting in a group of its own" {
	{
		echo '! slow 1'
		agree
		cat <<'END'
S- \x05\0\0\x03\x10mail.example.org\x10\x92
! pause 10
END
		trip
	} >dialogue
	smarthost_play dialogue
	through
	send 0
}

@test "SOCKS5: IP addresses go as what they are" {
	local at request

	for at in '192.0.2.7 \x01\xc0\0\x02\x07' \
		'2001:db8::7 \x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07'; do
		request=${at#* }
		{
			cat <<'END'
! octets \x05\x01\x00
S- \x05\x00
END
			printf '! octets \\x05\\x01\\0%s\\x02\\x4b\n' "$request"
			connected
			trip
		} >dialogue
		smarthost_play dialogue
		through "host ${at%% *}" 'port 587'
		send 0
	done
}

@test "SOCKS5: user and password, where the proxy asks for them" {
	{
		login
		cat <<'END'
S- \x01\x00
! octets \x05\x01\x00\x03\x10mail.example.org\x00\x19
S- \x05\0\0\x01\0\0\0\0\0\0
END
		trip
	} >dialogue
	smarthost_play dialogue
	through 'proxy_user you' "proxy_password $PROXY_SECRET"
	message | submit -v bob@example.net
	smarthost_wait
	expect 0
	expect_not "$PROXY_SECRET"

	# one that does not ask is not told
	{
		cat <<'END'
! octets \x05\x02\x00\x02
S- \x05\x00
! octets \x05\x01\x00\x03\x10mail.example.org\x00\x19
S- \x05\0\0\x01\0\0\0\0\0\0
END
		trip
	} >dialogue
	smarthost_play dialogue
	through 'proxy_user you' "proxy_password $PROXY_SECRET"
	send 0
}

@test "SOCKS5: refused user and password: 77, and neither is shown" {
	{
		login
		printf '%s\n' 'S- \x01\x01' '! eof'
	} >dialogue
	smarthost_play dialogue
	through 'proxy_user you' "proxy_password $PROXY_SECRET" 'logfile log'
	send 77 "mail.example.org:25 by proxy 127.0.0.1:$PORT: the proxy \
refused user and password" '"proxy_password"'
	expect_not "$PROXY_SECRET"
	[ -s log ]
	[ "$(grep -cF "$PROXY_SECRET" log)" -eq 0 ]
}

@test "SOCKS5: a proxy that demands what we have not, or nothing of ours" {
	printf '%s\n' '! octets \x05\x01\x00' 'S- \x05\xff' '! eof' >dialogue
	smarthost_play dialogue
	through
	send 77 'does not serve without authentication' \
		'set "proxy_user" and "proxy_password"'
	printf '%s\n' '! octets \x05\x01\x00' 'S- \x05\x02' '! eof' >dialogue
	smarthost_play dialogue
	through
	send 77 'does not serve without authentication'
	printf '%s\n' '! octets \x05\x02\x00\x02' 'S- \x05\xff' '! eof' \
		>dialogue
	smarthost_play dialogue
	through 'proxy_user you' "proxy_password $PROXY_SECRET"
	send 77 'takes neither user and password nor' GSSAPI
	printf '%s\n' '! octets \x05\x01\x00' 'S- \x05\x01' '! eof' >dialogue
	smarthost_play dialogue
	through
	send 76 'does not speak SOCKS5: it chose method 0x01'
}

@test "SOCKS5: every reply code is named, with proxy, target and remedy" {
	local code status words remedy

	while read -r code status words; do
		remedy=${words#*; } words=${words%%; *}
		{
			agree
			printf 'S- \\x05\\x%s\\0\\x01\\0\\0\\0\\0\\0\\0\n' \
				"$code"
			echo '! eof'
		} >dialogue
		smarthost_play dialogue
		through
		send "$status" "mail.example.org:25 by proxy 127.0.0.1:$PORT: \
the proxy did not connect: $words" "$remedy"
	done <<'END'
01 75 general failure (reply 1); log
02 69 not allowed by its rules (reply 2); administrator
03 75 network unreachable (reply 3); network of the proxy
04 75 host unreachable (reply 4); spelling
05 75 connection refused (reply 5); "host" and "port"
06 75 time to live expired (reply 6); network of the proxy
07 69 command not supported (reply 7); CONNECT
08 69 address type not supported (reply 8); another form
09 75 unassigned reply 9; log
ff 75 unassigned reply 255; log
END
}

@test "SOCKS5: a refusal counts though the proxy leaves out its end" {
	{
		agree
		printf '%s\n' 'S- \x05\x05' '! eof'
	} >dialogue
	smarthost_play dialogue
	through
	send 75 'connection refused (reply 5)'
}

@test "SOCKS5: what is no SOCKS5 proxy: 76" {
	printf '%s\n' '! octets \x05\x01\x00' 'S: HTTP/1.1 400 Bad Request' \
		'! eof' >dialogue
	smarthost_play dialogue
	through
	send 76 'the proxy does not speak SOCKS5: it says 0x48' 'HTTP'
	printf '%s\n' '! octets \x05\x01\x00' 'S- \x00\x5b' '! eof' >dialogue
	smarthost_play dialogue
	through
	send 76 'it says 0x00' SOCKS4
	{
		agree
		printf '%s\n' 'S- \x04\0\0\x01\0\0\0\0\0\0' '! eof'
	} >dialogue
	smarthost_play dialogue
	through
	send 76 'it says 0x04'
	{
		agree
		printf '%s\n' 'S- \x05\0\0\x02\0\0\0\0\0\0' '! eof'
	} >dialogue
	smarthost_play dialogue
	through
	send 76 'address type 0x02'
}

@test "SOCKS5: a proxy that closes early, wherever: 75" {
	local stage

	printf '%s\n' '! octets \x05\x01\x00' '! close' >one
	printf '%s\n' '! octets \x05\x01\x00' 'S- \x05' '! close' >two
	{ agree; echo '! close'; } >three
	{ agree; printf '%s\n' 'S- \x05\0\0' '! close'; } >four
	{ agree; printf '%s\n' 'S- \x05\0\0\x03\x10mail' '! close'; } >five
	for stage in one two three four five; do
		smarthost_play "$stage"
		through
		send 75 "by proxy 127.0.0.1:$PORT: the connection to the \
proxy was lost in answer to the" 'it closed'
	done
	{ agree; printf '%s\n' 'S- \x05\0\0\x01\0\0\0\0\0\0' '! close'; } \
		>dialogue
	smarthost_play dialogue
	through
	send 75 "mail.example.org:25 by proxy 127.0.0.1:$PORT: "
}

@test "SOCKS5: a proxy that hangs is left when the time is over: 75" {
	printf '%s\n' '! octets \x05\x01\x00' '! stall' >dialogue
	smarthost_play dialogue
	through 'timeout 1'
	send 75 'no answer in time from the proxy' '"timeout"'
	{ agree; printf '%s\n' 'S- \x05\0\0\x01\0' '! stall'; } >dialogue
	smarthost_play dialogue
	through 'timeout 1'
	send 75 'no answer in time from the proxy in answer to the request'
}

@test "SOCKS5: a proxy that is not there is named by its own settings" {
	account_file 'host mail.example.org' 'proxy_host 127.0.0.1' \
		'proxy_port 1' 'from alice@example.org'
	message | submit bob@example.net
	expect 75 'mail.example.org:25 by proxy 127.0.0.1:1: cannot connect' \
		'check "proxy_host" and "proxy_port"'
}

@test "SOCKS5: source_ip and address_family are for the proxy" {
	{
		agree
		connected
		trip
	} >dialogue
	smarthost_play dialogue
	through 'source_ip 127.0.0.2'
	send 0
	grep -qx '== from 127.0.0.2' transcript
	PORT=1
	through 'address_family ipv6'
	message | submit bob@example.net
	expect 68 'mail.example.org:25 by proxy 127.0.0.1: this host has no IPv6' \
		'"proxy_host"'
	through 'address_family ipv4' 'host ::1'
	message | submit bob@example.net
	expect 78 'host ::1 is no IPv4 address'
}

@test "SOCKS5: what cannot be said in it is refused beforehand: 78" {
	local long

	PORT=1
	long=$(printf 'x%.0s' {1..250})
	through "host $long.example.org"
	message | submit bob@example.net
	expect 78 'the name of the host is longer than SOCKS5 can say'
	through "proxy_user $long$long" "proxy_password $PROXY_SECRET"
	message | submit bob@example.net
	expect 78 'proxy_user is longer'
	through 'proxy_user you' "proxy_password $long$long"
	message | submit bob@example.net
	expect 78 'proxy_password is longer'
	expect_not xxxxx
	through 'proxy_user you'
	message | submit bob@example.net
	expect 78 'no proxy_password' "'proxy_password TEXT'"
	through "proxy_password $PROXY_SECRET"
	message | submit bob@example.net
	expect 78 'no proxy_user' "'proxy_user NAME'"
	expect_not "$PROXY_SECRET"
}

@test "a proxy on loopback does not make the smarthost local" {
	{
		cat <<'END'
! octets \x05\x01\x00
S- \x05\x00
! octets \x05\x01\x00\x01\x7f\0\0\x01\x00\x19
S- \x05\0\0\x01\0\0\0\0\0\0
END
		greet 'AUTH PLAIN'
		printf '%s\n' 'C? QUIT' 'S: 221 bye'
	} >dialogue
	# named explicitly, and in clear: only without a network between
	smarthost_play dialogue
	through 'host 127.0.0.1' 'auth plain' 'user you' 'password x'
	send 69 'PLAIN: it would show the password to the network'
	# and what is unset is TLS
	smarthost_play dialogue
	account_file 'host 127.0.0.1' 'proxy_host 127.0.0.1' \
		"proxy_port $PORT" 'from alice@example.org' 'auth on' \
		'user you' 'password x'
	send 69 'does not offer STARTTLS'
}

@test "proxy_password is a secret like password" {
	account_file 'host mail.example.org' 'proxy_host 127.0.0.1' \
		'proxy_user you' "proxy_password $PROXY_SECRET" \
		'from alice@example.org'
	postrider --check-config "$ACCOUNT"
	expect 0
	message | submit --pretend -v bob@example.net
	expect 0
	grep -qF "proxy_password = *  [$ACCOUNT:4]" stdout
	grep -qF "proxy_user = you  [$ACCOUNT:3]" stdout
	grep -qF 'proxy_port = (1080)  [the default]' stdout
	expect_not "$PROXY_SECRET"
	chmod 644 "$ACCOUNT"
	message | submit --pretend -v bob@example.net
	# root's file is judged as the system's is
	if [ "$(id -u)" -eq 0 ]; then
		expect 0 'holds a password'
	else
		expect 78 'holds a password' 'chmod 600'
	fi
	chmod 600 "$ACCOUNT"
	message | submit --proxy-password=x bob@example.net
	expect 64 proxy-password
}

@test "proxy_host: empty is unset, a port in it an error; options" {
	trip >dialogue
	smarthost_play dialogue
	account_file defaults 'proxy_host 192.0.2.1' 'proxy_port 1' \
		'account default' 'host 127.0.0.1' "port $PORT" \
		'from alice@example.org' proxy_host proxy_port
	send 0
	account_file 'host 127.0.0.1' 'proxy_host 127.0.0.1:9050'
	postrider --check-config "$ACCOUNT"
	expect 78 "'proxy_host 127.0.0.1' and 'proxy_port 9050'"
	message | postrider --host=mail.example.org --proxy-host=127.0.0.1 \
		--proxy-port=1 -f alice@example.org bob@example.net
	expect 75 'mail.example.org:25 by proxy 127.0.0.1:1: '
}
