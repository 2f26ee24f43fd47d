# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2154
# Part of selftest.sh: the honest server.

ehlo='EHLO c.example.org\r\n'
mail='MAIL FROM:<a@example.org>\r\n'
rcpt='RCPT TO:<b@example.org>\r\n'

# replies: the codes the server has sent, in order
replies() {
	sed -n 's/^S: \([0-9]*\) .*/\1/p;s/^S: \([0-9]*\)$/\1/p' transcript |
		tr '\n' ' ' | sed 's/ $//'
}

# serve NAME STATUS CODES OPTIONS -- CLIENT-WORDS
serve() {
	local name=$1 expected=$2 codes=$3 options=()
	shift 3
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	start --serve --sessions 1 --user alice:secret \
	    ${options[@]+"${options[@]}"}
	client "$@"
	finish
	same "$name" "$expected $codes" "$rc $(replies)"
}

mkdir caught
serve 'a message' 0 '220 250 250 250 354 250 221' --capture caught -- hear \
    "$ehlo" "$mail" "$rcpt" 'DATA\r\n' '..\r\n..a\r\nb\r\n.\r\n' 'QUIT\r\n'
same 'its envelope' 'from <a@example.org>,rcpt <b@example.org>,helo c.example.org,' \
    "$(tr '\n' , <caught/1.envelope)"
printf '.\r\n.a\r\nb\r\n' >wanted
same 'its content' "$(od -c wanted)" "$(od -c caught/1.message)"
serve 'pipelined' 0 '220 250 250 250 250 354 250 221' --capture caught -- \
    hear "$ehlo" "-$mail$rcpt$rcpt"'DATA\r\n' hear hear hear hear 'x\r\n.\r\nQUIT\r\n' hear
serve 'chunked' 0 '220 250 250 250 250 250 221' --capture caught -- \
    hear "$ehlo" "-$mail$rcpt"'BDAT 3\r\na\r\nBDAT 4 LAST\r\n.b\r\nQUIT\r\n' \
    hear hear hear hear hear
printf 'a\r\n.b\r\n' >wanted
same 'chunked: content' "$(od -c wanted)" "$(od -c caught/3.message)"
same 'nothing else is left there' '1.envelope 1.message 2.envelope 2.message 3.envelope 3.message' \
    "$(cd caught && find . -type f | sed 's/^..//' | sort | tr '\n' ' ' | sed 's/ $//')"
serve 'parameters are kept' 0 '220 250 250 250 354 250' --capture caught -- \
    hear "$ehlo" 'MAIL FROM:<> SIZE=9 BODY=8BITMIME RET=HDRS ENVID=a+2Bb\r\n' \
    'RCPT TO:<"b c"@[127.0.0.1]> NOTIFY=DELAY,FAILURE ORCPT=rfc822;b@example.org\r\n' \
    'DATA\r\n' '\xc3\xa4\r\n.\r\n'
has 'from, with its parameters' '^from <> SIZE=9 BODY=8BITMIME RET=HDRS ENVID=a+2Bb$' caught/4.envelope
has 'rcpt, with its parameters' '^rcpt <"b c"@\[127.0.0.1\]> NOTIFY=DELAY,FAILURE ORCPT=rfc822;b@example.org$' caught/4.envelope
serve 'HELO' 0 '220 250 250' -- hear 'HELO c.example.org\r\n' "$mail"
serve 'two transactions, RSET' 0 '220 250 250 250 250 250 354 250 250' -- hear \
    "$ehlo" "$mail" 'RSET\r\n' "$mail" "$rcpt" 'DATA\r\n' 'x\r\n.\r\n' "$mail"

# --- Refusals, and what may follow them ------------------------------------

serve 'a refused recipient' 0 '220 250 250 550 250 354 250' \
    --refuse 'RCPT TO:<b@*=550 5.1.1 no' -- hear "$ehlo" "$mail" "$rcpt" \
    'RCPT TO:<c@example.org>\r\n' 'DATA\r\n' 'x\r\n.\r\n'
serve 'no valid recipient, pipelined' 0 '220 250 250 550 554' \
    --refuse 'RCPT*=550 5.1.1 no' -- hear "$ehlo" "-$mail$rcpt"'DATA\r\n' hear hear hear
serve 'a refused sender, pipelined' 0 '220 250 553 503 554 250' \
    --refuse 'MAIL*=553 5.1.8 no' -- hear "$ehlo" "-$mail$rcpt"'DATA\r\n' \
    hear hear hear 'RSET\r\n'
