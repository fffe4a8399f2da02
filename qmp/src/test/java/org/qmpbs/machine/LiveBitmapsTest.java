package org.qmpbs.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.machine.BitmapChange.Add;
import org.qmpbs.machine.BitmapChange.Clear;
import org.qmpbs.machine.BitmapChange.Disable;
import org.qmpbs.machine.BitmapChange.Enable;
import org.qmpbs.machine.BitmapChange.Merge;
import org.qmpbs.machine.BitmapChange.Remove;
import org.qmpbs.machine.BitmapChangeException.Reason;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QmpClient;
import org.qmpbs.qmp.QmpCommandException;

/** With a real QEMU; its answers decide, and they are the same in all versions that we know. */
class LiveBitmapsTest {
  private static final int CLUSTER = 65536;
  private static final BitmapChange ADD = new Add(OptionalLong.empty());

  @TempDir Path directory;
  private Qemu qemu;
  private Machine machine;
  private LiveBitmaps bitmaps;

  @BeforeEach
  void start() throws Exception {
    qemu = TwoDisks.start(directory);
    connect();
  }

  private void connect() throws Exception {
    machine = qemu.connect();
    bitmaps = machine.liveBitmaps();
  }

  @AfterEach
  void end() throws Exception {
    machine.close();
    qemu.close();
  }

  private void apply(String bitmap, BitmapChange... changes) throws IOException {
    bitmaps.apply("n0", bitmap, List.of(changes));
  }

  private Bitmap look(String bitmap) throws IOException {
    return bitmaps.list("n0").stream()
        .filter(each -> each.name().equals(bitmap))
        .findFirst()
        .orElseThrow();
  }

  /** Expects the refusal, and that no bitmap of the node is another one than before. */
  private BitmapChangeException refused(
      Reason reason, String node, String bitmap, BitmapChange... changes) throws IOException {
    List<Bitmap> before = node.equals("nowhere") ? List.of() : bitmaps.list(node);
    BitmapChangeException refusal =
        catchThrowableOfType(
            BitmapChangeException.class, () -> bitmaps.apply(node, bitmap, List.of(changes)));
    assertThat(refusal).isNotNull();
    assertThat(refusal.reason()).as(refusal.getMessage()).isEqualTo(reason);
    assertThat(refusal.remedy()).isNotBlank();
    assertThat(node.equals("nowhere") ? List.of() : bitmaps.list(node)).isEqualTo(before);
    return refusal;
  }

  private void startAgain() throws Exception {
    machine.close();
    qemu.close();
    qemu = TwoDisks.startAgain(directory);
    connect();
  }

  @Test
  void aBitmapIsMadePersistentAndRecordingAsByQemuImg() throws Exception {
    apply("a", ADD);
    apply("b", new Add(OptionalLong.of(512)));
    qemu.guestWrites(TwoDisks.VD0, 1, "1M 512");
    assertThat(look("a")).isEqualTo(new Bitmap("a", true, true, false, false, CLUSTER, CLUSTER));
    assertThat(look("b")).isEqualTo(new Bitmap("b", true, true, false, false, 512, 512));
    machine.close();
    qemu.quit();
    assertThat(
            Qemu.run(
                List.of(Qemu.program("qemu-img"), "info", directory.resolve("a.qcow2").toString())))
        .contains("name: a", "name: b");
    startAgain();
    assertThat(look("b").dirtyBytes()).isEqualTo(512);
  }

  @Test
  void eachActionAloneDoesWhatItsNameSays() throws Exception {
    apply("a", ADD);
    apply("b", new Add(OptionalLong.of(4 << 20)));
    qemu.guestWrites(TwoDisks.VD0, 1, "1M 64k");
    apply("a", new Disable());
    qemu.guestWrites(TwoDisks.VD0, 1, "9M 64k");
    assertThat(look("a").recording()).isFalse();
    assertThat(look("a").dirtyBytes()).isEqualTo(CLUSTER);
    apply("a", new Enable());
    assertThat(look("a").recording()).isTrue();
    apply("a", new Merge("b"));
    assertThat(look("a").dirtyBytes()).as("rounded outwards").isEqualTo(8 << 20);
    assertThat(look("b").dirtyBytes()).isEqualTo(8 << 20);
    apply("b", new Clear());
    assertThat(look("b").dirtyBytes()).isZero();
    apply("b", new Remove());
    assertThat(bitmaps.list("n0")).extracting(Bitmap::name).containsExactly("a");
  }

  @Test
  void severalActionsAreOneTransactionInTheirOrder() throws Exception {
    apply("a", ADD);
    qemu.guestWrites(TwoDisks.VD0, 1, "1M 64k");
    apply("b", ADD, new Merge("a"), new Disable());
    assertThat(look("b")).isEqualTo(new Bitmap("b", false, true, false, false, CLUSTER, CLUSTER));
    apply("b", new Merge("a"), new Clear(), new Enable());
    assertThat(look("b").dirtyBytes()).isZero();
    apply("b", new Clear(), new Merge("a"));
    assertThat(look("b").dirtyBytes()).isEqualTo(CLUSTER);
    refused(Reason.NOT_FOUND, "n0", "b", new Clear(), new Merge("c"));
    apply("b", new Disable(), new Remove());
    assertThat(look("a")).isEqualTo(new Bitmap("a", true, true, false, false, CLUSTER, CLUSTER));
  }

