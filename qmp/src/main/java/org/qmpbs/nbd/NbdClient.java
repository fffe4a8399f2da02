package org.qmpbs.nbd;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads an export of an NBD server through a unix socket: data, and the status of blocks. Thread-
 * safe; requests of all threads share one connection and may be answered in any order.
 *
 * <p>A connection that broke once is never used or opened again: what was in flight and every later
 * request fail with the reason. Every request has to be answered within the timeout given to {@link
 * #connect}, or the connection counts as broken. Interrupting a thread that waits here breaks it
 * too.
 */
public final class NbdClient implements AutoCloseable {
  /** Requests in flight on a connection; more wait in the caller's thread. */
  public static final int MAX_IN_FLIGHT = Connection.MAX_IN_FLIGHT;

  /** The context that says what is allocated and what reads as zeros. */
  public static final String BASE_ALLOCATION = "base:allocation";

  /**
   * Longest range of one block status request: nearly all that 32 bits hold, and a multiple of
   * every block size and of the 4 MiB granularity of our dirty bitmaps, so that answers are not cut
   * in the middle of one. 1 TiB takes 257 requests.
   */
  static final long MAX_STATUS = (1L << 32) - (4L << 20);

  /**
   * What {@link #read} asks for at once. QEMU reads a request whole before it sends the first byte,
   * so several smaller ones overlap its work with ours: 1 MiB was about 1.5 times as fast as 4 MiB
   * and as 64 KiB (QEMU 7.2, page cache).
   */
  private static final int PIECE = 1 << 20;

  private final Connection connection;
  private final Export export;

  private NbdClient(Connection connection) {
    this.connection = connection;
    this.export = connection.export();
  }

  /**
   * Connects and negotiates.
   *
   * @param contexts metadata contexts to use, such as {@link #BASE_ALLOCATION} or "{@code
   *     qemu:dirty-bitmap:NAME}"; the server works for each of them at every {@link #extents}
   * @param timeout for connecting, and for each request from then on
   * @throws NbdConnectionLostException when there is no server at the socket
   * @throws NbdNegotiationException when it lacks the export, a context, or what is needed of the
   *     protocol
   * @throws NbdTimeoutException when it is silent
   * @throws NbdProtocolException when it is not an NBD server, or a broken one
   */
  public static NbdClient connect(
      Path unixSocket, String exportName, List<String> contexts, Duration timeout)
      throws IOException {
    Set<String> distinct = new HashSet<>(contexts);
    if (distinct.size() < contexts.size()) {
      throw new IllegalArgumentException("a metadata context twice in " + contexts);
    }
    Text.encode(exportName);
    contexts.forEach(Text::encode);
    Connection connection = Connector.open(unixSocket, exportName, List.copyOf(contexts), timeout);
    connection.start();
    return new NbdClient(connection);
  }

  /** The export's size in bytes. */
  public long size() {
    return export.size();
  }

  /** The largest read in bytes: what the server takes, 32 MiB at most. */
  public int maxRequest() {
    return export.maximumRequest();
  }

  /**
   * Asks for data. Blocks while {@link #MAX_IN_FLIGHT} requests are unanswered, never for the
   * answer. Until the future is complete the range of {@code target} belongs to this client, even
   * if the future is cancelled; if it completes exceptionally, what is there is undefined.
   *
   * <p>The future is completed by the thread that reads all replies: what depends on it must be
   * short and may not use this client, or must run elsewhere ({@code thenApplyAsync} and the like).
   *
   * @param length at most {@link #maxRequest}, and that after widening the range to the server's
   *     blocks
   * @return completes exceptionally with {@link NbdReadException} when the server could not read,
   *     with another {@link NbdException} when the connection broke
   * @throws NbdException when the connection is broken or closed already
   * @throws IndexOutOfBoundsException when the range is not within the export or the array
   */
  public CompletableFuture<@Nullable Void> readAsync(
      long offset, byte[] target, int targetOffset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, export.size());
    Objects.checkFromIndexSize(targetOffset, length, target.length);
    if (length == 0) {
      return CompletableFuture.completedFuture(null);
    }
    Range wire = Range.aligned(offset, length, export);
    if (wire.length() > maxRequest()) {
      throw new IllegalArgumentException(
          "a read of " + wire.length() + " bytes, the largest is " + maxRequest());
    }
    int skip = (int) (offset - wire.offset());
    ReadRequest request =
        wire.length() == length
            ? new ReadRequest(offset, length, target, targetOffset)
            : new ReadRequest(
                wire.offset(), (int) wire.length(), skip, target, targetOffset, length);
    connection.submit(request);
    return request.future;
  }

  /**
   * Reads any amount, in several requests if need be, and waits for it.
   *
   * @throws NbdReadException when the server could not read all of it
   * @throws NbdException when the connection broke
   */
  public void read(long offset, byte[] target, int targetOffset, int length) throws IOException {
    connection.refuseReaderThread();
    Objects.checkFromIndexSize(offset, length, export.size());
    Objects.checkFromIndexSize(targetOffset, length, target.length);
    List<CompletableFuture<@Nullable Void>> pieces = new ArrayList<>();
    IOException failure = null;
    try {
      int done = 0;
      while (done < length) {
        long at = offset + done;
        // Pieces end on the server's blocks, so that only the first and the last are widened.
        int room = Math.min(maxRequest(), PIECE) - (int) (at % export.minimumBlock());
        int piece = Math.min(room, length - done);
        pieces.add(readAsync(at, target, targetOffset + done, piece));
        done += piece;
      }
    } catch (IOException e) {
      failure = e;
    }
    // All of them, even after a failure: the reader writes into the caller's array until then.
    for (CompletableFuture<@Nullable Void> piece : pieces) {
      try {
        Waiting.await(connection, piece);
      } catch (IOException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * What a metadata context says of a range: extents that cover it exactly, in order, each as long
   * as its flags are the same. They are handed out in the caller's thread as they become known.
   *
   * @param context one of those given to {@link #connect}
   * @throws NbdReadException when the server could not tell
   * @throws NbdException when the connection broke
   */
  public void extents(String context, long offset, long length, Consumer<Extent> consumer)
      throws IOException {
    connection.refuseReaderThread();
    Objects.checkFromIndexSize(offset, length, export.size());
    Integer id = export.contexts().get(context);
    if (id == null) {
      throw new IllegalArgumentException(
          context + " was not asked for when connecting, only " + export.contexts().keySet());
    }
    long end = offset + length;
    int mask = context.equals(BASE_ALLOCATION) ? Extent.HOLE | Extent.ZERO : -1;
    ExtentMerger merger = new ExtentMerger(offset, end, mask, consumer);
    Set<Integer> all = Set.copyOf(export.contexts().values());
    while (merger.position() < end) {
      long position = merger.position();
      Range wire = Range.aligned(position, Math.min(end - position, MAX_STATUS), export);
      long asked = Math.min(wire.length(), MAX_STATUS);
      StatusRequest request =
          new StatusRequest(wire.offset(), asked, position - wire.offset(), all, id);
      connection.submit(request);
      merger.take(wire.offset(), Waiting.await(connection, request.future));
    }
    merger.finish();
  }

  /** Requests sent so far, for tests of what an operation costs. */
  long requestsSent() {
    return connection.sent();
  }

  /**
   * Says goodbye to the server and ends the connection; requests in flight fail with {@link
   * NbdClosedException}. Idempotent.
   */
  @Override
  public void close() {
    connection.close();
  }
}
