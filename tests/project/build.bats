#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# A release: that make dist packs one, that it builds where there is no
# autoconf, and that it installs what it should and takes away no more.  All of
# it happens to a copy of the tree below the test's folder.

load ../helper

# The make that runs these tests has told its children about itself, and which
# variant it is.
alone() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u CONFIGURE_FLAGS \
		-u SANITIZE -u COVERAGE -u BUILD -u POSTRIDER "$@"
}

# Says what COMMAND has to say only if it fails.
quietly() {
	alone "$@" >log 2>&1 || {
		cat log >&2
		return 1
	}
}

# The files and links below a folder, in order.
list() {
	(cd "$1" && find . ! -type d | sort)
}

# What the tree holds, without what is built in it.
copy_tree() {
	local file

	"$ROOT/tests/lint/rules" list | while read -r file; do
		if [ -e "$ROOT/$file" ]; then
			mkdir -p "$(dirname "$1/$file")"
			cp -p "$ROOT/$file" "$1/$file"
		fi
	done
}

# A clone as its owner has it, a tarball from it, and that unpacked and built
# in a world where autoconf fails.
setup_file() {
	export RELEASE=$BATS_FILE_TMPDIR/release
	# A release is packed where there are both; it is used without.
	if ! command -v git || ! command -v autoconf; then
		return 0
	fi
	cd "$BATS_FILE_TMPDIR" || return
	mkdir clone release no-autoconf
	copy_tree clone
	git -C clone init -q
	git -C clone add -A
	git -C clone -c user.name=a -c user.email=a@example.org \
		-c commit.gpgsign=false commit -qm 'all of it'
	quietly make -C clone dist
	mv clone/postrider-*.tar.gz .
	tar -xzf postrider-*.tar.gz -C release --strip-components=1
	printf '#!/bin/sh\necho autoconf was called >&2\nexit 1\n' \
		>no-autoconf/autoconf
	chmod +x no-autoconf/autoconf
	cp no-autoconf/autoconf no-autoconf/autoheader
	export PATH=$BATS_FILE_TMPDIR/no-autoconf:$PATH
	cd release || return
	quietly ./configure --prefix=/opt/p CFLAGS=-O0
	quietly make -j2
}

setup() {
	postrider_setup
	[ -d "$RELEASE" ] || skip 'git and autoconf are needed'
	cd "$RELEASE" || return
	DEST=$BATS_TEST_TMPDIR/'destination dir'
}

@test "a release builds without autoconf" {
	[ -x postrider ]
	[[ $(./postrider --version) == *"$(sed -n 's/^VERSION = //p' config.mk)"* ]]
}

