package org.qmpbs.pbs;

import java.security.cert.CertificateException;
import java.util.List;

/**
 * How a trust manager tells, through the layers of the TLS library, which certificate it refused.
 */
final class CertificateRefused extends CertificateException {
  private static final long serialVersionUID = 1L;

  private final transient Fingerprint shown;
  private final transient List<Fingerprint> expected;
  private final String reason;

  CertificateRefused(Fingerprint shown, List<Fingerprint> expected, String reason) {
    super(reason);
    this.shown = shown;
    this.expected = expected;
    this.reason = reason;
  }

  CertificateMismatchException explain(Repository repository) {
    StringBuilder message = new StringBuilder("the server ");
    message.append(repository.endpoint()).append(" shows the certificate ").append(shown);
    if (expected.isEmpty()) {
      message
          .append(", which the system's certificate authorities do not vouch for (")
          .append(reason)
          .append(")");
    } else {
      message.append(", expected ");
      for (int i = 0; i < expected.size(); i++) {
        message.append(i == 0 ? "" : " or ").append(expected.get(i));
      }
    }
    message.append("; the connection was dropped before any secret was sent");
    return new CertificateMismatchException(shown, expected, message.toString());
  }
}
