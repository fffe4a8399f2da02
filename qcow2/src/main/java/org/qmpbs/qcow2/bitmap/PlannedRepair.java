package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A repair down to the bytes, before any is written. Nothing is allocated, so a full device can be
 * repaired.
 *
 * <p>The order is such that the image is no worse after any part of it: refcounts of clusters in
 * which guest data stands rise; the autoclear bit is cleared, from where on QEMU ignores all
 * bitmaps; the directory, if bitmaps stay, is written in its place, and the list of extensions; the
 * autoclear bit is set again if bitmaps stay; and what nothing leads to any more is given free. The
 * header changes sector by sector, each of which a disk writes whole or not at all.
 *
 * @param plan to be shown
 * @param steps to be done
 */
record PlannedRepair(RepairPlan plan, List<Sectors.Step> steps) {
  /** Leads to lost room only: no reason to drop a bitmap. */
  private static boolean isLeak(Finding finding) {
    return finding.severity() == Severity.LEAK;
  }

  /**
   * Plans a repair.
   *
   * @param keepGood keep what can be shown to be whole
   */
  static PlannedRepair of(ImageFile file, boolean keepGood) throws IOException {
    ImageCheck check = ImageCheck.of(file);
    ExtensionRewrite extensions = new ExtensionRewrite(check.scan());
    List<Finding> remaining = new ArrayList<>();
    List<Finding> ours = new ArrayList<>();
    for (Finding finding : check.findings()) {
      boolean beyondHelp = finding.rule() == Rule.EXTENSION_LIST && extensions.isBeyondHelp();
      if (finding.rule().isGuests() || beyondHelp) {
        remaining.add(finding);
      } else if (finding.severity() != Severity.NOTE) {
        ours.add(finding);
      }
    }
    KeepDecision decision =
        ours.stream().allMatch(PlannedRepair::isLeak)
            ? KeepDecision.all(check)
            : keepGood ? KeepDecision.good(check) : KeepDecision.none();
    return new Planner(file, check, extensions, decision, remaining).plan(ours);
  }

  /** Does the steps. */
  void run(ImageFile file) throws IOException {
    for (Sectors.Step step : steps) {
      for (Map.Entry<Long, byte[]> sector : step.contents().entrySet()) {
        file.write(sector.getKey(), ByteBuffer.wrap(sector.getValue()));
      }
      file.flush();
    }
  }

  /** Puts the steps together. */
  private static final class Planner {
    private final ImageFile file;
    private final ImageCheck check;
    private final BitmapScan scan;
    private final ExtensionRewrite extensions;
    private final KeepDecision decision;
    private final List<Finding> remaining;
    private final Sectors sectors;

    Planner(
        ImageFile file,
        ImageCheck check,
        ExtensionRewrite extensions,
        KeepDecision decision,
        List<Finding> remaining) {
      this.file = file;
      this.check = check;
      this.scan = check.scan();
      this.extensions = extensions;
      this.decision = decision;
      this.remaining = remaining;
      this.sectors = new Sectors(file);
    }

    PlannedRepair plan(List<Finding> ours) throws IOException {
      if (ours.isEmpty()) {
        return new PlannedRepair(
            new RepairPlan(names(true), List.of(), 0, List.of(), remaining, true), List.of());
      }
      byte[] directory = directory();
      Optional<RefcountRepair> refcounts = Optional.empty();
      if (check.guestWalked()) {
        RefcountRepair repair = RefcountRepair.of(check, decision.kept(), directory.length);
        remaining.addAll(repair.remaining());
        repair.raise(sectors);
        refcounts = Optional.of(repair);
      }
      if (!ours.stream().allMatch(PlannedRepair::isLeak)) {
        header(directory);
      }
      if (refcounts.isPresent()) {
        refcounts.get().lower(sectors);
      }
      List<String> texts = new ArrayList<>(decision.reasons());
      sectors.steps().forEach(step -> texts.add(step.text()));
      if (refcounts.isEmpty()) {
        texts.add(
            "Leave the clusters of the dropped bitmaps as they are: what leads to guest data is"
                + " damaged, so it is not known which of them are free");
      }
      boolean changes = !sectors.steps().isEmpty();
      return new PlannedRepair(
          new RepairPlan(
              names(true),
              names(false),
              refcounts.map(RefcountRepair::freed).orElse(0L),
              changes ? texts : List.of(),
              remaining,
              scan.header().version() < 3 || scan.header().snapshots().entries() == 0),
          sectors.steps());
    }

