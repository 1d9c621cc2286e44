# Watches one probe in several network namespaces at once, has it sent, and tells what was seen. Hopwire runs this file as
# the text of one `perl -e` in its helper container; arguments are data and never become a shell's words:
#
#   ID LIMIT IDLE SETTLE LENGTHS            milliseconds; LENGTHS of frames for the drop reasons, `-` for none wanted
#   ns PID INODE FILTER RULES CHECKS        one for each namespace; PID 0 is the helper's own, the host's. FILTER is
#                                           tcpdump's, RULES are lines for nft (`-`: not traced), CHECKS is a list of
#                                           nft, ip, ip6, legacy-ip, legacy-ip6 (`-`: none)
#   send PID INODE WORD...                  what send-probe.pl (in HOPWIRE_SENDER) is given, and where; or
#   await                                   nothing is sent: somebody else's packet is waited for
#
# Standard error tells line by line how far it is: ready, sent, first, answered. Standard output, gzip'd, has frames as
# read-host.sh writes them, a capture in hexadecimal. The end of standard input cancels, and so does
# its silence: whoever wants the answer writes something every second, and a daemon that dies closes nothing. The word
# `enough` says that what was waited for is over.
#
# What is set up here goes when its process ends: the nft table has an owner, captures are sockets, tracefs is mounted in
# a mount namespace of its own. Every tool dies with this process (PR_SET_PDEATHSIG). Only a tracefs instance stays when
# all are killed at once; its name tells whose it is, and the next watch removes it.
use strict;
use warnings;
use POSIX ();
use Fcntl;

# Perl has no names for these. asm/unistd.h
my %numbers = (
  x86_64  => { clock_gettime => 228, prctl => 157, setns => 308, unshare => 272, mount => 165 },
  aarch64 => { clock_gettime => 113, prctl => 167, setns => 268, unshare => 97,  mount => 40 },
);
my $machine = (POSIX::uname())[4];
my $nr = $numbers{$machine} or die "a live trace is not made for $machine\n";
my ($NEWNET, $NEWNS, $NEWTREE) = (0x40000000, 0x00020000, 1 << 18 | 16384);
my ($REALTIME, $MONOTONIC) = (0, 1);

$ENV{LC_ALL} = 'C';
$| = 1;
my ($id, $limit, $idle, $settle, $lengths) = splice @ARGV, 0, 5;
my (@namespaces, @sender, @tools, %begun, $drops, $cancelled, $enough, $ready_at, $first_at, $last_at, $heard_at);

# How long nobody may be heard of, in milliseconds.
my $patience = 8000;

while (defined(my $word = shift @ARGV)) {
  if ($word eq 'ns') {
    my %ns;
    @ns{qw(pid inode filter rules checks)} = splice @ARGV, 0, 5;
    push @namespaces, \%ns;
  } elsif ($word eq 'send') { @sender = splice @ARGV }
}

