# SPDX-License-Identifier: ISC
#
# Medians and instruction counts in, a table on standard output and, into the
# file JSON, the same for programs.
#
#	awk -v base=msmtp -v json=FILE -f report.awk counts medians
#
# FNR tells the two files apart: counts has three fields, medians seven.

function title(case) {
	return case in titles ? titles[case] : case
}

function ratio(x, of) {
	return of > 0 ? sprintf("%.2f", x / of) : "-"
}

function quoted(s) {
	gsub(/\\/, "\\\\", s)
	gsub(/"/, "\\\"", s)
	return "\"" s "\""
}

BEGIN {
	while ((getline line < titles_file) > 0) {
		if (line ~ /^#/)
			continue
		n = index(line, "\t")
		titles[substr(line, 1, n - 1)] = substr(line, n + 1)
	}
}

NF == 3 {
	count[$1 " " $2] = $3
	if (!($1 in seen_count)) {
		seen_count[$1] = 1
		count_case[++count_cases] = $1
	}
	if (!($2 in seen_peer)) {
		seen_peer[$2] = 1
		peer_name[++peers] = $2
	}
	next
}

{
	key = $1 " " $2
	if (!($1 in seen_case)) {
		seen_case[$1] = 1
		case_name[++cases] = $1
	}
	if (!($2 in seen_peer)) {
		seen_peer[$2] = 1
		peer_name[++peers] = $2
	}
	runs[key] = $3
	wall[key] = $4
	cpu[key] = $5
	rss[key] = $6
	trips[key] = $7
}

END {
	printf "{\n  \"date\": %s,\n  \"machine\": %s,\n  \"figures\": [", \
	    quoted(date), quoted(machine) > json
	for (i = 1; i <= cases; i++) {
		name = case_name[i]
		printf "\n%s\n", title(name)
		printf "  %-14s %5s %11s %6s %11s %6s %9s %6s %6s\n", "", \
		    "trips", "wall ms", "x", "CPU ms", "x", "MB", "x", "runs"
		for (j = 1; j <= peers; j++) {
			key = name " " peer_name[j]
			if (!(key in runs))
				continue
			b = name " " base
			printf "  %-14s %5s %11.2f %6s %11.2f %6s %9.1f %6s %6d\n", \
			    peer_name[j], trips[key], wall[key] / 1000, \
			    ratio(wall[key], wall[b]), cpu[key] / 1000, \
			    ratio(cpu[key], cpu[b]), rss[key] / 1024, \
			    ratio(rss[key], rss[b]), runs[key]
			printf "%s\n    {\"case\": %s, \"peer\": %s, " \
			    "\"runs\": %d, \"trips\": %s, " \
			    "\"wall_us\": %d, \"cpu_us\": %d, " \
			    "\"rss_kib\": %d}", comma, quoted(name), \
			    quoted(peer_name[j]), runs[key], \
			    trips[key] == "-" ? "null" : trips[key], \
			    wall[key], cpu[key], rss[key] > json
			comma = ","
		}
	}
	printf "\n  ],\n  \"instructions\": [" > json
	comma = ""
	for (i = 1; i <= count_cases; i++) {
		name = count_case[i]
		printf "\n%s: instructions\n", title(name)
		for (j = 1; j <= peers; j++) {
			key = name " " peer_name[j]
			if (!(key in count))
				continue
			printf "  %-14s %9.1f M %6s\n", peer_name[j], \
			    count[key] / 1e6, \
			    ratio(count[key], count[name " " base])
			printf "%s\n    {\"case\": %s, \"peer\": %s, " \
			    "\"instructions\": %d}", comma, quoted(name), \
			    quoted(peer_name[j]), count[key] > json
			comma = ","
		}
	}
	printf "\n  ]\n}\n" > json
}
