# Sends one probe from the network namespace that it runs in and tells what its sender saw, as one line of JSON; the text
# of a `perl -e` in Hopwire's helper container. Arguments are `key=value`:
#
#   kind=icmp|udp|dns|syn|connect|http  to=ADDRESS  from=ADDRESS (else the kernel's choice)  sport=N  dport=N
#   ttl=N  length=N (of the IP packet)  df=0|1  id=N (of IPv4)  seq=N (of ICMP)  isn=N  cookie=16 hex digits
#   name=NAME (that DNS is asked for)  limit=MILLISECONDS
#
# Packets are known again by what is in them: the IPv4 id and the cookie at the start of the payload, or the initial
# sequence number. SIGTERM ends the wait.
use strict;
use warnings;
use Socket qw(:DEFAULT inet_pton inet_ntop pack_sockaddr_in6 unpack_sockaddr_in6 IPPROTO_TCP IPPROTO_UDP IPPROTO_ICMP);
use POSIX qw(EMSGSIZE EINPROGRESS ECONNREFUSED ECONNRESET);
use Errno ();
use Fcntl qw(F_SETFL O_NONBLOCK O_RDWR);

# Linux's numbers, the same on all machines: netinet/in.h, linux/in6.h, linux/tcp.h.
my ($IP_TTL, $IP_HDRINCL, $IP_MTU_DISCOVER, $DONT, $PROBE) = (2, 3, 10, 0, 3);
my ($IPV6, $ICMP6, $IPV6_CHECKSUM, $IPV6_HOPS, $IPV6_MTU_DISCOVER, $RAW) = (41, 58, 7, 16, 23, 255);
my ($TCP_REPAIR, $TCP_REPAIR_QUEUE, $TCP_QUEUE_SEQ, $SEND_QUEUE) = (19, 20, 21, 2);
my ($SYN, $RST, $ACK) = (2, 4, 16);

my %probe = map { /^(\w+)=(.*)$/s ? ($1 => $2) : () } @ARGV;
my ($kind, $limit) = ($probe{kind}, $probe{limit});
my $six = $probe{to} =~ /:/;
my $family = $six ? AF_INET6 : AF_INET;
my $target = inet_pton($family, $probe{to}) // done('not-sent', 'EINVAL');
my $cookie = pack 'H*', $probe{cookie};
my ($sent_at, $answered_by);
my $SIOCGSTAMP = 0x8906;

my $clock = { x86_64 => 228, aarch64 => 113 }->{ (POSIX::uname())[4] };

# The clock by which the kernel stamps packets.
sub now {
  my ($realtime, $time) = (0, "\0" x 16);
  syscall($clock, $realtime, $time);
  my ($seconds, $nanoseconds) = unpack 'q q', $time;
  return $seconds * 1e6 + $nanoseconds / 1e3;
}

# When the packet came that was read last, not when we got round to reading it.
sub arrival {
  my $stamp = "\0" x 16;
  return now() unless $answered_by && ioctl $answered_by, $SIOCGSTAMP, $stamp;
  my ($seconds, $microseconds) = unpack 'q q', $stamp;
  return $seconds * 1e6 + $microseconds;
}

