# Part of watch-probe.pl: captures, rule traces, and lists of rules.

sub start_watching {
  for my $ns (@namespaces) {
    $ns->{tcpdump} = start('tcpdump', $ns, [
      '/usr/bin/tcpdump', '-i', 'any', '-y', 'LINUX_SLL2', '--time-stamp-precision', 'nano', '--immediate-mode', '-U',
      '-Z', 'root', '-s', '512', '-n', '-w', '-', $ns->{filter},
    ]);
    $ns->{tcpdump}{watches} = 1;
    next if $ns->{rules} eq '-';
    # One process holds the table and listens: the table is gone when it is. Its input stays open for as long as we live.
    $ns->{nft} = start('nft', $ns, ['/usr/sbin/nft', '-a', '-i']);
    $ns->{nft}{watches} = 1;
    syswrite $ns->{nft}{in}, "$ns->{rules}\nmonitor trace\n";
  }
}

# The kernel lists who listens to what: group 9 of netlink's netfilter family is NFNLGRP_NFTRACE.
sub listens {
  my ($pid) = @_;
  open my $list, '<', "/proc/$pid/net/netlink" or return 0;
  my %sockets = map { my @f = split; ($f[1] // '') eq '12' && hex($f[3]) & 0x100 ? ("socket:[$f[9]]" => 1) : () } <$list>;
  return 0 unless %sockets;
  opendir my $files, "/proc/$pid/fd" or return 0;
  return scalar grep { $sockets{ readlink("/proc/$pid/fd/$_") // '' } } readdir $files;
}

# What nft says of a command that it, or the kernel, does not take; it goes on with the next one all the same.
sub is_refused { $_[0]{name} eq 'nft' && $_[0]{err} =~ /^(netlink: )?Error/m }

sub is_ready {
  my ($tool) = @_;
  return 1 if ended($tool) || $tool->{ready} || is_refused($tool);
  $tool->{ready} = $tool->{name} eq 'tcpdump' ? $tool->{err} =~ /listening on/ : listens($tool->{pid});
}

# A table that was refused leaves a monitor that would wait for ever in silence: it is ended, and its words are told.
sub wait_until_ready {
  my $until = now() + $BUSY;
  my @watching = grep { $_->{watches} } @tools;
  while (!$cancelled && now() < $until && grep { !is_ready($_) } @watching) { pump(1) }
  pump(0);
  for my $tool (grep { is_refused($_) } @watching) { kill 'KILL', $tool->{pid} }
  if ($drops) { pump(5) while !$cancelled && now() < $until && !ended($drops) && $drops->{err} !~ /^ready/m }
}

sub is_asleep {
  my ($pid) = @_;
  open my $file, '<', "/proc/$pid/stat" or return 1;
  return <$file> !~ /\) [RD] /;
}

# A tool that sleeps, and whose pipe is empty, has told all that it got: on a busy machine time alone proves nothing. Of one
# that is at it still what is missing proves nothing.
sub drain {
  my $until = now() + $BUSY / 2;
  my @watching = grep { $_->{watches} && !ended($_) } @tools;
  my @busy;
  do {
    @busy = grep { !is_asleep($_->{pid}) } @watching;
    my $more = pump(@busy ? 1 : 0);
    return unless @busy || $more;
  } while (now() < $until);
  $_->{err} .= "\ncut short: it was telling still\n" for @busy ? @busy : @watching;
}

sub stop_watching {
  my @watching = grep { $_->{watches} } @tools;
  kill $_->{name} eq 'tcpdump' ? 'INT' : 'KILL', $_->{pid} for grep { !ended($_) } @watching;
  finish($BUSY, @watching);
}

# --- rules, counters, devices ------------------------------------------------------------------------------------------

my %saves = (
  'ip'         => 'iptables-nft-save',
  'ip6'        => 'ip6tables-nft-save',
  'legacy-ip'  => 'iptables-legacy-save',
  'legacy-ip6' => 'ip6tables-legacy-save',
);

sub start_listing {
  my ($when) = @_;
  my @started;
  for my $ns (@namespaces) {
    for my $check (split /,/, $ns->{checks}) {
      if ($saves{$check}) { push @started, start("save:$check:$when", $ns, ["/usr/sbin/$saves{$check}", '-c']) }
      elsif ($check eq 'nft' && ($when eq 'before' || met_new_rule($ns))) {
        push @started, start("nft-json:$when", $ns, ['/usr/sbin/nft', '-j', '-a', 'list', 'ruleset']);
        push @started, start("nft-text:$when", $ns, ['/usr/sbin/nft', '-s', '-a', 'list', 'ruleset']);
      }
    }
    push @started, start('link', $ns, ['/usr/bin/ip', '-j', 'link']) if $when eq 'after';
  }
  return @started;
}

# nft names rules by what it read when it began; of one that has come since it tells the handle alone.
sub met_new_rule {
  my ($ns) = @_;
  return grep { $_->{name} eq 'nft' && ($_->{ns} // 0) == $ns && $_->{out} =~ /unknown rule handle/ } @tools;
}
