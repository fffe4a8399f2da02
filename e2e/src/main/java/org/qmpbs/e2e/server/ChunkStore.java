package org.qmpbs.e2e.server;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.qmpbs.chunker.Digest;

/**
 * {@code .chunks/<first 4 digits>/<digest>}. A chunk that is there is kept unless the new copy is
 * smaller; either way its access time is set, which is what garbage collection goes by. Two uploads
 * of one chunk at a time are harmless: both write a file of their own and the renames are atomic.
 */
final class ChunkStore {
  private static final int FOLDERS = 1 << 16;

  /** The last number of a corrupt chunk; the one after it replaces it. */
  private static final int MAX_BAD = 9;

  private final String store;
  private final Path folder;
  private final Clock clock;
  private final ReadWriteLock uploads = new ReentrantReadWriteLock();

  ChunkStore(String store, Path base, Clock clock) {
    this.store = store;
    this.folder = base.resolve(".chunks");
    this.clock = clock;
  }

  /**
   * What became of an upload.
   *
   * @param duplicate whether the chunk was there already
   * @param size of the encoded chunk that is stored now
   */
  record Inserted(boolean duplicate, long size) {}

  /** All 65536 folders, which a real server expects to be there. */
  void createFolders() throws IOException {
    for (int i = 0; i < FOLDERS; i++) {
      Path path = folder.resolve(String.format("%04x", i));
      if (!Files.exists(path)) {
        Files.createDirectory(path);
      }
    }
  }

  Path path(Digest digest) {
    String hex = digest.hex();
    return folder.resolve(hex.substring(0, 4)).resolve(hex);
  }

  Path folder() {
    return folder;
  }

  /** Where a chunk lies after it was found corrupt; there can be ten of them. */
  Path badPath(Digest digest, int number) {
    return path(digest).resolveSibling(digest.hex() + "." + number + ".bad");
  }

  /** Takes a corrupt chunk out of use and gives its new place, if it is there at all. */
  Optional<Path> putAside(Digest digest) throws IOException {
    int number = 0;
    while (number < MAX_BAD && Files.exists(badPath(digest, number))) {
      number++;
    }
    try {
      return Optional.of(
          Files.move(path(digest), badPath(digest, number), StandardCopyOption.REPLACE_EXISTING));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Something to do while no chunk is looked at or written. */
  @FunctionalInterface
  interface Exclusive {
    void run() throws IOException;
  }

  /** Uploads and this do not see each other half done; uploads among them may overlap. */
  void exclusively(Exclusive work) throws IOException {
    uploads.writeLock().lock();
    try {
      work.run();
    } finally {
      uploads.writeLock().unlock();
    }
  }

  /** Sets the access time; false if there is no such file. */
  boolean touchIfThere(Path path) throws IOException {
    try {
      touch(path);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  Inserted insert(RawBlob chunk, Digest digest) throws IOException, Refused {
    uploads.readLock().lock();
    try {
      return insertLocked(chunk, digest);
    } finally {
      uploads.readLock().unlock();
    }
  }

  private Inserted insertLocked(RawBlob chunk, Digest digest) throws IOException, Refused {
    Path path = path(digest);
    long encodedSize = chunk.bytes().length;
    if (Files.exists(path)) {
      long oldSize = Files.size(path);
      boolean keep = oldSize != 0 && oldSize <= encodedSize;
      if (chunk.isEncrypted() && oldSize != 0 && oldSize != encodedSize) {
        requireSameKind(chunk, digest, path);
        keep = true;
      }
      if (keep) {
        touch(path);
        return new Inserted(true, oldSize);
      }
    }
    Files.createDirectories(path.resolveSibling("."));
    AtomicFiles.replace(path, chunk.bytes(), false);
    touch(path);
    return new Inserted(false, encodedSize);
  }

  /** An encrypted chunk that meets a plain one of its name is an attack or a bug of the client. */
  private void requireSameKind(RawBlob chunk, Digest digest, Path existing)
      throws IOException, Refused {
    long magic;
    try (DataInputStream stream = new DataInputStream(Files.newInputStream(existing))) {
      magic = stream.readLong();
    }
    if (RawBlob.isPlainMagic(magic)) {
      throw Refused.badRequest(
          "Overwriting unencrypted chunk '"
              + digest
              + "' on store '"
              + store
              + "' with encrypted chunk with same digest not allowed!");
    }
    if (RawBlob.isEncryptedUncompressedMagic(magic) && chunk.isEncryptedUncompressed()) {
      throw Refused.badRequest(
          "Overwriting existing (encrypted) chunk '"
              + digest
              + "' on store '"
              + store
              + "' is not allowed!");
    }
  }

  private void touch(Path path) throws IOException {
    Files.getFileAttributeView(path, BasicFileAttributeView.class)
        .setTimes(null, FileTime.from(clock.instant()), null);
  }

  byte[] read(Digest digest) throws IOException, Refused {
    Path path = path(digest);
    try {
      return Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      throw Refused.badRequest("reading file \"" + path + "\" failed: " + Datastore.NO_SUCH_FILE);
    }
  }
}
