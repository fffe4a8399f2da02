package org.qmpbs.client.cli;

import org.qmpbs.client.restore.Aftermath;

/** What a failed restore means, in words. */
final class RestoreConsequence {
  private RestoreConsequence() {}

  static String of(Aftermath aftermath) {
    return switch (aftermath) {
      case NOTHING_WRITTEN -> "Nothing was written; the backup is not affected.";
      case PARTIAL_REMOVED ->
          "What had been written was removed, the target is as it was before; the backup is not"
              + " affected.";
      case PARTIAL_LEFT ->
          "The target is as it was before, but a file with 'qmpbs-partial' in its name was left"
              + " beside it; the backup is not affected.";
      case DEVICE_INCOMPLETE ->
          "The device holds an incomplete image and must not be used; the backup is not affected.";
      case STREAM_INCOMPLETE ->
          "What came out of standard output is incomplete and must not be used; the backup is not"
              + " affected.";
      case PARTLY_PUBLISHED ->
          "Some targets are complete and have their names, the others are as they were before; the"
              + " backup is not affected.";
    };
  }
}
