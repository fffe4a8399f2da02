package org.qmpbs.pbs;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import okhttp3.FormBody;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.RequestBody;

/**
 * {@link DatastoreAdmin} over REST. What is looked at or deleted is named in the query, what is
 * changed in a form, as the server takes them.
 */
final class HttpDatastoreAdmin implements DatastoreAdmin {
  private static final MediaType BINARY = MediaType.get("application/octet-stream");

  private final RestCalls rest;

  HttpDatastoreAdmin(RestCalls rest) {
    this.rest = rest;
  }

  @Override
  public DatastoreUsage usage() throws IOException {
    HttpUrl url = rest.datastore("status").addQueryParameter("verbose", "true").build();
    return UsageAnswer.read(rest.get("status", url));
  }

  @Override
  public List<GroupInfo> groups(Namespace namespace) throws IOException {
    HttpUrl.Builder url = rest.datastore("groups");
    RestCalls.addNamespace(url, namespace);
    return AdminAnswers.groups(rest.get("groups", url.build()));
  }

  @Override
  public void forgetGroup(Namespace namespace, BackupGroup group) throws IOException {
    rest.delete("forget group", url("groups", namespace, group));
  }

  @Override
  public List<PruneDecision> prune(
      Namespace namespace, BackupGroup group, KeepOptions keep, boolean dryRun) throws IOException {
    if (!keep.keepsSomething()) {
      throw new IllegalArgumentException("nothing would be kept");
    }
    FormBody.Builder form = form(namespace, group);
    keep.parameters().forEach((name, count) -> form.add(name, Long.toString(count)));
    form.add("dry-run", Boolean.toString(dryRun));
    JsonNode data = rest.post("prune", rest.datastore("prune").build(), form.build());
    return AdminAnswers.decisions(group, data);
  }

  @Override
  public boolean isProtected(Namespace namespace, Snapshot snapshot) throws IOException {
    JsonNode data = rest.get("protected", url("protected", namespace, snapshot));
    return AdminAnswers.bool("protected", data);
  }

  @Override
  public void setProtected(Namespace namespace, Snapshot snapshot, boolean isProtected)
      throws IOException {
    put("protected", form(namespace, snapshot).add("protected", Boolean.toString(isProtected)));
  }

  @Override
  public String notes(Namespace namespace, Snapshot snapshot) throws IOException {
    return AdminAnswers.text("notes", rest.get("notes", url("notes", namespace, snapshot)));
  }

  @Override
  public void setNotes(Namespace namespace, Snapshot snapshot, String notes) throws IOException {
    put("notes", form(namespace, snapshot).add("notes", checked(notes)));
  }

  @Override
  public String groupNotes(Namespace namespace, BackupGroup group) throws IOException {
    JsonNode data = rest.get("group-notes", url("group-notes", namespace, group));
    return AdminAnswers.text("group-notes", data);
  }

  @Override
  public void setGroupNotes(Namespace namespace, BackupGroup group, String notes)
      throws IOException {
    put("group-notes", form(namespace, group).add("notes", checked(notes)));
  }

  @Override
  public void changeOwner(Namespace namespace, BackupGroup group, String newOwner)
      throws IOException {
    FormBody form = form(namespace, group).add("new-owner", newOwner).build();
    rest.post("change-owner", rest.datastore("change-owner").build(), form);
  }

  @Override
  public List<Namespace> namespaces(Namespace parent, OptionalInt maxDepth) throws IOException {
    HttpUrl.Builder url = rest.datastore("namespace");
    if (!parent.isRoot()) {
      url.addQueryParameter("parent", parent.path());
    }
    maxDepth.ifPresent(depth -> url.addQueryParameter("max-depth", Integer.toString(depth)));
    return AdminAnswers.namespaces(rest.get("namespaces", url.build()));
  }

  @Override
  public void createNamespace(Namespace namespace) throws IOException {
    FormBody.Builder form = new FormBody.Builder(StandardCharsets.UTF_8);
    form.add("name", namespace.name());
    if (!namespace.parent().isRoot()) {
      form.add("parent", namespace.parent().path());
    }
    rest.post("create namespace", rest.datastore("namespace").build(), form.build());
  }

  @Override
  public void deleteNamespace(Namespace namespace, boolean deleteGroups) throws IOException {
    if (namespace.isRoot()) {
      throw new IllegalArgumentException("the root namespace cannot be deleted");
    }
    HttpUrl.Builder url = rest.datastore("namespace");
    RestCalls.addNamespace(url, namespace);
    url.addQueryParameter("delete-groups", Boolean.toString(deleteGroups));
    rest.delete("delete namespace", url.build());
  }

  @Override
  public Upid verify(VerifyRequest request) throws IOException {
    FormBody.Builder form = new FormBody.Builder(StandardCharsets.UTF_8);
    addNamespace(form, request.namespace());
    request.group().ifPresent(group -> addGroup(form, group));
    request
        .snapshot()
        .ifPresent(snapshot -> form.add("backup-time", Long.toString(snapshot.time())));
    form.add("ignore-verified", Boolean.toString(request.ignoreVerified()));
    request
        .outdatedAfterDays()
        .ifPresent(days -> form.add("outdated-after", Integer.toString(days)));
    JsonNode data = rest.post("verify", rest.datastore("verify").build(), form.build());
    return AdminAnswers.upid("verify", data);
  }

  @Override
  public Upid collectGarbage() throws IOException {
    FormBody form = new FormBody.Builder(StandardCharsets.UTF_8).build();
    return AdminAnswers.upid("gc", rest.post("gc", rest.datastore("gc").build(), form));
  }

  @Override
  public void uploadLog(Namespace namespace, Snapshot snapshot, byte[] blob) throws IOException {
    rest.post(
        "upload-backup-log",
        url("upload-backup-log", namespace, snapshot),
        RequestBody.create(blob, BINARY));
  }

  private void put(String path, FormBody.Builder form) throws IOException {
    rest.put(path, rest.datastore(path).build(), form.build());
  }

  private HttpUrl url(String path, Namespace namespace, BackupGroup group) {
    HttpUrl.Builder url = rest.datastore(path);
    RestCalls.addNamespace(url, namespace);
    RestCalls.addGroup(url, group);
    return url.build();
  }

  private HttpUrl url(String path, Namespace namespace, Snapshot snapshot) {
    HttpUrl.Builder url = rest.datastore(path);
    RestCalls.addNamespace(url, namespace);
    RestCalls.addSnapshot(url, snapshot);
    return url.build();
  }

  private static FormBody.Builder form(Namespace namespace, BackupGroup group) {
    FormBody.Builder form = new FormBody.Builder(StandardCharsets.UTF_8);
    addNamespace(form, namespace);
    addGroup(form, group);
    return form;
  }

  private static FormBody.Builder form(Namespace namespace, Snapshot snapshot) {
    return form(namespace, snapshot.group()).add("backup-time", Long.toString(snapshot.time()));
  }

  private static void addNamespace(FormBody.Builder form, Namespace namespace) {
    if (!namespace.isRoot()) {
      form.add("ns", namespace.path());
    }
  }

  private static void addGroup(FormBody.Builder form, BackupGroup group) {
    form.add("backup-type", group.type().id());
    form.add("backup-id", group.id());
  }

  private static String checked(String notes) {
    FormBody form = new FormBody.Builder(StandardCharsets.UTF_8).add("notes", notes).build();
    if (form.contentLength() > MAX_NOTES) {
      throw new IllegalArgumentException(
          "the notes are too long: "
              + form.contentLength()
              + " bytes as they are sent, "
              + MAX_NOTES
              + " are possible");
    }
    return notes;
  }
}