  /**
   * What happens to a bitmap is also written down here, without QEMU; both have to agree, and every
   * refusal has to have a reason that is understood.
   */
  @Test
  void anySequenceLeavesWhatItsActionsSayOrNothingChanged() throws Exception {
    Random random = new Random(4711);
    Map<String, Boolean> recording = new HashMap<>();
    List<String> names = List.of("a", "b", "c");
    int refusals = 0;
    for (int i = 0; i < 300; i++) {
      String name = names.get(random.nextInt(3));
      List<BitmapChange> changes = new ArrayList<>();
      for (int n = random.nextInt(4); n >= 0; n--) {
        changes.add(
            switch (random.nextInt(7)) {
              case 0 -> ADD;
              case 1 -> new Clear();
              case 2 -> new Enable();
              case 3 -> new Disable();
              case 4 -> new Remove();
              default -> new Merge(names.get(random.nextInt(3)));
            });
      }
      Map<String, Boolean> expected = new HashMap<>(recording);
      boolean possible = model(expected, name, changes);
      if (possible) {
        apply(name, changes.toArray(BitmapChange[]::new));
        recording = expected;
      } else {
        BitmapChangeException refusal =
            catchThrowableOfType(
                BitmapChangeException.class, () -> bitmaps.apply("n0", name, changes));
        assertThat(refusal).as("%s %s", name, changes).isNotNull();
        assertThat(refusal.reason())
            .isIn(Reason.NOT_FOUND, Reason.ALREADY_EXISTS, Reason.NOT_TOGETHER);
        refusals++;
      }
      Map<String, Boolean> now = new HashMap<>();
      bitmaps.list("n0").forEach(bitmap -> now.put(bitmap.name(), bitmap.recording()));
      assertThat(now).as("%s %s", name, changes).isEqualTo(recording);
    }
    assertThat(refusals).isBetween(50, 250);
  }

  private static boolean model(
      Map<String, Boolean> recording, String name, List<BitmapChange> changes) {
    boolean removed = false;
    for (BitmapChange change : changes) {
      boolean wrong =
          removed
              || (change instanceof Add) == recording.containsKey(name)
              || (change instanceof Merge merge && !recording.containsKey(merge.source()));
      if (wrong) {
        return false;
      }
      if (change instanceof Remove) {
        recording.remove(name);
        removed = true;
      } else if (change instanceof Add || change instanceof Enable) {
        recording.put(name, true);
      } else if (change instanceof Disable) {
        recording.put(name, false);
      }
    }
    return true;
  }

  /** If a QEMU learns it one day, our refusal may go. */
  @Test
  void qemuKeepsTheNameOfARemovedBitmapUntilTheEndOfTheTransaction() throws Exception {
    apply("a", ADD);
    ObjectNode transaction =
        Json.transaction(
            List.of(
                BitmapActions.change("n0", "a", new Remove()),
                BitmapActions.change("n0", "a", ADD)));
    assertThat(
            catchThrowableOfType(
                    QmpCommandException.class, () -> qemu.tell("transaction", transaction))
                .description())
        .contains("already exists");
    assertThat(refused(Reason.NOT_TOGETHER, "n0", "a", new Remove(), ADD).remedy())
        .contains("second");
  }

  /** QEMU dies of a transaction that begins with the enabling of a bitmap that is not there. */
  @Test
  void aBitmapThatSomebodyRemovesMeanwhileIsARefusalAndNotTheEndOfTheMachine() throws Exception {
    apply("a", ADD, new Disable());
    machine.close();
    try (QmpClient real = QmpClient.connect(qemu.monitor, Qemu.TIMEOUT, Qemu.TIMEOUT)) {
      Monitor late =
          new ForwardingMonitor(real) {
            @Override
            public JsonNode execute(String command, ObjectNode arguments) throws IOException {
              if (command.equals("transaction")) {
                qemu.tell("block-dirty-bitmap-remove", BitmapActions.remove("n0", "a"));
              }
              return super.execute(command, arguments);
            }
          };
      BitmapChangeException refusal =
          catchThrowableOfType(
              BitmapChangeException.class,
              () ->
                  new LiveBitmaps(late)
                      .apply("n0", "a", List.of(new Enable(), new Clear(), new Enable())));
      assertThat(refusal.reason()).isEqualTo(Reason.NOT_FOUND);
      assertThat(refusal).hasMessageContaining("(QEMU: Dirty bitmap 'a' not found)");
      assertThat(qemu.isAlive()).isTrue();
    }
  }

  @Test
  void namesAndGranularitiesAreCheckedBeforeAnythingIsSent() throws Exception {
    refused(Reason.INVALID, "n0", "a");
    refused(Reason.INVALID, "n0", "", ADD);
    refused(Reason.INVALID, "n0", "ä".repeat(512), ADD);
    refused(Reason.INVALID, "n0", "a", new Merge(""));
    for (long granularity : new long[] {0, 256, 513, 1L << 32, -512}) {
      refused(Reason.INVALID, "n0", "a", new Add(OptionalLong.of(granularity)));
    }
    apply("x".repeat(1023), new Add(OptionalLong.of(1L << 31)));
    assertThat(look("x".repeat(1023)).granularity()).isEqualTo(1L << 31);
  }

