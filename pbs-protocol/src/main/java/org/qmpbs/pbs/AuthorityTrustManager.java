package org.qmpbs.pbs;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
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
          new CertificateRefused(Fingerprint.of(chain[0]), List.of(), reason(chain, e));
      refused.initCause(e);
      throw refused;
    }
  }

  /** The platform says of a date no more than that a path "does not validate". */
  private static String reason(X509Certificate[] chain, CertificateException refusal) {
    for (int i = 0; i < chain.length; i++) {
      X509Certificate certificate = chain[i];
      String whose = i == 0 ? "which" : "whose issuer's certificate";
      try {
        certificate.checkValidity();
      } catch (CertificateExpiredException e) {
        return whose + " expired at " + certificate.getNotAfter().toInstant();
      } catch (CertificateNotYetValidException e) {
        return whose + " is not valid before " + certificate.getNotBefore().toInstant();
      }
    }
    return "which the system's certificate authorities do not vouch for ("
        + refusal.getMessage()
        + ")";
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return platform.getAcceptedIssuers();
  }
}
