# Part of send-probe.pl: probes that are a whole connection.

# A real connection. Its initial sequence number is ours: one that is set in repair mode stays
# (linux:net/ipv4/tcp_ipv4.c tcp_v4_connect). The kernel repeats a SYN after one second: by then the socket is closed.
sub probe_connection {
  my ($request) = @_;
  my $socket = prepare(open_socket(SOCK_STREAM, IPPROTO_TCP));
  setsockopt $socket, SOL_SOCKET, SO_REUSEADDR, pack 'i', 1;
  bind_to($socket, $probe{sport});
  setsockopt $socket, IPPROTO_TCP, $TCP_REPAIR, pack 'i', 1 or unable('its sequence number cannot be chosen');
  setsockopt $socket, IPPROTO_TCP, $TCP_REPAIR_QUEUE, pack 'i', $SEND_QUEUE;
  setsockopt $socket, IPPROTO_TCP, $TCP_QUEUE_SEQ, pack 'I', $probe{isn}
    or unable('its sequence number cannot be chosen');
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
