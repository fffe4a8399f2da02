package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Calls on tasks. One sees the own ones, a user also those of its tokens. */
final class TaskCalls {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String PATH = "nodes/{node}/tasks";
  private static final String ACL_PATH = "/system/tasks";
  private static final long DEFAULT_LIMIT = 50;
  private static final ParameterType COUNT = ParameterType.integer(0, Long.MAX_VALUE);
  private static final ParameterType TIME = ParameterType.integer(Long.MIN_VALUE, Long.MAX_VALUE);
  private static final Set<String> OF_ADMINISTRATORS = Set.of("garbage_collection", "prune");

  private TaskCalls() {}

  static void addTo(Routes routes) {
    routes.add(
        "GET",
        PATH,
        Schema.builder()
            .optional("start", COUNT)
            .optional("limit", COUNT)
            .optional("store", RestSchemas.SAFE_ID)
            .optional("running", ParameterType.flag())
            .optional("errors", ParameterType.flag())
            .optional("userfilter", ParameterType.anyText())
            .optional("since", TIME)
            .optional("until", TIME)
            .optional("typefilter", ParameterType.anyText())
            .optional(
                "statusfilter",
                ParameterType.array(
                    ParameterType.oneOf(List.of("ok", "warning", "error", "unknown")))),
        TaskCalls::list);
    routes.add("GET", PATH + "/{upid}/status", Schema.builder(), TaskCalls::status);
    routes.add(
        "GET",
        PATH + "/{upid}/log",
        Schema.builder()
            .optional("start", COUNT)
            .optional("limit", COUNT)
            .optional("download", ParameterType.flag())
            .optional("test-status", ParameterType.flag()),
        TaskCalls::log);
    routes.add("DELETE", PATH + "/{upid}", Schema.builder(), TaskCalls::stop);
  }

  private static boolean mayRead(Principal principal, Upid upid) {
    if (principal.owns(upid.authId()) || principal.has(Privilege.SYSTEM_AUDIT, ACL_PATH)) {
      return true;
    }
    String store = upid.id().split(":", 2)[0];
    return OF_ADMINISTRATORS.contains(upid.type())
        && principal.has(Privilege.MODIFY, "/datastore/" + store);
  }

  private static Upid readable(RestRequest request) throws Refused {
    Upid upid = upid(request);
    if (!mayRead(request.principal(), upid)) {
      throw Refused.badRequest("task access not allowed");
    }
    return upid;
  }

  private static Upid upid(RestRequest request) throws Refused {
    String text = request.parameters().text("upid");
    return Upid.parse(text)
        .orElseThrow(() -> Refused.badRequest("unable to parse UPID '" + text + "'"));
  }

  private static Response list(RestRequest request) {
    Parameters given = request.parameters();
    long start = given.integer("start", 0);
    long limit = given.integer("limit", DEFAULT_LIMIT);
    List<Task> tasks =
        request.settings().tasks().newestFirst().stream()
            .filter(task -> mayRead(request.principal(), task.upid()) && isWanted(task, given))
            .skip(start)
            .limit(limit == 0 ? Long.MAX_VALUE : limit)
            .toList();
    ArrayNode rows = JSON.arrayNode();
    tasks.forEach(task -> rows.add(row(task)));
    // One more than there is says that there may be more.
    boolean full = limit > 0 && tasks.size() == limit;
    ObjectNode answer = JSON.objectNode();
    answer.set("data", rows);
    answer.put("total", tasks.size() + start + (full ? 1 : 0));
    return Response.json(answer);
  }

  private static boolean isWanted(Task task, Parameters given) {
    Upid upid = task.upid();
    Optional<Task.End> end = task.end();
    boolean fits =
        upid.startTime() <= given.integer("until", Long.MAX_VALUE)
            && upid.startTime() >= given.integer("since", Long.MIN_VALUE)
            && upid.authId().contains(given.optionalText("userfilter").orElse(""))
            && upid.type().contains(given.optionalText("typefilter").orElse(""))
            && given.optionalText("store").map(store -> isOn(upid, store)).orElse(true);
    if (!fits || (end.isPresent() && given.flag("running"))) {
      return false;
    }
    if (end.isPresent() && end.get().kind() == Task.Kind.OK && given.flag("errors")) {
      return false;
    }
    return !given.has("statusfilter")
        || (end.isPresent()
            && given
                .texts("statusfilter")
                .contains(end.get().kind().name().toLowerCase(Locale.ROOT)));
  }

