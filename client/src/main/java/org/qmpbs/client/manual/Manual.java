package org.qmpbs.client.manual;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.qmpbs.client.cli.Cli;
import org.qmpbs.client.cli.Host;

/**
 * Writes what the packages have besides the program: {@code man1/} and {@code completion/}, and
 * compressed as packages have them, {@code doc/}. The same input gives the same bytes.
 */
public final class Manual {
  /** XFL of RFC 1952, 2.3.1. */
  private static final int GZIP_EXTRA_FLAGS = 8;

  private static final byte GZIP_SMALLEST = 2;

  private Manual() {}

  /**
   * Called by the build.
   *
   * @param args folder to write to, version, the date of the build as in 2026-11-21T09:00:00Z, and
   *     the changes for users
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 4 || args[2].length() < "2026-11-21".length()) {
      throw new IllegalArgumentException("expected: FOLDER VERSION TIMESTAMP CHANGES");
    }
    Path folder = Path.of(args[0]);
    write(folder, args[1], args[2].substring(0, "2026-11-21".length()));
    try (Stream<Path> pages = Files.list(folder.resolve("man1"))) {
      for (Path page : pages.filter(file -> file.toString().endsWith(".1")).toList()) {
        compress(Files.readAllBytes(page), page.resolveSibling(page.getFileName() + ".gz"));
        Files.delete(page);
      }
    }
    Path doc = Files.createDirectories(folder.resolve("doc"));
    Instant built = Instant.parse(args[2]);
    compress(Files.readAllBytes(Path.of(args[3])), doc.resolve("NEWS.md.gz"));
    compress(debianChangelog(args[1], built).getBytes(UTF_8), doc.resolve("changelog.gz"));
  }

  /** What Debian wants to know of a package; users read the other one. */
  private static String debianChangelog(String version, Instant built) {
    String date =
        DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss +0000", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC)
            .format(built);
    return """
        qmpbs (%s) unstable; urgency=medium

          * What changed for users stands in NEWS.md.gz.

         -- qmpbs maintainers <maintainers@qmpbs.invalid>  %s
        """
        .formatted(version, date);
  }

  /**
   * Java's header of gzip has neither a time nor a name. It does not say how hard was tried either,
   * which Debian's rules want to see there.
   */
  private static void compress(byte[] content, Path target) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new BestGzip(out)) {
      gzip.write(content);
    }
    byte[] packed = out.toByteArray();
    packed[GZIP_EXTRA_FLAGS] = GZIP_SMALLEST;
    Files.write(target, packed);
  }

  private static final class BestGzip extends GZIPOutputStream {
    BestGzip(OutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }

  static void write(Path folder, String version, String date) throws IOException {
    CommandModel program = model();
    Path pages = Files.createDirectories(folder.resolve("man1"));
    for (CommandModel command : program.all().toList()) {
      Files.writeString(
          pages.resolve(command.page() + ".1"),
          ManualPage.of(command, program, version, date),
          UTF_8);
    }
    Path scripts = Files.createDirectories(folder.resolve("completion"));
    Files.writeString(scripts.resolve("qmpbs.bash"), BashCompletion.of(program), UTF_8);
    Files.writeString(scripts.resolve("_qmpbs"), ZshCompletion.of(program), UTF_8);
    Files.writeString(scripts.resolve("qmpbs.fish"), FishCompletion.of(program), UTF_8);
  }

  /** The whole command line. */
  static CommandModel model() {
    return CommandModel.of(new Cli(Host.system()).everything());
  }
}
