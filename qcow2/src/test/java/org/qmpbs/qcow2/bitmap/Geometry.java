package org.qmpbs.qcow2.bitmap;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.qmpbs.qcow2.QemuTools;

/** The shape of an image, and how it is made. */
record Geometry(int clusterBits, int refcountBits, long size, Kind kind) {
  enum Kind {
    PLAIN,
    BACKING,
    DATA_FILE,
    EXTENDED_L2,
    SNAPSHOT
  }

  private static final long[] SIZES = {
    1 << 20, (3 << 20) + 512, 64 << 20, (1 << 30) + 1536, 100L << 30, (1L << 41) - 512, 1L << 41
  };

  static Geometry random(Random random) {
    int clusterBits = 9 + random.nextInt(13);
    int refcountBits = 1 << random.nextInt(7);
    Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
    if (kind == Kind.EXTENDED_L2) {
      clusterBits = Math.max(clusterBits, 14);
    }
    if (kind == Kind.SNAPSHOT) {
      refcountBits = Math.max(refcountBits, 2);
    }
    // An L1 table of 64 KiB at the most, or making and copying it takes longer than the test.
    long most = 1L << Math.min(41, 2 * clusterBits + 9);
    long size = SIZES[random.nextInt(SIZES.length)];
    while (size > most) {
      size = SIZES[random.nextInt(SIZES.length)];
    }
    return new Geometry(clusterBits, refcountBits, size, kind);
  }

  /** Makes an image; what it is based on is put beside it. */
  void create(String program, Path image) {
    List<String> command =
        new ArrayList<>(List.of(program, "create", "-q", "-f", "qcow2", "-o", options(image)));
    if (kind == Kind.BACKING) {
      Path base = image.resolveSibling(image.getFileName() + ".base");
      QemuTools.succeed(program, "create", "-q", "-f", "raw", base.toString(), "1M");
      command.addAll(List.of("-b", base.toString(), "-F", "raw"));
    }
    command.addAll(List.of(image.toString(), Long.toString(size)));
    QemuTools.succeed(command.toArray(String[]::new));
    if (kind == Kind.SNAPSHOT) {
      QemuTools.succeed("qemu-io", "-f", "qcow2", "-c", "write -P 7 64k 200k", image.toString());
      QemuTools.succeed(program, "snapshot", "-c", "before", image.toString());
      QemuTools.succeed("qemu-io", "-f", "qcow2", "-c", "write -P 8 0 100k", image.toString());
    }
  }

  private String options(Path image) {
    String options = "cluster_size=" + (1 << clusterBits) + ",refcount_bits=" + refcountBits;
    return switch (kind) {
      case DATA_FILE -> options + ",data_file=" + image + ".data";
      case EXTENDED_L2 -> options + ",extended_l2=on";
      default -> options;
    };
  }
}
