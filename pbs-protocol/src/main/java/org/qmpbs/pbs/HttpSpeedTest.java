package org.qmpbs.pbs;

import java.io.IOException;

/** {@link SpeedTest} in a backup session. */
final class HttpSpeedTest implements SpeedTest {
  private final SessionCalls calls;

  private HttpSpeedTest(SessionCalls calls) {
    this.calls = calls;
  }

  /** Makes a first call, alone, before several come at once; closes {@code calls} if it fails. */
  static HttpSpeedTest start(SessionCalls calls) throws IOException {
    HttpSpeedTest started = new HttpSpeedTest(calls);
    boolean isReady = false;
    try {
      started.send(new byte[1]);
      isReady = true;
      return started;
    } finally {
      if (!isReady) {
        calls.close();
      }
    }
  }

  @Override
  public void send(byte[] data) throws IOException {
    calls.send(
        SessionCalls.url("speedtest").build(),
        "POST",
        new ByteRangeBody(ByteRangeBody.BINARY, data, data.length));
  }

  @Override
  public void close() {
    calls.close();
  }
}
