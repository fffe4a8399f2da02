package org.qmpbs.qcow2;

import static org.qmpbs.qcow2.Qcow2Layout.CLUSTER_SIZE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Writes a qcow2 image whose layout is known, chunk by chunk, in any order, from several threads.
 *
 * <p>The header comes last, after everything else has reached the disk. Until then the file starts
 * with zeros, and whatever stops the writer (a crash, a full disk, an exception) leaves something
 * that no tool takes for a qcow2 image. {@link #close} without {@link #finish} leaves it at that;
 * to remove it, or to rename a finished image to its final name, is the caller's part.
 *
 * <p>In a file that was empty at the start, clusters that are all zeros stay holes. Anything else
 * (a block device, a file with old content) is overwritten in full, because what is skipped there
 * would show what was there before.
 *
 * <p>A thread that is interrupted while it writes closes the channel, for all ({@link
 * java.nio.channels.InterruptibleChannel}).
 */
public final class Qcow2Writer implements AutoCloseable {
  private static final byte[] ZEROS = new byte[CLUSTER_SIZE];

  /**
   * Most bytes in one write: for a heap array Java keeps a copy of that size outside the heap, for
   * each thread.
   */
  private static final int MAX_WRITE = 1 << 20;

  private final FileChannel channel;
  private final boolean ownsChannel;
  private final boolean sparse;
  private final Qcow2Layout layout;

  /** Chunks that are written completely; guarded by itself. */
  private final BitSet written = new BitSet();

  private boolean finished;

  private Qcow2Writer(FileChannel channel, boolean ownsChannel, Qcow2Layout layout)
      throws IOException {
    this.channel = channel;
    this.ownsChannel = ownsChannel;
    this.layout = layout;
    this.sparse = channel.size() == 0;
    // First of all the last byte: a device that is too small, or a file system whose files cannot
    // be as long, is found out while the old content still stands.
    PositionedIo.write(channel, ByteBuffer.wrap(ZEROS, 0, 1), layout.fileLength() - 1);
    if (!sparse) {
      // Whatever image was there is none any more, before the first of its bytes is overwritten.
      PositionedIo.write(channel, ByteBuffer.wrap(ZEROS), 0);
      channel.force(false);
    }
  }

  /**
   * Starts a new file, readable and writable by its owner only.
   *
   * @throws java.nio.file.FileAlreadyExistsException if there is a file of that name
   */
  public static Qcow2Writer create(Path file, Qcow2Layout layout) throws IOException {
    FileChannel channel = NewFiles.createPrivate(file);
    try {
      return new Qcow2Writer(channel, true, layout);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Writes to what the caller has opened (and, if it is not new, locked: {@link ImageLock}), and
   * leaves it open.
   *
   * @param channel open for writing; empty, or a block device of at least {@link
   *     Qcow2Layout#fileLength} bytes, or a file whose content may go
   * @throws IOException if it cannot be that long; its content still stands then
   */
  public static Qcow2Writer into(FileChannel channel, Qcow2Layout layout) throws IOException {
    return new Qcow2Writer(channel, false, layout);
  }

  /**
   * Writes the data of an allocated chunk. Several threads may write different chunks at once.
   *
   * @param index the chunk's position on the disk, in units of {@link Qcow2Layout#CHUNK_SIZE}
   * @param length of the data in bytes; for the last chunk up to 511 less than {@link
   *     Qcow2Layout#chunkLength}, when the disk's size was rounded up to whole sectors
   * @throws IllegalArgumentException if the chunk is not allocated or the length is wrong
   * @throws IllegalStateException if the chunk was written before, or the image is finished
   */
  public void writeChunk(int index, byte[] data, int offset, int length) throws IOException {
    long start = layout.chunkOffset(index);
    int expected = layout.chunkLength(index);
    boolean last = index == layout.chunkCount() - 1;
    if (length > expected || length < (last ? expected - 511 : expected)) {
      throw new IllegalArgumentException(
          "chunk " + index + " has " + expected + " bytes, not " + length);
    }
    synchronized (written) {
      if (finished || written.get(index)) {
        throw new IllegalStateException("chunk " + index + " was written before");
      }
    }
    int done = 0;
    while (done < length) {
      int run = runLength(data, offset + done, length - done);
      if (run > 0) {
        PositionedIo.write(channel, ByteBuffer.wrap(data, offset + done, run), start + done);
        done += run;
      } else {
        done += Math.min(CLUSTER_SIZE, length - done);
      }
    }
    int tail = length % CLUSTER_SIZE;
    if (!sparse && tail != 0) {
      ByteBuffer padding = ByteBuffer.wrap(ZEROS, 0, CLUSTER_SIZE - tail);
      PositionedIo.write(channel, padding, start + length);
    }
    synchronized (written) {
      written.set(index);
    }
  }

  /**
   * Makes an image of what was written and returns when it has reached the disk.
   *
   * @throws IllegalStateException if an allocated chunk was never written; the file is no image
   *     then
   */
  public void finish() throws IOException {
    synchronized (written) {
      for (int i = layout.nextAllocated(0); i >= 0; i = layout.nextAllocated(i + 1)) {
        if (!written.get(i)) {
          throw new IllegalStateException(
              "chunk " + i + " of " + layout.chunkCount() + " was never written");
        }
      }
      if (finished) {
        return;
      }
      finished = true;
    }
    MetadataWriter metadata = new MetadataWriter(channel, layout);
    metadata.writeTables();
    channel.force(true);
    metadata.writeHeader();
    channel.force(true);
  }

  /** Closes the file if this writer opened it. Without {@link #finish} it is no image. */
  @Override
  public void close() throws IOException {
    if (ownsChannel) {
      channel.close();
    }
  }

  /** Bytes from {@code offset} on that are to be written at once; 0 if a hole comes first. */
  private int runLength(byte[] data, int offset, int length) {
    int limit = Math.min(length, MAX_WRITE);
    if (!sparse) {
      return limit;
    }
    int run = 0;
    while (run < limit) {
      int cluster = Math.min(CLUSTER_SIZE, limit - run);
      int at = offset + run;
      if (Arrays.equals(data, at, at + cluster, ZEROS, 0, cluster)) {
        break;
      }
      run += cluster;
    }
    return run;
  }
}
