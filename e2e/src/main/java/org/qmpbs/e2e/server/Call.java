package org.qmpbs.e2e.server;

/**
 * One request as it arrived.
 *
 * @param method {@code GET}, {@code POST}, {@code PUT} or {@code DELETE}
 * @param path without query: {@code /fixed_chunk} within a session, {@code /api2/json/…} outside
 * @param query what follows the question mark, still encoded, or the empty string
 */
public record Call(String method, String path, String query) {
  static Call of(String method, String uri) {
    int question = uri.indexOf('?');
    return question < 0
        ? new Call(method, uri, "")
        : new Call(method, uri.substring(0, question), uri.substring(question + 1));
  }

  /** Method and path, for instance {@code POST /finish}. */
  public String name() {
    return method + " " + path;
  }

  /** The request line as a log shows it. */
  @Override
  public String toString() {
    return query.isEmpty() ? name() : name() + "?" + query;
  }
}
