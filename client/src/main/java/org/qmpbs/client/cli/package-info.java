/**
 * The command line: one class a command, what they share, and the one place that turns failures
 * into exit codes. {@link org.qmpbs.client.cli.Cli} is the way in.
 */
@NullMarked
package org.qmpbs.client.cli;

import org.jspecify.annotations.NullMarked;
