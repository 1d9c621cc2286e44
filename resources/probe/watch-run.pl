# Part of watch-probe.pl, its last: everything is there, and the watch runs.

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
    # How long a name server takes says nothing about the probe.
    $last_at = now() if $sender && !$over && $sender->{err} !~ /^asked$/m;
    my $quiet = $over && $sender->{out} !~ /"outcome":"silence"/ ? $settle : $idle;
    # Nothing comes back of what was dropped, but for the error that a rule sends in its place.
    $quiet = 3 * $settle if $sender && !$over && was_dropped();
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
alarm POSIX::ceil(($limit + 4 * $BUSY) / 1000) + 10;

$drops = start('drops', undef, \&watch_drops, outlives => 1) if $lengths ne '-';
start_watching();
my @listing = start_listing('before');
wait_until_ready();
finish($BUSY, @listing);
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
finish($BUSY, start_listing('after')) unless $cancelled;
if ($drops) { close delete $drops->{in}; finish($BUSY, $drops) }
write_frames() unless $cancelled;