  @Test
  void whatIsNotThereIsNamedWithWhatIs() throws Exception {
    assertThat(refused(Reason.NO_SUCH_NODE, "nowhere", "a", ADD).remedy()).contains(" n0.");
    assertThat(catchThrowableOfType(BitmapChangeException.class, () -> bitmaps.list("nowhere")))
        .hasMessageContaining("nowhere");
    assertThat(refused(Reason.NOT_FOUND, "n0", "a", new Clear()))
        .hasMessageContaining("no bitmap a");
    apply("a", ADD);
    assertThat(refused(Reason.NOT_FOUND, "n0", "a", new Merge("b")))
        .hasMessageContaining("no bitmap b");
    refused(Reason.ALREADY_EXISTS, "n0", "a", ADD);
    refused(Reason.ALREADY_EXISTS, "n0", "b", ADD, ADD);
  }

  @Test
  void rawAndOldImagesCannotStoreABitmap() throws Exception {
    String raw =
        qemu.disks().stream()
            .filter(disk -> disk.format().equals("raw"))
            .findFirst()
            .orElseThrow()
            .formatNode();
    assertThat(refused(Reason.NOT_STORABLE, raw, "a", ADD)).hasMessageContaining("raw");
    Path old = Qemu.image(directory.resolve("v2"), "qcow2", "1M", "-o", "compat=0.10");
    addNode("v2", old, false);
    assertThat(refused(Reason.NOT_STORABLE, "v2", "a", ADD).remedy()).contains("compat=1.1");
  }

  @Test
  void aReadOnlyNodeIsRefusedThoughOldVersionsSeemToAcceptIt() throws Exception {
    Path image = Qemu.image(directory.resolve("ro"), "qcow2", "1M");
    Qemu.run(List.of(Qemu.program("qemu-img"), "bitmap", "--add", image.toString(), "a"));
    addNode("ro", image, true);
    refused(Reason.READ_ONLY, "ro", "b", ADD);
    refused(Reason.READ_ONLY, "ro", "a", new Disable());
    refused(Reason.READ_ONLY, "ro", "a", new Remove());
  }

  private void addNode(String name, Path image, boolean readOnly) throws IOException {
    ObjectNode arguments =
        Json.object("driver", "qcow2").put("node-name", name).put("read-only", readOnly);
    arguments.set("file", Json.object("driver", "file").put("filename", image.toString()));
    qemu.tell("blockdev-add", arguments);
  }

  @Test
  void whoHoldsABusyBitmapIsSaid() throws Exception {
    apply("a", ADD, new Disable());
    apply("b", ADD);
    ObjectNode address = Json.object("type", "unix");
    address.set("data", Json.object("path", directory.resolve("nbd").toString()));
    ObjectNode server = Json.object();
    server.set("addr", address);
    qemu.tell("nbd-server-start", server);
    ObjectNode export = Json.object("type", "nbd").put("id", "veeam").put("node-name", "n0");
    export.putArray("bitmaps").add("a");
    qemu.tell("block-export-add", export);
    for (BitmapChange change : List.of(new Clear(), new Remove(), new Enable(), new Merge("b"))) {
      assertThat(refused(Reason.BUSY, "n0", "a", change)).hasMessageContaining("export veeam");
    }
    refused(Reason.BUSY, "n0", "b", new Clear(), new Merge("a"));
    qemu.tell("block-export-del", Json.object("id", "veeam").put("mode", "hard"));

    Path target = Qemu.image(directory.resolve("target"), "qcow2", "16M");
    addNode("target", target, false);
    qemu.tell(
        "blockdev-backup",
        Json.object("job-id", "nightly")
            .put("device", "n0")
            .put("target", "target")
            .put("sync", "incremental")
            .put("bitmap", "b")
            .put("auto-finalize", false)
            .put("speed", 1));
    assertThat(refused(Reason.BUSY, "n0", "b", new Clear())).hasMessageContaining("job nightly");
  }

  @Test
  void anInconsistentBitmapCanOnlyBeRemoved() throws Exception {
    apply("a", ADD);
    machine.close();
    qemu.quit();
    startAgain();
    qemu.kill();
    startAgain();
    assertThat(look("a").inconsistent()).isTrue();
    apply("b", ADD);
    for (BitmapChange change : List.of(new Clear(), new Enable(), new Disable(), new Merge("b"))) {
      assertThat(refused(Reason.INCONSISTENT, "n0", "a", change).remedy()).contains("--remove");
    }
    refused(Reason.INCONSISTENT, "n0", "b", new Merge("a"));
    refused(Reason.ALREADY_EXISTS, "n0", "a", ADD);
    apply("a", new Remove());
    assertThat(bitmaps.list("n0")).extracting(Bitmap::name).containsExactly("b");
  }
}