sub done {
  my ($outcome, $detail) = @_;
  my $answered = defined $sent_at && $outcome !~ /^(silence|not-sent|error)$/;
  my $trip = $answered ? sprintf '%.1f', ($probe{answered_at} // arrival()) - $sent_at : 'null';
  $detail =~ s/[^ -~]|["\\]/?/g;
  syswrite STDOUT, qq({"outcome":"$outcome","detail":"$detail","roundTrip":$trip}\n);
  exit 0;
}

sub errno_name {
  my ($code) = ($_[0] + 0);
  local $! = $code;
  for my $name (keys %!) { return $name if $!{$name} }
  return "errno $code";
}

sub address { my ($address, $port) = @_; $six ? pack_sockaddr_in6($port, $address) : pack_sockaddr_in($port, $address) }

sub open_socket {
  my ($type, $protocol) = @_;
  socket(my $socket, $family, $type, $protocol) or done('not-sent', errno_name($!));
  # The first call has nothing to tell, and makes the kernel keep the stamps.
  ioctl $socket, $SIOCGSTAMP, my $none = "\0" x 16;
  return $socket;
}

# TTL and DF by PROBE, not DO: DO refuses to send when an earlier packet has taught the kernel a path MTU.
sub prepare {
  my ($socket) = @_;
  my ($level, $ttl, $discover) = $six ? ($IPV6, $IPV6_HOPS, $IPV6_MTU_DISCOVER) : (0, $IP_TTL, $IP_MTU_DISCOVER);
  setsockopt $socket, $level, $ttl, pack 'i', $probe{ttl} if $probe{ttl};
  setsockopt $socket, $level, $discover, pack 'i', $probe{df} ? $PROBE : $DONT;
  setsockopt $socket, SOL_SOCKET, SO_BROADCAST, pack 'i', 1;
  return $socket;
}

sub bind_to {
  my ($socket, $port) = @_;
  my $from = $probe{from} ? inet_pton($family, $probe{from}) : $six ? "\0" x 16 : INADDR_ANY;
  bind $socket, address($from, $port) or done('not-sent', errno_name($!));
  return $socket;
}

# The address that the kernel will send from; checksums cover it.
sub find_source {
  my $socket = bind_to(prepare(open_socket(SOCK_DGRAM, IPPROTO_UDP)), 0);
  connect $socket, address($target, $probe{dport} || 9) or done('not-sent', errno_name($!));
  return inet_pton($family, (ends(getsockname $socket))[0]);
}

sub ends {
  my ($port, $address) = $six ? unpack_sockaddr_in6($_[0]) : unpack_sockaddr_in($_[0]);
  return (inet_ntop($family, $address), $port);
}

sub checksum {
  my ($data) = @_;
  $data .= "\0" if length($data) % 2;
  my $sum = 0;
  $sum += $_ for unpack 'n*', $data;
  $sum = ($sum & 0xffff) + ($sum >> 16) while $sum >> 16;
  return ~$sum & 0xffff;
}

sub pseudo { my ($source, $protocol, $data) = @_; $source . $target . pack('C C n', 0, $protocol, length $data) . $data }

# The cookie, and then letters up to the wanted length of the packet.
sub payload {
  my ($header) = @_;
  my $room = ($probe{length} || 0) - ($six ? 40 : 20) - $header;
  return $room <= 0 ? '' : substr $cookie . join('', map { chr(97 + $_ % 23) } 0 .. $room), 0, $room;
}

# IPv4's header is ours so that its id is; the kernel fills in length and checksum. It fragments nothing of that kind, so
# a datagram that may be fragmented and must be goes out with a header of the kernel's own.
sub send_four {
  my ($protocol, $source, $data) = @_;
  my $header = pack 'C C n n n C C n', 0x45, 0, 20 + length $data, $probe{id}, $probe{df} ? 0x4000 : 0,
    $probe{ttl} || 64, $protocol, 0;
  my $raw = prepare(open_socket(SOCK_RAW, $RAW));
  setsockopt $raw, 0, $IP_HDRINCL, pack 'i', 1;
  $sent_at = now();
  return if defined send $raw, "$header$source$target$data", 0, address($target, 0);
  done('not-sent', errno_name($!)) if $! != EMSGSIZE || $probe{df};
  $raw = prepare(open_socket(SOCK_RAW, $protocol));
  defined send $raw, $data, 0, address($target, 0) or done('not-sent', errno_name($!));
}

sub send_six {
  my ($socket, $data) = @_;
  $sent_at = now();
  defined send $socket, $data, 0, address($target, 0) or done('not-sent', errno_name($!));
}

# --- answers ---------------------------------------------------------------------------------------------------------

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

# --- the kinds -------------------------------------------------------------------------------------------------------

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

# A real socket has the port, so that an answer finds somebody; it is not connected, so that one from elsewhere does, too.
sub probe_udp {
  my ($data, $judge) = @_;
  my $socket = bind_to(prepare(open_socket(SOCK_DGRAM, IPPROTO_UDP)), $probe{sport});
  my $errors = errors_about(bytes('n', $probe{sport}));
  if ($six) {
    $sent_at = now();
    defined send $socket, $data, 0, address($target, $probe{dport}) or done('not-sent', errno_name($!));
  } else {
    my $source = find_source();
    my $header = pack 'n n n', @probe{qw(sport dport)}, 8 + length $data;
    my $sum = checksum(pseudo($source, IPPROTO_UDP, $header . pack('n', 0) . $data)) || 0xffff;
    send_four(IPPROTO_UDP, $source, $header . pack('n', $sum) . $data);
  }
  wait_for($errors, [$socket, sub {
    my $sender = recv($_[0], my $got, 65535, 0) // return;
    my ($by, $port) = ends($sender);
    $judge->($got, $by eq $probe{to} && $port == $probe{dport} ? '' : "from $by:$port");
  }]);
}

sub ask_dns {
  my ($mark) = unpack 'n', $cookie;
  my $name = join '', map { pack 'C/a', $_ } split /\./, $probe{name};
  my $question = pack('n n n n n n', $mark, 0x0100, 1, 0, 0, 0) . "$name\0" . pack 'n n', 1, 1;
  probe_udp($question, sub {
    my ($got, $by) = @_;
    return if length $got < 12 || unpack('n', $got) != $mark;
    my $code = unpack('x2 n', $got) & 15;
    my $answers = unpack 'x6 n', $got;
    my $word = { 0 => 'NOERROR', 2 => 'SERVFAIL', 3 => 'NXDOMAIN', 5 => 'REFUSED' }->{$code} // "code $code";
    done('reply', "$word, $answers answer" . ($answers == 1 ? '' : 's') . ($by ? " $by" : ''));
  });
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

# A real connection. Its initial sequence number is ours: one that is set in repair mode stays
# (linux:net/ipv4/tcp_ipv4.c tcp_v4_connect). The kernel repeats a SYN after one second: by then the socket is closed.
sub probe_connection {
  my ($request) = @_;
  my $socket = prepare(open_socket(SOCK_STREAM, IPPROTO_TCP));
  setsockopt $socket, SOL_SOCKET, SO_REUSEADDR, pack 'i', 1;
  bind_to($socket, $probe{sport});
  setsockopt $socket, IPPROTO_TCP, $TCP_REPAIR, pack 'i', 1 or done('not-sent', errno_name($!));
  setsockopt $socket, IPPROTO_TCP, $TCP_REPAIR_QUEUE, pack 'i', $SEND_QUEUE;
  setsockopt $socket, IPPROTO_TCP, $TCP_QUEUE_SEQ, pack 'I', $probe{isn} or done('not-sent', errno_name($!));
  setsockopt $socket, IPPROTO_TCP, $TCP_REPAIR, pack 'i', 0;
  my $errors = errors_about(bytes('n n', @probe{qw(sport dport)}));
  fcntl $socket, F_SETFL, O_RDWR | O_NONBLOCK;
  $sent_at = now();
  connect($socket, address($target, $probe{dport})) || $! == EINPROGRESS or done('not-sent', errno_name($!));
  my ($mask, $deadline) = ('', now() + 950_000);
  vec($mask, fileno $socket, 1) = 1;
  my $found = select(undef, my $ready = $mask, undef, ($limit < 950 ? $limit : 950) / 1e3);
  if ($found <= 0) { close $socket; $limit -= 950; wait_for($errors) }
  $probe{answered_at} = now();
  my $error = unpack 'i', getsockopt $socket, SOL_SOCKET, SO_ERROR;
  if ($error) {
    $limit = 20;
    my ($raw, $judge) = @$errors;
    vec(my $one = '', fileno $raw, 1) = 1;
    $judge->($raw) while select(my $any = $one, undef, undef, 0) > 0;
    done($error == ECONNREFUSED ? 'refused' : 'error', $error == ECONNREFUSED ? '' : errno_name($error));
  }
  converse($socket, $request);
}

# docker-proxy accepts before it knows whether anybody is behind it: only data, or a reset, tells.
sub converse {
  my ($socket, $request) = @_;
  if (defined $request) { syswrite $socket, $request or done('reset', errno_name($!)) }
  vec(my $mask = '', fileno $socket, 1) = 1;
  my $found = select(my $ready = $mask, undef, undef, defined $request ? $limit / 1e3 : 0.06);
  done('connected', defined $request ? 'no answer to the request' : '') if $found <= 0;
  my $got = sysread $socket, my $data, 65536;
  done($! == ECONNRESET ? 'reset' : 'error', errno_name($!)) if !defined $got;
  done('connected', 'closed by the other side') if !$got;
  # Read to the end: closing with something unread would reset the connection.
  my $until = now() + 300_000;
  while (now() < $until && select(my $more = $mask, undef, undef, 0.1) > 0) { last unless sysread $socket, my $rest, 65536 }
  done('reply', $data =~ /^(HTTP\S* \d+)/ ? $1 : "$got bytes");
}

$SIG{TERM} = sub { done('silence', '') };
if ($kind eq 'icmp') { probe_icmp() }
elsif ($kind eq 'udp') { probe_udp(payload(8), sub { done('reply', $_[1]) }) }
elsif ($kind eq 'dns') { ask_dns() }
elsif ($kind eq 'syn') { probe_syn() }
elsif ($kind eq 'connect') { probe_connection() }
elsif ($kind eq 'http') {
  my $host = $six ? "[$probe{to}]" : $probe{to};
  probe_connection("GET / HTTP/1.0\r\nHost: $host\r\nX-Hopwire-Probe: $probe{cookie}\r\nConnection: close\r\n\r\n");
}
done('not-sent', 'EINVAL');
