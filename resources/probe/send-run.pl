# Part of send-probe.pl, its last: everything is there, and the probe is sent.

$SIG{TERM} = sub { done('silence', '') };
ask_before($_) for map { /^ask=(.*)$/s ? $1 : () } @ARGV;
syswrite STDERR, "asked\n";
if ($kind eq 'icmp') { probe_icmp() }
elsif ($kind eq 'udp') { probe_udp(payload(8), sub { done('reply', '') }) }
elsif ($kind eq 'dns') { ask_dns() }
elsif ($kind eq 'syn') { probe_syn() }
elsif ($kind eq 'connect') { probe_connection() }
elsif ($kind eq 'http') {
  my $host = $six ? "[$probe{to}]" : $probe{to};
  probe_connection("GET / HTTP/1.0\r\nHost: $host\r\nX-Hopwire-Probe: $probe{cookie}\r\nConnection: close\r\n\r\n");
}
done('not-sent', 'EINVAL');
