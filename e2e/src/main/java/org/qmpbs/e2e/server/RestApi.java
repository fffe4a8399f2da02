package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The REST calls that clients of the project use (docs/protocol.md, "REST calls"). */
final class RestApi {
  private static final Pattern STORE_PATH =
      Pattern.compile(
          "/api2/json/admin/datastore/(?<store>" + Names.SAFE_ID + ")/(?<call>[a-z-]+)");

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Set<Privilege> AUDIT = EnumSet.of(Privilege.AUDIT);
  private static final Set<Privilege> MODIFY = EnumSet.of(Privilege.MODIFY);
  private static final Set<Privilege> BACKUP = EnumSet.of(Privilege.BACKUP);

  private final ServerSettings settings;
  private final Map<String, RestCall> calls;

  RestApi(ServerSettings settings) {
    this.settings = settings;
    this.calls =
        Map.ofEntries(
            Map.entry("GET status", new RestCall(Schema.EMPTY, this::status)),
            Map.entry(
                "GET groups",
                new RestCall(
                    RestSchemas.namespace().build(),
                    request -> new Listings(request.store()).groups(request))),
            Map.entry(
                "GET snapshots",
                new RestCall(
                    RestSchemas.snapshotFilter(),
                    request -> new Listings(request.store()).snapshots(request))),
            Map.entry(
                "DELETE snapshots", new RestCall(RestSchemas.snapshot().build(), this::remove)),
            Map.entry(
                "GET files",
                new RestCall(
                    RestSchemas.snapshot().build(),
                    request -> new Listings(request.store()).files(request))),
            Map.entry("GET namespace", new RestCall(RestSchemas.namespaceList(), this::namespaces)),
            Map.entry(
                "POST namespace", new RestCall(RestSchemas.newNamespace(), this::createNamespace)),
            Map.entry("GET notes", new RestCall(RestSchemas.snapshot().build(), this::notes)),
            Map.entry(
                "PUT notes",
                new RestCall(
                    RestSchemas.snapshot().required("notes", ParameterType.anyText()).build(),
                    this::setNotes)),
            Map.entry(
                "GET protected", new RestCall(RestSchemas.snapshot().build(), this::isProtected)),
            Map.entry(
                "PUT protected",
                new RestCall(
                    RestSchemas.snapshot().required("protected", ParameterType.flag()).build(),
                    this::setProtected)));
  }

  private record RestCall(Schema schema, Handler handler) {}

  @FunctionalInterface
  private interface Handler {
    Response handle(RestRequest request) throws Refused, IOException;
  }

  Response handle(Principal principal, Call call, RequestParameters given)
      throws Refused, IOException {
    if (call.name().equals("GET /api2/json/version")) {
      ObjectNode version = JSON.objectNode();
      version.put("release", "1").put("repoid", "local").put("version", "4.1");
      return Response.data(version);
    }
    if (call.name().equals("GET /api2/json/ping")) {
      return Response.data(JSON.objectNode().put("pong", true));
    }
    Matcher matcher = STORE_PATH.matcher(call.path());
    RestCall target =
        matcher.matches() ? calls.get(call.method() + " " + matcher.group("call")) : null;
    if (target == null) {
      throw Refused.pathNotFound(call.path());
    }
    Parameters parameters = given.verify(target.schema());
    return target
        .handler()
        .handle(new RestRequest(principal, settings, matcher.group("store"), parameters));
  }

  private Response status(RestRequest request) throws Refused, IOException {
    if (!request.principal().has(Privilege.AUDIT) && !request.principal().has(Privilege.BACKUP)) {
      throw new Refused(403, "permission check failed");
    }
    FileStore disk = Files.getFileStore(request.store().base());
    long total = disk.getTotalSpace();
    ObjectNode status = JSON.objectNode();
    status.put("avail", disk.getUsableSpace());
    status.put("total", total);
    status.put("used", total - disk.getUnallocatedSpace());
    return Response.data(status);
  }

  private Response remove(RestRequest request) throws Refused, IOException {
    SnapshotName snapshot = request.allowed(MODIFY, EnumSet.of(Privilege.PRUNE));
    request.store().remove(snapshot);
    return Response.done();
  }

  private Response namespaces(RestRequest request) throws Refused, IOException {
    Namespace parent = request.parameters().namespace("parent");
    request.requireAny(
        parent, EnumSet.of(Privilege.AUDIT, Privilege.MODIFY, Privilege.READ, Privilege.BACKUP));
    ArrayNode list = JSON.arrayNode();
    for (Namespace namespace : request.store().namespaces(parent)) {
      list.add(JSON.objectNode().put("ns", namespace.toString()));
    }
    return Response.data(list);
  }

  private Response createNamespace(RestRequest request) throws Refused, IOException {
    Namespace parent = request.parameters().namespace("parent");
    request.requireAny(parent, MODIFY);
    if (!Files.isDirectory(request.store().path(parent))) {
      throw Refused.badRequest(
          "cannot create new namespace, parent " + parent + " doesn't already exists");
    }
    List<String> names = new ArrayList<>(parent.names());
    names.add(request.parameters().text("name"));
    Namespace created = new Namespace(names);
    Files.createDirectories(request.store().path(created));
    return Response.data(TextNode.valueOf(created.toString()));
  }

  private Response notes(RestRequest request) throws Refused, IOException {
    SnapshotName snapshot = request.allowed(AUDIT, BACKUP);
    Manifests.Loaded manifest = Manifests.load(request.store().path(snapshot));
    return Response.data(TextNode.valueOf(manifest.unprotected().path("notes").asText()));
  }

  private Response setNotes(RestRequest request) throws Refused, IOException {
    SnapshotName snapshot = request.allowed(MODIFY, BACKUP);
    String notes = request.parameters().text("notes");
    request.store().updateManifest(snapshot, unprotected -> unprotected.put("notes", notes));
    return Response.done();
  }

  private Response isProtected(RestRequest request) throws Refused, IOException {
    SnapshotName snapshot = request.allowed(AUDIT, BACKUP);
    return Response.data(BooleanNode.valueOf(request.store().isProtected(snapshot)));
  }

  private Response setProtected(RestRequest request) throws Refused, IOException {
    SnapshotName snapshot = request.allowed(MODIFY, BACKUP);
    request.store().setProtected(snapshot, request.parameters().flag("protected"));
    return Response.done();
  }
}
