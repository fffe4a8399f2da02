package org.qmpbs.client.restore;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A sparse raw image: the file gets its size first, then only data is written. */
final class RawFileSink implements ImageSink {
  private final PartialFile partial;
  private final RandomAccessFile file;
  private final FileChannel channel;

  private RawFileSink(PartialFile partial, RandomAccessFile file) {
    this.partial = partial;
    this.file = file;
    this.channel = file.getChannel();
  }

  /** Opens {@code partial}, which this sink closes, for an image of {@code size} bytes. */
  static RawFileSink open(PartialFile partial, long size) throws IOException {
    RandomAccessFile file = new RandomAccessFile(partial.path().toFile(), "rw");
    try {
      file.setLength(size);
      return new RawFileSink(partial, file);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public void data(long offset, byte[] plain) throws IOException {
    SparseRuns.forEach(
        plain,
        (from, length) -> writeFully(channel, offset + from, ByteBuffer.wrap(plain, from, length)));
  }

  static void writeFully(FileChannel channel, long offset, ByteBuffer bytes) throws IOException {
    long position = offset;
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
  }

  @Override
  public void zeros(long offset, int length) {
    // A fresh file of the right size already reads as zeros.
  }

  @Override
  public void complete() throws IOException {
    channel.force(true);
  }

  @Override
  public void publish() throws IOException {
    partial.publish();
  }

  @Override
  public void close() throws IOException {
    try {
      file.close();
    } finally {
      partial.close();
    }
  }
}
