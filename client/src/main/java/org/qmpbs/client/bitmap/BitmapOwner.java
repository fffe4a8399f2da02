package org.qmpbs.client.bitmap;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qmpbs.client.backup.EpochName;

/**
 * Who made a bitmap, as far as its name tells. A bitmap carries nothing else that says so, and
 * names can be chosen freely: this is a hint for people. Nothing is decided by it but that {@code
 * qmpbs bitmap} does not make our own look unchanged.
 *
 * @param maker who
 * @param meaning what the name says beside that; empty if nothing
 * @param epoch what a bitmap of this program's own is bound to
 * @param run the backup that made a bitmap of this program for its own duration
 */
public record BitmapOwner(
    Maker maker, String meaning, Optional<EpochName> epoch, Optional<String> run) {

  /** Programs that name their bitmaps recognizably. */
  public enum Maker {
    /** This program. */
    QMPBS,
    /** libvirt itself, for a job that runs. */
    LIBVIRT,
    /** virtnbdbackup, by libvirt. */
    VIRTNBDBACKUP,
    /** qmpbackup. */
    QMPBACKUP,
    /** OpenNebula, by libvirt. */
    OPENNEBULA,
    /** oVirt and those that work as it does: a bare UUID. */
    OVIRT,
    /** Proxmox VE. */
    PROXMOX_VE,
    /** Veeam. */
    VEEAM,
    /** The name does not tell. */
    UNKNOWN;

    /** As its users write it. */
    public String label() {
      return switch (this) {
        case OPENNEBULA -> "OpenNebula";
        case OVIRT -> "oVirt?";
        case PROXMOX_VE -> "Proxmox VE";
        case VEEAM -> "Veeam";
        default -> name().toLowerCase(Locale.ROOT);
      };
    }

    /** In JSON. */
    public String id() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** What one run of a backup makes for its duration: {@code qmpbs-<run>-<kind><n>}. */
  private static final Pattern RUN = Pattern.compile("qmpbs-([0-9a-f]{8})-[a-z]+[0-9]*");

  /** A form of name, and what it means. */
  private record Form(Pattern pattern, Maker maker, String meaning) {
    Form(String pattern, Maker maker, String meaning) {
      this(Pattern.compile(pattern, Pattern.CASE_INSENSITIVE), maker, meaning);
    }
  }

  /**
   * The first that matches the whole name counts.
   *
   * <ul>
   *   <li>libvirt: src/qemu/qemu_backup.c ({@code backup-<disk>}, before 7.0 {@code
   *       backup-<job>-<disk>}), qemu_block.c and qemu_blockjob.c ({@code libvirt-tmp-…}),
   *       conf/moment_conf.c (a checkpoint without a name is called by its second)
   *   <li>virtnbdbackup: libvirtnbdbackup/common.py and virt/checkpoint.py
   *   <li>qmpbackup: libqmpbackup/qmpcommon.py
   *   <li>OpenNebula: src/tm_mad/lib/backup_qcow2.rb
   *   <li>Proxmox VE: pve-backup.c of its QEMU; it stores none of them, so an image has them only
   *       if somebody else made them persistent
   *   <li>oVirt: the checkpoint's UUID (vdsm, lib/vdsm/virt/backup.py)
   *   <li>Veeam publishes no form; it is taken at its word where it says its name
   * </ul>
   */
  private static final List<Form> FORMS =
      List.of(
          new Form(
              "libvirt-tmp-.*",
              Maker.LIBVIRT,
              "temporary; nothing needs it when no job of libvirt runs"),
          new Form(
              "backup-([0-9]+-)?(fd|hd|sd|vd|xvd|ubd)[a-z]+",
              Maker.LIBVIRT,
              "of a backup job; nothing needs it when none runs"),
          new Form(
              "[1-9][0-9]{8,10}", Maker.LIBVIRT, "checkpoint without a name, called by its second"),
          new Form("virtnbdbackup(\\.[0-9]+)?", Maker.VIRTNBDBACKUP, "checkpoint of libvirt"),
          new Form("qmpbackup-copy-.+", Maker.QMPBACKUP, "of a copy; nothing follows from it"),
          new Form("qmpbackup-.+", Maker.QMPBACKUP, "chain of full and incremental backups"),
          new Form("one-[0-9]+-[0-9]+", Maker.OPENNEBULA, "checkpoint of a backup"),
          new Form("pbs-incremental-dirty-bitmap", Maker.PROXMOX_VE, "its own backups"),
          new Form(
              "backup-access-background-bitmap",
              Maker.PROXMOX_VE,
              "temporary, of a backup through another program"),
          new Form(
              "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
              Maker.OVIRT, "a bare UUID, as oVirt names its checkpoints"),
          new Form(".*veeam.*", Maker.VEEAM, ""));

  /** Who made a bitmap of this name. */
  public static BitmapOwner of(String name) {
    Optional<EpochName> epoch = EpochName.parse(name);
    if (epoch.isPresent()) {
      String meaning = "target " + epoch.get().target() + ", snapshot " + time(epoch.get().time());
      return new BitmapOwner(Maker.QMPBS, meaning, epoch, Optional.empty());
    }
    Matcher run = RUN.matcher(name);
    if (run.matches()) {
      String meaning = "temporary, of the backup run " + run.group(1);
      return new BitmapOwner(Maker.QMPBS, meaning, Optional.empty(), Optional.of(run.group(1)));
    }
    return FORMS.stream()
        .filter(form -> form.pattern().matcher(name).matches())
        .findFirst()
        .map(form -> foreign(form.maker(), form.meaning()))
        .orElseGet(() -> foreign(Maker.UNKNOWN, ""));
  }

  /** Anybody can make up a name with a time that no calendar has. */
  private static String time(long seconds) {
    return seconds <= Instant.MAX.getEpochSecond()
        ? Instant.ofEpochSecond(seconds).toString()
        : "of second " + seconds;
  }

  private static BitmapOwner foreign(Maker maker, String meaning) {
    return new BitmapOwner(maker, meaning, Optional.empty(), Optional.empty());
  }
}
