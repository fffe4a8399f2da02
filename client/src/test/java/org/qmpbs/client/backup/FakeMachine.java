package org.qmpbs.client.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.machine.Bitmap;
import org.qmpbs.machine.BitmapRoom;
import org.qmpbs.machine.CopyListener;
import org.qmpbs.machine.Disk;
import org.qmpbs.machine.DiskRequest;
import org.qmpbs.machine.DiskView;
import org.qmpbs.machine.GuestWrites;
import org.qmpbs.machine.MachineInstant;
import org.qmpbs.machine.PointInTimeBrokenException;
import org.qmpbs.machine.Quiesce;
import org.qmpbs.machine.ScratchFiles;
import org.qmpbs.machine.SkippedDrive;
import org.qmpbs.machine.Strategy;
import org.qmpbs.nbd.Extent;

/** A machine with disks in memory, whose bitmaps record what is written. */
final class FakeMachine {
  /** A bitmap and the chunks that are marked in it. */
  static final class FakeBitmap {
    boolean recording = true;
    boolean persistent = true;
    boolean inconsistent;
    boolean busy;
    final TreeSet<Integer> dirty = new TreeSet<>();
  }

  /** A disk that can be written to. */
  static final class FakeDisk {
    final String name;
    byte[] image;

    /** File of its backing image, empty if it has none. */
    String backing = "";

    /** Left on its file system. */
    long room = 1 << 30;

    final Map<String, FakeBitmap> bitmaps = new LinkedHashMap<>();

    FakeDisk(String name, byte[] image) {
      this.name = name;
      this.image = image;
    }

    void write(int offset, int value) {
      image[offset] = (byte) value;
      for (FakeBitmap bitmap : bitmaps.values()) {
        if (bitmap.recording) {
          bitmap.dirty.add(offset / Chunks.SIZE);
        }
      }
    }

    Disk disk() {
      List<Bitmap> list = new ArrayList<>();
      bitmaps.forEach(
          (bitmapName, bitmap) ->
              list.add(
                  new Bitmap(
                      bitmapName,
                      bitmap.recording,
                      bitmap.persistent,
                      bitmap.busy,
                      bitmap.inconsistent,
                      Chunks.SIZE,
                      (long) bitmap.dirty.size() * Chunks.SIZE)));
      return Samples.disk(name, image.length, list.toArray(new Bitmap[0]));
    }
  }

  final Steps steps;
  final Map<String, FakeDisk> disks = new LinkedHashMap<>();
  final List<SkippedDrive> skipped =
      new ArrayList<>(List.of(new SkippedDrive("cd0", SkippedDrive.Reason.EMPTY)));
  final List<String> opened = new ArrayList<>();
  final List<Path> remainingScratch = new ArrayList<>();
  boolean remains;
  boolean broken;
  int instants;
  Strategy strategy = Strategy.OVERLAY_WITH_PROBE;
  Strategy timed = Strategy.OVERLAY_WITH_PROBE;
  @Nullable Strategy taken;
  final Map<String, GuestWrites> guestWrites = new ConcurrentHashMap<>();
  private Map<String, byte[]> copies = Map.of();
  String uuid = "11111111-2222-3333-4444-555555555555";

  /** Runs before a disk of the instant is opened. */
  Runnable beforeOpen = () -> {};

  /** What the guest writes right after the instant. */
  Runnable afterInstant = () -> {};

  /** Goes on after the instant until the copy is made, if one has to be. */
  Copying copying = listener -> {};

  /** What a copy does. */
  interface Copying {
    void run(CopyListener listener) throws IOException;
  }

  FakeMachine(Steps steps) {
    this.steps = steps;
  }

  FakeDisk add(String name, byte[] image) {
    FakeDisk disk = new FakeDisk(name, image);
    disks.put(name, disk);
    return disk;
  }

  /** QEMU ends and starts again; what it only had in memory is gone. */
  void restart() {
    disks.values().forEach(disk -> disk.bitmaps.values().removeIf(bitmap -> !bitmap.persistent));
  }

  MachinePort connect(Path monitor) throws IOException {
    steps.at("connect");
    return new Port();
  }

  private final class Port implements MachinePort {
    @Override
    public Identity identity() throws IOException {
      steps.at("identity");
      return new Identity(uuid, "vm", "7.2.22");
    }

    @Override
    public List<Disk> disks() throws IOException {
      steps.at("disks");
      return disks.values().stream().map(FakeDisk::disk).toList();
    }

    @Override
    public List<SkippedDrive> skipped() throws IOException {
      steps.at("skipped");
      return List.copyOf(skipped);
    }

    @Override
    public Strategy strategy(List<Disk> chosen) {
      return strategy;
    }

    @Override
    public Strategy timedStrategy(List<Disk> chosen) {
      return timed;
    }

    @Override
    public Map<String, GuestWrites> guestWrites(List<Disk> chosen) {
      return Map.copyOf(guestWrites);
    }

    @Override
    public void requireSafe(List<Disk> chosen) throws IOException {
      steps.at("safe");
    }

    @Override
    public Map<String, BitmapRoom> bitmapRooms(List<Disk> chosen) throws IOException {
      steps.at("rooms of " + chosen.size());
      Map<String, BitmapRoom> rooms = new LinkedHashMap<>();
      for (Disk disk : chosen) {
        OptionalLong left = OptionalLong.of(disks.get(disk.name()).room);
        rooms.put(
            disk.name(), new BitmapRoom(65_536, 4 * 65_536, 1 << 20, left, false, disk.filename()));
      }
      return rooms;
    }

