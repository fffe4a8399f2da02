package org.qmpbs.client.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceUseTest {
  @TempDir private Path directory;
  private DeviceUse use;

  @BeforeEach
  void describeAHost() throws Exception {
    Path mounts =
        Files.writeString(
            directory.resolve("mountinfo"),
            "36 35 8:1 / /srv/data rw,noatime - ext4 /dev/sda1 rw\n");
    Path disk = Files.createDirectories(directory.resolve("8:0"));
    Path partition = Files.createDirectories(disk.resolve("sda1"));
    Files.writeString(partition.resolve("partition"), "1\n");
    Files.writeString(partition.resolve("dev"), "8:1\n");
    Files.createDirectories(directory.resolve("8:16/holders/dm-3"));
    Files.createDirectories(directory.resolve("8:32/holders"));
    use = new DeviceUse(mounts, directory);
  }

  @Test
  void seesMountsOfTheDeviceAndOfItsPartitions() throws Exception {
    assertThat(use.user("8:1")).contains("mounted at /srv/data");
    assertThat(use.user("8:0")).contains("mounted at /srv/data");
  }

  @Test
  void seesWhatIsBuiltOnTheDevice() throws Exception {
    assertThat(use.user("8:16")).contains("part of /dev/dm-3");
  }

  @Test
  void aDeviceThatNobodyUsesIsFree() throws Exception {
    assertThat(use.user("8:32")).isEmpty();
    assertThat(use.user("99:0")).isEmpty();
  }
}
