#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# TLS: whom to trust instead of the system's CAs, what we show of ourselves,
# and what may be spoken.

load ../helper
# shellcheck source=/dev/null
. "$CERTS/dates"

# tls_account LINE...: TLS to localhost; whom to trust is the caller's to say.
tls_account() {
	account_file 'host localhost' "port $PORT" 'tls on' \
		'from alice@example.org' 'timeout 20' "$@"
}

# serve NAME [OPTION...]: a server with that certificate.
serve() {
	local name=$1

	shift
	smarthost_serve --cert "$CERTS/$name.pem" --key "$CERTS/$name.key" "$@"
}

# outcome STATUS TEXT...: of a message by the account; ends the server, for
# which a client that breaks off is no reason to complain here.
outcome() {
	message | submit bob@example.net
	server_end || true
	expect "$@"
}

# digest NAME ALGORITHM: the fingerprint of a certificate, as openssl has it.
digest() {
	openssl x509 -in "$CERTS/$1.pem" -noout -fingerprint "-$2" |
		sed 's/.*=//'
}

# pin NAME: the public key's, made without GnuTLS.
pin() {
	printf 'sha256//%s' "$(openssl x509 -in "$CERTS/$1.pem" -noout -pubkey |
		openssl pkey -pubin -outform DER |
		openssl dgst -sha256 -binary | openssl base64)"
}

@test "a SHA-256 fingerprint replaces CA, name and dates" {
	local name

	for name in selfsigned expired misnamed foreign good; do
		serve "$name"
		tls_account "tls_fingerprint $(digest "$name" sha256)"
		outcome 0
		expect_not note
	done
}

@test "fingerprints: colons, blanks, none; several; any case" {
	local hex

	hex=$(digest selfsigned sha256)
	for hex in "$hex" "${hex//:/ }" "${hex//:/}" "${hex,,}" \
		"$(digest good sha256), $hex"; do
		serve selfsigned
		tls_account "tls_fingerprint $hex"
		outcome 0
	done
}

@test "another fingerprint: refused, although the CA is trusted" {
	serve good
	tls_account "tls_trust_file $CERTS/ca.pem" \
		"tls_fingerprint $(digest foreign sha256)"
	outcome 69 'not one that tls_fingerprint allows' 'subject' \
		"\"tls_fingerprint $(digest good sha256)\""
}

@test "SHA-1 and MD5 work, with a note that shows the line to write" {
	local algorithm

	for algorithm in sha1 md5; do
		serve selfsigned
		tls_account "tls_fingerprint $(digest selfsigned $algorithm)"
		outcome 0 'note:' \
			"\"tls_fingerprint $(digest selfsigned sha256)\""
		serve selfsigned
		tls_account "tls_fingerprint $(digest good $algorithm)"
		outcome 69 'not one that tls_fingerprint allows'
	done
}

@test "a pin survives a new certificate for the same key" {
	local name

	for name in expired misnamed; do
		serve "$name"
		tls_account "tls_pin $(pin good) $(pin "$name")"
		outcome 0
	done
	printf 'cn = "renewed"\nactivation_date = "2020-01-01 00:00:00 UTC"\n%s' \
		"expiration_date = \"$TO\"" >renewed.tmpl
	certtool --generate-self-signed --load-privkey "$CERTS/good.key" \
		--template renewed.tmpl --outfile renewed.pem 2>certtool.log
	smarthost_serve --cert renewed.pem --key "$CERTS/good.key"
	tls_account "tls_pin $(pin good)"
	outcome 0
	serve good
	tls_account "tls_pin $(pin foreign)" "tls_trust_file $CERTS/ca.pem"
	outcome 69 'not one that tls_pin allows' "\"tls_pin $(pin good)\""
}

