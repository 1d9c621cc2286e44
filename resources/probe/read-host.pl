# Reads all network state of a Docker host in one run. Hopwire sends this file, with read-namespace.pl and read-run.pl
# behind it, to its helper container as the text of one `perl -e`. The list of commands is fixed: arguments are process ids
# and never become commands.
#
#   PID...     besides the host's own namespace that of each process is read
#
# Output, gzip'd: frames, each a line `@@ INODE COMMAND EXIT BYTES ERROR_BYTES`, BYTES bytes of output, a line end,
# ERROR_BYTES bytes of what the command said on standard error, a line end. A command that fails has its frame, too:
# what is missing must never look like what is empty.
#
# A few workers go from namespace to namespace. What files tell they read themselves: starting a program takes longer than
# most of them work, and on a host with hundreds of containers that is nearly all of the time.
use strict;
use warnings;
use POSIX ();
use Fcntl;

# Perl has no name for this. asm/unistd.h
my %setns = (
  x86_64 => 308, aarch64 => 268, riscv64 => 268, loongarch64 => 268, i686 => 346, armv7l => 375, ppc64le => 350, s390x => 339,
);
my $machine = (POSIX::uname())[4];
my $setns = $setns{$machine} or die "a host is not read on $machine\n";
my $NEWNET = 0x40000000;

$ENV{LC_ALL} = 'C';
my $scratch = "/tmp/read.$$";
# Where frames go, to which namespace they belong, and what the tools say on standard error.
our ($to, $id, $errors) = (undef, 0, undef);

# Trailing line ends are not part of an output; what a command said matters when it failed.
sub frame {
  my ($name, $exit, $out, $said) = @_;
  $said = '' unless $exit;
  s/\n+\z// for $out, $said;
  printf $to "@@ %s %s %d %d %d\n%s\n%s\n", $id, $name, $exit, length $out, length $said, $out, $said;
  return $out;
}

# Says of a command that was not run that it has nothing to tell: only where that is known without asking.
sub nothing { frame($_, 0, '', '') for @_ }

# What ip, bridge and ss say, with exit status 0, of a dump during which something changed: they print it torn as it is.
my $torn = qr/^Dump was interrupted/m;

# Runs a program with some lines as its input; gives its exit status, its output and what it said. Of a dump that was torn by
# a change another one is taken; where each is, it has failed.
sub run {
  my @told = run_once(@_);
  for (my $again = 9; $again > 0 && $told[2] =~ $torn; $again -= 1) { @told = run_once(@_) }
  $told[0] ||= 1 if $told[2] =~ $torn;
  return @told;
}

# Standard error goes to a file: nobody must wait for two pipes at once. Not sysseek: Perl would remember that it came to the end.
sub run_once {
  my ($lines, @command) = @_;
  truncate $errors, 0;
  seek $errors, 0, 0;
  pipe(my $in, my $in_end) && pipe(my $out, my $out_end) or die "pipe: $!\n";
  syswrite $in_end, $lines;
  close $in_end;
  my $pid = fork // die "fork: $!\n";
  if (!$pid) {
    POSIX::dup2(fileno $in, 0);
    POSIX::dup2(fileno $out_end, 1);
    POSIX::dup2(fileno $errors, 2);
    exec { $command[0] } @command or syswrite STDERR, "$command[0]: $!\n";
    POSIX::_exit(127);
  }
  close $out_end;
  my $text = slurp($out);
  waitpid $pid, 0;
  my $exit = $? >> 8 || ($? & 127 ? 128 + ($? & 127) : 0);
  seek $errors, 0, 0;
  return ($exit, $text, slurp($errors));
}

# Runs a program, and tells of it; gives its output.
sub tool { my ($name, @command) = @_; return frame($name, run('', @command)) }

sub slurp { my ($file) = @_; local $/; return <$file> // '' }

# The text of a file; undef, with the reason in $!, where there is none. One that is no file could keep us waiting for ever.
sub text_of {
  my ($path) = @_;
  stat $path or return undef;
  if (!-f _) { $! = POSIX::EINVAL(); return undef }
  open my $file, '<', $path or return undef;
  return slurp($file);
}

# Tells what is in a file; gives its text.
sub file {
  my ($name, $path) = @_;
  my $text = text_of($path);
  return defined $text ? frame($name, 0, $text, '') : frame($name, 1, '', "$path: $!");
}

# The names in a folder, in order; none where there is no such folder.
sub names_in {
  opendir my $folder, $_[0] or return;
  return sort grep { $_ ne '.' && $_ ne '..' } readdir $folder;
}
