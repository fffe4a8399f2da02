package org.qmpbs.e2e.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;

/**
 * Reads the chunks of indexes, each once, however many indexes name it. A corrupt one is put aside,
 * so that the next upload of its content stores it again. Without keys it sees of encrypted chunks
 * only that they are whole: their CRC.
 */
final class ChunkVerification {
  private final Datastore store;
  private final Task task;
  private final Set<Digest> verified = new HashSet<>();
  private final Set<Digest> corrupt = new HashSet<>();
  private long readBytes;
  private long plainBytes;

  ChunkVerification(Datastore store, Task task) {
    this.store = store;
    this.task = task;
  }

  /** Goes on after a corrupt chunk, so that all of them are found, and fails in the end. */
  void check(FixedIndex index, boolean encrypted) throws IOException, Refused {
    readBytes = 0;
    plainBytes = 0;
    int errors = 0;
    for (int i = 0; i < index.chunkCount(); i++) {
      task.check();
      if (!isSound(index.digest(i), Chunks.length(index.size(), i), encrypted)) {
        errors++;
      }
    }
    task.log(
        String.format(
            Locale.ROOT,
            "  verified %.2f/%.2f MiB (%d errors)",
            mebibytes(readBytes),
            mebibytes(plainBytes),
            errors));
    if (errors > 0) {
      throw Refused.badRequest("chunks could not be verified");
    }
  }

  private static double mebibytes(long bytes) {
    return bytes / (1024.0 * 1024.0);
  }

  private boolean isSound(Digest digest, long size, boolean encrypted) throws IOException {
    if (corrupt.contains(digest)) {
      task.log("chunk " + digest + " was marked as corrupt");
      return false;
    }
    if (verified.contains(digest)) {
      return true;
    }
    RawBlob blob;
    try {
      blob = RawBlob.parse(Files.readAllBytes(store.chunks().path(digest)));
      blob.verifyCrc();
    } catch (Refused e) {
      return putAside(digest, loadProblem(digest, e.text()));
    } catch (NoSuchFileException e) {
      return putAside(digest, loadProblem(digest, Datastore.NO_SUCH_FILE));
    }
    readBytes += blob.bytes().length;
    plainBytes += size;
    if (blob.isEncrypted() != encrypted) {
      task.log(
          "chunk CryptMode %s does not match index CryptMode %s"
              .formatted(mode(blob.isEncrypted()), mode(encrypted)));
    }
    try {
      blob.verifyChunk(size, digest);
    } catch (Refused e) {
      return putAside(digest, e.text());
    }
    verified.add(digest);
    return blob.isEncrypted() == encrypted;
  }

  private String loadProblem(Digest digest, String reason) {
    return "can't verify chunk, load failed - store '%s', unable to load chunk '%s' - %s"
        .formatted(store.name(), digest, reason);
  }

  private static String mode(boolean encrypted) {
    return encrypted ? "Encrypt" : "None";
  }

  private boolean putAside(Digest digest, String reason) throws IOException {
    corrupt.add(digest);
    task.log(reason);
    store
        .chunks()
        .putAside(digest)
        .ifPresent(path -> task.log("corrupted chunk renamed to \"" + path + "\""));
    return false;
  }
}