sub now {
  my ($clock, $time) = ($_[0] // $MONOTONIC, "\0" x 16);
  syscall($nr->{clock_gettime}, $clock, $time);
  my ($seconds, $nanoseconds) = unpack 'q q', $time;
  return $seconds * 1000 + $nanoseconds / 1e6;
}

sub report { syswrite STDERR, "$_[0]\n" }

# --- processes -------------------------------------------------------------------------------------------------------

# The process may have ended and its number may be another one's by now: the inode tells.
sub enter {
  my ($pid, $inode) = @_;
  if ($pid) {
    sysopen(my $file, "/proc/$pid/ns/net", O_RDONLY) or fail("it cannot be opened: $!");
    syscall($nr->{setns}, fileno($file), $NEWNET) == 0 or fail("it cannot be entered: $!");
  }
  my $here = (stat '/proc/self/ns/net')[1] // 0;
  $here == $inode or fail('the process that it was known by has gone');
}

sub fail { syswrite STDERR, "enter: $_[0]\n"; POSIX::_exit(77) }

# Starts a function or a command with pipes for its outputs (and its input, when wanted). Nothing of it outlives us.
sub start {
  my ($name, $ns, $run, %options) = @_;
  my %tool = (name => $name, ns => $ns, out => '', err => '', open => 2);
  pipe(my $out, my $out_end) && pipe(my $err, my $err_end) && pipe(my $in_end, my $in) or die "pipe: $!\n";
  my $pid = fork // die "fork: $!\n";
  if (!$pid) {
    syscall($nr->{prctl}, 1, $options{outlives} ? 0 : 9, 0, 0, 0);
    close $in;
    POSIX::dup2(fileno $in_end, 0);
    POSIX::dup2(fileno $out_end, 1);
    POSIX::dup2(fileno $err_end, 2);
    enter(@$ns{qw(pid inode)}) if $ns;
    if (ref $run eq 'CODE') { $run->(); POSIX::_exit(0) }
    exec { $run->[0] } @$run or fail("$run->[0]: $!");
  }
  @tool{qw(pid out_fh err_fh in)} = ($pid, $out, $err, $in);
  push @tools, \%tool;
  return \%tool;
}

# Reads what there is, waiting at most so many milliseconds for the first of it. Returns whether there was anything.
sub pump {
  my ($wait) = @_;
  my ($mask, %by_number, $any) = ('');
  $heard_at //= now();
  $cancelled = 1 if now() - $heard_at > $patience;
  for my $tool (@tools) {
    for my $side (qw(out err)) {
      my $handle = $tool->{"${side}_fh"} or next;
      $by_number{fileno $handle} = [$tool, $side];
      vec($mask, fileno $handle, 1) = 1;
    }
  }
  vec($mask, 0, 1) = 1 unless $cancelled;
  my $most = $wait < 0 ? 0 : $wait > 1000 ? 1000 : $wait;
  my $found = select(my $ready = $mask, undef, undef, $most / 1000);
  return 0 if $found <= 0;
  if (!$cancelled && vec($ready, 0, 1)) {
    $heard_at = now();
    if (sysread STDIN, my $said, 4096) { $enough = 1 if $said =~ /enough/ }
    else { $cancelled = 1 }
  }
  for my $number (grep { vec $ready, $_, 1 } keys %by_number) {
    my ($tool, $side) = @{ $by_number{$number} };
    my $got = sysread $tool->{"${side}_fh"}, $tool->{$side}, 65536, length $tool->{$side};
    if ($got) { $any = 1; notice($tool, $side) if $tool->{watches} }
    else { delete $tool->{"${side}_fh"} }
  }
  return $any;
}

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

sub ended { !$_[0]{out_fh} && !$_[0]{err_fh} }

# Waits until each of the tools has ended or time is up; what has not is killed.
sub finish {
  my ($wait, @some) = @_;
  my $until = now() + $wait;
  pump($until - now()) while now() < $until && grep { !ended($_) } @some;
  for my $tool (@some) {
    kill 'KILL', $tool->{pid} unless ended($tool);
    waitpid $tool->{pid}, 0;
    $tool->{exit} = $? >> 8 || ($? & 127 ? 128 + ($? & 127) : 0);
  }
}

# --- what watches ----------------------------------------------------------------------------------------------------

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

sub is_ready {
  my ($tool) = @_;
  return 1 if ended($tool) || $tool->{ready};
  $tool->{ready} = $tool->{name} eq 'tcpdump' ? $tool->{err} =~ /listening on/ : listens($tool->{pid});
}

# A table that was refused leaves a monitor that would wait for ever in silence: it is ended, and its words are told.
sub wait_until_ready {
  my $until = now() + 3000;
  my @watching = grep { $_->{watches} } @tools;
  while (!$cancelled && now() < $until && grep { !is_ready($_) } @watching) { pump(1) }
  pump(0);
  for my $tool (grep { $_->{name} eq 'nft' && $_->{err} =~ /^Error/m } @watching) { kill 'KILL', $tool->{pid} }
  if ($drops) { pump(5) while !$cancelled && now() < $until && !ended($drops) && $drops->{err} !~ /^ready/m }
}

sub is_asleep {
  my ($pid) = @_;
  open my $file, '<', "/proc/$pid/stat" or return 1;
  return <$file> !~ /\) [RD] /;
}

