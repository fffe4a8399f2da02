package org.qmpbs.qcow2.bitmap;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which bitmaps stay when an image is repaired. A bitmap that has lost a change makes backups that
 * are wrong without a word, so it stays only if nothing at all speaks against it: neither its own
 * state nor that of what leads to it.
 *
 * @param kept numbers in the directory, ascending
 * @param reasons why the others go, as sentences
 */
record KeepDecision(List<Integer> kept, List<String> reasons) {
  /** Broken by something that a repair takes away without a trace. */
  private static final Set<Rule> HARMLESS =
      EnumSet.of(Rule.NAME_PRINTABLE, Rule.PADDING, Rule.REFCOUNT_HIGH);

  /** Which bitmaps are meant, or whether these are all, is not known then. */
  private static final Set<Rule> DOUBTFUL =
      EnumSet.of(
          Rule.EXTENSION_TWICE,
          Rule.EXTENSION_RESERVED,
          Rule.DIRECTORY_BEYOND_END,
          Rule.DIRECTORY_OFFSET,
          Rule.DIRECTORY_SIZE,
          Rule.CORRUPT);

  KeepDecision {
    kept = List.copyOf(kept);
    reasons = List.copyOf(reasons);
  }

  /** All stay: nothing is wrong with them. */
  static KeepDecision all(ImageCheck check) {
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < check.scan().bitmaps().size(); i++) {
      kept.add(i);
    }
    return new KeepDecision(kept, List.of());
  }

  static KeepDecision none() {
    return new KeepDecision(List.of(), List.of());
  }

  /** Those stay that can be shown to be whole. */
  static KeepDecision good(ImageCheck check) {
    Optional<String> doubt = doubt(check);
    if (doubt.isPresent()) {
      return new KeepDecision(List.of(), List.of("Drop all bitmaps: " + doubt.get()));
    }
    List<Integer> kept = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    Set<BitmapName> doubled = doubled(check.scan());
    for (int i = 0; i < check.scan().bitmaps().size(); i++) {
      DirectoryEntry entry = check.scan().bitmaps().get(i).entry();
      Set<Rule> broken = check.brokenBy(i);
      broken.removeAll(HARMLESS);
      if (doubled.contains(entry.name().toZeroByte())) {
        broken.add(Rule.NAME_TWICE);
      }
      if (broken.isEmpty() && check.tableWasRead(i)) {
        kept.add(i);
      } else if (broken.isEmpty()) {
        reasons.add(
            "Drop bitmap '" + entry.name() + "': tables overlap, and its own was not checked");
      } else {
        reasons.add("Drop bitmap '" + entry.name() + "': " + broken.iterator().next().meaning());
      }
    }
    return new KeepDecision(kept, reasons);
  }

  /** Why none can be kept. */
  private static Optional<String> doubt(ImageCheck check) {
    BitmapScan scan = check.scan();
    if (scan.extension().isEmpty()) {
      return Optional.of("there is no directory that could be read");
    }
    if (!scan.isCurrent()) {
      return Optional.of("they are not up to date with the data");
    }
    if (!check.guestWalked()) {
      return Optional.of(
          "what leads to guest data is damaged, so guest data may stand where they are");
    }
    Set<Rule> directory = check.brokenByClusters(BitmapClaims.DIRECTORY);
    directory.removeAll(HARMLESS);
    for (Finding finding : scan.findings()) {
      if (DOUBTFUL.contains(finding.rule())) {
        directory.add(finding.rule());
      }
    }
    ExtensionArea.Slot slot = scan.area().bitmaps().orElseThrow();
    int needed = BitmapFormat.EXTENSION_PREFIX + BitmapFormat.EXTENSION_LENGTH;
    if (slot.next() - slot.at() < needed) {
      directory.add(Rule.EXTENSION_LENGTH);
    }
    return directory.stream().findFirst().map(Rule::meaning);
  }

  private static Set<BitmapName> doubled(BitmapScan scan) {
    Set<BitmapName> seen = new HashSet<>();
    Set<BitmapName> doubled = new HashSet<>();
    for (ScannedBitmap bitmap : scan.bitmaps()) {
      BitmapName name = bitmap.entry().name().toZeroByte();
      if (!seen.add(name)) {
        doubled.add(name);
      }
    }
    return doubled;
  }
}
