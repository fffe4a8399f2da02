package org.qmpbs.qcow2.bitmap;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A QEMU that stays, to be asked what it makes of the bitmaps of an image: starting a program for
 * each question would take most of the time of a test with thousands of them.
 */
final class StorageDaemon implements AutoCloseable {
  private final Process process;
  private final Writer requests;
  private final BufferedReader answers;

  StorageDaemon(String program) {
    try {
      process =
          new ProcessBuilder(program, "--chardev", "stdio,id=m", "--monitor", "chardev=m")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      requests = process.outputWriter(UTF_8);
      answers = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
      answers.readLine();
      ask("{'execute': 'qmp_capabilities'}");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The one of the PATH. */
  StorageDaemon() {
    this("qemu-storage-daemon");
  }

  /** Opens an image for reading, without its backing file; the answer is an error or empty. */
  String open(Path image) {
    return open(image, false);
  }

  private String open(Path image, boolean writable) {
    return ask(
        "{'execute': 'blockdev-add', 'arguments': {'node-name': 'n', 'driver': 'qcow2',"
            + " 'read-only': "
            + !writable
            + ", 'backing': null, 'file': {'driver': 'file', 'filename': '"
            + image
            + "'}}}");
  }

  /** Why it refuses to open an image; empty if it opens it, and closes it again. */
  Optional<String> refusal(Path image, boolean writable) {
    String answer = open(image, writable);
    if (answer.contains("\"error\"")) {
      return Optional.of(answer);
    }
    shut();
    return Optional.empty();
  }

  void shut() {
    ask("{'execute': 'blockdev-del', 'arguments': {'node-name': 'n'}}");
  }

  /** What it tells about the bitmaps, and nothing else, in its words. */
  String bitmaps() {
    String nodes = ask("{'execute': 'query-named-block-nodes', 'arguments': {'flat': true}}");
    int start = nodes.indexOf("\"dirty-bitmaps\": [");
    return start < 0 ? "none" : nodes.substring(start, nodes.indexOf(']', start));
  }

  /** The hash over the words of the bitmap in memory, as the answer to the question has it. */
  String hash(String bitmap) {
    return ask(
        "{'execute': 'x-debug-block-dirty-bitmap-sha256', 'arguments': {'node': 'n', 'name': '"
            + bitmap
            + "'}}");
  }

  private String ask(String request) {
    try {
      requests.write(request.replace('\'', '"') + "\n");
      requests.flush();
      String answer = answers.readLine();
      while (answer != null && answer.startsWith("{\"timestamp\"")) {
        answer = answers.readLine();
      }
      if (answer == null) {
        throw new AssertionError("qemu-storage-daemon has ended at " + request);
      }
      return answer;
    } catch (IOException e) {
      throw new AssertionError(request, e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
