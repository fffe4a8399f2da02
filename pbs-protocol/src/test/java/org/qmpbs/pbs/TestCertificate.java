package org.qmpbs.pbs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Self-signed certificates of fresh keys, made by the JDK's keytool: one for "localhost" only. */
final class TestCertificate {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final String KEY = "-keyalg EC -groupname secp256r1";

  static final TestCertificate LOCALHOST = create("CN=localhost", "dns:localhost");
  static final TestCertificate OTHER = create("CN=other", "dns:localhost");

  private final KeyStore keys;

  private TestCertificate(KeyStore keys) {
    this.keys = keys;
  }

  private static TestCertificate create(String subject, String alternativeName) {
    return inFolder(
        file ->
            keytool(
                file,
                "-genkeypair -alias server "
                    + KEY
                    + " -validity 2 -dname "
                    + subject
                    + " -ext san="
                    + alternativeName));
  }

  /** For "localhost" and expired, of an authority that has not; the alias of the latter is "ca". */
  static TestCertificate expiredOfAnAuthority() {
    return inFolder(
        file -> {
          Path request = file.resolveSibling("request");
          Path signed = file.resolveSibling("signed");
          keytool(file, "-genkeypair -alias ca " + KEY + " -dname CN=authority -ext bc=ca:true");
          keytool(file, "-genkeypair -alias server " + KEY + " -dname CN=localhost");
          keytool(file, "-certreq -alias server -file " + request);
          keytool(
              file,
              "-gencert -alias ca -startdate -10d -validity 2 -ext san=dns:localhost -infile "
                  + request
                  + " -outfile "
                  + signed);
          keytool(file, "-importcert -noprompt -alias server -file " + signed);
          Files.delete(request);
          Files.delete(signed);
        });
  }

  private interface Making {
    void in(Path file) throws IOException, InterruptedException;
  }

  private static TestCertificate inFolder(Making making) {
    try {
      Path folder = Files.createTempDirectory("qmpbs-pbs-cert");
      Path file = folder.resolve("keys.p12");
      making.in(file);
      KeyStore keys = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(file)) {
        keys.load(in, PASSWORD);
      }
      Files.delete(file);
      Files.delete(folder);
      return new TestCertificate(keys);
    } catch (IOException | GeneralSecurityException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs the JDK's keytool; {@code line} is split at blanks. */
  private static void keytool(Path file, String line) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of((line + " -storetype PKCS12 -storepass changeit -keystore").split(" ")));
    command.add(file.toString());
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IllegalStateException("keytool: " + output);
    }
  }

  Fingerprint fingerprint() throws GeneralSecurityException {
    return Fingerprint.of(certificate());
  }

  X509Certificate certificate() throws GeneralSecurityException {
    return (X509Certificate) keys.getCertificate("server");
  }

  /** A key store whose only authority is the one that signed this certificate. */
  KeyStore asAuthority() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry(
        "authority", keys.getCertificate(keys.containsAlias("ca") ? "ca" : "server"));
    return store;
  }

  SSLContext serverContext() throws GeneralSecurityException {
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }
}
