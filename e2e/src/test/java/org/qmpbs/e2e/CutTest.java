package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.e2e.CutScript.Moment;
import org.qmpbs.pbs.Timeouts;

/**
 * The connection breaks before, within and after every call of a backup: each time the end is soon,
 * its exit code is the documented one, the machine is as before, and the next backup is right and,
 * where there is a snapshot to build on, incremental.
 *
 * <p>By default each kind of call is cut once; {@code -Dqmpbs.cuts=all} cuts every call at every
 * moment.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CutTest {
  private static final int MIB = 1 << 20;
  private static final boolean ALL = "all".equals(System.getProperty("qmpbs.cuts"));
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Timeouts TIMEOUTS =
      new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(10));

  private final CutScript script = new CutScript();
  private final Map<String, Integer> ends = new TreeMap<>();
  private TestServer server;
  private QemuMachine machine;
  private InProcess qmpbs;
  private Path scratch;
  private Path folder;

  /** Explicit times, or every backup would wait for the next second. */
  private long time = 1_700_000_000L;

  private int writes;

  @BeforeAll
  void start(@TempDir Path shared) throws Exception {
    folder = shared;
    scratch = Files.createDirectories(shared.resolve("scratch"));
    server = TestServer.failing(shared.resolve("server"), script);
    qmpbs = new InProcess(server.environment(), TIMEOUTS);
    machine =
        QemuMachine.in(shared)
            .disk(DiskPlan.of("alpha", ImageFormat.QCOW2, 40 * MIB))
            .disk(DiskPlan.of("beta", ImageFormat.RAW, 20 * MIB).on(Bus.SCSI))
            .start();
    machine.disks().forEach(disk -> Stage.fill(disk, 4 * MIB, 5 * MIB));
  }

  @AfterAll
  void stop() {
    System.out.println("cuts: " + ends);
    machine.close();
    server.close();
  }

  @Test
  void afterACutAtAnyCallOfAnIncrementTheNextOneIsIncrementalAndRight() {
    backup("increment").assertDone();
    guestWrites();
    script.record();
    backup("increment").assertDone();
    for (Cut cut : cuts(script.names())) {
      guestWrites();
      cut("increment", cut, true);
    }
  }

  @Test
  void afterACutAtAnyCallOfAFirstBackupTheNextOneIsRight() {
    script.record();
    backup("first").assertDone();
    List<Cut> cuts = cuts(script.names());
    // The short form leaves to the increments what they have in common.
    List<Cut> chosen =
        ALL ? cuts : cuts.stream().filter(cut -> cut.name.contains("fixed_chunk")).toList();
    for (int i = 0; i < chosen.size(); i++) {
      cut("first-" + i, chosen.get(i), false);
    }
  }

  @Test
  void withARetryTheSameBackupSucceeds() {
    backup("retried").assertDone();
    guestWrites();
    script.record();
    backup("retried").assertDone();
    List<Cut> cuts = cuts(script.names());
    for (Cut cut : ALL ? cuts : List.of(new Cut("POST /fixed_chunk", number(), Moment.WITHIN))) {
      guestWrites();
      script.cutAt(cut.number, cut.moment);
      Outcome outcome = backup("retried", "--retry", "2", "--retry-delay", "1s").assertDone();
      script.record();
      if (outcome.summary().get("retries").asInt() > 0) {
        assertThat(outcome.summary().get("warnings").toString()).contains("(retry 1 of 2)");
      }
      machine.disks().forEach(disk -> outcome.disk(disk.plan()).assertIncremental());
      assertRight(outcome);
      ends.merge("retries " + outcome.summary().get("retries").asInt(), 1, Integer::sum);
    }
  }

  private int number() {
    return script.names().indexOf("POST /fixed_chunk");
  }

  /** One break. */
  private record Cut(String name, int number, Moment moment) {}

  private static List<Cut> cuts(List<String> names) {
    List<Cut> cuts = new ArrayList<>();
    for (int number = 0; number < names.size(); number++) {
      String name = names.get(number);
      boolean isFirst = names.indexOf(name) == number;
      for (Moment moment : Moment.values()) {
        boolean hasBody = name.contains("fixed_chunk") || name.startsWith("POST /blob");
        if (moment == Moment.WITHIN && !hasBody) {
          continue;
        }
        Moment once = hasBody ? Moment.WITHIN : number % 2 == 0 ? Moment.BEFORE : Moment.AFTER;
        if (ALL || (isFirst && (moment == once || name.equals("POST /finish")))) {
          cuts.add(new Cut(name, number, moment));
        }
      }
    }
    return cuts;
  }

  private void cut(String id, Cut cut, boolean hasBase) {
    long bitmapsBefore = epochBitmaps();
    script.cutAt(cut.number, cut.moment);
    long start = System.nanoTime();
    Outcome outcome = backup(id, "--retry", "0");
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertThat(script.names()).as("%s", outcome).hasSizeGreaterThan(cut.number);
    script.record();
    String what = cut + ": " + outcome;
    assertThat(took).as(what).isLessThan(SOON);
    boolean isDone = outcome.exitCode() == 0;
    ends.merge("exit " + outcome.exitCode(), 1, Integer::sum);
    if (isDone) {
      // The server was asked and has it; or what it did not say was only for a warning, or for its
      // log.
      assertThat(cut.name).as(what).isIn("POST /finish", "GET /status", "POST /upload-backup-log");
    } else {
      outcome.assertExit(7);
      assertThat(outcome.summary().at("/error/cause").asText()).as(what).isNotBlank();
      assertThat(epochBitmaps()).as(what).isEqualTo(bitmapsBefore);
    }
    Debris.assertNoneIn(machine, scratch, 1);
    server.awaitNoSession();

    guestWrites();
    Outcome next = backup(id).assertDone();
    machine
        .disks()
        .forEach(
            disk -> {
              DiskOutcome read = next.disk(disk.plan());
              if (hasBase || isDone) {
                read.assertIncremental();
              } else {
                read.assertFull("FIRST_BACKUP");
              }
            });
    Debris.assertNoneIn(machine, scratch, 1);
    assertRight(next);
  }

  private Outcome backup(String id, String... more) {
    List<String> arguments = new ArrayList<>(List.of("backup", "--backup-id", id));
    arguments.addAll(List.of("--qmp", machine.qmpSocket().toString()));
    arguments.addAll(List.of("--scratch", scratch.toString()));
    arguments.addAll(List.of("--backup-time", Long.toString(time++)));
    arguments.addAll(List.of("--output-format", "json"));
    arguments.addAll(List.of(more));
    return qmpbs.run(arguments.toArray(String[]::new));
  }

  private void guestWrites() {
    writes++;
    for (MachineDisk disk : machine.disks()) {
      long chunk = writes % 4;
      disk.write(chunk * 4L * MIB + 100, 3000);
    }
  }

  private void assertRight(Outcome backup) {
    for (MachineDisk disk : machine.disks()) {
      Path target = folder.resolve("restored.raw");
      qmpbs
          .run("restore", backup.snapshot(), disk.plan().archive(), target.toString(), "--force")
          .assertDone();
      disk.model().assertIsContentOf(target);
    }
  }

  private long epochBitmaps() {
    long count = 0;
    for (JsonNode node :
        machine.monitor().execute("query-named-block-nodes", Map.of("flat", true))) {
      for (JsonNode bitmap : node.path("dirty-bitmaps")) {
        count += bitmap.path("name").asText().startsWith("qmpbs:") ? 1 : 0;
      }
    }
    return count;
  }
}
