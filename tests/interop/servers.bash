# SPDX-License-Identifier: ISC
#
# The servers: Postfix with Dovecot's SASL, configured, started and ended
# inside the unpacked tree.  Sourced by run, which sets:
#
#   ROOT    the tree, a change of root away
#   CERTS   what tests/certs.sh made
#   PORTS   the file to write the services' ports to, for helper.bash
#
# Each row of the table is one listening smtpd; a service differs from its
# neighbours in its certificate and in what it offers, nothing else.
# shellcheck shell=bash

postfix_pid='' dovecot_pid=''

# name | tls | certificate | EHLO keywords it does not offer
services='
starttls           | starttls | good       |
implicit           | implicit | good       |
data               | starttls | good       | chunking
bare               | starttls | good       | chunking,pipelining,size,dsn,enhancedstatuscodes
seven              | starttls | good       | 8bitmime
foreign            | starttls | foreign    |
foreign-implicit   | implicit | foreign    |
selfsigned         | starttls | selfsigned |
expired            | starttls | expired    |
expired-implicit   | implicit | expired    |
future             | starttls | future     |
misnamed           | starttls | misnamed   |
misnamed-implicit  | implicit | misnamed   |
purpose            | starttls | purpose    |
clear              | none     | good       |
'

# What the servers and callers run as.  Postfix refuses to share its user
# with anybody and to run any of this as root.
write_users()
{
	cat >"$ROOT/etc/passwd" <<-'END'
		root:x:0:0:root:/root:/bin/sh
		daemon:x:1:1::/usr/sbin:/bin/false
		mail:x:8:8::/var/mail:/bin/false
		uucp:x:10:10::/nonexistent:/bin/false
		postfix:x:101:101::/var/spool/postfix:/bin/false
		dovecot:x:102:103::/usr/lib/dovecot:/bin/false
		dovenull:x:103:104::/nonexistent:/bin/false
		vmail:x:105:105::/var/mail:/bin/false
		Debian-exim:x:110:110::/var/spool/exim4:/bin/false
		you:x:1000:1000:You Yourself:/home/you:/bin/sh
		nobody:x:65534:65534:nobody:/nonexistent:/bin/false
	END
	cat >"$ROOT/etc/group" <<-'END'
		root:x:0:
		daemon:x:1:
		mail:x:8:
		postfix:x:101:
		postdrop:x:102:
		dovecot:x:103:
		dovenull:x:104:
		vmail:x:105:
		crontab:x:106:
		Debian-exim:x:110:
		you:x:1000:
		nogroup:x:65534:
	END
	cat >"$ROOT/etc/nsswitch.conf" <<-'END'
		passwd: files
		group: files
		hosts: files
	END
	echo '127.0.0.1 localhost mail.example.org' >"$ROOT/etc/hosts"
}

