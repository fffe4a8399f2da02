/**
 * What people and programs see: progress, notes, warnings, failures and summaries, as text or as
 * JSON lines, and the exit codes.
 */
@NullMarked
package org.qmpbs.client.output;

import org.jspecify.annotations.NullMarked;
