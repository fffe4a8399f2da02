package org.qmpbs.qcow2.bitmap;

import java.util.Optional;

/**
 * What became of a list of actions.
 *
 * @param applied how many, counted from the first; they are in the image
 * @param bitmaps that the image has now
 * @param refused why the next one was not applied; empty if there is no next one
 */
public record BitmapsApplied(int applied, int bitmaps, Optional<BitmapRefusedException> refused) {}
