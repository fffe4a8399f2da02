package org.qmpbs.client.restore;

import java.io.IOException;

/**
 * Where an image is written to. One thread calls it, in ascending order and without gaps: {@link
 * #data} and {@link #zeros}, then {@link #complete}, then {@link #publish}, then {@link #close}.
 */
interface ImageSink extends AutoCloseable {
  /** A whole chunk, starting at byte {@code offset} of the image; {@code plain} is all of it. */
  void data(long offset, byte[] plain) throws IOException;

  /** A whole chunk that reads as zeros. */
  void zeros(long offset, int length) throws IOException;

  /** Every byte was given; returns when all are on stable storage. */
  void complete() throws IOException;

  /** Makes the image visible under its final name. Called once all images are complete. */
  void publish() throws IOException;

  /** Removes whatever was written, unless it was published. Idempotent. */
  @Override
  void close() throws IOException;
}
