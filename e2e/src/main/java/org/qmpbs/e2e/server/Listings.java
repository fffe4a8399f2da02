package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Groups, snapshots and files of a datastore as REST shows them. */
final class Listings {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Set<Privilege> AUDIT = EnumSet.of(Privilege.AUDIT);
  private static final Set<Privilege> BACKUP = EnumSet.of(Privilege.BACKUP);

  private final Datastore store;

  Listings(Datastore store) {
    this.store = store;
  }

  Response groups(RestRequest request) throws Refused, IOException {
    Namespace namespace = request.parameters().namespace("ns");
    boolean all = request.seesAll(namespace, AUDIT, BACKUP);
    requireExisting(namespace);
    ArrayNode list = JSON.arrayNode();
    for (GroupName group : store.groups(namespace)) {
      List<Datastore.Listed> snapshots = store.snapshots(group);
      String owner = store.owner(group);
      if (!snapshots.isEmpty() && (all || request.principal().owns(owner))) {
        Datastore.Listed last =
            store.lastFinished(group).orElse(snapshots.get(snapshots.size() - 1));
        ObjectNode row = list.addObject();
        row.put("backup-count", snapshots.size());
        row.put("backup-id", group.id());
        row.put("backup-type", group.type());
        store.files(group).notes().ifPresent(notes -> row.put("comment", firstLine(notes)));
        ArrayNode files = row.putArray("files");
        last.files().forEach(files::add);
        row.put("last-backup", last.snapshot().time());
        row.put("owner", owner);
      }
    }
    return Response.data(list);
  }

  Response snapshots(RestRequest request) throws Refused, IOException {
    Namespace namespace = request.parameters().namespace("ns");
    boolean all = request.seesAll(namespace, AUDIT, BACKUP);
    Optional<String> type = request.parameters().optionalText("backup-type");
    if (type.isPresent() && !Names.TYPES.contains(type.get())) {
      throw Refused.badRequest(
          "unknown variant `" + type.get() + "`, expected one of `vm`, `ct`, `host`");
    }
    requireExisting(namespace);
    ArrayNode list = JSON.arrayNode();
    for (GroupName group : matching(namespace, type, request.parameters())) {
      String owner = store.owner(group);
      if (all || request.principal().owns(owner)) {
        for (Datastore.Listed snapshot : store.snapshots(group)) {
          list.add(row(snapshot, owner));
        }
      }
    }
    return Response.data(list);
  }

  /** With the end of the line, as the real server reads it from the file. */
  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end + 1);
  }

  private List<GroupName> matching(
      Namespace namespace, Optional<String> type, Parameters parameters) throws IOException {
    Optional<String> id = parameters.optionalText("backup-id");
    List<GroupName> groups = new ArrayList<>(store.groups(namespace));
    groups.removeIf(
        group ->
            !type.orElse(group.type()).equals(group.type())
                || !id.orElse(group.id()).equals(group.id()));
    return groups;
  }

  /** The text is that of reading a folder that is not there. */
  private void requireExisting(Namespace namespace) throws Refused {
    if (!Files.isDirectory(store.path(namespace))) {
      throw Refused.badRequest(Datastore.ENOENT);
    }
  }

  private ObjectNode row(Datastore.Listed snapshot, String owner) throws IOException {
    SnapshotName name = snapshot.snapshot();
    ObjectNode row = JSON.objectNode();
    row.put("backup-type", name.group().type());
    row.put("backup-id", name.group().id());
    row.put("backup-time", name.time());
    try {
      Manifests.Loaded manifest = Manifests.load(store.path(name));
      JsonNode unprotected = manifest.unprotected();
      if (unprotected.path("notes").isTextual()) {
        row.put("comment", unprotected.path("notes").textValue().lines().findFirst().orElse(""));
      }
      if (unprotected.path("verify_state").isObject()) {
        row.set("verification", unprotected.path("verify_state"));
      }
      if (unprotected.path("key-fingerprint").isTextual()) {
        row.set("fingerprint", unprotected.path("key-fingerprint"));
      }
      ArrayNode files = files(snapshot, manifest);
      row.set("files", files);
      long size = 0;
      for (JsonNode file : files) {
        size += file.path("size").asLong();
      }
      row.put("size", size);
    } catch (Refused e) {
      // Unfinished or damaged: it is listed all the same, with what the folder says.
      ArrayNode files = row.putArray("files");
      snapshot.files().forEach(file -> files.addObject().put("filename", file));
    }
    row.put("owner", owner);
    row.put("protected", store.isProtected(name));
    return row;
  }

  Response files(RestRequest request) throws Refused, IOException {
    SnapshotName name = request.allowed(EnumSet.of(Privilege.AUDIT, Privilege.READ), BACKUP);
    Manifests.Loaded manifest = Manifests.load(store.path(name));
    Optional<Datastore.Listed> listed =
        store.snapshots(name.group()).stream()
            .filter(snapshot -> snapshot.snapshot().equals(name))
            .findFirst();
    return Response.data(files(listed.orElse(new Datastore.Listed(name, List.of())), manifest));
  }

  /** Those of the manifest in its order, the manifest itself, then what else lies there. */
  private static ArrayNode files(Datastore.Listed snapshot, Manifests.Loaded manifest) {
    ArrayNode files = JSON.arrayNode();
    List<String> rest = new ArrayList<>(snapshot.files());
    rest.remove(Manifests.NAME);
    for (JsonNode file : manifest.document().path("files")) {
      String name = file.path("filename").asText();
      files
          .addObject()
          .put("filename", name)
          .put("crypt-mode", file.path("crypt-mode").asText("none"))
          .put("size", file.path("size").asLong());
      rest.remove(name);
    }
    boolean signed = manifest.document().path("signature").isTextual();
    files
        .addObject()
        .put("filename", Manifests.NAME)
        .put("crypt-mode", signed ? "sign-only" : "none")
        .put("size", manifest.encodedSize());
    rest.forEach(name -> files.addObject().put("filename", name));
    return files;
  }
}
