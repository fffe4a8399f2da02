package org.qmpbs.qcow2;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/** Whole reads and writes at positions, which leave the channel's own position alone. */
final class PositionedIo {
  private PositionedIo() {}

  static void write(FileChannel channel, ByteBuffer source, long position) throws IOException {
    long at = position;
    while (source.hasRemaining()) {
      at += channel.write(source, at);
    }
  }

  /** Up to {@code length} bytes from {@code position}; fewer only at the end of the file. */
  static byte[] read(FileChannel channel, long position, int length) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(length);
    while (target.hasRemaining()) {
      if (channel.read(target, position + target.position()) < 0) {
        break;
      }
    }
    return Arrays.copyOf(target.array(), target.position());
  }
}
