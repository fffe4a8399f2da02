/**
 * An embedded server that speaks the protocols of a Proxmox Backup Server over a real datastore
 * folder: for tests, the demo and hand use. It refuses what the real server refuses, with the same
 * status and text.
 */
@NullMarked
package org.qmpbs.e2e.server;

import org.jspecify.annotations.NullMarked;
