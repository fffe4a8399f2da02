package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.qmpbs.chunker.Blob;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;

class BackupSessionTest {
  private static final byte[] PLAIN = "some plain text".getBytes(StandardCharsets.UTF_8);
  private static final Digest DIGEST = Digest.sha256(PLAIN);
  private static final long PREVIOUS_TIME = Golden.PLAIN.time();
  private static final Snapshot NEXT = new Snapshot(Golden.PLAIN.group(), PREVIOUS_TIME + 100);
  private static final String IMAGE = "drive-scsi0.img.fidx";

  private final List<H2Peer.Call> calls = new CopyOnWriteArrayList<>();

  /** A server whose group has the golden snapshot as its last one. */
  private FakePbs serverWithGoldenBase() throws Exception {
    return Sessions.answering(
        call -> {
          calls.add(call);
          return switch (call.path()) {
            case "previous_backup_time" -> json("{\"data\":" + PREVIOUS_TIME + "}");
            case "previous" -> Golden.plain(call.query().get("archive-name"));
            case "fixed_chunk" -> json("{\"data\":\"" + call.query().get("digest") + "\"}");
            case "fixed_index" ->
                json(call.method().equals("POST") ? "{\"data\":7}" : Sessions.NULL);
            default -> json(Sessions.NULL);
          };
        });
  }

