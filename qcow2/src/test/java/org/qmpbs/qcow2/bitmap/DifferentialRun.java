package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.qmpbs.qcow2.QemuTools;

/**
 * An image to which one sequence of actions after the other is done, each time by both programs on
 * a copy of it. One of the two copies, now this now that, is the next image, so each program reads
 * and changes what the other has written.
 */
final class DifferentialRun implements AutoCloseable {
  /** More would take long to read and add nothing. */
  private static final long MOST_BITS = 1 << 20;

  private static final List<String> NAMES = List.of("a", "b", "c", "d".repeat(1023), "nobody");

  private static final List<String> BAD_NAMES = List.of("", "e".repeat(1024));

  private final Random random;
  private final String tools;
  private final Geometry geometry;
  private final Path base;
  private final Path theirs;
  private final Path ours;
  private final Path other;
  private final StorageDaemon daemon;
  private final String trace;
  private int steps;

  DifferentialRun(Path folder, int seed, String tools) {
    this.random = new Random(seed);
    this.tools = tools;
    this.geometry = Geometry.random(random);
    this.base = folder.resolve("base");
    this.theirs = folder.resolve("theirs");
    this.ours = folder.resolve("ours");
    this.other = folder.resolve("other");
    this.trace = "seed " + seed + ", " + geometry;
    geometry.create(tools + "qemu-img", base);
    createOther();
    for (String name : NAMES.subList(0, 2)) {
      run("qemu-img", "bitmap", "--add", "-g", "1M", base.toString(), name);
    }
    write(base);
    this.daemon = new StorageDaemon(tools + "qemu-storage-daemon");
  }

  private void createOther() {
    Geometry shape = Geometry.random(random);
    long size = random.nextInt(10) == 0 ? geometry.size() + 512 : geometry.size();
    int bits = Math.max(shape.clusterBits(), 16);
    new Geometry(bits, shape.refcountBits(), size, Geometry.Kind.PLAIN)
        .create(tools + "qemu-img", other);
    for (String name : List.of("a", "b")) {
      long granularity = randomGranularity();
      run("qemu-img", "bitmap", "--add", "-g", "" + granularity, other.toString(), name);
      write(other);
    }
  }

  /** Whether the sequence was done to its end. */
  boolean step() throws IOException {
    steps++;
    copy(base, theirs);
    copy(base, ours);
    String name = random.nextInt(20) == 0 ? pick(BAD_NAMES) : pick(NAMES);
    List<String> existing = existing();
    List<String> words = new ArrayList<>();
    List<BitmapAction> actions = new ArrayList<>();
    boolean another = random.nextInt(3) == 0;
    long granularity = randomGranularity();
    boolean given = random.nextBoolean();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      OptionalLong wanted = given ? OptionalLong.of(granularity) : defaultOr(granularity);
      BitmapAction action = randomAction(wanted, existing, name);
      actions.add(action);
      words.addAll(words(action));
    }
    if (actions.stream()
        .anyMatch(
            action -> action instanceof BitmapAction.Add add && add.granularity().isPresent())) {
      words.addAll(List.of("-g", "" + granularity));
    }
    boolean foreign = another && actions.stream().anyMatch(BitmapAction.Merge.class::isInstance);
    if (foreign) {
      words.addAll(List.of("-b", other.toString(), "-F", "qcow2"));
    }
    String what = trace + ", step " + steps + ": " + words + " " + abbreviated(name);

    words.addAll(0, List.of("bitmap", "-f", "qcow2"));
    words.addAll(List.of(theirs.toString(), name));
    QemuTools.Result result = run("qemu-img", words.toArray(String[]::new));
    BitmapsApplied applied = applyOurs(name, actions, foreign);

