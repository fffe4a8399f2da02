package org.qmpbs.e2e.server;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Gathers a request's body up to a bound, and counts the rest. Used by one event loop only. */
final class BodyCollector {
  /** The largest blob or chunk that the protocol has: 16 MiB and an encrypted header. */
  static final int MAX_UPLOAD = (16 << 20) + 44;

  /** The largest body of parameters (docs/protocol.md, "Opening a session"). */
  static final int MAX_PARAMETERS = 512 << 10;

  private static final int FIRST_SIZE = 8 << 10;

  private int bound;
  private byte[] bytes = new byte[0];
  private int kept;
  private long length;

  /** Keeps at most {@code bound} bytes. */
  BodyCollector(int bound) {
    this.bound = bound;
  }

  /** Makes room for a body whose length has been announced. */
  void expect(long announced) {
    int size = (int) Math.min(bound, announced);
    if (size > bytes.length) {
      bytes = Arrays.copyOf(bytes, size);
    }
  }

  /** Keeps nothing and only counts. */
  void discard() {
    bound = 0;
    kept = 0;
    bytes = new byte[0];
  }

  void add(ByteBuf data) {
    length += data.readableBytes();
    int more = Math.min(data.readableBytes(), Math.max(0, bound - kept));
    if (kept + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, grown(kept + more));
    }
    data.readBytes(bytes, kept, more);
    kept += more;
  }

  private int grown(int needed) {
    return Math.min(bound, Math.max(needed, Math.max(FIRST_SIZE, bytes.length * 2)));
  }

  long length() {
    return length;
  }

  Endpoint.Body body() {
    return new Endpoint.Body(kept == bytes.length ? bytes : Arrays.copyOf(bytes, kept), length);
  }
}
