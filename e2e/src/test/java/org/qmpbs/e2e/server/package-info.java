/** Tests of the embedded server, with the answers of a real one as the measure. */
@NullMarked
package org.qmpbs.e2e.server;

import org.jspecify.annotations.NullMarked;
