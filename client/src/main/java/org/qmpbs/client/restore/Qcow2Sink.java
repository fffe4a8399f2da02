package org.qmpbs.client.restore;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.qcow2.Qcow2Layout;
import org.qmpbs.qcow2.Qcow2Writer;

/**
 * A fresh qcow2 image. The index says which chunks are zero, so its whole layout is known before
 * the first chunk arrives (docs/adr/0005). It carries no bitmaps: the next backup of the restored
 * disk reads everything.
 */
final class Qcow2Sink implements ImageSink {
  private final PartialFile partial;
  private final FileChannel channel;
  private final Qcow2Writer writer;

  private Qcow2Sink(PartialFile partial, FileChannel channel, Qcow2Writer writer) {
    this.partial = partial;
    this.channel = channel;
    this.writer = writer;
  }

  /** Opens {@code partial}, which this sink closes, for the image that {@code plan} describes. */
  static Qcow2Sink open(PartialFile partial, ArchivePlan plan) throws IOException {
    FixedIndex index = plan.index().orElseThrow();
    BitSet allocated = new BitSet(index.chunkCount());
    for (int chunk = 0; chunk < index.chunkCount(); chunk++) {
      allocated.set(chunk, !ArchivePlan.isZero(index, chunk, plan.opener()));
    }
    FileChannel channel =
        FileChannel.open(partial.path(), StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      Qcow2Layout layout = Qcow2Layout.of(index.size(), allocated);
      return new Qcow2Sink(partial, channel, Qcow2Writer.into(channel, layout));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public void data(long offset, byte[] plain) throws IOException {
    writer.writeChunk((int) (offset / Chunks.SIZE), plain, 0, plain.length);
  }

  @Override
  public void zeros(long offset, int length) {
    // Not allocated: the layout has no place for it, and readers get zeros.
  }

  @Override
  public void complete() throws IOException {
    writer.finish();
  }

  @Override
  public void publish() throws IOException {
    partial.publish();
  }

  @Override
  public void close() throws IOException {
    // From the last to the first, each whatever becomes of the others.
    try (partial;
        channel) {
      writer.close();
    }
  }
}
