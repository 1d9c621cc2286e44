# Part of watch-probe.pl: which of what the tools print is the packet that is watched for, or came with it.

# Something has moved. Others ask for their neighbours all the time, and nft tells of what other watches mark, too: none
# of that is what is waited for.
sub notice {
  my ($tool, $side) = @_;
  return if $side eq 'err' || $tool->{name} eq 'tcpdump' && !find_packet($tool, !@sender);
  return if !@sender && !$first_at && $tool->{name} ne 'tcpdump';
  $last_at = now();
  report('first') unless $first_at || $tool->{name} ne 'tcpdump';
  $first_at //= $last_at if $tool->{name} eq 'tcpdump';
}

# Whether a capture has got another packet; when somebody else's is waited for, one that is it. What is not is noted, to be
# left out. The file header is 24 bytes long, that of a packet 16.
sub find_packet {
  my ($tool, $waits) = @_;
  $tool->{read} //= 24;
  my $found = 0;
  while (length $tool->{out} >= $tool->{read} + 16) {
    my ($seconds, $nanoseconds, $length) = unpack "x$tool->{read} L3", $tool->{out};
    my $packet = substr $tool->{out}, $tool->{read} + 16, $length;
    last if length $packet < $length;
    my $late = defined $ready_at && $seconds * 1000 + $nanoseconds / 1e6 >= $ready_at;
    my $use = $waits ? use_of($packet, $late) : 'found';
    $found = 1 if $use eq 'found';
    unshift @{ $tool->{others} }, [$tool->{read}, 16 + $length] if $use eq 'none';
    $tool->{read} += 16 + $length;
  }
  return $found;
}

# What a packet is when somebody else's is waited for: `found`, `kept` (it may belong to it) or `none`. Of what came before
# everything listened the rules would be missing; and of a connection only the beginning takes the way that is predicted: a
# SYN that is sent again, like all that follows, finds an entry of conntrack's. Link layer (LINUX_SLL2): 20 bytes.
sub use_of {
  my ($packet, $late) = @_;
  $packet .= "\0" x 80;
  my ($type, $first) = unpack 'n x18 C', $packet;
  my $is6 = $type == 0x86dd;
  my ($next, $icmp) = $is6 ? unpack('x26 C x33 C', $packet) : unpack('x29 C', $packet);
  return 'kept' if $type == 0x0806 || ($is6 && $next == 58 && $icmp >= 133 && $icmp <= 137);
  return $late ? 'found' : 'none' if $next != 6;
  my $start = $is6 ? 60 : 20 + 4 * ($first & 15);
  my ($from, $to) = $is6 ? unpack('x28 a16 a16', $packet) : unpack('x32 a4 a4', $packet);
  my ($source, $target, $flags) = unpack "x$start a2 a2 x9 C", $packet;
  my $connection = join '', sort "$from$source", "$to$target";
  my ($syn, $rst, $ack) = ($flags & 2, $flags & 4, $flags & 16);
  # An answer may be read before its question, from another namespace's capture.
  $begun{$connection} //= $late && $syn ? 'found' : 'none' if !$rst && !($syn && $ack);
  return $begun{$connection} // ($late ? 'kept' : 'none');
}

# The same of the rules: what nft has told before everything listened, and the rest of it.
sub forget_rules {
  for my $tool (grep { $_->{name} eq 'nft' } @tools) {
    my $told = substr $tool->{out}, 0, 1 + rindex $tool->{out}, "\n";
    $tool->{told} = length $told;
    $tool->{passed} = { map { $_ => 1 } $told =~ /trace id (\w+)/g };
  }
}

# What a tool printed, without what is none of what was waited for. The kernel uses the ids of rule traces again: each
# hook begins with the packet, and who that is decides from there on.
sub output_of {
  my ($tool) = @_;
  my ($out, $passed) = @$tool{qw(out passed)};
  substr $out, $_->[0], $_->[1], '' for @{ $tool->{others} // [] };
  return unpack 'H*', $out if $tool->{name} eq 'tcpdump';
  return $out unless $passed;
  my @lines = split /(?<=\n)/, substr $out, $tool->{told};
  return join '', grep {
    my ($id, $what) = /trace id (\w+) (.*)/;
    delete $passed->{$id} if defined $id && $what =~ / packet: /;
    !(defined $id && $passed->{$id});
  } @lines;
}

# Whether a rule has stopped the probe, or what came of it. nft tells of what other watches mark, too: ours came by our own
# table, or has the probe's IP id, since what a bridge hands up goes on under another trace id.
sub was_dropped {
  my ($number) = map { /^id=(\d+)$/ ? $1 : () } @sender;
  for my $tool (grep { $_->{name} eq 'nft' } @tools) {
    my %own;
    for (split /\n/, $tool->{out}) {
      my ($trace, $what) = /trace id (\w+) (.*)/ or next;
      $own{$trace} = 1 if $what =~ /^inet \S*\Q$id\E / || $what =~ / packet: .* ip id $number /;
      return 1 if $own{$trace} && $what =~ /\(verdict drop\)| policy drop/;
    }
  }
  return 0;
}
