package org.qmpbs.pbs;

import java.io.IOException;

/** Sends data that the server throws away. Thread-safe; each call blocks until it is answered. */
public interface SpeedTest extends AutoCloseable {
  /** Sends {@code data}. */
  void send(byte[] data) throws IOException;

  /** Ends the session; idempotent. */
  @Override
  void close();
}
