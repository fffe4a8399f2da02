package org.qmpbs.machine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.qmpbs.nbd.Extent;
import org.qmpbs.nbd.NbdClient;

/** The short uses that an instant makes of its own exports. */
final class ExportReads {
  /**
   * Bytes of a probe: one cluster of the filter, so that the read is answered from one place even
   * by versions that mix up requests over several (before 8.0).
   */
  private static final int PROBE = 64 << 10;

  private ExportReads() {}

  /** The dirty ranges of an exported bitmap. */
  static List<Extent> dirty(Path socket, String export, String bitmap, Duration timeout)
      throws IOException {
    String context = "qemu:dirty-bitmap:" + bitmap;
    List<Extent> dirty = new ArrayList<>();
    try (NbdClient client = NbdClient.connect(socket, export, List.of(context), timeout)) {
      client.extents(
          context,
          0,
          client.size(),
          extent -> {
            if (extent.has(Extent.DIRTY)) {
              dirty.add(extent);
            }
          });
    }
    return dirty;
  }

  /** Where an image has nothing of its own, or empty if it holds every byte. */
  static OptionalLong firstAbsent(Path socket, String export, Duration timeout) throws IOException {
    String context = "qemu:allocation-depth";
    long[] found = {-1};
    try (NbdClient client = NbdClient.connect(socket, export, List.of(context), timeout)) {
      client.extents(
          context,
          0,
          client.size(),
          extent -> {
            // The depth is a number: 0 is nowhere, 1 is the image itself.
            if (extent.flags() != 1 && found[0] < 0) {
              found[0] = extent.offset();
            }
          });
    }
    return found[0] < 0 ? OptionalLong.empty() : OptionalLong.of(found[0]);
  }

  /** Reads the export's beginning and throws it away. */
  static void probe(Path socket, String export, Duration timeout) throws IOException {
    try (NbdClient client = NbdClient.connect(socket, export, List.of(), timeout)) {
      int length = (int) Math.min(PROBE, client.size());
      client.read(0, new byte[length], 0, length);
    }
  }
}
