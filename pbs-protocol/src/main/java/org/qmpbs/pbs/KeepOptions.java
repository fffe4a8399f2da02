package org.qmpbs.pbs;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many snapshots of a group to keep, of each kind. Zero keeps none of that kind. The server
 * goes through the kinds in this order, and each counts on from where the one before has ended
 * (docs/protocol.md, "Retention").
 *
 * @param last newest ones
 * @param hourly the newest of each hour
 * @param daily the newest of each day
 * @param weekly the newest of each week (ISO 8601)
 * @param monthly the newest of each month
 * @param yearly the newest of each year
 */
public record KeepOptions(
    long last, long hourly, long daily, long weekly, long monthly, long yearly) {

  /** Rejects negative counts. */
  public KeepOptions {
    if (Math.min(
            Math.min(Math.min(last, hourly), Math.min(daily, weekly)), Math.min(monthly, yearly))
        < 0) {
      throw new IllegalArgumentException("a number of snapshots to keep cannot be negative");
    }
  }

  /** Whether any snapshot would be kept at all. */
  public boolean keepsSomething() {
    return parameters().values().stream().anyMatch(count -> count > 0);
  }

  /** The server's names of those that are not zero, which it does not take, in its order. */
  Map<String, Long> parameters() {
    Map<String, Long> parameters = new LinkedHashMap<>();
    parameters.put("keep-last", last);
    parameters.put("keep-hourly", hourly);
    parameters.put("keep-daily", daily);
    parameters.put("keep-weekly", weekly);
    parameters.put("keep-monthly", monthly);
    parameters.put("keep-yearly", yearly);
    parameters.values().removeIf(count -> count == 0);
    return parameters;
  }
}
