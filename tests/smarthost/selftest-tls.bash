# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2154
# Part of selftest.sh: TLS and SASL, in dialogues.

# tls_client OPTIONS -- WORD...: openssl's client, in the same way. It keeps an R
# or a Q that begins a line for itself, so commands begin in lower case.
tls_client() {
	local options=() in out openssl
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	coproc OPENSSL {
		exec timeout 20 openssl s_client -connect "127.0.0.1:$port" \
		    -CAfile certs/ca.pem -quiet -no_ign_eof "${options[@]}" \
		    2>tls.err
	}
	# bash forgets the array as soon as the process ends.
	# shellcheck disable=SC2153
	openssl=$OPENSSL_PID
	exec {in}<&"${OPENSSL[0]}" {out}>&"${OPENSSL[1]}"
	eval "exec ${OPENSSL[0]}<&- ${OPENSSL[1]}>&-"
	converse "$in" "$out" "$@"
	exec {out}>&-
	wait "$openssl"
	exec {in}<&-
} 2>/dev/null

tls_head='S: 220 x\nC: EHLO *\nS: 250-x\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\n! tls'

for version in 1.2 1.3; do
	printf '%b\n' '! tls' 'S: 220 x' 'C: NOOP' 'S: 250 ok' '! eof' >dialogue
	start --play dialogue --tls-max $version
	tls_client -servername mail.example.org -verify_return_error -- \
	    hear 'NOOP\r\n'
	finish
	same "implicit TLS $version" 0 "$rc"
	has "TLS $version is on record" "^== tls TLS$version\$" transcript
	has 'so is the server name' '^== sni mail.example.org$' transcript
done

printf '%b\n' "$tls_head" 'C: EHLO *' 'S: 250 x' >dialogue
start --play dialogue
tls_client -starttls smtp -- 'EHLO c.example.org\r\n'
finish
same 'STARTTLS' 0 "$rc"

printf '%b\n' '! tls' 'S: 220 x' 'C: NOOP' 'S: 250 ok' 'C: NOOP' 'S: 250 ok' >dialogue
start --play dialogue
tls_client -- hear 'NOOP\r\nNOOP\r\n' hear
finish
same 'running ahead under TLS' 1 "$rc"

printf '%b\n' '! tls' 'S: 220 x' 'C: NOOP' 'S: 250 ok' '! bye' >dialogue
start --play dialogue
tls_client -- hear 'NOOP\r\n' hear
finish
same 'bye' 0 "$rc"

printf '%b\n' 'S: 220 x' 'C: STARTTLS' 'S: 220 go' '! tls' >dialogue
start --play dialogue
client hear 'STARTTLS\r\n' '-EHLO c.example.org\r\n' sleep
finish
same 'no handshake where one should be' 1 "$rc"
start --play dialogue
client hear 'STARTTLS\r\nEHLO c.example.org\r\n' sleep
finish
same 'something pipelined behind STARTTLS' 1 "$rc"
has 'it is seen before the reply' 'runs ahead' errors

echo '! tls refused' >dialogue
start --play dialogue --cert certs/expired.pem --key certs/expired.key
tls_client -verify_return_error -- hear
finish
same 'a certificate that is refused' 0 "$rc"
start --play dialogue --cert certs/expired.pem --key certs/expired.key
tls_client -- 'NOOP\r\n'
finish
same 'a certificate that should have been' 1 "$rc"
echo '! tls fail' >dialogue
start --play dialogue
tls_client -- hear
finish
same 'garbage for a handshake' 0 "$rc"
echo '! tls' >dialogue
start --play dialogue --priority 'NORMAL:-VERS-ALL:+VERS-TLS1.1'
tls_client -min_protocol TLSv1.2 -- hear
finish
same 'no common version' 1 "$rc"

