package org.qmpbs.machine;

import org.jspecify.annotations.Nullable;

/**
 * What the point in time has to do for one disk.
 *
 * @param disk which one
 * @param newBitmap name of the bitmap that starts recording at the instant
 * @param storeNewBitmap whether QEMU is to store it in the image when it ends; without effect where
 *     the format cannot
 * @param trustedBitmap existing bitmap whose dirty ranges are to be readable, or null for a full
 *     read
 */
public record DiskRequest(
    Disk disk, String newBitmap, boolean storeNewBitmap, @Nullable String trustedBitmap) {}
