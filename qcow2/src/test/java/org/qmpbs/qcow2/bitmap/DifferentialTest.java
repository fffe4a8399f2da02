package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Does the same to two copies of an image, once with {@code qemu-img bitmap}, and asks QEMU what
 * the difference is. How many times, where the tools are and with which seed it begins can be set.
 */
class DifferentialTest {
  private static final int SEQUENCES = Integer.getInteger("qmpbs.bitmap.sequences", 400);
  private static final int FIRST_SEED = Integer.getInteger("qmpbs.bitmap.seed", 1);
  private static final String TOOLS = System.getProperty("qmpbs.bitmap.tools", "");

  /** Sequences on one image. */
  private static final int ON_AN_IMAGE = 20;

  @TempDir Path folder;

  @Test
  void everySequenceHasTheSameEffectAsWithQemuImg() throws Exception {
    AtomicInteger refused = new AtomicInteger();
    ExecutorService workers = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> images = new ArrayList<>();
      for (int i = 0; i * ON_AN_IMAGE < SEQUENCES; i++) {
        int seed = FIRST_SEED + i;
        images.add(workers.submit(() -> refused.addAndGet(runImage(seed))));
      }
      for (Future<?> image : images) {
        image.get();
      }
    } finally {
      workers.shutdownNow();
    }
    // Both outcomes have to be met often for the comparison to mean something.
    assertThat(refused.get()).as("refused").isBetween(SEQUENCES / 10, SEQUENCES * 2 / 3);
  }

  private int runImage(int seed) throws IOException {
    Path own = Files.createDirectory(folder.resolve("seed" + seed));
    try (DifferentialRun run = new DifferentialRun(own, seed, TOOLS)) {
      int refused = 0;
      for (int i = 0; i < ON_AN_IMAGE; i++) {
        refused += run.step() ? 0 : 1;
      }
      return refused;
    }
  }
}
