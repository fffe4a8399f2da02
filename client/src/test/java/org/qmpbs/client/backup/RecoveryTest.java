package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryTest {
  private static final String ANOTHER = "qmpbs:fedcba9876543210:1600000000:0000000000000009";

  @TempDir private Path temp;
  private BackupScene scene;
  private Recovery recovery;

  @BeforeEach
  void begin() throws IOException {
    scene = new BackupScene(temp.resolve("scene"));
    scene.begin();
    recovery = new Recovery(scene.machine::connect, scene.folder.resolve("monitor"), scene.folder);
  }

  @Test
  void onAMachineInOrderThereIsNothingToDo() throws IOException {
    assertThat(recovery.run())
        .isEqualTo(new Recovery.Result(java.util.List.of(), java.util.List.of()));
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
    scene.assertNoDebris();
  }

  @Test
  void remainsAndWorthlessBitmapsOfAllTargetsGoAndGoodOnesStay() throws IOException {
    scene.machine.remains = true;
    Path dead = Files.createDirectory(scene.folder.resolve("qmpbs-01234567"));
    Files.createFile(dead.resolve("lock"));
    Files.createFile(dead.resolve("s0.qcow2"));
    EpochName second = new EpochName(Samples.TARGET, 1_700_000_030L, 5);
    var bitmaps = scene.machine.disks.get("scsi0").bitmaps;
    bitmaps.put(second.text(), new FakeMachine.FakeBitmap());
    FakeMachine.FakeBitmap worthless = new FakeMachine.FakeBitmap();
    worthless.inconsistent = true;
    bitmaps.put(ANOTHER, worthless);
    FakeMachine.FakeBitmap foreign = new FakeMachine.FakeBitmap();
    foreign.inconsistent = true;
    bitmaps.put("veeam", foreign);

    Recovery.Result result = recovery.run();
    assertThat(result.left()).isEmpty();
    assertThat(result.removed()).hasSize(3);
    assertThat(result.removed().get(0)).contains("run 89abcdef");
    assertThat(result.removed().get(1)).contains(ANOTHER, "scsi0");
    assertThat(result.removed().get(2)).contains(dead.toString());
    assertThat(dead).doesNotExist();
    assertThat(bitmaps)
        .containsKeys(
            second.text(),
            "veeam",
            FakeMachine.recorded(scene.server, "scsi0"),
            BackupScene.FOREIGN,
            BackupScene.OTHER_TARGET)
        .doesNotContainKey(ANOTHER);
    scene.assertNoDebris();
  }

  @Test
  void aRunThatLivesIsLeftAlone() throws IOException {
    try (RunDirectory alive =
        RunDirectory.create(
            scene.folder,
            scene.folder.resolve("monitor"),
            (path, size) -> Files.createFile(path),
            new Random(3))) {
      scene.machine.remains = true;
      scene.machine.remainingScratch.add(alive.path().resolve("s0.qcow2"));
      assertThatThrownBy(recovery::run).isInstanceOf(MachineBusyException.class);
      assertThat(scene.machine.remains).isTrue();
      assertThat(alive.path()).exists();
    }
  }

  @Test
  void whatQemuDoesNotLetGoOfIsSaid() throws IOException {
    FakeMachine.FakeBitmap worthless = new FakeMachine.FakeBitmap();
    worthless.inconsistent = true;
    scene.machine.disks.get("scsi0").bitmaps.put(ANOTHER, worthless);
    scene.steps.failAt(
        "remove bitmap",
        () -> {
          throw new IOException("Bitmap is currently in use");
        });
    Recovery.Result result = recovery.run();
    assertThat(result.removed()).isEmpty();
    assertThat(result.left()).singleElement().asString().contains(ANOTHER, "currently in use");
  }
}
