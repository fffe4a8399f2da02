package org.qmpbs.e2e;

import java.util.ArrayList;
import java.util.List;
import org.qmpbs.e2e.server.Call;
import org.qmpbs.e2e.server.Fault;
import org.qmpbs.e2e.server.Faults;

/** Counts the calls of one run and lets the connection break at one of them. Thread-safe. */
final class CutScript implements Faults {
  /** Where in a call the connection breaks. */
  enum Moment {
    /** The server has the request and has done nothing yet. */
    BEFORE(new Fault.Close()),
    /** A part of the body has arrived. */
    WITHIN(new Fault.CutUpload(1)),
    /** The server has done it and cannot say so. */
    AFTER(new Fault.SwallowAnswer());

    private final Fault fault;

    Moment(Fault fault) {
      this.fault = fault;
    }
  }

  private final List<String> names = new ArrayList<>();
  private int cutAt = -1;
  private Moment moment = Moment.BEFORE;
  private Runnable action = () -> {};

  /** Begins to count anew and breaks nothing. */
  synchronized void record() {
    cutAt(-1, Moment.BEFORE);
  }

  /** Begins to count anew; the call of that number, from 0, is the last of its connection. */
  synchronized void cutAt(int number, Moment when) {
    names.clear();
    cutAt = number;
    moment = when;
    action = () -> {};
  }

  /** Begins to count anew; at the first call of that name the test does something to the line. */
  synchronized void at(String name, Runnable what) {
    record();
    action =
        new Runnable() {
          private boolean done;

          @Override
          public void run() {
            if (!done && names.get(names.size() - 1).equals(name)) {
              done = true;
              what.run();
            }
          }
        };
  }

  /** The calls so far, without what tells one chunk from another. */
  synchronized List<String> names() {
    return List.copyOf(names);
  }

  @Override
  public synchronized Fault before(Call call) {
    names.add(kind(call));
    action.run();
    return names.size() - 1 == cutAt ? moment.fault : new Fault.None();
  }

  /** Files are told apart, for the manifest's fate is another one than an index's. */
  private static String kind(Call call) {
    String name = call.name().replaceFirst("/api2/json/(admin/datastore/[^/]*)?", "");
    String file = call.query().replaceFirst(".*(archive|file)-name=([^&]*).*", "$2");
    return file.equals(call.query()) ? name : name + " " + file;
  }
}
