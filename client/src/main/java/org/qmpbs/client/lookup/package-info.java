/** From what a user types to a snapshot and an archive that exist. */
@NullMarked
package org.qmpbs.client.lookup;

import org.jspecify.annotations.NullMarked;
