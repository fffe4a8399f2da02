package org.qmpbs.machine;

import java.util.List;
import org.qmpbs.nbd.NbdClient;

/** What a backup does with an instant. */
final class Reads {
  private Reads() {}

  static byte[] all(MachineInstant instant, int disk) throws Exception {
    DiskView view = instant.disks().get(disk);
    try (NbdClient client =
        NbdClient.connect(
            instant.nbdSocket(),
            view.exportName(),
            List.of(NbdClient.BASE_ALLOCATION),
            Qemu.TIMEOUT)) {
      byte[] bytes = new byte[(int) client.size()];
      client.read(0, bytes, 0, bytes.length);
      return bytes;
    }
  }

  /** Bytes all of one value, with ranges of other values: {offset, length, value}. */
  static byte[] expected(int size, int[]... ranges) {
    byte[] bytes = new byte[size];
    for (int[] range : ranges) {
      java.util.Arrays.fill(bytes, range[0], range[0] + range[1], (byte) range[2]);
    }
    return bytes;
  }
}