@test "the home page and where to report bugs are said in one place" {
	local said

	said=$(./postrider --version | sed -n 's/^home page: //p
		s/^report bugs to: //p')
	[ "$(wc -l <<<"$said")" = 2 ]
	# both are configure.ac's, and nobody else's
	while read -r said; do
		[ "$(grep -rlF "$said" . | grep -vE \
			'^./(build|postrider$|conf)' || true)" = '' ]
		grep -F "[$said]" configure.ac
	done <<<"$said"
}

# packs FOLDER UMASK: make dist there makes the same tarball as in setup_file().
packs() {
	(
		umask "$2"
		quietly env PATH="${PATH#*:}" make -C "$1" dist
	)
	cmp "$1"/postrider-*.tar.gz "$BATS_FILE_TMPDIR"/postrider-*.tar.gz
	rm "$1"/postrider-*.tar.gz
}

@test "the same commit makes the same tarball, whoever makes it" {
	packs ../clone 022
	packs ../clone 077
	packs ../clone 002
	(
		umask 077
		cd ..
		git clone -q clone other-clone
		mkdir other-release
		tar -xzf postrider-*.tar.gz -C other-release \
			--strip-components=1
	)
	packs ../other-clone 022
	packs ../other-release 022
	quietly make -C ../other-release -j2 CFLAGS=-O0
	packs ../other-release 077
}

@test "distclean leaves what came with the tarball" {
	mkdir "$BATS_TEST_TMPDIR/unpacked"
	cd "$BATS_TEST_TMPDIR/unpacked"
	tar -xzf "$BATS_FILE_TMPDIR"/postrider-*.tar.gz --strip-components=1
	list . >../before
	quietly ./configure --with-trust-store-file=no
	quietly make -j2 CFLAGS=-O0
	quietly make distclean
	rm log
	list . | diff ../before -
	# in a clone there is no configure of old
	cp -a "$BATS_FILE_TMPDIR/clone" ../clone
	git -C ../clone ls-files | sort >../before
	touch ../clone/configure ../clone/config.h.in
	quietly make -C ../clone distclean
	git -C ../clone ls-files --others --cached | sort | diff ../before -
}

@test "a release holds what the clone holds, and configure" {
	diff <(git -C ../clone ls-files; echo config.h.in; echo configure) \
		<(tar -tzf ../postrider-*.tar.gz | sed 's,[^/]*/,,' |
			grep -v '/$' | grep .) >differences || true
	# Order aside.
	[ -z "$(sed -n 's/^[<>] //p' differences | sort | uniq -u)" ]
}

readonly INSTALLED='./opt/p/bin/postrider
./opt/p/share/bash-completion/completions/postrider
./opt/p/share/fish/vendor_completions.d/postrider.fish
./opt/p/share/man/man1/postrider.1
./opt/p/share/man/man5/postrider-accounts.5
./opt/p/share/man/man5/postrider-queue.5
./opt/p/share/zsh/site-functions/_postrider'
readonly INSTALLED_OAUTH2='./opt/p/bin/postrider-oauth2
./opt/p/share/man/man1/postrider-oauth2.1'

# Those of libcurl and json-c that a program begins with.
libraries() {
	command -v ldd >"$BATS_TEST_TMPDIR/ldd" || skip 'no ldd here'
	ldd "$1" | grep -E 'curl|json' || true
}

@test "postrider has nothing of what postrider-oauth2 needs" {
	grep -qx 'OAUTH2 = yes' config.mk || skip 'it is not built here'
	[ -x postrider-oauth2 ]
	[[ $(libraries postrider-oauth2) == *libcurl*json* ]]
	[ -z "$(libraries postrider)" ]
}

# A pkg-config that does not find these, and a package manager that has nothing.
poor_machine() {
	local pkg_config

	PATH=${PATH#"$BATS_TEST_TMPDIR/bin:"}
	pkg_config=$(command -v pkg-config)
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/bin/pkg-config" <<-END
		#!/bin/sh
		case \$* in
		$1) exit 1 ;;
		esac
		exec "$pkg_config" "\$@"
	END
	printf '#!/bin/sh\necho "apt-get has nothing"\nexit 100\n' \
		>"$BATS_TEST_TMPDIR/bin/apt-get"
	printf '#!/bin/sh\nexec "$@"\n' >"$BATS_TEST_TMPDIR/bin/sudo"
	chmod +x "$BATS_TEST_TMPDIR"/bin/*
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

@test "install-deps: what can be done without is no failure" {
	poor_machine '*curl* | *json*'
	run alone contrib/install-deps -n build
	[ "$status" = 0 ]
	[[ $output == *'done without: json-c libcurl'* ]]
	run alone contrib/install-deps build
	[ "$status" = 0 ]
	[[ $output == *'done without: json-c libcurl'* ]]
	poor_machine '*curl* | *gsasl*'
	run alone contrib/install-deps -n build
	[ "$status" = 1 ]
	run alone contrib/install-deps build
	[ "$status" = 1 ]
	[[ $output == *'apt-get has nothing'*'still missing: '*libgsasl* ]]
	run alone contrib/install-deps unknown
	[ "$status" = 64 ]
}

@test "without libcurl and json-c all but postrider-oauth2 builds" {
	cp -a . "$BATS_TEST_TMPDIR/other"
	cd "$BATS_TEST_TMPDIR/other" || return
	rm -f postrider postrider-oauth2
	poor_machine '*curl* | *json*'
	quietly ./configure --prefix=/opt/p CFLAGS=-O0
	grep -q 'postrider-oauth2 will not be built' log
	quietly make
	[ ! -e postrider-oauth2 ]
	[ -z "$(libraries postrider)" ]
	quietly make install DESTDIR="$DEST"
	[ "$(list "$DEST")" = "$INSTALLED" ]
	# who wants it is told what is missing
	if alone ./configure --with-oauth2 >log 2>&1; then
		return 1
	fi
	grep -q 'needs libcurl 7.61.0 and json-c 0.14' log
}

@test "configure --without-oauth2 leaves postrider-oauth2 out" {
	mkdir "$BATS_TEST_TMPDIR/other"
	cp -p configure config.mk.in config.h.in "$BATS_TEST_TMPDIR/other"
	cd "$BATS_TEST_TMPDIR/other" || return
	quietly ./configure --without-oauth2 --with-trust-store-file=no
	[ "$(grep -c 'will not be built' log)" = 0 ]
	grep -qx 'OAUTH2 = *' config.mk
}

@test "make install below DESTDIR, and uninstall" {
	local wanted=$INSTALLED

	! grep -qx 'OAUTH2 = yes' config.mk ||
		wanted=$(sort <<<"$INSTALLED"$'\n'"$INSTALLED_OAUTH2")
	quietly make install DESTDIR="$DEST"
	[ "$(list "$DEST")" = "$wanted" ]
	"$DEST/opt/p/bin/postrider" --version
	quietly make uninstall DESTDIR="$DEST"
	[ -z "$(list "$DEST")" ]
}

@test "make install-sendmail adds links that work, and uninstall" {
	local link

	quietly make install-sendmail DESTDIR="$DEST"
	for link in sbin/sendmail sbin/runq bin/mailq bin/newaliases; do
		[ -L "$DEST/opt/p/$link" ]
		[ "$DEST/opt/p/$link" -ef "$DEST/opt/p/bin/postrider" ]
	done
	for link in man8/sendmail.8 man8/runq.8 man1/mailq.1; do
		[ "$DEST/opt/p/share/man/$link" -ef \
			"$DEST/opt/p/share/man/man1/postrider.1" ]
	done
	# Once more is no error: the links are ours.
	quietly make install-sendmail DESTDIR="$DEST"
	quietly make uninstall DESTDIR="$DEST"
	[ -z "$(list "$DEST")" ]
}

@test "make install-sendmail replaces no other sendmail" {
	mkdir -p "$DEST/opt/p/sbin"
	ln -s exim4 "$DEST/opt/p/sbin/sendmail"
	if alone make install-sendmail DESTDIR="$DEST" >log 2>&1; then
		return 1
	fi
	grep -F "$DEST/opt/p/sbin/sendmail is not postrider's" log
	[ "$(readlink "$DEST/opt/p/sbin/sendmail")" = exim4 ]
	quietly make uninstall DESTDIR="$DEST"
	[ "$(list "$DEST")" = ./opt/p/sbin/sendmail ]
}

@test "sysconfdir is that of the prefix, but /etc for /usr" {
	sysconfdir() {
		alone make -n "$@" postrider 2>/dev/null |
			sed -n 's/.*-DSYSCONFDIR=.\("[^"]*"\).*/\1/p' | sort -u
	}
	rm -f build/flags
	[ "$(sysconfdir)" = '"/opt/p/etc"' ]
	[ "$(sysconfdir prefix=/usr)" = '"/etc"' ]
	[ "$(sysconfdir prefix=/usr sysconfdir=/etc/mail)" = '"/etc/mail"' ]
}

