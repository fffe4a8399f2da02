package org.qmpbs.client.verify;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.read.ByteRanges;
import org.qmpbs.client.read.DamagedArchiveException;
import org.qmpbs.client.read.DamagedArchiveException.Kind;

/**
 * Collects what is damaged while the verification goes on. Each chunk is read once; all the places
 * that share it are found at the end.
 */
final class DamageLog {
  /** A datastore that lost a disk would fill the terminal. */
  private static final int SHOWN = 20;

  private final Progress progress;
  private final List<Damage.WholeFile> files = new ArrayList<>();
  private final Map<Digest, Damage.Chunk> chunks = new LinkedHashMap<>();

  DamageLog(Progress progress) {
    this.progress = progress;
  }

  void add(Digest digest, DamagedArchiveException damage) {
    chunks.put(digest, new Damage.Chunk(digest, damage.kind(), damage.problem()));
    show(String.valueOf(damage.getMessage()));
  }

  void addFile(String archive, Kind kind, String problem) {
    files.add(new Damage.WholeFile(archive, kind, problem));
    show("archive " + archive + " is damaged: " + problem);
  }

  private void show(String line) {
    int count = files.size() + chunks.size();
    if (count <= SHOWN) {
      progress.warn(line);
    }
    if (count == SHOWN) {
      progress.warn("more damage is listed at the end only");
    }
  }

  boolean isEmpty() {
    return files.isEmpty() && chunks.isEmpty();
  }

  List<Damage.WholeFile> files() {
    return List.copyOf(files);
  }

  List<Damage.Chunk> chunks() {
    return List.copyOf(chunks.values());
  }

  /** Whether an index has one of the damaged chunks. */
  boolean isIn(FixedIndex index) {
    for (int chunk = 0; chunk < index.chunkCount(); chunk++) {
      if (chunks.containsKey(index.digest(chunk))) {
        return true;
      }
    }
    return false;
  }

  /** All places where the damaged chunks are. */
  List<Damage.Place> places(List<Inventory.Image> images) {
    List<Damage.Place> places = new ArrayList<>();
    for (Inventory.Image image : images) {
      ranges(image.index())
          .forEach(
              (kind, ranges) -> places.add(new Damage.Place(image.archive(), kind, ranges.list())));
    }
    return places;
  }

  private Map<Kind, ByteRanges> ranges(FixedIndex index) {
    Map<Kind, ByteRanges> ranges = new EnumMap<>(Kind.class);
    for (int position = 0; position < index.chunkCount(); position++) {
      Damage.Chunk damage = chunks.get(index.digest(position));
      if (damage != null) {
        ranges.computeIfAbsent(damage.kind(), kind -> new ByteRanges(index.size())).add(position);
      }
    }
    return ranges;
  }
}
