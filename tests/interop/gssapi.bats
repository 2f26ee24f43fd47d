#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# AUTH GSSAPI: MIT's KDC and tools, Dovecot's GSSAPI behind Postfix, and
# postrider as the user you, all inside the tree.  There libgsasl finds
# libgssapi-krb5 by way of libgssglue and its /etc/gssapi_mech.conf; on the
# machine itself neither need be there.

load helper

REALM=EXAMPLE.ORG

# tree_root COMMAND ...: in the tree, as root.
tree_root()
{
	timeout "$GUARD" chroot "$INTEROP_ROOT" /usr/bin/env -i \
	    PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

# tree_you COMMAND ...: as you, whose tickets are in ~/tickets.
tree_you()
{
	timeout "$GUARD" chroot --userspec=1000:1000 "$INTEROP_ROOT" \
	    /usr/bin/env -i HOME=/home/you USER=you LOGNAME=you \
	    PATH=/usr/bin:/bin KRB5CCNAME=FILE:/home/you/tickets "$@"
}

# write_kerberos PORT: nothing in it asks the DNS.
write_kerberos()
{
	cat >"$INTEROP_ROOT/etc/krb5.conf" <<-END
		[libdefaults]
		default_realm = $REALM
		dns_lookup_kdc = false
		dns_lookup_realm = false
		dns_canonicalize_hostname = false
		rdns = false
		[realms]
		$REALM = {
		  kdc = 127.0.0.1:$1
		}
		[domain_realm]
		localhost = $REALM
	END
	cat >"$INTEROP_ROOT/etc/krb5kdc/kdc.conf" <<-END
		[realms]
		$REALM = {
		  kdc_listen = 127.0.0.1:$1
		  kdc_tcp_listen = 127.0.0.1:$1
		}
		[logging]
		kdc = FILE:/var/log/kdc.log
	END
}

# The KDC on a port that was free, with you and the service of Dovecot.
setup_file()
{
	local port attempt

	rm -rf "$INTEROP_ROOT"/var/lib/krb5kdc
	mkdir -p "$INTEROP_ROOT"/{var/lib,etc}/krb5kdc
	for attempt in 1 2 3 4 5; do
		port=$((20000 + RANDOM % 12000))
		write_kerberos "$port"
		[ "$attempt" -gt 1 ] || make_realm
		start_kdc && return
	done
	return 1
}

make_realm()
{
	rm -f "$INTEROP_ROOT/etc/dovecot/keytab"
	tree_root kdb5_util create -s -W -r "$REALM" -P 'of no use to anyone'
	tree_root kadmin.local -r "$REALM" addprinc -pw 'my ticket' you
	tree_root kadmin.local -r "$REALM" addprinc -pw 'their ticket' eve
	tree_root kadmin.local -r "$REALM" addprinc -randkey smtp/localhost
	tree_root kadmin.local -r "$REALM" ktadd -k /etc/dovecot/keytab \
	    smtp/localhost
	chown 102 "$INTEROP_ROOT/etc/dovecot/keytab"
} >/dev/null

kdc_settled()
{
	grep -q 'commencing operation' "$INTEROP_ROOT/var/log/kdc.log" ||
		! kill -0 "$KDC_PID" 2>/dev/null
}

start_kdc()
{
	: >"$INTEROP_ROOT/var/log/kdc.log"
	timeout -k 10 600 chroot "$INTEROP_ROOT" /usr/bin/env -i \
	    PATH=/usr/sbin:/usr/bin /usr/sbin/krb5kdc -n -r "$REALM" \
	    >/dev/null 2>&1 </dev/null 3>&- &
	export KDC_PID=$!
	within kdc_settled && kill -0 "$KDC_PID"
}

teardown_file()
{
	kill "$KDC_PID" 2>/dev/null
	wait "$KDC_PID" 2>/dev/null || :
}

setup()
{
	common_setup
	rm -f "$INTEROP_ROOT/home/you/tickets"
	account starttls gssapi
	sed -e '/^password/d' -e 's/^host .*/host localhost/' \
	    -e 's|^tls_trust_file .*|tls_trust_file /etc/certs/ca.pem|' \
	    accounts >accounts.you
	compose >message
}

# kerberized STATUS ARGUMENT ...: postrider by that account.
kerberized()
{
	local expected=$1

	shift
	install -m 600 -o 1000 -g 1000 accounts.you \
	    "$INTEROP_ROOT/home/you/accounts"
	status=0
	output=$(tree_you /opt/postrider/postrider -C /home/you/accounts \
	    -a peer -f sender@example.org "$@" <message 2>&1) || status=$?
	echo "$output"
	[ "$status" -eq "$expected" ]
}

@test "GSSAPI with a ticket" {
	echo 'my ticket' | tree_you kinit you
	kerberized 0 "$BOX@example.org"
	arrived "$BOX"
	same
	log_of_arrival 'sasl_method=GSSAPI, sasl_username=you'
	tree_you klist | grep -q "smtp/localhost@$REALM"
}

@test "GSSAPI with a ticket, TLS from the first octet, no user set" {
	account implicit gssapi
	sed -e '/^password/d' -e '/^user /d' -e 's/^host .*/host localhost/' \
	    -e 's|^tls_trust_file .*|tls_trust_file /etc/certs/ca.pem|' \
	    accounts >accounts.you
	echo 'my ticket' | tree_you kinit you
	kerberized 0 "$BOX@example.org"
	arrived "$BOX"
	log_of_arrival 'sasl_method=GSSAPI, sasl_username=you'
}

@test "GSSAPI without a ticket" {
	kerberized 77 "$BOX@example.org"
	grep -qi 'kinit' <<<"$output"
	nothing_in "$BOX"
}

@test "GSSAPI with a ticket for a service that there is not" {
	echo 'my ticket' | tree_you kinit you
	sed -i 's/^host .*/host 127.0.0.1/' accounts.you
	kerberized 77 "$BOX@example.org"
	nothing_in "$BOX"
}

@test "GSSAPI as somebody else" {
	echo 'their ticket' | tree_you kinit eve
	echo 'auth_id you' >>accounts.you
	kerberized 77 "$BOX@example.org"
	nothing_in "$BOX"
}

@test "a list: GSSAPI, else a password" {
	echo 'password "the open secret"' >>accounts.you
	sed -i 's/^auth .*/auth gssapi scram-sha-256/' accounts.you
	kerberized 0 "$BOX@example.org"
	arrived "$BOX"
	log_of_arrival 'sasl_method=SCRAM-SHA-256'
}
