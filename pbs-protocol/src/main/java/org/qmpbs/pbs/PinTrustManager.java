package org.qmpbs.pbs;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Accepts exactly the leaf certificates whose SHA-256 is pinned, whatever their name, issuer or
 * date say: a fresh Proxmox Backup Server has a self-signed one.
 */
final class PinTrustManager extends LeafTrustManager {
  private final List<Fingerprint> pins;

  PinTrustManager(List<Fingerprint> pins) {
    this.pins = pins;
  }

  @Override
  void checkServer(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    Fingerprint shown = Fingerprint.of(chain[0]);
    boolean match = false;
    for (Fingerprint pin : pins) {
      match |= pin.equals(shown);
    }
    if (!match) {
      throw new CertificateRefused(shown, pins, "which is not pinned");
    }
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
