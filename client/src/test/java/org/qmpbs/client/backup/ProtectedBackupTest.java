package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.client.backup.ReadPlan.FullRead;
import org.qmpbs.client.backup.ReadPlan.Incremental;
import org.qmpbs.client.lookup.UnfinishedUpload;
import org.qmpbs.pbs.CryptMode;
import org.qmpbs.pbs.Protection;
import org.qmpbs.pbs.key.MasterPublicKey;

/** Backups with keys, one after the other. The server in memory opens every chunk with the key. */
@Timeout(300)
class ProtectedBackupTest {
  private static final EncryptionKey ONE = EncryptionKey.generate(new SecureRandom());
  private static final EncryptionKey TWO = EncryptionKey.generate(new SecureRandom());

  @TempDir Path temp;
  private BackupScene scene;

  @BeforeEach
  void setUp() throws IOException {
    scene = new BackupScene(temp.resolve("scratch"));
  }

  /** A key and a mode. */
  enum With {
    NOTHING,
    SIGNED_WITH_ONE,
    SIGNED_WITH_TWO,
    ENCRYPTED_WITH_ONE,
    ENCRYPTED_WITH_TWO;

    SnapshotKeys keys() {
      return switch (this) {
        case NOTHING -> SnapshotKeys.NONE;
        case SIGNED_WITH_ONE -> new SnapshotKeys(Protection.signed(ONE), Optional.empty());
        case SIGNED_WITH_TWO -> new SnapshotKeys(Protection.signed(TWO), Optional.empty());
        case ENCRYPTED_WITH_ONE -> encrypted(ONE);
        case ENCRYPTED_WITH_TWO -> encrypted(TWO);
      };
    }

    boolean isEncrypted() {
      return keys().protection().mode() == CryptMode.ENCRYPT;
    }

    boolean hasOtherKeyThan(With other) {
      Optional<EncryptionKey> key = keys().protection().key();
      return key.isPresent()
          && other.keys().protection().key().isPresent()
          && !key.equals(other.keys().protection().key());
    }
  }

  private static SnapshotKeys encrypted(EncryptionKey key) {
    return new SnapshotKeys(
        Protection.encrypted(key, new SecureRandom()), Optional.of(new byte[] {1, 2, 3}));
  }

  private BackupSummary backUp(With with) throws IOException {
    scene.keys = with.keys();
    BackupSummary summary = scene.backUp();
    scene.assertLastSnapshotIsTheInstant();
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
    scene.assertNoDebris();
    assertThat(scene.server.last().manifest.files())
        .allMatch(file -> file.cryptMode() == with.keys().protection().mode());
    assertThat(scene.server.last().manifest.file(MasterPublicKey.BLOB).isPresent())
        .isEqualTo(with.isEncrypted());
    return summary;
  }

