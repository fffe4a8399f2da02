package org.qmpbs.nbd;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * A request for block status. The server answers for every context of the connection, in one chunk
 * each; this keeps the wanted one's descriptors and steps over the rest. The result is pairs of
 * length (unsigned) and flags, from the request's offset on; it may cover less or more than asked.
 */
final class StatusRequest extends Request<int[]> {
  private final long known;
  private final int wanted;
  private final Set<Integer> pending;
  private int[] descriptors = new int[0];

  /**
   * @param known bytes from {@code offset} on that are known already (blocks of the server are
   *     asked for as a whole): the answer must go beyond them, or asking again would never end
   * @param contexts the numbers of all contexts of the connection
   * @param wanted the one to keep
   */
  StatusRequest(long offset, long length, long known, Set<Integer> contexts, int wanted) {
    super(offset, length);
    this.pending = new HashSet<>(contexts);
    this.known = known;
    this.wanted = wanted;
  }

  @Override
  int command() {
    return Proto.CMD_BLOCK_STATUS;
  }

  @Override
  void data(long at, int count, WireInput in) throws IOException {
    throw unexpected("data", in);
  }

  @Override
  void hole(long at, long count, WireInput in) throws IOException {
    throw unexpected("a hole", in);
  }

  @Override
  void status(int context, int count, WireInput in) throws IOException {
    if (!pending.remove(context)) {
      throw new NbdProtocolException(
          "metadata context of the reply to a " + this,
          in.position(),
          "each granted one once, still " + pending,
          Integer.toUnsignedString(context));
    }
    if (context != wanted) {
      in.skip(8L * count);
      return;
    }
    int[] pairs = new int[2 * count];
    for (int i = 0; i < pairs.length; i += 2) {
      pairs[i] = in.readInt();
      pairs[i + 1] = in.readInt();
      if (pairs[i] == 0) {
        throw new NbdProtocolException(
            "length of an extent", in.position(), "at least 1", "0 in descriptor " + i / 2);
      }
    }
    descriptors = pairs;
  }

  @Override
  void requireComplete(WireInput in) throws NbdProtocolException {
    if (!pending.isEmpty()) {
      throw new NbdProtocolException(
          "reply to a " + this,
          in.position(),
          "a chunk for every metadata context",
          "none for " + pending);
    }
    long told = 0;
    for (int i = 0; i < descriptors.length && told <= known; i += 2) {
      told += Integer.toUnsignedLong(descriptors[i]);
    }
    if (told <= known) {
      throw new NbdProtocolException(
          "reply to a " + this, in.position(), "more than " + known + " bytes", "" + told);
    }
  }

  @Override
  void succeed() {
    future.complete(descriptors);
  }

  @Override
  public String toString() {
    return "block status of " + range();
  }

  private NbdProtocolException unexpected(String found, WireInput in) {
    return new NbdProtocolException(
        "chunk type in the reply to a " + this, in.position(), "block status", found);
  }
}
