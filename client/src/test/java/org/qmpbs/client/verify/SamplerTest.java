package org.qmpbs.client.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.qmpbs.chunker.ChunkOpener;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.client.memory.Indexes;
import org.qmpbs.client.verify.Inventory.Image;
import org.qmpbs.client.verify.Subset.Amount;
import org.qmpbs.client.verify.Subset.Part;
import org.qmpbs.client.verify.Subset.Share;

class SamplerTest {
  private static final int TAIL = 5;

  /** Two disks that share every third chunk. */
  private static Inventory inventory(int chunks) {
    return Inventory.of(
        List.of(
            new Image("a.fidx", index(chunks, "a"), ChunkOpener.PLAIN),
            new Image("b.fidx", index(chunks, "b"), ChunkOpener.PLAIN)));
  }

  private static FixedIndex index(int chunks, String disk) {
    return Indexes.of(
        (chunks - 1L) * Chunks.SIZE + TAIL,
        IntStream.range(0, chunks)
            .mapToObj(i -> i % 3 == 1 && i < chunks - 1 ? "shared" + i : disk + i)
            .toArray(String[]::new));
  }

  private static long bytes(Inventory inventory, int[] chosen) {
    return Arrays.stream(chosen).mapToLong(inventory::length).sum();
  }

  private static void assertAscendingAndWithin(int[] chosen, Inventory inventory) {
    for (int i = 0; i < chosen.length; i++) {
      assertThat(chosen[i]).isBetween(i == 0 ? 0 : chosen[i - 1] + 1, inventory.count() - 1);
    }
  }

  @Property(tries = 100)
  void theInventoryHasEachChunkOnce(@ForAll @IntRange(min = 1, max = 60) int chunks) {
    Inventory inventory = inventory(chunks);
    Set<Object> digests = new HashSet<>();
    for (int number = 0; number < inventory.count(); number++) {
      assertThat(digests.add(inventory.digest(number))).isTrue();
    }
    for (Image image : inventory.images()) {
      for (int chunk = 0; chunk < chunks; chunk++) {
        assertThat(digests).contains(image.index().digest(chunk));
      }
    }
  }

  @Property(tries = 200)
  void allPartsTogetherHaveEachChunkExactlyOnce(
      @ForAll @IntRange(min = 1, max = 60) int chunks,
      @ForAll @IntRange(min = 1, max = 12) int parts,
      @ForAll long seed) {
    Inventory inventory = inventory(chunks);
    int[] times = new int[inventory.count()];
    for (int part = 1; part <= parts; part++) {
      int[] chosen = Sampler.choose(inventory, new Part(part, parts), seed + part);
      assertAscendingAndWithin(chosen, inventory);
      Arrays.stream(chosen).forEach(number -> times[number]++);
    }
    assertThat(times).containsOnly(1);
  }

  @Property(tries = 200)
  void aShareHasItsSizeRoundedUp(
      @ForAll @IntRange(min = 1, max = 60) int chunks,
      @ForAll @DoubleRange(min = 0.01, max = 100) double percent,
      @ForAll long seed) {
    Inventory inventory = inventory(chunks);
    int[] chosen = Sampler.choose(inventory, new Share(percent), seed);
    assertAscendingAndWithin(chosen, inventory);
    assertThat(chosen).hasSize((int) Math.ceil(inventory.count() * percent / 100));
    assertThat(Sampler.choose(inventory, new Share(percent), seed)).isEqualTo(chosen);
  }

  @Property(tries = 200)
  void anAmountIsNotExceededAndNoChunkMoreWouldFit(
      @ForAll @IntRange(min = 1, max = 60) int chunks,
      @ForAll @LongRange(min = Chunks.SIZE, max = 200L * Chunks.SIZE) long amount,
      @ForAll long seed) {
    Inventory inventory = inventory(chunks);
    int[] chosen = Sampler.choose(inventory, new Amount(amount), seed);
    assertAscendingAndWithin(chosen, inventory);
    assertThat(chosen).isNotEmpty();
    assertThat(bytes(inventory, chosen)).isLessThanOrEqualTo(amount);
    if (chosen.length < inventory.count()) {
      assertThat(bytes(inventory, chosen)).isGreaterThan(amount - Chunks.SIZE);
    }
  }

  @Example
  void anAmountBelowOneChunkIsOneChunk() {
    assertThat(Sampler.choose(inventory(30), new Amount(1), 7)).hasSize(1);
  }

  @Example
  void nothingIsChosenOfNothing() {
    Inventory empty = Inventory.of(List.of());
    for (Subset subset : List.of(Subset.ALL, new Share(5), new Part(1, 3), new Amount(1L << 30))) {
      assertThat(Sampler.choose(empty, subset, 7)).isEmpty();
    }
  }

  @Example
  void otherSeedsMakeOtherSamplesOfWhichNoChunkIsLeftOut() {
    Inventory inventory = inventory(60);
    Set<Integer> seen = new HashSet<>();
    for (long seed = 0; seed < 200; seed++) {
      Arrays.stream(Sampler.choose(inventory, new Share(10), seed)).forEach(seen::add);
    }
    assertThat(seen).hasSize(inventory.count());
  }

  @Example
  void subsetsAreWrittenAsPeopleWriteThem() {
    assertThat(Subset.parse("5%")).isEqualTo(new Share(5));
    assertThat(Subset.parse("0.5%")).isEqualTo(new Share(0.5));
    assertThat(Subset.parse("3/10")).isEqualTo(new Part(3, 10));
    assertThat(Subset.parse("20G")).isEqualTo(new Amount(20_000_000_000L));
    for (String text : List.of("0%", "101%", "0/3", "4/3", "1/0", "x", "", "5 %", "-1G", "1/2/3")) {
      assertThatIllegalArgumentException().as(text).isThrownBy(() -> Subset.parse(text));
    }
    for (Subset subset : List.of(new Share(5), new Share(0.5), new Part(3, 10), new Amount(77))) {
      assertThat(Subset.parse(subset.text())).isEqualTo(subset);
    }
  }
}