    private List<BitmapName> names(boolean kept) {
      Set<Integer> staying = Set.copyOf(decision.kept());
      return IntStream.range(0, scan.bitmaps().size())
          .filter(i -> staying.contains(i) == kept)
          .mapToObj(i -> scan.bitmaps().get(i).entry().name())
          .toList();
    }

    /** The entries that stay; none if nothing stays. */
    private byte[] directory() {
      List<DirectoryEntry> entries =
          decision.kept().stream().map(i -> scan.bitmaps().get(i).entry()).toList();
      long size = entries.stream().mapToLong(DirectoryEntry::size).sum();
      ByteBuffer directory = ByteBuffer.allocate((int) size);
      entries.forEach(entry -> entry.encode(directory));
      return directory.array();
    }

    private void header(byte[] directory) throws IOException {
      Optional<BitmapsExtension> kept =
          directory.length == 0
              ? Optional.empty()
              : scan.extension()
                  .map(
                      old ->
                          new BitmapsExtension(
                              decision.kept().size(), 0, directory.length, old.directoryOffset()));
      byte[] head = extensions.rewritten(kept);
      boolean hasAutoclear = scan.header().version() >= 3;
      long off = scan.header().autoclearBits() & BitmapFormat.AUTOCLEAR_OF_OTHERS;
      boolean snapshots = scan.header().snapshots().entries() > 0;
      long bits = snapshots ? off : off | BitmapFormat.AUTOCLEAR_REPAIRED;
      if (hasAutoclear) {
        long on = kept.isPresent() ? bits | BitmapFormat.AUTOCLEAR_BITMAPS : bits;
        ByteBuffer.wrap(head).putLong(BitmapFormat.AUTOCLEAR_AT, on);
      }
      if (kept.isEmpty()) {
        firstSector(head);
        otherSectors(head);
        return;
      }
      long offset = kept.get().directoryOffset();
      if (!Arrays.equals(directory, file.read(offset, directory.length))) {
        sectors.put(
            BitmapFormat.AUTOCLEAR_AT, ByteBuffer.allocate(Long.BYTES).putLong(bits).array());
        sectors.endStep(
            "Clear the autoclear bit at byte 95: QEMU ignores all bitmaps from here on");
        sectors.put(offset, directory);
        sectors.endStep(
            "Write the directory of the "
                + decision.kept().size()
                + " bitmaps that stay, in its place at byte "
                + offset);
      }
      otherSectors(head);
      firstSector(head);
    }

    private void firstSector(byte[] head) throws IOException {
      sectors.put(0, Arrays.copyOf(head, Math.min(Sectors.SIZE, head.length)));
      sectors.endStep("Write the first sector of the header: " + state());
    }

    private void otherSectors(byte[] head) throws IOException {
      if (head.length > Sectors.SIZE) {
        sectors.put(Sectors.SIZE, Arrays.copyOfRange(head, Sectors.SIZE, head.length));
      }
      sectors.endStep(
          "Put the list of header extensions at byte "
              + scan.header().headerLength()
              + " in order");
    }

    private String state() {
      return decision.kept().isEmpty()
          ? "no bitmaps, autoclear bit at byte 95 not set"
          : decision.kept().size() + " bitmaps, autoclear bit at byte 95 set";
    }
  }
}
