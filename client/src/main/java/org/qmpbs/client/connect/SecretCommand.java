package org.qmpbs.client.connect;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs the command of a {@code PBS_*_CMD} variable and takes the first line it prints. What it
 * writes to its standard error goes to ours; a pass phrase prompt on the terminal works too.
 */
final class SecretCommand {
  private final Duration timeout;

  SecretCommand(Duration timeout) {
    this.timeout = timeout;
  }

  String firstLine(List<String> words) throws IOException {
    Process process =
        new ProcessBuilder(words)
            .redirectInput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Thread watchdog = new Thread(() -> endAfterTimeout(process), "qmpbs-secret-command");
    watchdog.setDaemon(true);
    watchdog.start();
    try (InputStream out = new BufferedInputStream(process.getInputStream())) {
      String line = FirstLine.read(out);
      out.transferTo(OutputStream.nullOutputStream());
      int exit = process.waitFor();
      if (exit != 0) {
        throw new IOException("the command ended with exit code " + exit);
      }
      return line;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the command ran", e);
    } finally {
      process.destroy();
      watchdog.interrupt();
    }
  }

  private void endAfterTimeout(Process process) {
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      // The command ended in time; this thread has nothing left to watch.
      Thread.currentThread().interrupt();
    }
  }
}
