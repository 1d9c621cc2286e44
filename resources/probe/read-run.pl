# Part of read-host.pl: the workers, what a look at all processes of the machine tells, and the run.

my $self = (stat '/proc/self/ns/net')[1];
# One process of each namespace, by inode: containers can share one.
my (%process, @inodes);

# The process may have ended, and its number may belong to another one by now. The host's own needs no right to be entered.
sub enter {
  my ($inode, $pid) = @_;
  return undef if (stat '/proc/self/ns/net')[1] == $inode;
  sysopen(my $file, "/proc/$pid/ns/net", O_RDONLY) or return "/proc/$pid/ns/net: $!";
  syscall($setns, fileno $file, $NEWNET) == 0 or return "setns: $!";
  return (stat '/proc/self/ns/net')[1] == $inode ? undef : 'the process has gone';
}

# Who owns a socket, ss finds out by looking at every file of every process of the machine: that is done once, for all.
sub sockets {
  my ($aside) = @_;
  my @said = run('', qw(/usr/bin/ss -HOnltue));
  local $to = $aside;
  frame('sockets', @said);
}

# Frames of sockets, which still lack their owners, are put aside. Each worker writes to files of its own, since lines of
# several writers to one would mix.
sub work {
  my ($number, $queue) = @_;
  open $errors, '+>', "$scratch.$number.errors" or die "$!\n";
  open $to, '>', "$scratch.$number" or die "$!\n";
  open my $aside, '>', "$scratch.$number.sockets" or die "$!\n";
  while (sysread $queue, my $place, 4) {
    $id = $inodes[unpack 'N', $place];
    my $trouble = enter($id, $process{$id});
    if (defined $trouble) { frame('enter', 1, '', $trouble) }
    else { namespace(); sockets($aside) }
  }
  close $_ for $to, $aside;
}

# As many as the machine has processors, within reason: two keep each other's waits short, and eight are quick enough.
sub count_workers {
  my @processors = (text_of('/proc/stat') // '') =~ /^cpu\d/mg;
  return @processors < 2 ? 2 : @processors > 8 ? 8 : scalar @processors;
}

# Starts workers that each take the next namespace as soon as they are done with one; gives their process ids.
sub start_workers {
  my ($count) = @_;
  pipe(my $queue, my $end) or die "pipe: $!\n";
  my @workers;
  for my $number (1 .. $count) {
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
      close $end;
      work($number, $queue);
      POSIX::_exit(0);
    }
    push @workers, $pid;
  }
  close $queue;
  syswrite $end, pack 'N', $_ for 0 .. $#inodes;
  return @workers;
}