  @ParameterizedTest
  @EnumSource
  void theSameKeyAndModeGoOnIncrementally(With with) throws IOException {
    backUp(with);
    scene.audit = 100;
    for (int i = 0; i < 3; i++) {
      BackupSummary next = backUp(with);
      assertThat(next.disks()).allMatch(disk -> disk.plan() instanceof Incremental);
      assertThat(next.disks()).allMatch(disk -> disk.reused() > 0);
      assertThat(next.warnings()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void anyChangeReadsEverythingAndSaysBeforehandWhatIsSentAgain(With before) throws IOException {
    for (With after : With.values()) {
      if (after == before) {
        continue;
      }
      scene = new BackupScene(temp.resolve(before + "-" + after));
      backUp(before);
      scene.keys = after.keys();
      List<String> planned = scene.job().plan().warnings();
      BackupSummary summary = backUp(after);

      FullReadReason reason =
          after.hasOtherKeyThan(before)
              ? FullReadReason.KEY_CHANGED
              : FullReadReason.CRYPT_MODE_CHANGED;
      assertThat(summary.disks())
          .as(before + " to " + after)
          .allSatisfy(disk -> assertThat(((FullRead) disk.plan()).reason()).isEqualTo(reason));
      boolean plainDigests = !before.isEncrypted() && !after.isEncrypted();
      boolean known = plainDigests && reason != FullReadReason.KEY_CHANGED;
      String size = "(" + 2 * BackupScene.SIZE + " bytes)";
      for (List<String> said : List.of(planned, summary.warnings())) {
        assertThat(said)
            .as(before + " to " + after)
            .anySatisfy(
                line ->
                    assertThat(line)
                        .contains(known ? "everything is read" : "everything is sent again", size));
      }
      int sent = summary.disks().stream().mapToInt(disk -> (int) disk.uploadedChunks()).sum();
      assertThat(sent).as(before + " to " + after).matches(n -> known ? n <= 3 : n > 3);
      assertThat(backUp(after).disks()).allMatch(disk -> disk.plan() instanceof Incremental);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SIGNED_WITH_ONE", "ENCRYPTED_WITH_ONE"})
  void aBrokenSignatureIsNeitherBuiltUponNorReusedAndIsWarnedOf(With with) throws IOException {
    backUp(with);
    for (String field : List.of("\"backup-id\"", "\"files\"")) {
      scene.server.last().tampering =
          json ->
              new String(json, StandardCharsets.UTF_8)
                  .replace(field, "\"more\":1," + field)
                  .getBytes(StandardCharsets.UTF_8);
      scene.warnings.clear();
      BackupSummary summary = backUp(with);
      assertThat(summary.disks())
          .allSatisfy(
              disk -> {
                assertThat(((FullRead) disk.plan()).reason())
                    .isEqualTo(FullReadReason.SIGNATURE_BROKEN);
                assertThat(disk.reused()).isZero();
                assertThat(disk.uploadedChunks()).isPositive();
              });
      assertThat(scene.warnings).anySatisfy(line -> assertThat(line).contains("Do not trust"));
    }
  }

  @Test
  void aSignatureThatWasTakenAwayIsBroken() throws IOException {
    backUp(With.SIGNED_WITH_ONE);
    scene.server.last().tampering =
        json ->
            new String(json, StandardCharsets.UTF_8)
                .replaceFirst("\"signature\":\"[0-9a-f]+\"", "\"signature\":null")
                .getBytes(StandardCharsets.UTF_8);
    BackupSummary summary = backUp(With.SIGNED_WITH_ONE);
    assertThat(((FullRead) summary.disks().get(0).plan()).reason())
        .isEqualTo(FullReadReason.SIGNATURE_BROKEN);
  }

  @Test
  void anEndWithoutAnAnswerIsAskedForWithTheKey() throws IOException {
    scene.server.end = FakeServer.End.NO_ANSWER_BUT_DONE;
    BackupSummary summary = backUp(With.ENCRYPTED_WITH_ONE);
    assertThat(summary.warnings()).anySatisfy(line -> assertThat(line).contains("did finish it"));
    scene.server.end = FakeServer.End.DONE;
    assertThat(backUp(With.ENCRYPTED_WITH_ONE).disks())
        .allMatch(disk -> disk.plan() instanceof Incremental);
  }

  private void cutAFirstUploadWith(With with) {
    scene.keys = with.keys();
    scene.checkpoints = CheckpointPolicy.every(Duration.ofSeconds(30));
    scene.sizes = new ChunkPipeline.Sizes(1, 1, 0);
    scene.deadline = Duration.ofDays(2);
    byte[] image = new byte[9 * Chunks.SIZE];
    for (int i = 0; i < 9; i++) {
      image[i * Chunks.SIZE] = (byte) (i + 1);
    }
    scene.machine.disks.get("scsi0").image = image;
    scene.server.beforeUpload = () -> scene.ticker.sleep(Duration.ofMinutes(1));
    scene.steps.failAfter(
        5,
        "upload",
        () -> {
          throw new IOException("cut");
        });
    assertThatThrownBy(() -> scene.job().run()).hasMessage("cut");
    scene.steps.heal();
    assertThat(UnfinishedUpload.is(scene.server.last().manifest)).isTrue();
    scene.ticker.sleep(Duration.ofMinutes(1));
  }

  @ParameterizedTest
  @EnumSource(names = {"SIGNED_WITH_ONE", "ENCRYPTED_WITH_ONE"})
  void anInterruptedFirstUploadGoesOnWithItsKey(With with) throws IOException {
    cutAFirstUploadWith(with);
    BackupSummary summary = backUp(with);
    assertThat(((FullRead) summary.disks().get(0).plan()).reason())
        .isEqualTo(FullReadReason.FIRST_UPLOAD_CONTINUES);
    for (FakeServer.FakeSession session : scene.server.history) {
      assertThat(session.sent()).noneMatch(session.had()::contains);
    }
    assertThat(summary.warnings()).isEmpty();
    assertThat(scene.server.snapshots).hasSize(1);
  }

  @Test
  void aCheckpointThatThisKeyDoesNotOpenIsLeftAloneAndNamed() throws IOException {
    cutAFirstUploadWith(With.ENCRYPTED_WITH_ONE);
    String checkpoint = scene.server.last().manifest.snapshot().toString();
    BackupSummary summary = backUp(With.ENCRYPTED_WITH_TWO);
    assertThat(((FullRead) summary.disks().get(0).plan()).reason())
        .isEqualTo(FullReadReason.KEY_CHANGED);
    assertThat(summary.warnings())
        .anySatisfy(line -> assertThat(line).contains(checkpoint, "is left alone"));
    assertThat(scene.server.snapshots.values())
        .filteredOn(stored -> UnfinishedUpload.is(stored.manifest))
        .extracting(stored -> stored.manifest.snapshot().toString())
        .containsExactly(checkpoint);
  }

  @Test
  void aCheckpointOfAnotherModeIsNotGoneOnFrom() throws IOException {
    cutAFirstUploadWith(With.NOTHING);
    BackupSummary summary = backUp(With.ENCRYPTED_WITH_ONE);
    assertThat(((FullRead) summary.disks().get(0).plan()).reason())
        .isEqualTo(FullReadReason.CRYPT_MODE_CHANGED);
    assertThat(scene.server.snapshots).hasSize(1);
  }
}
