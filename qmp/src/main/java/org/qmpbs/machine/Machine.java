package org.qmpbs.machine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QmpClient;

/**
 * A running machine, seen through its monitor.
 *
 * <p>Everything but {@link #takeInstant}, {@link #sweep}, {@link #addBitmap}, {@link #removeBitmap}
 * and what {@link #liveBitmaps} does only asks. Not thread-safe.
 */
public final class Machine implements AutoCloseable {
  private static final String NO_UUID = "00000000-0000-0000-0000-000000000000";

  private final Monitor monitor;
  private final Path socket;
  private final Duration timeout;
  private final Capabilities capabilities;
  private final MachineInfo info;
  private @Nullable Strategy forced;

  /** With any monitor, so that tests can let it fail. */
  Machine(Monitor monitor, Path socket, Duration timeout) throws IOException {
    this.monitor = monitor;
    this.socket = socket;
    this.timeout = timeout;
    this.capabilities = new Schema(monitor.execute("query-qmp-schema")).capabilities();
    String name = Json.text(monitor.execute("query-name"), "name");
    String uuid = Json.text(monitor.execute("query-uuid"), "UUID");
    this.info =
        new MachineInfo(
            name.isEmpty() ? null : name,
            uuid.isEmpty() || uuid.equals(NO_UUID) ? null : uuid,
            monitor.version(),
            Json.text(monitor.execute("query-status"), "status"));
  }

  /**
   * Connects to a monitor and asks what it can do.
   *
   * @param qmpSocket unix socket of {@code -qmp}
   * @param operationTimeout for each command, and for each thing that QEMU ends in the background
   * @throws org.qmpbs.qmp.MonitorUnreachableException if nobody listens there
   * @throws org.qmpbs.qmp.QmpBusyException if another program uses this monitor
   * @throws org.qmpbs.qmp.NotAMonitorException if it is another kind of socket
   */
  public static Machine connect(Path qmpSocket, Duration operationTimeout) throws IOException {
    QmpClient client = QmpClient.connect(qmpSocket, QmpClient.GREETING_DEADLINE, operationTimeout);
    try {
      return new Machine(client, qmpSocket, operationTimeout);
    } catch (IOException | RuntimeException e) {
      client.close();
      throw e;
    }
  }

  /** What the machine said of itself when the connection was made. */
  public MachineInfo info() {
    return info;
  }

  /** What this QEMU offers. */
  public Capabilities capabilities() {
    return capabilities;
  }

  /**
   * The writable disks as they are now, in QEMU's order.
   *
   * @throws UnsafeMachineException if two disks have the same name
   */
  public List<Disk> disks() throws IOException {
    return new DiskFinder(BlockGraph.query(monitor)).disks();
  }

  /** Drives without anything to back up, as they are now. */
  public List<SkippedDrive> skipped() throws IOException {
    return new DiskFinder(BlockGraph.query(monitor)).skipped();
  }

  /**
   * How a point in time of all disks is taken here.
   *
   * @throws UnsafeMachineException if this QEMU offers no way that is safe for the guest
   */
  public Strategy strategy() throws IOException {
    return strategy(disks());
  }

  /** Takes another way than this QEMU needs, so that tests can see it work there too. */
  void force(Strategy strategy) {
    forced = strategy;
  }

  /**
   * How a point in time of these disks is taken here: all in the same way, for they share it.
   *
   * @throws UnsafeMachineException if this QEMU offers no way that is safe for the guest
   */
  public Strategy strategy(List<Disk> chosen) throws IOException {
    if (forced != null) {
      return forced;
    }
    IothreadRule rule = new IothreadRule(monitor);
    for (Disk disk : chosen) {
      if (rule.forbidsExport(disk)) {
        if (capabilities.quorum()
            && capabilities.exportsBitmapsOfNode()
            && capabilities.blockGraph()) {
          return Strategy.COPY_TO_SCRATCH;
        }
        throw rule.refusal(disk);
      }
    }
    if (capabilities.snapshotAccess()
        && capabilities.exportsBitmapsOfNode()
        && capabilities.blockGraph()) {
      if (capabilities.backupBreaksSnapshot()) {
        return Strategy.JOB_FILTER;
      }
      if (capabilities.filterBreaksSnapshot() && capabilities.filterTimeout()) {
        return Strategy.OVERLAY_WITH_PROBE;
      }
    }
    throw new UnsafeMachineException(
        "QEMU "
            + info.version()
            + " has no way to take a point in time that can not harm the guest",
        "upgrade QEMU: 7.2 and later are known to work");
  }

