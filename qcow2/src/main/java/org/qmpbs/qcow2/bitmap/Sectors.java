package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Changes to an image, planned in steps before the first is written. What a later step changes is
 * what the earlier ones will have left; the image itself stays as it is.
 */
final class Sectors {
  /** What a disk writes in one piece. */
  static final int SIZE = 512;

  private final ImageFile file;
  private final Map<Long, byte[]> changed = new TreeMap<>();
  private final List<Step> steps = new ArrayList<>();
  private Map<Long, byte[]> open = new TreeMap<>();

  Sectors(ImageFile file) {
    this.file = file;
  }

  /**
   * Sectors that are written together and are on the disk before those of the next step.
   *
   * @param text what it does, as a sentence without its full stop
   * @param contents of the sectors, by offset, ascending
   */
  record Step(String text, Map<Long, byte[]> contents) {}

  /** Changes bytes. */
  void put(long offset, byte[] bytes) throws IOException {
    int done = 0;
    while (done < bytes.length) {
      long at = offset + done;
      byte[] sector = sector(at & -SIZE);
      int from = (int) (at % SIZE);
      int count = Math.min(SIZE - from, bytes.length - done);
      byte[] before = sector.clone();
      System.arraycopy(bytes, done, sector, from, count);
      if (!Arrays.equals(before, sector)) {
        open.put(at & -SIZE, sector);
      }
      done += count;
    }
  }

  /** The sector as all changes so far leave it; a copy. */
  byte[] sector(long offset) throws IOException {
    byte[] bytes = open.containsKey(offset) ? open.get(offset) : changed.get(offset);
    if (bytes != null) {
      return bytes.clone();
    }
    return file.read(offset, (int) Math.min(SIZE, file.length() - offset));
  }

  /** Ends a step; one without changes is none. */
  void endStep(String text) {
    if (!open.isEmpty()) {
      steps.add(new Step(text, open));
      changed.putAll(open);
      open = new TreeMap<>();
    }
  }

  List<Step> steps() {
    return List.copyOf(steps);
  }

  /** What each sector becomes, in the order of the first step that changes it. */
  static Map<Long, List<byte[]>> contents(List<Step> steps) {
    Map<Long, List<byte[]>> all = new LinkedHashMap<>();
    for (Step step : steps) {
      step.contents()
          .forEach((at, bytes) -> all.computeIfAbsent(at, key -> new ArrayList<>()).add(bytes));
    }
    return all;
  }
}