# Where device nodes may not be made, or this folder is on a file system
# mounted nodev, the tree is given the machine's own, and the machine's /proc
# (a sanitizer's runtime asks for it): only ever in a mount namespace of ours,
# so that no mount outlives the run or is found there by rm.
make_devices()
{
	local node name minor file

	for node in null:3 zero:5 full:7 random:8 urandom:9; do
		name=${node%:*} minor=${node#*:} file=$ROOT/dev/${node%:*}
		[ -e "$file" ] || mknod -m 666 "$file" c 1 "$minor" ||
			: >"$file"
		if [ -c "$file" ] && : <"$file"; then
			continue
		fi
		[ "$INTEROP_NAMESPACE" = entered ] || return 1
		mount --bind "/dev/$name" "$file" || return 1
	done 2>/dev/null
	[ "$INTEROP_NAMESPACE" != entered ] ||
		mount --rbind /proc "$ROOT/proc" 2>/dev/null || :
}

write_postfix()
{
	local etc=$ROOT/etc/postfix name

	# Its installation script would have put these there.
	for name in main master; do
		cp "$ROOT/usr/share/postfix/$name.cf.dist" "$etc/$name.cf.proto"
	done
	cp "$ROOT"/usr/share/postfix/{dynamicmaps.cf,makedefs.out} "$etc"
	# Nothing that Postfix might alter on the way is left switched on:
	# a difference on arrival shall be the client's doing.  It drops no
	# header field either, so that a Bcc that leaks is seen.
	cat >"$etc/main.cf" <<-'END'
		compatibility_level = 3.7
		maillog_file = /var/log/mail.log
		myhostname = mail.example.org
		mydestination =
		local_recipient_maps =
		alias_maps =
		mynetworks =
		inet_interfaces = 127.0.0.1
		inet_protocols = ipv4
		smtpd_peername_lookup = no
		biff = no
		notify_classes =
		default_process_limit = 20

		local_header_rewrite_clients =
		message_drop_headers =
		disable_mime_input_processing = yes
		header_size_limit = 1048576
		message_size_limit = 67108864

		virtual_mailbox_domains = example.org
		virtual_mailbox_maps = regexp:/etc/postfix/mailboxes
		virtual_transport = keep
		keep_destination_recipient_limit = 1

		smtpd_sasl_type = dovecot
		smtpd_sasl_path = private/auth
		smtpd_sasl_auth_enable = yes
		smtpd_sasl_security_options = noanonymous
		smtpd_sasl_authenticated_header = yes
		smtpd_tls_security_level = encrypt
		smtpd_tls_received_header = yes
		smtpd_relay_restrictions = permit_sasl_authenticated, reject
		smtpd_recipient_restrictions =
		 check_recipient_access regexp:/etc/postfix/recipients
		smtpd_error_sleep_time = 0
	END
	# There is anybody but for those in the next file.
	echo '/^[^\/]+@example\.org$/ there' >"$etc/mailboxes"
	cat >"$etc/recipients" <<-'END'
		/^refused[^@]*@/ 550 5.1.1 no such user here
		/^later[^@]*@/ 450 4.2.1 mailbox is busy
	END
	# The daemons it takes to accept, queue, deliver and notify; none of
	# them changes root again.
	cat >"$etc/master.cf.base" <<-'END'
		pickup   unix       n - n 60  1 pickup
		cleanup  unix       n - n -   0 cleanup
		qmgr     unix       n - n 300 1 qmgr
		tlsmgr   unix       - - n -   1 tlsmgr
		rewrite  unix       - - n -   - trivial-rewrite
		bounce   unix       - - n -   0 bounce
		defer    unix       - - n -   0 bounce
		trace    unix       - - n -   0 bounce
		verify   unix       - - n -   1 verify
		flush    unix       n - n -   0 flush
		proxymap unix       - - n -   - proxymap
		error    unix       - - n -   - error
		retry    unix       - - n -   - error
		anvil    unix       - - n -   1 anvil
		postlog  unix-dgram n - n -   1 postlogd
		keep     unix       - n n -   - pipe
		 flags=DOR user=vmail null_sender= argv=/opt/keep ${user}
	END
	cp "$etc/master.cf.base" "$etc/master.cf"
	mkdir -p "$ROOT/var/spool/postfix" "$ROOT/var/lib/postfix"
	chown 101:101 "$ROOT/var/lib/postfix"
	inside /usr/sbin/postfix set-permissions >/dev/null
}

# keep MAILBOX: what Postfix pipes its mail to, a file for each in the
# mailbox's folder new, never there half.
write_delivery()
{
	cat >"$ROOT/opt/keep" <<-'END'
		#!/bin/sh
		set -e
		trap '[ $? -eq 0 ] || exit 75' EXIT
		cd /var/mail/virtual
		mkdir -p "$1/new" tmp
		file=$(mktemp tmp/XXXXXXXX)
		cat >"$file"
		mv "$file" "$1/new/"
	END
	chmod 755 "$ROOT/opt/keep"
}

# add_services BASE: one smtpd for each row of the table, on the ports from
# BASE on.
add_services()
{
	local port=$1 name tls certificate without

	: >"$PORTS"
	while IFS='|' read -r name tls certificate without; do
		read -r name <<<"$name"
		[ -n "$name" ] || continue
		printf '127.0.0.1:%d inet n - n - - smtpd\n' "$port"
		printf ' -o smtpd_tls_cert_file=/etc/certs/%s.pem\n' \
		    "${certificate// }"
		printf ' -o smtpd_tls_key_file=/etc/certs/%s.key\n' \
		    "${certificate// }"
		case ${tls// } in
		implicit) printf ' -o smtpd_tls_wrappermode=yes\n' ;;
		none) printf ' -o smtpd_tls_security_level=none\n' ;;
		esac
		printf ' -o smtpd_discard_ehlo_keywords=%s\n' "${without// }"
		printf '%s %s %d\n' "$name" "${tls// }" "$port" >>"$PORTS"
		port=$((port + 1))
	done <<<"$services" >>"$ROOT/etc/postfix/master.cf"
}

