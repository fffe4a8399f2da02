package org.qmpbs.client.backup;

import org.qmpbs.machine.Disk;

/**
 * A disk that is backed up.
 *
 * @param disk as the machine has it
 * @param archive with {@code .fidx}
 */
record ChosenDisk(Disk disk, String archive) {}
