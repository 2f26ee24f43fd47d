#!/bin/sh
# SPDX-License-Identifier: ISC
#
# usage: certs.sh DIR
#
# Makes a throw-away CA and, signed by it unless said otherwise, certificates
# for every reason a client may have to refuse one. Each is DIR/NAME.pem with
# DIR/NAME.key; all stand for mail.example.org, localhost, 127.0.0.1 and ::1
# unless said otherwise:
#
#   ca          the CA itself
#   good        nothing is wrong
#   expired     was valid until 2021
#   future      will be valid one day
#   misnamed    for other.example.org alone
#   selfsigned  signed by itself
#   weak        RSA with 1024 bits
#   purpose     for clients alone (extended key usage)
#   foreign     signed by another CA, foreign-ca
#   client      a user's certificate, CN alice
#
# and DIR/chain.pem, which is good.pem with the CA behind it, and DIR/dates for
# a shell: TO, the end of what is valid, and LATER, when "future" begins.

set -eu

dir=${1:?usage: certs.sh DIR}
mkdir -p "$dir"
cd "$dir"
umask 077

quietly() {
	"$@" >certtool.log 2>&1 || {
		cat certtool.log >&2
		exit 1
	}
}

# new_key NAME [certtool options]
new_key() {
	name=$1
	shift
	quietly certtool --generate-privkey --outfile "$name.key" "$@"
}

# Names and dates of a server's certificate; $1 $2 are its dates.
template() {
	echo 'cn = "mail.example.org"'
	echo 'organization = "postrider test"'
	printf 'activation_date = "%s"\nexpiration_date = "%s"\n' "$1" "$2"
	echo 'signing_key'
}

names() {
	echo 'dns_name = "mail.example.org"'
	echo 'dns_name = "localhost"'
	echo 'ip_address = "127.0.0.1"'
	echo 'ip_address = "::1"'
}

# sign NAME CA: the template is standard input
sign() {
	cat >"$1.tmpl"
	quietly certtool --generate-certificate --load-privkey "$1.key" \
	    --load-ca-certificate "$2.pem" --load-ca-privkey "$2.key" \
	    --template "$1.tmpl" --outfile "$1.pem"
}

# sign_self NAME: the same, without a CA
sign_self() {
	cat >"$1.tmpl"
	quietly certtool --generate-self-signed --load-privkey "$1.key" \
	    --template "$1.tmpl" --outfile "$1.pem"
}

from='2020-01-01 00:00:00 UTC'
# GnuTLS knows no time beyond 2038 where time_t has 32 bits.
case $(getconf LONG_BIT) in
32) to='2037-12-31 00:00:00 UTC' later='2037-01-01 00:00:00 UTC' ;;
*) to='2099-12-31 00:00:00 UTC' later='2098-01-01 00:00:00 UTC' ;;
esac
printf "TO='%s'\nLATER='%s'\n" "$to" "$later" >dates

for ca in ca foreign-ca; do
	new_key "$ca" --key-type ecdsa --curve secp256r1
	sign_self "$ca" <<-END
	cn = "postrider test $ca"
	activation_date = "$from"
	expiration_date = "$to"
	ca
	cert_signing_key
	END
done

for name in good expired future misnamed selfsigned purpose foreign client; do
	new_key "$name" --key-type ecdsa --curve secp256r1
done
new_key weak --key-type rsa --bits 1024

{ template "$from" "$to"; names; echo tls_www_server; } | sign good ca
{ template "$from" '2021-01-01 00:00:00 UTC'; names; echo tls_www_server; } |
	sign expired ca
{ template "$later" "$to"; names; echo tls_www_server; } | sign future ca
{ template "$from" "$to" | sed 's/mail\.example/other.example/'
  echo 'dns_name = "other.example.org"'; echo tls_www_server; } |
	sign misnamed ca
{ template "$from" "$to"; names; echo tls_www_server; } | sign_self selfsigned
{ template "$from" "$to"; names; echo tls_www_server; } | sign weak ca
{ template "$from" "$to"; names; echo tls_www_client; } | sign purpose ca
{ template "$from" "$to"; names; echo tls_www_server; } |
	sign foreign foreign-ca
{ template "$from" "$to" | sed 's/mail\.example\.org/alice/'
  echo tls_www_client; } | sign client ca

cat good.pem ca.pem >chain.pem
rm -f ./*.tmpl certtool.log
