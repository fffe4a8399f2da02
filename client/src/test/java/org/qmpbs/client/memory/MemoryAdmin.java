package org.qmpbs.client.memory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.qmpbs.pbs.BackupGroup;
import org.qmpbs.pbs.DatastoreAdmin;
import org.qmpbs.pbs.DatastoreStatus;
import org.qmpbs.pbs.DatastoreUsage;
import org.qmpbs.pbs.GroupInfo;
import org.qmpbs.pbs.KeepOptions;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PruneDecision;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.Upid;
import org.qmpbs.pbs.VerifyRequest;

/** Answers what a test says, and keeps what it was told to do, in order. */
public final class MemoryAdmin implements DatastoreAdmin {
  public static final Upid UPID =
      new Upid("UPID:pbs:00000D12:0001C3DB:00000009:6B015B70:garbage_collection:store1:root@pam:");

  /** What was changed. */
  public final List<String> calls = new ArrayList<>();

  public List<GroupInfo> groups = List.of();
  public List<Namespace> namespaces = List.of();
  public List<PruneDecision> decisions = List.of();

  /** Happens at a prune that is none of the dry kind. */
  public Runnable pruned = () -> {};

  public DatastoreUsage usage =
      new DatastoreUsage(new DatastoreStatus(1000, 250, 750), Map.of(), Optional.empty());
  public String notes = "";

  /** The log that was stored last. */
  public byte @Nullable [] log;

  /** Thrown by everything that changes something. */
  public @Nullable IOException refusal;

  private void change(String call) throws IOException {
    if (refusal != null) {
      throw refusal;
    }
    calls.add(call);
  }

  private static String in(Namespace namespace) {
    return namespace.isRoot() ? "" : " in " + namespace;
  }

  @Override
  public DatastoreUsage usage() {
    return usage;
  }

  @Override
  public List<GroupInfo> groups(Namespace namespace) {
    return groups;
  }

  @Override
  public void forgetGroup(Namespace namespace, BackupGroup group) throws IOException {
    change("forget group " + group + in(namespace));
  }

  @Override
  public List<PruneDecision> prune(
      Namespace namespace, BackupGroup group, KeepOptions keep, boolean dryRun) throws IOException {
    change((dryRun ? "would prune " : "prune ") + group + in(namespace) + " " + keep);
    if (!dryRun) {
      pruned.run();
    }
    return decisions;
  }

  @Override
  public boolean isProtected(Namespace namespace, Snapshot snapshot) {
    return false;
  }

  @Override
  public void setProtected(Namespace namespace, Snapshot snapshot, boolean isProtected)
      throws IOException {
    change((isProtected ? "protect " : "unprotect ") + snapshot + in(namespace));
  }

  @Override
  public String notes(Namespace namespace, Snapshot snapshot) {
    return notes;
  }

  @Override
  public void setNotes(Namespace namespace, Snapshot snapshot, String notes) throws IOException {
    if (notes.length() > MAX_NOTES) {
      throw new IllegalArgumentException("the notes are too long");
    }
    change("notes of " + snapshot + in(namespace) + ": " + notes);
  }

  @Override
  public String groupNotes(Namespace namespace, BackupGroup group) {
    return notes;
  }

  @Override
  public void setGroupNotes(Namespace namespace, BackupGroup group, String notes)
      throws IOException {
    change("notes of " + group + in(namespace) + ": " + notes);
  }

  @Override
  public void changeOwner(Namespace namespace, BackupGroup group, String newOwner)
      throws IOException {
    change(group + in(namespace) + " to " + newOwner);
  }

  @Override
  public List<Namespace> namespaces(Namespace parent, OptionalInt maxDepth) {
    calls.add("namespaces of '" + parent + "', " + maxDepth);
    return namespaces;
  }

  @Override
  public void createNamespace(Namespace namespace) throws IOException {
    change("create " + namespace);
  }

  @Override
  public void deleteNamespace(Namespace namespace, boolean deleteGroups) throws IOException {
    change("delete " + namespace + (deleteGroups ? " with groups" : ""));
  }

  @Override
  public Upid verify(VerifyRequest request) throws IOException {
    change("verify " + request);
    return UPID;
  }

  @Override
  public Upid collectGarbage() throws IOException {
    change("collect garbage");
    return UPID;
  }

  @Override
  public void uploadLog(Namespace namespace, Snapshot snapshot, byte[] blob) throws IOException {
    change("log of " + snapshot + in(namespace));
    log = blob;
  }
}
