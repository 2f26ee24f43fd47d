#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Every keyword of msmtp's account files, and the long option that says the
# same: each is taken and has its effect.  The last test counts them.
#
# A row: LINES | OPTIONS | ALWAYS | MESSAGE | STATUS | SEEN.  The message is
# sent with the lines at the end of the account file and, unless OPTIONS is
# "-", with the options in their place; the arguments of ALWAYS are there both
# times.  SEEN are regular expressions for what arrived (message, envelope),
# what was logged and what was said; "!" in front means: nowhere.  All but
# MESSAGE and STATUS are lists with ";;".
#
# shellcheck disable=SC2016,SC2034 # tables are reached by their names

load ../helper

to=bob@example.net

# From, Date and Message-ID are complete in "full" and missing in "bare".
PLAIN=(
	"domain client.example.org|--domain=client.example.org|$to|full|0|^helo client\.example\.org$"
	"auth plain;;user alice;;password secret|-|$to|full|0|^auth alice PLAIN$"
	"auth plain;;user alice;;passwordeval echo secret|--auth=plain;;--user=alice;;--passwordeval=echo secret|$to|full|0|^auth alice PLAIN$"
	"auth cram-md5;;user alice;;passwordeval echo secret|--auth=cram-md5;;--user=alice;;--passwordeval=echo secret|$to|full|0|^auth alice CRAM-MD5$"
	"auth login;;user alice;;passwordeval echo secret|--auth=login;;--user=alice;;--passwordeval=echo secret|$to|full|0|^auth alice LOGIN$"
	"auth scram-sha-1;;user alice;;passwordeval echo secret|--auth=scram-sha-1;;--user=alice;;--passwordeval=echo secret|$to|full|0|^auth alice SCRAM-SHA-1$"
	"auth;;user alice;;passwordeval echo secret|--auth;;--user=alice;;--passwordeval=echo secret|$to|full|0|^auth alice SCRAM-SHA-256$"
	"auth on;;user alice;;passwordeval echo secret|--auth=on;;--user=alice;;--passwordeval=echo secret|$to|full|0|^auth alice SCRAM-SHA-256$"
	"auth on;;user alice;;passwordeval echo wrong|--auth=on;;--user=alice;;--passwordeval=echo wrong|$to|full|77|535"
	"auth on;;user alice;;password wrong;;auth off|--auth;;--auth=off|$to|full|0|!^auth"
	"from carol@example.org|--from=carol@example.org|$to|full|0|^from <carol@example\.org>"
	"from_full_name Carol C.|-F;;Carol C.|$to|bare|0|^From: \"Carol C\.\" <alice@example\.org>"
	"from_full_name Carol;;set_from_header on|-FCarol;;--set-from-header=on|$to|full|0|^From: Carol <alice@example\.org>;;!Alice"
	"allow_from_override off|-|-f;;eve@example.org;;$to|full|0|^from <alice@example\.org>"
	"allow_from_override on|-|-f;;eve@example.org;;$to|full|0|^from <eve@example\.org>"
	"auto_from on;;maildomain auto.example.org|--auto-from=on;;--maildomain=auto.example.org|$to|full|0|^from <$(id -un)@auto\.example\.org>"
	"auto_from;;maildomain auto.example.org|--auto-from;;--maildomain=auto.example.org|$to|full|0|^from <$(id -un)@auto\.example\.org>"
	"auto_from off;;maildomain auto.example.org|--auto-from=off;;--maildomain=auto.example.org|$to|full|0|^from <alice@example\.org>"
	"set_from_header auto|--set-from-header=auto|$to|bare|0|^From: alice@example\.org"
	"set_from_header|--set-from-header|$to|full|0|^From: Alice <alice@example\.org>"
	"set_from_header on|--set-from-header=on|$to|full|0|^From: alice@example\.org;;!Alice"
	"set_from_header off|--set-from-header=off|$to|bare|0|!^From:"
	"add_missing_from_header|--add-missing-from-header|$to|bare|0|^From: alice@example\.org"
	"add_missing_from_header on|--add-missing-from-header=on|$to|bare|0|^From: alice@example\.org"
	"add_missing_from_header off|--add-missing-from-header=off|$to|bare|0|!^From:"
	"set_date_header auto|--set-date-header=auto|$to|bare|0|^Date: "
	"set_date_header|--set-date-header|$to|bare|0|^Date: "
	"set_date_header off|--set-date-header=off|$to|bare|0|!^Date:"
	"add_missing_date_header|--add-missing-date-header|$to|bare|0|^Date: "
	"add_missing_date_header on|--add-missing-date-header=on|$to|bare|0|^Date: "
	"add_missing_date_header off|--add-missing-date-header=off|$to|bare|0|!^Date:"
	"set_msgid_header auto|--set-msgid-header=auto|$to|bare|0|^Message-ID: <.*@example\.org>"
	"set_msgid_header|--set-msgid-header|$to|bare|0|^Message-ID: <.*@example\.org>"
	"set_msgid_header off|--set-msgid-header=off|$to|bare|0|!^Message-ID:"
	"set_to_header on|--set-to-header=on|-t|full|0|^To: bob@example\.net, carl@example\.net;;!^Cc;;!^To:.*dora;;^rcpt <dora@example\.net>"
	"set_to_header|--set-to-header|-t|full|0|^To: bob@example\.net, carl@example\.net"
	"set_to_header off|--set-to-header=off|-t|full|0|^To: bob@example\.net;;^Cc: carl@example\.net"
	"set_to_header undisclosed_recipients|--set-to-header=undisclosed_recipients|-t|full|0|^To: undisclosed-recipients:;;!^Cc;;^rcpt <carl@"
	"undisclosed_recipients|--undisclosed-recipients|-t|full|0|^To: undisclosed-recipients:;;!^Cc"
	"undisclosed_recipients on|--undisclosed-recipients=on|-t|full|0|^To: undisclosed-recipients:;;!^Cc"
	"undisclosed_recipients off|--undisclosed-recipients=off|-t|full|0|^Cc: carl@"
	"remove_bcc_headers on|--remove-bcc-headers=on|-t|full|0|!^Bcc:;;^rcpt <dora@"
	"remove_bcc_headers|--remove-bcc-headers|-t|full|0|!^Bcc:"
	"remove_bcc_headers off|--remove-bcc-headers=off|-t|full|0|^Bcc: dora@;;^rcpt <dora@"
	"keepbcc|--keepbcc|-t|full|0|^Bcc: dora@"
	"keepbcc on|--keepbcc=on|-t|full|0|^Bcc: dora@"
	"keepbcc off|--keepbcc=off|-t|full|0|!^Bcc:"
	"dsn_notify off|--dsn-notify=off|$to|full|0|!NOTIFY"
	"dsn_notify never|--dsn-notify=never|$to|full|0|^rcpt <bob@example\.net> NOTIFY=NEVER"
	"dsn_notify failure,delay|--dsn-notify=failure,delay|$to|full|0|NOTIFY=(FAILURE,DELAY)"
	"dsn_notify success|--dsn-notify=success|$to|full|0|NOTIFY=SUCCESS"
	"dsn_return off|--dsn-return=off|$to|full|0|!RET="
	"dsn_return headers|--dsn-return=headers|$to|full|0|^from .* RET=HDRS"
	"dsn_return full|--dsn-return=full|$to|full|0|^from .* RET=FULL"
	"logfile log|--logfile=log|$to|full|0|^[A-Z][a-z][a-z] [ 0-3][0-9] ..:..:.. host=127\.0\.0\.1 .*exitcode=EX_OK"
	"logfile -|--logfile=-|$to|full|0|host=127\.0\.0\.1 .*exitcode=EX_OK"
	"logfile log;;logfile|--logfile=log;;--logfile=|$to|full|0|!exitcode"
	"logfile log;;logfile_time_format %Y+|--logfile=log;;--logfile-time-format=%Y+|$to|full|0|^20[0-9][0-9][+] host="
	"logfile log;;logfile_time_format none|--logfile=log;;--logfile-time-format=none|$to|full|0|^host="
	"aliases names|--aliases=names|team|full|0|^rcpt <one@example\.net>;;^rcpt <two@example\.net>"
	"tls off|--tls=off|$to|full|0|!^tls"
	"tls_starttls off;;tls off|--tls-starttls=off;;--tls=off|$to|full|0|!^tls"
	"tls_force_sslv3|--tls-force-sslv3|$to|full|0|tls.force.sslv3 has no effect"
	"tls_force_sslv3 on|--tls-force-sslv3=on|$to|full|0|tls.force.sslv3 has no effect"
	"eval echo domain evaluated.example.org|-|$to|full|0|^helo evaluated\.example\.org$"
	"protocol smtp|--protocol=smtp|$to|full|0|^helo;;^rcpt"
	"protocol lmtp;;protocol smtp|--protocol=lmtp;;--protocol=smtp|$to|full|0|^helo;;^rcpt"
	"timeout 30|--timeout=30|$to|full|0|!note"
	"timeout off|--timeout=off|$to|full|0|!note"
	"account other;;host 127.0.0.1;;port @PORT@;;from o@example.org|-|-a;;other;;$to|full|0|^from <o@example\.org>"
	"account other : default;;from o@example.org|-|-a;;other;;$to|full|0|^from <o@example\.org>"
	"defaults;;domain d.example.org;;account other;;host 127.0.0.1;;port @PORT@;;from o@example.org|-|-a;;other;;$to|full|0|^helo d\.example\.org$"
)
# Localhost with a certificate of a CA that only the test knows.
STARTTLS=(
	"tls on;;tls_trust_file @CERTS@/ca.pem|--tls=on;;--tls-trust-file=@CERTS@/ca.pem|$to|full|0|^tls TLS1;;^== sni localhost"
	"tls;;tls_trust_file @CERTS@/ca.pem|--tls;;--tls-trust-file=@CERTS@/ca.pem|$to|full|0|^tls TLS1"
	"tls;;tls_starttls on;;tls_trust_file @CERTS@/ca.pem|--tls;;--tls-starttls=on;;--tls-trust-file=@CERTS@/ca.pem|$to|full|0|^tls TLS1"
	"tls;;tls_starttls;;tls_trust_file @CERTS@/ca.pem|--tls;;--tls-starttls;;--tls-trust-file=@CERTS@/ca.pem|$to|full|0|^tls TLS1"
	"tls;;tls_trust_file system|--tls;;--tls-trust-file=system|$to|full|69|certificate"
	"tls;;tls_trust_file|--tls;;--tls-trust-file=|$to|full|78|tls_trust_file"
	"tls;;tls_trust_file;;tls_fingerprint @GOOD@|--tls;;--tls-trust-file=;;--tls-fingerprint=@GOOD@|$to|full|0|^tls TLS1"
	"tls;;tls_fingerprint @SHA1@|--tls;;--tls-fingerprint=@SHA1@|$to|full|0|note: .*SHA-1"
	"tls;;tls_fingerprint @MD5@|--tls;;--tls-fingerprint=@MD5@|$to|full|0|note: .*MD5"
	"tls;;tls_fingerprint @OTHER@|--tls;;--tls-fingerprint=@OTHER@|$to|full|69|fingerprint"
	"tls;;tls_fingerprint @OTHER@;;tls_fingerprint;;tls_trust_file @CERTS@/ca.pem|--tls;;--tls-fingerprint=@OTHER@;;--tls-fingerprint=;;--tls-trust-file=@CERTS@/ca.pem|$to|full|0|^tls TLS1"
	"tls;;tls_certcheck off|--tls;;--tls-certcheck=off|$to|full|0|^tls TLS1"
	"tls;;tls_certcheck on|--tls;;--tls-certcheck=on|$to|full|69|certificate"
	"tls;;tls_certcheck|--tls;;--tls-certcheck|$to|full|69|certificate"
	"tls;;tls_nocertcheck|-|$to|full|0|^tls TLS1"
	"tls;;tls_certcheck off;;tls_priorities NORMAL:-VERS-TLS1.3|--tls;;--tls-certcheck=off;;--tls-priorities=NORMAL:-VERS-TLS1.3|$to|full|0|^tls TLS1\.2"
	"tls;;tls_certcheck off;;tls_priorities NORMAL:-VERS-TLS1.3;;tls_priorities|--tls;;--tls-certcheck=off;;--tls-priorities=NORMAL:-VERS-TLS1.3;;--tls-priorities=|$to|full|0|^tls TLS1\.3"
	"tls;;tls_trust_file @CERTS@/ca.pem;;tls_host_override other.example.org|--tls;;--tls-trust-file=@CERTS@/ca.pem;;--tls-host-override=other.example.org|$to|full|69|does not name this host .other\.example\.org"
	"tls;;tls_certcheck off;;tls_host_override other.example.org|--tls;;--tls-certcheck=off;;--tls-host-override=other.example.org|$to|full|0|^== sni other\.example\.org"
	"tls;;tls_trust_file @CERTS@/ca.pem;;tls_crl_file crl.pem|--tls;;--tls-trust-file=@CERTS@/ca.pem;;--tls-crl-file=crl.pem|$to|full|69|revoked"
	"tls;;tls_trust_file @CERTS@/ca.pem;;tls_crl_file crl.pem;;tls_crl_file|--tls;;--tls-trust-file=@CERTS@/ca.pem;;--tls-crl-file=crl.pem;;--tls-crl-file=|$to|full|0|^tls TLS1"
	"tls;;tls_certcheck off;;tls_min_dh_prime_bits 1024|--tls;;--tls-certcheck=off;;--tls-min-dh-prime-bits=1024|$to|full|0|^tls TLS1"
	"tls;;tls_certcheck off;;tls_cert_file @CERTS@/client.pem;;tls_key_file @CERTS@/client.key;;auth external;;user alice|--tls;;--tls-certcheck=off;;--tls-cert-file=@CERTS@/client.pem;;--tls-key-file=@CERTS@/client.key;;--auth=external;;--user=alice|$to|full|0|^auth alice EXTERNAL$"
	"tls;;tls_certcheck off;;tls_cert_file @CERTS@/client.pem;;tls_cert_file;;tls_key_file @CERTS@/client.key;;tls_key_file|--tls;;--tls-certcheck=off;;--tls-cert-file=@CERTS@/client.pem;;--tls-cert-file=;;--tls-key-file=@CERTS@/client.key;;--tls-key-file=|$to|full|0|^tls TLS1"
	"tls_certcheck off;;auth scram-sha-256-plus;;user alice;;password secret;;tls|-|$to|full|0|^auth alice SCRAM-SHA-256-PLUS$"
	"tls_certcheck off;;auth scram-sha-1-plus;;user alice;;password secret;;tls|-|$to|full|0|^auth alice SCRAM-SHA-1-PLUS$"
	"tls_certcheck off;;auth oauthbearer;;user alice;;password secret;;tls|-|$to|full|0|^auth alice OAUTHBEARER$"
	"tls_certcheck off;;auth xoauth2;;user alice;;password secret;;tls|-|$to|full|0|^auth alice XOAUTH2$"
	"tls_certcheck off;;auth digest-md5;;user alice;;password secret;;tls|-|$to|full|0|^auth alice DIGEST-MD5$"
)
IMPLICIT=(
	"tls on;;tls_starttls off;;tls_certcheck off|--tls=on;;--tls-starttls=off;;--tls-certcheck=off|$to|full|0|^tls TLS1"
	"tls on;;tls_nostarttls;;tls_certcheck off|-|$to|full|0|^tls TLS1"
)
# The way there.
WAY=(
	"source_ip 127.0.0.5|--source-ip=127.0.0.5|$to|full|0|^helo \[127\.0\.0\.5\]"
	"source_ip 127.0.0.5;;source_ip|--source-ip=127.0.0.5;;--source-ip=|$to|full|0|^helo \[127\.0\.0\.1\]"
	"proxy_host 127.0.0.7;;proxy_port 1|--proxy-host=127.0.0.7;;--proxy-port=1|$to|full|75|127\.0\.0\.7:1"
	"proxy_host 127.0.0.7;;proxy_port 1;;proxy_port|--proxy-host=127.0.0.7;;--proxy-port=1;;--proxy-port=|$to|full|75|127\.0\.0\.7:1080"
	"proxy_host 127.0.0.7;;proxy_host|--proxy-host=127.0.0.7;;--proxy-host=|$to|full|0|^rcpt"
	"port 1;;socket /nowhere/socket|--port=1;;--socket=/nowhere/socket|$to|full|75|/nowhere/socket"
	"socket /nowhere/socket;;socket|--socket=/nowhere/socket;;--socket=|$to|full|0|^rcpt"
)
# What unset means: LINES|OPTIONS that unset|what --pretend shows then.
UNSET=(
	'domain x.example.org;;domain|--domain=|domain = (this host'
	'user x;;user|--user=|user = (none)'
	'password x;;password||password = (none)'
	'passwordeval x;;passwordeval|--passwordeval=|passwordeval = (none)'
	'ntlmdomain x;;ntlmdomain||ntlmdomain = (none)'
	'tls_crl_file x;;tls_crl_file|--tls-crl-file=|tls_crl_file = (none)'
	'tls_fingerprint @OTHER@;;tls_fingerprint|--tls-fingerprint=|tls_fingerprint = (none)'
	'tls_key_file x;;tls_key_file|--tls-key-file=|tls_key_file = (none)'
	'tls_cert_file x;;tls_cert_file|--tls-cert-file=|tls_cert_file = (none)'
	'tls_priorities x;;tls_priorities|--tls-priorities=|tls_priorities = (the system'
	'tls_host_override x;;tls_host_override|--tls-host-override=|tls_host_override = (host)'
	'tls_min_dh_prime_bits 9;;tls_min_dh_prime_bits|--tls-min-dh-prime-bits=|tls_min_dh_prime_bits = ('
	'from_full_name x;;from_full_name||from_full_name = (none)'
	'logfile x;;logfile|--logfile=|logfile = (none)'
	'logfile_time_format x;;logfile_time_format|--logfile-time-format=|logfile_time_format = (%b'
	'maildomain x;;maildomain|--maildomain=|maildomain = (none)'
	'aliases x;;aliases|--aliases=|aliases = '
)
# Said below; ntlmdomain in auth.bats, and what tls_min_dh_prime_bits
# refuses in tls_settings.bats; what "protocol lmtp" does, with the others of LMTP.
ELSEWHERE='host port syslog timeout connect_timeout ntlmdomain'
setup() {
	postrider_setup
	HOST=127.0.0.1
	SHA1='' MD5='' GOOD=''
	OTHER=$(digest client -sha256)
	printf '%s\n' 'team: one@example.net, two@example.net' >names
	message >full
	sed -i '2aCc: carl@example.net\nBcc: dora@example.net' full
	printf '%s\n' 'To: bob@example.net' '' text >bare
}

