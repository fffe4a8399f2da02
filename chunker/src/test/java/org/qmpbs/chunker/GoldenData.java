package org.qmpbs.chunker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Files that a real Proxmox Backup Server 4.1.1 and its own client wrote (resource "golden"). */
final class GoldenData {
  /** The chunks that are not encrypted. */
  static final List<String> PLAIN_CHUNKS =
      List.of(
          "52198f04c2cb8a2f4a8f2703b1ed913028e8f2f5745cfbfd1cc5cc2f9e493a7c",
          "65be725f7beac122e5fc09b9f1bc84bd319d4ef3c3ba38a3433a3e67c10f314a",
          "83d90d137d4a9ab3badb238deb86451b81fbeecc6d59097594738bcd5c5f839c",
          "bb9f8df61474d25e71fa00722318cd387396ca1736605e1248821cc0de3d3af8");

  static final List<String> ENCRYPTED_CHUNKS =
      List.of(
          "89ecdc2056b786a209f4dea92acd63244571b12b4cdd23abff084f13e711e256",
          "8a024f8cf25bec364283618e421921ec98e9c92ed97c159b45d0ec163d008006",
          "8d7418236bd607bd6b8cd1c8232bd8930e92ee7d100af3cde6fe33d9b185e51e",
          "dde1f38dc5fa5e8b5741d99444a58f1054e3e668e4dac3cf948d1d3fbc86951c");

  /** Snapshots whose chunks are plain, and the image each is of. */
  static final List<String> PLAIN_SNAPSHOTS = List.of("plain-1", "plain-2", "signed-1", "nested-1");

  static final List<String> ENCRYPTED_SNAPSHOTS = List.of("encrypted-1", "encrypted-2");

  /** The key of the encrypted snapshots, as their {@code rsa-encrypted.key.blob} contains it. */
  static EncryptionKey key() {
    return EncryptionKey.of(
        Base64.getDecoder().decode("NJKAe75aBNhOqTM/o3TA7XO4mhZrMDZawbrnjbugab8="));
  }

  private GoldenData() {}

  static byte[] chunk(String digest) {
    return read("chunks/" + digest);
  }

  static byte[] index(String snapshot) {
    return read(snapshot + "/drive-scsi0.img.fidx");
  }

  /** The image that a snapshot's index is of; its last character numbers it. */
  static byte[] imageOf(String snapshot) {
    try (InputStream packed =
            open("images/disk-" + snapshot.charAt(snapshot.length() - 1) + ".raw.gz");
        InputStream image = new GZIPInputStream(packed)) {
      return image.readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Every file of every snapshot whose name ends in {@code .blob}. */
  static List<Path> blobs() {
    try (Stream<Path> files = Files.walk(root())) {
      return files.filter(file -> file.toString().endsWith(".blob")).sorted().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static String vmConf() {
    return new String(read("images/vm.conf"), UTF_8);
  }

  private static byte[] read(String name) {
    try (InputStream in = open(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static InputStream open(String name) throws IOException {
    return Files.newInputStream(root().resolve(name));
  }

  private static Path root() {
    try {
      return Path.of(GoldenData.class.getResource("/golden").toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
