/** The formats that a Proxmox Backup Server stores: chunk digests, blobs and fixed indexes. */
@NullMarked
package org.qmpbs.chunker;

import org.jspecify.annotations.NullMarked;
