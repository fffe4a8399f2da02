package org.qmpbs.nbd;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The server's end of a connection, for the scripts of {@link FakeNbdServer}. */
final class FakePeer {
  /** Size of the export that {@link #negotiate} offers. */
  static final int SIZE = 1 << 20;

  /** A request of the client. */
  record Received(int command, long cookie, long offset, long length) {}

  private final DataInputStream in;
  private final DataOutputStream out;

  FakePeer(SocketChannel channel) {
    in = new DataInputStream(Channels.newInputStream(channel));
    out = new DataOutputStream(Channels.newOutputStream(channel));
  }

  void send(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  void greet() throws IOException {
    send(Wire.bytes().u64(Proto.NBDMAGIC).u64(Proto.IHAVEOPT).u16(3).done());
    int flags = in.readInt();
    if (flags != 3) {
      throw new AssertionError("client flags " + flags);
    }
  }

  /** The data of the next option, which has to be {@code expected}. */
  byte[] option(int expected) throws IOException {
    long magic = in.readLong();
    int option = in.readInt();
    if (magic != Proto.IHAVEOPT || option != expected) {
      throw new AssertionError("option " + option + " instead of " + expected);
    }
    return in.readNBytes(in.readInt());
  }

  void reply(int option, int type, byte[] payload) throws IOException {
    send(Wire.optionReply(option, type, payload));
  }

  /** Greets and agrees to structured replies. */
  void structured() throws IOException {
    greet();
    option(Proto.OPT_STRUCTURED_REPLY);
    reply(Proto.OPT_STRUCTURED_REPLY, Proto.REP_ACK, new byte[0]);
  }

  /** Grants the contexts with the numbers 10, 11 and so on. */
  void contexts(String... names) throws IOException {
    option(Proto.OPT_SET_META_CONTEXT);
    for (int i = 0; i < names.length; i++) {
      reply(
          Proto.OPT_SET_META_CONTEXT,
          Proto.REP_META_CONTEXT,
          Wire.bytes().u32(10 + i).raw(names[i].getBytes(StandardCharsets.UTF_8)).done());
    }
    reply(Proto.OPT_SET_META_CONTEXT, Proto.REP_ACK, new byte[0]);
  }

  /** Answers {@code NBD_OPT_GO} with the given block sizes. */
  void go(long size, int minimumBlock, int maximum) throws IOException {
    option(Proto.OPT_GO);
    reply(Proto.OPT_GO, Proto.REP_INFO, Wire.exportInfo(size, 1));
    int preferred = Math.max(minimumBlock, 4096);
    reply(Proto.OPT_GO, Proto.REP_INFO, Wire.blockSizes(minimumBlock, preferred, maximum));
    reply(Proto.OPT_GO, Proto.REP_ACK, new byte[0]);
  }

  /** A whole good handshake for an export of {@link #SIZE} bytes. */
  void negotiate(String... contexts) throws IOException {
    structured();
    if (contexts.length > 0) {
      contexts(contexts);
    }
    go(SIZE, 1, Proto.MAX_PAYLOAD);
  }

  Received request() throws IOException {
    int magic = in.readInt();
    int flags = in.readUnsignedShort();
    if (magic != Proto.REQUEST_MAGIC || flags != 0) {
      throw new AssertionError("request " + magic + " " + flags);
    }
    int command = in.readUnsignedShort();
    return new Received(
        command, in.readLong(), in.readLong(), Integer.toUnsignedLong(in.readInt()));
  }

  /** Waits until the client has hung up. */
  void awaitEnd() throws IOException {
    try {
      while (in.read() >= 0) {
        // What the client still says does not matter.
      }
    } catch (EOFException e) {
      throw new AssertionError(e);
    } catch (IOException e) {
      if (!"Connection reset by peer".equals(e.getMessage())) {
        throw e;
      }
    }
  }

  /** Data for a whole read, every byte being {@code value}. */
  void answer(Received read, int value) throws IOException {
    byte[] data = new byte[(int) read.length()];
    Arrays.fill(data, (byte) value);
    send(Wire.data(read.cookie(), true, read.offset(), data));
  }
}
