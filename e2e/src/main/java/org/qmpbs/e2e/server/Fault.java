package org.qmpbs.e2e.server;

import java.time.Duration;

/** What goes wrong with one call. */
public sealed interface Fault {
  /** Nothing: the call is carried out and answered. */
  record None() implements Fault {}

  /** The call is carried out after a while; other calls of the session go on meanwhile. */
  record Delay(Duration time) implements Fault {}

  /** The call is not carried out; this is its answer. */
  record Answer(int status, String text) implements Fault {}

  /** The connection is closed before anything is done. */
  record Close() implements Fault {}

  /**
   * The connection is closed once {@code bytes} of the request's body have arrived. Outside of a
   * session (REST, upgrade) it acts like {@link Close}.
   */
  record CutUpload(long bytes) implements Fault {}

  /** The call is carried out, then the connection is closed instead of an answer. */
  record SwallowAnswer() implements Fault {}

  /** The call is carried out and never answered; the connection stays open. */
  record NeverAnswer() implements Fault {}
}
