package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code bin/lib/guest-writer.pl} at work in a Linux guest: a record to {@code /dev/vda}, then to
 * {@code /dev/sda}, past the caches, again and again.
 */
final class GuestWriter {
  private static final String DISKS = "/dev/vda /dev/sda";

  private final GuestConsole console;
  private final GuestRecords records;

  private GuestWriter(GuestConsole console, GuestRecords records) {
    this.console = console;
    this.records = records;
  }

  /** Starts it and waits until every slot has been written once. */
  static GuestWriter start(GuestConsole console, GuestRecords records, int everyMillis) {
    console.run(
        "/writer/start run %d %d %s > /tmp/writer.log 2>&1 &"
            .formatted(records.rows(), everyMillis, DISKS));
    GuestWriter writer = new GuestWriter(console, records);
    // One question at a time: the console gives up on an answer that takes minutes.
    while (writer.last() < records.slots()) {
      console.run("sleep 1; cat /tmp/writer.log >&2; [ ! -s /tmp/writer.log ]");
    }
    return writer;
  }

  /** The last number that is certainly on both disks. */
  long last() {
    return Long.parseLong(console.run("cat /tmp/last 2>/dev/null || echo 0").strip());
  }

  /** How long the guest's writes of records {@code from} to {@code to} took. */
  Latency latency(long from, long to) {
    String[] words = console.run("/writer/start latency %d %d".formatted(from, to)).split(" ", -1);
    return new Latency(
        Long.parseLong(words[0]),
        Long.parseLong(words[1]),
        Long.parseLong(words[2]),
        Long.parseLong(words[3]));
  }

  /** Ends it, and lets the guest read back all it wrote. Returns the last number. */
  long stopAndVerify() {
    console.run("touch /tmp/stop; wait");
    String verified = console.run("/writer/start verify %d %s".formatted(records.rows(), DISKS));
    String[] words = verified.split(" ", -1);
    assertThat(verified).isEqualTo("last " + words[1] + " wrong 0");
    return Long.parseLong(words[1]);
  }

  /** No write of the guest failed and its kernel saw no error of a disk. */
  void assertHealthy() {
    assertThat(console.run("cat /tmp/errors /tmp/writer.log 2>/dev/null; true")).isEmpty();
    assertThat(
            console.run(
                "dmesg | grep -iE 'i/o error|blk_update_request|abort|timed out|hung task' || true"))
        .isEmpty();
  }

  /** Of so many writes, in microseconds. */
  record Latency(long writes, long median, long p99, long max) {}
}
