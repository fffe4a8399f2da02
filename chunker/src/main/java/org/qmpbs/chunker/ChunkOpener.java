package org.qmpbs.chunker;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the blobs of one archive: chunks of an image, or the one blob of a small file.
 *
 * <p>An archive is encrypted or it is not, and its manifest says which. A blob of the other kind is
 * damage at best: without the key anybody can make a plain blob and put it where an encrypted one
 * was. So it is refused, though it could be read.
 *
 * <p>Safe for use by several threads.
 */
public final class ChunkOpener {
  /** For archives that are not encrypted, signed ones included. */
  public static final ChunkOpener PLAIN = new ChunkOpener(null, ChunkNames.PLAIN);

  private final @Nullable EncryptionKey key;
  private final ChunkNames names;

  private ChunkOpener(@Nullable EncryptionKey key, ChunkNames names) {
    this.key = key;
    this.names = names;
  }

  /** For archives that {@code key} encrypts. */
  public static ChunkOpener of(EncryptionKey key) {
    return new ChunkOpener(key, ChunkNames.of(key));
  }

  /** What the chunks are called. */
  public ChunkNames names() {
    return names;
  }

  /** Whether the blobs are encrypted. */
  public boolean isEncrypted() {
    return key != null;
  }

  /**
   * The plain bytes of a blob.
   *
   * @param maxLength most bytes that may come out
   * @throws CorruptDataException if it is damaged, or encrypted where it must not be, or not
   *     encrypted where it must be
   * @throws AuthenticationFailedException if the key does not open it
   */
  public byte[] open(byte[] blob, int maxLength)
      throws CorruptDataException, AuthenticationFailedException {
    Optional<BlobKind> kind = BlobKind.of(blob);
    if (key == null) {
      if (kind.isPresent() && kind.get().isEncrypted()) {
        throw new CorruptDataException(
            "blob", 0, "expected a blob that is not encrypted (manifest), found an encrypted one");
      }
      try {
        return Blob.decode(blob, maxLength);
      } catch (UnsupportedDataException e) {
        throw new IllegalStateException("its magic says that it is not encrypted", e);
      }
    }
    if (kind.isPresent() && !kind.get().isEncrypted()) {
      throw new CorruptDataException(
          "blob",
          0,
          "expected an encrypted blob (manifest), found one that is not: it was exchanged by"
              + " somebody without the key");
    }
    return Blob.decode(blob, maxLength, key);
  }
}
