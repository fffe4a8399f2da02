package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code qmpbs bitmap} on real images, beside {@code qemu-img bitmap}. */
class BitmapCommandTest {
  @TempDir private Path directory;
  private final TestHost host = new TestHost();

  @BeforeEach
  void images() throws Exception {
    for (String name : new String[] {"disk", "other"}) {
      Path image = directory.resolve(name + ".qcow2");
      tool("qemu-img", "create", "-q", "-f", "qcow2", image.toString(), "8M");
      tool("qemu-img", "bitmap", "--add", image.toString(), "old");
      tool("qemu-img", "bitmap", "--add", "-g", "4k", image.toString(), "fine");
      tool("qemu-io", "-c", "write 1M 9k", "-c", "write 7M 1M", image.toString());
    }
  }

  private String at(String name) {
    return directory.resolve(name).toString();
  }

  private static String tool(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", String.join(" ", command), output).isZero();
    return output;
  }

  private static String bitmaps(String image) throws Exception {
    return new ObjectMapper()
        .readTree(tool("qemu-img", "info", "--output=json", image))
        .at("/format-specific/data/bitmaps")
        .toString();
  }

  private int run(String line) {
    List<String> words = new ArrayList<>(List.of("bitmap"));
    for (String word : line.split(" ", -1)) {
      words.add(word.endsWith(".qcow2") || word.endsWith(".side") ? at(word) : word);
    }
    return host.run(words.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--add disk.qcow2 b",
        "--add -g 512 --disable disk.qcow2 b",
        "--remove disk.qcow2 old",
        "--remove --add -g 1M --merge fine --disable disk.qcow2 old",
        "--disable --enable --disable --clear disk.qcow2 fine",
        "--add --merge old --merge fine -b other.qcow2 -F qcow2 -f qcow2 disk.qcow2 b",
        "disk.qcow2 b --granularity=2G --add",
        "--add -- disk.qcow2 -b",
        "--add disk.qcow2 list",
        "--add disk.qcow2 @name"
      })
  void whatItDoesIsWhatQemuImgDoes(String line) throws Exception {
    Files.copy(directory.resolve("disk.qcow2"), directory.resolve("theirs.qcow2"));
    List<String> theirs = new ArrayList<>(List.of("qemu-img", "bitmap"));
    Stream.of(line.replace("disk.qcow2", "theirs.qcow2").split(" ", -1))
        .map(word -> word.endsWith(".qcow2") ? at(word) : word)
        .forEach(theirs::add);
    tool(theirs.toArray(String[]::new));
    assertThat(run(line)).as(host.err()).isZero();
    assertThat(host.out() + host.err()).isEmpty();
    assertThat(bitmaps(at("disk.qcow2"))).isEqualTo(bitmaps(at("theirs.qcow2")));
    for (String image : new String[] {"disk.qcow2", "theirs.qcow2"}) {
      assertThat(run("list " + image)).isZero();
    }
    assertThat(listed("disk.qcow2")).isEqualTo(listed("theirs.qcow2"));
    assertThat(tool("qemu-img", "check", at("disk.qcow2"))).contains("No errors were found");
  }

  private String listed(String image) {
    assertThat(run("list " + image)).isZero();
    return host.out();
  }

  @Test
  void jsonAsQemuImgWouldPrintItIsOneLine() {
    assertThat(run("--add --clear --disable --output json disk.qcow2 b")).isZero();
    assertThat(host.out()).isEqualTo("{\"actions-applied\": 3, \"resulting-bitmaps\": 3}\n");
    assertThat(run("--remove --output=human disk.qcow2 b")).isZero();
    assertThat(host.out()).isEmpty();
    assertThat(run("--remove -q --output json disk.qcow2 old")).isZero();
    assertThat(host.out()).isEqualTo("{\"actions-applied\": 1, \"resulting-bitmaps\": 1}\n");
    assertThat(run("--remove --output-format json disk.qcow2 fine")).isZero();
    assertThat(host.out())
        .contains("\"command\":\"bitmap\"", "\"actions_applied\":1,\"resulting_bitmaps\":0}");
  }

