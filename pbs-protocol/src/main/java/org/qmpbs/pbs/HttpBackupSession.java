package org.qmpbs.pbs;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.HttpUrl;
import org.qmpbs.chunker.ChunkSealer;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.pbs.key.MasterPublicKey;

/**
 * The backup calls. The first one, for the time of the previous snapshot, is made before anybody
 * gets the session: OkHttp opens several connections when its very first calls come at once.
 *
 * <p>Keeps a list of what was uploaded, so that a manifest that says something else is refused here
 * and not found out at a restore.
 */
final class HttpBackupSession implements BackupSession {
  static final String PROTOCOL = "proxmox-backup-protocol-v1";

  /** Largest plain blob the server takes (docs/protocol.md, "Backup calls"). */
  private static final int MAX_UPLOADED_BLOB = 16 << 20;

  private final Snapshot snapshot;
  private final Protection protection;
  private final SessionCalls calls;
  private final Optional<Snapshot> previous;
  private final VerifiedFiles previousFiles;
  private final Map<String, ManifestFile> uploaded = new ConcurrentHashMap<>();

  private HttpBackupSession(
      Snapshot snapshot, Protection protection, SessionCalls calls, Optional<Snapshot> previous) {
    this.snapshot = snapshot;
    this.protection = protection;
    this.calls = calls;
    this.previous = previous;
    this.previousFiles = new VerifiedFiles(this::fetchPrevious, protection.readEarlier());
  }

  /** Makes the first call; closes {@code calls} if it fails. */
  static HttpBackupSession start(Snapshot snapshot, Protection protection, SessionCalls calls)
      throws IOException {
    boolean started = false;
    try {
      String name = "previous_backup_time";
      JsonNode time = calls.get(SessionCalls.url(name).build());
      if (!time.isNull() && !(time.canConvertToLong() && time.longValue() > 0)) {
        throw new BadAnswerException(name, "expected a time or null, found " + time.getNodeType());
      }
      Optional<Snapshot> previous =
          time.isNull()
              ? Optional.empty()
              : Optional.of(new Snapshot(snapshot.group(), time.longValue()));
      HttpBackupSession session = new HttpBackupSession(snapshot, protection, calls, previous);
      started = true;
      return session;
    } finally {
      if (!started) {
        calls.close();
      }
    }
  }

  private byte[] fetchPrevious(String name, long limit) throws IOException {
    return calls.fetch(
        SessionCalls.url("previous").addQueryParameter("archive-name", name).build(), limit);
  }

  @Override
  public Snapshot snapshot() {
    return snapshot;
  }

  @Override
  public Optional<Snapshot> previous() {
    return previous;
  }

