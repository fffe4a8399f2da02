/**
 * A running machine as a backup sees it: its disks, their dirty bitmaps, what its QEMU can do, and
 * one point in time of all disks.
 */
@NullMarked
package org.qmpbs.machine;

import org.jspecify.annotations.NullMarked;
