package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "session | 400 | backup directory already exists. | CLOCK",
        "session | 400 | backup timestamp is older than last backup. | CLOCK",
        "session | 400 | backup owner check failed (a@pbs != b@pbs) | PERMISSION",
        "session | 404 | namespace not found | NOT_FOUND",
        "session | 400 | read-only maintenance mode: moving | UNAVAILABLE",
        "session | 400 | while locking last snapshot during backup '..' | LOCKED",
        "session | 400 | base snapshot is already locked by another operation | LOCKED",
        "session | 400 | unable to acquire lock on backup group \"x\" - possible running backup | LOCKED",
        "forget | 400 | failed to delete snapshot - \"while destroying snapshot '..'\" | LOCKED",
        "forget | 400 | unable to acquire lock on snapshot directory \"x\" - possibly running or in use | LOCKED",
        "session | 400 | datastore is being deleted | UNAVAILABLE",
        "session | 400 | datastore 'a' is in offline maintenance mode: disk | UNAVAILABLE",
        "session | 400 | parameter verification failed - 'backup-id': value does not match | PROTOCOL",
        "previous | 400 | no valid previous backup | NO_BASE",
        "previous | 400 | Unable to open fixed index \"/x\" - No such file or directory (os error 2) | NOT_FOUND",
        "fixed_index | 400 | cannot reuse index - no valid previous backup exists | NO_BASE",
        "fixed_index | 400 | cannot reuse index - no previous backup exists for archive | NO_BASE",
        "fixed_index | 400 | expected csum (a) doesn't match last backup's (b), cannot do incremental backup | NO_BASE",
        "fixed_index | 400 | clone_data_from failed - index sizes not equal | NO_BASE",
        "fixed_index | 400 | unable to create \"x\" - EINVAL: Invalid argument | STORAGE",
        "fixed_chunk | 400 | update atime failed for chunk/file \"x\" - EPERM | STORAGE",
        "fixed_chunk | 400 | inserting chunk failed: No space left on device (os error 28) | STORAGE",
        "fixed_chunk | 400 | detected chunk with wrong digest. | PROTOCOL",
        "fixed_chunk | 400 | fixed writer '99' not registered | PROTOCOL",
        "fixed_index | 400 | no such chunk 00 | PROTOCOL",
        "fixed_close | 400 | fixed writer 'a' close failed - got unexpected checksum | PROTOCOL",
        "blob | 400 | Data blob has wrong CRC checksum. | PROTOCOL",
        "finish | 400 | found open index writer - unable to finish backup | PROTOCOL",
        "finish | 400 | backup does not contain valid files (file count == 0) | PROTOCOL",
        "finish | 400 | unable to update manifest blob - unable to load blob '\"x\"' - No such file or directory (os error 2) | PROTOCOL",
        "finish | 400 | base snapshot vm/a/b was removed during backup, cannot finish | BASE_REMOVED",
        "nosuch | 404 | Path '/nosuch' not found. | PROTOCOL",
        "download | 404 | open file \"x\" failed - not found | NOT_FOUND",
        "chunk | 401 | download chunk 00 not allowed | PROTOCOL",
        "status | 502 | Bad Gateway | NOT_READY",
      })
  void everyKnownTextHasItsMeaning(String call, int status, String text, ServerProblem problem) {
    PbsException refused = Refusals.refused(call, status, text);
    assertThat(refused.problem()).isEqualTo(problem);
    assertThat(refused.serverText()).isEqualTo(text);
    assertThat(refused.remedy()).isNotBlank().doesNotContain("$");
  }

  @Test
  void aForeignGroupNamesItsOwnerAndTheWayToTakeItOver() {
    PbsException refused =
        Refusals.refused("session", 400, "backup owner check failed (me@pbs!job != root@pam)");
    assertThat(refused.remedy())
        .contains("belongs to root@pam, we are me@pbs!job")
        .contains("change-owner GROUP 'me@pbs!job'");
  }

  @Test
  void aListOfANamespaceThatIsMissingSaysHowToMakeIt() {
    PbsException refused = Refusals.refused("snapshots", 400, "ENOENT: No such file or directory");
    assertThat(refused.problem()).isEqualTo(ServerProblem.NOT_FOUND);
    assertThat(refused.remedy()).contains("--ns", "namespace create");
  }

  @Test
  void aMissingRightIsNamed() {
    assertThat(
            Refusals.refused("session", 403, "missing permissions 'Datastore.Backup' on '/x'")
                .remedy())
        .contains("Datastore.Backup");
  }

  @Test
  void aWebPageOfAProxyDoesNotFloodTheMessage() {
    PbsException refused = Refusals.refused("version", 502, "<html>\r\n" + "x".repeat(10_000));
    assertThat(refused.getMessage()).hasSizeLessThan(1100).doesNotContain("\n");
    assertThat(refused.serverText()).hasSize(10_008);
  }
}
