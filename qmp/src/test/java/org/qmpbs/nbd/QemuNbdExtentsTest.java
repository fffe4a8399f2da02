package org.qmpbs.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.qmpbs.nbd.Extent.DIRTY;
import static org.qmpbs.nbd.Extent.HOLE;
import static org.qmpbs.nbd.Extent.ZERO;
import static org.qmpbs.nbd.NbdClient.BASE_ALLOCATION;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QemuNbdExtentsTest {
  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;
  private static final long TIB = 1L << 40;

  @TempDir private Path folder;

  @Test
  void allocationOfASparseRawFile() throws Exception {
    Path image = image("raw", "64M");
    write(image, "raw", "write -P 1 20M 1M");
    try (QemuNbd server = QemuNbd.serve(image, "raw");
        NbdClient client = server.connect(BASE_ALLOCATION)) {
      assertThat(extents(client, BASE_ALLOCATION, 0, 64 * MIB))
          .containsExactly(
              new Extent(0, 20 * MIB, HOLE | ZERO),
              new Extent(20 * MIB, MIB, 0),
              new Extent(21 * MIB, 43 * MIB, HOLE | ZERO));
    }
  }

  @Test
  void allocationOfAQcow2ImageIsClippedToTheRangeAskedFor() throws Exception {
    Path image = image("qcow2", "64M");
    write(image, "qcow2", "write -P 1 20M 1M");
    try (QemuNbd server = QemuNbd.serve(image, "qcow2");
        NbdClient client = server.connect(BASE_ALLOCATION)) {
      assertThat(extents(client, BASE_ALLOCATION, 20 * MIB - 1, 3))
          .containsExactly(new Extent(20 * MIB - 1, 1, HOLE | ZERO), new Extent(20 * MIB, 2, 0));
      assertThat(extents(client, BASE_ALLOCATION, 64 * MIB - 5, 5))
          .containsExactly(new Extent(64 * MIB - 5, 5, HOLE | ZERO));
      assertThat(extents(client, BASE_ALLOCATION, 64 * MIB, 0)).isEmpty();
    }
  }

  @Test
  void dirtyBitmapsTellWhatWasWrittenSinceTheyWereMade() throws Exception {
    Path image = image("qcow2", "1G");
    write(image, "qcow2", "write -P 1 0 1M");
    QemuNbd.run("qemu-img", "bitmap", "--add", "-g", "65536", image.toString(), "b0");
    write(image, "qcow2", "write -P 2 100M 64k", "write -P 2 1023M 1M");
    try (QemuNbd server = QemuNbd.serve(image, "qcow2", "--bitmap=b0");
        NbdClient client = server.connect("qemu:dirty-bitmap:b0", BASE_ALLOCATION)) {
      assertThat(extents(client, "qemu:dirty-bitmap:b0", 0, GIB))
          .containsExactly(
              new Extent(0, 100 * MIB, 0),
              new Extent(100 * MIB, 65536, DIRTY),
              new Extent(100 * MIB + 65536, 923 * MIB - 65536, 0),
              new Extent(1023 * MIB, MIB, DIRTY));
      assertThat(extents(client, BASE_ALLOCATION, 0, 2 * MIB))
          .containsExactly(new Extent(0, MIB, 0), new Extent(MIB, MIB, HOLE | ZERO));
    }
  }

  @Test
  void aBitmapThatIsNotExportedIsNamed() throws Exception {
    try (QemuNbd server = QemuNbd.serve(image("qcow2", "64M"), "qcow2")) {
      assertThatThrownBy(() -> server.connect(BASE_ALLOCATION, "qemu:dirty-bitmap:b1"))
          .isInstanceOfSatisfying(
              NbdNegotiationException.class,
              e ->
                  assertThat(e.reason())
                      .isEqualTo(NbdNegotiationException.Reason.CONTEXT_NOT_GRANTED))
          .hasMessageContaining("does not offer qemu:dirty-bitmap:b1");
    }
  }

  @Test
  void aContextThatWasNotAskedForWhenConnectingIsAProgrammingError() throws Exception {
    try (QemuNbd server = QemuNbd.serve(image("qcow2", "64M"), "qcow2");
        NbdClient client = server.connect()) {
      assertThatThrownBy(() -> extents(client, BASE_ALLOCATION, 0, 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void oneTebibyteThatIsEmptyIsOneExtentAndFewRequests() throws Exception {
    for (String format : List.of("raw", "qcow2")) {
      try (QemuNbd server = QemuNbd.serve(image(format, "1T"), format);
          NbdClient client = server.connect(BASE_ALLOCATION)) {
        assertThat(extents(client, BASE_ALLOCATION, 0, TIB))
            .containsExactly(new Extent(0, TIB, HOLE | ZERO));
        assertThat(client.requestsSent()).isLessThanOrEqualTo(TIB / NbdClient.MAX_STATUS + 1);
      }
    }
  }

  @Test
  void aDirtyBitmapOfOneTebibyteTakesFewRequests() throws Exception {
    Path image = image("qcow2", "1T");
    QemuNbd.run("qemu-img", "bitmap", "--add", "-g", "4M", image.toString(), "b0");
    write(image, "qcow2", "write -P 2 600G 64k", "write -P 2 4G 64k");
    try (QemuNbd server = QemuNbd.serve(image, "qcow2", "--bitmap=b0");
        NbdClient client = server.connect("qemu:dirty-bitmap:b0")) {
      List<Extent> dirty = new ArrayList<>();
      client.extents(
          "qemu:dirty-bitmap:b0",
          0,
          TIB,
          extent -> {
            if (extent.has(DIRTY)) {
              dirty.add(extent);
            }
          });
      assertThat(dirty)
          .containsExactly(
              new Extent(4 * GIB, 4 * MIB, DIRTY), new Extent(600 * GIB, 4 * MIB, DIRTY));
      assertThat(client.requestsSent()).isLessThanOrEqualTo(TIB / NbdClient.MAX_STATUS + 1);
    }
  }

  private Path image(String format, String size) throws Exception {
    Path image = folder.resolve("image-" + size + "." + format);
    if (format.equals("raw")) {
      // qemu-img would allocate the first block, to find out what alignment it needs.
      QemuNbd.run("truncate", "--size=" + size, image.toString());
    } else {
      QemuNbd.run("qemu-img", "create", "-q", "-f", format, image.toString(), size);
    }
    return image;
  }

  private static void write(Path image, String format, String... commands) throws Exception {
    for (String command : commands) {
      QemuNbd.run("qemu-io", "-f", format, "-c", command, image.toString());
    }
  }

  private static List<Extent> extents(NbdClient client, String context, long offset, long length)
      throws Exception {
    List<Extent> extents = new ArrayList<>();
    client.extents(context, offset, length, extents::add);
    return extents;
  }
}