  @Test
  void whatCameBeforeARefusedActionStaysAndIsCounted() throws Exception {
    assertThat(run("--add --disable --add --remove disk.qcow2 b")).isEqualTo(11);
    assertThat(host.err())
        .contains("error: --add: ", "'b'", "The 2 actions before it were applied and stay");
    assertThat(bitmaps(at("disk.qcow2"))).contains("{\"flags\":[],\"name\":\"b\"");
    assertThat(run("--clear --merge none disk.qcow2 old")).isEqualTo(3);
    assertThat(host.err()).contains("--merge none: ", "The action before it was applied and stays");
    assertThat(run("--clear disk.qcow2 none")).isEqualTo(3);
    assertThat(host.err()).contains("No action was applied.", "qmpbs bitmap list");
  }

  @Test
  void aVersion2ImageIsRefusedWithTheCommandThatConvertsIt() throws Exception {
    tool("qemu-img", "create", "-q", "-f", "qcow2", "-o", "compat=0.10", at("v2.qcow2"), "1M");
    assertThat(run("--add v2.qcow2 b")).isEqualTo(2);
    assertThat(host.err()).contains("version 2", "qemu-img amend", "compat=1.1");
  }

  @Test
  void theImageThatIsNoneIsNamed() throws Exception {
    Files.write(directory.resolve("raw.qcow2"), new byte[1 << 20]);
    for (String line :
        new String[] {
          "--add raw.qcow2 b",
          "list raw.qcow2",
          "check raw.qcow2",
          "repair raw.qcow2",
          "--merge old -b raw.qcow2 disk.qcow2 old"
        }) {
      assertThat(run(line)).as(line).isEqualTo(2);
      assertThat(host.err())
          .contains("error: " + at("raw.qcow2") + ": not a qcow2 image", "Nothing was ");
    }
  }

  @Test
  void commandsThatAreShownCanBeTypedAsTheyAre() throws Exception {
    Path spaced = Files.copy(directory.resolve("disk.qcow2"), directory.resolve("my disk's.qcow2"));
    assertThat(host.run("bitmap", "--clear", spaced.toString(), "none")).isEqualTo(3);
    assertThat(host.err())
        .contains("qmpbs bitmap list '" + directory.resolve("my disk'\\''s.qcow2") + "'");
  }

  /** Java has put U+FFFD for the bytes; a bitmap of another name would be made or looked for. */
  @Test
  void aNameThatIsNotUtf8IsRefused() throws Exception {
    String before = bitmaps(at("disk.qcow2"));
    for (String line :
        new String[] {
          "--add disk.qcow2 \ufffd",
          "--merge \ufffd disk.qcow2 old",
          "list disk.qcow2 --extents \ufffd"
        }) {
      assertThat(run(line)).isEqualTo(2);
      assertThat(host.err()).contains("is not UTF-8");
    }
    assertThat(bitmaps(at("disk.qcow2"))).isEqualTo(before);
    assertThat(host.run("bitmap", "list", directory + "/\ufffd")).isEqualTo(3);
    assertThat(host.err()).contains("symbolic link");
  }

  @Test
  void whatWasDoneIsSaidEvenIfItsReportCannotBeWritten() throws Exception {
    host.outFails = true;
    assertThat(run("--add --output json disk.qcow2 b")).isEqualTo(11);
    assertThat(host.err()).contains("All actions were applied").doesNotContain("Nothing was");
    assertThat(bitmaps(at("disk.qcow2"))).contains("\"b\"");
    damagedImage();
    assertThat(run("repair --dry-run disk.qcow2")).isEqualTo(11);
    assertThat(host.err()).contains("Nothing was changed");
    assertThat(run("repair disk.qcow2")).isEqualTo(11);
    assertThat(host.err()).contains("The image was repaired", at("disk.qcow2") + ".qmpbs-repair-");
  }

  @Test
  void dirtyRangesAreThoseThatQemuRecorded() {
    assertThat(run("list disk.qcow2 --extents fine")).isZero();
    assertThat(host.out())
        .isEqualTo(
            """
            Offset          Length
            0x100000        0x3000
            0x700000        0x100000
            """);
    assertThat(run("list disk.qcow2 --extents none")).isEqualTo(3);
  }

  @Test
  void aFileMayBeCalledLikeACommand() throws Exception {
    Path work = Path.of("").toAbsolutePath();
    Path list = Files.copy(directory.resolve("disk.qcow2"), directory.resolve("list"));
    String relative = work.relativize(list).toString();
    assertThat(host.run("bitmap", "--add", relative, "check")).isZero();
    assertThat(host.run("bitmap", "list", relative)).isZero();
    assertThat(host.out()).contains("check ");
  }

