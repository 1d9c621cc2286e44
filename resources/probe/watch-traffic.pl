# Listens to the traffic of several network namespaces at once and passes on what the tools print, as it comes. Hopwire runs
# this file as the text of one `perl -e` in its helper container; arguments are data and never become a shell's words:
#
#   SNAPLEN BUFFER_KB USER_FILTER            what is kept of a packet, tcpdump's buffer, the user's filter ('' for none)
#   PID INODE FILTER ...                     one for each namespace; PID 0 is the helper's own, the host's
#
# Standard output is frames: a letter, a zero, the namespace's number (16 bits), a length (32 bits), that many bytes.
#
#   f  tcpdump's words about a user filter that does not compile; nothing follows
#   r  everything listens
#   c  capture (pcap with LINUX_SLL2)        d  what tcpdump said, its counters among it (asked for once a second)
#   k  conntrack's events                    l  its list of what there was          m  what conntrack said
#   x  a tool has ended: its name and status
#   g  the namespace's process has gone, and its tools were ended
#
# Whoever reads sends a byte of input every second. Without it for a while, and at the end of input, all ends. Every tool
# dies with this process (PR_SET_PDEATHSIG); nothing else is set up that could stay.
use strict;
use warnings;
use POSIX ();
use Fcntl;

# Perl has no names for these. asm/unistd.h
my %numbers = (
  x86_64  => { clock_gettime => 228, prctl => 157, setns => 308 },
  aarch64 => { clock_gettime => 113, prctl => 167, setns => 268 },
);
my $machine = (POSIX::uname())[4];
my $nr = $numbers{$machine} or die "watching is not made for $machine\n";
my ($NEWNET, $MONOTONIC, $SETPIPE_SZ) = (0x40000000, 1, 1031);
# Seconds without a byte of input; how much output may wait before tools are no longer read; and how long, in seconds,
# packets are gathered before they are passed on: one by one they would cost four processes a turn each.
my ($LEASE, $MOST_WAITING, $GATHER) = (10, 8 << 20, 0.02);
# Seconds that a busy machine may take to start its tools, and to end them: what is there is not waited for.
my ($BUSY, $LAST) = (10, 5);

$ENV{LC_ALL} = 'C';
my ($snaplen, $buffer, $user_filter) = splice @ARGV, 0, 3;
my (@places, @tools, $output, $over, $last_input);
$output = '';
push @places, { pid => shift @ARGV, inode => shift @ARGV, filter => shift @ARGV, number => scalar @places } while @ARGV;

sub now {
  my $time = "\0" x 16;
  syscall($nr->{clock_gettime}, $MONOTONIC, $time);
  my ($seconds, $nanoseconds) = unpack 'q q', $time;
  return $seconds + $nanoseconds / 1e9;
}

sub tell_frame {
  my ($tag, $place, $bytes) = @_;
  $output .= pack('a1 x n N', $tag, $place, length $bytes) . $bytes;
}

sub unblock {
  my ($handle) = @_;
  fcntl $handle, F_SETFL, fcntl($handle, F_GETFL, 0) | O_NONBLOCK;
  # Refused where the user has many pipes; a smaller one does, too.
  fcntl $handle, $SETPIPE_SZ, 1 << 20;
}