    assertThat(applied.refused().isEmpty())
        .as("%s: %s; %s", what, applied.refused(), result.output())
        .isEqualTo(result.status() == 0);
    compare(what);
    checkOurs(what);
    if (random.nextInt(3) == 0) {
      int seed = random.nextInt();
      write(theirs, new Random(seed));
      write(ours, new Random(seed));
      compare(what + ", written to");
    }
    copy(random.nextBoolean() ? ours : theirs, base);
    return result.status() == 0;
  }

  private OptionalLong defaultOr(long granularity) {
    // The default may be too fine for a quick test, but not for a small disk.
    return geometry.size() / 4096 <= MOST_BITS
        ? OptionalLong.empty()
        : OptionalLong.of(granularity);
  }

  private BitmapsApplied applyOurs(String name, List<BitmapAction> actions, boolean foreign)
      throws IOException {
    try (BitmapImage image = BitmapImage.openForWriting(ours)) {
      if (!foreign) {
        return image.apply(BitmapName.of(name), actions, Optional.empty());
      }
      try (BitmapImage source = BitmapImage.openForReading(other, false)) {
        return image.apply(BitmapName.of(name), actions, Optional.of(source));
      }
    }
  }

  /** Mostly one that can be done; what then exists is noted. */
  private BitmapAction randomAction(OptionalLong granularity, List<String> existing, String name) {
    boolean there = existing.contains(name);
    if (random.nextInt(6) > 0 && !there) {
      existing.add(name);
      return new BitmapAction.Add(granularity);
    }
    return switch (random.nextInt(20)) {
      case 0 -> new BitmapAction.Add(granularity);
      case 1 -> {
        existing.remove(name);
        yield new BitmapAction.Remove();
      }
      case 2 -> new BitmapAction.Clear();
      case 3, 4 -> new BitmapAction.Enable();
      case 5, 6, 7 -> new BitmapAction.Disable();
      default -> {
        boolean any = existing.isEmpty() || random.nextInt(8) == 0;
        yield new BitmapAction.Merge(BitmapName.of(pick(any ? NAMES : existing)));
      }
    };
  }

  private List<String> existing() throws IOException {
    try (BitmapImage image = BitmapImage.openForReading(base, false)) {
      return new ArrayList<>(image.list().stream().map(each -> each.name().toString()).toList());
    }
  }

  private static List<String> words(BitmapAction action) {
    if (action instanceof BitmapAction.Merge merge) {
      return List.of("--merge", merge.source().toString());
    }
    return List.of("--" + action.getClass().getSimpleName().toLowerCase(Locale.ROOT));
  }

  private long randomGranularity() {
    if (random.nextInt(40) == 0) {
      return List.of(256L, 513L, 3L << 20).get(random.nextInt(3));
    }
    long granularity = 1L << (9 + random.nextInt(14));
    while (geometry.size() / granularity > MOST_BITS) {
      granularity *= 2;
    }
    return granularity;
  }

  /** The same bitmaps in the same order, and in each the same bits, to QEMU and to us. */
  private void compare(String what) throws IOException {
    List<String> byQemu = new ArrayList<>();
    for (Path image : List.of(theirs, ours)) {
      StringBuilder told = new StringBuilder(daemon.open(image)).append(daemon.bitmaps());
      NAMES.forEach(name -> told.append(daemon.hash(name)));
      daemon.shut();
      byQemu.add(told.toString());
    }
    assertThat(byQemu.get(1)).as(what).isEqualTo(byQemu.get(0));
    String byUs = Fingerprint.of(ours);
    assertThat(Fingerprint.of(theirs)).as(what).isEqualTo(byUs);
    for (String hash : Fingerprint.hashes(ours)) {
      assertThat(byQemu.get(1)).as(what).contains(hash);
    }
  }

  private void checkOurs(String what) {
    QemuTools.Result check = run("qemu-img", "check", "-f", "qcow2", ours.toString());
    assertThat(check.output()).as(what).contains("No errors were found");
    if (steps % 5 == 0) {
      QemuTools.Result same =
          run(
              "qemu-img",
              "compare",
              "-f",
              "qcow2",
              "-F",
              "qcow2",
              base.toString(),
              ours.toString());
      assertThat(same.output()).as(what).contains("Images are identical");
    }
  }

  private void write(Path image) {
    write(image, random);
  }

  private void write(Path image, Random where) {
    List<String> words = new ArrayList<>(List.of("-f", "qcow2"));
    for (int i = 0; i < 4; i++) {
      long length = 512L << where.nextInt(8);
      // The beginning, the end and somewhere.
      long range = geometry.size() - length;
      long offset =
          switch (where.nextInt(4)) {
            case 0 -> range;
            case 1 -> where.nextLong(Math.min(range, 1 << 20));
            default -> where.nextLong(range);
          };
      words.addAll(List.of("-c", "write -z " + offset / 512 * 512 + " " + length));
    }
    words.addAll(List.of("-c", "write -P 5 0 3k", image.toString()));
    QemuTools.Result result = run("qemu-io", words.toArray(String[]::new));
    assertThat(result.status()).as(trace + result.output()).isZero();
  }

  private QemuTools.Result run(String program, String... words) {
    List<String> command = new ArrayList<>(List.of(tools + program));
    command.addAll(List.of(words));
    return QemuTools.run(command.toArray(String[]::new));
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }

  private static String abbreviated(String name) {
    return name.length() > 10 ? name.charAt(0) + "*" + name.length() : name;
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() {
    daemon.close();
  }
}
