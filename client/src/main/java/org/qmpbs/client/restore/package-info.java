/**
 * Giving images back: every byte verified, holes kept, all or nothing. {@link
 * org.qmpbs.client.restore.RestoreJob} is the way in.
 */
@NullMarked
package org.qmpbs.client.restore;

import org.jspecify.annotations.NullMarked;
