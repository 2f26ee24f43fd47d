#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What postrider-accounts(5) says of programs that keep tokens: each of its
# lines, as it stands there, gives the token to the smarthost. Where a program
# is not installed, another stands in that prints what it would.

# shellcheck disable=SC2016 # shell of the page's

load ../helper

readonly TOKEN='ya29.A0_token-1/x+y=='

# program NAME: its standard input as an executable in front of all others
program() {
	mkdir -p bin
	{
		echo '#!/bin/sh'
		cat
	} >"bin/$1"
	chmod 700 "bin/$1"
	PATH=$PWD/bin:$PATH
}

# recipe WORDS: the line of the page that begins so, "\e" being a backslash
recipe() {
	sed -n "s/\\\\e/\\\\/g;/^passwordeval $1/p" \
		"$ROOT/man/postrider-accounts.5" | head -n 1
}

# works WORDS: a message goes with the token
works() {
	smarthost_serve --mechs XOAUTH2 --require-auth \
		--user "you@example.org:$TOKEN"
	account 'from alice@example.org' 'tls off' 'syslog off' \
		'auth_without_tls on' 'auth xoauth2' 'user you@example.org' \
		"$(recipe "$1")"
	grep -q "^passwordeval $1" "$ACCOUNT"
	message | submit bob@example.net
	expect 0
	[ -e capture/1.message ]
}

@test "oama: the token and a newline" {
	program oama <<END
[ "\$*" = 'access you@example.org' ] && printf '%s\n' '$TOKEN'
END
	works 'oama access'
	smarthost_stop
	# it could not renew the token: error(3) of Haskell's
	program oama <<'END'
printf 'oama: getEmailAuth:\n%s\nCallStack (from HasCallStack):\n' \
	'HttpExceptionRequest' >&2
exit 1
END
	message | submit bob@example.net
	expect 78 HttpExceptionRequest
}

@test "oama: a token that was refused is renewed" {
	program oama <<END
case \$* in
'renew you@example.org') echo Obtained new access token; touch renewed ;;
'access you@example.org') [ -e renewed ] && echo '$TOKEN' || echo old ;;
esac
END
	works 'test "$POSTRIDER_TOKEN"'
	[ -e renewed ]
}

@test "pizauth: the token and a newline; nothing while somebody has to sign in" {
	program pizauth <<END
[ "\$*" = 'show office' ] && printf '%s\n' '$TOKEN'
END
	works 'pizauth show'
	smarthost_stop
	program pizauth <<'END'
echo 'pizauth: Token unavailable until authentication complete' >&2
exit 1
END
	echo 'queue on' >>"$ACCOUNT"
	echo "queue_directory $PWD/queue" >>"$ACCOUNT"
	message | submit bob@example.net
	expect 0 'kept in the queue' 'Token unavailable'
}

@test "mutt_oauth2.py: the program itself, or the token and a newline" {
	local real=/usr/share/doc/mutt/examples/mutt_oauth2.py

	mkdir .cache
	if [ -e "$real" ] && command -v python3; then
		program gpg <<<'exec cat'
		program mutt_oauth2.py <<<"exec python3 $real \"\$@\""
	else
		program mutt_oauth2.py <<'END'
sed -n 's/.*"access_token": "\([^"]*\)".*/\1/p' "$1"
END
	fi
	(umask 077 && cat >.cache/office.tokens) <<END
{"registration": "microsoft", "authflow": "authcode", "email": "you@example.org", "access_token": "$TOKEN", "access_token_expiration": "2099-01-01T00:00:00", "refresh_token": "r"}
END
	works 'mutt_oauth2.py'
}

@test "git credential fill, with a helper" {
	command -v git || skip 'no git'
	program git-credential-token <<END
[ "\$1" = get ] || exit 0
cat >asked
printf 'username=%s\npassword=%s\n' you@example.org '$TOKEN'
printf 'password_expiry_utc=%s\noauth_refresh_token=r\n' 9999999999
END
	git config --global credential.helper token
	works 'printf'
	grep -qx 'host=smtp.office365.com:587' asked
	grep -qx 'username=you@example.org' asked
}
