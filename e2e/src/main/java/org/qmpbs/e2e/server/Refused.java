package org.qmpbs.e2e.server;

/** A call that the server does not carry out: HTTP status and the plain text a user sees. */
final class Refused extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;

  Refused(int status, String text) {
    // An expected outcome: its place in the code says nothing, and bad calls come in storms.
    super(text, null, false, false);
    this.status = status;
  }

  /** 400, the real server's status for everything that has no better one. */
  static Refused badRequest(String text) {
    return new Refused(400, text);
  }

  /** 401, the answer to a call whose sender is unknown. */
  static Refused unauthenticated(String reason) {
    return new Refused(401, "authentication failed - " + reason);
  }

  static Refused pathNotFound(String path) {
    return new Refused(404, "Path '" + path + "' not found.");
  }

  int status() {
    return status;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
