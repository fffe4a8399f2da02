/**
 * Man pages and completion scripts, made from the command line's own model while the packages are
 * built, so that no option can be missing in them. Nothing of this is in the packages themselves.
 */
@NullMarked
package org.qmpbs.client.manual;

import org.jspecify.annotations.NullMarked;
