package org.qmpbs.client.restore;

import java.io.IOException;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.read.JobStop;

/**
 * Passes an image on to its sink, chunk by chunk. Failures of the sink become {@link
 * TargetException}, so that a full disk here is never taken for trouble with the server.
 */
final class ArchiveWriter implements ChunkStream.Consumer {
  private final ImageSink sink;
  private final String target;
  private final Progress progress;
  private final JobStop stop;
  private long zero;

  ArchiveWriter(ImageSink sink, String target, Progress progress, JobStop stop) {
    this.sink = sink;
    this.target = target;
    this.progress = progress;
    this.stop = stop;
  }

  private interface Step {
    void run() throws IOException;
  }

  @Override
  public void data(int chunk, byte[] plain) throws IOException {
    stop.check();
    writing(() -> sink.data(Chunks.start(chunk), plain));
    progress.advance(plain.length);
  }

  @Override
  public void zeros(int chunk, int length) throws IOException {
    stop.check();
    writing(() -> sink.zeros(Chunks.start(chunk), length));
    zero += length;
    progress.advance(length);
  }

  /** A whole small file. */
  void content(byte[] content) throws IOException {
    stop.check();
    writing(() -> sink.data(0, content));
    progress.advance(content.length);
  }

  void complete() throws IOException {
    stop.check();
    writing(sink::complete);
  }

  /** Bytes that were known to be zero. */
  long zero() {
    return zero;
  }

  private void writing(Step step) throws IOException {
    try {
      step.run();
    } catch (IOException e) {
      throw new TargetException(
          TargetException.Reason.WRITE_FAILED,
          "writing to " + target + " failed: " + e.getMessage(),
          "Make room or choose another target, then run the restore again.",
          e);
    }
  }
}
