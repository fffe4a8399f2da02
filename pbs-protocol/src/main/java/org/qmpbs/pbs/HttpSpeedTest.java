package org.qmpbs.pbs;

import java.io.IOException;

/** {@link SpeedTest} in a backup session. */
final class HttpSpeedTest implements SpeedTest {
  private final SessionCalls calls;

  HttpSpeedTest(SessionCalls calls) {
    this.calls = calls;
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