  private static byte[] json(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static BackupSession next(FakePbs server) throws Exception {
    return Sessions.pinned(server).startBackup(new Namespace("a/b"), NEXT, Protection.NONE);
  }

  @Test
  void aBackupMakesTheCallsOfTheProtocolInOrder() throws Exception {
    try (FakePbs server = serverWithGoldenBase();
        BackupSession session = next(server)) {
      FixedIndexWriter writer = session.createIndex("drive-a.img.fidx", PLAIN.length);
      byte[] encoded = Blob.encode(PLAIN, 0, PLAIN.length);
      writer.uploadChunk(DIGEST, PLAIN.length, encoded, encoded.length);
      writer.append(List.of(new IndexEntry(0, DIGEST)));
      ManifestFile image = writer.close(Digest.sha256(DIGEST.toBytes()));
      ManifestFile blob = session.uploadBlob("conf.blob", PLAIN);
      Manifest manifest = new Manifest(NEXT, List.of(image, blob));

      assertThat(session.finish(manifest)).isEqualTo(FinishOutcome.DONE);

      assertThat(calls)
          .extracting(call -> call.method() + " " + call.path())
          .containsExactly(
              "GET previous_backup_time",
              "POST fixed_index",
              "POST fixed_chunk",
              "PUT fixed_index",
              "POST fixed_close",
              "POST blob",
              "POST blob",
              "POST finish");
      // Parameters in the query are ignored when the body is announced as JSON.
      String form = "application/x-www-form-urlencoded";
      String binary = "application/octet-stream";
      assertThat(calls)
          .extracting(H2Peer.Call::contentType)
          .containsExactly("null", form, binary, "application/json", form, binary, binary, form);
      assertThat(calls.get(1).query())
          .containsEntry("archive-name", "drive-a.img.fidx")
          .containsEntry("size", "15")
          .hasSize(2);
      assertThat(calls.get(2).query())
          .containsEntry("wid", "7")
          .containsEntry("digest", DIGEST.hex())
          .containsEntry("size", "15")
          .containsEntry("encoded-size", Integer.toString(encoded.length));
      assertThat(calls.get(2).body()).isEqualTo(encoded);
      assertThat(calls.get(3).text())
          .isEqualTo("{\"wid\":7,\"digest-list\":[\"" + DIGEST + "\"],\"offset-list\":[0]}");
      assertThat(calls.get(4).query())
          .containsEntry("chunk-count", "1")
          .containsEntry("size", "15")
          .containsEntry("csum", image.checksum().hex());
      assertThat(blob.checksum()).isEqualTo(Digest.sha256(calls.get(5).body()));
      assertThat(calls.get(6).query()).containsEntry("file-name", "index.json.blob");
      assertThat(Manifest.parse(Blob.decode(calls.get(6).body(), 10_000), NEXT))
          .isEqualTo(manifest);
    }
  }

  @Test
  void theUpgradeRequestSaysWhoWhereAndWhat() throws Exception {
    try (FakePbs server = serverWithGoldenBase();
        BackupSession session = next(server)) {
      assertThat(session.snapshot()).isEqualTo(NEXT);
      assertThat(server.heads.get(0))
          .startsWith(
              "GET /api2/json/backup?store=store1&ns=a%2Fb&backup-type=vm&backup-id=plain"
                  + "&backup-time=1700000100 HTTP/1.1\r\nHost: 127.0.0.1:")
          .contains("\r\nAuthorization: PBSAPIToken me@pbs!job:s3cret%2F%2B%C3%BC\r\n")
          .contains("\r\nConnection: upgrade\r\nUpgrade: proxmox-backup-protocol-v1\r\n");
    }
  }

  @Test
  void aReusedIndexSendsTheBaseChecksumAndCountsItsAppendsOnly() throws Exception {
    try (FakePbs server = serverWithGoldenBase();
        BackupSession session = next(server)) {
      assertThat(session.previous()).contains(Golden.PLAIN);
      Manifest base = session.previousManifest().orElseThrow();
      FixedIndex index = session.previousIndex(base, IMAGE);
      FixedIndexWriter writer = session.reuseIndex(IMAGE, index);
      writer.append(List.of());
      writer.append(List.of(new IndexEntry(4 << 20, index.digest(0))));
      writer.close(DIGEST);

      H2Peer.Call open = calls.get(calls.size() - 3);
      H2Peer.Call close = calls.get(calls.size() - 1);
      assertThat(open.query())
          .containsEntry("reuse-csum", base.file(IMAGE).orElseThrow().checksum().hex())
          .containsEntry("size", "8913408");
      assertThat(close.query()).containsEntry("chunk-count", "1").containsEntry("size", "8913408");
    }
  }

  @Test
  void filesOfThePreviousSnapshotAreComparedWithItsManifest() throws Exception {
    try (FakePbs server = serverWithGoldenBase();
        BackupSession session = next(server)) {
      Manifest base = session.previousManifest().orElseThrow();
      assertThat(session.previousBlob(base, "qemu-server.conf.blob")).hasSize(25);
      ManifestFile index = base.file(IMAGE).orElseThrow();
      ManifestFile blob = base.file("qemu-server.conf.blob").orElseThrow();
      for (ManifestFile wrong :
          List.of(
              new ManifestFile(IMAGE, CryptMode.NONE, index.size() - 1, index.checksum()),
              new ManifestFile(IMAGE, CryptMode.NONE, index.size(), DIGEST))) {
        Manifest other = new Manifest(Golden.PLAIN, List.of(wrong));
        assertThatThrownBy(() -> session.previousIndex(other, IMAGE))
            .isInstanceOf(CorruptDataException.class);
      }
      for (ManifestFile wrong :
          List.of(
              new ManifestFile(blob.name(), CryptMode.NONE, blob.size() + 1, blob.checksum()),
              new ManifestFile(blob.name(), CryptMode.NONE, blob.size(), DIGEST))) {
        Manifest other = new Manifest(Golden.PLAIN, List.of(wrong));
        assertThatThrownBy(() -> session.previousBlob(other, blob.name()))
            .isInstanceOf(CorruptDataException.class);
      }
      assertThatThrownBy(() -> session.previousIndex(base, "nosuch.img.fidx"))
          .isInstanceOf(CorruptDataException.class);
    }
  }

  @Test
  void aManifestThatIsNotWhatWasUploadedIsNeverSent() throws Exception {
    try (FakePbs server = serverWithGoldenBase();
        BackupSession session = next(server)) {
      ManifestFile blob = session.uploadBlob("conf.blob", PLAIN);
      int before = calls.size();
      ManifestFile wrong = new ManifestFile("conf.blob", CryptMode.NONE, 1, blob.checksum());
      for (Manifest manifest :
          List.of(
              new Manifest(Golden.PLAIN, List.of(blob)),
              new Manifest(NEXT, List.of()),
              new Manifest(NEXT, List.of(wrong)),
              new Manifest(
                  NEXT, List.of(blob, new ManifestFile("b.blob", CryptMode.NONE, 1, DIGEST))))) {
        assertThatThrownBy(() -> session.finish(manifest))
            .isInstanceOf(IllegalArgumentException.class);
      }
      assertThat(calls).hasSize(before);
    }
  }

  @Test
  void namesAndSizesThatTheServerWouldRefuseAreRefusedHere() throws Exception {
    try (FakePbs server = serverWithGoldenBase();
        BackupSession session = next(server)) {
      assertThatThrownBy(() -> session.createIndex("a.img", 1))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> session.createIndex("../a.img.fidx", 1))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> session.createIndex("a.img.fidx", 0))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> session.uploadBlob("index.json.blob", PLAIN))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> session.uploadBlob("a.blob", new byte[(16 << 20) + 1]))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(calls).hasSize(1);
    }
  }

  @Test
  void aServerWithoutAUsableSnapshotGivesNoBase() throws Exception {
    try (FakePbs server = Sessions.backupServer(peer -> peer.next());
        BackupSession session = Sessions.backup(server)) {
      assertThat(session.previous()).isEqualTo(Optional.empty());
      assertThat(session.previousManifest()).isEqualTo(Optional.empty());
    }
  }

  @Test
  void aBaseThatVanishedBetweenTheCallsIsNoBase() throws Exception {
    try (FakePbs server =
            new FakePbs(
                TestCertificate.LOCALHOST,
                (fake, socket) -> {
                  H2Peer peer = fake.upgrade(socket);
                  peer.answer(peer.next(), 200, "{\"data\":1700000000}");
                  peer.answer(peer.next(), 400, "no valid previous backup");
                  Sessions.drain(socket);
                });
        BackupSession session = next(server)) {
      assertThat(session.previousManifest()).isEqualTo(Optional.empty());
    }
  }

  @Test
  void aFailedAppendMakesTheArchiveUnusable() throws Exception {
    try (FakePbs server =
            Sessions.backupServer(
                peer -> {
                  peer.answer(peer.next(), 200, "{\"data\":1}");
                  peer.answer(peer.next(), 400, "no such chunk " + DIGEST);
                  peer.next();
                });
        BackupSession session = Sessions.backup(server)) {
      FixedIndexWriter writer = session.createIndex("a.img.fidx", 5);
      assertThatThrownBy(() -> writer.append(List.of(new IndexEntry(0, DIGEST))))
          .isInstanceOfSatisfying(
              PbsException.class, e -> assertThat(e.problem()).isEqualTo(ServerProblem.PROTOCOL));
      assertThatThrownBy(() -> writer.close(DIGEST)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aDigestThatComesBackWrongIsNoSuccess() throws Exception {
    try (FakePbs server =
            Sessions.backupServer(
                peer -> {
                  peer.answer(peer.next(), 200, "{\"data\":1}");
                  peer.answer(peer.next(), 200, "{\"data\":\"00\"}");
                  peer.next();
                });
        BackupSession session = Sessions.backup(server)) {
      FixedIndexWriter writer = session.createIndex("a.img.fidx", PLAIN.length);
      byte[] encoded = Blob.encode(PLAIN, 0, PLAIN.length);
      assertThatThrownBy(() -> writer.uploadChunk(DIGEST, PLAIN.length, encoded, encoded.length))
          .isInstanceOf(BadAnswerException.class);
    }
  }
}
