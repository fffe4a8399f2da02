package org.qmpbs.e2e;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** What an administrator does on the server's web page: calls that the product does not make. */
final class RestClient {
  private final HttpClient http;
  private final String base;
  private final String authorization;

  /** Reads {@code PBS_REPOSITORY}, {@code PBS_PASSWORD} and {@code PBS_FINGERPRINT}. */
  RestClient(Map<String, String> environment) {
    org.qmpbs.pbs.Repository repository =
        org.qmpbs.pbs.Repository.parse(environment.get("PBS_REPOSITORY"));
    base =
        "https://%s:%d/api2/json/admin/datastore/%s/"
            .formatted(repository.host(), repository.port(), repository.datastore());
    authorization = "PBSAPIToken " + repository.authId() + ":" + environment.get("PBS_PASSWORD");
    http = HttpClient.newBuilder().sslContext(trusting(environment.get("PBS_FINGERPRINT"))).build();
  }

  /** Removes a snapshot, {@code type/id/time}. */
  void forget(String snapshot) {
    String[] parts = snapshot.split("/", -1);
    long time = java.time.Instant.parse(parts[2]).getEpochSecond();
    URI uri =
        URI.create(
            base
                + "snapshots?backup-type=%s&backup-id=%s&backup-time=%d"
                    .formatted(parts[0], parts[1], time));
    HttpRequest request =
        HttpRequest.newBuilder(uri).DELETE().header("Authorization", authorization).build();
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IllegalStateException(
            "forget " + snapshot + ": " + response.statusCode() + " " + response.body());
      }
    } catch (IOException problem) {
      throw new java.io.UncheckedIOException(problem);
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupt);
    }
  }

  private static SSLContext trusting(String fingerprint) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Pinned(fingerprint)}, null);
      return context;
    } catch (GeneralSecurityException problem) {
      throw new IllegalStateException(problem);
    }
  }

  /** Trusts one certificate, whatever name it carries. */
  private static final class Pinned extends X509ExtendedTrustManager {
    private final String fingerprint;

    Pinned(String fingerprint) {
      this.fingerprint = fingerprint.replace(":", "").toLowerCase(Locale.ROOT);
    }

    private void check(X509Certificate leaf) throws CertificateException {
      try {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(leaf.getEncoded());
        if (!HexFormat.of().formatHex(digest).equals(fingerprint)) {
          throw new CertificateException("not the expected certificate");
        }
      } catch (GeneralSecurityException problem) {
        throw new CertificateException(problem);
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain[0]);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain[0]);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain[0]);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("this is no server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      throw new CertificateException("this is no server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("this is no server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
