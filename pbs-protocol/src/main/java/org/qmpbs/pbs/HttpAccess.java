package org.qmpbs.pbs;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import okhttp3.HttpUrl;

/** Asks the server itself: {@code GET access/permissions} (docs/protocol.md, "Rights"). */
final class HttpAccess implements Access {
  static final String GROUPS = "groups";
  private static final String PERMISSIONS = "permissions";

  private final RestCalls rest;
  private final String datastore;
  private final Trust trust;

  HttpAccess(RestCalls rest, String datastore, Trust trust) {
    this.rest = rest;
    this.datastore = datastore;
    this.trust = trust;
  }

  @Override
  public Optional<Fingerprint> certificate() {
    return trust.accepted();
  }

  @Override
  public Set<String> privileges(Namespace namespace) throws IOException {
    String path = "/datastore/" + datastore + (namespace.isRoot() ? "" : "/" + namespace.path());
    HttpUrl url = rest.url("access/permissions").addQueryParameter("path", path).build();
    JsonNode data = rest.get(PERMISSIONS, url);
    if (!data.isObject()) {
      throw new BadAnswerException(
          PERMISSIONS, "expected an object of paths, found " + data.getNodeType());
    }
    // A path without rights is left out. The values only say what is passed on to paths below.
    JsonNode rights = data.path(path);
    Set<String> names = new TreeSet<>();
    for (Map.Entry<String, JsonNode> right : rights.properties()) {
      names.add(right.getKey());
    }
    return names;
  }

  /** By groups: unlike a list of snapshots, that opens no manifests. */
  @Override
  public void requireNamespace(Namespace namespace) throws IOException {
    HttpUrl.Builder url = rest.datastore(GROUPS);
    RestCalls.addNamespace(url, namespace);
    rest.get(GROUPS, url.build());
  }
}
