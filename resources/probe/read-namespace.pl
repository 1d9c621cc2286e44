# Part of read-host.pl: what is read in one namespace, by a process that is in it.

# One process for several dumps. -force: a dump that this kernel does not know must not end the others. How many policies of
# IPsec there are is none of the dumps' lines of JSON, and comes with them only to save a process. Gives the devices, and that.
sub ip_any {
  my $lines = "addr show\nneigh show\nnexthop show\nxfrm policy count\n";
  my ($exit, $out, $said) = run($lines, qw(/usr/bin/ip -j -d -force -batch -));
  my $policies = $out =~ s/^(\s*SPD .*\n?)//m ? $1 : '';
  return (frame('ip', $exit, $out, $said), $policies);
}

# The family is an option, which a batch line cannot have. Without one, `table all` means the tables of both.
sub ip_routes {
  my ($family) = @_;
  frame("ip$family", run("route show table all\nrule show\n", '/usr/bin/ip', $family, qw(-j -d -force -batch -)));
}

sub bridges {
  my ($links) = @_;
  return nothing('bridge-link', 'fdb') unless $links =~ /"info_kind":"(?:bridge|vxlan)"|"master":/;
  tool('bridge-link', qw(/usr/sbin/bridge -j -d link));
  tool('fdb', qw(/usr/sbin/bridge -j fdb));
}

# In which namespace the parent of a macvlan, ipvlan or vlan device is, says an id that only the device's own one knows.
sub parents {
  my ($links) = @_;
  return unless $links =~ /"info_kind":"(?:macvlan|ipvlan|vlan)"/;
  tool('own-netnsids', '/usr/bin/lsns', '--type', 'net', '--noheadings', '--raw', '--output', 'NS,NETNSID');
}

# The legacy tools load kernel modules by asking: they are asked only where the kernel says that there are tables. Files of
# /proc have no size: whether there is anything in one shows only when it is read.
sub has_legacy { return (text_of("/proc/self/net/$_[0]_tables_names") // '') ne '' }

# iptables-nft writes its rules where nft finds them: where there is not one nft table there are none of its either. The
# bare header of an empty ruleset is shorter than 160 bytes. Sets are nothing without rules.
sub rules {
  my ($policies) = @_;
  my ($exit, $json, $said) = run('', qw(/usr/sbin/nft -j -a list ruleset));
  $json = frame('nft', $exit, $json, $said);
  my ($ip, $ip6) = (has_legacy('ip'), has_legacy('ip6'));
  return nothing(qw(iptables-save ip6tables-save ipset)) if !$exit && length $json < 160 && !$ip && !$ip6;
  # -s: a rule's words without its counters.
  tool('nft-text', qw(/usr/sbin/nft -s -a list ruleset));
  my @families = $json =~ /\{"table": \{"family": "(\w+)"/g;
  my $asks = sub { $exit || !@families || grep { $_ eq $_[0] } @families };
  $asks->('ip') ? tool('iptables-save', '/usr/sbin/iptables-nft-save') : nothing('iptables-save');
  $asks->('ip6') ? tool('ip6tables-save', '/usr/sbin/ip6tables-nft-save') : nothing('ip6tables-save');
  tool('iptables-legacy-save', '/usr/sbin/iptables-legacy-save') if $ip;
  tool('ip6tables-legacy-save', '/usr/sbin/ip6tables-legacy-save') if $ip6;
  sets();
  rule_state($policies);
}

# A kernel that has not loaded the module has no sets, and asking would load it. One that has it built in lists it, too: it
# has a parameter (net/netfilter/ipset/ip_set_core.c).
sub sets {
  return nothing('ipset') if -d '/sys/module' && !-e '/sys/module/ip_set';
  tool('ipset', qw(/usr/sbin/ipset save));
}

# What modules of iptables keep between packets, and whether IPVS and IPsec have anything to do here.
sub rule_state {
  my ($policies) = @_;
  my $text = '';
  for my $folder (qw(xt_recent ipt_hashlimit ip6t_hashlimit)) {
    for my $name (names_in("/proc/self/net/$folder")) {
      my $kept = text_of("/proc/self/net/$folder/$name");
      $text .= "= $folder/$name\n$kept" if defined $kept;
    }
  }
  $text .= "= ip_vs\n" . (text_of('/proc/self/net/ip_vs') // '');
  frame('rule-state', 0, "$text= xfrm\n$policies", '');
}

# conntrack -L walks the whole machine's table. The count is this namespace's own; without it nothing is tracked.
sub connections {
  my $count = text_of('/proc/sys/net/netfilter/nf_conntrack_count') // 0;
  return nothing('conntrack', 'conntrack-6') if $count == 0;
  tool('conntrack', qw(/usr/sbin/conntrack -L -o extended -f ipv4));
  tool('conntrack-6', qw(/usr/sbin/conntrack -L -o extended -f ipv6));
}

my @settings = qw(
  ipv4/ip_forward ipv4/ip_default_ttl ipv4/ip_local_port_range ipv4/ip_nonlocal_bind
  ipv4/icmp_ratelimit ipv4/icmp_ratemask ipv4/icmp_echo_ignore_all ipv4/icmp_echo_ignore_broadcasts
  ipv4/fwmark_reflect ipv4/fib_multipath_hash_policy ipv4/ip_unprivileged_port_start ipv4/ip_forward_use_pmtu
  ipv4/conf/*/forwarding ipv4/conf/*/rp_filter ipv4/conf/*/route_localnet ipv4/conf/*/accept_local
  ipv4/conf/*/arp_ignore ipv4/conf/*/arp_filter ipv4/conf/*/arp_announce ipv4/conf/*/proxy_arp
  ipv4/conf/*/send_redirects ipv4/conf/*/shared_media ipv4/conf/*/src_valid_mark
  ipv4/conf/*/ignore_routes_with_linkdown ipv4/conf/*/disable_policy ipv4/conf/*/drop_gratuitous_arp
  ipv6/bindv6only ipv6/conf/*/forwarding ipv6/conf/*/disable_ipv6 ipv6/conf/*/accept_ra ipv6/conf/*/proxy_ndp
  bridge/* netfilter/nf_conntrack_tcp_loose netfilter/nf_conntrack_max netfilter/nf_conntrack_count
);

# `PATH:VALUE`, as grep would print it. Files that are not there are many, and none of them matters but the first.
sub sysctls {
  my ($root, $text) = ('/proc/sys/net', '');
  my %names = map { $_ => [names_in("$root/$_")] } qw(ipv4/conf ipv6/conf bridge);
  for my $setting (@settings) {
    my ($folder, $rest) = $setting =~ m{^(.*)/\*(.*)$};
    for my $path (defined $folder ? map { "$folder/$_$rest" } @{ $names{$folder} } : $setting) {
      # A host with many devices has thousands: without Perl's buffers each takes half the time.
      my $file = POSIX::open("$root/$path", O_RDONLY) // next;
      POSIX::read($file, my $value, 4096);
      POSIX::close($file);
      $text .= "$path:$_\n" for split /\n/, $value // '';
    }
  }
  frame('sysctls', -e "$root/ipv4/ip_forward" ? 0 : 1, $text, '');
}

sub namespace {
  my ($links, $policies) = ip_any();
  bridges($links);
  parents($links);
  ip_routes('-4');
  ip_routes('-6');
  rules($policies);
  connections();
  sysctls();
}
