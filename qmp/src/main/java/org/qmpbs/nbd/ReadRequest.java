package org.qmpbs.nbd;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A read of data. Chunks are written where they belong as they come; {@link Coverage} makes sure
 * that every byte came exactly once. When the caller's range had to be widened to the server's
 * blocks, {@code buffer} is the widened range and the caller's part is copied out at the end.
 */
final class ReadRequest extends Request<@Nullable Void> {
  private final Coverage coverage = new Coverage();
  private final byte[] buffer;
  private final int bufferOffset;
  private final Runnable copyOut;

  /** Reads right into {@code target}. */
  ReadRequest(long offset, int length, byte[] target, int targetOffset) {
    super(offset, length);
    this.buffer = target;
    this.bufferOffset = targetOffset;
    this.copyOut = () -> {};
  }

  /**
   * Reads {@code [offset, offset + length)} of which {@code count} bytes after {@code skip} are
   * wanted.
   */
  ReadRequest(long offset, int length, int skip, byte[] target, int targetOffset, int count) {
    super(offset, length);
    byte[] widened = new byte[length];
    this.buffer = widened;
    this.bufferOffset = 0;
    this.copyOut = () -> System.arraycopy(widened, skip, target, targetOffset, count);
  }

  @Override
  int command() {
    return Proto.CMD_READ;
  }

  @Override
  void data(long at, int count, WireInput in) throws IOException {
    int from = claim(at, count, in);
    in.readFully(buffer, bufferOffset + from, count);
  }

  @Override
  void hole(long at, long count, WireInput in) throws IOException {
    int from = bufferOffset + claim(at, count, in);
    Arrays.fill(buffer, from, from + (int) count, (byte) 0);
  }

  @Override
  void status(int context, int count, WireInput in) throws IOException {
    throw new NbdProtocolException(
        "chunk type in the reply to a " + this, in.position(), "data", "block status");
  }

  @Override
  void requireComplete(WireInput in) throws NbdProtocolException {
    int gap = coverage.firstGap((int) length);
    if (gap < length) {
      throw new NbdProtocolException(
          "reply to a " + this, in.position(), "every byte", "none for offset " + (offset + gap));
    }
  }

  @Override
  void succeed() {
    copyOut.run();
    future.complete(null);
  }

  @Override
  public String toString() {
    return "read of " + range();
  }

  private int claim(long at, long count, WireInput in) throws NbdProtocolException {
    if (!contains(at, count)) {
      throw new NbdProtocolException(
          "chunk of the reply to a " + this,
          in.position(),
          "bytes within the request",
          range(at, count));
    }
    int from = (int) (at - offset);
    Coverage.Added added = coverage.add(from, from + (int) count);
    if (added != Coverage.Added.NEW) {
      throw new NbdProtocolException(
          "chunk of the reply to a " + this,
          in.position(),
          "every byte once, in at most " + Coverage.MAX_PIECES + " separate pieces",
          range(at, count) + (added == Coverage.Added.OVERLAPS ? " again" : " in one more"));
    }
    return from;
  }
}