  private static boolean isOn(Upid upid, String store) {
    return upid.id().equals(store) || upid.id().startsWith(store + ":");
  }

  private static ObjectNode row(Task task) {
    Upid upid = task.upid();
    ObjectNode row = JSON.objectNode();
    row.put("upid", upid.toString());
    row.put("node", Tasks.NODE);
    row.put("pid", upid.pid());
    row.put("pstart", upid.processStart());
    row.put("starttime", upid.startTime());
    row.put("worker_type", upid.type());
    row.put("worker_id", upid.id().isEmpty() ? null : upid.id());
    row.put("user", upid.authId());
    task.end().ifPresent(end -> row.put("endtime", end.time()).put("status", end.status()));
    return row;
  }

  private static Response status(RestRequest request) throws Refused {
    Upid upid = readable(request);
    ObjectNode status = JSON.objectNode();
    status.put("upid", upid.toString());
    status.put("node", upid.node());
    status.put("pid", upid.pid());
    status.put("pstart", upid.processStart());
    status.put("starttime", upid.startTime());
    status.put("type", upid.type());
    status.put("id", upid.id().isEmpty() ? null : upid.id());
    status.put("user", AccessRules.userOf(upid.authId()));
    if (upid.authId().contains("!")) {
      status.put("tokenid", upid.authId().substring(upid.authId().indexOf('!') + 1));
    }
    Optional<Task> task = request.settings().tasks().find(upid);
    if (task.isPresent() && task.get().end().isEmpty()) {
      status.put("status", "running");
    } else {
      status.put("status", "stopped");
      status.put("exitstatus", task.flatMap(Task::end).map(Task.End::status).orElse("unknown"));
    }
    return Response.data(status);
  }

  /** Lines are counted from one; a limit of 0 is none. */
  private static Response log(RestRequest request) throws Refused {
    Parameters given = request.parameters();
    Task task =
        request
            .settings()
            .tasks()
            .find(readable(request))
            .orElseThrow(() -> Refused.badRequest(Datastore.NO_SUCH_FILE));
    boolean active = task.end().isEmpty();
    List<String> lines = task.lines();
    if (given.flag("download")) {
      return download(given, lines);
    }
    long first = Math.max(1, given.integer("start", 0));
    long limit = given.integer("limit", DEFAULT_LIMIT);
    ObjectNode answer = JSON.objectNode();
    ArrayNode rows = answer.putArray("data");
    for (long n = first; n <= lines.size() && (limit == 0 || rows.size() < limit); n++) {
      rows.addObject().put("n", n).put("t", lines.get((int) n - 1));
    }
    answer.put("total", lines.size()).put("success", 1);
    if (given.flag("test-status")) {
      answer.put("active", active);
    }
    return Response.json(answer);
  }

  private static Response download(Parameters given, List<String> lines) throws Refused {
    if (given.has("start") || given.has("limit") || given.has("test-status")) {
      throw Refused.badRequest("Parameter 'download' cannot be used with other parameters");
    }
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line).append('\n'));
    return Response.text(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Asks it to stop, and does not wait for it. */
  private static Response stop(RestRequest request) throws Refused {
    Upid upid = upid(request);
    Principal principal = request.principal();
    if (!principal.authId().equals(upid.authId())
        && !principal.has(Privilege.SYSTEM_MODIFY, ACL_PATH)) {
      throw Refused.badRequest("missing permissions 'Sys.Modify' on '" + ACL_PATH + "'");
    }
    request
        .settings()
        .tasks()
        .find(upid)
        .ifPresent(task -> task.requestStop("abort requested - aborting task"));
    return Response.done();
  }
}
