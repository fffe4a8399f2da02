package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.chunker.UnsupportedDataException;

@Timeout(60)
class ReaderSessionTest {
  private static final String IMAGE = "drive-scsi0.img.fidx";
  private static final byte[] CHUNK = {1, 2, 3};

  private static byte[] answer(H2Peer.Call call) {
    return call.path().equals("chunk") ? CHUNK : Golden.plain(call.query().get("file-name"));
  }

  private static ReaderSession reader(FakePbs server) throws Exception {
    return Sessions.pinned(server).startReader(Namespace.ROOT, Golden.PLAIN, ReadKey.NONE);
  }

  @Test
  void aSnapshotOfTheRealServerIsRead() throws Exception {
    try (FakePbs server = Sessions.answering(ReaderSessionTest::answer);
        ReaderSession reader = reader(server)) {
      assertThat(server.heads.get(0))
          .startsWith("GET /api2/json/reader?store=store1&backup-type=vm&backup-id=plain&")
          .contains("Upgrade: proxmox-backup-reader-protocol-v1\r\n");
      Manifest manifest = reader.manifest();
      FixedIndex index = reader.index(manifest, IMAGE);
      assertThat(index.size()).isEqualTo(8_913_408);
      assertThat(index.chunkCount()).isEqualTo(3);
      assertThat(reader.blob(manifest, "qemu-server.conf.blob")).hasSize(25);
      assertThat(reader.chunk(index.digest(0))).isEqualTo(CHUNK);
    }
  }

  private static FakePbs altered(String name, Function<byte[], byte[]> change) throws Exception {
    return Sessions.answering(
        call -> {
          byte[] bytes = answer(call);
          return name.equals(call.query().get("file-name")) ? change.apply(bytes) : bytes;
        });
  }

  private static byte[] flipLast(byte[] bytes) {
    bytes[bytes.length - 1] ^= 1;
    return bytes;
  }

  @Test
  void aChangedFileIsNoticed() throws Exception {
    try (FakePbs server = altered("qemu-server.conf.blob", ReaderSessionTest::flipLast);
        ReaderSession reader = reader(server)) {
      Manifest manifest = reader.manifest();
      assertThatThrownBy(() -> reader.blob(manifest, "qemu-server.conf.blob"))
          .isInstanceOf(CorruptDataException.class);
    }
    try (FakePbs server = altered(IMAGE, ReaderSessionTest::flipLast);
        ReaderSession reader = reader(server)) {
      Manifest manifest = reader.manifest();
      assertThatThrownBy(() -> reader.index(manifest, IMAGE))
          .isInstanceOf(CorruptDataException.class);
    }
    try (FakePbs server = altered(Manifest.NAME, ReaderSessionTest::flipLast);
        ReaderSession reader = reader(server)) {
      assertThatThrownBy(reader::manifest).isInstanceOf(CorruptDataException.class);
    }
  }

  @Test
  void theManifestOfAnotherSnapshotIsCorruptHere() throws Exception {
    try (FakePbs server =
            altered(
                Manifest.NAME, old -> Golden.read("vm/plain/2023-11-14T221500Z/index.json.blob"));
        ReaderSession reader = reader(server)) {
      assertThatThrownBy(reader::manifest)
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining(
              "expected the manifest of vm/plain/2023-11-14T22:13:20Z,"
                  + " found vm/plain/2023-11-14T22:15:00Z");
    }
  }

  @Test
  void anIndexLongerThanItsImageIsNotReadOn() throws Exception {
    try (FakePbs server = altered(IMAGE, old -> new byte[100_000]);
        ReaderSession reader = reader(server)) {
      Manifest manifest = reader.manifest();
      assertThatThrownBy(() -> reader.index(manifest, IMAGE))
          .isInstanceOf(BadAnswerException.class)
          .hasMessageContaining("expected at most 4192 bytes, found more");
      // The rest of the session is not hurt.
      assertThat(reader.blob(manifest, "qemu-server.conf.blob")).hasSize(25);
    }
  }

  @Test
  void aChunkLargerThanAnyIsNotReadOn() throws Exception {
    byte[] large = new byte[(16 << 20) + 45];
    try (FakePbs server =
            Sessions.answering(call -> call.path().equals("chunk") ? large : answer(call));
        ReaderSession reader = reader(server)) {
      assertThatThrownBy(() -> reader.chunk(Digest.sha256(CHUNK)))
          .isInstanceOf(BadAnswerException.class);
      assertThat(reader.blob(reader.manifest(), "qemu-server.conf.blob")).hasSize(25);
    }
  }

  @Test
  void anImpossibleSizeInTheManifestDoesNotOverflow() throws Exception {
    try (FakePbs server = Sessions.answering(ReaderSessionTest::answer);
        ReaderSession reader = reader(server)) {
      ManifestFile huge =
          new ManifestFile(IMAGE, CryptMode.NONE, Long.MAX_VALUE, Digest.sha256(CHUNK));
      Manifest manifest = new Manifest(Golden.PLAIN, java.util.List.of(huge));
      assertThatThrownBy(() -> reader.index(manifest, IMAGE))
          .isInstanceOf(UnsupportedDataException.class);
    }
  }

  @Test
  void aSnapshotThatIsGoneIsNotFound() throws Exception {
    try (FakePbs server =
        new FakePbs(
            TestCertificate.LOCALHOST,
            (fake, socket) -> {
              fake.readHead(socket);
              fake.respond(socket, 400, "snapshot vm/t1/2020-09-13T12:26:40Z does not exist.");
            })) {
      assertThatThrownBy(() -> reader(server))
          .isInstanceOfSatisfying(
              PbsException.class, e -> assertThat(e.problem()).isEqualTo(ServerProblem.NOT_FOUND));
    }
  }

  @Test
  void aSnapshotWithoutAManifestEndsItsSessionAtOnce() throws Exception {
    try (FakePbs server = Sessions.answering(call -> new byte[0])) {
      assertThatThrownBy(() -> reader(server))
          .isInstanceOfSatisfying(
              PbsException.class, e -> assertThat(e.problem()).isEqualTo(ServerProblem.NOT_FOUND));
    }
  }
}
