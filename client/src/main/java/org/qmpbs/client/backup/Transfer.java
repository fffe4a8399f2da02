package org.qmpbs.client.backup;

import java.util.concurrent.atomic.LongAdder;

/** What became of a disk's bytes, counted by several threads. */
final class Transfer {
  /** Read from the point in time. */
  final LongAdder read = new LongAdder();

  /** Known to be zero without reading. */
  final LongAdder zero = new LongAdder();

  /** Taken over from the previous snapshot without reading. */
  final LongAdder reused = new LongAdder();

  /** Chunks that the server did not know. */
  final LongAdder uploadedChunks = new LongAdder();

  /** Their size before encoding. */
  final LongAdder uploadedPlain = new LongAdder();

  /** Their size on the wire. */
  final LongAdder uploadedEncoded = new LongAdder();
}