serve 'no valid recipient, chunked' 0 '220 250 250 550 554 221' \
    --refuse 'RCPT*=550 5.1.1 no' -- hear "$ehlo" \
    "-$mail$rcpt"'BDAT 6 LAST\r\nRSET\r\nQUIT\r\n' hear hear hear hear
serve 'a refused chunk' 0 '220 250 250 250 552 250' \
    --refuse 'BDAT*=552 5.3.4 no' -- hear "$ehlo" \
    "-$mail$rcpt"'BDAT 6 LAST\r\nRSET\r\n' hear hear hear 'RSET\r\n'
serve 'a refused end of data' 0 '220 250 250 250 354 554 250' \
    --refuse '.=554 5.7.1 spam' -- hear "$ehlo" "$mail" "$rcpt" 'DATA\r\n' \
    'x\r\n.\r\n' "$mail"
serve '421 closes' 0 '220 250 421' --refuse 'MAIL*=421 4.3.2 bye' -- hear \
    "$ehlo" "$mail"
serve 'the first rule counts, SIZE= may stand in it' 0 '220 250 452 550' \
    --refuse 'MAIL*SIZE=500 *=452 4.3.1 no' --refuse 'MAIL*=550 no' -- hear \
    "$ehlo" 'MAIL FROM:<a@example.org> SIZE=500 BODY=7BIT\r\n' "$mail"
serve 'too big, declared' 0 '220 250 552' --size 10 -- hear "$ehlo" \
    'MAIL FROM:<a@example.org> SIZE=11\r\n'
serve 'too big' 0 '220 250 250 250 354 552' --size 10 -- hear "$ehlo" "$mail" \
    "$rcpt" 'DATA\r\n' '123456789\r\n.\r\n'
serve 'too big, chunked' 0 '220 250 250 250 250 552 503' --size 10 -- hear \
    "$ehlo" "-$mail$rcpt"'BDAT 8\r\n123456\r\nBDAT 3\r\n1\r\n' hear hear hear hear \
    'RCPT TO:<c@example.org>\r\n'
serve 'AUTH is required' 0 '220 250 530 235 250' --require-auth -- hear "$ehlo" \
    "$mail" 'AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n' "$mail"
serve 'a wrong password' 0 '220 250 535 250' -- hear "$ehlo" \
    'AUTH PLAIN AGFsaWNlAHdyb25n\r\n' "$mail"
serve 'AUTH cancelled' 0 '220 250 334 501' -- hear "$ehlo" 'AUTH LOGIN\r\n' '*\r\n'
serve 'a mechanism that is not there' 0 '220 250 504' --mechs LOGIN -- hear \
    "$ehlo" 'AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n'
serve 'TLS is required' 0 '220 250 530' --require-tls -- hear "$ehlo" "$mail"
same 'no AUTH then' '' "$(grep 'S: 250.AUTH' transcript)"

for extension in STARTTLS PIPELINING SIZE 8BITMIME ENHANCEDSTATUSCODES \
    SMTPUTF8 DSN CHUNKING AUTH; do
	serve "$extension is there" 0 '220 250' -- hear "$ehlo"
	has "$extension is shown" "^S: 250-$extension" transcript
	serve "$extension is not" 0 '220 250' --no $extension -- hear "$ehlo"
	same "$extension is not shown" '' \
	    "$(grep "^S: 250.$extension" transcript)"
done

# --- Violations ------------------------------------------------------------

# violation NAME CODES OPTIONS -- CLIENT-WORDS
violation() {
	local name=$1 codes=$2
	shift 2
	serve "violation: $name" 1 "$codes" "$@"
	has "$name: on record" '^== violation' transcript
}

violation 'bare LF' '220 500' -- hear 'EHLO c.example.org\n'
violation 'bare CR' '220 500' -- hear 'EHLO c.example.org\rx\r\n'
violation 'NUL' '220 500' -- hear 'EHLO c.exa\x00mple.org\r\n'
violation 'control character' '220 501' -- hear 'EHLO c.exa\tmple.org\r\n'
violation 'trailing blank' '220 501' -- hear 'EHLO c.example.org \r\n'
violation 'no domain in EHLO' '220 501' -- hear 'EHLO\r\n'
violation 'unknown command' '220 500' -- hear 'HUHU\r\n'
violation 'MAIL first' '220 503' -- hear "$mail"
violation 'MAIL twice' '220 250 250 503' -- hear "$ehlo" "$mail" "$mail"
violation 'RCPT first' '220 250 503' -- hear "$ehlo" "$rcpt"
violation 'DATA first' '220 250 503' -- hear "$ehlo" 'DATA\r\n'
violation 'DATA without RCPT' '220 250 250 503' -- hear "$ehlo" "$mail" 'DATA\r\n'
violation 'DATA after BDAT' '220 250 250 250 250 503' -- hear "$ehlo" "$mail" \
    "$rcpt" 'BDAT 2\r\n\r\n' 'DATA\r\n'
