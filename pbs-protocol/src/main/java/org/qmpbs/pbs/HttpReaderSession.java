package org.qmpbs.pbs;

import java.io.IOException;
import org.qmpbs.chunker.Blob;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;

/**
 * The reader calls. The manifest is fetched before anybody gets the session: everybody needs it,
 * and OkHttp opens several connections when its very first calls come at once.
 */
final class HttpReaderSession implements ReaderSession {
  static final String PROTOCOL = "proxmox-backup-reader-protocol-v1";

  private final Snapshot snapshot;
  private final SessionCalls calls;
  private final byte[] manifestBlob;
  private final VerifiedFiles files;

  private HttpReaderSession(
      Snapshot snapshot, SessionCalls calls, VerifiedFiles files, byte[] manifestBlob) {
    this.snapshot = snapshot;
    this.calls = calls;
    this.files = files;
    this.manifestBlob = manifestBlob;
  }

  /** Makes the first call; closes {@code calls} if it fails. */
  static HttpReaderSession start(Snapshot snapshot, ReadKey key, SessionCalls calls)
      throws IOException {
    VerifiedFiles files =
        new VerifiedFiles(
            (name, limit) ->
                calls.fetch(
                    SessionCalls.url("download").addQueryParameter("file-name", name).build(),
                    limit),
            key);
    boolean started = false;
    try {
      HttpReaderSession session =
          new HttpReaderSession(snapshot, calls, files, files.manifestBlob());
      started = true;
      return session;
    } finally {
      if (!started) {
        calls.close();
      }
    }
  }

  @Override
  public Snapshot snapshot() {
    return snapshot;
  }

  @Override
  public Manifest manifest() throws IOException {
    return files.manifest(manifestBlob, snapshot);
  }

  @Override
  public byte[] blob(Manifest manifest, String name) throws IOException {
    return files.blob(manifest, name);
  }

  @Override
  public FixedIndex index(Manifest manifest, String name) throws IOException {
    return files.index(manifest, name);
  }

  @Override
  public byte[] chunk(Digest digest) throws IOException {
    return calls.fetch(
        SessionCalls.url("chunk").addQueryParameter("digest", digest.hex()).build(),
        Blob.MAX_HEADER_SIZE + (long) Blob.MAX_CHUNK);
  }

  @Override
  public void close() {
    calls.close();
  }
}
