package org.qmpbs.qcow2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers of images that qemu-img made. */
class Qcow2HeaderTest {
  @TempDir Path folder;
  private Path image;

  @BeforeEach
  void name() {
    image = folder.resolve("disk.qcow2");
  }

  @ParameterizedTest
  @CsvSource({"0.10,2", "1.1,3"})
  void bothVersionsAreRead(String compat, int version) throws IOException {
    Qcow2Header header = create("compat=" + compat, "100M");

    assertThat(header.version()).isEqualTo(version);
    assertThat(header.virtualSize()).isEqualTo(100L << 20);
    assertThat(header.clusterSize()).isEqualTo(65536);
    assertThat(header.refcountBits()).isEqualTo(16);
    assertThat(header.encryption()).isEqualTo(Encryption.NONE);
    assertThat(header.incompatibleFeatures()).isEmpty();
    assertThat(header.backingFile()).isEmpty();
    assertThat(header.hasBitmaps()).isFalse();
    assertThat(header.snapshots().entries()).isZero();
    assertThat(header.l1().entries()).isEqualTo(1);
    assertThat(header.refcountTable().entries()).isEqualTo(8192);
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 4096, 65536, 1 << 20, 2 << 20})
  void everyClusterSizeIsRead(int clusterSize) throws IOException {
    Qcow2Header header = create("cluster_size=" + clusterSize, "1G");

    assertThat(header.clusterSize()).isEqualTo(clusterSize);
    assertThat(header.l1().offset() % clusterSize).isZero();
    assertThat((long) header.l1().entries() * (clusterSize / 8) * clusterSize)
        .isGreaterThanOrEqualTo(1L << 30);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16, 32, 64})
  void everyRefcountWidthIsRead(int bits) throws IOException {
    assertThat(create("refcount_bits=" + bits, "1M").refcountBits()).isEqualTo(bits);
  }

  @ParameterizedTest
  @CsvSource({
    "extended_l2=on, EXTENDED_L2",
    "compression_type=zstd, COMPRESSION_TYPE",
    "data_file=DATA, EXTERNAL_DATA_FILE"
  })
  void incompatibleFeaturesHaveTheirNames(String option, IncompatibleFeature feature)
      throws IOException {
    Path data = folder.resolve("data.raw");

    Qcow2Header header = create(option.replace("DATA", data.toString()), "64M");

    assertThat(header.incompatibleFeatures()).containsExactly(feature);
  }

  @Test
  void anImageThatWasNotClosedIsDirty() throws IOException {
    create("lazy_refcounts=on", "64M");
    QemuTools.run("qemu-io", "-c", "write 0 1M", "-c", "abort", image.toString());

    Qcow2Header header = read();

    assertThat(header.incompatibleFeatures()).containsExactly(IncompatibleFeature.DIRTY);
    assertThat(header.compatibleBits()).isEqualTo(1);
  }

  @Test
  void encryptionIsReported() throws IOException {
    QemuTools.succeed(
        "qemu-img",
        "create",
        "-q",
        "-f",
        "qcow2",
        "--object",
        "secret,id=s,data=secret",
        "-o",
        "encrypt.format=aes,encrypt.key-secret=s",
        image.toString(),
        "1M");

    assertThat(read().encryption()).isEqualTo(Encryption.AES);
  }

  /**
   * The first cluster of what {@code qemu-img create -o encrypt.format=luks} made: it times its key
   * derivation, and now and then refuses with "Unable to get accurate CPU usage".
   */
  @Test
  void luksIsReported() throws IOException {
    try (InputStream packed =
            Qcow2HeaderTest.class.getResourceAsStream("luks-first-cluster.qcow2.gz");
        InputStream cluster = new GZIPInputStream(Objects.requireNonNull(packed))) {
      Files.copy(cluster, image);
    }

    assertThat(read().encryption()).isEqualTo(Encryption.LUKS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.10", "1.1"})
  void theBackingFileIsNamedAsItIsStored(String compat) throws IOException {
    Path base = folder.resolve("bäse.raw");
    Files.write(base, new byte[1 << 20]);
    QemuTools.succeed(
        "qemu-img",
        "create",
        "-q",
        "-f",
        "qcow2",
        "-o",
        "compat=" + compat,
        "-b",
        base.toString(),
        "-F",
        "raw",
        image.toString());

    Qcow2Header header = read();

    assertThat(header.backingFile()).contains(base.toString());
    assertThat(header.extensions())
        .extracting(HeaderExtension::type)
        .contains(HeaderExtension.BACKING_FORMAT);
  }

  @Test
  void persistentBitmapsAreSeen() throws IOException {
    create("compat=1.1", "64M");
    QemuTools.succeed("qemu-img", "bitmap", "--add", image.toString(), "b0");

    Qcow2Header header = read();

    assertThat(header.hasBitmaps()).isTrue();
    assertThat(header.bitmapsAreCurrent()).isTrue();
    HeaderExtension bitmaps =
        header.extensions().stream()
            .filter(extension -> extension.type() == HeaderExtension.BITMAPS)
            .findFirst()
            .orElseThrow();
    assertThat(bitmaps.length()).isEqualTo(24);
    // The first field is the number of bitmaps.
    assertThat(Files.readAllBytes(image)[(int) bitmaps.offset() + 3]).isEqualTo((byte) 1);

    QemuTools.succeed("qemu-img", "bitmap", "--remove", image.toString(), "b0");
    assertThat(read().hasBitmaps()).isFalse();
  }

  @Test
  void internalSnapshotsAreCounted() throws IOException {
    create("compat=1.1", "64M");
    QemuTools.succeed("qemu-img", "snapshot", "-c", "one", image.toString());
    QemuTools.succeed("qemu-img", "snapshot", "-c", "two", image.toString());

    assertThat(read().snapshots().entries()).isEqualTo(2);
  }

  @Test
  void whatOurWriterMakesIsRead() throws IOException {
    Qcow2Images.createEmpty(image, 5L << 40);

    Qcow2Header header = read();

    assertThat(header.version()).isEqualTo(3);
    assertThat(header.virtualSize()).isEqualTo(5L << 40);
    assertThat(header.l1().entries()).isEqualTo(10240);
    assertThat(header.extensions()).isEmpty();
    assertThat(header.autoclearBits()).isZero();
    assertThat(header.l1().offset()).isEqualTo(Qcow2Layout.of(5L << 40, new BitSet()).l1Offset());
  }

  private Qcow2Header create(String options, String size) throws IOException {
    QemuTools.succeed(
        "qemu-img", "create", "-q", "-f", "qcow2", "-o", options, image.toString(), size);
    return read();
  }

  private Qcow2Header read() throws IOException {
    try (FileChannel file = FileChannel.open(image, StandardOpenOption.READ)) {
      return Qcow2Header.read(file);
    }
  }
}
