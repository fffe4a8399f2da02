package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qmpbs.qcow2.QemuTools.succeed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qmpbs.qcow2.HeaderExtension;

class ExtensionRewriteTest {
  private static final int FOREIGN = 0x0badcafe;

  @TempDir Path folder;
  private Path image;
  private byte[] whole;

  @BeforeEach
  void anImage() throws IOException {
    image = Sample.WIDE.in(folder);
    whole = Files.readAllBytes(image);
  }

  /** An extension of a program that we do not know, behind the bitmaps extension. */
  private byte[] withForeign(int length, boolean twice) throws IOException {
    Draft draft = new Draft(whole);
    byte[] extension = Arrays.copyOfRange(draft.image(), draft.extension - 8, draft.extension + 24);
    ByteBuffer bytes = draft.bytes.position(draft.extension + BitmapFormat.EXTENSION_LENGTH);
    byte[] data = new byte[length];
    new Random(length).nextBytes(data);
    bytes.putInt(FOREIGN).putInt(length).put(data);
    bytes.position(bytes.position() + 7 & ~7);
    if (twice) {
      bytes.put(extension);
    }
    bytes.putLong(0);
    return draft.image();
  }

  @ParameterizedTest
  @CsvSource({"3, false", "8, true", "100, false", "1000, false", "1000, true", "3000, true"})
  void foreignExtensionsStayByteForByte(int length, boolean twice) throws IOException {
    for (Damage damage : List.of(Damage.COUNT_HIGH, Damage.IN_USE, Damage.EXTENSION_TOO_LONG)) {
      for (boolean keepGood : new boolean[] {true, false}) {
        Draft draft = new Draft(withForeign(length, twice));
        if (damage == Damage.EXTENSION_TOO_LONG && !keepGood) {
          // A foreign type does not show where the list goes on; the right length does.
          continue;
        }
        if (damage != Damage.EXTENSION_TOO_LONG) {
          damage.to(draft);
        }
        List<byte[]> before = foreign(draft.image());
        MemoryImage memory = new MemoryImage(draft.image());
        PlannedRepair repair = PlannedRepair.of(memory, keepGood);
        repair.run(memory);

        assertThat(foreign(memory.bytes()))
            .usingElementComparator(Arrays::compare)
            .isEqualTo(before);
        Files.write(image, memory.bytes());
        assertThat(succeed("qemu-img", "check", image.toString())).contains("No errors");
        succeed("qemu-img", "bitmap", "--add", image.toString(), "new");
        assertThat(foreign(Files.readAllBytes(image)))
            .usingElementComparator(Arrays::compare)
            .isEqualTo(before);
      }
    }
  }

  private static List<byte[]> foreign(byte[] image) throws IOException {
    return BitmapScan.of(new MemoryImage(image)).area().slots().stream()
        .filter(slot -> slot.type() == FOREIGN)
        .map(slot -> Arrays.copyOfRange(image, slot.at(), slot.next()))
        .toList();
  }

  /** Written in part, a list of several sectors would open nowhere. */
  @Test
  void aListThatWouldChangeInSeveralSectorsKeepsItsPlaces() throws IOException {
    byte[] before = withForeign(1000, false);
    BitmapScan scan = BitmapScan.of(new MemoryImage(before));
    byte[] after = new ExtensionRewrite(scan).rewritten(Optional.empty());

    Draft draft = new Draft(before);
    ByteBuffer filler = ByteBuffer.wrap(after);
    assertThat(filler.getInt(draft.extension - 8)).isEqualTo(ExtensionRewrite.UNUSED);
    assertThat(filler.getInt(draft.extension - 4)).isEqualTo(BitmapFormat.EXTENSION_LENGTH);
    int changed = 0;
    for (int i = 0; i < after.length; i++) {
      changed += after[i] == before[i] ? 0 : 1;
    }
    assertThat(changed).isLessThanOrEqualTo(8);
  }

  /** Without the name of the data file or the backing format an image is something else. */
  @ParameterizedTest
  @CsvSource({"-481736008, false", "1145132097, true", "87539319, true"})
  void anExtensionThatIsNeededIsNotThrownAway(int type, boolean stays) throws IOException {
    assertThat(List.of(HeaderExtension.DATA_FILE, HeaderExtension.ENCRYPTION).contains(type))
        .isEqualTo(stays);
    Draft draft = new Draft(whole);
    int at = draft.extension + BitmapFormat.EXTENSION_LENGTH;
    draft.bytes.putInt(at, type).putInt(at + 4, 1 << 20);
    MemoryImage memory = new MemoryImage(draft.image());
    PlannedRepair repair = PlannedRepair.of(memory, false);
    repair.run(memory);

    assertThat(
            repair.plan().remaining().stream().anyMatch(each -> each.rule() == Rule.EXTENSION_LIST))
        .isEqualTo(stays);
    assertThat(ByteBuffer.wrap(memory.bytes()).getInt(at)).isEqualTo(type);
    assertThat(PlannedRepair.of(memory, false).plan().isEmpty()).isTrue();
  }
}
