package org.qmpbs.client.memory;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.chunker.FixedIndexBuilder;

/** Indexes without chunks. */
public final class Indexes {
  private Indexes() {}

  /** An index whose chunks are the digests of the given texts. */
  public static FixedIndex of(long size, String... chunks) {
    return of(size, Arrays.stream(chunks).map(Indexes::digest).toArray(Digest[]::new));
  }

  /** An index of these chunks. */
  public static FixedIndex of(long size, Digest... chunks) {
    FixedIndexBuilder builder = new FixedIndexBuilder(size);
    for (int i = 0; i < chunks.length; i++) {
      builder.set(i, chunks[i]);
    }
    return builder.build(new UUID(1, 2), 3);
  }

  /** The digest of a text. */
  public static Digest digest(String text) {
    return Digest.sha256(text.getBytes(StandardCharsets.UTF_8));
  }
}