@test "either of fingerprint and pin is enough; tls_certcheck off needs none" {
	serve selfsigned
	tls_account "tls_pin $(pin selfsigned)" \
		"tls_fingerprint $(digest good sha256)"
	outcome 0
	serve selfsigned
	tls_account "tls_pin $(pin good)" \
		"tls_fingerprint $(digest selfsigned sha256)"
	outcome 0
	serve selfsigned
	tls_account "tls_pin $(pin good)" 'tls_certcheck off'
	outcome 0
}

@test "the hint of a certificate that is not trusted can be pasted" {
	serve selfsigned
	tls_account "tls_trust_file $CERTS/ca.pem"
	outcome 69 "\"tls_pin $(pin selfsigned)\""
	serve expired
	tls_account "tls_trust_file $CERTS/ca.pem"
	outcome 69 'has expired'
	expect_not 'tls_pin'
	line=$(pin selfsigned)
	serve selfsigned
	tls_account "tls_pin $line"
	outcome 0
}

@test "tls_extra_trust_file: in addition to the other" {
	serve foreign
	tls_account "tls_trust_file $CERTS/ca.pem" \
		"tls_extra_trust_file $CERTS/foreign-ca.pem"
	outcome 0
	serve good
	tls_account "tls_trust_file $CERTS/ca.pem" \
		"tls_extra_trust_file $CERTS/foreign-ca.pem"
	outcome 0
	serve good
	tls_account "tls_extra_trust_file $CERTS/ca.pem"
	outcome 0
	serve good
	tls_account 'tls_extra_trust_file /nowhere/extra.pem'
	outcome 66 '/nowhere/extra.pem' 'No such file'
}

@test "tls_trust_file empty: nobody but who is named otherwise" {
	serve good
	tls_account 'tls_trust_file'
	outcome 78 'tls_trust_file is empty' 'tls_fingerprint'
	serve good
	tls_account 'tls_trust_file' "tls_pin $(pin good)"
	outcome 0
	serve good
	tls_account 'tls_trust_file' "tls_extra_trust_file $CERTS/ca.pem"
	outcome 0
	serve good
	tls_account 'tls_trust_file' 'tls_certcheck off'
	outcome 0
}

@test "tls_crl_file: a revoked certificate is refused" {
	printf 'crl_next_update = 3650\ncrl_number = 1\n' >crl.tmpl
	certtool --generate-crl --load-ca-certificate "$CERTS/ca.pem" \
		--load-ca-privkey "$CERTS/ca.key" --template crl.tmpl \
		--load-certificate "$CERTS/good.pem" --outfile crl.pem \
		2>certtool.log
	serve good
	tls_account "tls_trust_file $CERTS/ca.pem" "tls_crl_file $PWD/crl.pem"
	outcome 69 'has been revoked'
	certtool --generate-crl --load-ca-certificate "$CERTS/ca.pem" \
		--load-ca-privkey "$CERTS/ca.key" --template crl.tmpl \
		--load-certificate "$CERTS/client.pem" --outfile crl.pem \
		2>certtool.log
	serve good
	tls_account "tls_trust_file $CERTS/ca.pem" "tls_crl_file $PWD/crl.pem"
	outcome 0
	serve good
	tls_account "tls_trust_file $CERTS/ca.pem" 'tls_crl_file /nowhere/crl'
	outcome 66 '/nowhere/crl' 'revocation list'
	: >empty.pem
	serve good
	tls_account "tls_trust_file $CERTS/ca.pem" "tls_crl_file $PWD/empty.pem"
	outcome 66 'empty.pem'
}

@test "tls_host_override: for verification and SNI" {
	serve misnamed
	tls_account "tls_trust_file $CERTS/ca.pem" \
		'tls_host_override other.example.org'
	outcome 0
	grep -qx '== sni other.example.org' transcript
	serve good
	tls_account "tls_trust_file $CERTS/ca.pem" \
		'tls_host_override other.example.org'
	outcome 69 'does not name this host (other.example.org)'
}