  /** Made by hand: the first of three bitmaps has no table. No tool of QEMU opens it. */
  private Path damagedImage() throws IOException {
    Path image = directory.resolve("disk.qcow2");
    try (InputStream gz =
            BitmapCommandTest.class.getResourceAsStream("hand-zero-table-offset.qcow2.gz");
        GZIPInputStream in = new GZIPInputStream(gz)) {
      return Files.write(image, in.readAllBytes());
    }
  }

  @Test
  void aRepairSavesFirstAndCanBeUndone() throws Exception {
    Path image = damagedImage();
    byte[] damaged = Files.readAllBytes(image);
    assertThat(run("check disk.qcow2")).isEqualTo(10);
    assertThat(run("list disk.qcow2")).isEqualTo(10);
    assertThat(host.err()).contains("qmpbs bitmap check");
    assertThat(run("--add disk.qcow2 b")).isEqualTo(10);
    assertThat(run("repair --dry-run --keep-good disk.qcow2")).isZero();
    assertThat(host.out()).contains("would be kept: bk-T2, bk-T3", "that would go: bk-T1");
    assertThat(Files.readAllBytes(image)).isEqualTo(damaged);

    assertThat(run("repair -q --keep-good disk.qcow2")).isZero();
    Path side = directory.resolve("disk.qcow2.qmpbs-repair-20261121T090000Z");
    assertThat(host.out()).contains("--undo " + side + " " + image);
    assertThat(tool("qemu-img", "check", image.toString())).contains("No errors");
    assertThat(bitmaps(image.toString())).contains("bk-T2", "bk-T3").doesNotContain("bk-T1");
    assertThat(run("check disk.qcow2")).isZero();
    assertThat(run("repair --keep-good disk.qcow2")).isZero();
    assertThat(host.out()).contains("nothing to repair");

    assertThat(host.run("bitmap", "repair", "--undo", side.toString(), image.toString())).isZero();
    assertThat(Files.readAllBytes(image)).isEqualTo(damaged);
  }

  @Test
  void aSideFileIsNeverOverwritten() throws Exception {
    Path image = damagedImage();
    Files.writeString(directory.resolve("x.side"), "mine");
    byte[] damaged = Files.readAllBytes(image);
    assertThat(run("repair --side-file x.side disk.qcow2")).isEqualTo(11);
    assertThat(host.err()).contains("is not overwritten", "Nothing was written to the image");
    assertThat(directory.resolve("x.side")).hasContent("mine");
    assertThat(Files.readAllBytes(image)).isEqualTo(damaged);
    assertThat(run("repair --undo x.side disk.qcow2")).isEqualTo(10);
  }

  @Test
  void anImageThatSomebodyHasOpenIsLeftAlone() throws Exception {
    Path socket = directory.resolve("nbd");
    Process nbd =
        new ProcessBuilder(
                "qemu-nbd", "-t", "-f", "qcow2", "-k", socket.toString(), at("disk.qcow2"))
            .start();
    try {
      while (Files.notExists(socket)) {
        assertThat(nbd.isAlive()).isTrue();
        Thread.sleep(10);
      }
      // The socket is there before the image is open; the server's greeting comes after it.
      try (SocketChannel connection = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
        assertThat(connection.read(ByteBuffer.allocate(1))).isEqualTo(1);
      }
      for (String line :
          new String[] {
            "--add disk.qcow2 b", "list disk.qcow2", "check disk.qcow2", "repair disk.qcow2"
          }) {
        assertThat(run(line)).as(line).isEqualTo(11);
        assertThat(host.err()).contains("is in use", "--qmp SOCKET --node NAME", "--force-share");
      }
      assertThat(run("list -U disk.qcow2 --output-format json")).isZero();
      JsonNode last = new ObjectMapper().readTree(host.out().lines().reduce((a, b) -> b).get());
      assertThat(last.path("bitmaps")).hasSize(2);
      assertThat(host.out()).contains("\"message_type\":\"warning\"", "ask the machine itself");
      assertThat(run("check -U disk.qcow2")).isEqualTo(16);
      assertThat(host.err()).contains("warning: ", "ask the machine itself");
    } finally {
      nbd.destroy();
      nbd.waitFor();
    }
  }
}
