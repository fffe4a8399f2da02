package org.qmpbs.qcow2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DamagedHeaderTest {
  private static final int FEATURE_BITS = 72;

  @TempDir Path folder;
  private byte[] head;

  @BeforeEach
  void aSoundHeader() throws IOException {
    Path image = folder.resolve("disk.qcow2");
    QemuTools.succeed("qemu-img", "create", "-q", "-f", "qcow2", image.toString(), "1G");
    try (FileChannel file = FileChannel.open(image, StandardOpenOption.READ)) {
      head = PositionedIo.read(file, 0, 65536);
    }
    assertThat(HeaderParser.parse(head).version()).isEqualTo(3);
  }

  /** Offset and value of a four-byte field, and where the error is to be reported. */
  @ParameterizedTest
  @CsvSource({
    "20, 8, 20, at least 9 cluster bits",
    "20, -1, 20, at least 9 cluster bits",
    "24, -2147483648, 24, a disk size below 2^63",
    "24, 1, 36, an L1 table of at least",
    "36, 1, 36, 'an L1 table of at least 2, found 1'",
    "36, 0, 36, an L1 table of at least 2",
    "36, 4194305, 36, at most 4194304",
    "36, -1, 36, found 4294967295",
    "40, -1, 40, a L1 table at the start of a cluster",
    "44, 1, 40, a L1 table at the start of a cluster",
    "44, 0, 40, a L1 table at the start of a cluster",
    "48, 16777216, 48, a refcount table at the start of a cluster",
    "52, 512, 48, a refcount table at the start of a cluster",
    "56, 0, 56, a refcount table",
    "56, 129, 56, at most 128",
    "60, 65537, 60, at most 65536",
    "60, 1, 64, a snapshot table at the start of a cluster",
    "100, 96, 100, a header length of 104",
    "100, 108, 100, a multiple of 8",
    "100, 65544, 100, to the cluster's end",
    "100, -8, 100, to the cluster's end",
    "12, 71, 8, the backing file's name in the first cluster",
    "12, 65537, 8, the backing file's name in the first cluster",
    "8, -1, 8, the backing file's name in the first cluster",
    "116, 65537, 116, header extension 6803f857",
    "116, -1, 116, header extension 6803f857",
  })
  void aBrokenRuleIsReportedWhereItIs(int at, int value, long offset, String expected) {
    ByteBuffer.wrap(head).putInt(at, value);

    assertThatThrownBy(() -> HeaderParser.parse(head))
        .isInstanceOfSatisfying(
            CorruptImageException.class, e -> assertThat(e.offset()).isEqualTo(offset))
        .hasMessageContaining(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, not a qcow2 image",
    "4, 1, version 1",
    "4, 4, version 4",
    "20, 22, 2^22",
    "32, 3, encryption method 3",
    "96, 7, 2^7",
    "96, -1, 2^4294967295",
  })
  void whatCameLaterIsUnsupportedAndNotCorrupt(int at, int value, String expected) {
    ByteBuffer.wrap(head).putInt(at, value);

    assertThatThrownBy(() -> HeaderParser.parse(head))
        .isInstanceOf(UnsupportedImageException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void unknownFeaturesAreNamedAsTheImageNamesThem() {
    ByteBuffer.wrap(head).putLong(FEATURE_BITS, 1L << 63 | 1 << 5 | 1);
    // The table's first entry, of bit 0, becomes one of bit 5.
    int table = 104 + 8 + 8;
    assertThat(head[table + 1]).isZero();
    head[table + 1] = 5;
    head[table + 2] = 0x1b;

    assertThatThrownBy(() -> HeaderParser.parse(head))
        .isInstanceOf(UnsupportedImageException.class)
        .hasMessageEndingWith("bit 5 (?irty bit), bit 63");
  }

  @Test
  void allKnownFeaturesAreAccepted() throws IOException {
    // Extended L2 entries map half as much; so the disk is halved for its L1 table to be enough.
    ByteBuffer.wrap(head).putLong(FEATURE_BITS, 0x1f).putLong(24, 512 << 20);

    assertThat(HeaderParser.parse(head).incompatibleFeatures())
        .containsExactlyInAnyOrder(IncompatibleFeature.values());
  }

  @Test
  void aBackingNameOverTheLimitOrTheEndIsCorrupt() throws IOException {
    ByteBuffer fields = ByteBuffer.wrap(head);
    fields.putLong(8, 60_000).putInt(16, 1023);
    assertThat(HeaderParser.parse(head).backingFile().orElseThrow()).hasSize(1023);

    fields.putInt(16, 1024);
    assertThatThrownBy(() -> HeaderParser.parse(head))
        .isInstanceOf(CorruptImageException.class)
        .hasMessageContaining("at most 1023");
    fields.putLong(8, 65_000).putInt(16, 537);
    assertThatThrownBy(() -> HeaderParser.parse(head))
        .isInstanceOf(CorruptImageException.class)
        .hasMessageContaining("at most 536");
  }

  @Test
  void aHeaderThatIsCutShortIsCorruptOrNoImage() {
    for (int length = 0; length < 112; length++) {
      byte[] cut = Arrays.copyOf(head, length);
      assertThatThrownBy(() -> HeaderParser.parse(cut))
          .as("%d bytes", length)
          .isInstanceOf(length < 4 ? UnsupportedImageException.class : CorruptImageException.class);
    }
  }
}
