/** The limit that {@code --rate} sets, for backups and restores alike. */
@NullMarked
package org.qmpbs.client.rate;

import org.jspecify.annotations.NullMarked;
