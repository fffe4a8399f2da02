package org.qmpbs.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ThawingTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path directory;

  @Test
  void thawsWhatIsFrozenAndTouchesNothingElse() throws Exception {
    try (FakePort port =
        new FakePort(
            directory,
            fake -> {
              fake.sync();
              fake.answer("\"frozen\"");
              fake.answer("1");
            },
            fake -> {
              fake.sync();
              fake.answer("\"thawed\"");
            })) {
      assertThat(Thawing.of(port.socket, LONG)).isEqualTo(Thawing.Result.THAWED);
      assertThat(Thawing.of(port.socket, LONG)).isEqualTo(Thawing.Result.NOTHING_FROZEN);
      assertThat(port.asked).containsOnlyOnce("guest-fsfreeze-thaw");
    }
    assertThat(Thawing.of(port(), LONG)).isEqualTo(Thawing.Result.NO_MACHINE);
  }

  private Path port() {
    return directory.resolve("agent");
  }

  @Test
  void anAttemptThatFailsIsFollowedByAnotherUntilThePatienceIsOver() throws Exception {
    try (FakePort port =
        new FakePort(
            directory,
            fake -> fake.sync(),
            fake -> {
              fake.sync();
              fake.answer("\"frozen\"");
              fake.refuse("a hook failed");
              fake.answer("\"frozen\"");
            },
            fake -> {
              fake.sync();
              fake.answer("\"frozen\"");
              fake.answer("2");
            },
            fake -> fake.sync())) {
      assertThat(Thawing.of(port.socket, LONG)).isEqualTo(Thawing.Result.THAWED);
      assertThat(port.asked).filteredOn("guest-fsfreeze-thaw"::equals).hasSize(2);
      assertThatThrownBy(() -> Thawing.of(port.socket, Duration.ZERO))
          .isInstanceOf(AgentClosedException.class);
    }
  }

  @Test
  void windowsThatThawedByItselfIsSettledByItsRefusal() throws Exception {
    try (FakePort port =
        new FakePort(
            directory,
            fake -> {
              fake.sync();
              fake.answer("\"frozen\"");
              fake.refuse("couldn't hold writes: fsfreeze is limited up to 10 seconds");
              fake.answer("\"thawed\"");
            })) {
      assertThat(Thawing.of(port.socket, Duration.ZERO)).isEqualTo(Thawing.Result.THAWED);
    }
  }
}
