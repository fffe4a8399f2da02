package org.qmpbs.nbd;

import java.util.Map;

/**
 * What the server and this client agreed on.
 *
 * @param size of the export in bytes
 * @param minimumBlock requests must be multiples of it; a power of two
 * @param maximumRequest largest read in bytes, a multiple of {@code minimumBlock}
 * @param contexts the server's number for each metadata context that was asked for
 */
record Export(long size, int minimumBlock, int maximumRequest, Map<String, Integer> contexts) {
  Export {
    contexts = Map.copyOf(contexts);
  }
}
