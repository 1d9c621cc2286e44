# Sends one probe from the network namespace that it runs in and tells what its sender saw, as one line of JSON; the text
# of a `perl -e` in Hopwire's helper container. Arguments are `key=value`:
#
#   kind=icmp|udp|dns|syn|connect|http  to=ADDRESS  from=ADDRESS (else the kernel's choice)  sport=N  dport=N
#   ttl=N  length=N (of the IP packet)  df=0|1  id=N (of IPv4)  seq=N (of ICMP)  isn=N  cookie=16 hex digits
#   name=NAME (that DNS is asked for)  limit=MILLISECONDS
#   ask=SPORT ID MILLISECONDS SERVER NAME   (a question that goes before; there may be several)
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
  my $answered = defined $sent_at && $outcome !~ /^(silence|not-sent|unable|error)$/;
  my $trip = $answered ? sprintf '%.1f', ($probe{answered_at} // arrival()) - $sent_at : 'null';
  $detail =~ s/[^ -~]|["\\]/?/g;
  syswrite STDOUT, qq({"outcome":"$outcome","detail":"$detail","roundTrip":$trip}\n);
  exit 0;
}

# Without a right of its own, or without memory, the sender says nothing about the packet: nobody has asked for it to be sent.
sub unable { done('unable', "$_[0]: $!") }

sub errno_name {
  my ($code) = ($_[0] + 0);
  local $! = $code;
  for my $name (keys %!) { return $name if $!{$name} }
  return "errno $code";
}

sub address { my ($address, $port) = @_; $six ? pack_sockaddr_in6($port, $address) : pack_sockaddr_in($port, $address) }

sub open_socket {
  my ($type, $protocol) = @_;
  socket(my $socket, $family, $type, $protocol) or unable('no socket can be opened for it');
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
