package org.qmpbs.client.backup;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A backup ended without a snapshot, for a reason that people can act upon. The message says what
 * happened and what follows from it; {@link #remedy} what to do. Bitmaps are as if the backup had
 * never been tried, unless the subclass says otherwise.
 */
public abstract sealed class BackupException extends IOException
    permits ClockException,
        DiskChoiceException,
        FinishLostException,
        GroupChangedException,
        FreezeException,
        JobCancelledException,
        JobDeadlineException,
        MachineBusyException,
        OutcomeUnknownException,
        PointInTimeLostException,
        ScratchException {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  BackupException(String message, String remedy, @Nullable Throwable cause) {
    super(message, cause);
    this.remedy = remedy;
  }

  /** What the user can do, one or two sentences. */
  public final String remedy() {
    return remedy;
  }
}
