package org.qmpbs.client.backup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.ChunkOpener;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.chunker.FixedIndexBuilder;
import org.qmpbs.pbs.CryptMode;
import org.qmpbs.pbs.FixedIndexWriter;
import org.qmpbs.pbs.IndexEntry;
import org.qmpbs.pbs.ManifestFile;
import org.qmpbs.pbs.Protection;

/** An archive in memory that refuses what the server refuses, and fails where it is told to. */
final class FakeIndexWriter implements FixedIndexWriter {
  /** Called before each upload; may block or throw. */
  interface UploadHook {
    void before(int number) throws IOException;
  }

  private final String name;
  private final long size;
  private final Map<Digest, byte[]> store;
  private final Set<Digest> registered;
  private final FixedIndexBuilder builder;
  private final boolean reused;
  private final CryptMode mode;
  private final ChunkOpener opener;
  private final List<Digest> uploads = new ArrayList<>();
  private final List<List<IndexEntry>> appends = new ArrayList<>();
  private @Nullable FixedIndex closed;
  volatile UploadHook hook = number -> {};

  FakeIndexWriter(
      String name,
      long size,
      @Nullable FixedIndex base,
      Map<Digest, byte[]> store,
      Set<Digest> registered) {
    this(name, size, base, store, registered, Protection.NONE);
  }

  FakeIndexWriter(
      String name,
      long size,
      @Nullable FixedIndex base,
      Map<Digest, byte[]> store,
      Set<Digest> registered,
      Protection protection) {
    this.mode = protection.mode();
    this.opener =
        mode == CryptMode.ENCRYPT
            ? ChunkOpener.of(protection.key().orElseThrow())
            : ChunkOpener.PLAIN;
    this.name = name;
    this.size = size;
    this.store = store;
    this.registered = registered;
    this.reused = base != null;
    this.builder = base == null ? new FixedIndexBuilder(size) : base.toBuilder();
  }

  @Override
  public void uploadChunk(Digest digest, int plainSize, byte[] encoded, int encodedLength)
      throws IOException {
    int number;
    synchronized (this) {
      uploads.add(digest);
      number = uploads.size();
    }
    byte[] copy = java.util.Arrays.copyOf(encoded, encodedLength);
    hook.before(number);
    byte[] plain = opener.open(copy, Chunks.SIZE);
    if (plain.length != plainSize || !opener.names().of(plain, 0, plain.length).equals(digest)) {
      throw new IOException("the chunk is not what its digest says");
    }
    if (!java.util.Arrays.equals(copy, java.util.Arrays.copyOf(encoded, encodedLength))) {
      throw new IOException("the buffer was used by somebody else during the upload");
    }
    synchronized (this) {
      registered.add(digest);
      store.put(digest, plain);
    }
  }

  @Override
  public synchronized void append(List<IndexEntry> entries) throws IOException {
    if (entries.isEmpty() || entries.size() > MAX_APPEND) {
      throw new IOException("an append of " + entries.size() + " positions");
    }
    for (IndexEntry entry : entries) {
      if (!registered.contains(entry.digest())) {
        throw new IOException("no such chunk " + entry.digest());
      }
      builder.set((int) (entry.offset() / Chunks.SIZE), entry.digest());
    }
    appends.add(List.copyOf(entries));
  }

  @Override
  public synchronized ManifestFile close(Digest checksum) throws IOException {
    if (!reused && appended() != Chunks.count(size)) {
      throw new IOException("expected " + Chunks.count(size) + " appends, found " + appended());
    }
    FixedIndex index = builder.build(new UUID(4, 5), 6);
    if (!index.checksum().equals(checksum)) {
      throw new IOException("the checksums differ");
    }
    closed = index;
    return new ManifestFile(name, mode, size, checksum);
  }

  long size() {
    return size;
  }

  synchronized int appended() {
    return appends.stream().mapToInt(List::size).sum();
  }

  synchronized List<Digest> uploads() {
    return List.copyOf(uploads);
  }

  synchronized @Nullable FixedIndex closed() {
    return closed;
  }

  /** Whether a restore would give {@code image}; compared in place, for images here are large. */
  synchronized boolean restoresTo(byte[] image) {
    if (image.length != size) {
      return false;
    }
    for (int i = 0; i < closed.chunkCount(); i++) {
      byte[] chunk = store.get(closed.digest(i));
      int start = i * Chunks.SIZE;
      int end = Math.min(start + Chunks.SIZE, image.length);
      if (!Arrays.equals(chunk, 0, chunk.length, image, start, end)) {
        return false;
      }
    }
    return true;
  }
}
