package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.UnsupportedDataException;
import org.qmpbs.client.backup.SnapshotRecord.RecordedDisk;

class SnapshotRecordCodecTest {
  private static final String TARGET = "0123456789abcdef";
  private static final String GOOD =
      """
      {"version":1,"product":"qmpbs","target":"0123456789abcdef","qemu":"7.2.22",
       "machine":{"uuid":"u","name":"n"},
       "disks":[{"name":"scsi0","archive":"drive-scsi0.img.fidx","size":4194304,
       "bitmap":"qmpbs:0123456789abcdef:1700000000:fedcba9876543210","format":"qcow2"}]}
      """;

  @Provide
  Arbitrary<SnapshotRecord> records() {
    Arbitrary<String> texts = Arbitraries.strings().ofMaxLength(30);
    Arbitrary<RecordedDisk> disk =
        Combinators.combine(
                texts,
                Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(30),
                Arbitraries.longs().between(1, Long.MAX_VALUE),
                Arbitraries.longs().between(0, 9_999_999_999L),
                Arbitraries.longs())
            .as(
                (name, archive, size, time, nonce) ->
                    new RecordedDisk(
                        name,
                        archive + ".img.fidx",
                        size,
                        new EpochName(TARGET, time, nonce),
                        nonce % 2 == 0,
                        nonce % 3 == 0 ? "" : Samples.digest(name).hex(),
                        "qcow2"));
    return Combinators.combine(
            disk.list().ofMinSize(1).ofMaxSize(8).uniqueElements(RecordedDisk::archive),
            texts,
            texts,
            texts)
        .as((disks, uuid, name, qemu) -> new SnapshotRecord(TARGET, disks, uuid, name, qemu));
  }

  @Property(tries = 200)
  void readsWhatItWrites(@ForAll("records") SnapshotRecord written) throws IOException {
    assertThat(SnapshotRecordCodec.decode(SnapshotRecordCodec.encode(written))).isEqualTo(written);
  }

  @Test
  void readsTheDocumentedForm() throws IOException {
    SnapshotRecord read = decode(GOOD);
    assertThat(read.target()).isEqualTo(TARGET);
    assertThat(read.machineUuid()).isEqualTo("u");
    assertThat(read.disks())
        .containsExactly(
            new RecordedDisk(
                "scsi0",
                "drive-scsi0.img.fidx",
                4_194_304,
                new EpochName(TARGET, 1_700_000_000L, 0xfedcba9876543210L),
                true,
                "",
                "qcow2"));
  }

  @Test
  void allowsFieldsThatALaterVersionAdds() throws IOException {
    assertThat(decode(GOOD.replace("\"version\":1,", "\"version\":1,\"more\":{\"a\":[1]},")))
        .isEqualTo(decode(GOOD));
  }

  @Test
  void knowsWhetherABitmapIsStored() throws IOException {
    String kept = GOOD.replace("\"format\"", "\"stored\":false,\"format\"");
    assertThat(decode(kept).disks().get(0).bitmapStored()).isFalse();
  }

  @Test
  void aNewerVersionIsTooNewAndNotCorrupt() {
    assertThatThrownBy(() -> decode(GOOD.replace("\"version\":1", "\"version\":2")))
        .isInstanceOf(UnsupportedDataException.class)
        .hasMessageContaining("version 2");
  }

  static Stream<Arguments> broken() {
    return Stream.of(
        Arguments.of("", "expected"),
        Arguments.of("[]", "an object"),
        Arguments.of("null", "an object"),
        Arguments.of("{", "expected JSON"),
        Arguments.of(GOOD + "{}", "expected JSON"),
        Arguments.of(GOOD.replace("\"version\":1", "\"version\":0"), "/version"),
        Arguments.of(GOOD.replace("\"version\":1", "\"version\":1.5"), "/version"),
        Arguments.of(GOOD.replace("\"version\":1", "\"version\":\"1\""), "/version"),
        Arguments.of(GOOD.replace("\"version\":1", "\"version\":1,\"version\":1"), "Duplicate"),
        Arguments.of(GOOD.replace("\"qmpbs\"", "\"other\""), "/product"),
        Arguments.of(GOOD.replace("\"target\":\"0123", "\"target\":\"X123"), "/target"),
        Arguments.of(GOOD.replace("qmpbs:0123", "qmpbs:1123"), "bitmap"),
        Arguments.of(GOOD.replace("qmpbs:0123456789abcdef:", "bk-"), "bitmap"),
        Arguments.of(GOOD.replace("4194304", "0"), "size"),
        Arguments.of(GOOD.replace("4194304", "99999999999999999999"), "size"),
        Arguments.of(GOOD.replace("\"size\"", "\"length\""), "size"),
        Arguments.of(GOOD.replace("\"format\"", "\"stored\":\"no\",\"format\""), "stored"),
        Arguments.of(GOOD.replace(".img.fidx", ".img"), "archive"),
        Arguments.of(GOOD.replace("{\"uuid\":\"u\",\"name\":\"n\"}", "7"), "/machine"),
        Arguments.of(GOOD.replaceAll("(?s)\"disks\":.*", "\"disks\":[]}"), "/disks"),
        Arguments.of(GOOD.replaceAll("(?s)\\[(\\{.*})]", "[$1,$1]"), "archive"),
        Arguments.of("[".repeat(1000), "expected JSON"));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void saysWhatIsBroken(String json, String where) {
    assertThatThrownBy(() -> decode(json))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining(where);
  }

  @Test
  void refusesMoreThanItsBoundBeforeParsing() {
    byte[] large = new byte[SnapshotRecordCodec.MAX_BYTES + 1];
    assertThatThrownBy(() -> SnapshotRecordCodec.decode(large))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("at most");
  }

  @Test
  void findsADiskByItsArchive() throws IOException {
    SnapshotRecord read = decode(GOOD);
    assertThat(read.disk("drive-scsi0.img.fidx")).isPresent();
    assertThat(read.disk("drive-scsi1.img.fidx")).isEmpty();
    assertThat(read.disks()).isEqualTo(List.copyOf(read.disks()));
  }

  private static SnapshotRecord decode(String json) throws IOException {
    return SnapshotRecordCodec.decode(json.getBytes(StandardCharsets.UTF_8));
  }
}
