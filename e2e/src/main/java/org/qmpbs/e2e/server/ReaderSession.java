package org.qmpbs.e2e.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;

/**
 * Reads one snapshot under a shared lock. Chunks can be had only after an index that names them.
 */
final class ReaderSession implements Session {
  private static final int SPEEDTEST_SIZE = 1 << 20;

  private final Datastore store;
  private final SnapshotName snapshot;
  private final FolderLock lock;
  private final Set<Digest> readable = ConcurrentHashMap.newKeySet();
  private final Map<String, Endpoint> endpoints =
      Map.of(
          "GET /download",
          Endpoint.of(
              Schema.builder()
                  .required("file-name", ParameterType.text(Names.SAFE_ID_PATTERN))
                  .build(),
              (parameters, body) -> download(parameters.text("file-name"))),
          "GET /chunk",
          Endpoint.of(
              Schema.builder().required("digest", ParameterType.text(Names.DIGEST_PATTERN)).build(),
              (parameters, body) -> chunk(Digest.parse(parameters.text("digest")))),
          "GET /speedtest",
          Endpoint.of(Schema.EMPTY, (parameters, body) -> speedtest()));

  private ReaderSession(Datastore store, SnapshotName snapshot, FolderLock lock) {
    this.store = store;
    this.snapshot = snapshot;
    this.lock = lock;
  }

  static ReaderSession open(Datastore store, Principal principal, SnapshotName snapshot)
      throws IOException, Refused {
    String path = snapshot.group().namespace().aclPath(store.name());
    if (!principal.has(Privilege.READ, path) && !principal.owns(store.owner(snapshot.group()))) {
      throw Refused.badRequest("backup owner check failed!");
    }
    Path folder = store.path(snapshot);
    if (!Files.isDirectory(folder)) {
      throw Refused.badRequest("snapshot " + snapshot + " does not exist.");
    }
    FolderLock lock =
        FolderLock.tryLock(folder, true)
            .orElseThrow(
                () ->
                    Refused.badRequest(
                        "while reading snapshot '" + snapshot.debug(store.name()) + "'"));
    return new ReaderSession(store, snapshot, lock);
  }

  @Override
  public Optional<Endpoint> endpoint(String name) {
    return Optional.ofNullable(endpoints.get(name));
  }

  private Response download(String name) throws IOException, Refused {
    IndexFiles.requireKnownKind(name);
    Path file = store.path(snapshot).resolve(name);
    if (name.endsWith(".fidx")) {
      FixedIndex index = IndexFiles.read(file);
      for (int i = 0; i < index.chunkCount(); i++) {
        readable.add(index.digest(i));
      }
    }
    return IndexFiles.download(file);
  }

  private Response chunk(Digest digest) throws IOException, Refused {
    if (!readable.contains(digest)) {
      throw new Refused(401, "download chunk " + digest + " not allowed");
    }
    return Response.octets(store.chunks().read(digest));
  }

  private static Response speedtest() {
    byte[] nonsense = new byte[SPEEDTEST_SIZE];
    Arrays.fill(nonsense, (byte) 'A');
    return Response.octets(nonsense);
  }

  @Override
  public void end() {
    lock.close();
  }
}
