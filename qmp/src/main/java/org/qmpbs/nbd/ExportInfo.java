package org.qmpbs.nbd;

import java.nio.ByteBuffer;
import java.util.Map;

/** Gathers what the server tells of an export in its replies to {@code NBD_OPT_GO}. */
final class ExportInfo {
  private static final int UNKNOWN = -1;

  private long size = UNKNOWN;
  private int minimumBlock = 1;
  private long maximumPayload = Proto.MAX_PAYLOAD;

  /** One {@code NBD_REP_INFO}; information of other types is none of ours. */
  void take(OptionReply reply) throws NbdProtocolException {
    ByteBuffer payload = reply.payload();
    if (payload.remaining() < Short.BYTES) {
      throw reply.violation("length of information", "2 or more", "" + payload.limit());
    }
    switch (Short.toUnsignedInt(payload.getShort())) {
      case Proto.INFO_EXPORT -> {
        reply.requireLength("NBD_INFO_EXPORT", 12);
        takeExport(reply, payload.getLong(), Short.toUnsignedInt(payload.getShort()));
      }
      case Proto.INFO_BLOCK_SIZE -> {
        reply.requireLength("NBD_INFO_BLOCK_SIZE", 14);
        long minimum = Integer.toUnsignedLong(payload.getInt());
        long preferred = Integer.toUnsignedLong(payload.getInt());
        takeBlockSize(reply, minimum, preferred, Integer.toUnsignedLong(payload.getInt()));
      }
      default -> {}
    }
  }

  /** At the server's {@code NBD_REP_ACK}. */
  Export export(OptionReply ack, Map<String, Integer> contexts) throws NbdProtocolException {
    if (size == UNKNOWN) {
      throw ack.violation("reply to NBD_OPT_GO", "NBD_INFO_EXPORT before the end", "none");
    }
    int largest = (int) Math.min(maximumPayload, Proto.MAX_PAYLOAD);
    return new Export(size, minimumBlock, largest - largest % minimumBlock, contexts);
  }

  private void takeExport(OptionReply reply, long announced, int flags)
      throws NbdProtocolException {
    if (announced < 0) {
      throw reply.violation(
          "size of the export", "less than 2^63", Long.toUnsignedString(announced));
    }
    if ((flags & Proto.FLAG_HAS_FLAGS) == 0) {
      throw reply.violation("transmission flags", "NBD_FLAG_HAS_FLAGS", "flags " + flags);
    }
    size = announced;
  }

  private void takeBlockSize(OptionReply reply, long minimum, long preferred, long maximum)
      throws NbdProtocolException {
    if (Long.bitCount(minimum) != 1
        || minimum > Proto.MAX_MINIMUM_BLOCK
        || preferred < minimum
        || maximum < preferred) {
      throw reply.violation(
          "block sizes",
          "a power of two up to " + Proto.MAX_MINIMUM_BLOCK + ", and no smaller ones after it",
          minimum + ", " + preferred + ", " + maximum);
    }
    minimumBlock = (int) minimum;
    maximumPayload = maximum;
  }
}
