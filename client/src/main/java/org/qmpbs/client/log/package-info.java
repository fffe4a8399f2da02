/** The log of a run that is kept with its snapshot. */
@NullMarked
package org.qmpbs.client.log;

import org.jspecify.annotations.NullMarked;
