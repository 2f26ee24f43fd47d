#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What the programs that --import knows send with the configuration in
# tests/modes/import: for each set three messages, which arrive as the file
# `sent' there says, but for what otherwise() has.

CERTS=$INTEROP_CERTS
BUILD=$(cd "$BUILD" && pwd)
load ../helper
load ../modes/import

R=${INTEROP_ROOT:?is set by tests/interop/run}

setup() {
	postrider_setup
	ETC=$R/etc
}

teardown() {
	[ ! -e "$R/var/spool/postfix-old/pid/master.pid" ] ||
		done_postfix || :
	postrider_teardown
}

# msmtp must not find what they trusted.
teardown_file() {
	rm -f "${R:?}"/etc/{ssl/certs/ca-certificates.crt,mailname}
}

# inside COMMAND...: in the tree
inside() {
	timeout -k 5 60 chroot "$R" /usr/bin/env -i LC_ALL=C \
		PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

# put FOLDER SET: the files of the set are those of the program; the smarthost
# is the one that listens, and LOGIN is root, as whom all this runs
put() {
	rm -rf "${ETC:?}/$1"
	mkdir -p "$ETC/$1"
	cp -R "$SETS/$2/." "$ETC/$1"
	find "$ETC/$1" -type f -exec sed -i -e 's/smtp2\{0,1\}\.example\.org/mail.example.org/g' \
		-e 's/LOGIN/root/g' {} +
}

ready_nullmailer() {
	local file=$ETC/nullmailer/remotes

	put nullmailer "$1"
	# the first of them, with our port
	sed -i -e '/^#/d' -e 's/ *-*port=[0-9]*//' "$file"
	sed -i -e '2,$d' -e 's/ smtp//' -e "s/ .*\|$/ smtp port=$PORT&/" "$file"
	echo 0 >"$ETC/nullmailer/pausetime"
	install -m 644 "$CERTS/ca.pem" "$ETC/ssl/certs/ca-certificates.crt"
	rm -rf "$R/var/spool/nullmailer"
	mkdir -p "$R"/var/spool/nullmailer/{queue,tmp,failed}
	mkfifo "$R/var/spool/nullmailer/trigger"
	chown -R 8:8 "$R/var/spool/nullmailer"
	chmod 777 "$R/var/spool/nullmailer/trigger"
	cp "$ETC/nullmailer/me" "$ETC/mailname"
}

# nullmailer-inject is what its sendmail runs
run_nullmailer() {
	# its sendmail passes no other on
	while [ $# -gt 0 ] && [ "$1" != -f ]; do
		shift
	done
	inside nullmailer-inject -h "$@" 2>>nullmailer.log &&
		inside nullmailer-send >>nullmailer.log 2>&1
}

# without TLS: Debian 12's closes the connection behind the handshake
ready_esmtp() {
	put esmtp "$1"
	mv "$ETC"/esmtp/.esmtprc "$ETC/esmtp/esmtprc" 2>/dev/null || :
	sed -i -e "s/mail\.example\.org:[0-9]*/mail.example.org:$PORT/" \
		-e '/^preconnect/d; /^starttls/d' "$ETC/esmtp/esmtprc"
}

run_esmtp() {
	inside HOME=/root esmtp -C /etc/esmtp/esmtprc "$@"
}

ready_dma() {
	put dma "$1"
	sed -i '/^PORT/d' "$ETC/dma/dma.conf"
	echo "PORT $PORT" >>"$ETC/dma/dma.conf"
	rm -rf "$R/var/spool/dma"
	mkdir -p "$R/var/spool/dma"
	chown 8:8 "$R/var/spool/dma"
	chmod 2775 "$R/var/spool/dma"
}

run_dma() {
	inside dma -D "$@"
}

ready_exim() {
	local conf=$ETC/exim4/update-exim4.conf.conf

	rm -f "$ETC/exim4/passwd.client" "$ETC/email-addresses"
	install -d -o 110 -g 110 "$R"/var/{spool,log}/exim4
	cp -R "$SETS/$1/." "$ETC"
	sed -i -e "s/smtp\.example\.org[:0-9]*/mail.example.org::$PORT/" "$conf"
	sed -i -e 's/^smtp\.example\.org/localhost/' -e 's/LOGIN/root/' \
		"$ETC"/exim4/passwd.client "$ETC/email-addresses" || :
	install -m 644 "$CERTS/ca.pem" "$ETC/ssl/certs/ca-certificates.crt"
	touch "$ETC/aliases" "$ETC/email-addresses"
	# the smarthost is on this machine
	grep -q 'self = send' "$ETC/exim4/exim4.conf.template" ||
		sed -i '/^smarthost:/a\  self = send' \
			"$ETC/exim4/exim4.conf.template"
	rm -f "$R"/var/spool/exim4/input/*
	inside update-exim4.conf
}

run_exim() {
	inside exim4 -odf "$@"
}

# An instance of its own; the tables are read as text, so that none is built.
ready_postfix() {
	put postfix-old "$1"
	{
		sed -e "s/\(mail\.example\.org\]\):[0-9]*/\1:$PORT/" \
			-e 's,hash:/etc/postfix,texthash:/etc/postfix-old,' \
			-e '/^smtp_tls_CAfile/d; /^smtp_tls_policy_maps/d' \
			"$ETC/postfix-old/main.cf"
		cat <<-END
			compatibility_level = 3.7
			queue_directory = /var/spool/postfix-old
			data_directory = /var/lib/postfix-old
			maillog_file = /var/log/mail-old.log
			inet_interfaces = 127.0.0.1
			smtp_host_lookup = native
			smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt
			alias_maps =
		END
	} >main.cf
	cp main.cf "$ETC/postfix-old/main.cf"
	sed -i -e "s/\(mail\.example\.org\]\):[0-9]*/\1:$PORT/" \
		"$ETC"/postfix-old/s*_*
	{
		sed '/^keep/,$d' "$ETC/postfix/master.cf.base"
		printf '%s unix %s - n - - %s\n' smtp - smtp showq n showq
	} >"$ETC/postfix-old/master.cf"
	install -m 644 "$CERTS/ca.pem" "$ETC/ssl/certs/ca-certificates.crt"
	rm -rf "$R/var/spool/postfix-old" "$R/var/log/mail-old.log"
	mkdir -p "$R/var/spool/postfix-old" "$R/var/lib/postfix-old"
	chown 101:101 "$R/var/lib/postfix-old"
	# the one of the tree is postrider
	dpkg-deb --fsys-tarfile "${R%/root}"/archives/postfix_*.deb |
		tar -xO ./usr/sbin/sendmail >"$R/opt/postfix-sendmail"
	chmod 755 "$R/opt/postfix-sendmail"
	inside postfix -c /etc/postfix-old start 2>/dev/null
}

# It is sent when the queue is empty.
run_postfix() {
	local look

	inside /opt/postfix-sendmail -C /etc/postfix-old "$@"
	for ((look = 0; look < 100; look++)); do
		inside postqueue -c /etc/postfix-old -p | grep -q empty && break
		sleep 0.1
	done
}

done_postfix() {
	inside postfix -c /etc/postfix-old stop 2>/dev/null
}

# What a program does otherwise with all sets: they add a name to a From of
# theirs, and dma leaves a name in the header without a domain. A file `differs'
# has what it does with one of them: esmtp takes the reverse-path from From
# with -t, and there is no TLS here; allmailfrom is not for a From field that is
# added; exim uses TLS where it is offered.
otherwise() {
	case $1 in
	nullmailer | exim | postfix) sed 's/^From: \([^ ]*\)$/From: LOGIN <\1>/' ;;
	dma) sed 's/^\(From: LOGIN\)@[^ ]* (/\1 (/' ;;
	*) cat ;;
	esac
}

