package org.qmpbs.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The programs of the QEMU under test. */
final class Qemu {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Qemu() {}

  /** Path or name of one of QEMU's programs, for instance {@code qemu-img}. */
  static String program(String name) {
    String folder = System.getenv("QMPBS_E2E_QEMU");
    return folder == null || folder.isEmpty() ? name : Path.of(folder).resolve(name).toString();
  }

  /** Creates an empty image. */
  static void create(Path file, ImageFormat format, long size) {
    img("create", "-q", "-f", format.driver(), file.toString(), Long.toString(size));
  }

  /** Runs {@code qemu-img}, which has to succeed. */
  static String img(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(program("qemu-img"));
    command.addAll(List.of(arguments));
    return Processes.run(command);
  }

  /** Ranges of the image that hold data; everything else is a hole that reads as zeros. */
  static List<Range> dataRanges(Path image, ImageFormat format) {
    List<Range> ranges = new ArrayList<>();
    for (JsonNode entry : json(img("map", "-f", format.driver(), "--output=json", image + ""))) {
      if (entry.get("data").asBoolean()) {
        ranges.add(new Range(entry.get("start").asLong(), entry.get("length").asLong()));
      }
    }
    return ranges;
  }

  /** Size of the disk in the image, in bytes. */
  static long virtualSize(Path image, ImageFormat format) {
    return json(img("info", "-U", "-f", format.driver(), "--output=json", image.toString()))
        .get("virtual-size")
        .asLong();
  }

  /** Names of the persistent bitmaps of a qcow2 image that is not in use. */
  static List<String> bitmaps(Path image) {
    List<String> names = new ArrayList<>();
    JsonNode info = json(img("info", "-f", "qcow2", "--output=json", image.toString()));
    for (JsonNode bitmap : info.at("/format-specific/data/bitmaps")) {
      names.add(bitmap.get("name").asText());
    }
    return names;
  }

  /** Writes to an image that is not in use, as {@code qemu-io} would. */
  static void io(Path image, ImageFormat format, String command) {
    Processes.run(
        List.of(program("qemu-io"), "-f", format.driver(), "-c", command, image.toString()));
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException problem) {
      throw new IllegalStateException("qemu-img printed no JSON: " + text, problem);
    }
  }

  /** Bytes from {@code offset} on. */
  record Range(long offset, long length) {}
}
