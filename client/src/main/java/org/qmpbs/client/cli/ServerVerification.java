package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.qmpbs.client.lookup.SnapshotPath;
import org.qmpbs.client.lookup.SnapshotResolver;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Listing;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.task.TaskFailedException;
import org.qmpbs.client.task.TaskFollower;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.SnapshotInfo;
import org.qmpbs.pbs.TaskStatus;
import org.qmpbs.pbs.Upid;
import org.qmpbs.pbs.VerifyRequest;

/**
 * A verification that the server made, followed to its end. A task that found damage and one that
 * could not be done fail with like words; what the server recorded for the snapshot tells them
 * apart, if it is this task that recorded it.
 *
 * @param snapshot that was verified
 * @param status how the task ended
 * @param isDamaged what it found
 */
record ServerVerification(Snapshot snapshot, TaskStatus status, boolean isDamaged)
    implements Listing {
  static ServerVerification follow(
      PbsServer pbs, Namespace namespace, SnapshotPath path, Output out) throws IOException {
    SnapshotResolver snapshots = new SnapshotResolver(pbs, namespace);
    Snapshot snapshot = snapshots.resolve(path).snapshot();
    Upid upid = pbs.administration().verify(VerifyRequest.of(namespace, snapshot));
    out.note(
        "the server verifies " + snapshot + " as task " + upid + "; it goes on if this one ends");
    TaskStatus status = new TaskFollower(pbs.tasks()).follow(upid, line -> out.line(line.text()));
    SnapshotInfo after =
        snapshots.resolve(new SnapshotPath(snapshot.group(), Optional.of(snapshot)));
    boolean isOfThisTask = upid.text().equals(after.verifyUpid());
    if (isOfThisTask && after.failedVerification()) {
      return new ServerVerification(snapshot, status, true);
    }
    TaskFailedException.requireDone(status);
    if (!isOfThisTask) {
      out.warn("the task has ended well, but the server has recorded nothing for the snapshot");
    }
    return new ServerVerification(snapshot, status, false);
  }

  @Override
  public ExitCode exitCode() {
    return isDamaged ? ExitCode.DAMAGED : ExitCode.DONE;
  }

  @Override
  public List<String> text() {
    if (!isDamaged) {
      return List.of("verified by the server: " + snapshot);
    }
    return List.of(
        "DAMAGED: " + snapshot,
        "what to do: make a backup now. It builds on nothing that failed verification, reads the"
            + " disks in full and sends again what the server has set aside. Restore from a"
            + " snapshot that is whole.");
  }

  @Override
  public String done() {
    return "The verification was done; its exit code would have been " + exitCode().code() + ".";
  }

  @Override
  public void describe(ObjectNode node) {
    node.put("snapshot", snapshot.toString());
    Rows.name(node, snapshot);
    node.put("where", "server").put("damaged", isDamaged).put("upid", status.upid().text());
    status.exitStatus().ifPresent(text -> node.put("exitstatus", text));
  }
}
