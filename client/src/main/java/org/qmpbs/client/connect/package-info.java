/**
 * Where the server is and what opens it: options, environment and systemd credentials, as users of
 * {@code proxmox-backup-client} have them in their scripts.
 */
@NullMarked
package org.qmpbs.client.connect;

import org.jspecify.annotations.NullMarked;
