#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# --import: what it prints for configuration of other programs, that it is read
# back, and that a message goes out as the other program sent it.

# shellcheck disable=SC1003,SC2016 # backslashes, and names of Postfix

load ../helper
load import

# imported SET: the account file is in `accounts', and what goes beside it
imported() {
	cp -R "$SETS/$1" .
	postrider --import "$(configuration "$1")"
	expect 0
	(umask 077 && cp stdout accounts)
	sed -n 's/^#senders //p' accounts >senders
	sed -n 's/^#aliases //p' accounts >aliases
	sed -i -e "s,^\(senders\|aliases\) $ETC/.*,\1 $PWD/\1,g" accounts
}

# same_as SET: what --import prints is what is wanted, and is read back
same_as() {
	imported "$1"
	sed -e "s,$ETC/postrider,/etc/postrider,g" -e "s,$PWD/,,g" \
		-e '/^aliases \/etc\/aliases$/d' stdout >got
	same "$SETS/$1/want" got
	postrider --check-config accounts
	expect 0
}

# goes_as SET: three messages go out as the old program sent them
goes_as() {
	local n line
	local -a options=()

	rm -rf capture
	imported "$1"
	while IFS= read -r line; do
		options+=(--user "$line")
	done < <(credentials)
	[ "${1#nullmailer-nest}" = "" ] ||
		! grep -q '^tls_starttls off' accounts ||
		options+=(--implicit-tls)
	smarthost_serve "${options[@]}"
	sed -i -e 's/^host smtp\..*/host 127.0.0.1/' -e '/^port /d' \
		-e "/^host 127/a port $PORT" -e '/^queue on/d; /^fallback/d' \
		-e "/^tls on/a tls_trust_file $CERTS/ca.pem" \
		-e '/^tls on/a tls_host_override mail.example.org' accounts
	sed -i "s/LOGIN/$(id -un)/" senders "$1"/email-addresses 2>/dev/null ||
		:
	for n in 1 2 3; do
		# shellcheck disable=SC2046 # they are words
		old_message $n | postrider -C accounts $(arguments $n)
		expect 0
		sent_as $n
	done | names >sent
	smarthost_stop
	same "$SETS/$1/sent" sent
}

setup() {
	postrider_setup
	ETC=$("$POSTRIDER" --version |
		sed -n 's,^system account file: \(.*\)/postrider/.*,\1,p')
}

each() {
	local program=$1 set

	for set in "$SETS/$program"-*/; do
		set=$(basename "$set")
		same_as "$set" || return
		goes_as "$set" || { echo "with $set" >&2; return 1; }
	done
}

@test "ssmtp" {
	each ssmtp
}

@test "nullmailer" {
	each nullmailer
}

@test "esmtp" {
	each esmtp
}

@test "dma" {
	each dma
}

@test "Postfix" {
	each postfix
}

@test "exim4" {
	each exim
}

# import_of NAME LINE...: --import on a file of these lines
import_of() {
	local name=$1

	shift
	printf '%s\n' "$@" >"$name"
	postrider --import "$name"
}

@test "any octet of a user and a password is read back" {
	local secret

	for secret in '"' '""' '"x"' ' x' 'x ' '=x' ':x' '#x' 'x # y' $'\tx' \
		$'\x01\xff\x7f' 'ä"' "'" '\\' '%U' 'a:b:c'; do
		printf '127.0.0.1 u"ä:%s\n' "$secret" >sasl_passwd
		import_of main.cf 'relayhost = [127.0.0.1]:1' \
			'smtp_sasl_auth_enable = yes' \
			'smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd'
		expect 0
		# blanks at the end of a line are none of the value's, to Postfix
		while [[ $secret == *[[:blank:]] ]]; do
			secret=${secret%?}
		done
		grep -qxF -e "password \"$secret\"" stdout
		grep -qxF -e 'user "u"ä"' stdout
		(umask 077 && cp stdout accounts)
		postrider --check-config accounts
		expect 0
		# what a server would hear of it
		smarthost_serve --user "u\"ä:$secret"
		sed -i "s/^port .*/port $PORT/" accounts
		message | postrider -C accounts -f a@example.org b@example.org
		expect 0
		smarthost_stop
	done
}

