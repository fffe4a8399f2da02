package org.qmpbs.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/**
 * A disk of a running machine. The test writes in the guest's place: {@code qemu-io} of QEMU's
 * monitor, addressed to the guest's device, because addressed to a node it would write below the
 * filters that a backup inserts. The model keeps what was written.
 */
final class MachineDisk {
  private final QemuMachine machine;
  private final DiskPlan plan;
  private final Path image;
  private DiskModel model;
  private final Random random;
  private String qdev = "";
  private String rootNode = "";

  MachineDisk(QemuMachine machine, DiskPlan plan, Path image) {
    this.machine = machine;
    this.plan = plan;
    this.image = image;
    model = new DiskModel(plan.size());
    random = new Random(plan.label().hashCode());
  }

  DiskPlan plan() {
    return plan;
  }

  Path image() {
    return image;
  }

  /** What the guest has on this disk. */
  DiskModel model() {
    return model;
  }

  /** The node that the guest's device writes to when nothing of a backup is left. */
  String rootNode() {
    return rootNode;
  }

  /** QEMU's name of the guest's device, as {@code query-block} tells it. */
  String qdev() {
    return qdev;
  }

  /** Learns the names that QEMU gave; to be called before anything is inserted. */
  void findIn(JsonNode blocks) {
    for (JsonNode block : blocks) {
      if (block.at("/inserted/image/filename").asText().equals(image.toString())) {
        qdev = block.get("qdev").asText();
        rootNode = block.at("/inserted/node-name").asText();
        return;
      }
    }
    throw new IllegalStateException("QEMU has no disk on " + image + ": " + blocks);
  }

  /** The guest writes random bytes, other ones with every call. */
  void write(long offset, int length) {
    byte[] data = new byte[length];
    random.nextBytes(data);
    write(offset, data);
  }

  /** The guest writes these bytes. */
  void write(long offset, byte[] data) {
    try {
      Path source = Files.createTempFile("qmpbs-e2e-", ".bin");
      try {
        Files.write(source, data);
        qemuIo("write -q -s " + source + " " + offset + " " + data.length);
      } finally {
        Files.delete(source);
      }
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
    model.write(offset, data);
  }

  /** The guest writes zeros by the command for it, which allocates nothing. */
  void writeZeroes(long offset, int length) {
    qemuIo("write -q -z " + offset + " " + length);
    model.write(offset, new byte[length]);
  }

  /** The guest writes {@code length} times the same byte and does not wait for the answer. */
  void writeInBackground(long offset, int length) {
    int value = 1 + random.nextInt(255);
    qemuIo("aio_write -q -P " + value + " " + offset + " " + length);
    byte[] data = new byte[length];
    Arrays.fill(data, (byte) value);
    model.write(offset, data);
  }

  /** The guest flushes its writes to stable storage. */
  void flush() {
    qemuIo("flush");
  }

  /** The machine's owner gives the disk another size while it runs. */
  void resize(long newSize) {
    machine.monitor().execute("block_resize", Map.of("node-name", rootNode, "size", newSize));
    model.resize(newSize);
  }

  /** The same, but QEMU may refuse. */
  void tryResize(long newSize) {
    Map<String, ?> arguments = Map.of("node-name", rootNode, "size", newSize);
    if (!machine.monitor().request("block_resize", arguments).has("error")) {
      model.resize(newSize);
    }
  }

  /** The owner put an empty image of the same size in place of this one. */
  void forgetContent() {
    model = new DiskModel(model.size());
  }

  /** The owner put an image with this content in place of this one. */
  void becomes(DiskModel content) {
    model = content;
  }

  private void qemuIo(String command) {
    String line = "qemu-io -d " + qdev + " \"" + command + "\"";
    String answer =
        machine.monitor().execute("human-monitor-command", Map.of("command-line", line)).asText();
    if (!answer.isBlank()) {
      throw new IllegalStateException(line + ": " + answer);
    }
  }
}
