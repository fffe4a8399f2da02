package org.qmpbs.client.cli;

import org.qmpbs.machine.BitmapChange;
import org.qmpbs.qcow2.bitmap.BitmapAction;

/** The same action in the words of a running machine. */
final class LiveChange {
  private LiveChange() {}

  static BitmapChange of(BitmapAction action) {
    if (action instanceof BitmapAction.Add add) {
      return new BitmapChange.Add(add.granularity());
    }
    if (action instanceof BitmapAction.Merge merge) {
      return new BitmapChange.Merge(merge.source().toString());
    }
    if (action instanceof BitmapAction.Remove) {
      return new BitmapChange.Remove();
    }
    if (action instanceof BitmapAction.Clear) {
      return new BitmapChange.Clear();
    }
    return action instanceof BitmapAction.Enable
        ? new BitmapChange.Enable()
        : new BitmapChange.Disable();
  }
}
