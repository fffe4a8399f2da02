/**
 * Persistent dirty bitmaps of images that nobody has open: the on-disk format, its maintenance, and
 * the repair of images that QEMU no longer opens because of them (docs/interop/qcow2.txt,
 * "Bitmaps"; block/qcow2-bitmap.c). The façade is {@link org.qmpbs.qcow2.bitmap.BitmapImage}.
 */
@NullMarked
package org.qmpbs.qcow2.bitmap;

import org.jspecify.annotations.NullMarked;
