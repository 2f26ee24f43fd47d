#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# --rmqs, --vrfy and --expn: one command, one reply, one exit status.

load ../helper

# ask OPTION COMMAND REPLY STATUS [TEXT...]: what comes of a reply
ask() {
	{
		greet ETRN SMTPUTF8
		printf 'C: %s\n%s\nC? QUIT\n' "$2" "$3"
	} >dialogue
	smarthost_play dialogue || return
	account 'tls off' 'timeout 20'
	submit "$1" < <(exec sleep "$LIMIT")
	if ! smarthost_wait || ! expect "${@:4}"; then
		echo "option $1, reply $3" >&2
		return 1
	fi
}

# replied LINE...: standard output is these lines
replied() {
	printf '%s\n' "$@" >want
	same want stdout
}

@test "ETRN: what each reply means" {
	local code

	for code in 250 251 252 253; do
		ask --rmqs=example.org 'ETRN example.org' "S: $code ok" 0
		grep -qx "$code ok" stdout
		grep -q '^(the server ' stdout
	done
	for code in 458 459; do
		ask --rmqs=example.org 'ETRN example.org' "S: $code no" 69 \
			"the server refused ETRN: $code no"
		replied "$code no"
	done
	for code in 500 501; do
		ask --rmqs=example.org 'ETRN example.org' "S: $code no" 65 \
			"the server refused ETRN: $code no"
	done
	for code in 220 254 354 450 502 530 550; do
		ask --rmqs=example.org 'ETRN example.org' "S: $code no" 76 \
			"the server refused ETRN: $code no"
	done
	ask --rmqs=example.org 'ETRN example.org' 'S: 421 bye' 75 421
}

@test "ETRN: other arguments, and domains that are not ASCII" {
	ask --rmqs=@example.org 'ETRN @example.org' 'S: 250 ok' 0
	ask --rmqs=#fast 'ETRN #fast' 'S: 250 ok' 0
	ask --rmqs=bücher.example.org 'ETRN xn--bcher-kva.example.org' \
		'S: 250 ok' 0
	ask --rmqs=@bücher.example.org 'ETRN @xn--bcher-kva.example.org' \
		'S: 250 ok' 0
}

@test "ETRN: not offered" {
	begin EXPN <<'END'
C? QUIT
END
	submit --rmqs=example.org
	smarthost_wait
	expect 69 'does not offer ETRN' --serverinfo
	[ ! -s stdout ]
}

@test "VRFY: what each reply means" {
	local code

	ask --vrfy=bob 'VRFY bob' 'S: 250 Bob <bob@example.org>' 0
	replied '250 Bob <bob@example.org>'
	ask --vrfy=bob 'VRFY bob' 'S: 251 elsewhere' 0
	replied '251 elsewhere' '(not here; the server would pass it on)'
	ask --vrfy=bob@example.org 'VRFY bob@example.org' 'S: 252 try it' 0
	grep -q '^(the server does not tell' stdout
	for code in 550 551 553; do
		ask --vrfy=bob 'VRFY bob' "S: $code no" 67 "VRFY: $code no"
	done
	for code in 450 451; do
		ask --vrfy=bob 'VRFY bob' "S: $code no" 75 "VRFY: $code no"
	done
	for code in 500 502 504 530 554; do
		ask --vrfy=bob 'VRFY bob' "S: $code no" 69 "VRFY: $code no"
	done
	ask --vrfy=bob 'VRFY bob' 'S: 501 no' 65 'VRFY: 501 no'
	ask --vrfy=bob 'VRFY bob' 'S: 354 no' 76 'VRFY: 354 no'
}

@test "EXPN: all lines, and nothing in them deceives a terminal" {
	ask --expn=staff 'EXPN staff' \
		$'S: 250-<a@example.org>\nS: 250-\\x1b[2J\\xe2\\x80\\xae\nS: 250 <c@example.org>' 0
	replied '250-<a@example.org>' '250-\x1b[2J\xe2\x80\xae' \
		'250 <c@example.org>'
	ask --expn=staff 'EXPN staff' 'S: 550 no' 67
	ask --expn=staff 'EXPN staff' 'S: 502 no' 69 'many servers do not tell'
}

@test "SMTPUTF8 where nothing else will do" {
	ask --vrfy=jürgen@example.org 'VRFY jürgen@example.org SMTPUTF8' \
		'S: 250 ok' 0
	ask --vrfy=bob@bücher.example.org \
		'VRFY bob@xn--bcher-kva.example.org' 'S: 250 ok' 0
	begin <<'END'
C? QUIT
END
	submit --vrfy=jürgen@example.org
	smarthost_wait
	expect 69 'does not offer SMTPUTF8'
}

@test "with TLS and credentials, as for a message" {
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 STARTTLS
C: STARTTLS
S: 220 go ahead
! tls
C: EHLO *
S: 250-mail.example.org
S: 250-AUTH PLAIN
S: 250 ETRN
! auth PLAIN alice hunter2
C: ETRN example.org
S: 250 ok
C? QUIT
END
	account_file 'host localhost' "port $PORT" 'tls on' \
		"tls_trust_file $CERTS/ca.pem" 'timeout 20' 'auth plain' \
		'user alice' 'passwordeval cat; echo hunter2'
	echo poison | submit --rmqs=example.org
	smarthost_wait
	expect 0
	replied '250 ok' '(the server begins to send what it holds)'
}

@test "nothing is asked where the certificate will not do" {
	smarthost_serve --cert "$CERTS/foreign.pem" --key "$CERTS/foreign.key"
	account_file 'host localhost' "port $PORT" 'tls on' \
		"tls_trust_file $CERTS/ca.pem"
	submit --vrfy=bob
	server_end
	expect 69 'issuer is not trusted'
	[ ! -s stdout ]
	[ "$(grep -c VRFY transcript)" -eq 0 ]
}

@test "no command can be brought along, and each stands alone" {
	local option

	account_file 'host 127.0.0.1' 'port 1'
	for option in rmqs vrfy expn; do
		submit "--$option=a"$'\r\nMAIL FROM:<>'
		expect 64 "--$option" 'control character'
		submit "--$option="
		expect 64 "--$option needs a value"
		submit "--$option"
		expect 64 "--$option needs a value"
		submit "--$option=a" bob@example.org
		expect 64 "--$option takes no recipients"
		submit "--$option=a" "--$option" b
		expect 64 "--$option is there twice"
		submit --serverinfo "--$option=a"
		expect 64 "--serverinfo and --$option exclude each other"
		submit "--$option=a" --check-config
		expect 64 "--$option cannot be combined"
		submit "--$option" a
		expect 75 127.0.0.1:1
	done
}
