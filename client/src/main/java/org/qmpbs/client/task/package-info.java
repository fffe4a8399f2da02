/** Waiting for tasks of the server. */
@NullMarked
package org.qmpbs.client.task;

import org.jspecify.annotations.NullMarked;