violation 'BDAT first' '220 250 503' -- hear "$ehlo" 'BDAT 2 LAST\r\n\r\n'
violation 'BDAT that is not there' '220 250 250 250 502' --no CHUNKING -- hear \
    "$ehlo" "$mail" "$rcpt" 'BDAT 2 LAST\r\n\r\n'
violation 'BDAT in another syntax' '220 250 501' -- hear "$ehlo" 'BDAT x\r\n'
violation 'the body before 354' '220 250 250 250 503' -- hear "$ehlo" "$mail" \
    "$rcpt" 'DATA\r\nx\r\n.\r\n'
violation 'pipelining behind EHLO' '220 503' -- hear "$ehlo$mail"
violation 'pipelining where it is not there' '220 250 503' --no PIPELINING -- \
    hear "$ehlo" "$mail$rcpt"
violation 'something behind STARTTLS' '220 250 503' -- hear "$ehlo" \
    'STARTTLS\r\nEHLO c.example.org\r\n'
violation 'something behind QUIT' '220 503' -- hear 'QUIT\r\nNOOP\r\n'
violation 'BDAT that is to be unused' '220 250 250 250 502' \
    --unused CHUNKING -- hear "$ehlo" "$mail" "$rcpt" 'BDAT 3 LAST\r\na\r\n'
violation 'pipelining that is to be unused' '220 250 503' \
    --unused PIPELINING -- hear "$ehlo" "$mail$rcpt"
serve 'to be unused, and so they are' 0 '220 250 250 250 354 250' \
    --unused CHUNKING --unused PIPELINING -- hear "$ehlo" "$mail" "$rcpt" \
    'DATA\r\n' 'a\r\n.\r\n'
has 'unused is offered' '^S: 250-PIPELINING$' transcript
violation 'AUTH where it is not there' '220 250 503' --no AUTH -- hear "$ehlo" \
    'AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n'
violation 'AUTH twice' '220 250 235 503' -- hear "$ehlo" \
    'AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n' 'AUTH PLAIN\r\n'
violation 'AUTH that is not base64' '220 250 501' -- hear "$ehlo" \
    'AUTH PLAIN !\r\n'
violation 'initial response in CRAM-MD5' '220 250 501' -- hear "$ehlo" \
    'AUTH CRAM-MD5 YWxpY2U=\r\n'
long=$(printf '%0300d' 0)
violation 'a long line' '220 250 501' -- hear "$ehlo" "NOOP $long$long\\r\\n"
for bad in 'a@example.org' '<a@example.org' '<a@example.org>x' '<a>' \
    '<@b:a@example.org>' '<a b@example.org>' '<a..b@example.org>' \
    '<a@example..org>' '<a@-x.org>' '<a@b_c>' '<\xc3\xa4@example.org>' \
    '<a@example.org> SIZE=x' '<a@example.org> SIZE=1 SIZE=1' \
    '<a@example.org> BODY=BINARYMIME' '<a@example.org> FROB' \
    '<a@example.org> NOTIFY=NEVER' '<a@example.org> ENVID=a=b' \
    '<a@example.org> SMTPUTF8=1' '<a@example.org>  SIZE=1'; do
	violation "MAIL FROM:$bad" '220 250 501' -- hear "$ehlo" \
	    "MAIL FROM:$bad\\r\\n"
done
for bad in '<>' '<b>' '<b@example.org> NOTIFY=NEVER,DELAY' \
    '<b@example.org> ORCPT=rfc822' '<b@example.org> SIZE=1'; do
	violation "RCPT TO:$bad" '220 250 250 501' -- hear "$ehlo" "$mail" \
	    "RCPT TO:$bad\\r\\n"
done
serve 'SMTPUTF8' 0 '220 250 250 250' -- hear "$ehlo" \
    'MAIL FROM:<\xc3\xa4@example.org> SMTPUTF8\r\n' \
    'RCPT TO:<\xc3\xa4@\xc3\xa4.example.org>\r\n'
serve 'postmaster' 0 '220 250 250 250' -- hear "$ehlo" "$mail" \
    'RCPT TO:<Postmaster>\r\n'
