/** When the next backup is due: calendar expressions as systemd timers have them. */
@NullMarked
package org.qmpbs.client.schedule;

import org.jspecify.annotations.NullMarked;
