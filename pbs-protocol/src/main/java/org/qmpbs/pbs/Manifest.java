package org.qmpbs.pbs;

import java.util.List;
import java.util.Optional;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.chunker.KeyFingerprint;
import org.qmpbs.chunker.UnsupportedDataException;

/**
 * {@code index.json.blob}: what a snapshot consists of (docs/protocol.md, "Manifest").
 *
 * @param snapshot the snapshot it belongs to
 * @param files in the order of the document
 * @param notes for people, empty for nothing. Written only: whoever may write to the group may
 *     change them afterwards, so {@link #parse} leaves them out and nothing can be decided by them
 * @param voucher who vouches for it. Read only: {@code finish} signs with the session's key
 */
public record Manifest(Snapshot snapshot, List<ManifestFile> files, String notes, Voucher voucher) {
  /** The manifest's own file name. */
  public static final String NAME = "index.json.blob";

  /** Keeps a copy of the list. */
  public Manifest {
    files = List.copyOf(files);
  }

  /** One to be written. */
  public Manifest(Snapshot snapshot, List<ManifestFile> files, String notes) {
    this(snapshot, files, notes, Voucher.NOBODY);
  }

  /** Without notes. */
  public Manifest(Snapshot snapshot, List<ManifestFile> files) {
    this(snapshot, files, "");
  }

  /**
   * Parses the plain content of {@link #NAME}.
   *
   * @param expected the snapshot it was read from; another one's manifest is corrupt here
   * @throws CorruptDataException if it is not JSON, or a field is missing or of the wrong type
   * @throws UnsupportedDataException if a file is protected in an unknown way
   */
  public static Manifest parse(byte[] json, Snapshot expected)
      throws CorruptDataException, UnsupportedDataException {
    return ManifestJson.parse(json, expected);
  }

  /**
   * Parses the plain content of {@link #NAME} and proves that {@code key} signed it. Every name,
   * mode, size and checksum is then what the key's owner wrote; what the server adds is not signed.
   *
   * @param expected the snapshot it was read from; another one's manifest is corrupt here
   * @throws UnsignedManifestException if it has no signature
   * @throws WrongKeyException if it says that another key signed it
   * @throws ForgedManifestException if it was changed since it was signed
   * @throws CorruptDataException if it is not JSON, or a field is missing or of the wrong type
   * @throws UnsupportedDataException if a file is protected in an unknown way
   */
  public static Manifest parse(byte[] json, Snapshot expected, EncryptionKey key)
      throws UnsignedManifestException,
          WrongKeyException,
          ForgedManifestException,
          CorruptDataException,
          UnsupportedDataException {
    return ManifestJson.parse(json, expected, key);
  }

  /**
   * Parses the plain content of {@link #NAME}, and proves its signature as far as {@code key}
   * demands it.
   *
   * @param expected the snapshot it was read from; another one's manifest is corrupt here
   * @throws UnsignedManifestException if it has no signature, and has to have one
   * @throws WrongKeyException if it says that another key signed it
   * @throws ForgedManifestException if it was changed since it was signed
   * @throws CorruptDataException if it is not JSON, or a field is missing or of the wrong type
   * @throws UnsupportedDataException if a file is protected in an unknown way
   */
  public static Manifest parse(byte[] json, Snapshot expected, ReadKey key)
      throws UnsignedManifestException,
          WrongKeyException,
          ForgedManifestException,
          CorruptDataException,
          UnsupportedDataException {
    // First, so that what a key does not open is not called damaged.
    if (key.demand() == ReadKey.Demand.PROOF && key.key().isPresent()) {
      return parse(json, expected, key.key().get());
    }
    Manifest unproven = parse(json, expected);
    return key.passesUnproven(unproven) ? unproven : parse(json, expected, key.key().orElseThrow());
  }

  /** The same, and who vouches for it. */
  Manifest vouchedBy(Voucher by) {
    return new Manifest(snapshot, files, notes, by);
  }

  /**
   * The key that the document says it was signed with, so that people can be told which they need.
   * Anybody can change this field; only {@link #parse(byte[], Snapshot, EncryptionKey)} proves it.
   */
  public static Optional<KeyFingerprint> keyFingerprint(byte[] json) throws CorruptDataException {
    return ManifestSignature.keyFingerprint(ManifestJson.readObject(json));
  }

  /** The document, in UTF-8: what {@link #parse} reads and {@code finish} uploads. */
  public byte[] toJson() {
    return ManifestJson.write(this);
  }

  /** The document, signed with {@code key}. */
  public byte[] toJson(EncryptionKey key) {
    return ManifestJson.write(this, key);
  }

  /** The entry called {@code name}. */
  public Optional<ManifestFile> file(String name) {
    return files.stream().filter(file -> file.name().equals(name)).findFirst();
  }
}
