package org.qmpbs.client.memory;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.qmpbs.client.progress.Progress;

/** Keeps what it is told. */
public final class RecordedProgress implements Progress {
  /** Notes in order. */
  public final List<String> notes = new CopyOnWriteArrayList<>();

  /** Warnings in order. */
  public final List<String> warnings = new CopyOnWriteArrayList<>();

  @Override
  public void phase(String name) {}

  @Override
  public void total(long totalBytes) {}

  @Override
  public void advance(long bytes) {}

  @Override
  public void note(String line) {
    notes.add(line);
  }

  @Override
  public void warn(String line) {
    warnings.add(line);
  }
}
