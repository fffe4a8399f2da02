package org.qmpbs.e2e.server;

import java.time.Clock;
import java.time.ZoneId;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What every part of a running server is told.
 *
 * @param datastores by name
 * @param zone of the days and weeks of a retention
 * @param syncOnFinish whether a finished backup has to survive a power failure
 */
record ServerSettings(
    Map<String, Datastore> datastores,
    Authenticator authenticator,
    TicketStyle ticketStyle,
    Clock clock,
    ZoneId zone,
    Tasks tasks,
    RandomGenerator random,
    boolean syncOnFinish) {

  Datastore datastore(String name) throws Refused {
    Datastore store = datastores.get(name);
    if (store == null) {
      throw Refused.badRequest("no such datastore '" + name + "'");
    }
    return store;
  }
}
