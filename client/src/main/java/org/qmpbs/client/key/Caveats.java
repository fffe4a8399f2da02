package org.qmpbs.client.key;

import org.qmpbs.client.progress.Progress;
import org.qmpbs.pbs.CryptMode;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.ReadKey;
import org.qmpbs.pbs.Voucher;

/** What a user has to know of a snapshot that is read without a proven signature. */
public final class Caveats {
  private Caveats() {}

  /** Says it, if there is anything. */
  public static void tell(Manifest manifest, ReadKey key, Progress progress) {
    if (manifest.voucher().state() == Voucher.State.PROVEN) {
      return;
    }
    if (key.key().isPresent()) {
      progress.warn(
          "snapshot "
              + manifest.snapshot()
              + " is not signed; it is read all the same, because the key is only the default one:"
              + " nothing proves that it is what was backed up (--keyfile demands a signature)");
    } else if (manifest.files().stream().anyMatch(file -> file.cryptMode() != CryptMode.NONE)) {
      progress.note(
          "snapshot "
              + manifest.snapshot()
              + " is signed"
              + manifest.voucher().key().map(by -> " with key " + by.shortForm()).orElse("")
              + ", but no key was given to prove that: nothing vouches for it");
    }
  }
}