@test "tls_priorities: what is spoken, and where a wrong one is wrong" {
	serve good
	tls_account "tls_trust_file $CERTS/ca.pem" \
		'tls_priorities NORMAL:-VERS-TLS1.3'
	outcome 0
	grep -qx 'tls TLS1.2' "$CAPTURE/1.envelope"
	serve good
	tls_account "tls_trust_file $CERTS/ca.pem" \
		'tls_priorities NORMAL:-VERS-TLS1.3:+NONSENSE'
	outcome 78 'wrong at character 21' '+NONSENSE' 'hint:'
	# what is out of date stays out, whatever the string says
	serve good --priority \
		'NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0:%COMPAT'
	tls_account "tls_trust_file $CERTS/ca.pem" \
		'tls_priorities NORMAL:+VERS-ALL:%COMPAT'
	outcome 76 'TLS'
	serve weak
	tls_account "tls_trust_file $CERTS/ca.pem" 'tls_priorities NORMAL'
	outcome 69 'too weak'
	serve weak
	tls_account "tls_trust_file $CERTS/ca.pem" \
		'tls_priorities NORMAL:%PROFILE_VERY_WEAK'
	outcome 0
}

@test "tls_min_version 1.3: no TLS 1.2" {
	serve good
	tls_account "tls_trust_file $CERTS/ca.pem" 'tls_min_version 1.3'
	outcome 0
	grep -qx 'tls TLS1.3' "$CAPTURE/1.envelope"
	serve good --tls-max 1.2
	tls_account "tls_trust_file $CERTS/ca.pem" 'tls_min_version 1.3'
	outcome 76 'TLS'
	serve good --tls-max 1.2
	tls_account "tls_trust_file $CERTS/ca.pem" 'tls_min_version 1.2'
	outcome 0
	tls_account 'tls_min_version 1.3' 'tls_priorities NORMAL:-VERS-TLS1.3'
	message | submit bob@example.net
	expect 78 'tls_priorities' 'TLS 1.3 must be left'
}

@test "tls_min_dh_prime_bits: a smaller group is refused" {
	local weaker='NORMAL:-KX-ALL:+DHE-RSA:-GROUP-ALL:+GROUP-FFDHE2048'

	certtool --generate-privkey --key-type rsa --bits 2048 \
		--outfile rsa.key 2>certtool.log
	printf 'cn = "localhost"\ndns_name = "localhost"\n%s' \
		"expiration_date = \"$TO\"" >rsa.tmpl
	certtool --generate-self-signed --load-privkey rsa.key \
		--template rsa.tmpl --outfile rsa.pem 2>certtool.log
	smarthost_serve --cert rsa.pem --key rsa.key --tls-max 1.2 \
		--priority "$weaker"
	tls_account 'tls_certcheck off' 'tls_min_dh_prime_bits 1024'
	outcome 0
	smarthost_serve --cert rsa.pem --key rsa.key --tls-max 1.2 \
		--priority "$weaker"
	tls_account 'tls_certcheck off' 'tls_min_dh_prime_bits 3072'
	outcome 76
}

client_account() {
	tls_account "tls_trust_file $CERTS/ca.pem" 'auth external' "$@"
}

@test "a client certificate: EXTERNAL by it" {
	serve good --client-ca "$CERTS/ca.pem" --user alice: --require-auth
	client_account 'user alice' "tls_cert_file $CERTS/client.pem" \
		"tls_key_file $CERTS/client.key"
	outcome 0
	grep -qx 'auth alice EXTERNAL' "$CAPTURE/1.envelope"
	serve good --client-ca "$CERTS/ca.pem" --user alice: --require-auth
	client_account 'user alice'
	outcome 69 'EXTERNAL: not offered'
}

