package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.backup.LeftFreeze;
import org.qmpbs.client.backup.Recovery;
import org.qmpbs.client.backup.RoomAdvice;
import org.qmpbs.client.output.Listing;
import org.qmpbs.client.output.Sizes;
import org.qmpbs.client.output.TextTable;
import org.qmpbs.machine.Bitmap;
import org.qmpbs.machine.BitmapRoom;
import org.qmpbs.machine.Capabilities;
import org.qmpbs.machine.Disk;
import org.qmpbs.machine.Leftovers;
import org.qmpbs.machine.MachineInfo;
import org.qmpbs.machine.SkippedDrive;
import org.qmpbs.machine.Strategy;

/** What {@code qmpbs status} shows. */
record StatusReport(
    MachineInfo info,
    Capabilities capabilities,
    Optional<Strategy> strategy,
    List<Disk> disks,
    Map<String, BitmapRoom> rooms,
    Map<String, Integer> snapshots,
    List<SkippedDrive> skipped,
    Leftovers leftovers,
    Recovery.Preview recovery,
    List<LeftFreeze> freezes,
    Optional<AgentStatus> agent,
    Optional<Refusal> refusal)
    implements Listing {
  /** Our bitmaps, of all targets, are called {@code qmpbs:<target>:<time>:<nonce>}. */
  private static final String BITMAP_PREFIX = "qmpbs:";

  /** Why a backup of all disks would be refused now. */
  record Refusal(String cause, String remedy) {}

  @Override
  public List<String> text() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "machine: "
            + (info.name() == null ? "(no name)" : info.name())
            + (info.uuid() == null ? "" : ", uuid " + info.uuid())
            + ", "
            + info.status());
    lines.add("QEMU " + info.version() + ", strategy: " + strategyText());
    TextTable table = new TextTable("DISK", "SIZE", "FORMAT", "KEEPS BITMAPS", "FILE");
    for (Disk disk : disks) {
      table.row(
          disk.name(),
          Sizes.format(disk.size()),
          disk.format(),
          disk.persistentBitmaps() ? "yes" : "until QEMU ends",
          disk.filename());
    }
    lines.addAll(table.lines());
    lines.addAll(bitmapTable());
    lines.addAll(roomTable());
    skipped.forEach(
        drive ->
            lines.add(
                "skipped: "
                    + drive.name()
                    + " ("
                    + Names.of(drive.reason()).replace('-', ' ')
                    + ")"));
    lines.addAll(snapshotWarnings());
    if (recovery.live()) {
      lines.add("a backup is running: run " + String.join(", ", leftovers.runs()));
    } else if (!recovery.steps().isEmpty()) {
      lines.add("left by earlier backups; the next one, or 'qmpbs recover', would");
      recovery.steps().forEach(step -> lines.add("  " + step));
    }
    for (LeftFreeze freeze : freezes) {
      lines.add(
          "run "
              + freeze.run()
              + (freeze.alive()
                  ? " is freezing the guest behind " + freeze.agentSocket()
                  : " died and may have left file systems frozen in the guest behind "
                      + freeze.agentSocket()
                      + "; the next backup, or recover, thaws them"));
    }
    agent.ifPresent(each -> lines.add(each.text()));
    refusal.ifPresent(
        why -> {
          lines.add("a backup would be refused: " + why.cause());
          lines.add("  what to do: " + why.remedy());
        });
    return lines;
  }

  /** Found out only when it is needed otherwise: QEMU says "Device has active dirty bitmaps". */
  private List<String> snapshotWarnings() {
    List<String> lines = new ArrayList<>();
    for (Disk disk : disks) {
      int count = snapshots.getOrDefault(disk.name(), 0);
      if (count > 0 && !disk.bitmaps().isEmpty()) {
        lines.add(
            "warning: disk "
                + disk.name()
                + " has "
                + count
                + (count == 1 ? " internal snapshot" : " internal snapshots")
                + " and bitmaps: QEMU refuses to go back to a snapshot while an image has bitmaps,"
                + " and 'qemu-img check -r' would delete the snapshots. Remove the bitmaps before"
                + " either of them (qmpbs bitmap --remove --qmp SOCKET --node "
                + disk.formatNode()
                + " BITMAP); the next backup reads this disk in full");
      }
    }
    return lines;
  }

  private String strategyText() {
    return strategy.map(Names::of).orElse("none");
  }

  private List<String> bitmapTable() {
    TextTable table = new TextTable("DISK", "BITMAP", "STATE", "DIRTY");
    boolean any = false;
    for (Disk disk : disks) {
      for (Bitmap bitmap : ours(disk)) {
        table.row(disk.name(), bitmap.name(), state(bitmap), Sizes.format(bitmap.dirtyBytes()));
        any = true;
      }
    }
    return any ? table.lines() : List.of("no bitmaps of ours: the next backup reads everything");
  }

  /** Room to store bitmaps, of those disks that store any. */
  private List<String> roomTable() {
    if (rooms.isEmpty()) {
      return List.of();
    }
    TextTable table = new TextTable("DISK", "BITMAPS TAKE", "WITH THE NEXT", "ROOM", "WHERE");
    List<String> shortages = new ArrayList<>();
    for (Disk disk : disks) {
      BitmapRoom room = rooms.get(disk.name());
      if (room != null) {
        table.row(
            disk.name(),
            Sizes.format(room.stored()),
            Sizes.format(room.next()),
            roomText(room),
            room.place());
        RoomAdvice.shortage(disk, room).ifPresent(line -> shortages.add("warning: " + line));
      }
    }
    List<String> lines = new ArrayList<>(table.lines());
    lines.addAll(shortages);
    return lines;
  }

  private static String roomText(BitmapRoom room) {
    return room.available().isEmpty()
        ? "-"
        : (room.atMost() ? "at most " : "") + Sizes.format(room.available().getAsLong());
  }

  private static List<Bitmap> ours(Disk disk) {
    return disk.bitmaps().stream().filter(each -> each.name().startsWith(BITMAP_PREFIX)).toList();
  }

  private static String state(Bitmap bitmap) {
    if (bitmap.inconsistent()) {
      return "inconsistent";
    }
    if (!bitmap.recording()) {
      return "disabled";
    }
    return bitmap.busy() ? "busy" : "recording";
  }

  @Override
  public void describe(ObjectNode node) {
    node.putObject("machine")
        .put("name", info.name())
        .put("uuid", info.uuid())
        .put("status", info.status())
        .put("qemu_version", info.version().toString());
    node.put("strategy", strategy.map(Names::of).orElse(null));
    node.putObject("capabilities")
        .put("backup_breaks_snapshot", capabilities.backupBreaksSnapshot())
        .put("filter_breaks_snapshot", capabilities.filterBreaksSnapshot())
        .put("filter_timeout", capabilities.filterTimeout())
        .put("snapshot_access", capabilities.snapshotAccess())
        .put("exports_bitmaps_of_node", capabilities.exportsBitmapsOfNode())
        .put("quorum", capabilities.quorum());
    ArrayNode rows = node.putArray("disks");
    for (Disk disk : disks) {
      ObjectNode row = rows.addObject();
      describe(row, disk, rooms.get(disk.name()));
      row.put("internal_snapshots", snapshots.getOrDefault(disk.name(), 0));
    }
    ArrayNode drives = node.putArray("skipped");
    skipped.forEach(
        drive ->
            drives.addObject().put("name", drive.name()).put("reason", Names.of(drive.reason())));
    ObjectNode left = node.putObject("leftovers");
    leftovers.runs().forEach(left.putArray("runs")::add);
    leftovers.nodes().forEach(left.putArray("nodes")::add);
    leftovers.jobs().forEach(left.putArray("jobs")::add);
    leftovers.exports().forEach(left.putArray("exports")::add);
    ArrayNode files = left.putArray("scratch_files");
    leftovers.scratchFiles().stream().map(Path::toString).forEach(files::add);
    left.put("live", recovery.live());
    recovery.steps().forEach(left.putArray("recovery")::add);
    ArrayNode frozen = left.putArray("freezes");
    freezes.forEach(
        freeze ->
            frozen
                .addObject()
                .put("run", freeze.run())
                .put("agent_socket", freeze.agentSocket().toString())
                .put("alive", freeze.alive()));
    agent.ifPresent(
        each ->
            node.putObject("agent")
                .put("version", each.version())
                .put("can_freeze", each.canFreeze())
                .put("frozen", each.frozen())
                .put("trouble", each.trouble()));
    refusal.ifPresent(
        why -> node.putObject("refusal").put("cause", why.cause()).put("remedy", why.remedy()));
  }

  private static void describe(ObjectNode row, Disk disk, @Nullable BitmapRoom room) {
    row.put("name", disk.name())
        .put("device", disk.device())
        .put("node", disk.formatNode())
        .put("format", disk.format())
        .put("file", disk.filename())
        .put("bytes_size", disk.size())
        .put("persistent_bitmaps", disk.persistentBitmaps());
    ArrayNode bitmaps = row.putArray("bitmaps");
    for (Bitmap bitmap : ours(disk)) {
      bitmaps
          .addObject()
          .put("name", bitmap.name())
          .put("state", state(bitmap))
          .put("persistent", bitmap.persistent())
          .put("granularity", bitmap.granularity())
          .put("bytes_dirty", bitmap.dirtyBytes());
    }
    if (room == null) {
      row.putNull("bitmap_room");
      return;
    }
    ObjectNode numbers = row.putObject("bitmap_room").put("place", room.place());
    numbers.put("bytes_needed", room.stored()).put("bytes_needed_next", room.next());
    numbers.put("bytes_margin", room.margin());
    numbers.put(
        "bytes_available",
        room.available().isPresent() ? Long.valueOf(room.available().getAsLong()) : null);
    numbers.put("at_most", room.atMost()).put("short", room.lacksForNext());
    numbers.put("warning", RoomAdvice.shortage(disk, room).orElse(null));
  }
}
