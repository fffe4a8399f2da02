/**
 * A client of Proxmox Backup Server. {@link org.qmpbs.pbs.PbsServer} is the way in: it answers REST
 * calls and opens sessions; a session is one connection and is never silently reopened.
 */
@NullMarked
package org.qmpbs.pbs;

import org.jspecify.annotations.NullMarked;
