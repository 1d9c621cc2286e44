# Part of send-probe.pl: what comes back, and how it is judged.

# What a raw socket gives: IPv4 with its header, IPv6 without.
sub receive {
  my ($socket) = @_;
  my $sender = recv($socket, my $data, 65535, 0) // return;
  return ($data, ends($sender)) if $six;
  my $head = (ord($data) & 15) * 4;
  return (substr($data, $head), inet_ntop(AF_INET, substr $data, 12, 4));
}

# An ICMP error that quotes our packet: `key` is how its transport header begins, as a pattern over its bytes.
sub judge_error {
  my ($data, $by, $key) = @_;
  my ($type, $code) = unpack 'C C', $data;
  return if $six ? $type > 4 : !grep { $type == $_ } 3, 4, 11, 12;
  my $quoted = substr $data, 8 + ($six ? 40 : (ord(substr $data, 8, 1) & 15) * 4);
  return if $quoted !~ /^$key/s;
  my $refused = $six ? $type == 1 && $code == 4 : $type == 3 && ($code == 2 || $code == 3);
  my $mtu = !$six && $type == 3 && $code == 4 ? unpack('x6 n', $data) : $six && $type == 2 ? unpack('x4 N', $data) : 0;
  done($refused ? 'refused' : 'unreachable', "$type/$code from $by" . ($mtu ? " mtu $mtu" : ''));
}

# Hands what comes to the handlers, [socket, function] each, until one of them is done or time is up.
sub wait_for {
  my (@handlers) = @_;
  my $deadline = now() + $limit * 1000;
  while ((my $left = $deadline - now()) > 0) {
    my $mask = '';
    vec($mask, fileno $_->[0], 1) = 1 for @handlers;
    next unless select(my $ready = $mask, undef, undef, $left / 1e6) > 0;
    for my $handler (grep { vec $ready, fileno $_->[0], 1 } @handlers) {
      $answered_by = $handler->[0];
      $handler->[1]->($answered_by);
    }
  }
  done('silence', '');
}

sub errors_about {
  my ($key) = @_;
  my $raw = open_socket(SOCK_RAW, $six ? $ICMP6 : IPPROTO_ICMP);
  return [$raw, sub { my ($data, $by) = receive($_[0]) or return; judge_error($data, $by, $key) }];
}

sub bytes { quotemeta pack $_[0], @_[1 .. $#_] }
