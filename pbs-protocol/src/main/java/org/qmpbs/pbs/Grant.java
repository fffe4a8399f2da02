package org.qmpbs.pbs;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The header fields that make one request ours. Lives as long as the request; nobody keeps it.
 *
 * @param name of the field that says who asks
 * @param value of that field; printable ASCII
 * @param csrf what writes have to carry besides, or null if nothing
 * @param ticket what it was made of, or null for a token's
 * @param fresh whether the server made the ticket for this very call
 */
record Grant(
    String name, String value, @Nullable String csrf, @Nullable Ticket ticket, boolean fresh) {
  private static final String CSRF = "CSRFPreventionToken";

  /**
   * The fields.
   *
   * @param writes whether the request is anything but a GET
   */
  Map<String, String> fields(boolean writes) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put(name, value);
    if (writes && csrf != null) {
      fields.put(CSRF, csrf);
    }
    return fields;
  }

  @Override
  public String toString() {
    return name + ": (secret)";
  }
}
