# SPDX-License-Identifier: ISC
#
# The SOCKS5 proxies: microsocks in the unpacked tree, one that serves anybody
# and one that wants user and password.  The names that they resolve are those
# of the tree's /etc/hosts, which nobody outside it knows.  Sourced by run
# behind servers.bash, whose ROOT and PORTS it uses: in PORTS their rows are
# "proxy" and "proxy-login".
# shellcheck shell=bash

proxy_pids=()

# proxy_start NAME OPTION ...: a microsocks on a port that was free.
proxy_start()
{
	local name=$1 port attempt

	shift
	for attempt in 1 2 3 4 5; do
		# Below what Linux hands out by itself, from 32768 on.
		port=$((12000 + RANDOM % 8000))
		(: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue
		guarded /usr/bin/microsocks -i 127.0.0.1 -p "$port" "$@" \
		    2>>"$ROOT/var/log/microsocks.log" &
		proxy_pids+=($!)
		if wait_until 10 proxy_settled "$port" $! &&
			kill -0 $! 2>/dev/null; then
			echo "$name none $port" >>"$PORTS"
			return
		fi
		echo "interop: $name did not start, attempt $attempt" >&2
	done
	return 1
}

# It listens, or has ended.
proxy_settled()
{
	(: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null || ! kill -0 "$2" 2>/dev/null
}

proxies_start()
{
	proxy_start proxy &&
		proxy_start proxy-login -u you -P 'the open secret'
}

proxies_stop()
{
	local pid

	for pid in "${proxy_pids[@]}"; do
		end "$pid"
	done
	proxy_pids=()
}
