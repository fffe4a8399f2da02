/** The QEMU guest agent: freezing and thawing the file systems of a guest. */
@NullMarked
package org.qmpbs.agent;

import org.jspecify.annotations.NullMarked;
