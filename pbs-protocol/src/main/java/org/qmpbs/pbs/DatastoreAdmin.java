package org.qmpbs.pbs;

import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;

/**
 * What is done with a datastore between backups. Each method is one call of the server's REST
 * interface; all of them throw {@link PbsException} if the server refuses, with what that means and
 * what to do, and {@link BadAnswerException} if its answer cannot be used. Thread-safe.
 *
 * <p>A call that changes something and gets no answer may have been carried out.
 */
public interface DatastoreAdmin {
  /** Longest notes in bytes as they are sent; the server refuses forms of 64 KiB. */
  int MAX_NOTES = 60 << 10;

  /** Room, counts, and how the last garbage collection ended. */
  DatastoreUsage usage() throws IOException;

  /** Groups of a namespace by name, without those of namespaces below it. */
  List<GroupInfo> groups(Namespace namespace) throws IOException;

  /**
   * Removes a group with all its snapshots, except protected ones.
   *
   * @throws PbsException {@link ServerProblem#PROTECTED} if there were such; the others are gone
   */
  void forgetGroup(Namespace namespace, BackupGroup group) throws IOException;

  /**
   * Removes, in one group, what is not to be kept.
   *
   * @param keep has to keep something; for the server, nothing would mean everything
   * @param dryRun only answers what it would do
   * @return oldest first
   * @throws IllegalArgumentException if nothing were kept
   */
  List<PruneDecision> prune(
      Namespace namespace, BackupGroup group, KeepOptions keep, boolean dryRun) throws IOException;

  /** Whether a snapshot is kept from pruning and forgetting. */
  boolean isProtected(Namespace namespace, Snapshot snapshot) throws IOException;

  /** Keeps a snapshot from pruning and forgetting, or no longer. */
  void setProtected(Namespace namespace, Snapshot snapshot, boolean isProtected) throws IOException;

  /** Notes of a snapshot, which may have several lines; empty if there are none. */
  String notes(Namespace namespace, Snapshot snapshot) throws IOException;

  /**
   * Replaces the notes of a snapshot.
   *
   * @throws IllegalArgumentException if they are longer than {@link #MAX_NOTES}
   */
  void setNotes(Namespace namespace, Snapshot snapshot, String notes) throws IOException;

  /** Notes of a group, which may have several lines; empty if there are none. */
  String groupNotes(Namespace namespace, BackupGroup group) throws IOException;

  /**
   * Replaces the notes of a group.
   *
   * @throws IllegalArgumentException if they are longer than {@link #MAX_NOTES}
   */
  void setGroupNotes(Namespace namespace, BackupGroup group, String notes) throws IOException;

  /** Hands a group over to another user or token. */
  void changeOwner(Namespace namespace, BackupGroup group, String newOwner) throws IOException;

  /**
   * Namespaces from {@code parent} on, itself included, by name.
   *
   * @param maxDepth how many levels below it; empty for all
   */
  List<Namespace> namespaces(Namespace parent, OptionalInt maxDepth) throws IOException;

  /**
   * Creates a namespace in one that exists; one that exists already is no error.
   *
   * @throws IllegalArgumentException if it is the root
   */
  void createNamespace(Namespace namespace) throws IOException;

  /**
   * Removes a namespace and all empty ones below it.
   *
   * @param deleteGroups removes everything in them first; without that, what is not empty stays
   * @throws PbsException if something stays; what could be removed is gone
   * @throws IllegalArgumentException if it is the root
   */
  void deleteNamespace(Namespace namespace, boolean deleteGroups) throws IOException;

  /** Starts a verification. */
  Upid verify(VerifyRequest request) throws IOException;

  /** Starts a garbage collection. */
  Upid collectGarbage() throws IOException;

  /**
   * Adds the client's log to a finished snapshot, once.
   *
   * @param blob encoded, and encrypted where the snapshot is
   */
  void uploadLog(Namespace namespace, Snapshot snapshot, byte[] blob) throws IOException;
}