  @Override
  public Optional<Manifest> previousManifest() throws IOException {
    if (previous.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          previousFiles.manifest(previousFiles.manifestBlob(), previous.orElseThrow()));
    } catch (PbsException e) {
      if (e.problem() == ServerProblem.NO_BASE) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public byte[] previousBlob(Manifest manifest, String name) throws IOException {
    return previousFiles.blob(manifest, name);
  }

  @Override
  public FixedIndex previousIndex(Manifest manifest, String name) throws IOException {
    return previousFiles.index(manifest, name);
  }

  @Override
  public ManifestFile uploadBlob(String name, byte[] content) throws IOException {
    requireArchiveName(name, ".blob");
    if (name.equals(Manifest.NAME)) {
      throw new IllegalArgumentException("the manifest is uploaded by finish");
    }
    return registered(sendBlob(name, content, protection.sealer()));
  }

  @Override
  public ManifestFile uploadKeyCopy(byte[] encrypted) throws IOException {
    if (protection.mode() != CryptMode.ENCRYPT) {
      throw new IllegalStateException("there is no key that encrypts");
    }
    return registered(sendBlob(MasterPublicKey.BLOB, encrypted, ChunkSealer.PLAIN));
  }

  private ManifestFile sendBlob(String name, byte[] content, ChunkSealer sealer)
      throws IOException {
    if (content.length > MAX_UPLOADED_BLOB) {
      throw new IllegalArgumentException(
          name + " has " + content.length + " bytes, the server takes " + MAX_UPLOADED_BLOB);
    }
    byte[] encoded = sealer.seal(content);
    HttpUrl url =
        SessionCalls.url("blob")
            .addQueryParameter("file-name", name)
            .addQueryParameter("encoded-size", Integer.toString(encoded.length))
            .build();
    calls.send(url, "POST", new ByteRangeBody(ByteRangeBody.BINARY, encoded, encoded.length));
    return new ManifestFile(name, protection.mode(), encoded.length, Digest.sha256(encoded));
  }

  @Override
  public FixedIndexWriter createIndex(String name, long size) throws IOException {
    return openWriter(name, size, Optional.empty());
  }

  @Override
  public FixedIndexWriter reuseIndex(String name, FixedIndex base) throws IOException {
    return openWriter(name, base.size(), Optional.of(base.checksum()));
  }

  private FixedIndexWriter openWriter(String name, long size, Optional<Digest> reuse)
      throws IOException {
    requireArchiveName(name, ".fidx");
    if (size < 1) {
      throw new IllegalArgumentException(name + " has " + size + " bytes, at least 1 is needed");
    }
    HttpUrl.Builder url =
        SessionCalls.url("fixed_index")
            .addQueryParameter("archive-name", name)
            .addQueryParameter("size", Long.toString(size));
    reuse.ifPresent(checksum -> url.addQueryParameter("reuse-csum", checksum.hex()));
    JsonNode wid = calls.send(url.build(), "POST", ByteRangeBody.empty());
    if (!wid.canConvertToInt() || !wid.isIntegralNumber()) {
      throw new BadAnswerException(
          "fixed_index", "expected a writer id, found " + wid.getNodeType());
    }
    return new HttpFixedIndexWriter(
        calls, wid.intValue(), name, size, protection.mode(), this::registered);
  }

  private ManifestFile registered(ManifestFile file) {
    if (uploaded.putIfAbsent(file.name(), file) != null) {
      throw new IllegalStateException(file.name() + " was uploaded twice in one session");
    }
    return file;
  }

  @Override
  public FinishOutcome finish(Manifest manifest) throws IOException {
    requireUploaded(manifest);
    sendBlob(Manifest.NAME, protection.toJson(manifest), ChunkSealer.PLAIN);
    SessionCalls.Sent sent = new SessionCalls.Sent();
    try {
      calls.post(SessionCalls.url("finish").build(), sent);
      return FinishOutcome.DONE;
    } catch (SessionLostException | OperationTimeoutException | InterruptedIOException e) {
      // From the first byte of the request on, the server may have finished without our hearing it.
      if (sent.started()) {
        return FinishOutcome.UNKNOWN;
      }
      throw e;
    }
  }

  private void requireUploaded(Manifest manifest) {
    if (!manifest.snapshot().equals(snapshot)) {
      throw new IllegalArgumentException(
          "the manifest is of " + manifest.snapshot() + ", the session of " + snapshot);
    }
    for (ManifestFile file : manifest.files()) {
      if (!file.equals(uploaded.get(file.name()))) {
        throw new IllegalArgumentException(
            file.name() + " in the manifest is not what was uploaded");
      }
    }
    if (manifest.files().isEmpty() || manifest.files().size() != uploaded.size()) {
      throw new IllegalArgumentException(
          "the manifest has "
              + manifest.files().size()
              + " files, uploaded are "
              + uploaded.keySet());
    }
  }

  private static void requireArchiveName(String name, String extension) {
    Names.requireSafeId("archive name", name);
    if (!name.endsWith(extension)) {
      throw new IllegalArgumentException(
          "archive name '" + name + "' does not end in " + extension);
    }
  }

  @Override
  public void close() {
    calls.close();
  }
}
