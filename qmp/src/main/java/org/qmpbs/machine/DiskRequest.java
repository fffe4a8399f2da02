package org.qmpbs.machine;

import org.jspecify.annotations.Nullable;

/**
 * What the point in time has to do for one disk.
 *
 * @param disk which one
 * @param newBitmap name of the bitmap that starts recording at the instant
 * @param trustedBitmap existing bitmap whose dirty ranges are to be readable, or null for a full
 *     read
 */
public record DiskRequest(Disk disk, String newBitmap, @Nullable String trustedBitmap) {}
