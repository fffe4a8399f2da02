package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.qmpbs.client.output.Durations;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Listing;
import org.qmpbs.client.output.Sizes;
import org.qmpbs.client.read.ByteRange;
import org.qmpbs.client.verify.Damage;
import org.qmpbs.client.verify.VerifyResult;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.Voucher;

/** What {@code qmpbs verify} found. Damage is shown also to who wants to hear nothing. */
record VerifyReport(VerifyResult result) implements Listing {
  /** Of one disk; all are in the JSON. */
  private static final int RANGES_SHOWN = 50;

  @Override
  public ExitCode exitCode() {
    return result.isDamaged() ? ExitCode.DAMAGED : ExitCode.DONE;
  }

  @Override
  public List<String> text() {
    List<String> lines = new ArrayList<>();
    for (Damage.WholeFile file : result.files()) {
      lines.add(file.archive() + ": " + words(file.kind()) + ", as a whole: " + file.problem());
    }
    result.places().forEach(place -> addPlace(lines, place));
    lines.add(counts());
    result
        .resumed()
        .ifPresent(
            before ->
                lines.add(
                    before.chunks()
                        + " of them were found good by an earlier run, since "
                        + before.since()));
    lines.add(result.isDamaged() ? "DAMAGED: " + result.snapshot() : verdict());
    if (result.isDamaged()) {
      addHelp(lines);
    }
    return lines;
  }

  private static void addPlace(List<String> lines, Damage.Place place) {
    List<ByteRange> ranges = place.ranges();
    for (ByteRange range : ranges.subList(0, Math.min(RANGES_SHOWN, ranges.size()))) {
      lines.add(
          place.archive()
              + ": bytes "
              + range.offset()
              + " to "
              + (range.end() - 1)
              + " ("
              + Sizes.format(range.length())
              + "): "
              + words(place.kind()));
    }
    if (ranges.size() > RANGES_SHOWN) {
      lines.add(
          place.archive()
              + ": and "
              + (ranges.size() - RANGES_SHOWN)
              + " more ranges, see --output-format json");
    }
  }

  private static String words(Enum<?> kind) {
    return Names.of(kind).replace('-', ' ');
  }

  private String counts() {
    return result.chunksGood()
        + " of "
        + result.chunksChosen()
        + " chunks are good"
        + (result.chunksChosen() < result.chunksTotal()
            ? " (the snapshot has " + result.chunksTotal() + ")"
            : "")
        + "; read "
        + Sizes.format(result.bytesVerified())
        + ", received "
        + Sizes.format(result.bytesReceived())
        + " in "
        + Durations.format(result.duration());
  }

  private String verdict() {
    return "verified: "
        + result.snapshot()
        + (result.chunksChosen() < result.chunksTotal()
            ? ", indexes and small files completely, of the chunks " + result.subset().text()
            : ", every byte")
        + (result.signature() == Voucher.State.PROVEN ? ", and its signature" : "");
  }

  private void addHelp(List<String> lines) {
    if (!result.sharedBy().isEmpty()) {
      lines.add(
          "the same chunks are in "
              + result.sharedBy().stream()
                  .map(Snapshot::toString)
                  .collect(Collectors.joining(", ")));
    }
    lines.add(
        "what to do: let the server look, too: qmpbs verify --on-server "
            + result.snapshot()
            + ". It sets damaged chunks aside, and the next backup sends those again that the disks"
            + " still have; that mends every snapshot which shares them. Restore from a snapshot"
            + " that is whole.");
  }

  @Override
  public String done() {
    return "The verification was done; its exit code would have been " + exitCode().code() + ".";
  }

  @Override
  public void describe(ObjectNode node) {
    node.put("snapshot", result.snapshot().toString());
    Rows.name(node, result.snapshot());
    node.put("where", "client")
        .put("subset", result.subset().text())
        .put("damaged", result.isDamaged())
        .put("signature", Names.of(result.signature()))
        .put("duration_seconds", result.duration().toMillis() / 1000.0)
        .put("retries", result.retries())
        .put("chunks_total", result.chunksTotal())
        .put("chunks_chosen", result.chunksChosen())
        .put("chunks_good", result.chunksGood())
        .put("chunks_good_before", result.resumed().map(VerifyResult.Resumed::chunks).orElse(0))
        .put("good_since", result.resumed().map(before -> before.since().toString()).orElse(null))
        .put("bytes_verified", result.bytesVerified())
        .put("bytes_received", result.bytesReceived());
    ArrayNode archives = node.putArray("archives");
    result.archives().forEach(archives::add);
    ArrayNode skipped = node.putArray("skipped");
    result.skipped().forEach(skipped::add);
    ArrayNode files = node.putArray("damaged_archives");
    for (Damage.WholeFile file : result.files()) {
      files
          .addObject()
          .put("archive", file.archive())
          .put("kind", Names.of(file.kind()))
          .put("detail", file.problem());
    }
    ArrayNode places = node.putArray("damaged_ranges");
    for (Damage.Place place : result.places()) {
      ObjectNode row =
          places.addObject().put("archive", place.archive()).put("kind", Names.of(place.kind()));
      Rows.ranges(row.putArray("ranges"), place.ranges());
    }
    ArrayNode chunks = node.putArray("damaged_chunks");
    for (Damage.Chunk chunk : result.chunks()) {
      chunks
          .addObject()
          .put("digest", chunk.digest().hex())
          .put("kind", Names.of(chunk.kind()))
          .put("detail", chunk.problem());
    }
    ArrayNode sharedBy = node.putArray("shared_by");
    result.sharedBy().forEach(each -> sharedBy.add(each.toString()));
  }
}