@test "a client key with a passphrase" {
	openssl pkcs8 -topk8 -in "$CERTS/client.key" -out locked.key \
		-passout pass:open-sesame
	serve good --client-ca "$CERTS/ca.pem" --user alice: --require-auth
	client_account 'user alice' "tls_cert_file $CERTS/client.pem" \
		"tls_key_file $PWD/locked.key" 'passwordeval echo open-sesame'
	outcome 0
	serve good --client-ca "$CERTS/ca.pem"
	client_account "tls_cert_file $CERTS/client.pem" \
		"tls_key_file $PWD/locked.key" 'password wrong'
	outcome 66 'locked.key' 'passphrase'
	expect_not wrong
}

@test "a client certificate that cannot be used is told before connecting" {
	PORT=1
	client_account "tls_cert_file $CERTS/client.pem"
	message | submit bob@example.net
	expect 78 'tls_cert_file is set, but tls_key_file is not'
	client_account "tls_key_file $CERTS/client.key"
	message | submit bob@example.net
	expect 78 'tls_key_file is set, but tls_cert_file is not'
	client_account "tls_cert_file $CERTS/client.pem" 'tls_key_file /no/key'
	message | submit bob@example.net
	expect 66 '/no/key' 'tls_key_file' 'No such file'
	mkfifo fifo
	client_account "tls_cert_file $CERTS/client.pem" "tls_key_file $PWD/fifo"
	message | submit bob@example.net
	expect 66 'fifo: cannot read the file of tls_key_file: it is a FIFO'
	client_account 'tls_cert_file /dev/zero' "tls_key_file $CERTS/client.key"
	message | submit bob@example.net
	expect 66 '/dev/zero: cannot read the file of tls_cert_file: it is a'
	truncate -s 3G large
	client_account "tls_cert_file $PWD/large" "tls_key_file $CERTS/client.key"
	message | submit bob@example.net
	expect 66 'large: cannot read the file of tls_cert_file: it has more'
	client_account "tls_cert_file $CERTS/client.pem" \
		"tls_key_file $CERTS/good.key"
	message | submit bob@example.net
	expect 66 'must hold the key'
	client_account 'tls_cert_file pkcs11:token=none' \
		'tls_key_file pkcs11:token=none'
	message | submit bob@example.net
	expect 66 'pkcs11:token=none' 'p11tool'
}

@test "a client certificate in a PKCS#11 token, by its PIN" {
	local uri='pkcs11:token=postrider;object=alice' module

	module=$(find /usr/lib /usr/lib64 /usr/local/lib -name libsofthsm2.so \
		-print -quit 2>/dev/null || true)
	if [ -z "$module" ] || ! command -v softhsm2-util >/dev/null; then
		skip 'SoftHSM is not installed'
	fi
	export SOFTHSM2_CONF=$PWD/softhsm2.conf
	mkdir tokens
	echo "directories.tokendir = $PWD/tokens" >"$SOFTHSM2_CONF"
	softhsm2-util --init-token --free --label postrider --so-pin 12345678 \
		--pin 87654321 >softhsm.log
	export GNUTLS_PIN=87654321
	p11tool --provider "$module" --login --write --label alice \
		--load-privkey "$CERTS/client.key" 'pkcs11:token=postrider' \
		>p11.log 2>&1
	p11tool --provider "$module" --login --write --label alice \
		--load-certificate "$CERTS/client.pem" 'pkcs11:token=postrider' \
		>>p11.log 2>&1
	unset GNUTLS_PIN
	serve good --client-ca "$CERTS/ca.pem" --user alice: --require-auth
	client_account 'user alice' "tls_cert_file $uri;type=cert" \
		"tls_key_file $uri;type=private" 'password 87654321'
	outcome 0
	grep -qx 'auth alice EXTERNAL' "$CAPTURE/1.envelope"
	serve good --client-ca "$CERTS/ca.pem"
	client_account "tls_cert_file $uri;type=cert" \
		"tls_key_file $uri;type=private" 'password 11111111'
	outcome 66 'PIN'
	expect_not 11111111
}
