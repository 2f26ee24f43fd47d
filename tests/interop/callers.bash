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
}

# A sendmail that sends nothing and keeps what it was told.  What a caller
# says to it is what it says to ours.
install_recorder()
{
	mkdir -p "$ROOT/opt/recorder"
	cat >"$ROOT/opt/recorder/sendmail" <<-'END'
		#!/bin/sh
		printf '%s\n' "$@" >/home/you/recorded.arguments
		exec cat >/home/you/recorded
	END
	chmod 755 "$ROOT/opt/recorder/sendmail"
}

callers_configure()
{
	local home=$ROOT/home/you

	rm -rf "$home"
	mkdir -p "$home"
	install_postrider
	install_recorder
	# cron asks PAM before it runs a job, though nobody logs in.
	for what in auth account session; do
		printf '%s required pam_permit.so\n' "$what"
	done >"$ROOT/etc/pam.d/cron"
	rm -f "$ROOT"/etc/cron.*/* "$ROOT"/etc/crontab
	chown -R 1000:1000 "$home"
}
