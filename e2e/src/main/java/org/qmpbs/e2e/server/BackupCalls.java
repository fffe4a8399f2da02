package org.qmpbs.e2e.server;

import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.qmpbs.chunker.Digest;

/** The calls of a backup session with their parameters (docs/protocol.md, "Backup calls"). */
final class BackupCalls {
  private static final ParameterType NAME = ParameterType.text(Names.SAFE_ID_PATTERN);
  private static final ParameterType DIGEST = ParameterType.text(Names.DIGEST_PATTERN);
  private static final ParameterType WRITER = ParameterType.integer(1, 256);
  private static final ParameterType COUNT = ParameterType.integer(0, Long.MAX_VALUE);

  private static final int HEADER = 12;
  private static final long MAX_PLAIN_CHUNK = 16 << 20;

  private final Map<String, Endpoint> endpoints;

  BackupCalls(BackupSession session) {
    endpoints =
        Map.of(
            "GET /previous_backup_time",
            Endpoint.of(Schema.EMPTY, (parameters, body) -> session.previousBackupTime()),
            "GET /previous",
            previous(session),
            "POST /blob",
            blob(session),
            "POST /fixed_index",
            createIndex(session),
            "POST /fixed_chunk",
            chunk(session),
            "PUT /fixed_index",
            append(session),
            "POST /fixed_close",
            closeIndex(session),
            "POST /speedtest",
            new Endpoint(
                Schema.EMPTY, Endpoint.Upload.DISCARDED, (parameters, body) -> Response.done()),
            "POST /finish",
            Endpoint.of(Schema.EMPTY, (parameters, body) -> session.finish()));
  }

  Optional<Endpoint> endpoint(String name) {
    return Optional.ofNullable(endpoints.get(name));
  }

  private static Endpoint previous(BackupSession session) {
    return Endpoint.of(
        Schema.builder().required("archive-name", NAME).build(),
        (parameters, body) -> {
          String archive = parameters.text("archive-name");
          IndexFiles.requireKnownKind(archive);
          return session.previous(archive);
        });
  }

  private static Endpoint blob(BackupSession session) {
    return new Endpoint(
        Schema.builder()
            .required("file-name", NAME)
            .required("encoded-size", ParameterType.integer(HEADER, BodyCollector.MAX_UPLOAD))
            .build(),
        Endpoint.Upload.BLOB,
        (parameters, body) -> {
          String name = parameters.text("file-name");
          if (!name.endsWith(".blob")) {
            throw Refused.badRequest("wrong blob file extension: '" + name + "'");
          }
          session.requireActive();
          return session.blob(name, parameters.integer("encoded-size"), body);
        });
  }

  private static Endpoint createIndex(BackupSession session) {
    return Endpoint.of(
        Schema.builder()
            .required("archive-name", NAME)
            .required("size", ParameterType.integer(1, Long.MAX_VALUE))
            .optional("reuse-csum", ParameterType.anyText())
            .build(),
        (parameters, body) ->
            session.createIndex(
                parameters.text("archive-name"),
                parameters.integer("size"),
                parameters.optionalText("reuse-csum").orElse(null)));
  }

  private static Endpoint chunk(BackupSession session) {
    return new Endpoint(
        Schema.builder()
            .required("wid", WRITER)
            .required("digest", DIGEST)
            .required("size", ParameterType.integer(1, MAX_PLAIN_CHUNK))
            .required("encoded-size", ParameterType.integer(HEADER + 1, BodyCollector.MAX_UPLOAD))
            .build(),
        Endpoint.Upload.CHUNK,
        (parameters, body) ->
            session.chunk(
                parameters.integer("wid"),
                Digest.parse(parameters.text("digest")),
                parameters.integer("size"),
                parameters.integer("encoded-size"),
                body));
  }

  private static Endpoint append(BackupSession session) {
    return Endpoint.of(
        Schema.builder()
            .required("wid", WRITER)
            .required("digest-list", ParameterType.array(DIGEST))
            .required("offset-list", ParameterType.array(COUNT))
            .build(),
        (parameters, body) ->
            session.append(
                parameters.integer("wid"),
                parameters.texts("digest-list"),
                parameters.integers("offset-list")));
  }

  private static Endpoint closeIndex(BackupSession session) {
    return Endpoint.of(
        Schema.builder()
            .required("wid", WRITER)
            .required("chunk-count", COUNT)
            .required("size", COUNT)
            .required("csum", ParameterType.anyText())
            .build(),
        (parameters, body) ->
            session.closeIndex(
                parameters.integer("wid"),
                parameters.integer("chunk-count"),
                parameters.integer("size"),
                checksum(parameters.text("csum"))));
  }

  private static Digest checksum(String hex) throws Refused {
    if (hex.length() != 2 * Digest.BYTES) {
      throw Refused.badRequest(
          hex.length() % 2 == 0 ? "Invalid string length" : "Odd number of digits");
    }
    try {
      return Digest.read(HexFormat.of().parseHex(hex), 0);
    } catch (IllegalArgumentException e) {
      throw Refused.badRequest("Invalid character in checksum");
    }
  }
}
