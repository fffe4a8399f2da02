/** How fast this host and a server can do what backups need. */
@NullMarked
package org.qmpbs.client.benchmark;

import org.jspecify.annotations.NullMarked;
