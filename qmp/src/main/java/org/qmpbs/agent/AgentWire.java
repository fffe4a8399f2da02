package org.qmpbs.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * Cuts what an agent sends into replies, and finds the place where ours begin.
 *
 * <p>The port is a plain stream of bytes that outlives connections: what somebody else asked before
 * us may be answered to us. An agent puts the byte 0xFF, which no UTF-8 text contains, before the
 * reply to {@code guest-sync-delimited}; all up to it is thrown away, and so is a reply whose id is
 * not ours.
 */
final class AgentWire {
  static final int SENTINEL = 0xFF;

  /** The longest reply that we ask for is guest-info, about 5 KiB. */
  static final int MAX_LINE = 1 << 20;

  /** More than all that can lie in the buffers between a guest and us. */
  static final long MAX_DISCARDED = 64 << 20;

  private final ByteSource in;
  private final long maxDiscarded;
  private long offset;

  /** Gives one byte after the other. */
  @FunctionalInterface
  interface ByteSource {
    /** The next byte, 0 to 255; throws at the end, and when none comes in time. */
    int next() throws IOException;
  }

  AgentWire(ByteSource in) {
    this(in, MAX_DISCARDED);
  }

  AgentWire(ByteSource in, long maxDiscarded) {
    this.in = in;
    this.maxDiscarded = maxDiscarded;
  }

  /** How many bytes came so far. */
  long offset() {
    return offset;
  }

  private int read() throws IOException {
    int value = in.next();
    offset++;
    return value;
  }

  /** Discards everything up to and including the reply to our {@code guest-sync-delimited}. */
  void awaitSync(long id) throws IOException {
    long start = offset;
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    boolean candidate = false;
    while (true) {
      int value = read();
      if (offset - start > maxDiscarded) {
        throw new AgentProtocolException(
            offset, "the reply to guest-sync-delimited", "more than " + maxDiscarded + " bytes");
      }
      if (value == SENTINEL) {
        candidate = true;
        line.reset();
      } else if (value == '\n') {
        if (candidate && isReply(line.toByteArray(), id)) {
          return;
        }
        candidate = false;
        line.reset();
      } else if (candidate) {
        line.write(value);
        candidate = line.size() <= MAX_LINE;
      }
    }
  }

  private boolean isReply(byte[] line, long id) {
    try {
      return AgentMessage.parse(line, offset) instanceof AgentMessage.Success success
          && success.value().isIntegralNumber()
          && success.value().canConvertToLong()
          && success.value().longValue() == id;
    } catch (AgentProtocolException e) {
      // Rubbish before the reply is what this is for.
      return false;
    }
  }

  /** The next reply; lines without content are skipped. */
  AgentMessage next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    long start = offset;
    while (true) {
      int value = read();
      if (value == '\n') {
        String text = line.toString(java.nio.charset.StandardCharsets.ISO_8859_1);
        if (!text.isBlank()) {
          return AgentMessage.parse(line.toByteArray(), start);
        }
        line.reset();
        start = offset;
      } else if (value == SENTINEL) {
        throw new AgentProtocolException(offset - 1, "a reply", "the byte 0xFF");
      } else {
        line.write(value);
        if (line.size() > MAX_LINE) {
          throw new AgentProtocolException(
              start, "a line of at most " + MAX_LINE + " bytes", "a longer one");
        }
      }
    }
  }
}
