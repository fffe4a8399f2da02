package org.qmpbs.pbs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;

/** Buys a ticket: {@code POST access/ticket} with a user's password, or with his last ticket. */
final class TicketLogin {
  /** Name of the call in {@link Refusals}. */
  static final String CALL = "login";

  private static final MediaType JSON = MediaType.get("application/json");

  private final Endpoint endpoint;
  private final RestClient client;
  private final Clock clock;

  TicketLogin(Endpoint endpoint, RestClient client, Clock clock) {
    this.endpoint = endpoint;
    this.client = client;
    this.clock = clock;
  }

  /**
   * One login.
   *
   * @param password the user's, or a ticket that is still alive
   * @throws PbsException {@link ServerProblem#LOGIN} if it is not the right one
   */
  Ticket login(Secret password) throws IOException {
    Instant now = clock.instant();
    String user = endpoint.repository().authId();
    ObjectNode body = Answers.MAPPER.createObjectNode();
    byte[] bytes =
        Answers.MAPPER.writeValueAsBytes(
            body.put("username", user).put("password", password.reveal()));
    try {
      Request request =
          new Request.Builder()
              .url(endpoint.url("access/ticket").build())
              .header("User-Agent", "qmpbs")
              .header("Accept-Encoding", "identity")
              .post(RequestBody.create(bytes, JSON))
              .build();
      return client.exchange(
          CALL,
          request,
          response ->
              Ticket.parse(
                  Answers.body(CALL, response, Answers.MAX_LOGIN_JSON),
                  response.headers("Set-Cookie"),
                  user,
                  now));
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** The time, by the clock that tickets are measured with. */
  Instant now() {
    return clock.instant();
  }
}
