package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Calls on snapshots. */
final class SnapshotCalls {
  private static final String LOG = "client.log.blob";
  private static final Set<Privilege> AUDIT = Set.of(Privilege.AUDIT);
  private static final Set<Privilege> MODIFY = Set.of(Privilege.MODIFY);
  private static final Set<Privilege> BACKUP = Set.of(Privilege.BACKUP);
  private static final Set<Privilege> PRUNE = Set.of(Privilege.PRUNE);

  private SnapshotCalls() {}

  static void addTo(Routes routes) {
    String store = "admin/datastore/{store}/";
    routes.add(
        "GET",
        store + "snapshots",
        RestSchemas.snapshotFilter(),
        request -> new Listings(request.store()).snapshots(request));
    routes.add("DELETE", store + "snapshots", RestSchemas.snapshot(), SnapshotCalls::remove);
    routes.add(
        "GET",
        store + "files",
        RestSchemas.snapshot(),
        request -> new Listings(request.store()).files(request));
    routes.add("GET", store + "notes", RestSchemas.snapshot(), SnapshotCalls::notes);
    routes.add(
        "PUT",
        store + "notes",
        RestSchemas.snapshot().required("notes", ParameterType.anyText()),
        SnapshotCalls::setNotes);
    routes.add("GET", store + "protected", RestSchemas.snapshot(), SnapshotCalls::isProtected);
    routes.add(
        "PUT",
        store + "protected",
        RestSchemas.snapshot().required("protected", ParameterType.flag()),
        SnapshotCalls::setProtected);
    routes.add(
        "POST",
        store + "upload-backup-log",
        Routes.Kind.UPLOAD,
        RestSchemas.snapshot(),
        SnapshotCalls::uploadLog);
  }

  private static Response remove(RestRequest request) throws Refused, IOException {
    SnapshotName snapshot = request.allowed(MODIFY, PRUNE);
    new Removals(request.store()).remove(snapshot);
    return Response.done();
  }

  private static Response notes(RestRequest request) throws Refused, IOException {
    SnapshotName snapshot = request.allowed(AUDIT, BACKUP);
    Manifests.Loaded manifest = Manifests.load(request.store().path(snapshot));
    return Response.data(TextNode.valueOf(manifest.unprotected().path("notes").asText()));
  }

  private static Response setNotes(RestRequest request) throws Refused, IOException {
    SnapshotName snapshot = request.allowed(MODIFY, BACKUP);
    String notes = request.parameters().text("notes");
    request.store().updateManifest(snapshot, unprotected -> unprotected.put("notes", notes));
    return Response.done();
  }

  /** The one file that comes after {@code finish}; the manifest does not know it. */
  private static Response uploadLog(RestRequest request) throws Refused, IOException {
    SnapshotName snapshot = request.allowed(Set.of(), BACKUP);
    Path file = request.store().path(snapshot).resolve(LOG);
    if (Files.exists(file)) {
      throw Refused.badRequest("backup already contains a log.");
    }
    RawBlob blob = RawBlob.parse(request.body().bytes());
    blob.verifyCrc();
    if (!Files.isDirectory(request.store().path(snapshot))) {
      throw Refused.badRequest("mkstemp \"" + file + ".tmp_XXXXXX\" failed: " + Datastore.ENOENT);
    }
    AtomicFiles.replace(file, blob.bytes(), false);
    return Response.done();
  }

  private static Response isProtected(RestRequest request) throws Refused, IOException {
    SnapshotName snapshot = request.allowed(AUDIT, BACKUP);
    return Response.data(BooleanNode.valueOf(request.store().isProtected(snapshot)));
  }

  private static Response setProtected(RestRequest request) throws Refused, IOException {
    SnapshotName snapshot = request.allowed(MODIFY, BACKUP);
    request.store().setProtected(snapshot, request.parameters().flag("protected"));
    return Response.done();
  }
}
