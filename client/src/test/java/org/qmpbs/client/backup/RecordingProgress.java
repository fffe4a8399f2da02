package org.qmpbs.client.backup;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.qmpbs.client.progress.Progress;

/** Keeps what was told. */
final class RecordingProgress implements Progress {
  final AtomicLong total = new AtomicLong();
  final AtomicLong done = new AtomicLong();
  private final List<String> notes;
  private final List<String> warnings;

  RecordingProgress(List<String> notes, List<String> warnings) {
    this.notes = notes;
    this.warnings = warnings;
  }

  @Override
  public void phase(String name) {}

  @Override
  public void total(long totalBytes) {
    total.set(totalBytes);
    done.set(0);
  }

  @Override
  public void advance(long bytes) {
    done.addAndGet(bytes);
  }

  @Override
  public synchronized void note(String line) {
    notes.add(line);
  }

  @Override
  public synchronized void warn(String line) {
    warnings.add(line);
  }
}