  /**
   * As {@link #strategy}, but where jobs would let a guest's write wait for the scratch file
   * without an end, the one whose filters have a time-out: for scratch files on storage that may
   * stall.
   *
   * @throws UnsafeMachineException if this QEMU offers no such way
   */
  public Strategy timedStrategy(List<Disk> chosen) throws IOException {
    Strategy usual = strategy(chosen);
    if (usual == Strategy.OVERLAY_WITH_PROBE) {
      return usual;
    }
    if (usual == Strategy.JOB_FILTER
        && capabilities.filterBreaksSnapshot()
        && capabilities.filterTimeout()) {
      return Strategy.OVERLAY_WITH_PROBE;
    }
    throw new UnsafeMachineException(
        "the scratch storage may stall, and QEMU "
            + info.version()
            + " has no time-out for writes to it in the way that these disks need ("
            + usual
            + ")",
        "use a scratch directory on a fast local disk");
  }

  /** What QEMU has counted of these disks' writes; may be called from any thread. */
  public Map<String, GuestWrites> guestWrites(List<Disk> disks) throws IOException {
    return GuestWrites.query(monitor, disks);
  }

  /**
   * Refuses what cannot be backed up without risk. Changes nothing.
   *
   * @throws UnsafeMachineException with reason and remedy
   */
  public void requireSafe(List<Disk> chosen) throws IOException {
    requireSafeWithout(none(), chosen);
  }

  /**
   * The same, as it will be when these leftovers are gone.
   *
   * @throws UnsafeMachineException with reason and remedy
   */
  public void requireSafeWithout(Leftovers leftovers, List<Disk> chosen) throws IOException {
    requireSafe(strategy(chosen), leftovers, chosen);
  }

  private void requireSafe(Strategy strategy, Leftovers leftovers, List<Disk> chosen)
      throws IOException {
    new SafetyCheck(monitor, strategy, BlockGraph.query(monitor), Set.copyOf(leftovers.runs()))
        .check(chosen);
  }

  private static Leftovers none() {
    return new Leftovers(List.of(), List.of(), List.of(), List.of(), List.of(), false);
  }

  /** What earlier runs left here. */
  public Leftovers leftovers() throws IOException {
    return Inventory.take(monitor);
  }

  /**
   * Takes apart what dead runs left, and lets the machine continue if one of them died while it had
   * it stopped. What is gone meanwhile is no error. The scratch files are then the caller's to
   * delete; epoch bitmaps stay.
   *
   * @param dead from {@link #leftovers}, when no other run is alive
   * @throws IOException the first error, after everything else was done
   */
  public void sweep(Leftovers dead) throws IOException {
    if (!dead.isEmpty()) {
      new Dismantler(monitor, Set.copyOf(dead.runs()), timeout, true).dismantle();
    }
  }

  /**
   * Takes one point in time of all requested disks. Checks {@link #requireSafe} first. When it
   * throws, nothing of the run is left in QEMU, the new bitmaps included, unless QEMU refused or
   * did not answer: then {@link #sweep} by a later run can finish it.
   *
   * @param runId eight lower-case hex digits, never used before on this machine
   * @param requests at least one; the disks as {@link #disks} gave them
   * @param scratch makes one file for each disk, on storage about as fast as the disk
   * @param nbdSocket does not exist yet; in a directory for us and QEMU only
   * @param stateDirectory where the guard of the short stop (several disks, QEMU before 10.1) and
   *     of frozen file systems leaves a log if it had to act
   * @throws UnsafeMachineException if the machine is not as it was, or must not be touched
   */
  public MachineInstant takeInstant(
      String runId,
      List<DiskRequest> requests,
      ScratchFiles scratch,
      Path nbdSocket,
      Path stateDirectory)
      throws IOException {
    Strategy strategy = strategy(requests.stream().map(DiskRequest::disk).toList());
    return takeInstant(
        strategy,
        runId,
        requests,
        scratch,
        nbdSocket,
        stateDirectory,
        CopyListener.NONE,
        Quiesce.NOTHING);
  }

  /**
   * The same with a strategy of the caller's choice, with somebody who is told how a copy goes on,
   * which may take long, and can end it, and with a guest that keeps quiet at the instant.
   *
   * @param strategy what {@link #strategy} or {@link #timedStrategy} gave
   * @param quiesce what is done to the guest right around the instant
   * @throws UnsafeMachineException if the machine is not as it was, or must not be touched
   * @throws ScratchRoomException if a copy is needed and does not fit
   */
  public MachineInstant takeInstant(
      Strategy strategy,
      String runId,
      List<DiskRequest> requests,
      ScratchFiles scratch,
      Path nbdSocket,
      Path stateDirectory,
      CopyListener listener,
      Quiesce quiesce)
      throws IOException {
    long distinct = requests.stream().map(request -> request.disk().name()).distinct().count();
    if (requests.isEmpty() || distinct < requests.size()) {
      throw new IllegalArgumentException("no disks, or one of them twice");
    }
    RunNames names = new RunNames(runId);
    List<DiskRequest> fresh = refresh(requests);
    requireSafe(strategy, none(), fresh.stream().map(DiskRequest::disk).toList());
    InstantTaker taker = new InstantTaker(monitor, runId, fresh, scratch, nbdSocket, timeout);
    boolean stops =
        strategy == Strategy.OVERLAY_WITH_PROBE
            && fresh.size() > 1
            && Json.text(monitor.execute("query-status"), "status").equals("running");
    boolean freezes = quiesce.freezing().isPresent();
    if (!stops && !freezes) {
      return taker.take(point(strategy, names, scratch, listener, null));
    }
    MachineInstant instant = null;
    try (GuestGuard guard = GuestGuard.start(monitor, runId, socket, quiesce, stateDirectory)) {
      PointInTime point = point(strategy, names, scratch, listener, stops ? guard : null);
      instant = taker.take(freezes ? new QuietPoint(point, quiesce, guard) : point);
    } catch (IOException | RuntimeException e) {
      // The guard's end failed, and nobody else will ever hear of this instant.
      if (instant != null) {
        taker.undo(e);
      }
      throw e;
    }
    return instant;
  }

