# Part of send-probe.pl: probes of one packet.

sub probe_icmp {
  my ($request, $reply) = $six ? (128, 129) : (8, 0);
  my $head = pack 'n n', $probe{sport}, $probe{seq};
  my $data = $head . payload(8);
  my $socket = open_socket(SOCK_RAW, $six ? $ICMP6 : IPPROTO_ICMP);
  if ($six) {
    prepare($socket);
    bind_to($socket, 0) if $probe{from};
    send_six($socket, pack('C C n', $request, 0, 0) . $data);
  } else {
    my $sum = checksum(pack('C C n', $request, 0, 0) . $data);
    send_four(IPPROTO_ICMP, find_source(), pack('C C n', $request, 0, $sum) . $data);
  }
  my $key = bytes('C C', $request, 0) . '..' . quotemeta $head;
  wait_for([$socket, sub {
    my ($got, $by) = receive($_[0]) or return;
    done('reply', $by eq $probe{to} ? '' : "from $by") if $got =~ /^\Q${\ chr $reply}\E\0..\Q$data\E/s;
    judge_error($got, $by, $key);
  }]);
}

# A real socket has the port, so that an answer finds somebody. It is connected, as those of most programs that ask: an answer
# from elsewhere is not for it, and the kernel says so.
sub connect_from {
  my ($to, $sport, $dport) = @_;
  my $socket = bind_to(prepare(open_socket(SOCK_DGRAM, IPPROTO_UDP)), $sport);
  connect $socket, address($to, $dport) or done('not-sent', errno_name($!));
  return $socket;
}

sub probe_udp {
  my ($data, $judge) = @_;
  my $errors = errors_about(bytes('n', $probe{sport}));
  my $socket = connect_from($target, @probe{qw(sport dport)});
  if ($six) {
    $sent_at = now();
    defined send $socket, $data, 0 or done('not-sent', errno_name($!));
  } else {
    my $source = inet_pton($family, (ends(getsockname $socket))[0]);
    my $header = pack 'n n n', @probe{qw(sport dport)}, 8 + length $data;
    my $sum = checksum(pseudo($source, IPPROTO_UDP, $header . pack('n', 0) . $data)) || 0xffff;
    send_four(IPPROTO_UDP, $source, $header . pack('n', $sum) . $data);
  }
  wait_for($errors, [$socket, sub { defined recv $_[0], my $got, 65535, 0 or return; $judge->($got) }]);
}

sub question {
  my ($mark, $name) = @_;
  my $labels = join '', map { pack 'C/a', $_ } split /\./, $name;
  return pack('n n n n n n', $mark, 0x0100, 1, 0, 0, 0) . "$labels\0" . pack 'n n', 1, 1;
}

sub ask_dns {
  my ($mark) = unpack 'n', $cookie;
  probe_udp(question($mark, $probe{name}), sub {
    my ($got) = @_;
    return if length $got < 12 || unpack('n', $got) != $mark;
    my $code = unpack('x2 n', $got) & 15;
    my $answers = unpack 'x6 n', $got;
    my $word = { 0 => 'NOERROR', 2 => 'SERVFAIL', 3 => 'NXDOMAIN', 5 => 'REFUSED' }->{$code} // "code $code";
    done('reply', "$word, $answers answer" . ($answers == 1 ? '' : 's'));
  });
}

# What the sender asks before, as its resolver does: a name, by a plain socket of its own. Its answer is only waited for.
sub ask_before {
  my ($sport, $mark, $wait, $server, $name) = split / /, $_[0];
  my $there = inet_pton(my $version = $server =~ /:/ ? AF_INET6 : AF_INET, $server) // return;
  my $at = sub { $version == AF_INET6 ? pack_sockaddr_in6($_[1], $_[0]) : pack_sockaddr_in($_[1], $_[0]) };
  socket(my $socket, $version, SOCK_DGRAM, IPPROTO_UDP) or return;
  bind $socket, $at->($version == AF_INET6 ? "\0" x 16 : INADDR_ANY, $sport) or return;
  connect $socket, $at->($there, 53) or return;
  send $socket, question($mark, $name), 0 or return;
  vec(my $mask = '', fileno $socket, 1) = 1;
  select $mask, undef, undef, $wait / 1e3;
}

# The options of Linux's own SYN: MSS, selective acknowledgements, time stamps, window scale.
sub syn_options {
  my $room = ($probe{length} || 60 + ($six ? 20 : 0)) - ($six ? 60 : 40);
  my $options = pack 'C C n C C C C N N C C C C', 2, 4, $six ? 1440 : 1460, 4, 2, 8, 10, 1, 0, 1, 3, 3, 7;
  return substr $options . "\0" x 20, 0, $room < 0 ? 0 : $room > 40 ? 40 : $room & ~3;
}

# One SYN and no more. The kernel, which knows of no connection, answers a SYN-ACK with a reset of its own.
sub probe_syn {
  my $options = syn_options();
  my $head = pack 'n n N N C C n', @probe{qw(sport dport isn)}, 0, (20 + length $options) / 4 << 4, $SYN, 64240;
  my $extra = ($probe{length} || 0) - ($six ? 40 : 20) - 20 - length $options;
  my $tail = pack('n', 0) . $options . ($extra > 0 ? 'x' x $extra : '');
  my $socket = open_socket(SOCK_RAW, IPPROTO_TCP);
  my $errors = errors_about(bytes('n n N', @probe{qw(sport dport isn)}));
  if ($six) {
    prepare($socket);
    bind_to($socket, 0) if $probe{from};
    setsockopt $socket, $IPV6, $IPV6_CHECKSUM, pack 'i', 16;
    send_six($socket, $head . pack('n', 0) . $tail);
  } else {
    my $source = find_source();
    my $sum = checksum(pseudo($source, IPPROTO_TCP, $head . pack('n', 0) . $tail));
    send_four(IPPROTO_TCP, $source, $head . pack('n', $sum) . $tail);
  }
  my $answer = bytes('n n', @probe{qw(dport sport)}) . '....' . bytes('N', ($probe{isn} + 1) & 0xffffffff);
  wait_for($errors, [$socket, sub {
    my ($got, $by) = receive($_[0]) or return;
    return if $got !~ /^$answer/s;
    done(unpack('x13 C', $got) & $RST ? 'refused' : 'reply', $by eq $probe{to} ? '' : "from $by");
  }]);
}
