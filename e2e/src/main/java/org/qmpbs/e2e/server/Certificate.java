package org.qmpbs.e2e.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The server's self-signed certificate, made once and kept in its folder: a client that pinned the
 * fingerprint finds the same one after a restart.
 */
record Certificate(PrivateKey key, X509Certificate certificate) {
  private static final String KEY_FILE = "server-key.pem";
  private static final String CERTIFICATE_FILE = "server-cert.pem";
  private static final Duration BEFORE = Duration.ofDays(1);
  private static final Duration AFTER = Duration.ofDays(3650);

  static Certificate loadOrCreate(Path folder, Clock clock) throws IOException {
    try {
      if (!Files.exists(folder.resolve(CERTIFICATE_FILE))) {
        create(folder, clock);
      }
      return load(folder);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("cannot use the certificate in " + folder + ": " + e.getMessage(), e);
    }
  }

  /** SHA-256 of the DER certificate, as clients pin it. */
  String fingerprint() throws IOException {
    try {
      byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return HexFormat.ofDelimiter(":").formatHex(sha256);
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot digest the certificate", e);
    }
  }

  private static Certificate load(Path folder) throws IOException, GeneralSecurityException {
    byte[] key = unwrap(Files.readString(folder.resolve(KEY_FILE)));
    byte[] certificate = unwrap(Files.readString(folder.resolve(CERTIFICATE_FILE)));
    return new Certificate(
        KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)),
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(certificate)));
  }

  /** The certificate is written last: with it everything is there. */
  private static void create(Path folder, Clock clock)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair keys = generator.generateKeyPair();
    X500Name name = new X500Name("CN=qmpbs embedded server");
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.valueOf(clock.millis()),
            Date.from(clock.instant().minus(BEFORE)),
            Date.from(clock.instant().plus(AFTER)),
            name,
            keys.getPublic());
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(
            new GeneralName[] {
              new GeneralName(GeneralName.dNSName, "localhost"),
              new GeneralName(GeneralName.iPAddress, "127.0.0.1")
            }));
    X509Certificate certificate =
        new JcaX509CertificateConverter()
            .getCertificate(
                builder.build(
                    new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    Path keyFile = folder.resolve(KEY_FILE);
    Files.deleteIfExists(keyFile);
    Files.createFile(
        keyFile,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(keyFile, wrap("PRIVATE KEY", keys.getPrivate().getEncoded()));
    AtomicFiles.replace(
        folder.resolve(CERTIFICATE_FILE),
        wrap("CERTIFICATE", certificate.getEncoded()).getBytes(StandardCharsets.US_ASCII),
        true);
  }

  private static String wrap(String what, byte[] der) {
    Base64.Encoder encoder = Base64.getMimeEncoder(64, new byte[] {'\n'});
    return "-----BEGIN "
        + what
        + "-----\n"
        + encoder.encodeToString(der)
        + "\n-----END "
        + what
        + "-----\n";
  }

  private static byte[] unwrap(String pem) {
    return Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
  }
}
