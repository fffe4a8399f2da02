package org.qmpbs.pbs;

import java.io.IOException;

/**
 * Says with each request who asks: with a token's secret, or with a ticket that a password buys.
 * Thread-safe.
 */
interface Authorization extends AutoCloseable {
  int UNAUTHORIZED = 401;

  /** One request. */
  interface Call<T> {
    T with(Grant grant) throws IOException;
  }

  /**
   * The fields for one request. May log in first, and then takes as long as a REST call.
   *
   * @throws PbsException if the server refuses the login
   * @throws SecondFactorRequiredException if the password is not enough
   */
  Grant grant() throws IOException;

  /**
   * The server did not take {@code refused}.
   *
   * @return whether the next grant is another one, so that one repeat makes sense
   */
  boolean discard(Grant refused);

  /** What may have been sent, to be taken out of answers. */
  Mask mask();

  /** Wipes all secrets; no request can be made any more. Idempotent. */
  @Override
  void close();

  /**
   * Makes a request, and once more if a grant that was good before is refused now: a ticket ends
   * early when the server's keys change. Never a third time, for a loop of logins locks users out.
   */
  default <T> T authorize(Call<T> call) throws IOException {
    Grant grant = grant();
    try {
      return call.with(grant);
    } catch (PbsException e) {
      if (e.status() != UNAUTHORIZED || !discard(grant)) {
        throw e;
      }
      try {
        return call.with(grant());
      } catch (IOException again) {
        again.addSuppressed(e);
        throw again;
      }
    }
  }
}
