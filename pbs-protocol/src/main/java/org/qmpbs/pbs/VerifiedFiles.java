package org.qmpbs.pbs;

import java.io.IOException;
import org.qmpbs.chunker.AuthenticationFailedException;
import org.qmpbs.chunker.Blob;
import org.qmpbs.chunker.ChunkOpener;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.chunker.UnsupportedDataException;

/**
 * Files of one snapshot, each compared with what its manifest says before anybody sees it. The
 * manifest's size also bounds how much is read.
 */
final class VerifiedFiles {
  /** Manifests have some hundred bytes a file; the server takes 16 MiB blobs at most. */
  private static final int MAX_MANIFEST = 16 << 20;

  private final Source source;
  private final ReadKey key;

  VerifiedFiles(Source source, ReadKey key) {
    this.source = source;
    this.key = key;
  }

  /** Where the raw bytes come from. */
  @FunctionalInterface
  interface Source {
    /** The file called {@code name}, at most {@code limit} bytes long. */
    byte[] fetch(String name, long limit) throws IOException;
  }

  /** The encoded manifest, unchecked. */
  byte[] manifestBlob() throws IOException {
    return source.fetch(Manifest.NAME, Blob.HEADER_SIZE + (long) MAX_MANIFEST);
  }

  /** The manifest in it, proven as the key demands. */
  Manifest manifest(byte[] encoded, Snapshot snapshot) throws IOException {
    return Manifest.parse(ChunkOpener.PLAIN.open(encoded, MAX_MANIFEST), snapshot, key);
  }

  /** The plain content of a blob whose length and SHA-256 are the manifest's. */
  byte[] blob(Manifest manifest, String name) throws IOException {
    ManifestFile expected = entry(manifest, name);
    // Said before anything is fetched: there may be no key.
    ChunkOpener opener = key.opener(manifest, expected);
    byte[] encoded = source.fetch(name, Blob.MAX_HEADER_SIZE + (long) Blob.MAX_BLOB);
    Digest found = Digest.sha256(encoded);
    if (encoded.length != expected.size() || !found.equals(expected.checksum())) {
      throw mismatch(name, expected, encoded.length, found);
    }
    try {
      return opener.open(encoded, Blob.MAX_BLOB);
    } catch (AuthenticationFailedException e) {
      // The manifest is this key's, and the file is the one that the manifest names.
      throw new CorruptDataException(name, 0, String.valueOf(e.getMessage()));
    }
  }

  /** An index whose image size and recomputed checksum are the manifest's. */
  FixedIndex index(Manifest manifest, String name) throws IOException {
    ManifestFile expected = entry(manifest, name);
    FixedIndex index = FixedIndex.parse(source.fetch(name, indexLength(expected)));
    if (index.size() != expected.size() || !index.checksum().equals(expected.checksum())) {
      throw mismatch(name, expected, index.size(), index.checksum());
    }
    return index;
  }

  /** The manifest is foreign bytes too: its size must not make us overflow. */
  private static long indexLength(ManifestFile expected) throws UnsupportedDataException {
    long chunks = expected.size() / Chunks.SIZE + 1;
    long length = FixedIndex.HEADER_SIZE + chunks * Digest.BYTES;
    if (length > Integer.MAX_VALUE) {
      throw new UnsupportedDataException(
          expected.name() + " is an image of " + expected.size() + " bytes; that is too large");
    }
    return length;
  }

  private static ManifestFile entry(Manifest manifest, String name) throws CorruptDataException {
    return manifest
        .file(name)
        .orElseThrow(
            () ->
                new CorruptDataException(
                    "manifest", 0, "expected an entry for '" + name + "', found none"));
  }

  private static CorruptDataException mismatch(
      String name, ManifestFile expected, long size, Digest checksum) {
    return new CorruptDataException(
        name,
        0,
        String.format(
            "expected size %d and checksum %s (manifest), found %d and %s",
            expected.size(), expected.checksum(), size, checksum));
  }
}
