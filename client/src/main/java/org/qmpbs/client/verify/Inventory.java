package org.qmpbs.client.verify;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import org.qmpbs.chunker.ChunkOpener;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.client.read.DigestSet;

/**
 * The chunks of a snapshot, each of them once, however many disks and places share it. A chunk is
 * known here by its number: they count from 0 in the order of the archives and of their bytes,
 * which is the order that they were written in, and that a disk reads fastest. 8 bytes a chunk.
 */
final class Inventory {
  private final List<Image> images;
  private final long[] places;

  /** An archive whose index is right. */
  record Image(String archive, FixedIndex index, ChunkOpener opener) {}

  private Inventory(List<Image> images, long[] places) {
    this.images = images;
    this.places = places;
  }

  static Inventory of(List<Image> images) {
    DigestSet seen = new DigestSet();
    long[] places = new long[1024];
    int count = 0;
    for (int image = 0; image < images.size(); image++) {
      FixedIndex index = images.get(image).index();
      for (int chunk = 0; chunk < index.chunkCount(); chunk++) {
        if (seen.add(index.digest(chunk))) {
          if (count == places.length) {
            places = Arrays.copyOf(places, Math.multiplyExact(places.length, 2));
          }
          places[count++] = (long) image << Integer.SIZE | chunk;
        }
      }
    }
    return new Inventory(List.copyOf(images), Arrays.copyOf(places, count));
  }

  /** How many chunks there are. */
  int count() {
    return places.length;
  }

  /** Position of the archive in the list that this was made of. */
  int imageNumber(int number) {
    return (int) (places[number] >>> Integer.SIZE);
  }

  /** Position in that archive's index. */
  int chunk(int number) {
    return (int) places[number];
  }

  Digest digest(int number) {
    return image(number).index().digest(chunk(number));
  }

  /** Plain bytes in the chunk. */
  int length(int number) {
    return Chunks.length(image(number).index().size(), chunk(number));
  }

  private Image image(int number) {
    return images.get(imageNumber(number));
  }

  List<Image> images() {
    return images;
  }

  /** Names a selection: the SHA-256 of its digests in order. */
  Digest checksum(int[] numbers) {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    for (int number : numbers) {
      sha256.update(digest(number).toBytes());
    }
    return Digest.read(sha256.digest(), 0);
  }
}
