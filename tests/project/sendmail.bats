#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# make install-sendmail as each system has it, and that it can be taken back.
# A package database of the test's own stands for the system's.

load ../helper

setup() {
	postrider_setup
	ROOTDIR=$BATS_TEST_TMPDIR/system
	BIN=$ROOTDIR/usr/bin
	export DPKG_ADMINDIR=$ROOTDIR/dpkg
	mkdir -p "$BIN" "$ROOTDIR/usr/sbin" "$DPKG_ADMINDIR/info" \
		"$ROOTDIR/etc/alternatives" tools
	: >"$DPKG_ADMINDIR/status"
	printf '#!/bin/sh\necho postrider\n' >"$BIN/postrider"
	chmod +x "$BIN/postrider"
}

# sendmail install|uninstall HOW: for the names that the tests look at
sendmail() {
	PATH=$BATS_TEST_TMPDIR/tools:$PATH \
		"$ROOT/contrib/packaging/sendmail" "$1" "$2" "$BIN" \
		"$ROOTDIR/usr/sbin/sendmail=../bin/postrider" \
		"$BIN/mailq=postrider" \
		"$ROOTDIR/usr/share/man/man8/sendmail.8=../man1/postrider.1" \
		"$ROOTDIR/usr/lib/sendmail=../sbin/sendmail"
}

# What is there now, but for directories and the databases.
names() {
	(cd "$ROOTDIR" && find . -path ./dpkg -prune -o -path ./etc -prune -o \
		! -type d -print | sort)
}

# an_mta: a package that has these names.
an_mta() {
	cat >"$DPKG_ADMINDIR/status" <<-'END'
		Package: exim4
		Status: install ok installed
		Priority: optional
		Section: mail
		Maintainer: nobody <nobody@example.org>
		Architecture: all
		Version: 1
		Description: another
	END
	printf '%s\n' /. "$ROOTDIR/usr/sbin/sendmail" "$BIN/mailq" \
		>"$DPKG_ADMINDIR/info/exim4.list"
	ln -s exim4 "$ROOTDIR/usr/sbin/sendmail"
	ln -s ../sbin/exim4 "$BIN/mailq"
}

@test "divert: packages keep these names beside ours" {
	type dpkg-divert >/dev/null 2>&1 || skip 'there is no dpkg-divert'
	names >before
	sendmail install divert
	[ "$("$ROOTDIR/usr/sbin/sendmail")" = postrider ]
	[ "$("$ROOTDIR/usr/lib/sendmail")" = postrider ]
	[ "$(dpkg-divert --truename "$ROOTDIR/usr/sbin/sendmail")" = \
		"$ROOTDIR/usr/sbin/sendmail.without-postrider" ]
	[ "$(dpkg-divert --truename "$BIN/mailq")" = \
		"$BIN/mailq.without-postrider" ]
	# once more is no error
	sendmail install divert
	[ "$("$ROOTDIR/usr/sbin/sendmail")" = postrider ]
	sendmail uninstall auto
	names | diff before -
	[ -z "$(dpkg-divert --list)" ]
}

@test "divert: what a package has comes back" {
	type dpkg-divert >/dev/null 2>&1 || skip 'there is no dpkg-divert'
	an_mta
	names >before
	sendmail install divert
	[ "$("$ROOTDIR/usr/sbin/sendmail")" = postrider ]
	[ "$(readlink "$ROOTDIR/usr/sbin/sendmail.without-postrider")" = exim4 ]
	sendmail uninstall auto
	names | diff before -
	[ "$(readlink "$ROOTDIR/usr/sbin/sendmail")" = exim4 ]
	[ "$(readlink "$BIN/mailq")" = ../sbin/exim4 ]
	[ -z "$(dpkg-divert --list)" ]
}

@test "divert: what no package has stays, and so do others' diversions" {
	type dpkg-divert >/dev/null 2>&1 || skip 'there is no dpkg-divert'
	echo mine >"$BIN/mailq"
	run sendmail install divert
	[ "$status" = 1 ]
	[[ $output == *"$BIN/mailq is neither postrider's nor a package's"* ]]
	[ -z "$(dpkg-divert --list)" ]
	[ ! -e "$ROOTDIR/usr/sbin/sendmail" ]
	dpkg-divert --quiet --local --rename --add "$BIN/mailq"
	sendmail uninstall auto
	[ "$(cat "$BIN/mailq.distrib")" = mine ]
	[ -n "$(dpkg-divert --list)" ]
}