write_dovecot()
{
	mkdir -p "$ROOT/etc/dovecot" "$ROOT/run/dovecot"
	cat >"$ROOT/etc/dovecot/dovecot.conf" <<-'END'
		protocols = lmtp
		base_dir = /run/dovecot
		log_path = /var/log/dovecot.log
		auth_verbose = yes
		auth_mechanisms = plain login cram-md5 scram-sha-1 \
		  scram-sha-256 gssapi
		# made by gssapi.bats, with the key of any service
		auth_krb5_keytab = /etc/dovecot/keytab
		auth_gssapi_hostname = "$ALL"
		auth_failure_delay = 0
		ssl = yes
		ssl_cert = </etc/certs/good.pem
		ssl_key = </etc/certs/good.key
		hostname = mail.example.org
		first_valid_uid = 105
		mail_location = maildir:~/mail
		mail_plugins = quota
		plugin {
		  quota = maildir:User quota
		}
		passdb {
		  driver = passwd-file
		  args = scheme=PLAIN /etc/dovecot/passwords
		}
		userdb {
		  driver = passwd-file
		  args = /etc/dovecot/users
		}
		# Wrong passwords from one address would be answered ever later.
		service anvil {
		  unix_listener anvil-auth-penalty {
		    mode = 0
		  }
		}
		service auth {
		  unix_listener /var/spool/postfix/private/auth {
		    mode = 0600
		    user = postfix
		  }
		}
	END
	cat >>"$ROOT/etc/dovecot/dovecot.conf" <<-'END'
		!include lmtp.conf
	END
	# The home of the last is no folder, so that nothing can be kept.
	cat >"$ROOT/etc/dovecot/users" <<-'END'
		one@example.org::105:105::/var/mail/lmtp/one
		two@example.org::105:105::/var/mail/lmtp/two
		full@example.org::105:105::/var/mail/lmtp/full::userdb_quota_rule=*:storage=1K
		broken@example.org::105:105::/dev/null/broken
	END
	rm -rf "$ROOT/var/mail/lmtp"
	install -d -o 105 -g 105 "$ROOT/var/mail/lmtp"
	echo 'you:{PLAIN}the open secret' >"$ROOT/etc/dovecot/passwords"
	chmod 644 "$ROOT/etc/dovecot/passwords"
}

servers_configure()
{
	write_users
	make_devices || {
		echo 'interop: there are no device nodes to be had' >&2
		return 1
	}
	mkdir -p "$ROOT/etc/certs" "$ROOT/var/log" "$ROOT/opt"
	cp "$CERTS"/*.pem "$CERTS"/*.key "$ROOT/etc/certs/"
	chmod 644 "$ROOT/etc/certs/ca.pem"
	rm -rf "$ROOT/var/mail/virtual"
	install -d -o 105 -g 105 "$ROOT/var/mail/virtual"
	write_postfix
	write_delivery
	write_dovecot
}

# The first of as many ports in a row as there are services that nobody
# answers on.  Another process may still come first: servers_start tries
# again elsewhere then.
free_ports()
{
	local base port count

	count=$(grep -c '|' <<<"$services")
	while :; do
		# Below what Linux hands out by itself, from 32768 on.
		base=$((20000 + RANDOM % 12000))
		for ((port = base; port < base + count; port++)); do
			(: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
		done
		[ "$port" -lt $((base + count)) ] || break
	done
	echo "$base"
}

# The first word in Postfix's log on how its start went.
postfix_settled()
{
	grep -qE 'daemon started|fatal' "$ROOT/var/log/mail.log" ||
		! kill -0 "$postfix_pid" 2>/dev/null
}

postfix_start()
{
	cp "$ROOT/etc/postfix/master.cf.base" "$ROOT/etc/postfix/master.cf"
	add_services "$(free_ports)"
	: >"$ROOT/var/log/mail.log"
	guarded /usr/lib/postfix/sbin/master -s &
	postfix_pid=$!
	wait_until 10 postfix_settled &&
		grep -q 'daemon started' "$ROOT/var/log/mail.log" && return
	end "$postfix_pid"
	return 1
}

# The socket is made when all ports are taken.
dovecot_settled()
{
	[ -S "$ROOT/var/spool/postfix/private/auth" ] ||
		! kill -0 "$dovecot_pid" 2>/dev/null
}

# LMTP listens behind the ports of the services, and on a Unix socket.
dovecot_start()
{
	local port

	port=$(free_ports)
	cat >"$ROOT/etc/dovecot/lmtp.conf" <<-END
		service lmtp {
		  inet_listener lmtp {
		    address = 127.0.0.1
		    port = $port
		  }
		  unix_listener lmtp {
		    mode = 0666
		  }
		}
	END
	echo "$port" >"$PORTS.lmtp"
	rm -f "$ROOT/var/spool/postfix/private/auth"
	guarded /usr/sbin/dovecot -F &
	dovecot_pid=$!
	wait_until 10 dovecot_settled &&
		[ -S "$ROOT/var/spool/postfix/private/auth" ] && return
	end "$dovecot_pid"
	return 1
}

# Both servers stay in the foreground as our children.
servers_start()
{
	local attempt

	: >"$ROOT/var/log/dovecot.log"
	dovecot_start || dovecot_start || {
		echo 'interop: Dovecot did not start:' >&2
		tail -n 3 "$ROOT/var/log/dovecot.log" >&2
		return 1
	}
	for attempt in 1 2 3 4 5; do
		postfix_start && return
		echo "interop: Postfix did not start, attempt $attempt:" >&2
		tail -n 3 "$ROOT/var/log/mail.log" >&2
	done
	return 1
}

servers_stop()
{
	[ -z "$postfix_pid" ] || end "$postfix_pid"
	[ -z "$dovecot_pid" ] || end "$dovecot_pid"
	postfix_pid='' dovecot_pid=''
}
