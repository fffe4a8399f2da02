/** The QEMU Machine Protocol: one connection to one monitor socket. */
@NullMarked
package org.qmpbs.qmp;

import org.jspecify.annotations.NullMarked;
