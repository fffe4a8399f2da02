/** Trying again: what for, how often, and after which pauses. */
@NullMarked
package org.qmpbs.client.retry;

import org.jspecify.annotations.NullMarked;
