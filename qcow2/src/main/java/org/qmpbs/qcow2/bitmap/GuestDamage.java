package org.qmpbs.qcow2.bitmap;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Collects what is wrong with the structures that lead to guest data. They are not mended here:
 * {@code qemu-img check} does that, when the bitmaps no longer keep it from opening the image.
 */
final class GuestDamage {
  /** A structure full of damage is told by its first bytes. */
  private static final int MOST = 16;

  private final List<Finding> findings = new ArrayList<>();
  private boolean any;

  void add(long offset, String expected, String found) {
    any = true;
    if (findings.size() < MOST) {
      findings.add(new Finding(Rule.GUEST_STRUCTURE, offset, expected, found, Optional.empty()));
    }
  }

  boolean any() {
    return any;
  }

  List<Finding> findings() {
    return List.copyOf(findings);
  }
}
