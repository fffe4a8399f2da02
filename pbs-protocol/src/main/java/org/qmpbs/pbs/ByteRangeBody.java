package org.qmpbs.pbs;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;

/** A part of an array, sent once and without a copy of ours. */
final class ByteRangeBody extends RequestBody {
  static final MediaType BINARY = MediaType.get("application/octet-stream");
  static final MediaType JSON = MediaType.get("application/json");

  /**
   * Of a call whose parameters are all in its query. Announced as JSON, the server would take the
   * parameters from the empty body and ignore the query.
   */
  private static final MediaType FORM = MediaType.get("application/x-www-form-urlencoded");

  private final MediaType type;
  private final byte[] bytes;
  private final int length;

  ByteRangeBody(MediaType type, byte[] bytes, int length) {
    if (length < 0 || length > bytes.length) {
      throw new IllegalArgumentException(
          "a body of " + length + " bytes in an array of " + bytes.length);
    }
    this.type = type;
    this.bytes = bytes;
    this.length = length;
  }

  /** No body at all. */
  static ByteRangeBody empty() {
    return new ByteRangeBody(FORM, new byte[0], 0);
  }

  @Override
  public MediaType contentType() {
    return type;
  }

  @Override
  public long contentLength() {
    return length;
  }

  @Override
  public boolean isOneShot() {
    return true;
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    sink.write(bytes, 0, length);
  }
}
