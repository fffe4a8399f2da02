package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.UnsupportedDataException;
import org.qmpbs.client.backup.OutcomeUnknownException;
import org.qmpbs.client.bitmap.ActionRefusedException;
import org.qmpbs.client.bitmap.ImageIoException;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Failure;
import org.qmpbs.machine.BitmapChangeException;
import org.qmpbs.machine.PointInTimeBrokenException;
import org.qmpbs.machine.UnsafeMachineException;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.PbsFailures;
import org.qmpbs.pbs.Refusal;
import org.qmpbs.pbs.ServerProblem;
import org.qmpbs.qcow2.CorruptImageException;
import org.qmpbs.qcow2.UnsupportedImageException;
import org.qmpbs.qcow2.bitmap.BitmapRefusedException;
import org.qmpbs.qmp.QmpCommandException;

class FailuresTest {
  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new UsageException("a", "b"), ExitCode.USAGE),
        Arguments.of(new UnsafeMachineException("a", "b"), ExitCode.UNSAFE_MACHINE),
        Arguments.of(new PointInTimeBrokenException("a", null), ExitCode.POINT_IN_TIME_LOST),
        Arguments.of(new CorruptDataException("index", 7, "b"), ExitCode.DAMAGED),
        Arguments.of(new UnsupportedDataException("a"), ExitCode.USAGE),
        Arguments.of(new ConnectException("refused"), ExitCode.NETWORK),
        Arguments.of(new UnknownHostException("pbs"), ExitCode.NETWORK),
        Arguments.of(new javax.net.ssl.SSLException("a"), ExitCode.LOGIN),
        Arguments.of(PbsFailures.secondFactor(), ExitCode.LOGIN),
        Arguments.of(new NoSuchFileException("/run/x"), ExitCode.NOT_FOUND),
        Arguments.of(new AccessDeniedException("/run/x"), ExitCode.TARGET),
        Arguments.of(new FileAlreadyExistsException("/run/x"), ExitCode.TARGET),
        Arguments.of(new CorruptImageException(8, "a"), ExitCode.DAMAGED),
        Arguments.of(new UnsupportedImageException("a"), ExitCode.USAGE),
        Arguments.of(
            new QmpCommandException("c", "GenericError", "d"), ExitCode.POINT_IN_TIME_LOST),
        Arguments.of(new IOException("broken pipe"), ExitCode.NETWORK),
        Arguments.of(new IllegalStateException("a"), ExitCode.INTERNAL),
        Arguments.of(new StackOverflowError(), ExitCode.INTERNAL));
  }

  @ParameterizedTest
  @EnumSource(BitmapRefusedException.Reason.class)
  void everyRefusalOfAnImageHasACodeAndKeepsItsRemedy(BitmapRefusedException.Reason reason)
      throws Exception {
    Constructor<?> constructor = BitmapRefusedException.class.getDeclaredConstructors()[0];
    constructor.setAccessible(true);
    BitmapRefusedException refused =
        (BitmapRefusedException) constructor.newInstance(reason, "cause", "remedy");
    Failure failure = Failures.explain(refused, Consequence.NOTHING_CHANGED);
    assertThat(failure.exitCode())
        .isNotIn(ExitCode.DONE, ExitCode.INTERNAL, ExitCode.NETWORK, ExitCode.SERVER);
    assertThat(failure.remedy()).isEqualTo("remedy");
    ActionRefusedException action = new ActionRefusedException("--clear", 2, refused);
    Failure ofAction = Failures.explain(action, Consequence.NOTHING_CHANGED);
    assertThat(ofAction.exitCode()).isEqualTo(failure.exitCode());
    assertThat(ofAction.cause()).isEqualTo("--clear: cause");
  }

  @ParameterizedTest
  @EnumSource(BitmapChangeException.Reason.class)
  void everyRefusalOfARunningMachineHasACodeAndKeepsItsRemedy(BitmapChangeException.Reason reason)
      throws Exception {
    Constructor<?> constructor = BitmapChangeException.class.getDeclaredConstructors()[0];
    constructor.setAccessible(true);
    Failure failure =
        Failures.explain(
            (Throwable) constructor.newInstance(reason, "cause", "remedy"),
            Consequence.NOTHING_CHANGED);
    assertThat(failure.exitCode())
        .isNotIn(ExitCode.DONE, ExitCode.INTERNAL, ExitCode.NETWORK, ExitCode.POINT_IN_TIME_LOST);
    assertThat(failure.remedy()).isEqualTo("remedy");
  }

  @Test
  void aBrokenDiskIsNoNetworkProblem() {
    assertThatThrownBy(
            () ->
                ImageIoException.naming(
                    "disk.qcow2",
                    () -> {
                      throw new IOException("Input/output error");
                    }))
        .satisfies(
            thrown -> {
              Failure failure = Failures.explain(thrown, Consequence.NOTHING_CHANGED);
              assertThat(failure.exitCode()).isEqualTo(ExitCode.TARGET);
              assertThat(failure.cause()).isEqualTo("disk.qcow2: Input/output error");
            });
  }

  @ParameterizedTest
  @MethodSource("failures")
  void everyFailureHasItsCodeAndSaysCauseConsequenceAndRemedy(Throwable thrown, ExitCode code) {
    Failure failure = Failures.explain(thrown, Consequence.NOTHING_CHANGED);
    assertThat(failure.exitCode()).isEqualTo(code);
    assertThat(failure.cause()).isNotEmpty();
    assertThat(failure.consequence()).isEqualTo("Nothing was changed.");
    assertThat(failure.remedy()).isNotEmpty();
  }

  @Test
  void aMissingRightIsSaidAndNotOnlyThePath() {
    Failure failure =
        Failures.explain(new AccessDeniedException("/run/x"), Consequence.NOTHING_CHANGED);
    assertThat(failure.cause()).isEqualTo("this user may not open or write /run/x");
  }

  @ParameterizedTest
  @EnumSource(ServerProblem.class)
  void everyRefusalOfTheServerKeepsItsTextAndRemedy(ServerProblem problem) {
    PbsException refusal = Refusal.of(400, "the server's own words", problem);
    Failure failure = Failures.explain(refusal, Consequence.NOTHING_CHANGED);
    assertThat(failure.exitCode()).isNotEqualTo(ExitCode.DONE);
    assertThat(failure.cause()).contains("the server's own words");
    assertThat(failure.remedy()).isEqualTo("remedy of " + problem);
  }

  @org.junit.jupiter.api.Test
  void aWrappedFailureKeepsItsWordsAndTheCodeOfWhatIsInside() {
    IOException thrown =
        new IOException("while reading", Refusal.of(403, "no", ServerProblem.PERMISSION));
    Failure failure = Failures.explain(thrown, Consequence.NOTHING_CHANGED);
    assertThat(failure.exitCode()).isEqualTo(ExitCode.LOGIN);
    assertThat(failure.cause()).isEqualTo("while reading");
  }

  static Stream<Class<?>> endsOfABackup() {
    return Arrays.stream(org.qmpbs.client.backup.BackupException.class.getPermittedSubclasses());
  }

  @ParameterizedTest
  @MethodSource("endsOfABackup")
  void everyEndOfABackupThatPeopleCanActUponHasACodeOfItsOwn(Class<?> type) throws Exception {
    Constructor<?> constructor = type.getDeclaredConstructors()[0];
    constructor.setAccessible(true);
    Throwable thrown = (Throwable) constructor.newInstance("cause", "remedy", null);
    Failure failure = Failures.explain(thrown, Consequence.NOTHING_CHANGED);
    assertThat(failure.exitCode()).isNotIn(ExitCode.DONE, ExitCode.INTERNAL);
    assertThat(failure.remedy()).isEqualTo("remedy");
  }

  @org.junit.jupiter.api.Test
  void aSignalDoesNotHideThatTheSnapshotMayExist() throws Exception {
    Constructor<?> constructor = OutcomeUnknownException.class.getDeclaredConstructors()[0];
    constructor.setAccessible(true);
    Throwable thrown = (Throwable) constructor.newInstance("cause", "remedy", null);
    assertThat(
            Failures.interrupted(ExitCode.INTERRUPTED, thrown, Consequence.NOTHING_CHANGED)
                .exitCode())
        .isEqualTo(ExitCode.OUTCOME_UNKNOWN);
    assertThat(
            Failures.interrupted(
                    ExitCode.INTERRUPTED, new IOException("cut off"), Consequence.NOTHING_CHANGED)
                .exitCode())
        .isEqualTo(ExitCode.INTERRUPTED);
  }
}
