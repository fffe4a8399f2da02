/** Explains what a prune keeps and removes. The server decides; this only says why. */
@NullMarked
package org.qmpbs.client.retention;

import org.jspecify.annotations.NullMarked;
