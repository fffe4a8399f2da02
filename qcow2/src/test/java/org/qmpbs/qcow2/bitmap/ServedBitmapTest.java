package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qmpbs.qcow2.QemuTools;

/** What we have written is what a backup program gets from {@code qemu-nbd -B}. */
class ServedBitmapTest {
  /** With this option, qemu-img shows what is dirty as a hole. */
  private static final Pattern DIRTY =
      Pattern.compile("\"start\": (\\d+), \"length\": (\\d+),[^}]*\"data\": false");

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Sample.class)
  void theDirtyRangesOfAMergeAreServedAsWeReadThem(Sample sample) throws IOException {
    Path image = sample.in(folder);
    List<String> ours = new ArrayList<>();
    BitmapName name = BitmapName.of("new");
    try (BitmapImage opened = BitmapImage.openForWriting(image)) {
      opened.apply(
          name,
          List.of(
              new BitmapAction.Add(OptionalLong.of(2048)),
              new BitmapAction.Disable(),
              new BitmapAction.Merge(BitmapName.of(Sample.FIRST)),
              new BitmapAction.Merge(BitmapName.of("z"))),
          Optional.empty());
      opened.forEachDirty(name, (offset, length) -> ours.add(offset + "+" + length));
    }

    // Ends with its first client.
    Path socket = folder.resolve("socket");
    QemuTools.succeed(
        "qemu-nbd",
        "--fork",
        "-r",
        "-f",
        "qcow2",
        "-B",
        "new",
        "-k",
        socket.toString(),
        image.toString());
    String map =
        QemuTools.succeed(
            "qemu-img",
            "map",
            "--output=json",
            "--image-opts",
            "driver=nbd,server.type=unix,server.path="
                + socket
                + ",x-dirty-bitmap=qemu:dirty-bitmap:new");
    List<String> served = new ArrayList<>();
    Matcher dirty = DIRTY.matcher(map);
    while (dirty.find()) {
      served.add(dirty.group(1) + "+" + dirty.group(2));
    }
    assertThat(served).as(map).isNotEmpty().isEqualTo(ours);
  }
}
