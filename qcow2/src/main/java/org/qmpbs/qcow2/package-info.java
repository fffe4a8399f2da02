/** Qcow2 images that no QEMU has open: writing fresh ones, reading headers, honouring locks. */
@NullMarked
package org.qmpbs.qcow2;

import org.jspecify.annotations.NullMarked;
