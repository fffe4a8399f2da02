package org.qmpbs.pbs;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A trust manager with one question: is this chain good? It is an <em>extended</em> one because the
 * platform adds checks of its own (key sizes, signature algorithms) to plain ones, and a pin is
 * meant to be the only check.
 */
abstract class LeafTrustManager extends X509ExtendedTrustManager {
  private final AtomicReference<@Nullable Fingerprint> accepted = new AtomicReference<>();

  abstract void checkServer(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException;

  @Override
  public final void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServer(chain, authType, socket);
    accepted.set(Fingerprint.of(chain[0]));
  }

  /** The last certificate that was found good. */
  Optional<Fingerprint> accepted() {
    return Optional.ofNullable(accepted.get());
  }

  @Override
  public final void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw socketsOnly();
  }

  @Override
  public final void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw socketsOnly();
  }

  @Override
  public final void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw socketsOnly();
  }

  @Override
  public final void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw socketsOnly();
  }

  @Override
  public final void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw socketsOnly();
  }

  /** Every connection of ours is a client's SSLSocket; anything else has to fail closed. */
  private static CertificateException socketsOnly() {
    return new CertificateException("only servers at the end of a socket are ever checked here");
  }
}
