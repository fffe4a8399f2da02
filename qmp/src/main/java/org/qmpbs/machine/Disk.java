package org.qmpbs.machine;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A writable disk of the machine.
 *
 * @param name how users and archives call it: the qdev id, else the block device name, else the
 *     name of the format node (which stays when a filter above it comes or goes)
 * @param qdevPath absolute QOM path of the guest's device, or null if QEMU does not tell
 * @param device block device name of legacy {@code -drive}, empty if none
 * @param rootNode node that the guest's device writes to
 * @param formatNode node that carries the dirty bitmaps (below throttling and other filters)
 * @param format driver of {@code formatNode}, for instance qcow2 or raw
 * @param filename of the image, for people
 * @param size in bytes
 * @param persistentBitmaps whether bitmaps can be stored with the data (qcow2 version 3 without an
 *     external data file)
 * @param bitmaps on {@code formatNode}
 */
public record Disk(
    String name,
    @Nullable String qdevPath,
    String device,
    String rootNode,
    String formatNode,
    String format,
    String filename,
    long size,
    boolean persistentBitmaps,
    List<Bitmap> bitmaps) {

  /** Keeps a copy of the list. */
  public Disk {
    bitmaps = List.copyOf(bitmaps);
  }

  /** The bitmap called {@code bitmapName}. */
  public Optional<Bitmap> bitmap(String bitmapName) {
    return bitmaps.stream().filter(bitmap -> bitmap.name().equals(bitmapName)).findFirst();
  }

  /** Whether users may mean this disk by {@code text}. */
  public boolean isCalled(String text) {
    return name.equals(text)
        || device.equals(text)
        || rootNode.equals(text)
        || formatNode.equals(text)
        || text.equals(qdevPath);
  }
}
