package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * An image on a channel. The channel belongs to whoever holds the lock on the image and is not
 * closed here.
 */
final class ChannelImageFile implements ImageFile {
  private final FileChannel channel;
  private final boolean fixed;

  ChannelImageFile(FileChannel channel, boolean fixed) {
    this.channel = channel;
    this.fixed = fixed;
  }

  @Override
  public byte[] read(long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    ByteBuffer target = ByteBuffer.wrap(bytes);
    while (target.hasRemaining() && channel.read(target, offset + target.position()) >= 0) {
      // A read may end early anywhere; at the end of the file the zeros are there already.
    }
    return bytes;
  }

  @Override
  public void write(long offset, ByteBuffer source) throws IOException {
    long at = offset;
    while (source.hasRemaining()) {
      at += channel.write(source, at);
    }
  }

  @Override
  public void flush() throws IOException {
    channel.force(true);
  }

  @Override
  public long length() throws IOException {
    return channel.size();
  }

  @Override
  public boolean isFixed() {
    return fixed;
  }

  @Override
  public void truncate(long length) throws IOException {
    channel.truncate(length);
  }
}
