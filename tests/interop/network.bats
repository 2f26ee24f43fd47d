#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Through a real SOCKS5 proxy, which knows the server by a name that only it
# can resolve.

load helper

port_of()
{
	sed -n "s/^$1 [a-z]* //p" "$INTEROP_PORTS"
}

# proxied PROXY [LINE ...]: the account of starttls, through that proxy.
proxied()
{
	local proxy=$1

	shift
	account starttls
	printf '%s\n' 'host mail.example.org' 'proxy_host 127.0.0.1' \
	    "proxy_port $(port_of "$proxy")" "$@" >>accounts
	compose >message
}

@test "a proxy that serves anybody" {
	proxied proxy
	submit 0 "$BOX@example.org"
	arrived "$BOX"
	same
}

@test "a proxy that serves anybody: user and password do no harm" {
	proxied proxy 'proxy_user you' 'proxy_password the open secret'
	submit 0 "$BOX@example.org"
	arrived "$BOX"
	same
}

@test "a proxy that wants user and password" {
	proxied proxy-login 'proxy_user you' 'proxy_password the open secret'
	submit 0 "$BOX@example.org"
	arrived "$BOX"
	same
}

@test "a proxy that wants others, or any at all: 77" {
	proxied proxy-login 'proxy_user you' 'proxy_password the wrong one'
	submit 77 "$BOX@example.org"
	echo "$output"
	grep -q 'mail.example.org:[0-9]* by proxy 127.0.0.1:[0-9]*: ' \
	    <<<"$output"
	grep -q 'refused user and password' <<<"$output"
	run ! grep -q 'the wrong one' <<<"$output"
	proxied proxy-login
	submit 77 "$BOX@example.org"
	echo "$output"
	grep -q 'set "proxy_user" and "proxy_password"' <<<"$output"
	nothing_in "$BOX"
}

@test "IP addresses through the proxy" {
	proxied proxy 'host 127.0.0.1'
	submit 0 "$BOX@example.org"
	arrived "$BOX"
	same
}

@test "a name that the proxy does not find, a port where nobody is: 75" {
	proxied proxy 'host none.example.org'
	submit 75 "$BOX@example.org"
	echo "$output"
	grep -q 'none.example.org:[0-9]* by proxy .*: the proxy did not connect' \
	    <<<"$output"
	proxied proxy 'port 1'
	submit 75 "$BOX@example.org"
	echo "$output"
	grep -q 'connection refused (reply 5)' <<<"$output"
	nothing_in "$BOX"
}
