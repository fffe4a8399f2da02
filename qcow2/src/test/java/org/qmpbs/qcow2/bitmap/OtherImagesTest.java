package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qmpbs.qcow2.QemuTools.assertClean;
import static org.qmpbs.qcow2.QemuTools.succeed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.qcow2.HeaderExtension;

/** Images that seldom have bitmaps, or should have none. */
class OtherImagesTest {
  private static final String SECRET = "secret,id=s,data=0123456789";

  @TempDir Path folder;

  /** The LUKS header stands in clusters that no table leads to. */
  @Test
  void anEncryptedImageIsRepairedWithoutItsSecret() throws IOException {
    Path image = folder.resolve("luks.qcow2");
    String options = "encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10";
    succeed(
        "qemu-img",
        "create",
        "-q",
        "--object",
        SECRET,
        "-f",
        "qcow2",
        "-o",
        options,
        image.toString(),
        "2M");
    String opened = "driver=qcow2,encrypt.key-secret=s,file.filename=" + image;
    succeed("qemu-img", "bitmap", "--object", SECRET, "--image-opts", "--add", opened, "one");
    succeed("qemu-io", "--object", SECRET, "--image-opts", "-c", "write -P 5 0 1M", opened);
    assertThat(ImageCheck.of(new MemoryImage(Files.readAllBytes(image))).findings()).isEmpty();

    Draft draft = new Draft(Files.readAllBytes(image));
    Damage.DIRECTORY_ZEROED.to(draft);
    MemoryImage memory = new MemoryImage(draft.image());
    PlannedRepair repair = PlannedRepair.of(memory, false);
    repair.run(memory);
    Files.write(image, memory.bytes());

    assertThat(repair.plan().remaining()).isEmpty();
    assertThat(repair.plan().freedClusters()).isEqualTo(3);
    assertThat(succeed("qemu-img", "check", "--object", SECRET, "--image-opts", opened))
        .contains("No errors");
    assertThat(
            succeed("qemu-io", "--object", SECRET, "--image-opts", "-c", "read -P 5 0 1M", opened))
        .doesNotContain("failed");
  }

  /** QEMU ignores them with a warning; but not if the extension has another length. */
  @Test
  void aVersion2ImageLosesThem() throws IOException {
    Path image = folder.resolve("old.qcow2");
    succeed("qemu-img", "create", "-q", "-f", "qcow2", "-o", "compat=0.10", image.toString(), "2M");
    Sample.io(image, "write -P 5 0 1M");
    byte[] before = Files.readAllBytes(image);
    for (int length : new int[] {24, 25}) {
      byte[] bytes = before.clone();
      ByteBuffer.wrap(bytes)
          .putInt(72, HeaderExtension.BITMAPS)
          .putInt(76, length)
          .putInt(80, 1)
          .putLong(88, 64)
          .putLong(96, 1 << 16)
          .putLong(104, 0);
      MemoryImage memory = new MemoryImage(bytes);
      CheckReport report = ImageCheck.of(memory).report();
      assertThat(report.findings()).anyMatch(each -> each.rule() == Rule.EXTENSION_VERSION);
      assertThat(report.worst()).contains(length == 24 ? Severity.USELESS : Severity.UNOPENABLE);

      PlannedRepair.of(memory, true).run(memory);
      Files.write(image, memory.bytes());
      assertThat(BitmapScan.of(memory).extension()).isEmpty();
      assertClean(image);
      Sample.io(image, "read -P 5 0 1M", "write 0 512");
    }
  }

  @Test
  void anImageWithoutBitmapsOnlyLosesItsLeaks() throws IOException {
    Path image = folder.resolve("plain.qcow2");
    succeed("qemu-img", "create", "-q", "-f", "qcow2", image.toString(), "2M");
    Sample.io(image, "write -P 5 0 1M");
    assertThat(PlannedRepair.of(new MemoryImage(Files.readAllBytes(image)), false).plan().isEmpty())
        .isTrue();
    byte[] bytes = Files.readAllBytes(image);
    int refcounts = (int) ByteBuffer.wrap(bytes).getLong((int) ByteBuffer.wrap(bytes).getLong(48));
    ByteBuffer.wrap(bytes).putShort(refcounts + 2 * 1000, (short) 1);
    MemoryImage memory = new MemoryImage(bytes);
    PlannedRepair repair = PlannedRepair.of(memory, false);
    repair.run(memory);

    assertThat(repair.plan().freedClusters()).isEqualTo(1);
    assertThat(repair.steps()).hasSize(1);
    assertThat(memory.bytes()).isEqualTo(Files.readAllBytes(image));
  }

  @Test
  void leaksAloneCostNoBitmap() throws IOException {
    Path image = Sample.USUAL.in(folder);
    Draft draft = new Draft(Files.readAllBytes(image));
    draft.setRefcount(draft.bits(0), 2);
    draft.setRefcount(1000L << 16, 1);
    MemoryImage memory = new MemoryImage(draft.image());
    PlannedRepair repair = PlannedRepair.of(memory, false);
    repair.run(memory);

    assertThat(repair.plan().kept()).hasSize(3);
    assertThat(memory.bytes()).isEqualTo(Files.readAllBytes(image));
  }
}
