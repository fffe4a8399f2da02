package org.qmpbs.pbs;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The platform's own check against certificate authorities, host name included; adds the
 * fingerprint to a refusal, so that the user can pin it.
 */
final class AuthorityTrustManager extends LeafTrustManager {
  private final X509ExtendedTrustManager platform;

  AuthorityTrustManager(X509ExtendedTrustManager platform) {
    this.platform = platform;
  }

  @Override
  void checkServer(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    try {
      // The host name is compared in here, because TrustedSockets asks for it on every socket.
      platform.checkServerTrusted(chain, authType, socket);
    } catch (CertificateException e) {
      CertificateRefused refused =
          new CertificateRefused(
              Fingerprint.of(chain[0]), List.of(), String.valueOf(e.getMessage()));
      refused.initCause(e);
      throw refused;
    }
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return platform.getAcceptedIssuers();
  }
}
