package org.qmpbs.client.lookup;

import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.SnapshotInfo;

/**
 * Tells a checkpoint of a first upload from a backup. To the server both are finished snapshots; a
 * checkpoint has a file that no backup has, which the server's lists show, and which the manifest
 * covers. Neither notes nor names of archives decide: others may change those.
 */
public final class UnfinishedUpload {
  /** The file that makes it one. */
  public static final String RECORD_NAME = "qmpbs-unfinished.json.blob";

  private UnfinishedUpload() {}

  /** By the server's list. */
  public static boolean is(SnapshotInfo info) {
    return info.file(RECORD_NAME).isPresent() && FinishedSnapshots.isFinished(info);
  }

  /** By its own manifest. */
  public static boolean is(Manifest manifest) {
    return manifest.file(RECORD_NAME).isPresent();
  }
}
