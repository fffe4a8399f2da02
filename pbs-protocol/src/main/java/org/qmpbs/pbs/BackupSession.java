package org.qmpbs.pbs;

import java.io.IOException;
import java.util.Optional;
import org.qmpbs.chunker.FixedIndex;

/**
 * A backup that is being written: one connection, which is the transaction. Closing it before
 * {@link #finish} succeeds makes the server delete everything that was sent.
 *
 * <p>All methods may be called from several threads; each blocks until the server has answered.
 * When the connection is lost every pending and later call fails with {@link SessionLostException}.
 */
public interface BackupSession extends AutoCloseable {
  /** The snapshot that this session writes. */
  Snapshot snapshot();

  /** The last snapshot the server is willing to build on, or empty. */
  Optional<Snapshot> previous() throws IOException;

  /**
   * The manifest of the previous snapshot, or empty if the server has no usable one. One that was
   * made without a key is given also where there is one now: its {@link Manifest#voucher} says so.
   *
   * @throws WrongKeyException if it is another key's
   * @throws UnsignedManifestException if it claims to be a key's and is not signed
   * @throws ForgedManifestException if it was changed since it was signed
   * @throws org.qmpbs.chunker.CorruptDataException if it does not parse
   */
  Optional<Manifest> previousManifest() throws IOException;

  /**
   * The plain content of a blob of the previous snapshot, its checksum compared with {@code
   * manifest}.
   *
   * @throws WrongKeyException if it is encrypted, and this session has no key
   * @throws org.qmpbs.chunker.CorruptDataException if it is not what the manifest says
   */
  byte[] previousBlob(Manifest manifest, String name) throws IOException;

  /**
   * The index of an archive of the previous snapshot, its recomputed checksum compared with {@code
   * manifest}. From this call on the server knows all of its chunks in this session.
   *
   * @param name with {@code .fidx}
   * @throws org.qmpbs.chunker.CorruptDataException if it is not what the manifest says
   */
  FixedIndex previousIndex(Manifest manifest, String name) throws IOException;

  /**
   * Uploads a blob (plain bytes; encoded, and encrypted in such a session, here) and returns its
   * manifest entry.
   */
  ManifestFile uploadBlob(String name, byte[] content) throws IOException;

  /**
   * Uploads the copy of the key for the owner of the master key, which is encrypted already.
   *
   * @param encrypted what {@link org.qmpbs.pbs.key.MasterPublicKey#encrypt} gave
   * @throws IllegalStateException if the session does not encrypt
   */
  ManifestFile uploadKeyCopy(byte[] encrypted) throws IOException;

  /**
   * Opens an archive that is written from nothing.
   *
   * @param name with {@code .fidx}
   * @param size of the image in bytes, at least 1
   */
  FixedIndexWriter createIndex(String name, long size) throws IOException;

  /**
   * Opens an archive that starts as a copy of the previous snapshot's; only positions that changed
   * are appended.
   *
   * @param base what {@link #previousIndex} gave for the same name
   */
  FixedIndexWriter reuseIndex(String name, FixedIndex base) throws IOException;

  /**
   * Uploads the manifest, signed if the session has a key, and makes the snapshot visible. Every
   * writer must be closed.
   *
   * @return {@link FinishOutcome#UNKNOWN} when the connection died after the request was sent
   * @throws PbsException if the server refused; the snapshot then does not exist
   */
  FinishOutcome finish(Manifest manifest) throws IOException;

  /** Ends the session; whatever is not finished is dropped by the server. Idempotent. */
  @Override
  void close();
}