# A tool that sleeps, and whose pipe is empty, has told all that it got: on a busy machine time alone proves nothing.
sub drain {
  my $until = now() + 1000;
  my @watching = grep { $_->{watches} && !ended($_) } @tools;
  while (now() < $until) {
    my $busy = grep { !is_asleep($_->{pid}) } @watching;
    my $more = pump($busy ? 1 : 0);
    return unless $busy || $more;
  }
}

sub stop_watching {
  my @watching = grep { $_->{watches} } @tools;
  kill $_->{name} eq 'tcpdump' ? 'INT' : 'KILL', $_->{pid} for grep { !ended($_) } @watching;
  finish(500, @watching);
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

# --- drop reasons ------------------------------------------------------------------------------------------------------

sub write_file {
  my ($path, $text) = @_;
  open my $file, '>', $path or return 0;
  return defined syswrite($file, $text) && close $file;
}

sub read_file {
  my ($path) = @_;
  open my $file, '<', $path or return '';
  local $/;
  return <$file> // '';
}

sub start_time { (split ' ', (read_file("/proc/$_[0]/stat") =~ /.*\) (.*)/s)[0] // '')[19] // '' }

# Instances of watches that are no more, of this pid namespace; of another one nothing is known, except that no watch
# lasts an hour.
sub sweep_instances {
  my ($root, $place) = @_;
  opendir my $folder, "$root/instances" or return;
  for my $name (grep { /^hopwire\./ } readdir $folder) {
    my (undef, $where, $pid, $started) = split /\./, $name;
    my $old = time - ((stat "$root/instances/$name")[9] // time) > 3600;
    rmdir "$root/instances/$name" if $old || ($where eq $place && start_time($pid) ne $started);
  }
}

# Runs in a process of its own that outlives a killed watch for as long as it takes to remove the instance.
sub watch_drops {
  my $owner = getppid();
  $SIG{$_} = 'IGNORE' for qw(INT TERM HUP PIPE);
  my $mark = "/tmp/live.$$";
  my $refuse = sub { syswrite STDERR, "$_[0]\n"; POSIX::_exit(1) };
  my ($none, $type, $root) = ("none\0", "tracefs\0", "/tmp/\0");
  syscall($nr->{unshare}, $NEWNS) == 0 or $refuse->("no mount namespace of its own: $!");
  my $slash = "/\0";
  syscall($nr->{mount}, $none, $slash, 0, $NEWTREE, 0);
  write_file($mark, '') and mkdir "/tmp/tracefs.$$";
  $root = "/tmp/tracefs.$$\0";
  syscall($nr->{mount}, $type, $root, $type, 0, 0) == 0 or do {
    my $why = "$!";
    rmdir "/tmp/tracefs.$$";
    unlink $mark;
    $refuse->("tracefs cannot be mounted: $why");
  };
  $root = "/tmp/tracefs.$$";
  my $place = (stat '/proc/self/ns/pid')[1];
  sweep_instances($root, $place);
  my $instance = "$root/instances/" . join '.', 'hopwire', $place, $owner, start_time($owner);
  my $problem = mkdir($instance) ? set_events($instance) : "tracefs takes no instance: $!";
  syswrite STDERR, $problem ? "$problem\n" : "ready\n";
  # The end of input without a word: nobody wants it any more.
  my $wanted = sysread STDIN, my $word, 16;
  if ($wanted && !$problem) {
    write_file("$instance/tracing_on", '0');
    my $text = read_file("$instance/trace");
    my $offset = (now($REALTIME) - now($MONOTONIC)) * 1000;
    local $SIG{PIPE} = 'IGNORE';
    print STDOUT sprintf("%.0f\n", $offset), $text;
    close STDOUT;
  }
  write_file("$instance/events/enable", '0');
  rmdir $instance;
  chdir '/';
  unlink $mark;
  POSIX::_exit($problem ? 1 : 0);
}

# Reasons have other numbers in each kernel; before 5.17 there are none. `NOT_SPECIFIED` says nothing, and often.
sub set_events {
  my ($instance) = @_;
  my $format = read_file("$instance/events/skb/kfree_skb/format");
  return 'this kernel has no tracepoint skb:kfree_skb' if $format eq '';
  my ($silent) = $format =~ /\{ (\d+), "NOT_SPECIFIED" \}/;
  return 'this kernel (before 5.17) does not tell why it drops a packet' if !defined $silent;
  my $sizes = join ' || ', map { "len == $_" } split /,/, $lengths;
  write_file("$instance/buffer_size_kb", '512');
  write_file("$instance/trace_clock", 'mono');
  write_file("$instance/events/skb/kfree_skb/filter",
    "reason != $silent && (protocol == 2048 || protocol == 34525 || protocol == 2054)")
    or return "tracefs refuses a filter: $!";
  for my $event (qw(net_dev_queue netif_receive_skb netif_rx)) {
    write_file("$instance/events/net/$event/filter", $sizes) && write_file("$instance/events/net/$event/enable", '1');
  }
  return write_file("$instance/events/skb/kfree_skb/enable", '1') ? '' : "tracefs refuses an event: $!";
}

# --- the probe ---------------------------------------------------------------------------------------------------------

sub start_sender {
  my ($pid, $inode, @words) = @sender;
  return start('sender', { pid => $pid, inode => $inode }, ['/usr/bin/perl', '-e', $ENV{HOPWIRE_SENDER}, '--', @words]);
}

# Waits for the sender, and then until it has been still for a while; without an answer until nothing has moved for long.
sub await_end {
  my ($sender) = @_;
  my $began = now();
  while (!$cancelled && !$enough && now() - $began < $limit) {
    my $over = $sender && ended($sender);
    my $quiet = $over && $sender->{out} !~ /"outcome":"silence"/ ? $settle : $idle;
    my $since = $last_at // ($sender ? $began : undef);
    my $left = defined $since ? $quiet - (now() - $since) : $limit;
    # Somebody else's packets may never end.
    last if $left <= 0 || (!$sender && $first_at && now() - $first_at > 3 * $idle);
    my $rest = $limit - (now() - $began);
    pump($left < $rest ? $left : $rest);
    if ($sender && !$over && ended($sender)) { $last_at = now(); report('answered') }
  }
  return unless $sender;
  kill 'TERM', $sender->{pid} unless ended($sender);
  finish(200, $sender);
}

# --- output ------------------------------------------------------------------------------------------------------------

sub write_frames {
  open my $zip, '|-', 'gzip', '-1c' or die "gzip: $!\n";
  for my $tool (@tools) {
    my ($out, $err) = (output_of($tool), $tool->{err});
    printf $zip "@@ %s %s %d %d %d\n%s\n%s\n", $tool->{ns} ? $tool->{ns}{inode} : 0, $tool->{name}, $tool->{exit} // 0,
      length $out, length $err, $out, $err;
  }
  close $zip;
}

# A packet's way must not wait for a page of our own code: pipes that nobody reads are our end, too.
$SIG{$_} = sub { $cancelled = 1 } for qw(INT TERM HUP);
$SIG{PIPE} = 'IGNORE';
$SIG{ALRM} = sub { kill 'KILL', map { $_->{pid} } grep { $_ != ($drops // 0) } @tools; POSIX::_exit(75) };
alarm POSIX::ceil($limit / 1000) + 20;

$drops = start('drops', undef, \&watch_drops, outlives => 1) if $lengths ne '-';
start_watching();
my @listing = start_listing('before');
wait_until_ready();
finish(3000, @listing);
pump(0);
$ready_at = now($REALTIME);
forget_rules() unless @sender;
report('ready');
my $sender = @sender && !$cancelled ? start_sender() : undef;
report($sender ? 'sent' : 'waiting');
await_end($sender);
drain() unless $cancelled;
stop_watching();
syswrite $drops->{in}, "stop\n" if $drops && !$cancelled;
finish(3000, start_listing('after')) unless $cancelled;
if ($drops) { close delete $drops->{in}; finish(5000, $drops) }
write_frames() unless $cancelled;
