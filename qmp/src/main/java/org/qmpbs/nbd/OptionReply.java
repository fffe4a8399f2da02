package org.qmpbs.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One reply to an option during the negotiation.
 *
 * @param type {@code NBD_REP_…}
 * @param payload what came with it, bounded
 * @param position of the server's stream after it
 */
record OptionReply(int type, ByteBuffer payload, long position) {
  /** Room for every reply to the options used here: a number or two and a string. */
  private static final int MAX_PAYLOAD = 64 + Proto.MAX_STRING;

  static OptionReply read(WireInput in, int option) throws IOException {
    long magic = in.readLong();
    if (magic != Proto.OPTION_REPLY_MAGIC) {
      throw new NbdProtocolException(
          "magic of an option reply",
          in.position(),
          Long.toHexString(Proto.OPTION_REPLY_MAGIC),
          Long.toHexString(magic));
    }
    int echoed = in.readInt();
    int type = in.readInt();
    long length = in.readUnsignedInt();
    if (echoed != option) {
      throw new NbdProtocolException(
          "option of a reply", in.position(), "" + option, Integer.toUnsignedString(echoed));
    }
    if (length > MAX_PAYLOAD) {
      throw new NbdProtocolException(
          "length of an option reply", in.position(), "at most " + MAX_PAYLOAD, "" + length);
    }
    return new OptionReply(type, ByteBuffer.wrap(in.readBytes((int) length)), in.position());
  }

  boolean isError() {
    return (type & Proto.REP_FLAG_ERROR) != 0;
  }

  /** The whole or the rest of the payload as text. */
  String text() {
    byte[] rest = new byte[payload.remaining()];
    payload.duplicate().get(rest);
    return Text.quote(rest);
  }

  void requireLength(String what, int length) throws NbdProtocolException {
    if (payload.limit() != length) {
      throw violation("length of " + what, "" + length, "" + payload.limit());
    }
  }

  NbdProtocolException violation(String what, String expected, String found) {
    return new NbdProtocolException(what, position, expected, found);
  }

  /** Of a type that the option does not have. */
  NbdProtocolException unexpected(String option) {
    return violation("reply to " + option, "one that it has", "type " + type);
  }
}