digest() {
	openssl x509 -in "$CERTS/$1.pem" -noout -fingerprint "$2" |
		sed 's/.*=//'
}

# fill TEXT: what only this machine knows, in its place; a list, in LIST
fill() {
	local text=$1

	text=${text//@PORT@/$PORT}
	text=${text//@CERTS@/$CERTS}
	text=${text//@GOOD@/$GOOD}
	text=${text//@OTHER@/$OTHER}
	text=${text//@SHA1@/$SHA1}
	text=${text//@MD5@/$MD5}
	LIST=()
	while [ -n "$text" ]; do
		LIST+=("${text%%;;*}")
		case $text in
		*';;'*) text=${text#*;;} ;;
		*) text= ;;
		esac
	done
}

# look ROW STATUS SEEN
look() {
	local wanted got

	got=$(cat status)
	rm -f seen
	find "$CAPTURE" -name '[0-9]*.*' -exec cat {} + | tr -d '\r' >seen
	cat stdout stderr >>seen
	[ ! -e log ] || cat log >>seen
	tail -n "+$((HEARD + 1))" transcript >>seen
	HEARD=$(wc -l <transcript)
	rm -f "$CAPTURE"/* log
	if [ "$got" != "$2" ]; then
		printf 'row: %s\nexit status %s\n' "$1" "$got" >&2
		cat seen >&2
		return 1
	fi
	fill "$3"
	for wanted in "${LIST[@]}"; do
		case $wanted in
		!*) ! grep -qE -e "${wanted#!}" seen ;;
		*) grep -qE -e "$wanted" seen ;;
		esac && continue
		printf 'row: %s\nnot so: %s\n' "$1" "$wanted" >&2
		cat seen >&2
		return 1
	done
}

# walk ROW...: both ways of each
walk() {
	local row lines options always text status seen
	local -a base given

	HEARD=$(wc -l <transcript)
	for row in "$@"; do
		IFS='|' read -r lines options always text status seen <<<"$row"
		base=("host $HOST" "port $PORT" 'from alice@example.org'
			'timeout 20')
		fill "$always"
		given=("${LIST[@]}")
		fill "$lines"
		account_file "${base[@]}" "${LIST[@]}"
		submit "${given[@]}" <"$text"
		look "$row (lines)" "$status" "$seen"
		[ "$options" != - ] || continue
		fill "$options"
		account_file "${base[@]}"
		submit "${LIST[@]}" "${given[@]}" <"$text"
		look "$row (options)" "$status" "$seen"
	done
}

@test "keywords and options: header, envelope, secrets, log" {
	smarthost_serve --user alice:secret \
		--mechs 'PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256'
	walk "${PLAIN[@]}"
}

@test "keywords and options: TLS by STARTTLS" {
	local also='DIGEST-MD5 OAUTHBEARER XOAUTH2'

	printf 'crl_next_update = 3650\ncrl_number = 1\n' >crl.tmpl
	certtool --generate-crl --load-ca-certificate "$CERTS/ca.pem" \
		--load-ca-privkey "$CERTS/ca.key" --template crl.tmpl \
		--load-certificate "$CERTS/good.pem" --outfile crl.pem \
		2>certtool.log
	HOST=localhost
	GOOD=$(digest good -sha256)
	SHA1=$(digest good -sha1)
	MD5=$(digest good -md5)
	smarthost_serve --user alice:secret --client-ca "$CERTS/ca.pem" \
		--mechs "EXTERNAL SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS $also"
	walk "${STARTTLS[@]}"
	# it complains of clients that did not trust it
	server_end || true
}

@test "keywords and options: TLS from the first octet" {
	HOST=localhost
	smarthost_serve --implicit-tls
	walk "${IMPLICIT[@]}"
}

@test "keywords and options: the way to the server" {
	if ! "$POSTRIDER" --help | grep -q -e --source-ip=; then
		skip 'not in this version'
	fi
	smarthost_serve
	walk "${WAY[@]}"
	smarthost_stop
	smarthost_serve --listen unix:mail.sock
	PORT=9
	walk "socket $PWD/mail.sock|--socket=$PWD/mail.sock|$to|full|0|^rcpt"
}

@test "keywords and options: an empty value unsets" {
	local row lines options shown

	for row in "${UNSET[@]}"; do
		IFS='|' read -r lines options shown <<<"$row"
		fill "$lines"
		account_file 'host h' 'from a@example.org' "${LIST[@]}"
		submit -P <bare
		expect 0
		grep -qF -e "$shown" stdout || { echo "$row" >&2 && false; }
		[ -n "$options" ] || continue
		account_file 'host h' 'from a@example.org' "${LIST[0]}"
		submit -P "$options" <bare
		expect 0
		grep -qF -e "$shown" stdout || { echo "$row" >&2 && false; }
	done
}

@test "host, port: where the connection goes" {
	account_file 'host 127.0.0.9' 'port 1' 'from a@example.org'
	submit "$to" <bare
	expect 75 127.0.0.9:1
	submit --port=2 "$to" <bare
	expect 75 127.0.0.9:2
	submit --port 3 "$to" <bare
	expect 75 127.0.0.9:3
	# no file is read: this one is not there
	rm "$ACCOUNT"
	postrider -C /nowhere --host=127.0.0.8 --port=4 -f a@example.org \
		"$to" <bare
	expect 75 127.0.0.8:4
	postrider -C /nowhere --host 127.0.0.8 --port 4 -f a@example.org \
		"$to" <bare
	expect 75 127.0.0.8:4
	account_file 'host 127.0.0.9' 'port 1' 'from a@example.org'
	submit -P --tls --tls-starttls=off "$to" <bare
	expect 0
}

@test "timeout, connect_timeout: silence ends" {
	local row

	for row in 'timeout 1|' 'connect_timeout 1|' '|--timeout=1' \
		'|--connect-timeout=1'; do
		play <<-'END'
			S: 220 mail.example.org
			C: EHLO *
			! stall
		END
		account 'from a@example.org' "${row%|*}"
		# shellcheck disable=SC2086 # nothing, or an option
		submit ${row#*|} "$to" <bare
		smarthost_wait
		expect 75 'no answer in time'
	done
	account 'from a@example.org' 'timeout 9'
	submit -P --timeout=off "$to" <bare
	grep -qF 'timeout = (off' stdout
}

@test "syslog: on, off and facilities" {
	local word

	smarthost_serve
	for word in '' on LOG_USER LOG_MAIL LOG_LOCAL{0..7}; do
		account 'from a@example.org' "syslog $word"
		submit -P "$to" <bare
		grep -q "^syslog = ${word/LOG_USER/on}" stdout
		submit "$to" <bare
		expect 0
		[ -e /dev/log ] || expect 0 'the system log cannot be written'
		submit --syslog=off "$to" <bare
		expect_not log
		account 'from a@example.org'
		submit "--syslog${word:+=$word}" "$to" <bare
		expect 0
		[ -e /dev/log ] || expect 0 'the system log cannot be written'
	done
}

@test "every keyword has a row" {
	local word rows missing=

	rows=$(printf ';;%s\n' "${PLAIN[@]}" "${STARTTLS[@]}" \
		"${IMPLICIT[@]}" "${UNSET[@]}" "${WAY[@]}" | sed 's/|.*//')
	for word in defaults account eval host port source_ip proxy_host \
		proxy_port socket timeout protocol domain auth user password \
		passwordeval ntlmdomain tls tls_starttls tls_trust_file \
		tls_crl_file tls_fingerprint tls_key_file tls_cert_file \
		tls_certcheck tls_priorities tls_host_override \
		tls_min_dh_prime_bits from from_full_name allow_from_override \
		set_from_header set_date_header set_msgid_header \
		set_to_header remove_bcc_headers dsn_notify dsn_return \
		logfile logfile_time_format syslog aliases auto_from \
		maildomain undisclosed_recipients add_missing_from_header \
		add_missing_date_header keepbcc tls_nocertcheck \
		tls_nostarttls tls_force_sslv3 connect_timeout; do
		case " $ELSEWHERE " in
		*" $word "*) continue ;;
		esac
		grep -qE ";;$word( |;|\$)" <<<"$rows" || missing+=" $word"
	done
	echo "no row:$missing" >&2
	[ -z "$missing" ]
}
