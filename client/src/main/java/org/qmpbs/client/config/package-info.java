/**
 * The configuration of unattended backups: reading it with every mistake at its place, precedence,
 * and what becomes of it, the command line of one backup.
 */
@NullMarked
package org.qmpbs.client.config;

import org.jspecify.annotations.NullMarked;
