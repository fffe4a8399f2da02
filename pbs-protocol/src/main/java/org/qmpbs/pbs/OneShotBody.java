package org.qmpbs.pbs;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/**
 * The body of a call that must not be made twice. OkHttp repeats a request whose connection broke
 * before the answer came, also a POST; but the server may have done by then what was asked for, and
 * would start a second task. Whoever knows that a repeat is harmless makes it himself.
 */
final class OneShotBody extends RequestBody {
  private final RequestBody body;

  private OneShotBody(RequestBody body) {
    this.body = body;
  }

  static RequestBody of(RequestBody body) {
    return new OneShotBody(body);
  }

  @Override
  public boolean isOneShot() {
    return true;
  }

  @Override
  public @Nullable MediaType contentType() {
    return body.contentType();
  }

  @Override
  public long contentLength() throws IOException {
    return body.contentLength();
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    body.writeTo(sink);
  }
}
