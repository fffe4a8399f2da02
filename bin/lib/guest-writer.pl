# Runs in the Linux guest of the tests. It writes numbered records to its disks, past the caches, and
# measures how long each write takes. Everything follows from the record's number: where it goes, how
# long it is, and every byte of it, so this program can tell afterwards what has to be on the disks,
# and so can org.qmpbs.e2e.GuestRecords of an image.
#
#   start run ROWS MILLIS DISK...   writes until /tmp/stop is there; MILLIS between two records
#   start verify ROWS DISK...       reads all records past the caches and compares every byte
#   start latency FROM TO           "writes p50 p99 max" in microseconds, of records FROM to TO
#
# A disk has ROWS rows of 512 KiB, a row eight slots of 4 to 256 KiB. Record n lies in slot n*37
# modulo their number, on one disk after the other. Only Perl itself is there, no module.
BEGIN { $^H |= 1 }    # what `use integer` does

my @slots = ([0, 4], [12, 4], [20, 16], [40, 4], [68, 64], [136, 4], [148, 16], [196, 256]);
my ($row, $step, $largest) = (512, 37, 256);

# Base of all contents: 64 KiB of a linear congruential generator, four times, each xored otherwise.
my $x = 1;
my $base = join '', map { pack 'N', $x = ($x * 1664525 + 1013904223) & 0xffffffff } 1 .. 16384;
$base = join '', map { $base ^ (pack('N', $_ * 0x01010101) x 16384) } 0 .. 3;

# Where record n lies: slot, offset and length.
sub place {
  my ($n, $rows) = @_;
  my $slot = $n * $step % (8 * $rows);
  my ($offset, $length) = @{$slots[$slot % 8]};
  return ($slot, ($slot / 8 * $row + $offset) << 10, $length << 10);
}

# A line that says what it is, with the sum of the words after it; then the base, turned and xored.
sub record {
  my ($n, $disk, $slot, $length) = @_;
  my $turn = $n * 4096 % length $base;
  my $body = substr($base . $base, $turn, $length) ^ (pack('N2', $n, $n * 7919 + $disk) x ($length / 8));
  substr($body, 0, 64, '');
  return sprintf("%-63s\n", sprintf 'record %d disk %d slot %d sum %08x', $n, $disk, $slot, unpack '%32N*', $body) . $body;
}

# A buffer that begins at a page, which writing past the caches wants.
my $buffer = "\0" x (($largest << 10) + 4096);
my $page = -unpack('J', pack 'p', $buffer) & 4095;

sub open_disks {
  return map { sysopen my $file, $_, 2 | 040000 or die "$_: $!\n"; $file } @_;    # O_RDWR, O_DIRECT
}

sub append {
  my ($path, $text) = @_;
  open my $file, '>>', $path or die "$path: $!\n";
  print $file $text;
}

sub microseconds {
  my $time = "\0" x 16;
  syscall 228, 1, $time;    # clock_gettime(CLOCK_MONOTONIC)
  my ($seconds, $nanos) = unpack 'qq', $time;
  return $seconds * 1000000 + $nanos / 1000;
}

sub run {
  my ($rows, $millis, @names) = @_;
  my @disks = open_disks(@names);
  open my $log, '>>', '/tmp/latency' or die "/tmp/latency: $!\n";
  open my $last, '>', '/tmp/last' or die "/tmp/last: $!\n";
  my $next = microseconds();
  for (my $n = 1; !-e '/tmp/stop'; $n++) {
    my ($slot, $offset, $length) = place($n, $rows);
    for my $disk (0 .. $#disks) {
      substr $buffer, $page, $length, record($n, $disk, $slot, $length);
      sysseek $disks[$disk], $offset, 0;
      my $start = microseconds();
      my $written = syswrite $disks[$disk], $buffer, $length, $page;
      my $taken = microseconds() - $start;
      append('/tmp/errors', "record $n of $names[$disk]: " . ($written // $!) . "\n")
        if !defined $written || $written != $length;
      syswrite $log, "$n $taken\n";
    }
    sysseek $last, 0, 0;
    syswrite $last, sprintf "%010d\n", $n;
    # The first round fills the disks as fast as it can: later ones overwrite.
    $next = microseconds(), next if $n < 8 * $rows;
    $next += $millis * 1000;
    my $wait = $next - microseconds();
    if ($wait > 0) { select undef, undef, undef, "${wait}e-6" } else { $next -= $wait }
  }
}

sub verify {
  my ($rows, @names) = @_;
  my @disks = open_disks(@names);
  open my $file, '<', '/tmp/last' or die "/tmp/last: $!\n";
  my $last = 0 + <$file>;
  my $wrong = 0;
  for my $n (($last < 8 * $rows ? 1 : $last - 8 * $rows + 1) .. $last) {
    my ($slot, $offset, $length) = place($n, $rows);
    for my $disk (0 .. $#disks) {
      sysseek $disks[$disk], $offset, 0;
      my $read = sysread $disks[$disk], $buffer, $length, $page;
      next if ($read // 0) == $length && substr($buffer, $page, $length) eq record($n, $disk, $slot, $length);
      print "record $n on $names[$disk]: ", substr($buffer, $page, 63), "\n";
      $wrong++;
    }
  }
  print "last $last wrong $wrong\n";
  exit($wrong ? 1 : 0);
}

sub latency {
  my ($from, $to) = @_;
  open my $log, '<', '/tmp/latency' or die "/tmp/latency: $!\n";
  my @taken;
  while (<$log>) {
    my ($n, $microseconds) = split;
    push @taken, $microseconds if $n >= $from && $n <= $to;
  }
  @taken = sort { $a <=> $b } @taken;
  my $count = @taken or die "no record from $from to $to\n";
  print join(' ', $count, map { $taken[$_] } $count / 2, $count * 99 / 100, $count - 1), "\n";
}

my %commands = (run => \&run, verify => \&verify, latency => \&latency);
my $command = $commands{shift @ARGV} or die "run, verify or latency\n";
$command->(@ARGV);
