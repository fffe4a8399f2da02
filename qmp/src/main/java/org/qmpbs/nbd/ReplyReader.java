package org.qmpbs.nbd;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the server's side of the transmission phase: chunks of structured replies, in whatever
 * order the server finishes the requests, the chunks of one reply between those of others. Every
 * length is checked against the request it belongs to before a byte of payload is read. Does no I/O
 * of its own; whatever is wrong is thrown, and the stream cannot be read on after that.
 */
final class ReplyReader {
  /** Error chunks of kinds yet unknown may carry more than their text. */
  private static final long MAX_ERROR_PAYLOAD = 64 * 1024;

  private static final int ERROR_HEADER = Integer.BYTES + Short.BYTES;

  private final WireInput in;
  private final RequestTable requests;

  ReplyReader(WireInput in, RequestTable requests) {
    this.in = in;
    this.requests = requests;
  }

  /** Reads one message and completes the request that it finishes, if any. */
  void next() throws IOException {
    int magic = in.readInt();
    switch (magic) {
      case Proto.STRUCTURED_REPLY_MAGIC -> chunk();
      case Proto.SIMPLE_REPLY_MAGIC -> simpleReply();
      default -> throw violation("magic of a reply", "67446698 or 668e33ef", hex(magic));
    }
  }

  /**
   * No simple reply can carry what is asked for here, but an error may come in one: other requests
   * than reads are allowed it, and for reads some servers do it.
   */
  private void simpleReply() throws IOException {
    int errno = in.readInt();
    long cookie = in.readLong();
    Request<?> request = requestOf(cookie);
    if (errno == 0) {
      throw violation("reply to a " + request, "a structured reply", "a simple one");
    }
    request.error(errno, request.offset, "");
    requests.finish(cookie, request);
  }

  private void chunk() throws IOException {
    int flags = in.readUnsignedShort();
    int type = in.readUnsignedShort();
    long cookie = in.readLong();
    long length = in.readUnsignedInt();
    Request<?> request = requestOf(cookie);
    boolean done = (flags & Proto.REPLY_FLAG_DONE) != 0;
    switch (type) {
      case Proto.REPLY_TYPE_NONE -> none(length, done);
      case Proto.REPLY_TYPE_OFFSET_DATA -> data(request, length);
      case Proto.REPLY_TYPE_OFFSET_HOLE -> hole(request, length);
      case Proto.REPLY_TYPE_BLOCK_STATUS -> status(request, length);
      default -> {
        if ((type & Proto.REPLY_TYPE_FLAG_ERROR) == 0) {
          throw violation("chunk type", "one of the protocol", Integer.toString(type));
        }
        error(request, type, length);
      }
    }
    if (done) {
      if (!request.failed()) {
        request.requireComplete(in);
      }
      requests.finish(cookie, request);
    }
  }

  private void none(long length, boolean done) throws NbdProtocolException {
    if (length != 0 || !done) {
      throw violation(
          "empty chunk", "length 0 and the done flag", "length " + length + ", done " + done);
    }
  }

  private void data(Request<?> request, long length) throws IOException {
    long count = length - Long.BYTES;
    if (count < 1 || count > Proto.MAX_PAYLOAD || count > request.length) {
      throw violation(
          "length of a data chunk for a " + request, "9 to 8 + " + request.length, "" + length);
    }
    request.data(in.readLong(), (int) count, in);
  }

  private void hole(Request<?> request, long length) throws IOException {
    if (length != Long.BYTES + Integer.BYTES) {
      throw violation("length of a hole chunk", "12", "" + length);
    }
    long at = in.readLong();
    long count = in.readUnsignedInt();
    if (count == 0) {
      throw violation("size of a hole", "at least 1", "0");
    }
    request.hole(at, count, in);
  }

  private void status(Request<?> request, long length) throws IOException {
    long count = (length - Integer.BYTES) / 8;
    if (length != Integer.BYTES + 8 * count || count < 1 || count > Proto.MAX_DESCRIPTORS) {
      throw violation(
          "length of a block status chunk",
          "4 + 8 for each of 1 to " + Proto.MAX_DESCRIPTORS + " extents",
          "" + length);
    }
    request.status(in.readInt(), (int) count, in);
  }

  private void error(Request<?> request, int type, long length) throws IOException {
    int trailer = type == Proto.REPLY_TYPE_ERROR_OFFSET ? Long.BYTES : 0;
    if (length < ERROR_HEADER + trailer || length > MAX_ERROR_PAYLOAD) {
      throw violation(
          "length of an error chunk",
          (ERROR_HEADER + trailer) + " to " + MAX_ERROR_PAYLOAD,
          "" + length);
    }
    int errno = in.readInt();
    int text = in.readUnsignedShort();
    if (errno == 0) {
      throw violation("error of an error chunk", "not 0", "0");
    }
    if (text > Proto.MAX_STRING || text > length - ERROR_HEADER - trailer) {
      throw violation(
          "length of an error's text",
          "at most " + Math.min(Proto.MAX_STRING, length - ERROR_HEADER - trailer),
          "" + text);
    }
    String said = Text.quote(in.readBytes(text));
    long at = request.offset;
    if (trailer != 0) {
      at = in.readLong();
      if (!request.contains(at, 1)) {
        throw violation("offset of an error", "within the " + request, Long.toUnsignedString(at));
      }
    }
    in.skip(length - ERROR_HEADER - text - trailer);
    request.error(errno, at, said);
  }

  private Request<?> requestOf(long cookie) throws NbdProtocolException {
    @Nullable Request<?> request = requests.find(cookie);
    if (request == null) {
      throw violation("cookie", "that of a request in flight", Long.toUnsignedString(cookie));
    }
    return request;
  }

  private NbdProtocolException violation(String what, String expected, String found) {
    return new NbdProtocolException(what, in.position(), expected, found);
  }

  private static String hex(int magic) {
    return Integer.toHexString(magic);
  }
}
