/**
 * What changed between two snapshots, told from their indexes. {@link
 * org.qmpbs.client.diff.DiffJob} is the way in.
 */
@NullMarked
package org.qmpbs.client.diff;

import org.jspecify.annotations.NullMarked;
