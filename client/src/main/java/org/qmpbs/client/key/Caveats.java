package org.qmpbs.client.key;

import java.util.Optional;
import org.qmpbs.chunker.KeyFingerprint;
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
    Optional<KeyFingerprint> signer = manifest.voucher().key();
    if (key.key().isPresent() && signer.isPresent()) {
      progress.warn(
          "snapshot "
              + manifest.snapshot()
              + " is signed with key "
              + signer.get().shortForm()
              + "; it is read all the same, because the default key "
              + key.key().get().fingerprint().shortForm()
              + " is another one and nothing in it is encrypted: nothing vouches for it"
              + " (--keyfile demands a signature)");
    } else if (key.key().isPresent()) {
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
              + signer.map(by -> " with key " + by.shortForm()).orElse("")
              + ", but no key was given to prove that: nothing vouches for it");
    }
  }
}
