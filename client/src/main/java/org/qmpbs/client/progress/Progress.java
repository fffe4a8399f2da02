package org.qmpbs.client.progress;

/**
 * Told by an engine what it does. Implementations MUST be safe for use by several threads, MUST NOT
 * block for long and MUST NOT throw: a broken terminal never fails a backup.
 */
public interface Progress {
  /** A step begins, for instance "reading drive-scsi0". */
  void phase(String name);

  /** From now on {@code totalBytes} are to be done in this phase; replaces earlier counts. */
  void total(long totalBytes);

  /** {@code bytes} more are done. */
  void advance(long bytes);

  /** Something a person should know, nothing is wrong. One line. */
  void note(String line);

  /** Something a person should look at; the job goes on. One line. */
  void warn(String line);

  /** Says nothing to nobody. */
  Progress NONE =
      new Progress() {
        @Override
        public void phase(String name) {}

        @Override
        public void total(long totalBytes) {}

        @Override
        public void advance(long bytes) {}

        @Override
        public void note(String line) {}

        @Override
        public void warn(String line) {}
      };
}
