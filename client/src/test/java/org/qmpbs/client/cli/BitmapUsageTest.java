package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong use of {@code qmpbs bitmap}, beside the real {@code qemu-img bitmap}. */
class BitmapUsageTest {
  private static final String IMAGE = "IMAGE";

  @TempDir private static Path directory;
  private static Path image;
  private final TestHost host = new TestHost();

  @BeforeAll
  static void anImage() throws Exception {
    image = directory.resolve("disk.qcow2");
    assertThat(qemuImg("create", "-q", "-f", "qcow2", image.toString(), "1M")).isZero();
    assertThat(qemuImg("bitmap", "--add", image.toString(), "old")).isZero();
  }

  private static int qemuImg(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("qemu-img"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private String[] bitmap(String line) {
    List<String> words = new ArrayList<>(List.of("bitmap"));
    for (String word : line.split(" ", -1)) {
      words.add(word.equals(IMAGE) ? image.toString() : word);
    }
    return words.toArray(String[]::new);
  }

  /** A command line, and what the message has to say. */
  static Stream<Arguments> wrongForBoth() {
    return Stream.of(
        Arguments.of("IMAGE b", "need at least one of --add, --remove, --clear"),
        Arguments.of("-g 64k IMAGE b", "need at least one of --add"),
        Arguments.of("--add IMAGE", "FILENAME and BITMAP"),
        Arguments.of("--add", "FILENAME and BITMAP, found nothing"),
        Arguments.of("--add IMAGE b extra", "FILENAME and BITMAP"),
        Arguments.of("--add -b x IMAGE b", "--merge only"),
        Arguments.of("--merge old -F qcow2 IMAGE b", "-F goes with -b only"),
        Arguments.of("--remove -g 4k IMAGE old", "goes with --add only"),
        Arguments.of("--add -g 3k IMAGE b", "power of two from 512 to 2G"),
        Arguments.of("--add --granularity=256 IMAGE b", "power of two from 512 to 2G"),
        Arguments.of("--add -g 4G IMAGE b", "power of two from 512 to 2G"),
        Arguments.of("--add -gx IMAGE b", "'x' is not a granularity"),
        Arguments.of("--add -f raw IMAGE b", "only qcow2 images store bitmaps"),
        Arguments.of("--merge old -F raw -b IMAGE IMAGE old", "only qcow2 images store bitmaps"),
        Arguments.of("--add --nope IMAGE b", "--nope"),
        Arguments.of("--add=1 IMAGE b", "--add"),
        Arguments.of("--merge", "SOURCE"),
        Arguments.of("--add IMAGE -dash", "-dash"),
        Arguments.of("--add -- IMAGE " + "x".repeat(1024), "1 to 1023 bytes, this one has 1024"));
  }

  @ParameterizedTest
  @MethodSource("wrongForBoth")
  void whatQemuImgRefusesIsWrongUseAndSaysWhy(String line, String says) throws Exception {
    String[] words = bitmap(line);
    assertThat(qemuImg(words)).isNotZero();
    byte[] before = Files.readAllBytes(image);
    assertThat(host.run(words)).isEqualTo(2);
    assertThat(host.err()).contains(says, "what to do: ");
    assertThat(host.out()).isEmpty();
    assertThat(Files.readAllBytes(image)).isEqualTo(before);
  }

  static Stream<Arguments> wrongForUs() {
    return Stream.of(
        Arguments.of("--add -U IMAGE b", "--force-share is for list and check"),
        Arguments.of("repair --force-share IMAGE", "--force-share is for list and check"),
        Arguments.of("repair --undo x --dry-run IMAGE", "--undo goes with no other option"),
        Arguments.of("--add --qmp /x b", "--qmp and --node go together"),
        Arguments.of("--add --qmp /x --node n IMAGE b", "expected BITMAP, found"),
        Arguments.of("--merge a -b IMAGE --qmp /x --node n b", "about images that nobody has open"),
        Arguments.of("list", "expected FILENAME, found nothing"),
        Arguments.of("list --qmp /x --node n IMAGE", "no FILENAME beside --qmp"),
        Arguments.of("list --qmp /x --node n --extents b", "not about machines"),
        Arguments.of("list IMAGE --extents " + "x".repeat(1024), "1 to 1023 bytes"),
        Arguments.of("check", "FILENAME"),
        Arguments.of(
            "--add --output json --output-format json IMAGE b", "two ways to say the same"),
        Arguments.of("--add --output xml IMAGE b", "--output"));
  }

  @ParameterizedTest
  @MethodSource("wrongForUs")
  void whatOnlyWeHaveIsRefusedWithAReasonToo(String line, String says) {
    assertThat(host.run(bitmap(line))).isEqualTo(2);
    assertThat(host.err() + host.out()).contains(says).containsAnyOf("what to do: ", "\"remedy\":");
  }

  @Test
  void wrongUseIsToldInJsonToWhoAskedForIt() {
    assertThat(host.run(bitmap("IMAGE b --output-format json"))).isEqualTo(2);
    assertThat(host.out()).contains("\"kind\":\"usage\"").contains("need at least one of");
    assertThat(host.err()).isEmpty();
    assertThat(host.run(bitmap("check --output-format json"))).isEqualTo(2);
    assertThat(host.out()).contains("\"command\":\"bitmap check\"", "FILENAME");
  }

  @Test
  void anImageThatIsNotThereIsNotFound() {
    for (String line : new String[] {"--add none b", "list none", "check none", "repair none"}) {
      assertThat(host.run(bitmap(line))).as(line).isEqualTo(3);
      assertThat(host.err()).contains("there is no none");
    }
  }

  @Test
  void whatIsNotQcow2IsSaid() throws Exception {
    Files.write(directory.resolve("disk.raw"), new byte[65536]);
    for (String command : new String[] {"list", "check", "repair"}) {
      assertThat(host.run("bitmap", command, directory + "/disk.raw")).as(command).isEqualTo(2);
      assertThat(host.err()).contains("qcow2");
    }
  }

  @Test
  void helpNamesEveryFormAndItsExitCodes() {
    assertThat(host.run("bitmap", "--help")).isZero();
    assertThat(host.out())
        .contains(
            "qmpbs bitmap list ", "qmpbs bitmap check ", "--undo FILE", "--qmp SOCKET --node NAME")
        .doesNotContain("--force-share", "WORD");
    for (String command : new String[] {"list", "check", "repair"}) {
      assertThat(host.run("bitmap", command, "--help")).isZero();
      assertThat(host.out().getBytes(StandardCharsets.UTF_8)).isNotEmpty();
      assertThat(host.out()).contains("Usage: qmpbs bitmap " + command).contains("10 ", "16 ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--clear", "--enable", "--add -g 4M", "--disable --enable"})
  void aBitmapThatBackupsRelyOnIsNotMadeToLookUnchanged(String actions) throws Exception {
    String epoch = "qmpbs:0123456789abcdef:1700000000:fedcba9876543210";
    assertThat(host.run(bitmap(actions + " IMAGE " + epoch))).isEqualTo(2);
    assertThat(host.err()).contains("it would miss some", "Use --remove");
    assertThat(host.run(bitmap(actions + " --qmp /nowhere --node n0 " + epoch))).isEqualTo(2);
  }
}
