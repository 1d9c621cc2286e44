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
# read-host.pl writes them, a capture in hexadecimal. The end of standard input cancels, and so does
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
my $GONE = 'the process that it was known by has ended';

$ENV{LC_ALL} = 'C';
$| = 1;
my ($id, $limit, $idle, $settle, $lengths) = splice @ARGV, 0, 5;
my (@namespaces, @sender, @tools, %begun, $drops, $cancelled, $enough, $ready_at, $first_at, $last_at, $heard_at);

# How long nobody may be heard of, in milliseconds.
my $patience = 8000;
# How long a busy machine may take to start or to end a tool, in milliseconds: what is there is not waited for.
my $BUSY = 10000;

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
    sysopen(my $file, "/proc/$pid/ns/net", O_RDONLY) or fail($!{ENOENT} || $!{ESRCH} ? $GONE : "it cannot be opened: $!");
    syscall($nr->{setns}, fileno($file), $NEWNET) == 0 or fail("it cannot be entered: $!");
  }
  my $here = (stat '/proc/self/ns/net')[1] // 0;
  $here == $inode or fail($GONE);
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
