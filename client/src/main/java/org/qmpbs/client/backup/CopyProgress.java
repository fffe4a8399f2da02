package org.qmpbs.client.backup;

import java.io.IOException;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.machine.CopyListener;

/** Shows how a copy of the disks goes on, and ends it when the job is to end. */
final class CopyProgress implements CopyListener {
  private final Progress progress;
  private final CancellationToken token;
  private long shown = -1;
  private long expected = -1;

  CopyProgress(Progress progress, CancellationToken token) {
    this.progress = progress;
    this.token = token;
  }

  @Override
  public void copied(long done, long total) throws IOException {
    token.check();
    if (shown < 0) {
      progress.phase("copying the disks to the scratch directory");
      shown = 0;
    }
    if (total != expected) {
      progress.total(total);
      expected = total;
      shown = 0;
    }
    progress.advance(done - shown);
    shown = done;
  }
}