sasl() { # NAME STATUS VERSION DIRECTIVE MECHANISM PASSWORD
	local cb=
	[ "${5%-PLUS}" = "$5" ] && cb=--no-cb
	printf '%b\n' 'S: 220 x' 'C: EHLO *' 'S: 250-x' 'S: 250-STARTTLS' \
	    'S: 250 HELP' 'C: STARTTLS' 'S: 220 go' '! tls' 'C: EHLO *' \
	    'S: 250-x' "S: 250-AUTH $5" 'S: 250 HELP' \
	    "! $4 $5 alice secret" >dialogue
	[ "$4" = auth-bogus ] ||
		printf '%b\n' 'C? QUIT' 'S: 221 bye' >>dialogue
	start --play dialogue --tls-max "$3"
	timeout 10 gsasl --smtp --mechanism "$5" $cb -a alice -z '' \
	    -p "$6" --x509-ca-file=certs/ca.pem localhost "$port" \
	    </dev/null >gsasl.out 2>&1
	finish
	same "$1" "$2" "$rc"
}

if command -v gsasl >/dev/null; then
	scram='SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-256-PLUS'
	for version in 1.2 1.3; do
		for mechanism in PLAIN LOGIN CRAM-MD5 $scram; do
			sasl "$mechanism, TLS $version" 0 $version auth \
			    "$mechanism" secret
		done
		for mechanism in $scram; do
			sasl "$mechanism, TLS $version, false signature" 0 \
			    $version auth-bogus "$mechanism" secret
		done
	done
	for mechanism in PLAIN LOGIN CRAM-MD5 $scram; do
		sasl "$mechanism, wrong password" 1 1.3 auth "$mechanism" wrong
		sasl "$mechanism, wrong as it should be" 0 1.3 auth-refused \
		    "$mechanism" wrong
	done
	sasl 'a false signature is never shown' 1 1.3 auth-bogus \
	    SCRAM-SHA-1 wrong
else
	verdict 'gsasl # SKIP not installed' ok
fi

alice='AGFsaWNlAHNlY3JldA=='
printf '%b\n' 'S: 220 x' '! auth PLAIN alice secret' 'C: MAIL' 'S: 250 ok' |
	play 'PLAIN with initial response' 0 hear "AUTH PLAIN $alice\\r\\n" 'MAIL\r\n'
printf '%b\n' 'S: 220 x' '! auth PLAIN alice secret' |
	play 'PLAIN without' 0 hear 'AUTH PLAIN\r\n' "$alice\\r\\n"
printf '%b\n' 'S: 220 x' '! auth PLAIN alice secret' |
	play 'PLAIN, running ahead' 1 hear "AUTH PLAIN\\r\\n$alice\\r\\n" hear
printf '%b\n' 'S: 220 x' '! auth PLAIN alice secret' |
	play 'PLAIN, cancelled' 1 hear 'AUTH PLAIN\r\n' '*\r\n'
printf '%b\n' 'S: 220 x' '! auth PLAIN alice secret' |
	play 'another mechanism' 1 hear "-AUTH PLAINER $alice\\r\\n"
printf '%b\n' 'S: 220 x' '! auth PLAIN alice secret' |
	play 'not base64' 1 hear 'AUTH PLAIN !!!\r\n'
printf '%b\n' 'S: 220 x' '! auth LOGIN alice secret' |
	play 'LOGIN with initial response' 0 hear 'AUTH LOGIN YWxpY2U=\r\n' 'c2VjcmV0\r\n'
for name in '=' 'YWxpY2U='; do
	printf '%b\n' 'S: 220 x' '! auth EXTERNAL alice -' |
		play "EXTERNAL $name" 0 hear "AUTH EXTERNAL $name\\r\\n"
done
printf '%b\n' 'S: 220 x' '! auth EXTERNAL alice -' |
	play 'EXTERNAL without initial response' 0 hear 'AUTH EXTERNAL\r\n' '\r\n'
printf '%b\n' 'S: 220 x' '! auth EXTERNAL alice -' |
	play 'EXTERNAL for somebody else' 1 hear 'AUTH EXTERNAL Ym9i\r\n'
