package org.qmpbs.pbs;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Which server is the right one. Decided inside the TLS handshake, so that nothing, and no secret
 * in particular, can be written to a wrong one.
 */
final class Trust {
  private final LeafTrustManager manager;
  private final TrustedSockets sockets;

  private Trust(LeafTrustManager manager, boolean checkHostName) {
    this.manager = manager;
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {manager}, null);
      this.sockets = new TrustedSockets(context.getSocketFactory(), checkHostName);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot do TLS", e);
    }
  }

  /** Pins if there are any, else the system's certificate authorities with the host name. */
  static Trust of(List<Fingerprint> pins) {
    return pins.isEmpty() ? authorities(null) : new Trust(new PinTrustManager(pins), false);
  }

  /** The authorities in {@code store}, or the system's. */
  static Trust authorities(@Nullable KeyStore store) {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      for (TrustManager candidate : factory.getTrustManagers()) {
        if (candidate instanceof X509ExtendedTrustManager platform) {
          return new Trust(new AuthorityTrustManager(platform), true);
        }
      }
      throw new IllegalStateException("this Java has no X.509 trust manager");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the system's certificate authorities cannot be read", e);
    }
  }

  X509TrustManager manager() {
    return manager;
  }

  /** The certificate of the last handshake that came about. */
  Optional<Fingerprint> accepted() {
    return manager.accepted();
  }

  TrustedSockets sockets() {
    return sockets;
  }
}