@test "divert: not with the package that has the names" {
	type dpkg-divert >/dev/null 2>&1 || skip 'there is no dpkg-divert'
	an_mta
	sed -i 's/exim4/postrider-mta/' "$DPKG_ADMINDIR/status"
	run sendmail install divert
	[ "$status" = 1 ]
	[[ $output == *'the package postrider-mta has these names already'* ]]
	[ -z "$(dpkg-divert --list)" ]
}

# Debian's program with databases of the test's own, by Red Hat's name.
alternatives() {
	type update-alternatives >/dev/null 2>&1 ||
		skip 'there is no update-alternatives'
	cat >tools/alternatives <<-END
		#!/bin/sh
		exec update-alternatives --quiet --log /dev/null \
			--altdir '$ROOTDIR/etc/alternatives' \
			--admindir '$DPKG_ADMINDIR' "\$@"
	END
	chmod +x tools/alternatives
	tools/alternatives --help >help
	grep -q -- --altdir help || skip "not Debian's update-alternatives"
}

@test "alternatives: as one of them, in the place of others" {
	alternatives
	printf '#!/bin/sh\necho other\n' >"$ROOTDIR/usr/sbin/sendmail.other"
	cp "$ROOTDIR/usr/sbin/sendmail.other" "$BIN/mailq.other"
	chmod +x "$ROOTDIR/usr/sbin/sendmail.other" "$BIN/mailq.other"
	tools/alternatives --install "$ROOTDIR/usr/sbin/sendmail" mta \
		"$ROOTDIR/usr/sbin/sendmail.other" 90 \
		--slave "$BIN/mailq" mta-mailq "$BIN/mailq.other"
	names >before
	[ "$("$ROOTDIR/usr/sbin/sendmail")" = other ]
	sendmail install alternatives
	sendmail install alternatives
	[ "$("$ROOTDIR/usr/sbin/sendmail")" = postrider ]
	[ "$("$ROOTDIR/usr/lib/sendmail")" = postrider ]
	[ "$("$BIN/mailq")" = postrider ]
	sendmail uninstall auto
	names | diff before -
	[ "$("$ROOTDIR/usr/sbin/sendmail")" = other ]
	[ "$("$BIN/mailq")" = other ]
}

@test "alternatives: alone" {
	alternatives
	names >before
	# links of before become the alternative's
	sendmail install links
	sendmail install alternatives
	[ "$("$ROOTDIR/usr/sbin/sendmail")" = postrider ]
	[ "$(readlink "$ROOTDIR/usr/sbin/sendmail")" = \
		"$ROOTDIR/etc/alternatives/mta" ]
	sendmail uninstall auto
	names | diff before -
}

@test "auto: links below DESTDIR and outside of /usr, else the system's way" {
	# says which way is gone, and goes none
	chosen() {
		printf '#!/bin/sh\necho "%s $*" >>"%s/called"\n' "$1" "$PWD" \
			>"tools/$1"
		chmod +x "tools/$1"
		: >called
		PATH=$BATS_TEST_TMPDIR/tools:$PATH DESTDIR=$2 \
			"$ROOT/contrib/packaging/sendmail" install auto "$3" \
			"$ROOTDIR/x/sbin/sendmail=../bin/x" || true
		cat called
	}
	[[ $(chosen alternatives '' /usr/bin) == *"alternatives --install $ROOTDIR/x/sbin/sendmail mta /usr/bin/postrider"* ]]
	[[ $(chosen alternatives "$ROOTDIR/y z" /usr/bin) != *--install* ]]
	[ -L "$ROOTDIR/y z$ROOTDIR/x/sbin/sendmail" ]
	[[ $(chosen alternatives '' /usr/local/bin) != *--install* ]]
	rm tools/alternatives
	printf '#!/bin/sh\nexit 1\n' >tools/update-alternatives
	printf '#!/bin/sh\n' >tools/dpkg-query
	chmod +x tools/*
	rm -r "$ROOTDIR/x"
	[[ $(chosen dpkg-divert '' /usr/bin) == *'dpkg-divert --quiet --local --rename --add'* ]]
}
