#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Trust on demand: of a bundle with many anchors only those are imported that
# the peer's chain names. The verdict must be the one of the whole store,
# which a second trust file makes the program load.

load helper

FROM='2020-01-01 00:00:00 UTC'
TO='2099-12-31 00:00:00 UTC'
PAST='2021-01-01 00:00:00 UTC'

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
	ca self leaf 'Leaf itself'
	leaf leaf middle middle
	leaf direct root root
	for i in 1 2 3 4 5 6; do
		ca "other$i" other "Somebody else $i"
	done
	cat other[1-6].pem >others.pem
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

# chain STATUS "CERT..." "ANCHOR...": both ways, the same end and words
chain() {
	local name
	local -a certs=() anchors=()

	for name in $2; do
		certs+=("$CHAINS/$name.pem")
	done
	for name in $3; do
		anchors+=("$CHAINS/$name.pem")
	done
	cat "${certs[@]}" >chain.pem
	cat "$CHAINS/others.pem" ${anchors[@]+"${anchors[@]}"} >bundle.pem
	smarthost_serve --cert chain.pem --key "$CHAINS/leaf.key"
	trip "$1" 'tls_trust_file bundle.pem' || {
		echo "on demand: $2, anchors $3" >&2
		return 1
	}
	mv stderr on-demand
	trip "$1" "tls_trust_file $CHAINS/other1.pem" \
		'tls_extra_trust_file bundle.pem' || {
		echo "all of them: $2, anchors $3" >&2
		return 1
	}
	server_end || true	# it minds those who leave in the handshake
	same on-demand stderr
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
	chain 0 'leaf other1 middle' 'root'
	chain 0 'leaf root middle' 'root'
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

@test "what nobody asked for is not even looked at" {
	case $POSTRIDER in
	*asan*) skip 'a sanitizer build compares with the whole store' ;;
	esac
	# the damage stands behind the subject
	sed -n '1,8p' "$CHAINS/other1.pem" >bundle.pem
	printf '%s\n' 'AAAA' '-----END CERTIFICATE-----' >>bundle.pem
	cat "$CHAINS/others.pem" "$CHAINS/root.pem" >>bundle.pem
	cat "$CHAINS/leaf.pem" "$CHAINS/middle.pem" >chain.pem
	smarthost_serve --cert chain.pem --key "$CHAINS/leaf.key"
	trip 0 'tls_trust_file bundle.pem'
	smarthost_stop
}

@test "a bundle that cannot be searched is left to the library" {
	# another kind of block, and a block that does not end
	sed 's/ CERTIFICATE/ TRUSTED CERTIFICATE/' "$CHAINS/other1.pem" \
		>trusted.pem
	cat "$CHAINS/others.pem" trusted.pem "$CHAINS/root.pem" >bundle.pem
	cat "$CHAINS/leaf.pem" "$CHAINS/middle.pem" >chain.pem
	smarthost_serve --cert chain.pem --key "$CHAINS/leaf.key"
	trip 0 'tls_trust_file bundle.pem'
	cat "$CHAINS/others.pem" "$CHAINS/root.pem" >bundle.pem
	printf '%s\n' '-----BEGIN CERTIFICATE-----' 'MIIB' >>bundle.pem
	account_file 'host localhost' "port $PORT" 'tls on' \
		'from alice@example.org' 'tls_trust_file bundle.pem'
	message | submit bob@example.net
	status=$(cat status)
	[ "$status" -eq 0 ] || expect 66 'bundle.pem: cannot use the trust file'
	smarthost_stop
}
