# SPDX-License-Identifier: ISC
#
# The callers: a user named you whose sendmail is postrider, inside the
# unpacked tree.  Sourced by run, and by nothing else.
# shellcheck shell=bash

# The program and those of its libraries that the tree has not (a
# sanitizer's, say).
install_postrider()
{
	local library to=$ROOT/opt/postrider

	mkdir -p "$to" "$ROOT/home/you/bin"
	cp "$POSTRIDER" "$to/postrider"
	while read -r library; do
		[ -e "$ROOT$library" ] || [ -e "$ROOT/usr$library" ] ||
			cp -L "$library" "$ROOT/usr/lib/"
	done < <(ldd "$POSTRIDER" | grep -o '/[^ ]*')
	ln -sf /opt/postrider/postrider "$ROOT/home/you/bin/sendmail"
	ln -sf /opt/postrider/postrider "$ROOT/usr/sbin/sendmail"
	ln -sf /opt/postrider/postrider "$ROOT/usr/bin/mailq"
}

# A sendmail that sends nothing and keeps what it is told, each message in a
# file of its own that is never there half: what a caller says to it, it says
# to ours.
install_recorder()
{
	mkdir -p "$ROOT/opt/recorder"
	cat >"$ROOT/opt/recorder/sendmail" <<-'END'
		#!/bin/sh
		set -e
		cd /home/you/record
		file=$(mktemp part.XXXXXXXX)
		cat >"$file"
		mv "$file" "whole.${file#part.}"
	END
	chmod 755 "$ROOT/opt/recorder/sendmail"
}

# cron asks PAM before it runs a job, though nobody logs in; and it is to
# have no jobs but the test's.
configure_cron()
{
	local what

	for what in auth account password session; do
		printf '%s required pam_permit.so\n' "$what"
	done >"$ROOT/etc/pam.d/other"
	cp "$ROOT/etc/pam.d/other" "$ROOT/etc/pam.d/cron"
	rm -f "$ROOT"/etc/cron.*/* "$ROOT/etc/crontab"
	install -d -m 1730 -g 106 "$ROOT/var/spool/cron/crontabs"
}

# at keeps its jobs where its own user alone may write.
configure_at()
{
	local spool=$ROOT/var/spool/cron

	install -d -m 1770 -o 1 -g 1 "$spool/atjobs" "$spool/atspool"
	rm -f "$spool"/atjobs/* "$spool"/atspool/*
	install -m 660 -o 1 -g 1 /dev/null "$spool/atjobs/.SEQ"
	cp "$ROOT/etc/pam.d/other" "$ROOT/etc/pam.d/atd"
	chown 1:1 "$ROOT/usr/bin/at"
	chmod 6755 "$ROOT/usr/bin/at"
}

# What PHP's installation scripts would have done: its name, and extensions
# switched on.
configure_php()
{
	local name php version

	php=$(basename "$ROOT"/usr/bin/php[0-9]*)
	version=${php#php}
	ln -sf "$php" "$ROOT/usr/bin/php"
	mkdir -p "$ROOT/etc/php/$version/cli/conf.d"
	for name in ctype iconv intl mbstring tokenizer; do
		echo "extension=$name" \
		    >"$ROOT/etc/php/$version/cli/conf.d/$name.ini"
	done
}

callers_configure()
{
	rm -rf "$ROOT/home/you"
	mkdir -p "$ROOT/home/you/record"
	install -d -m 1777 "$ROOT/tmp" "$ROOT/var/tmp"
	install_postrider
	install_recorder
	configure_cron
	configure_at
	configure_php
	mkdir -p "$ROOT/var/cache/logwatch"
	chown -R 1000:1000 "$ROOT/home/you"
}
