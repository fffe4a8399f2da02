package org.qmpbs.client.read;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.ReadKey;
import org.qmpbs.pbs.ReaderSession;
import org.qmpbs.pbs.Snapshot;

/**
 * A reader session that outlives its connection: when that breaks, a new session to the same
 * snapshot is opened after a pause and the call is made again. Nothing can go wrong by that:
 * reading changes nothing, a finished snapshot never changes, and whatever comes is compared with
 * the manifest and the indexes that came first. What is written already stays written.
 *
 * <p>The server gives only chunks of indexes that were read in the same session, so a new session
 * begins with reading those again.
 *
 * <p>Of several threads that meet the same break, one opens the new session, holding no lock, and
 * the others wait for it.
 */
public final class PatientReader implements ReaderSession {
  private final PbsServer server;
  private final Namespace namespace;
  private final Snapshot snapshot;
  private final ReadKey key;
  private final Patiently patiently;
  private final Map<String, Manifest> indexes = new LinkedHashMap<>();
  private @Nullable ReaderSession session;
  private @Nullable IOException end;
  private boolean isOpening;

  private PatientReader(
      PbsServer server, Namespace namespace, Snapshot snapshot, ReadKey key, Patiently patiently) {
    this.server = server;
    this.namespace = namespace;
    this.snapshot = snapshot;
    this.key = key;
    this.patiently = patiently;
  }

  /** Opens the first session. */
  public static PatientReader open(
      PbsServer server, Namespace namespace, Snapshot snapshot, ReadKey key, Patiently patiently)
      throws IOException {
    PatientReader reader = new PatientReader(server, namespace, snapshot, key, patiently);
    reader.session();
    return reader;
  }

  private interface Call<T> {
    T on(ReaderSession session) throws IOException;
  }

  private <T> T call(Call<T> call) throws IOException {
    while (true) {
      ReaderSession current = session();
      try {
        T answer = call.on(current);
        patiently.answered();
        return answer;
      } catch (IOException e) {
        lost(current, e);
      }
    }
  }

  /** The session to use, which may have to be opened, or was the last one. */
  private ReaderSession session() throws IOException {
    synchronized (this) {
      awaitOpening();
      if (end != null) {
        throw end;
      }
      if (session != null) {
        return session;
      }
      isOpening = true;
    }
    ReaderSession opened = null;
    IOException failure = new IOException("the session could not be opened");
    try {
      opened = openUntilDone();
      return opened;
    } catch (IOException e) {
      failure = e;
      throw e;
    } finally {
      opened(opened, failure);
    }
  }

  private synchronized void awaitOpening() throws IOException {
    try {
      while (isOpening && end == null) {
        wait();
      }
    } catch (InterruptedException e) {
      throw patiently.interrupted(e);
    }
  }

  private synchronized void opened(@Nullable ReaderSession opened, IOException failure) {
    isOpening = false;
    if (opened == null && end == null) {
      end = failure;
    }
    if (end != null && opened != null) {
      // Closed meanwhile, by whoever stops the job.
      opened.close();
    }
    session = end == null ? opened : null;
    notifyAll();
  }

  private ReaderSession openUntilDone() throws IOException {
    while (true) {
      try {
        return openOnce();
      } catch (IOException e) {
        patiently.pauseAfter(e);
      }
    }
  }

  private ReaderSession openOnce() throws IOException {
    ReaderSession opened = server.startReader(namespace, snapshot, key);
    boolean isReady = false;
    try {
      for (Map.Entry<String, Manifest> index : registered().entrySet()) {
        opened.index(index.getValue(), index.getKey());
      }
      isReady = true;
      return opened;
    } finally {
      if (!isReady) {
        opened.close();
      }
    }
  }

  private synchronized Map<String, Manifest> registered() {
    return new LinkedHashMap<>(indexes);
  }

  /** Forgets the broken session, unless another thread was first; throws what cannot be mended. */
  private void lost(ReaderSession broken, IOException failure) throws IOException {
    synchronized (this) {
      if (end != null || !patiently.isTransient(failure)) {
        throw failure;
      }
      if (session != broken) {
        return;
      }
      session = null;
      isOpening = true;
    }
    broken.close();
    IOException reason = null;
    try {
      patiently.pauseAfter(failure);
    } catch (IOException e) {
      reason = e;
      throw e;
    } finally {
      paused(reason);
    }
  }

  private synchronized void paused(@Nullable IOException reason) {
    isOpening = false;
    if (end == null) {
      end = reason;
    }
    notifyAll();
  }

  @Override
  public Snapshot snapshot() {
    return snapshot;
  }

  @Override
  public Manifest manifest() throws IOException {
    return call(ReaderSession::manifest);
  }

  @Override
  public byte[] blob(Manifest manifest, String name) throws IOException {
    return call(current -> current.blob(manifest, name));
  }

  @Override
  public FixedIndex index(Manifest manifest, String name) throws IOException {
    FixedIndex index = call(current -> current.index(manifest, name));
    synchronized (this) {
      indexes.put(name, manifest);
    }
    return index;
  }

  @Override
  public byte[] chunk(Digest digest) throws IOException {
    return call(current -> current.chunk(digest));
  }

  @Override
  public void close() {
    ReaderSession open;
    synchronized (this) {
      if (end == null) {
        end = new IOException("the session was closed");
      }
      open = session;
      session = null;
      notifyAll();
    }
    if (open != null) {
      open.close();
    }
  }
}
