package org.qmpbs.qcow2.bitmap;

import static org.qmpbs.qcow2.QemuTools.succeed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Kinds of images, made by the real tools: guest data of every sort, and three bitmaps. */
enum Sample {
  USUAL("cluster_size=64k", 8, true),
  TINY("cluster_size=512", 2, true),
  WIDE("cluster_size=4k,refcount_bits=64", 4, true),
  NARROW("cluster_size=4k,refcount_bits=1", 4, false),
  BYTES("cluster_size=1k,refcount_bits=8", 2, true),
  LARGE("cluster_size=2M", 8, true),
  SUBCLUSTERS("cluster_size=16k,extended_l2=on", 4, true),
  BACKED("cluster_size=8k,backing_file=FOLDER/base.raw,backing_fmt=raw", 4, true),
  EXTERNAL("cluster_size=4k,data_file=FOLDER/disk.data", 4, false),
  LAZY("cluster_size=4k,lazy_refcounts=on,compat=1.1", 4, true);

  static final String FIRST = "bk-T1";

  static final List<String> NAMES = List.of(FIRST, "other", "z");

  private final String options;
  private final int mebibytes;
  private final boolean shares;

  /**
   * A kind.
   *
   * @param shares whether refcounts may be above 1: snapshots and compressed clusters
   */
  Sample(String options, int mebibytes, boolean shares) {
    this.options = options;
    this.mebibytes = mebibytes;
    this.shares = shares;
  }

  /** Makes one; what it refers to is made beside it. */
  Path in(Path folder) {
    try {
      return make(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path make(Path folder) throws IOException {
    Path image = folder.resolve("disk.qcow2");
    byte[] base = new byte[mebibytes << 20];
    Arrays.fill(base, (byte) 0x77);
    Files.write(folder.resolve("base.raw"), base);
    succeed(
        "qemu-img",
        "create",
        "-q",
        "-f",
        "qcow2",
        "-o",
        options.replace("FOLDER", folder.toString()),
        image.toString(),
        mebibytes + "M");
    io(image, "write -P 0x11 0 256k", "write -P 0x12 1M 100k");
    if (shares) {
      // Compressed data comes in whole clusters.
      String compressed = this == LARGE ? "write -c -P 0x13 4M 2M" : "write -c -P 0x13 512k 128k";
      io(image, compressed, "write -z 768k 64k");
      succeed("qemu-img", "snapshot", "-c", "before", image.toString());
    }
    succeed("qemu-img", "bitmap", "--add", "-g", "512", image.toString(), NAMES.get(0));
    succeed("qemu-img", "bitmap", "--add", "-g", "65536", image.toString(), NAMES.get(1));
    io(image, "write -P 0x14 64k 64k", "write -P 0x15 1500k 9k");
    succeed("qemu-img", "bitmap", "--disable", image.toString(), NAMES.get(1));
    succeed("qemu-img", "bitmap", "--add", image.toString(), NAMES.get(2));
    io(image, "write -P 0x16 1200k 4k", "discard 1M 8k");
    return image;
  }

  static void io(Path image, String... commands) {
    List<String> line = new ArrayList<>(List.of("qemu-io", "-f", "qcow2"));
    for (String command : commands) {
      line.add("-c");
      line.add(command);
    }
    line.add(image.toString());
    succeed(line.toArray(String[]::new));
  }
}
