package org.qmpbs.e2e.server;

/** What a server answers to a login with a password. */
public enum TicketStyle {
  /** As before 4.0: the ticket stands in the answer, and {@code http-only} is unknown. */
  BODY_ONLY,
  /** As 4.1.1: the ticket stands in the answer, or in a cookie if {@code http-only} asks for it. */
  COOKIE_ON_REQUEST,
  /** In both. A client has to prefer the cookie. */
  BODY_AND_COOKIE
}