for flaw in 'a\nb' 'a\rb' 'a\x00b' '.b'; do
	violation "content: $flaw" '220 250 250 250 354 554' -- hear "$ehlo" \
	    "$mail" "$rcpt" 'DATA\r\n' "$flaw\\r\\n.\\r\\n"
	[ "$flaw" = .b ] ||
		violation "chunk: $flaw" '220 250 250 250 554' -- hear "$ehlo" \
		    "$mail" "$rcpt" "BDAT 5 LAST\\r\\n$flaw\\r\\n"
done

# --- TLS, several clients, the end -----------------------------------------

plain='AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n'
rm -rf caught && mkdir caught
start --serve --user alice:secret --capture caught --require-tls --require-auth
tls_client -starttls smtp -verify_return_error -- "$ehlo" "$plain" "$mail" \
    "r${rcpt#R}" 'DATA\r\n' 'x\r\n.\r\n' 'qUIT\r\n'
stop
same 'STARTTLS and AUTH' 0 "$rc"
has 'the envelope has the name' '^auth alice PLAIN$' caught/1.envelope
has 'the envelope has the version' '^tls TLS1.3$' caught/1.envelope
start --serve --implicit-tls --capture caught --tls-max 1.2
tls_client -- hear "$ehlo" "$mail" "r${rcpt#R}" 'DATA\r\n' 'y\r\n.\r\n'
stop
same 'implicit TLS' 0 "$rc"
has 'and the other version' '^tls TLS1.2$' caught/2.envelope

start --serve --implicit-tls --client-ca certs/ca.pem
tls_client -cert certs/client.pem -key certs/client.key -- hear "$ehlo" \
    'AUTH EXTERNAL =\r\n'
stop
same 'a client certificate' 0 "$rc"
has 'EXTERNAL is offered then' '^S: 250-AUTH .* EXTERNAL$' transcript
has 'and works' '^== authenticated  by EXTERNAL$' transcript
start --serve --implicit-tls --client-ca certs/foreign-ca.pem
tls_client -cert certs/client.pem -key certs/client.key -- hear
stop
has 'a client certificate from elsewhere' '^== tls failed' transcript

start --serve --capture caught
for i in 2 3 4 5 6 7; do
	exec 4<>"/dev/tcp/127.0.0.1/$port" # one that only sits there
	client hear "$ehlo" "$mail" "$rcpt" 'DATA\r\n' "$i\\r\\n.\\r\\n" 'QUIT\r\n'
	exec 4<&-
done
stop
same 'several at a time' "0 8" "$rc $(find caught -name '*.message' | wc -l)"
rm -rf caught && mkdir caught
start --serve --capture caught --lmtp
client hear "L${ehlo#E}" "$mail" "$rcpt" "$rcpt" 'DATA\r\n' 'x\r\n.\r\n' \
    hear 'QUIT\r\n'
stop
same 'LMTP' 0 "$rc"
same 'LMTP: a reply for each recipient' 2 \
    "$(grep -c '^S: 250 2.0.0 ok: accepted' transcript)"
start --serve --lmtp
client hear "$ehlo"
stop
same 'LMTP knows no EHLO' 1 "$rc"

start --serve --limits RCPTMAX=1
client hear "$ehlo" 'QUIT\r\n'
stop
has 'limits' '^S: 250-LIMITS RCPTMAX=1$' transcript

echo 10 >cut.at
start --serve --cut cut.at
exec 4<>"/dev/tcp/127.0.0.1/$port"
IFS= read -r -d '' -t 10 line <&4
exec 4<&-
same 'cut in the greeting' '220 mail.e' "$line"
greeting='220 mail.example.org ESMTP  '
echo $((${#greeting} + 3)) >cut.at
client hear 'NOOP\r\n'
echo 0 >cut.at
client hear 'NOOP\r\n' 'QUIT\r\n'
stop
same 'cut in a command: no rule is broken' 0 "$rc"
has 'it was cut' '^== client was cut off' transcript
has 'and 0 is never' '^C: QUIT$' transcript

start --serve
exec 4<>"/dev/tcp/127.0.0.1/$port"
stop
same 'SIGTERM with a client that sits there' 0 "$rc"
exec 4<&-

if command -v gsasl >/dev/null; then
	start --serve --user alice:secret
	for mechanism in PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1-PLUS \
	    SCRAM-SHA-256-PLUS; do
		timeout 10 gsasl --smtp --mechanism "$mechanism" -a alice \
		    -z '' -p secret --x509-ca-file=certs/ca.pem localhost \
		    "$port" </dev/null >gsasl.out 2>&1
		same "$mechanism, served" 0 $?
		has "$mechanism, on record" \
		    "^== authenticated alice by $mechanism\$" transcript
	done
	stop
	same 'all of that was right' 0 "$rc"
fi