@test "another prefix compiles again what knows it" {
	quietly make
	[ -z "$(alone make)" ]
	alone make prefix=/usr | grep -F 'CC src/main.c'
}

# What configure finds for a GnuTLS whose system trust is these files, of which
# the later ones are only read if the first can be.
store_of() {
	{
		printf '#include <stdio.h>\n'
		printf 'int gnutls_certificate_set_x509_system_trust(void);\n'
		printf 'int\ngnutls_certificate_set_x509_system_trust(void)\n{\n'
		printf '\tif (fopen("%s", "rb") == NULL)\n\t\treturn -1;\n' "$@"
		printf '\treturn 0;\n}\n'
	} >stub.c
	"${CC:-cc}" -shared -fPIC -o stub.so stub.c
	LD_PRELOAD=$PWD/stub.so alone "$RELEASE/configure" >configured
	sed -n 's/.*for the system.s trust store\.\.\. //p' configured
}

@test "only one file can be the system's trust store" {
	mkdir "$BATS_TEST_TMPDIR/stub"
	cd "$BATS_TEST_TMPDIR/stub"
	[ "$(store_of /etc/example/ca.pem)" = /etc/example/ca.pem ]
	# with revocation lists, or what is distrusted
	[ "$(store_of /etc/example/ca.pem /etc/example/crl.pem)" = no ]
}
