#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The way to the smarthost: from which address, to which ones, by a Unix
# socket.  SOCKS5 has a file of its own.

# shellcheck disable=SC2030,SC2031 # PORT is each test's own

load ../helper

# through [LINE...]: mail.example.org by the proxy that is being played.
through() {
	account_file 'host mail.example.org' 'proxy_host 127.0.0.1' \
		"proxy_port $PORT" 'tls off' 'from alice@example.org' \
		'timeout 20' "$@"
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

need_ipv6() {
	grep -qs '^0\{31\}1 ' /proc/net/if_inet6 || skip 'no ::1 here'
}

# --- addresses

@test "source_ip: the address that we connect from" {
	trip >dialogue
	smarthost_play dialogue
	account 'tls off' 'from alice@example.org' 'source_ip 127.0.0.2'
	send 0
	grep -qx '== from 127.0.0.2' transcript
}

@test "source_ip: one that is not ours: 71, what it is and what to do" {
	PORT=1
	account 'from alice@example.org' 'source_ip 192.0.2.1'
	message | submit bob@example.net
	expect 71 '127.0.0.1:1: cannot connect from source_ip 192.0.2.1: ' \
		'remove it'
}

@test "source_ip: only addresses of its family are tried" {
	need_ipv6
	PORT=1
	account_file 'host localhost' 'port 1' 'from alice@example.org' \
		'source_ip 127.0.0.1'
	message | submit bob@example.net
	expect 75 '127.0.0.1: Connection refused'
	expect_not '::1'
	account 'from alice@example.org' 'source_ip ::1'
	message | submit bob@example.net
	expect 68 '127.0.0.1: this host has no IPv6 address' 'source_ip ::1'
}

@test "source_ip: empty is unset; a name is an error" {
	trip >dialogue
	smarthost_play dialogue
	account_file defaults 'source_ip 192.0.2.1' 'account default' \
		'host 127.0.0.1' "port $PORT" 'from alice@example.org' \
		'source_ip'
	send 0
	account_file 'host 127.0.0.1' 'source_ip localhost'
	postrider --check-config "$ACCOUNT"
	expect 78 "$ACCOUNT:2:11: source_ip 'localhost' is no IP address" \
		192.0.2.1
}

@test "address_family, -4 and -6: no other addresses" {
	need_ipv6
	trip >dialogue
	smarthost_play dialogue --listen '[::1]:0'
	account_file 'host ::1' "port $PORT" 'from alice@example.org' \
		'address_family ipv4'
	message | submit -6 bob@example.net
	smarthost_wait
	expect 0
	account_file 'host localhost' 'port 1' 'from alice@example.org' \
		'address_family ipv4'
	message | submit bob@example.net
	expect 75 '127.0.0.1: Connection refused'
	expect_not '::1'
	# whether or not this machine has another address for that name
	message | submit -6 bob@example.net
	expect_not 127.0.0.1
	[ "$(cat status)" -eq 75 ] || expect 68 'no IPv6 address'
}

@test "-4: a host without such an address, and a source_ip without" {
	account_file 'host ::1' 'port 1' 'from alice@example.org'
	message | submit -4 bob@example.net
	expect 68 '::1: this host has no IPv4 address' address_family
	message | submit --address-family=ipv6 bob@example.net
	expect_not 'no IPv6 address'
	account_file 'host 127.0.0.1' 'port 1' 'from alice@example.org' \
		'source_ip ::1' 'address_family ipv4'
	message | submit bob@example.net
	expect 78 'source_ip ::1 is no IPv4 address' 'remove "source_ip"'
}

@test "IDN: names of the host and of the proxy in their own script" {
	{
		cat <<'END'
! octets \x05\x01\x00
S- \x05\x00
! octets \x05\x01\x00\x03\x15xn--bcher-kva.example\x00\x19
S- \x05\x00\x00\x01\0\0\0\0\0\0
END
		trip
	} >dialogue
	smarthost_play dialogue
	# fullwidth digits: what IDNA makes of them can be connected to
	through 'host bücher.example' 'proxy_host １２７.0.0.1'
	send 0
	trip >dialogue
	smarthost_play dialogue
	account_file 'host １２７.0.0.1' "port $PORT" \
		'from alice@example.org'
	send 0
}

# --- Unix sockets

@test "socket: in place of host, port and proxy; the log has it" {
	trip >dialogue
	smarthost_play dialogue --listen unix:mail.sock
	account_file 'socket ~/mail.sock' 'from alice@example.org' \
		'host 192.0.2.1' 'port 465' 'proxy_host 192.0.2.1' \
		'source_ip 192.0.2.1' 'logfile ~/log' \
		'logfile_time_format none'
	send 0
	grep -q "^socket=$HOME/mail.sock tls=off auth=off from=alice@" log
	trip >dialogue
	smarthost_play dialogue --listen unix:mail.sock
	account_file "socket $PWD/mail.sock" 'from alice@example.org' \
		'timeout 20'
	message | submit -v bob@example.net
	smarthost_wait
	expect 0 "connected to $PWD/mail.sock"
}

@test "socket: EHLO has a name that a server takes" {
	smarthost_serve --listen unix:mail.sock
	account_file "socket $PWD/mail.sock" 'from alice@example.org'
	message | submit bob@example.net
	expect 0
	smarthost_stop
}

@test "socket: LMTP needs no port there" {
	{
		greet | sed 's/EHLO/LHLO/'
		trip | sed 1,4d
	} >dialogue
	smarthost_play dialogue --listen unix:mail.sock
	account_file "socket $PWD/mail.sock" 'protocol lmtp' \
		'from alice@example.org'
	send 0
}

@test "socket: replies and faults name it" {
	{
		greet
		cat <<'END'
C: MAIL FROM:<alice@example.org>
S: 550 5.7.1 not yours
C? QUIT
END
	} >dialogue
	smarthost_play dialogue --listen unix:mail.sock
	account_file "socket $PWD/mail.sock" 'from alice@example.org'
	message | submit bob@example.net
	smarthost_wait
	grep -q "$PWD/mail.sock: .*550 5.7.1 not yours" stderr
	echo '! stall' >dialogue
	smarthost_play dialogue --listen unix:mail.sock
	account_file "socket $PWD/mail.sock" 'from alice@example.org' \
		'timeout 1'
	send 75 "$PWD/mail.sock: "
}

@test "socket: none there, no server, no socket, not for us: 75" {
	account_file "socket $PWD/none" 'from alice@example.org'
	message | submit bob@example.net
	expect 75 "$PWD/none: cannot connect: No such file" 'check "socket"'
	echo '! close' >dialogue
	smarthost_play dialogue --listen unix:none
	server_end || true
	message | submit bob@example.net
	expect 75 "$PWD/none: cannot connect: Connection refused" \
		'the server runs'
	account_file "socket $ACCOUNT" 'from alice@example.org'
	message | submit bob@example.net
	expect 75 "$ACCOUNT: cannot connect: "
}

@test "socket: a path of any length" {
	local long=$PWD/long/long/long/long/long/long/long/long/long/long

	[ "$(uname)" = Linux ] || skip 'only Linux has a way'
	long=$long/long/long/long/long/long/long/long/long/long/long/long
	mkdir -p "$long"
	trip >dialogue
	smarthost_play dialogue --listen unix:mail.sock
	mv mail.sock "$long"
	account_file "socket $long/mail.sock" 'from alice@example.org'
	send 0
	rm "$long/mail.sock"
	message | submit bob@example.net
	expect 75 "$long/mail.sock: cannot connect: No such file"
}

@test "socket: passwords are looked for by host, else by its path" {
	local line

	for line in "machine $PWD/mail.sock" 'machine mail.example.org'; do
		printf '%s login you password x\n' "$line" >.netrc
		chmod 600 .netrc
		{
			printf '%s\n' 'S: 220 mail.example.org ESMTP' 'C: EHLO *' \
				'S: 250-mail.example.org' 'S: 250 AUTH PLAIN' \
				'! auth PLAIN you x'
			trip | sed 1,4d
		} >dialogue
		smarthost_play dialogue --listen unix:mail.sock
		account_file "socket $PWD/mail.sock" 'auth plain' 'user you' \
			'from alice@example.org'
		[ "${line#*/}" != "$line" ] ||
			echo "host ${line#machine }" >>"$ACCOUNT"
		send 0
	done
}

@test "socket: local for secrets and for localhost" {
	{
		printf '%s\n' 'S: 220 mail.example.org ESMTP' \
			'C: EHLO localhost' 'S: 250-mail.example.org' \
			'S: 250 AUTH PLAIN' '! auth PLAIN you x'
		trip | sed 1,4d
	} >dialogue
	smarthost_play dialogue --listen unix:mail.sock
	account_file "socket $PWD/mail.sock" 'from alice@example.org' \
		'domain localhost' 'auth plain' 'user you' 'password x'
	send 0
}

@test "socket: TLS needs a name, which host or tls_host_override gives" {
	local name

	for name in host tls_host_override; do
		smarthost_serve --listen unix:mail.sock
		account_file "socket $PWD/mail.sock" "$name localhost" \
			'tls on' "tls_trust_file $CERTS/ca.pem" \
			'from alice@example.org'
		message | submit bob@example.net
		expect 0
		grep -q '^tls TLS' "$CAPTURE/1.envelope"
		smarthost_stop
		rm -r "$CAPTURE"
	done
	account_file "socket $PWD/mail.sock" 'tls on' 'from alice@example.org'
	message | submit bob@example.net
	expect 78 "$PWD/mail.sock: TLS needs the name" 'tls_host_override'
}

@test "socket: from the command line and the environment" {
	echo '! close' >dialogue
	smarthost_play dialogue --listen unix:mail.sock
	account_file 'host 192.0.2.1' 'from alice@example.org'
	message | submit "--socket=$PWD/mail.sock" bob@example.net
	smarthost_wait
	expect 75 "$PWD/mail.sock: "
	smarthost_play dialogue --listen unix:mail.sock
	export POSTRIDER_SOCKET=$PWD/mail.sock POSTRIDER_FROM=a@example.org
	message | postrider bob@example.net
	smarthost_wait
	expect 75 "$PWD/mail.sock: "
}

@test "what this machine forbids is no firewall's doing" {
	command -v strace >/dev/null || skip 'no strace'
	account_file 'host 127.0.0.1' 'port 1' 'tls off' 'from a@example.org' \
		'syslog off'
	strace -qq -o trace -e trace=connect -e inject=connect:error=EACCES \
		true || skip 'strace cannot inject faults here'
	message >mail
	status=0
	# who is traced cannot look for leaks
	ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 \
		strace -f -qq -o trace -e trace=connect \
		-e inject=connect:error=EACCES "$POSTRIDER" -C "$ACCOUNT" \
		bob@example.net <mail >stdout 2>stderr || status=$?
	echo "$status" >status
	expect 75 'cannot connect (127.0.0.1: Permission denied)' SELinux
}