  private PointInTime point(
      Strategy strategy,
      RunNames names,
      ScratchFiles scratch,
      CopyListener listener,
      @Nullable GuestGuard stopping) {
    return switch (strategy) {
      case JOB_FILTER -> new JobPoint(monitor, names);
      case OVERLAY_WITH_PROBE -> new OverlayPoint(monitor, names, scratch, stopping);
      case COPY_TO_SCRATCH ->
          new CopyPoint(monitor, names, capabilities.backupBreaksSnapshot(), listener);
    };
  }

  /** The same disks as QEMU has them now; time may have passed since the caller looked. */
  private List<DiskRequest> refresh(List<DiskRequest> requests) throws IOException {
    List<Disk> now = disks();
    List<DiskRequest> fresh = new ArrayList<>();
    for (DiskRequest request : requests) {
      Disk old = request.disk();
      Disk disk =
          now.stream()
              .filter(each -> each.name().equals(old.name()))
              .findFirst()
              .filter(each -> each.formatNode().equals(old.formatNode()))
              .filter(each -> each.size() == old.size())
              .orElseThrow(() -> changed("disk " + old.name()));
      if (disk.bitmap(request.newBitmap()).isPresent()) {
        throw new IllegalArgumentException("bitmap exists: " + request.newBitmap());
      }
      @Nullable String trusted = request.trustedBitmap();
      if (trusted != null
          && disk.bitmap(trusted)
              .filter(bitmap -> bitmap.recording() && !bitmap.inconsistent() && !bitmap.busy())
              .isEmpty()) {
        throw changed("bitmap " + trusted + " of disk " + old.name());
      }
      fresh.add(new DiskRequest(disk, request.newBitmap(), request.storeNewBitmap(), trusted));
    }
    return fresh;
  }

  private static UnsafeMachineException changed(String what) {
    return new UnsafeMachineException(
        what + " is not any more what it was when the backup was planned", "run the backup again");
  }

  /**
   * The room that storing the bitmaps of these disks will need when QEMU ends, and the room there
   * is.
   *
   * @return by the disks' names, without those whose format stores no bitmaps
   */
  public Map<String, BitmapRoom> bitmapRooms(List<Disk> disks) throws IOException {
    return new RoomFinder(monitor).find(disks);
  }

  /**
   * What lies under disks that are overlays: the files of all their backing images, as QEMU names
   * them.
   *
   * @return by the disks' names, without those that have no backing image
   */
  public Map<String, List<String>> backingFiles(List<Disk> disks) throws IOException {
    BlockGraph graph = BlockGraph.query(monitor);
    Map<String, List<String>> files = new LinkedHashMap<>();
    for (Disk disk : disks) {
      graph
          .child(disk.formatNode(), "backing")
          .ifPresent(backing -> files.put(disk.name(), graph.files(backing)));
    }
    return files;
  }

  /**
   * How many internal snapshots the images of these disks have.
   *
   * @return by the disks' names, without those that have none
   */
  public Map<String, Integer> internalSnapshots(List<Disk> disks) throws IOException {
    BlockGraph graph = BlockGraph.query(monitor);
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (Disk disk : disks) {
      int count = graph.node(disk.formatNode()).map(BlockGraph.Node::snapshots).orElse(0);
      if (count > 0) {
        counts.put(disk.name(), count);
      }
    }
    return counts;
  }

  /** The bitmaps of its block nodes, for whoever maintains them by hand. */
  public LiveBitmaps liveBitmaps() {
    return new LiveBitmaps(monitor);
  }

  /** Starts a bitmap that records every write from now on, stored in the image where it can be. */
  public void addBitmap(Disk disk, String bitmap) throws IOException {
    Bitmaps.add(monitor, disk, bitmap);
  }

  /** Removes a bitmap; if it is not there, nothing happens. */
  public void removeBitmap(Disk disk, String bitmap) throws IOException {
    Bitmaps.remove(monitor, disk.formatNode(), bitmap);
  }

  @Override
  public void close() throws IOException {
    monitor.close();
  }
}