# The process may have ended and its number may be another one's by now: the inode tells.
sub inode_of { my $file = $_[0] ? "/proc/$_[0]/ns/net" : '/proc/self/ns/net'; return (stat $file)[1] // 0 }

sub enter {
  my ($place) = @_;
  if ($place->{pid}) {
    sysopen(my $file, "/proc/$place->{pid}/ns/net", O_RDONLY) or fail("the namespace cannot be opened: $!");
    syscall($nr->{setns}, fileno($file), $NEWNET) == 0 or fail("the namespace cannot be entered: $!");
  }
  inode_of(0) == $place->{inode} or fail('the process that it was known by has gone');
}

sub fail { syswrite STDERR, "$_[0]\n"; POSIX::_exit(77) }

# Starts a tool in a namespace; its outputs become frames with these letters.
sub start {
  my ($name, $place, $out_tag, $err_tag, @command) = @_;
  pipe(my $out, my $out_end) && pipe(my $err, my $err_end) or die "pipe: $!\n";
  my $parent = $$;
  my $pid = fork // die "fork: $!\n";
  if (!$pid) {
    syscall($nr->{prctl}, 1, 9, 0, 0, 0);
    POSIX::_exit(1) if getppid != $parent;
    sysopen(my $null, '/dev/null', O_RDONLY);
    POSIX::dup2(fileno $null, 0);
    POSIX::dup2(fileno $out_end, 1);
    POSIX::dup2(fileno $err_end, 2);
    enter($place);
    exec { $command[0] } @command or fail("$command[0]: $!");
  }
  unblock($_) for $out, $err;
  push @tools, { name => $name, place => $place, pid => $pid, out => $out, err => $err, tags => { out => $out_tag, err => $err_tag } };
  return $tools[-1];
}

# Passes on what a tool has printed; returns how much that was.
sub drain_tool {
  my ($tool) = @_;
  my $all = 0;
  for my $side (qw(out err)) {
    my $handle = $tool->{$side} or next;
    my $got = sysread $handle, my $bytes, 1 << 20;
    if ($got) {
      $all += $got;
      $tool->{said} = substr(($tool->{said} // '') . $bytes, -4096) if $side eq 'err';
      tell_frame($tool->{tags}{$side}, $tool->{place}{number}, $bytes);
    } elsif (defined $got || !$!{EAGAIN}) { delete $tool->{$side} }
  }
  settle($tool) unless $tool->{out} || $tool->{err};
  return $all;
}

sub settle {
  my ($tool) = @_;
  waitpid $tool->{pid}, 0;
  my $status = $? >> 8 || ($? & 127 ? 128 + ($? & 127) : 0);
  tell_frame('x', $tool->{place}{number}, "$tool->{name} $status");
  @tools = grep { $_ != $tool } @tools;
}

sub flush_output {
  return unless length $output;
  my $put = syswrite STDOUT, $output, 1 << 20;
  if ($put) { substr $output, 0, $put, '' }
  elsif (!$!{EAGAIN} && !$!{EINTR}) { $over = 1; $output = '' }
}

sub read_input {
  my $got = sysread STDIN, my $ignored, 4096;
  if ($got) { $last_input = now() } else { $over = 1 }
}

# One turn: waits at most so many seconds for something to do, then takes all that there is.
sub turn {
  my ($wait) = @_;
  my ($reads, $writes) = ('', '');
  vec($reads, 0, 1) = 1;
  vec($writes, 1, 1) = 1 if length $output;
  my $full = length $output > $MOST_WAITING;
  unless ($full) { for my $tool (@tools) { vec($reads, fileno $_, 1) = 1 for grep { $_ } @$tool{qw(out err)} } }
  my $found = select(my $ready = $reads, my $free = $writes, undef, $wait);
  return flush_output() if $found <= 0;
  read_input() if vec $ready, 0, 1;
  my $all = 0;
  unless ($full) { $all += drain_tool($_) for @tools }
  flush_output();
  select undef, undef, undef, $GATHER if !$over && $all < 1 << 18 && !length $output;
}

sub turns_until {
  my ($seconds, $done) = @_;
  my $until = now() + $seconds;
  turn(0.01) while !$over && now() < $until && !$done->();
}

# The kernel lists who listens to what: groups 1 to 3 of netlink's netfilter family are conntrack's.
sub listens {
  my ($pid) = @_;
  open my $list, '<', "/proc/$pid/net/netlink" or return 1;
  my %sockets = map { my @f = split; ($f[1] // '') eq '12' && hex($f[3]) & 7 ? ("socket:[$f[9]]" => 1) : () } <$list>;
  opendir my $files, "/proc/$pid/fd" or return 1;
  return scalar grep { $sockets{ readlink("/proc/$pid/fd/$_") // '' } } readdir $files;
}

sub is_ready {
  my ($tool) = @_;
  return 1 if $tool->{ready};
  return $tool->{ready} = $tool->{name} eq 'tcpdump' ? ($tool->{said} // '') =~ /listening on/ : listens($tool->{pid});
}

# Alone, before anything is put around it: `a) or (b` must not become something that compiles.
sub refuse_filter {
  my $pid = open(my $compiler, '-|') // die "fork: $!\n";
  if (!$pid) {
    POSIX::dup2(1, 2);
    exec { '/usr/bin/tcpdump' } '/usr/bin/tcpdump', '-y', 'LINUX_SLL2', '-d', '--', $user_filter or fail("tcpdump: $!");
  }
  my $said = do { local $/; <$compiler> } // '';
  close $compiler and return 0;
  tell_frame('f', 0, $said);
  return 1;
}

sub start_tools {
  for my $place (@places) {
    start('tcpdump', $place, 'c', 'd', '/usr/bin/tcpdump', '-i', 'any', '-y', 'LINUX_SLL2',
      '--time-stamp-precision', 'nano', '--immediate-mode', '-U', '-Z', 'root', '-n', '-s', $snaplen, '-B', $buffer,
      '-w', '-', '--', $place->{filter});
    start('conntrack', $place, 'k', 'm', '/usr/sbin/conntrack', '-E', '-o', 'extended', '-b', 4 << 20);
  }
  my @starting = @tools;
  turns_until($BUSY, sub { !grep { my $tool = $_; !is_ready($tool) && grep { $_ == $tool } @tools } @starting });
  # Listed once the events are listened to, so that nothing falls between.
  for my $place (@places) {
    start('list', $place, 'l', 'm', '/usr/sbin/conntrack', '-L', '-o', 'extended', '-f', $_) for qw(ipv4 ipv6);
  }
  turns_until($BUSY, sub { !grep { $_->{name} eq 'list' } @tools });
}

# A socket keeps its namespace alive: one whose process has gone must be let go of.
sub release_gone {
  for my $place (grep { $_->{pid} && !$_->{gone} && inode_of($_->{pid}) != $_->{inode} } @places) {
    $place->{gone} = 1;
    kill 'KILL', map { $_->{pid} } grep { $_->{place} == $place } @tools;
    tell_frame('g', $place->{number}, '');
  }
}

sub end_all {
  kill $_->{name} eq 'tcpdump' ? 'INT' : 'KILL', $_->{pid} for @tools;
  my $until = now() + $LAST;
  while (@tools && now() < $until) {
    drain_tool($_) for @tools;
    flush_output();
    select undef, undef, undef, 0.01;
  }
  kill 'KILL', map { $_->{pid} } @tools;
  while (length $output && now() < $until + 1) { flush_output(); select undef, undef, undef, 0.01 }
}

$SIG{$_} = sub { $over = 1 } for qw(INT TERM HUP);
$SIG{PIPE} = 'IGNORE';
unblock(\*STDOUT);
$last_input = now();
if (@places && !($user_filter ne '' && refuse_filter())) {
  start_tools();
  tell_frame('r', 0, '');
  my $next = now() + 1;
  while (!$over && now() - $last_input < $LEASE) {
    turn(0.25);
    next if now() < $next;
    $next = now() + 1;
    release_gone();
    kill 'USR1', map { $_->{pid} } grep { $_->{name} eq 'tcpdump' && is_ready($_) } @tools;
  }
}
end_all();
