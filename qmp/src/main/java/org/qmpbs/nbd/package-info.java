/**
 * A client of the Network Block Device protocol: fixed newstyle, structured replies, unix sockets.
 */
@NullMarked
package org.qmpbs.nbd;

import org.jspecify.annotations.NullMarked;
