package org.qmpbs.nbd;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A request that waits for its reply, and what came of the reply so far. Fed chunk by chunk by
 * {@link ReplyReader}; only the thread that reads replies completes {@link #future}.
 *
 * @param <T> what the caller gets
 */
abstract sealed class Request<T extends @Nullable Object> permits ReadRequest, StatusRequest {
  final CompletableFuture<T> future = new CompletableFuture<>();
  final long offset;
  final long length;
  private @Nullable NbdReadException error;
  private @Nullable Deadline deadline;

  Request(long offset, long length) {
    this.offset = offset;
    this.length = length;
  }

  abstract int command();

  /** {@code NBD_REPLY_TYPE_OFFSET_DATA}; must consume {@code count} bytes. */
  abstract void data(long at, int count, WireInput in) throws IOException;

  /** {@code NBD_REPLY_TYPE_OFFSET_HOLE}. */
  abstract void hole(long at, long count, WireInput in) throws IOException;

  /** {@code NBD_REPLY_TYPE_BLOCK_STATUS}; must consume {@code count} descriptors of 8 bytes. */
  abstract void status(int context, int count, WireInput in) throws IOException;

  /** Throws unless the reply, which had no error, said all that was asked for. */
  abstract void requireComplete(WireInput in) throws NbdProtocolException;

  /** Completes {@link #future}; after {@link #requireComplete}. */
  abstract void succeed();

  /** The reply says that the request failed; the first error counts. */
  final void error(int errno, long at, String said) {
    if (error == null) {
      error = NbdReadException.of(toString(), errno, at, said);
    }
  }

  final boolean failed() {
    return error != null;
  }

  final void complete() {
    if (error != null) {
      future.completeExceptionally(error);
    } else {
      succeed();
    }
  }

  final void fail(NbdException fate) {
    future.completeExceptionally(fate);
  }

  /** To be set before the request can be seen by the thread that reads replies. */
  final void deadline(Deadline timer) {
    deadline = timer;
  }

  /** Nobody waits for the reply any more. */
  final void endDeadline() {
    if (deadline != null) {
      deadline.met();
    }
  }

  /** Whether {@code [at, at + count)} is within the request, for any numbers of the server. */
  final boolean contains(long at, long count) {
    long relative = at - offset;
    return count >= 0 && count <= length && relative >= 0 && relative <= length - count;
  }

  final String range() {
    return length + " bytes at " + offset;
  }

  static String range(long at, long count) {
    return count + " bytes at " + Long.toUnsignedString(at);
  }
}
