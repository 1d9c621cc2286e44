# Part of watch-probe.pl: the kernel's reasons for discarding packets.

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
  # Busy as long as anybody looks into it.
  for (1 .. 40) { last if rmdir $instance or $!{ENOENT}; select undef, undef, undef, 0.05 }
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
