package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.qmpbs.client.cli.BitmapActionOptions.Step;
import org.qmpbs.qcow2.bitmap.BitmapAction;
import org.qmpbs.qcow2.bitmap.BitmapName;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

class BitmapActionOptionsTest {
  private static final List<String> WORDS =
      List.of("--add", "--remove", "--clear", "--enable", "--disable", "--merge");

  @Command
  private static final class Holder {
    @Mixin private final BitmapActionOptions actions = new BitmapActionOptions();

    @SuppressWarnings("UnusedVariable") // takes the words between the options
    @Parameters
    private List<String> words;
  }

  private static List<Step> steps(String... args) throws UsageException {
    Holder holder = new Holder();
    return holder.actions.steps(new CommandLine(holder).parseArgs(args));
  }

  private static List<BitmapAction> actions(String... args) throws UsageException {
    return steps(args).stream().map(Step::action).toList();
  }

  private static BitmapAction.Merge merge(String source) {
    return new BitmapAction.Merge(BitmapName.of(source));
  }

  @Test
  void actionsKeepTheOrderOfTheCommandLine() throws Exception {
    BitmapAction.Add add = new BitmapAction.Add(OptionalLong.of(65536));
    assertThat(
            actions(
                "--merge=a",
                "--add",
                "-g64k",
                "--merge",
                "b",
                "--disable",
                "file",
                "--clear",
                "--add",
                "--merge",
                "a",
                "name",
                "--remove",
                "--enable"))
        .containsExactly(
            merge("a"),
            add,
            merge("b"),
            new BitmapAction.Disable(),
            new BitmapAction.Clear(),
            add,
            merge("a"),
            new BitmapAction.Remove(),
            new BitmapAction.Enable());
  }

  @Property(tries = 200)
  void anyOrderOfAnyLengthIsKept(
      @ForAll @Size(min = 1, max = 40) List<@IntRange(max = 5) Integer> picks)
      throws UsageException {
    StringBuilder line = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < picks.size(); i++) {
      String word = WORDS.get(picks.get(i)) + (picks.get(i) == 5 ? " s" + i : "");
      line.append(word).append(' ');
      expected.append(word).append('\n');
    }
    StringBuilder found = new StringBuilder();
    steps(line.toString().trim().split(" ", -1))
        .forEach(step -> found.append(step.word()).append('\n'));
    assertThat(found).hasToString(expected.toString());
  }

  @Test
  void namesAreCountedInBytes() throws Exception {
    assertThat(BitmapActionOptions.name("ä".repeat(511) + "x").length()).isEqualTo(1023);
    for (String wrong : new String[] {"", "ä".repeat(512)}) {
      assertThatThrownBy(() -> BitmapActionOptions.name(wrong))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("1 to 1023 bytes");
    }
    assertThatThrownBy(() -> steps("--merge", "x".repeat(1024))).isInstanceOf(UsageException.class);
  }
}