@test "a file is known by its name, or by its words" {
	import_of x.conf '# ssmtp' 'mailhub=mail.example.org'
	expect 0
	grep -qx 'host mail.example.org' stdout
	import_of dma.conf.bak 'SMARTHOST mail.example.org'
	expect 0
	import_of x2 'dc_smarthost=mail.example.org'
	expect 0
	import_of x3 'relayhost = mail.example.org'
	expect 0
	import_of x4 'hostname = mail.example.org'
	expect 0
	import_of x5 'something = mail.example.org'
	expect 78 'x5: no configuration that is known' 'hint: there are ssmtp.conf'
	import_of .msmtprc 'account default'
	expect 64 '.msmtprc is of msmtp: there is nothing to import' 'hint: it is'
	import_of x6 'account default' 'host mail.example.org'
	expect 64 'x6 is of msmtp'
	mkdir empty
	postrider --import empty
	expect 66 'empty: the folder has no file that is known'
	postrider --import absent/main.cf
	expect 66 'absent/main.cf cannot be read: No such file' 'hint: '
	postrider --as-sendmail --import x3
	expect 64 '--import is not an option of sendmail'
}

@test "what cannot be taken over is an error with its line" {
	import_of main.cf 'myhostname = box.example.org' 'relayhost ='
	expect 78 'main.cf:2: no relayhost' 'hint: name a server'
	import_of main.cf 'relayhost = [mail.example.org]:0x19'
	expect 78 'main.cf:1:1: port' 'hint: '
	import_of main.cf 'relayhost = [mail.example.org]' \
		'smtp_sasl_auth_enable = yes' 'smtp_sasl_password_maps = hash:/x/y'
	expect 66 '/x/y cannot be read'
	import_of ssmtp.conf 'root=postmaster' 'mailhub=mail.example.org:smtpx'
	expect 78 'ssmtp.conf:2:1: port' 'hint: '
	import_of dma.conf 'PORT 25'
	expect 78 'dma.conf:' 'no SMARTHOST'
	printf 'user:hush\n' >auth.conf
	import_of dma.conf 'SMARTHOST mail.example.org' 'AUTHPATH /etc/dma/auth.conf'
	expect 78 'auth.conf:1: no line "user|host:password"'
	lacks hush stderr
	import_of esmtprc 'hostname = "mail.example.org' 'password = "a\nb"'
	import_of esmtprc 'hostname = mail.example.org' 'user = x' 'password = "a\nb"'
	expect 78 'esmtprc:3: a value with a line end in it' 'hint: '
	import_of esmtprc '# nothing'
	expect 78 'esmtprc:1: there is no setting in it'
	printf 'relayhost = x\n\0' >main.cf
	postrider --import main.cf
	expect 78 'main.cf:0: the file has a NUL character'
	import_of remotes '# none'
	expect 78 'no remote to submit to'
	import_of update-exim4.conf.conf "dc_eximconfig_configtype='internet'" \
		"dc_smarthost=''"
	expect 78 "update-exim4.conf.conf:2: no dc_smarthost"
}

@test "Postfix: tables, names in values, and one sender for all" {
	printf '/.+/ you@example.org\n' >canonical
	import_of main.cf 'name = mail' 'domain = example.org' \
		'relayhost = [${name}.$(domain)]:submission' \
		'sender_canonical_maps = regexp:$config_directory/canonical' \
		'smtp_bind_address = 0.0.0.0' 'maximal_queue_lifetime = 3' \
		'myorigin = $self' 'self = $myorigin' 'biff = no'
	expect 0
	grep -qx 'host mail.example.org' stdout
	grep -qx 'port 587' stdout
	grep -qx 'sender you@example.org force' stdout
	grep -qx 'queue_lifetime 3d' stdout
	lacks source_ip stdout
	grep -q '^# Without a counterpart: main.cf:1 name, 2 domain, 8 self, 9 biff\.$' \
		stdout
	import_of main.cf 'relayhost = [mail.example.org]' \
		'sender_canonical_maps = static:you@example.org' \
		'sender_canonical_classes = envelope_sender'
	expect 0
	grep -qx 'from you@example.org' stdout
	grep -qx 'allow_from_override off' stdout
}
