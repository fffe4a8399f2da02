package org.qmpbs.client.memory;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.PbsFailures;
import org.qmpbs.pbs.ReaderSession;
import org.qmpbs.pbs.Snapshot;

/** Reads a snapshot in memory; counts what is asked, and fails when a test wants it to. */
public final class MemoryReader implements ReaderSession {
  private final MemorySnapshot snapshot;
  private final MemoryServer server;
  private volatile boolean closed;

  /** How often each chunk was asked for. */
  public final Map<Digest, AtomicInteger> asked = new ConcurrentHashMap<>();

  /** Which indexes were read in this session. */
  public final Set<String> registered = ConcurrentHashMap.newKeySet();

  /** Most chunk calls in flight at once. */
  public final AtomicInteger mostInFlight = new AtomicInteger();

  private final AtomicInteger inFlight = new AtomicInteger();

  /** Called before each chunk is given out. */
  public interface ChunkHook {
    /** May fail, wait, or close the session. */
    void before(Digest digest) throws IOException;
  }

  MemoryReader(MemorySnapshot snapshot, MemoryServer server) {
    this.snapshot = snapshot;
    this.server = server;
  }

  @Override
  public Snapshot snapshot() {
    return snapshot.manifest().snapshot();
  }

  @Override
  public Manifest manifest() {
    return snapshot.manifest();
  }

  @Override
  public byte[] blob(Manifest manifest, String name) throws IOException {
    failIfAsked(name);
    return snapshot.blobs.get(name);
  }

  @Override
  public FixedIndex index(Manifest manifest, String name) throws IOException {
    failIfAsked(name);
    registered.add(name);
    return snapshot.indexes.get(name);
  }

  private void failIfAsked(String name) throws IOException {
    IOException failure = snapshot.failing.get(name);
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public byte[] chunk(Digest digest) throws IOException {
    mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
    try {
      asked.computeIfAbsent(digest, each -> new AtomicInteger()).incrementAndGet();
      server.hook.before(digest);
      if (closed) {
        throw PbsFailures.lost("the session was closed here", null);
      }
      byte[] blob = server.chunks.get(digest);
      return blob.clone();
    } finally {
      inFlight.decrementAndGet();
    }
  }

  /** Whether it was closed. */
  public boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
  }
}
