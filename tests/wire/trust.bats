#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Trust on demand: of a bundle with many anchors only those are imported that
# the peer's chain names. The verdict must be the one of the whole store,
# which a revocation list makes the program load.

load ../helper

FROM='2020-01-01 00:00:00 UTC'
# shellcheck source=/dev/null
. "$CERTS/dates"
PAST='2021-01-01 00:00:00 UTC'
CLOCK='s/our clock says [0-9: -]* UTC//'

# made once for all tests of this file
setup_file() {
	CHAINS=$BATS_FILE_TMPDIR/chains
	export CHAINS
	mkdir -p "$CHAINS"
	cd "$CHAINS" || return
	make_authorities
}

key() {
	certtool --generate-privkey --key-type ecdsa --curve secp256r1 \
		--outfile "$1.key" 2>/dev/null
}

# ca NAME KEY SUBJECT [EXPIRES [ISSUER ISSUER-KEY]]: self-signed or not
ca() {
	{
		printf 'cn = "%s"\nca\ncert_signing_key\n' "$3"
		printf 'activation_date = "%s"\n' "$FROM"
		printf 'expiration_date = "%s"\n' "${4:-$TO}"
	} >template
	if [ $# -gt 4 ]; then
		certtool --generate-certificate --load-privkey "$2.key" \
			--load-ca-certificate "$5.pem" \
			--load-ca-privkey "$6.key" --template template \
			--outfile "$1.pem" 2>/dev/null
	else
		certtool --generate-self-signed --load-privkey "$2.key" \
			--template template --outfile "$1.pem" 2>/dev/null
	fi
}

# ca_of NAME KEY CERTTOOL-OPTION... <TEMPLATE-LINES: self-signed, of any form
ca_of() {
	local name=$1 key=$2

	shift 2
	{
		cat
		printf 'activation_date = "%s"\nexpiration_date = "%s"\n' \
			"$FROM" "$TO"
	} >template
	certtool --generate-self-signed --load-privkey "$key.key" \
		--template template --outfile "$name.pem" "$@" 2>/dev/null
}

# leaf NAME ISSUER ISSUER-KEY
leaf() {
	cat >template <<-END
	cn = "mail.example.org"
	dns_name = "localhost"
	tls_www_server
	signing_key
	activation_date = "$FROM"
	expiration_date = "$TO"
	END
	certtool --generate-certificate --load-privkey leaf.key \
		--load-ca-certificate "$2.pem" --load-ca-privkey "$3.key" \
		--template template --outfile "$1.pem" 2>/dev/null
}

# The text of a name in hex, as the value of a UTF8String (0c) or another.
raw_name() {
	printf 'dn = "CN=#%s%02x%s"\n' "$1" "${#2}" \
		"$(printf '%s' "$2" | od -An -tx1 | tr -d ' \n')"
}

make_authorities() {
	local i name

	for name in leaf root other old middle; do
		key "$name"
	done
	ca root root 'Root'
	ca root-expired root 'Root' "$PAST"
	ca twin other 'Root'		# the same subject, another key
	ca old old 'Old Root'
	ca old-expired old 'Old Root' "$PAST"
	ca cross root 'Root' "$TO" old old
	ca middle middle 'Middle' "$TO" root root
	ca middle-expired middle 'Middle' "$PAST" root root
	ca self leaf 'Leaf itself'
	leaf leaf middle middle
	leaf direct root root
	make_odd_authorities
	for i in 1 2 3 4 5 6; do
		ca "other$i" other "Somebody else $i"
	done
	cat other[1-6].pem >others.pem
	# a list that says nothing about any chain here; with it, all anchors
	# are loaded from the start
	printf 'crl_this_update_date = "%s"\ncrl_next_update_date = "%s"\n%s\n' \
		"$FROM" "$TO" 'crl_number = 1' >template
	certtool --generate-crl --load-ca-privkey other.key \
		--load-ca-certificate other1.pem --template template \
		--outfile nobody.crl 2>/dev/null
}

make_odd_authorities() {
	local any=$'ca\ncert_signing_key'

	# version 1 has no key identifiers: any of one name could be the issuer
	ca_of v1 root --v1 <<<'cn = "Root v1"'
	ca_of v1-twin other --v1 <<<'cn = "Root v1"'
	leaf of-v1 v1 root
	# one text in several types, of which the library comes upon the first
	# two in the same place of its table; and another case, a blank more
	raw_name 13 'Root 3' | ca_of printable root --v1
	raw_name 14 'Root 3' | ca_of teletex other --v1
	raw_name 0c 'Root 3' | ca_of utf8 other --v1
	raw_name 13 'ROOT 3' | ca_of upper other --v1
	raw_name 13 'Root 3 ' | ca_of blank other --v1
	leaf of-printable printable root
	ca_of unnamed root <<<"$any"
	ca_of unnamed-twin other <<<"$any"
	leaf of-unnamed unnamed root
	ca_of narrow root <<<"cn = \"Narrow\"
$any
nc_permit_dns = \"example.org\""
	leaf of-narrow narrow root
	ca_of weak root --hash SHA1 <<<"cn = \"Weak\"
$any"
	leaf of-weak weak root
	ca_of no-ca root <<<'cn = "No CA"'
	leaf of-no-ca no-ca root
}

# trip STATUS LINE...: what becomes of a message with these settings
trip() {
	local wanted=$1

	shift
	account_file 'host localhost' "port $PORT" 'tls on' \
		'from alice@example.org' 'timeout 20' "$@"
	message | submit bob@example.net
	expect "$wanted"
}

# verdict STATUS [LINE...]: of bundle.pem about chain.pem, both ways: the same
# end and words
verdict() {
	local wanted=$1

	shift
	smarthost_serve --cert chain.pem --key "$CHAINS/leaf.key"
	trip "$wanted" 'tls_trust_file bundle.pem' "$@" || {
		echo 'on demand' >&2
		return 1
	}
	mv stderr on-demand
	trip "$wanted" 'tls_trust_file bundle.pem' "$@" \
		"tls_crl_file $CHAINS/nobody.crl" || {
		echo 'all of them' >&2
		return 1
	}
	server_end || true	# it minds those who leave in the handshake
	# the clock may have gone on
	same <(sed "$CLOCK" on-demand) <(sed "$CLOCK" stderr)
}

# collect NAME...: these certificates, one behind the other
collect() {
	local name

	for name in "$@"; do
		cat "$CHAINS/$name.pem"
	done
}

# chain STATUS "CERT..." "ANCHOR..." ["EXTRA..."]
chain() {
	# shellcheck disable=SC2086 # lists of names
	{
		collect $2 >chain.pem
		collect others $3 >bundle.pem
		collect ${4-} >extra.pem
	}
	verdict "$1" ${4+'tls_extra_trust_file extra.pem'} || {
		echo "chain $2, anchors $3${4+, besides $4}" >&2
		return 1
	}
}

@test "the same verdict as of the whole store, for each kind of chain" {
	# a root, with and without what is between
	chain 0 'leaf middle' 'root'
	chain 0 'direct' 'root'
	chain 69 'leaf' 'root'
	chain 69 'leaf middle' ''
	# the root in the chain, trusted or not
	chain 0 'leaf middle root' 'root'
	chain 69 'leaf middle root' ''
	# trust in what is between, without the root
	chain 0 'leaf middle' 'middle'
	# cross-signed: by either way
	chain 0 'leaf middle cross' 'old'
	chain 0 'leaf middle cross' 'root'
	chain 0 'leaf middle cross' 'old-expired root'
	chain 0 'leaf middle cross' 'root old-expired'
	chain 69 'leaf middle cross' 'old-expired'
	# several of one subject: expired, or with another key
	chain 69 'leaf middle' 'root-expired'
	chain 0 'leaf middle' 'root-expired root'
	chain 0 'leaf middle' 'root root-expired'
	chain 0 'leaf middle' 'twin root'
	chain 0 'leaf middle' 'root twin'
	chain 69 'leaf middle' 'twin'
}

@test "a chain that the trust file itself holds, and one out of order" {
	chain 0 'direct' 'direct root'
	chain 0 'direct' 'direct'
	chain 0 'leaf other1 middle' 'root'
	chain 0 'leaf root middle' 'root'
	chain 0 'leaf middle middle leaf' 'root'
	chain 0 'leaf middle' 'root root'
	# many that do not belong there
	chain 0 'leaf others others middle' 'root'
	chain 69 'leaf others others' 'root'
}

@test "the root in the chain is not the one in the trust file" {
	chain 0 'leaf middle twin' 'root'
	chain 69 'leaf middle twin' 'twin'
	chain 0 'leaf middle twin' 'twin root'
	chain 0 'leaf middle twin' 'root twin'
	chain 69 'direct twin' 'twin'
}

@test "what is between is in the trust file, and has expired" {
	chain 69 'leaf middle' 'middle-expired'
	chain 0 'leaf middle' 'middle-expired root'
	chain 69 'leaf middle' 'middle-expired middle'
	chain 0 'leaf' 'middle-expired middle'
	chain 69 'leaf middle-expired' 'root'
}

@test "CAs of an odd kind" {
	chain 0 'of-v1' 'v1'
	chain 0 'of-weak' 'weak'
	chain 69 'of-no-ca' 'no-ca'
	chain 69 'of-narrow' 'narrow'
	chain 0 'of-unnamed' 'unnamed'
	chain 69 'of-unnamed' 'unnamed-twin'
	chain 0 'of-unnamed' 'unnamed unnamed-twin'
}

@test "of two CAs that could both be the issuer, the same is taken" {
	# the library takes the last
	chain 69 'of-v1' 'v1 v1-twin'
	chain 0 'of-v1' 'v1-twin v1'
	chain 69 'of-v1' 'v1' 'v1-twin'
	chain 0 'of-v1' 'v1-twin' 'v1'
	chain 69 'of-v1' '' 'v1 v1-twin'
	chain 0 'of-v1' 'old' 'v1'
}

@test "names that are the same for the library, and those that are not" {
	chain 69 'of-printable' 'printable teletex'
	chain 0 'of-printable' 'teletex printable'
	chain 69 'of-printable' 'printable' 'teletex'
	chain 69 'of-printable' 'teletex'
	chain 69 'of-printable' 'utf8'
	chain 0 'of-printable' 'printable utf8 upper blank'
	chain 69 'of-printable' 'upper blank'
}

@test "a revocation list counts, whatever would be selected" {
	cat >crl.template <<-END
	crl_this_update_date = "$FROM"
	crl_next_update_date = "$TO"
	crl_number = 1
	END
	certtool --generate-crl --load-ca-privkey "$CHAINS/middle.key" \
		--load-ca-certificate "$CHAINS/middle.pem" \
		--load-certificate "$CHAINS/leaf.pem" \
		--template crl.template --outfile crl.pem 2>/dev/null
	cat "$CHAINS/leaf.pem" "$CHAINS/middle.pem" >chain.pem
	cat "$CHAINS/others.pem" "$CHAINS/middle.pem" "$CHAINS/root.pem" \
		>bundle.pem
	smarthost_serve --cert chain.pem --key "$CHAINS/leaf.key"
	trip 0 'tls_trust_file bundle.pem'
	trip 69 'tls_trust_file bundle.pem' 'tls_crl_file crl.pem'
	expect 69 'revoked'
	server_end || true
}

# broken NAME: that certificate with damage behind its subject
broken() {
	openssl x509 -in "$CHAINS/$1.pem" -outform DER | head -c 250 >cut.der
	{
		echo '-----BEGIN CERTIFICATE-----'
		head -c 40 /dev/zero | cat cut.der - | base64 -w 64
		echo '-----END CERTIFICATE-----'
	}
}

@test "a certificate that cannot be read does not keep the others away" {
	collect leaf middle >chain.pem
	# one that nobody asks for, and one of the name that is wanted
	{
		broken other1
		collect others root
	} >bundle.pem
	verdict 0
	{
		broken root
		collect others root
		broken root
	} >bundle.pem
	verdict 0
	# few, so that all are imported
	{
		broken other1
		collect root
	} >bundle.pem
	verdict 0
	# the extra one
	collect others >bundle.pem
	{
		broken other1
		collect root
	} >extra.pem
	verdict 0 'tls_extra_trust_file extra.pem'
	# no base64, and nothing at all
	{
		printf '%s\n' '-----BEGIN CERTIFICATE-----' '?' \
			'-----END CERTIFICATE-----' \
			'-----BEGIN CERTIFICATE-----' \
			'-----END CERTIFICATE-----'
		collect others root
	} >bundle.pem
	verdict 0
}

@test "a certificate that cannot be read is nobody's anchor, and is named" {
	collect leaf middle >chain.pem
	{
		collect others
		broken root
		broken root
	} >bundle.pem
	local line
	line=$(grep -n BEGIN bundle.pem | sed -n '7s/:.*//p')
	verdict 69
	expect 69 'issuer is not trusted' "left out: bundle.pem:$line: " \
		'nor can 1 below it'
	# it may be the leaf, too
	collect direct >chain.pem
	{
		collect others
		broken direct
	} >bundle.pem
	verdict 69
}

@test "a file of which no certificate can be read is refused" {
	local i

	collect leaf middle >chain.pem
	for i in 1 2 3 4 5 6; do
		broken "other$i"
	done >none.pem
	cp none.pem bundle.pem
	verdict 66
	expect 66 'bundle.pem: cannot use the trust file'
	# whatever the other file says
	collect root >extra.pem
	verdict 66 'tls_extra_trust_file extra.pem'
	collect others root >bundle.pem
	verdict 66 'tls_extra_trust_file none.pem'
	expect 66 'none.pem: cannot use the trust file'
	# a small one before any connection: nobody listens there
	broken other1 >small.pem
	PORT=1
	trip 66 'tls_trust_file small.pem'
	trip 66 'tls_trust_file bundle.pem' 'tls_extra_trust_file small.pem'
}

# form STATUS NAME: of others.pem and root.pem, as they come through a filter
form() {
	collect others root | "$2" >bundle.pem
	verdict "$1" || {
		echo "$2" >&2
		return 1
	}
}

@test "the file's form" {
	local name

	crlf() { sed 's/$/\r/'; }
	words() { awk '/BEGIN/ { print "A CA - of -- somebody\n\n" } 1'; }
	unended() { head -c -1; }
	joined() { awk '/END/ { printf "%s", $0; next } 1'; }
	nul() { awk '/BEGIN/ { printf "%c\n", 0 } 1'; }
	padded() { sed 's/^/  /;s/$/ \t/'; }
	one_line() { awk '/BEGIN/ { print; next } /END/ { print "" }
		/END/ { print; next } { printf "%s", $0 }'; }
	older() { sed 's/ CERTIFICATE/ X509 CERTIFICATE/'; }
	mixed() { older <"$CHAINS/root.pem"; cat "$CHAINS/others.pem"; }
	endless() { awk '!/END/ || ++n != 3'; }
	open_end() { sed '$d'; }
	ends() { sed 's/-END.*/-END SOMETHING-----/'; }
	blank() { sed 's/ CERTIFICATE-/ CERTIFICATE -/'; }
	request() { cat; sed 's/ CERTIFICATE/& REQUEST/' "$CHAINS/other1.pem"; }
	with_key() { cat; cat "$CHAINS/other.key"; }
	with_list() { cat; cat "$CHAINS/nobody.crl"; }
	trusted() { sed 's/ CERTIFICATE/ TRUSTED CERTIFICATE/'; }
	one_trusted() { trusted <"$CHAINS/other1.pem"; cat; }
	root_trusted() { cat "$CHAINS/others.pem"
		trusted <"$CHAINS/root.pem"; }
	header() { awk '/BEGIN/ { print; print "Proc-Type: 4,CLEAR\n"; next } 1'; }
	der() { openssl x509 -outform DER; }

	collect leaf middle >chain.pem
	for name in crlf words unended joined nul padded one_line older mixed \
		endless ends blank request with_key with_list one_trusted; do
		form 0 "$name"
	done
	# what ends too early, and what is not trusted
	form 69 open_end
	form 69 root_trusted
	form 66 header
	form 66 trusted
	form 66 der
	expect 66 'no certificate in the trust file' 'PEM'
}

@test "the block behind one without an end counts" {
	collect of-v1 >chain.pem
	# the library takes the last, which begins before the first has ended
	{
		collect others v1
		sed '$d' "$CHAINS/other1.pem"
		collect v1-twin
	} >bundle.pem
	verdict 69
}

@test "a certificate that is not trusted: its particulars, a line each" {
	smarthost_serve --implicit-tls
	account 'tls on' 'tls_starttls off' 'host localhost' \
		"tls_trust_file $CERTS/foreign-ca.pem" \
		'from alice@example.org' "logfile $PWD/log"
	message | submit bob@example.net
	expect 69
	sed 's/: valid: .*/: valid/; s/clock says .*/clock says/' stderr >got
	grep -qx 'postrider: localhost:[0-9]*: the server.s certificate is not trusted: its issuer is not trusted' got
	grep -qx '    subject: CN=mail.example.org,O=postrider test' got
	grep -qx '    names: mail.example.org localhost 127.0.0.1 ::1' got
	grep -qx '    issuer: CN=postrider test ca' got
	grep -qx '    valid: 2020-01-01 00:00 UTC to .*, our clock says' got
	[ "$(sed -n '2p;3p;4p;5p' got | cut -d: -f1 | tr -d '\n ')" = \
		subjectnamesissuervalid ]
	tail -n 1 got | grep -q '^hint: '
	# the log has it all, in its one line
	[ "$(wc -l <log)" -eq 1 ]
	grep -q "errormsg='.*not trusted; subject: CN=.*; names: .*; valid: " log
	message | submit "--tls-trust-file=$CERTS/ca.pem" \
		--tls-fingerprint=00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33 \
		bob@example.net
	expect 69 'tls_fingerprint allows' '    subject: CN='
}
