package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.qmpbs.chunker.Blob;
import org.qmpbs.chunker.Digest;

class BackupSessionTest {
  private static final Snapshot SNAPSHOT = Snapshot.parse("vm/plain/2023-11-14T22:13:20Z");
  private static final String NULL = "{\"data\":null}";

  @Test
  void aFirstBackupMakesTheCallsOfTheProtocol() throws Exception {
    List<H2Peer.Call> calls = new CopyOnWriteArrayList<>();
    byte[] plain = "some plain text".getBytes();
    Digest digest = Digest.sha256(plain);
    FakePbs[] self = new FakePbs[1];
    try (FakePbs server =
            self[0] =
                new FakePbs(
                    TestCertificate.LOCALHOST,
                    socket -> {
                      H2Peer peer = self[0].upgrade(socket);
                      while (true) {
                        H2Peer.Call call = peer.next();
                        calls.add(call);
                        peer.answer(
                            call,
                            200,
                            switch (call.path()) {
                              case "fixed_chunk" -> "{\"data\":\"" + digest + "\"}";
                              case "fixed_index" ->
                                  call.method().equals("POST") ? "{\"data\":7}" : NULL;
                              default -> NULL;
                            });
                      }
                    });
        PbsServer pbs = server.client(FakePbs.TIMEOUTS, TestCertificate.LOCALHOST.fingerprint());
        BackupSession session = pbs.startBackup(Namespace.ROOT, SNAPSHOT)) {
      assertThat(session.previous()).isEqualTo(Optional.empty());
      FixedIndexWriter writer = session.createIndex("drive-a.img.fidx", plain.length);
      byte[] encoded = Blob.encode(plain, 0, plain.length);
      writer.uploadChunk(digest, plain.length, encoded, encoded.length);
      writer.append(List.of(new IndexEntry(0, digest)));
      ManifestFile image = writer.close(Digest.sha256(digest.toBytes()));
      ManifestFile blob = session.uploadBlob("conf.blob", plain);
      FinishOutcome outcome = session.finish(new Manifest(SNAPSHOT, List.of(image, blob)));
      assertThat(outcome).isEqualTo(FinishOutcome.DONE);
    }
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
  }
}