# Looks at every process of the machine, once: gives the owners of those sockets, and a file of each network namespace that a
# process is in or holds open. Of several owners of one socket it is the one that came last, as ss names it first. Who
# looks after all sockets are known misses the owner of none that is still there.
sub look_around {
  my %wanted = map { $_ => 1 } @_;
  my (%owner, %namespace);
  for my $pid (sort { $a <=> $b } grep { /^\d+$/ } names_in('/proc')) {
    my $inode = (stat "/proc/$pid/ns/net")[1];
    $namespace{$inode} //= "/proc/$pid/ns/net" if defined $inode;
    opendir my $files, "/proc/$pid/fd" or next;
    for my $number (sort { $a <=> $b } grep { /^\d+$/ } readdir $files) {
      my ($kind, $of) = (readlink("/proc/$pid/fd/$number") // next) =~ /^(socket|net):\[(\d+)\]$/ or next;
      if ($kind eq 'net') { $namespace{$of} //= "/proc/$pid/fd/$number" }
      elsif ($wanted{$of}) { $owner{$of} = [$pid, $number] }
    }
  }
  return (\%owner, \%namespace);
}

# Which id this namespace gives to each other one: it says where the other end of a veth is. As lsns prints them, but one
# without an id is left out. linux/net_namespace.h, rtnetlink.h: RTM_GETNSID is answered with RTM_NEWNSID.
sub tell_ids {
  my ($namespace) = @_;
  my ($GET, $NEW, $REQUEST, $ID, $FD) = (90, 88, 1, 1, 3);
  socket my $kernel, 16, 3, 0 or return frame('netnsids', 1, '', "a netlink socket: $!");
  my $text = '';
  for my $inode (sort { $a <=> $b } keys %$namespace) {
    # It may have gone since.
    open my $file, '<', $namespace->{$inode} or next;
    my $question = pack 'L S S L L C x3 S S L', 28, $GET, $REQUEST, 0, 0, 0, 8, $FD, fileno $file;
    send $kernel, $question, 0 or return frame('netnsids', 1, $text, "netlink: $!");
    defined recv $kernel, my $answer, 4096, 0 or return frame('netnsids', 1, $text, "netlink: $!");
    my ($type, $attribute, $id_there) = unpack 'x4 S x14 x2 S l', $answer;
    $text .= "$inode $id_there\n" if $type == $NEW && $attribute == $ID && $id_there >= 0;
  }
  frame('netnsids', 0, $text, '');
}

# Writes sockets as `ss -p` would: owners in the place of what else there is to tell of a socket.
sub with_owners {
  my ($line, $owner) = @_;
  my ($socket, $inode) = $line =~ /^((?:\S+\s+){5}\S+)\s.*?\bino:(\d+)/ or return $line;
  my ($pid, $number) = @{ $owner->{$inode} // return $socket };
  chomp(my $name = text_of("/proc/$pid/comm") // return $socket);
  $name =~ tr/\n/ /;
  return sprintf '%s users:(("%s",pid=%d,fd=%d))', $socket, $name, $pid, $number;
}

# Takes the frames apart that were put aside; gives for each its namespace, exit status, output and what was said.
sub take_apart {
  my ($text) = @_;
  my @frames;
  while ($text =~ /\G@@ (\d+) \S+ (\d+) (\d+) (\d+)\n/gc) {
    my ($inode, $exit, $length, $rest) = ($1, $2, $3, $4);
    my $at = pos $text;
    push @frames, [$inode, $exit, substr($text, $at, $length), substr($text, $at + $length + 1, $rest)];
    pos($text) = $at + $length + $rest + 2;
  }
  return @frames;
}

sub tell_sockets_and_ids {
  my @frames = take_apart(join '', @_);
  my ($owner, $namespace) = look_around(map { $_->[2] =~ /\bino:(\d+)/g } @frames);
  $id = $self;
  tell_ids($namespace);
  for my $frame (@frames) {
    ($id, my $exit, my $out, my $said) = @$frame;
    $out = frame('sockets', $exit, join("\n", map { with_owners($_, $owner) } split /\n/, $out), $said);
    next unless $id == $self;
    my %proxies = map { $_ => 1 } $out =~ /"docker-proxy",pid=(\d+)/g;
    for my $pid (sort { $a <=> $b } keys %proxies) {
      my $words = text_of("/proc/$pid/cmdline");
      frame("cmdline:$pid", defined $words ? 0 : 1, ($words // '') =~ tr/\0/\n/r, defined $words ? '' : "$!");
    }
  }
}

sub tell_host {
  $id = $self;
  frame('self', 0, $self, '');
  file('hostname', '/proc/sys/kernel/hostname');
  file('kernel', '/proc/sys/kernel/osrelease');
  file('resolv:self', '/etc/resolv.conf');
  file('hosts:self', '/etc/hosts');
}

# Files of a container are told as its own processes see them.
sub tell_process {
  my ($pid, $inode, $trouble) = @_;
  $id = 0;
  return frame("pid:$pid", 1, '', "/proc/$pid/ns/net: $trouble") unless defined $inode;
  frame("pid:$pid", 0, $inode, '');
  $id = $inode;
  file("resolv:$pid", "/proc/$pid/root/etc/resolv.conf");
  file("hosts:$pid", "/proc/$pid/root/etc/hosts");
}

my @found = map { my ($inode) = (stat "/proc/$_/ns/net")[1]; [$_, $inode, "$!"] } grep { /^\d+$/ } @ARGV;
$process{$self} = $$;
$process{ $_->[1] } //= $_->[0] for grep { defined $_->[1] } @found;
@inodes = ($self, sort { $a <=> $b } grep { $_ != $self } keys %process);
my @workers = start_workers(count_workers());

open $to, '|-', 'gzip', '-1c' or die "gzip: $!\n";
open $errors, '+>', "$scratch.errors" or die "$scratch.errors: $!\n";
tell_host();
tell_process(@$_) for @found;
waitpid $_, 0 for @workers;
print $to text_of("$scratch.$_") // '' for 1 .. @workers;
tell_sockets_and_ids(map { text_of("$scratch.$_.sockets") // '' } 1 .. @workers);
unlink "$scratch.errors", map { ("$scratch.$_", "$scratch.$_.sockets", "$scratch.$_.errors") } 1 .. @workers;
close $to;
