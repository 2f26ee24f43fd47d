#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# contrib/packaging: that each recipe gets its version, addresses and sums from
# the tarball, and is what its reader takes.  Building them is check-deb's and
# check-rpm's, where it can be done at all.

load ../helper

# A tarball of another version, from another place.
setup() {
	local file

	postrider_setup
	PACKAGING=$ROOT/contrib/packaging
	mkdir -p postrider-9.8.7 filled
	printf "%s='%s'\n" PACKAGE_NAME postrider PACKAGE_VERSION 9.8.7 \
		PACKAGE_BUGREPORT bugs@there.example \
		PACKAGE_URL https://there.example/here >postrider-9.8.7/configure
	tar -czf postrider-9.8.7.tar.gz postrider-9.8.7
	for file in debian/control rpm/postrider.spec \
		$(cd "$PACKAGING" && find alpine arch freebsd homebrew \
			openwrt -type f); do
		mkdir -p "filled/${file%/*}"
		"$PACKAGING/fill" postrider-9.8.7.tar.gz \
			<"$PACKAGING/$file" >"filled/$file"
	done
	cd filled || return
}

@test "the version, addresses and sums come from the tarball" {
	local file sum

	for file in alpine/APKBUILD arch/PKGBUILD freebsd/Makefile \
		homebrew/postrider.rb openwrt/Makefile rpm/postrider.spec; do
		grep -qF 9.8.7 "$file"
		grep -qF https://there.example/here "$file"
	done
	for file in alpine/APKBUILD arch/PKGBUILD freebsd/Makefile \
		openwrt/Makefile debian/control; do
		grep -qF bugs@there.example "$file"
	done
	sum=$(sha256sum <../postrider-9.8.7.tar.gz | cut -d ' ' -f 1)
	for file in arch/PKGBUILD freebsd/distinfo homebrew/postrider.rb \
		openwrt/Makefile; do
		grep -qF "$sum" "$file"
	done
	# nothing is left, and nobody has a version or an address of his own
	run grep -rE '@[A-Z0-9]+@' .
	[ "$status" = 1 ]
	run grep -rE "$(sed -n 's/^AC_INIT.*\[\([0-9.][0-9.]*\)\].*/\1/p' \
		"$ROOT/configure.ac" | sed 's/\./\\./g')([^0-9]|\$)" .
	[ "$status" = 1 ]
}

@test "what was not built says so at once" {
	local file

	for file in alpine/APKBUILD arch/PKGBUILD freebsd/Makefile \
		homebrew/postrider.rb openwrt/Makefile; do
		head -3 "$file" | grep -q 'Not built by us'
	done
}

# What a recipe tells the world, after it was read by the shell it is for.
@test "Alpine: a script for sh" {
	sh -n alpine/APKBUILD
	[ "$(sh -c '. ./alpine/APKBUILD; echo "$pkgname $pkgver $source"')" = \
		'postrider 9.8.7 postrider-9.8.7.tar.gz' ]
	run sh -c '. ./alpine/APKBUILD; for f in build check package mta \
		oauth2; do command -v $f || exit 1; done'
	[ "$status" = 0 ]
}

@test "Arch: a script for bash, with a function for each package" {
	bash -n arch/PKGBUILD
	[ "$(bash -c '. ./arch/PKGBUILD; echo "$pkgver ${source[*]}"
		for name in "${pkgname[@]}"; do type -t "package_$name"; done' |
		tr '\n' ' ')" = \
		'9.8.7 postrider-9.8.7.tar.gz function function function ' ]
}

@test "Homebrew: Ruby, and a formula of its name" {
	type ruby >/dev/null 2>&1 || skip 'there is no ruby'
	ruby -c homebrew/postrider.rb
	cat >formula.rb <<-'END'
		class Formula
		  def self.method_missing(name, *args)
		    puts "#{name} #{args.first}"
		  end
		  def self.respond_to_missing?(*)
		    true
		  end
		  def self.test
		  end
		end
		require "./homebrew/postrider"
		puts Postrider.instance_methods(false).sort.join(" ")
	END
	run ruby formula.rb
	[ "$status" = 0 ]
	[[ $output == *'url https://there.example/here/postrider-9.8.7.tar.gz'* ]]
	[[ $output == *'caveats install' ]]
}

@test "FreeBSD: a Makefile for bmake" {
	type bmake >/dev/null 2>&1 || skip 'there is no bmake'
	mkdir mk
	: >mk/bsd.port.mk
	unset MAKEFLAGS MFLAGS MAKELEVEL
	[ "$(bmake -r -m "$PWD/mk" -f freebsd/Makefile -V DISTVERSION \
		-V USES -V OPTIONS_DEFINE | tr '\n' ' ')" = \
		'9.8.7 gmake pkgconfig OAUTH2 ' ]
	bmake -r -n -m "$PWD/mk" -f freebsd/Makefile post-install
}

@test "FreeBSD: the list has what make install installs" {
	sed -n 's/%%OAUTH2%%//; s/\.gz$//; /^%%/d; p' freebsd/pkg-plist |
		sort >listed
	[ -s listed ]
	sed -n "/^readonly INSTALLED/,/'\$/s,.*\./opt/p/\([^']*\)'*\$,\1,p" \
		"$ROOT/tests/project/build.bats" | sort | diff listed -
}

@test "OpenWrt: a Makefile for its macros" {
	mkdir mk
	: >mk/rules.mk
	# shellcheck disable=SC2016 # make's variables
	printf 'define BuildPackage\n%s\nendef\n' \
		'$$(info $(1) $(PKG_VERSION) $(PKG_HASH) $(words $(call Package/$(1)/install,x)))' \
		>mk/package.mk
	unset MAKEFLAGS MFLAGS MAKELEVEL
	run make -n -f openwrt/Makefile \
		TOPDIR=mk INCLUDE_DIR=mk
	[[ $output == *"postrider 9.8.7 $(sha256sum \
		<../postrider-9.8.7.tar.gz | cut -d ' ' -f 1)"* ]]
}

@test "RPM: a spec that rpmspec understands" {
	type rpmspec >/dev/null 2>&1 || skip 'there is no rpmspec'
	[ "$(rpmspec -q --qf '%{name}-%{version}\n' rpm/postrider.spec |
		tr '\n' ' ')" = \
		'postrider-9.8.7 postrider-mta-9.8.7 postrider-oauth2-9.8.7 ' ]
}

@test "Debian: the scripts are the shell's" {
	local file

	for file in "$PACKAGING"/debian/*.postrm "$PACKAGING/deb" \
		"$PACKAGING/debian/tests/submit" "$PACKAGING/fill" \
		"$PACKAGING/rpm/build"; do
		sh -n "$file"
	done
}

@test "Docker: what is copied is there, and the account is one" {
	local file

	sed -n 's/^COPY.* \(contrib[^ ]*\) .*/\1/p' \
		"$ROOT/contrib/docker/Dockerfile" >copied
	while read -r file; do
		[ -f "$ROOT/$file" ]
	done <copied
	echo secret >secret
	chmod 600 secret
	sed "s,/run/secrets/smtp_password,$PWD/secret," \
		"$ROOT/contrib/docker/accounts" >accounts
	"$POSTRIDER" -C accounts --check-config
}
