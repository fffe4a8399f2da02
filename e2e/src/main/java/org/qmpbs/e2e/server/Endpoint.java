package org.qmpbs.e2e.server;

import java.io.IOException;

/**
 * One call of a session.
 *
 * @param schema of its parameters
 * @param upload what its body is
 * @param handler does it, on a worker thread
 */
record Endpoint(Schema schema, Upload upload, Handler handler) {

  /** What a request's body is good for. */
  enum Upload {
    /** Parameters, as a form or as JSON. */
    PARAMETERS,
    /** A chunk: refused as soon as it is longer than {@code encoded-size}. */
    CHUNK,
    /** A blob: read to its end, whatever was announced. */
    BLOB,
    /** Anything; nobody looks at it. */
    DISCARDED
  }

  /** Carries out a call whose parameters have been checked. */
  @FunctionalInterface
  interface Handler {
    Response handle(Parameters parameters, Body body) throws Refused, IOException;
  }

  /**
   * What arrived.
   *
   * @param bytes the first {@link BodyCollector#MAX_UPLOAD} bytes of it
   * @param length of the whole body
   */
  // Nobody compares bodies.
  @SuppressWarnings("ArrayRecordComponent")
  record Body(byte[] bytes, long length) {}

  static Endpoint of(Schema schema, Handler handler) {
    return new Endpoint(schema, Upload.PARAMETERS, handler);
  }
}
