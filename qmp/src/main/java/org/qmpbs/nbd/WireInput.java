package org.qmpbs.nbd;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * The server's stream as big-endian numbers and runs of bytes. Small fields come out of a buffer
 * that is read ahead; long runs go straight into the caller's array. Not thread-safe.
 */
final class WireInput {
  private static final int READ_AHEAD = 64 * 1024;

  /** The JDK keeps a native buffer per thread as large as the largest heap buffer ever read to. */
  private static final int LARGEST_READ = 256 * 1024;

  private final ReadableByteChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_AHEAD).flip();
  private long position;

  WireInput(ReadableByteChannel channel) {
    this.channel = channel;
  }

  /** Bytes handed out so far: where in the server's stream an error was seen. */
  long position() {
    return position;
  }

  int readUnsignedShort() throws IOException {
    return Short.toUnsignedInt(ready(Short.BYTES).getShort());
  }

  int readInt() throws IOException {
    return ready(Integer.BYTES).getInt();
  }

  long readUnsignedInt() throws IOException {
    return Integer.toUnsignedLong(readInt());
  }

  long readLong() throws IOException {
    return ready(Long.BYTES).getLong();
  }

  /** The caller has bounded {@code length}. */
  byte[] readBytes(int length) throws IOException {
    byte[] bytes = new byte[length];
    readFully(bytes, 0, length);
    return bytes;
  }

  void readFully(byte[] target, int offset, int length) throws IOException {
    int buffered = Math.min(length, buffer.remaining());
    buffer.get(target, offset, buffered);
    int done = buffered;
    while (done < length) {
      int wanted = Math.min(length - done, LARGEST_READ);
      done += some(channel.read(ByteBuffer.wrap(target, offset + done, wanted)));
    }
    position += length;
  }

  void skip(long length) throws IOException {
    long left = length;
    while (left > 0) {
      if (!buffer.hasRemaining()) {
        fill(1);
      }
      int step = (int) Math.min(left, buffer.remaining());
      buffer.position(buffer.position() + step);
      position += step;
      left -= step;
    }
  }

  private ByteBuffer ready(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      fill(bytes);
    }
    position += bytes;
    return buffer;
  }

  private void fill(int bytes) throws IOException {
    buffer.compact();
    try {
      while (buffer.position() < bytes) {
        some(channel.read(buffer));
      }
    } finally {
      buffer.flip();
    }
  }

  private static int some(int read) throws EOFException {
    if (read < 0) {
      throw new EOFException("the NBD server closed the connection");
    }
    return read;
  }
}
