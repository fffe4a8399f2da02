package org.qmpbs.e2e;

import java.util.List;
import java.util.random.RandomGenerator;

/** What happens to machine, disks, bitmaps or snapshots between two backups. */
enum Interlude {
  /** For comparison, and because disasters alone are enough in most rounds. */
  NONE {
    @Override
    void happen(SoakGround ground, RandomGenerator random) {}
  },
  /** The machine is shut down and started again: bitmaps are stored. */
  CLEAN_RESTART {
    @Override
    void happen(SoakGround ground, RandomGenerator random) {
      ground.whileOff(() -> {});
    }
  },
  /** {@code kill -9} of QEMU, or a power failure. */
  POWER_FAILURE {
    @Override
    void happen(SoakGround ground, RandomGenerator random) {
      ground.machine().kill();
      ground.machine().start();
    }
  },
  /** A disk becomes larger. */
  DISK_GROWN {
    @Override
    void happen(SoakGround ground, RandomGenerator random) {
      MachineDisk disk = ground.anyDisk(random);
      disk.resize(SoakGround.anySize(random, disk.model().size(), SoakGround.limit() + 512));
    }
  },
  /** A disk becomes smaller and loses what was at its end. */
  DISK_SHRUNK {
    @Override
    void happen(SoakGround ground, RandomGenerator random) {
      MachineDisk disk = ground.anyDisk(random);
      disk.resize(SoakGround.smallerSize(random, disk.model().size()));
    }
  },
  /** A disk loses its end and becomes as large as before: neither bitmap nor size tell. */
  DISK_SHRUNK_AND_GROWN {
    @Override
    void happen(SoakGround ground, RandomGenerator random) {
      MachineDisk disk = ground.anyDisk(random);
      long size = disk.model().size();
      disk.resize(SoakGround.smallerSize(random, size));
      disk.resize(size);
    }
  },
  /** An image is copied the first time, and the copy put back the next time. */
  IMAGE_ROLLED_BACK {
    @Override
    void happen(SoakGround ground, RandomGenerator random) {
      MachineDisk disk = ground.anyDisk(random);
      ground.whileOff(() -> ground.saveOrRollBack(disk));
    }
  },
  /** Another image takes the place of a disk's. */
  IMAGE_REPLACED {
    @Override
    void happen(SoakGround ground, RandomGenerator random) {
      MachineDisk disk = ground.anyDisk(random);
      ground.whileOff(() -> SoakGround.replaceImage(disk));
    }
  },
  /** Somebody removes a disk's bitmaps. */
  BITMAP_REMOVED {
    @Override
    void happen(SoakGround ground, RandomGenerator random) {
      ground.toBitmaps("block-dirty-bitmap-remove", ground.anyDisk(random));
    }
  },
  /** Somebody disables a disk's bitmaps; the guest writes on. */
  BITMAP_DISABLED {
    @Override
    void happen(SoakGround ground, RandomGenerator random) {
      ground.toBitmaps("block-dirty-bitmap-disable", ground.anyDisk(random));
      ground.guestWrites(random, 1);
    }
  },
  /** Somebody clears bitmaps after the guest has written: only an audit can find that. */
  BITMAP_CLEARED {
    @Override
    void happen(SoakGround ground, RandomGenerator random) {
      ground.toBitmaps("block-dirty-bitmap-clear", ground.anyDisk(random));
    }

    @Override
    List<String> options() {
      return AUDIT;
    }
  },
  /** Somebody disables bitmaps, and enables them again when the guest has written. */
  BITMAP_BLIND_FOR_A_WHILE {
    @Override
    void happen(SoakGround ground, RandomGenerator random) {
      MachineDisk disk = ground.anyDisk(random);
      ground.toBitmaps("block-dirty-bitmap-disable", disk);
      ground.guestWrites(random, 1);
      ground.toBitmaps("block-dirty-bitmap-enable", disk);
    }

    @Override
    List<String> options() {
      return AUDIT;
    }
  },
  /** The last snapshot is removed. */
  SNAPSHOT_REMOVED {
    @Override
    void happen(SoakGround ground, RandomGenerator random) {
      ground.forgetLast(1);
    }
  },
  /** All snapshots are removed, and the server collects their chunks. */
  GROUP_REMOVED {
    @Override
    void happen(SoakGround ground, RandomGenerator random) {
      ground.forgetLast(Integer.MAX_VALUE);
      ground.collectGarbage();
    }
  },
  /** Another program backs up to the same group. */
  FOREIGN_SNAPSHOT {
    @Override
    void happen(SoakGround ground, RandomGenerator random) {
      ground.foreignBackup(ground.anyDisk(random));
    }
  },
  /** A chunk of the last snapshot is lost, and a verification says so. */
  VERIFICATION_FAILED {
    @Override
    void happen(SoakGround ground, RandomGenerator random) {
      ground.damageLastSnapshot(random);
    }
  },
  /** The owner tidies up although there is nothing to. */
  RECOVER {
    @Override
    void happen(SoakGround ground, RandomGenerator random) {
      Interlude.recover(ground);
    }
  };

  /** Reads everything that bitmaps call unchanged. */
  private static final List<String> AUDIT = List.of("--audit", "100%");

  /** Does it. The machine runs before and after. */
  abstract void happen(SoakGround ground, RandomGenerator random);

  /** What backups are asked for until one has succeeded. */
  List<String> options() {
    return List.of();
  }

  static void recover(SoakGround ground) {
    ground
        .stage()
        .qmpbs()
        .run(
            "recover",
            "--qmp",
            ground.machine().qmpSocket().toString(),
            "--scratch",
            ground.stage().scratch().toString())
        .assertDone();
  }
}
