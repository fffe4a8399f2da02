package org.qmpbs.pbs;

import java.io.IOException;
import java.util.List;
import okhttp3.HttpUrl;

/** {@link ServerTasks} over REST. */
final class HttpServerTasks implements ServerTasks {
  /** The server has one node, and this is always its name. */
  private static final String TASKS = "nodes/localhost/tasks";

  private final RestCalls rest;
  private final String datastore;

  HttpServerTasks(RestCalls rest, String datastore) {
    this.rest = rest;
    this.datastore = datastore;
  }

  @Override
  public List<TaskInfo> list(TaskFilter filter) throws IOException {
    HttpUrl.Builder url = rest.url(TASKS);
    url.addQueryParameter("limit", Integer.toString(filter.limit()));
    if (filter.running()) {
      url.addQueryParameter("running", "true");
    }
    if (filter.errors()) {
      url.addQueryParameter("errors", "true");
    }
    if (filter.thisDatastore()) {
      url.addQueryParameter("store", datastore);
    }
    filter.user().ifPresent(user -> url.addQueryParameter("userfilter", user));
    filter.type().ifPresent(type -> url.addQueryParameter("typefilter", type));
    filter
        .since()
        .ifPresent(time -> url.addQueryParameter("since", Long.toString(time.getEpochSecond())));
    filter
        .until()
        .ifPresent(time -> url.addQueryParameter("until", Long.toString(time.getEpochSecond())));
    return TaskAnswers.list(rest.get("tasks", url.build()));
  }

  @Override
  public TaskStatus status(Upid upid) throws IOException {
    return TaskAnswers.status(
        upid, rest.get("task status", task(upid).addPathSegment("status").build()));
  }

  @Override
  public List<TaskLogLine> log(Upid upid, long first, int limit) throws IOException {
    if (first < 1 || limit < 1) {
      throw new IllegalArgumentException("lines from " + first + ", at most " + limit);
    }
    HttpUrl url =
        task(upid)
            .addPathSegment("log")
            .addQueryParameter("start", Long.toString(first))
            .addQueryParameter("limit", Integer.toString(limit))
            .build();
    return TaskAnswers.lines(first, limit, rest.get("task log", url));
  }

  @Override
  public void stop(Upid upid) throws IOException {
    rest.delete("task stop", task(upid).build());
  }

  private HttpUrl.Builder task(Upid upid) {
    return rest.url(TASKS).addPathSegment(upid.text());
  }
}