# sends PROGRAM: with each of its sets
sends() {
	local set n k
	local -a options

	for set in "$SETS/$1"-*/; do
		set=$(basename "$set")
		mapfile -t options < <(tr "\t" "\n" <"$SETS/$set/server")
		rm -rf capture
		smarthost_serve "${options[@]}"
		"ready_$1" "$set"
		k=0
		for n in 1 2 3; do
			# it has no domain for a name in From, and sends nothing
			[ "$1$n" != esmtp1 ] || continue
			# shellcheck disable=SC2046 # they are words
			old_message $n | "run_$1" $(arguments $n)
			sent_as $((++k))
		done | names >got
		[ "$1" != postfix ] || done_postfix
		# what they do is not held against them
		smarthost_stop 2>/dev/null || :
		if [ -e "$SETS/$set/differs" ]; then
			cp "$SETS/$set/differs" wanted
		else
			otherwise "$1" <"$SETS/$set/sent" >wanted
		fi
		[ -z "${RECORD-}" ] || { cp got "/tmp/got-$set"; continue; }
		diff wanted got >&2 && continue
		echo "with $set" >&2
		cat transcript >&2
		return 1
	done
}

@test "nullmailer" {
	sends nullmailer
}

@test "esmtp" {
	sends esmtp
}

@test "dma" {
	sends dma
}

@test "Postfix" {
	sends postfix
}

@test "exim4" {
	sends exim
}
