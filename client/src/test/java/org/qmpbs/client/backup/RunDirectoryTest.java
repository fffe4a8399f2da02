package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.client.progress.Progress;

class RunDirectoryTest {
  @TempDir Path parent;
  private Path monitor;
  private final List<String> notes = new ArrayList<>();
  private final Random random = new Random(7);

  @BeforeEach
  void makeMonitor() throws IOException {
    monitor = Files.createFile(parent.resolve("monitor"));
  }

  @Test
  void isForUsOnlyAndGoneAfterwardsWithAllThatIsInIt() throws IOException {
    RunDirectory directory = create();
    assertThat(directory.path().getFileName().toString()).isEqualTo("qmpbs-" + directory.run());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.path())))
        .isEqualTo("rwx------");
    Path scratch = directory.scratchFiles().create("s0", 12345);
    assertThat(scratch).isEqualTo(directory.path().resolve("s0.qcow2")).exists();
    Files.createFile(directory.nbdSocket());
    directory.close();
    directory.close();
    assertThat(entries()).containsExactly("monitor");
  }

  @Test
  void aRunOfThisProcessIsAlive() throws IOException {
    try (RunDirectory directory = create()) {
      assertThat(DeadRuns.isAlive(directory.path().resolve("s0.qcow2"))).isTrue();
      DeadRuns.sweep(parent, CleanUpLog.notes(progress()));
      assertThat(directory.path()).exists();
    }
  }

  @Test
  void lookingAtARunOfThisProcessDoesNotTakeItsLockAway() throws Exception {
    try (RunDirectory directory = create()) {
      DeadRuns.isAlive(directory.path().resolve("s0.qcow2"));
      DeadRuns.sweep(parent, CleanUpLog.notes(progress()));
      // The system drops a process's lock when any of its descriptors of the file is closed.
      Process other =
          new ProcessBuilder(
                  "python3",
                  "-c",
                  "import fcntl,sys;fcntl.lockf(open(sys.argv[1],'w'),fcntl.LOCK_EX|fcntl.LOCK_NB)",
                  directory.path().resolve("lock").toString())
              .redirectErrorStream(true)
              .start();
      String said =
          new String(
              other.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      assertThat(other.waitFor()).isNotZero();
      assertThat(said).contains("BlockingIOError");
    }
  }

  @Test
  void aScratchFolderThatIsNotThereIsSaidInWords() {
    Path missing = parent.resolve("missing");
    assertThatThrownBy(
            () ->
                RunDirectory.create(
                    missing, monitor, (path, size) -> Files.createFile(path), random))
        .isInstanceOf(ScratchException.class)
        .hasMessageEndingWith(missing + ": there is no such directory");
  }

  @Test
  void aRunOfAnotherProcessIsAliveUntilThatProcessIsKilled() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                parent.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Path directory;
    try {
      directory = Path.of(new String(readLine(other), java.nio.charset.StandardCharsets.UTF_8));
      Path scratch = Files.createFile(directory.resolve("s0.qcow2"));
      assertThat(DeadRuns.isAlive(scratch)).isTrue();
      DeadRuns.sweep(parent, CleanUpLog.notes(progress()));
      assertThat(scratch).exists();
    } finally {
      other.destroyForcibly();
      assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(DeadRuns.isAlive(directory.resolve("s0.qcow2"))).isFalse();
    DeadRuns.sweep(parent, CleanUpLog.notes(progress()));
    assertThat(directory).doesNotExist();
    assertThat(notes).singleElement().asString().contains("left behind");
  }

  private static byte[] readLine(Process process) throws IOException {
    java.io.ByteArrayOutputStream line = new java.io.ByteArrayOutputStream();
    for (int b = process.getInputStream().read();
        b >= 0 && b != '\n';
        b = process.getInputStream().read()) {
      line.write(b);
    }
    return line.toByteArray();
  }

  /** Holds a run's lock until it is killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws Exception {
      RunDirectory directory =
          RunDirectory.create(
              Path.of(args[0]),
              Path.of(args[0], "monitor"),
              (path, size) -> Files.createFile(path),
              new Random(99));
      System.out.println(directory.path());
      System.out.flush();
      Thread.sleep(TimeUnit.MINUTES.toMillis(5));
      directory.close();
    }
  }

  @Test
  void onlyNamesThatAreExactlyOursAreSwept() throws IOException {
    for (String name : List.of("qmpbs-0123456", "qmpbs-0123456g", "qmpbs-012345678", "other")) {
      Files.createDirectory(parent.resolve(name));
    }
    Path empty = Files.createDirectory(parent.resolve("qmpbs-01234567"));
    Path file = Files.createFile(parent.resolve("qmpbs-11111111"));
    DeadRuns.sweep(parent, CleanUpLog.notes(progress()));
    assertThat(empty).doesNotExist();
    assertThat(file).exists();
    assertThat(entries()).hasSize(6);
  }

  @Test
  void aDirectoryWithFilesButNoLockIsLeftAlone() throws IOException {
    Path directory = Files.createDirectory(parent.resolve("qmpbs-01234567"));
    Path file = Files.createFile(directory.resolve("precious"));
    DeadRuns.sweep(parent, CleanUpLog.notes(progress()));
    assertThat(file).exists();
    assertThat(notes).singleElement().asString().contains("left alone");
  }

  @Test
  void linksAreNeverFollowed() throws IOException {
    Path outside = Files.createDirectory(parent.resolve("outside"));
    Path precious = Files.createFile(outside.resolve("lock"));
    Files.createSymbolicLink(parent.resolve("qmpbs-01234567"), outside);
    Path dead = Files.createDirectory(parent.resolve("qmpbs-89abcdef"));
    Files.createFile(dead.resolve("lock"));
    Files.createSymbolicLink(dead.resolve("s0.qcow2"), precious);
    DeadRuns.sweep(parent, CleanUpLog.notes(progress()));
    assertThat(precious).exists();
    assertThat(dead).doesNotExist();
    assertThat(parent.resolve("qmpbs-01234567")).isSymbolicLink();
  }

  @Test
  void aScratchFileThatIsNotOursBelongsToNoLiveRun() throws IOException {
    assertThat(DeadRuns.isAlive(parent.resolve("elsewhere").resolve("s0.qcow2"))).isFalse();
    assertThat(DeadRuns.isAlive(Path.of("/"))).isFalse();
  }

  @Test
  void aPathTooLongForASocketIsRefusedWithItsLength() throws IOException {
    Path deep = Files.createDirectories(parent.resolve("x".repeat(60)).resolve("y".repeat(60)));
    assertThatThrownBy(() -> RunDirectory.create(deep, monitor, (path, size) -> {}, random))
        .isInstanceOf(ScratchException.class)
        .hasMessageContaining("107")
        .satisfies(e -> assertThat(((ScratchException) e).remedy()).contains("--scratch"));
    try (Stream<Path> made = Files.list(deep)) {
      assertThat(made).isEmpty();
    }
  }

  @Test
  void aParentThatIsNotThereIsAnErrorWithARemedy() {
    assertThatThrownBy(
            () ->
                RunDirectory.create(parent.resolve("missing"), monitor, (path, size) -> {}, random))
        .isInstanceOf(ScratchException.class)
        .hasMessageContaining("missing");
  }

  @Test
  void aNameThatIsTakenIsNotUsedAgain() throws IOException {
    try (RunDirectory first =
            RunDirectory.create(parent, monitor, (path, size) -> {}, new Random(5));
        RunDirectory second =
            RunDirectory.create(parent, monitor, (path, size) -> {}, new Random(5))) {
      assertThat(second.path()).isNotEqualTo(first.path());
    }
  }

  @Test
  void anErrorOfTheScratchFileNamesItAndLeavesNothing() throws IOException {
    RunDirectory directory =
        RunDirectory.create(
            parent,
            monitor,
            (path, size) -> {
              throw new IOException("No space left on device");
            },
            random);
    assertThatThrownBy(() -> directory.scratchFiles().create("s0", 1))
        .isInstanceOf(ScratchException.class)
        .hasMessageContaining("s0.qcow2")
        .hasMessageContaining("No space left");
    assertThatThrownBy(() -> directory.scratchFiles().create("../x", 1))
        .isInstanceOf(IllegalArgumentException.class);
    directory.close();
    assertThat(entries()).containsExactly("monitor");
  }

  @Test
  void whereWeAreRootEverythingIsGivenToQemusUser() throws IOException {
    boolean root = (Integer) Files.getAttribute(parent, "unix:uid") == 0;
    org.junit.jupiter.api.Assumptions.assumeTrue(root, "only root can give files away");
    Files.setOwner(
        monitor,
        parent.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
    try (RunDirectory directory = create()) {
      Path scratch = directory.scratchFiles().create("s0", 1);
      assertThat(Files.getOwner(directory.path())).isEqualTo(Files.getOwner(monitor));
      assertThat(Files.getOwner(scratch)).isEqualTo(Files.getOwner(monitor));
    }
  }

  private RunDirectory create() throws IOException {
    return RunDirectory.create(parent, monitor, (path, size) -> Files.createFile(path), random);
  }

  private List<String> entries() throws IOException {
    try (Stream<Path> files = Files.list(parent)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private Progress progress() {
    return new RecordingProgress(notes, notes);
  }
}
