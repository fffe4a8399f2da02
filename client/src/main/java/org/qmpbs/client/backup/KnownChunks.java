package org.qmpbs.client.backup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.client.read.DigestSet;

/**
 * What the server knows in this session: the chunks of the previous snapshot's indexes that were
 * fetched in it, and those uploaded in it. Never more, and never from an earlier session: the
 * server's garbage collection may have taken those (the server would refuse them, too).
 *
 * <p>A chunk that is on its way counts for nobody: who meets it again leaves a message for the
 * moment its upload has returned. Thread-safe; messages run outside the lock.
 */
final class KnownChunks {
  private final DigestSet known = new DigestSet();
  private final Map<Digest, List<WhenKnown>> underWay = new HashMap<>();
  private long uploads;

  /** What is left to do once a chunk is known. */
  @FunctionalInterface
  interface WhenKnown {
    void run() throws IOException;
  }

  /** What the caller of {@link #claim} has to do. */
  enum Claim {
    /** The chunk may be appended now. */
    KNOWN,
    /** The caller uploads it, and calls {@link #uploaded}. */
    UPLOAD,
    /** Somebody uploads it; the message will be run. */
    UNDER_WAY
  }

  /** Adds the chunks of an index that the server registered in this session. */
  synchronized void addAll(FixedIndex index) {
    known.addAll(index);
  }

  /** How many chunks were uploaded. */
  synchronized long uploads() {
    return uploads;
  }

  /** Finds out who uploads {@code digest}. */
  synchronized Claim claim(Digest digest, WhenKnown message) {
    if (known.contains(digest)) {
      return Claim.KNOWN;
    }
    List<WhenKnown> messages = underWay.get(digest);
    if (messages != null) {
      messages.add(message);
      return Claim.UNDER_WAY;
    }
    underWay.put(digest, new ArrayList<>());
    return Claim.UPLOAD;
  }

  /** To be called when the upload has returned; runs the messages that were left for it. */
  void uploaded(Digest digest) throws IOException {
    List<WhenKnown> messages;
    synchronized (this) {
      known.add(digest);
      uploads++;
      messages = underWay.remove(digest);
    }
    if (messages == null) {
      throw new IllegalStateException("chunk " + digest + " was not claimed");
    }
    for (WhenKnown message : messages) {
      message.run();
    }
  }
}
