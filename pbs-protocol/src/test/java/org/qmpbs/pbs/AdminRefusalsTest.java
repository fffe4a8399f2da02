package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdminRefusalsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "forget | 400 | failed to delete snapshot - \"cannot remove protected snapshot\" | PROTECTED | protected update",
        "forget | 403 | permission check failed. | PERMISSION | DatastorePowerUser",
        "forget group | 400 | group only partially deleted due to protected snapshots | PROTECTED | everything else is gone",
        "forget group | 400 | backup owner check failed (a@pbs != b@pbs) | PERMISSION | qmpbs change-owner",
        "prune | 403 | missing permissions 'Datastore.Modify' on '/datastore/a' | PERMISSION | Datastore.Prune",
        "prune | 400 | parameter verification failed - 'keep-last': value must have a minimum value of 1 | OTHER | Correct it",
        "prune | 401 | permission check failed. | LOGIN | secret",
        "protected | 400 | snapshot vm/a/2023-11-14T22:13:20Z does not exist! | NOT_FOUND | qmpbs snapshots",
        "notes | 400 | unable to update manifest blob - unable to load blob '\"/x\"' - No such file or directory (os error 2) | NOT_FOUND | not finished",
        "notes | 400 | unable to load blob '\"/x\"' - No such file or directory (os error 2) | NOT_FOUND | not finished",
        "notes | 400 | Request body too large | OTHER | Correct it",
        "change-owner | 401 | a@pbs!t does not have permission to change owner of backup group 'vm/a' to b@pbs | PERMISSION | administrator",
        "change-owner | 401 | authentication failed - invalid credentials | LOGIN | secret",
        "change-owner | 400 | user 'b@pbs' is inactive or non-existent | NOT_FOUND | b@pbs",
        "groups | 400 | ENOENT: No such file or directory | NOT_FOUND | namespace list",
        "create namespace | 400 | cannot create new namespace, parent a/b doesn't already exists | NOT_FOUND | namespace create a/b",
        "create namespace | 403 | permission check failed | PERMISSION | DatastoreAdmin",
        "delete namespace | 400 | only partially deleted due to existing groups but `delete-groups` not true  | OTHER | --delete-groups",
        "delete namespace | 400 | group only partially deleted due to protected snapshots | PROTECTED | protected update",
        "verify | 403 | missing permissions 'Datastore.Verify' on '/datastore/a' | PERMISSION | Datastore.Verify",
        "gc | 400 | garbage collection already running | LOCKED | has ended",
        "upload-backup-log | 400 | backup already contains a log. | EXISTS | one log",
        "task log | 400 | ENOENT: No such file or directory | NOT_FOUND | task list --all",
        "task status | 400 | task access not allowed | PERMISSION | Sys.Audit",
        "task stop | 403 | permission check failed | PERMISSION | Sys.Modify",
        "tasks | 503 | busy | NOT_READY | later",
        "session | 400 | unable to acquire lock on backup group \"x\" - possible running backup | LOCKED | qmpbs task list",
      })
  void everyKnownTextHasItsMeaning(
      String call, int status, String text, ServerProblem problem, String remedy) {
    PbsException refused = Refusals.refused(call, status, text);
    assertThat(refused.problem()).isEqualTo(problem);
    assertThat(refused.serverText()).isEqualTo(text);
    assertThat(refused.remedy()).contains(remedy).doesNotContain("$", "proxmox-backup-client");
  }
}
