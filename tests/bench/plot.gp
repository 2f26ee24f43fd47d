# SPDX-License-Identifier: ISC
set terminal svg size 1000,700 font "sans-serif,12"
set output "bench.svg"
set multiplot layout 2,2 title "One submission: wall time, ms (less is better)"
set style data histogram
set style fill solid 0.8 border -1
set boxwidth 0.8
set yrange [0:*]
set xtics rotate by -30 noenhanced
set key off
set grid ytics
set title "50 ms round-trip time, implicit TLS"
plot "plot-path-implicit-1" using 2:xtic(1) linecolor rgb "#4477aa"
set title "50 ms round-trip time, STARTTLS"
plot "plot-path-starttls-1" using 2:xtic(1) linecolor rgb "#4477aa"
set title "100 MB on a pipe, TLS"
plot "plot-big-tls" using 2:xtic(1) linecolor rgb "#4477aa"
set title "small message, loopback, TLS"
plot "plot-small-one" using 2:xtic(1) linecolor rgb "#4477aa"
unset multiplot
