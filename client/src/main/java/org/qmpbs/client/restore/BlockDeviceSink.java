package org.qmpbs.client.restore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A raw image on a block device that was there before. Zeros have to be written, because the device
 * holds something else; what lies behind the image's end is left alone.
 */
final class BlockDeviceSink implements ImageSink {
  private static final int ZEROS_LENGTH = 1 << 20;

  private final ExclusiveDevice device;
  private final FileChannel channel;
  private final ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS_LENGTH);

  /** Writes to {@code device}, which this sink closes. */
  BlockDeviceSink(ExclusiveDevice device) {
    this.device = device;
    this.channel = device.channel();
  }

  @Override
  public void data(long offset, byte[] plain) throws IOException {
    RawFileSink.writeFully(channel, offset, ByteBuffer.wrap(plain));
  }

  @Override
  public void zeros(long offset, int length) throws IOException {
    long end = offset + length;
    for (long at = offset; at < end; at += ZEROS_LENGTH) {
      zeros.clear().limit((int) Math.min(ZEROS_LENGTH, end - at));
      RawFileSink.writeFully(channel, at, zeros);
    }
  }

  @Override
  public void complete() throws IOException {
    channel.force(true);
  }

  @Override
  public void publish() {
    // A device has its name from the start.
  }

  @Override
  public void close() throws IOException {
    device.close();
  }
}
