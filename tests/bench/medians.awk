# SPDX-License-Identifier: ISC
#
# Raw runs in (case peer wall user system rss status [key=value...]), medians
# out: case peer runs wall cpu rss trips, in microseconds and KiB; trips is "-"
# where there is no server.

function median(list,    n, v, i, j, t) {
	n = split(list, v, " ")
	for (i = 2; i <= n; i++) {
		t = v[i] + 0
		for (j = i - 1; j > 0 && v[j] + 0 > t; j--)
			v[j + 1] = v[j]
		v[j + 1] = t
	}
	return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}

{
	key = $1 " " $2
	if (!(key in runs))
		order[++keys] = key
	runs[key]++
	wall[key] = wall[key] " " $3
	cpu[key] = cpu[key] " " $4 + $5
	rss[key] = rss[key] " " $6
	if ($8 ~ /^trips=/)
		trips[key] = trips[key] " " substr($8, 7)
}

END {
	for (i = 1; i <= keys; i++) {
		key = order[i]
		print key, runs[key], median(wall[key]), median(cpu[key]), \
		    median(rss[key]), key in trips ? median(trips[key]) : "-"
	}
}
