package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qmpbs.qcow2.QemuTools.succeed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Images on which each way of storing bitmaps is met. */
enum CrashBase {
  USUAL,
  TINY,
  NARROW,
  LARGE,
  SUBCLUSTERS,
  BACKED,
  EXTERNAL,
  /** A refcount block counts 64 clusters of 512 bytes, and the refcount table is soon full. */
  GROWING,
  /** With the name of the backing file in the same sector as everything else. */
  TINY_BACKED,
  /** The data of the bitmaps extension is in two sectors, its type in the first of them. */
  STRADDLING,
  /** Another extension follows the bitmaps extension, and does not fit into its sector. */
  FOLLOWED;

  Path in(Path folder) throws IOException {
    Path image = folder.resolve("disk.qcow2");
    switch (this) {
      case GROWING -> create(image, "cluster_size=512,refcount_bits=64", "4M");
      case TINY_BACKED -> {
        Files.write(folder.resolve("base.raw"), new byte[1 << 20]);
        create(image, "cluster_size=512,backing_file=base.raw,backing_fmt=raw", "1M");
      }
      case STRADDLING -> {
        create(image, "cluster_size=4k", "1M");
        extend(image, 488);
        addOurs(image, FOLLOWED.in(Files.createDirectory(folder.resolve("source"))));
        return image;
      }
      case FOLLOWED -> {
        create(image, "cluster_size=4k", "1M");
        extend(image, 1000);
        // QEMU puts its own before those that it does not know.
        succeed("qemu-img", "bitmap", "--add", "--remove", image.toString(), "b");
      }
      default -> {
        return Sample.valueOf(name()).in(folder);
      }
    }
    addBitmaps(image);
    return image;
  }

  private static void create(Path image, String options, String size) {
    succeed("qemu-img", "create", "-q", "-f", "qcow2", "-o", options, image.toString(), size);
    Sample.io(image, "write -P 0x11 0 200k", "write -P 0x12 700k 100k");
  }

  private static void addBitmaps(Path image) {
    for (String name : Sample.NAMES) {
      succeed("qemu-img", "bitmap", "--add", "-g", granularity(name), image.toString(), name);
    }
    Sample.io(image, "write -P 0x14 64k 64k", "write -P 0x15 500k 9k", "write -P 0x15 1000k 9k");
  }

  private static String granularity(String name) {
    return name.equals(Sample.FIRST) ? "512" : "65536";
  }

  /** Not with QEMU, which would put the extensions into another order. */
  private static void addOurs(Path image, Path source) throws IOException {
    try (BitmapImage ours = BitmapImage.openForWriting(image);
        BitmapImage theirs = BitmapImage.openForReading(source, false)) {
      for (String name : Sample.NAMES) {
        BitmapName bitmap = BitmapName.of(name);
        BitmapsApplied applied =
            ours.apply(
                bitmap,
                List.of(
                    new BitmapAction.Add(OptionalLong.of(Long.parseLong(granularity(name)))),
                    new BitmapAction.Merge(bitmap)),
                Optional.of(theirs));
        assertThat(applied.refused()).isEmpty();
      }
    }
  }

  /** Puts an unknown extension at the end of the list. */
  private static void extend(Path image, int length) throws IOException {
    byte[] head = Files.readAllBytes(image);
    int at = BitmapScan.of(new MemoryImage(head)).area().endMark();
    ByteBuffer extension = ByteBuffer.allocate(16 + length).putInt(0x11223344).putInt(length);
    for (int i = 0; i < length; i++) {
      extension.put((byte) i);
    }
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
      channel.write(extension.rewind(), at);
    }
  }
}