    @Override
    public Map<String, List<String>> backingFiles(List<Disk> chosen) {
      Map<String, List<String>> files = new LinkedHashMap<>();
      for (Disk disk : chosen) {
        String backing = disks.get(disk.name()).backing;
        if (!backing.isEmpty()) {
          files.put(disk.name(), List.of(backing));
        }
      }
      return files;
    }

    @Override
    public Optional<Remains> remains() throws IOException {
      steps.at("remains");
      return remains ? Optional.of(new FakeRemains()) : Optional.empty();
    }

    @Override
    public MachineInstant takeInstant(
        Strategy strategy,
        RunId run,
        List<DiskRequest> requests,
        ScratchFiles scratch,
        Path socket,
        Path state,
        CopyListener listener,
        Quiesce quiesce)
        throws IOException {
      for (DiskRequest request : requests) {
        Path file = scratch.create("s" + request.disk().name(), request.disk().size());
        if (!Files.exists(file)) {
          throw new IOException("no scratch file " + file);
        }
      }
      quiesce.before(() -> steps.at("guard"));
      try {
        MachineInstant instant = take(requests, socket);
        taken = strategy;
        copy(requests, scratch, listener);
        return instant;
      } finally {
        quiesceAfter(quiesce);
      }
    }

    private void copy(List<DiskRequest> requests, ScratchFiles scratch, CopyListener listener)
        throws IOException {
      try {
        copying.run(listener);
      } catch (IOException e) {
        scratch.awaitAnswer();
        steps.at("undo");
        requests.forEach(each -> disks.get(each.disk().name()).bitmaps.remove(each.newBitmap()));
        instants--;
        throw e;
      }
    }

    private void quiesceAfter(Quiesce quiesce) throws IOException {
      try {
        quiesce.after();
      } catch (IOException e) {
        instants--;
        throw e;
      }
    }

    private MachineInstant take(List<DiskRequest> requests, Path socket) throws IOException {
      steps.at("instant");
      List<DiskView> views = new ArrayList<>();
      Map<String, byte[]> copies = new LinkedHashMap<>();
      for (DiskRequest request : requests) {
        FakeDisk disk = disks.get(request.disk().name());
        copies.put(disk.name, disk.image.clone());
        String trusted = request.trustedBitmap();
        views.add(
            new DiskView(
                request.disk(),
                disk.name,
                trusted == null ? Optional.empty() : Optional.of(dirty(disk, trusted))));
        FakeBitmap bitmap = new FakeBitmap();
        bitmap.persistent = request.storeNewBitmap();
        disk.bitmaps.put(request.newBitmap(), bitmap);
      }
      instants++;
      afterInstant.run();
      try {
        steps.at("instant taken");
      } catch (IOException e) {
        // The worst that may be left: the bitmaps, but nothing that the guest pays for.
        instants--;
        throw e;
      }
      FakeMachine.this.copies = copies;
      return new FakeInstant(socket, views);
    }

    private List<Extent> dirty(FakeDisk disk, String trusted) {
      return disk.bitmaps.get(trusted).dirty.stream()
          .map(chunk -> new Extent(Chunks.start(chunk), Chunks.SIZE, Extent.DIRTY))
          .toList();
    }

    @Override
    public DiskSource open(MachineInstant instant, DiskView view) throws IOException {
      beforeOpen.run();
      steps.at("open");
      opened.add(view.exportName());
      FakeDiskSource source = new FakeDiskSource(copies.get(view.exportName()));
      source.failAtRead = broken ? 1 : -1;
      return source;
    }

    @Override
    public void removeBitmap(Disk disk, String name) throws IOException {
      steps.at("remove bitmap");
      disks.get(disk.name()).bitmaps.remove(name);
    }

    @Override
    public void close() throws IOException {
      steps.at("close machine");
    }
  }

  private final class FakeInstant implements MachineInstant {
    private final Path socket;
    private final List<DiskView> views;
    private boolean closed;

    FakeInstant(Path socket, List<DiskView> views) {
      this.socket = socket;
      this.views = views;
    }

    @Override
    public Path nbdSocket() {
      return socket;
    }

    @Override
    public List<DiskView> disks() {
      return views;
    }

    @Override
    public void verify() throws IOException {
      steps.at("verify");
      if (broken) {
        throw new PointInTimeBrokenException("the scratch file of disk is full", null);
      }
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        instants--;
        steps.at("close instant");
      }
    }
  }

  private final class FakeRemains implements MachinePort.Remains {
    @Override
    public String description() {
      return "1 exports, 1 jobs and 2 nodes of run 89abcdef";
    }

    @Override
    public List<Path> scratchFiles() {
      return remainingScratch;
    }

    @Override
    public void requireSafeWithout(List<Disk> chosen) throws IOException {
      steps.at("safe without remains");
    }

    @Override
    public void sweep() throws IOException {
      steps.at("sweep");
      remains = false;
    }
  }

  /** Names of the bitmaps of a disk that are this program's. */
  List<String> ours(String disk) {
    return disks.get(disk).bitmaps.keySet().stream()
        .filter(name -> EpochName.isOf(Samples.TARGET, name))
        .toList();
  }

  /** The bitmap that the server's last snapshot records for a disk. */
  static @Nullable String recorded(FakeServer server, String disk) throws IOException {
    byte[] content = server.last().blobs.get(SnapshotRecord.FILE_NAME);
    return SnapshotRecordCodec.decode(content)
        .disk("drive-" + disk + ".img.fidx")
        .map(entry -> entry.bitmap().text())
        .orElse(null);
  }
}
