package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qmpbs.chunker.Blob;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.UnsupportedDataException;

class ManifestTest {
  private static byte[] golden(String folder) throws IOException {
    return Blob.decode(Golden.read(folder + "/" + Manifest.NAME), 1 << 20);
  }

  private static byte[] plain() throws IOException {
    return golden("vm/plain/2023-11-14T221320Z");
  }

  @Test
  void everyManifestOfTheRealServerParses() throws Exception {
    for (String folder : Golden.SNAPSHOTS.keySet()) {
      Manifest manifest = Manifest.parse(golden(folder), Golden.SNAPSHOTS.get(folder));
      assertThat(manifest.file("drive-scsi0.img.fidx").orElseThrow().size()).isEqualTo(8_913_408);
    }
  }

  @Test
  void theFieldsAreThoseOfTheDocument() throws Exception {
    Manifest manifest = Manifest.parse(plain(), Golden.PLAIN);
    assertThat(manifest.files())
        .containsExactly(
            new ManifestFile(
                "drive-scsi0.img.fidx",
                CryptMode.NONE,
                8_913_408,
                Digest.parse("7e7a243fd5ac576fbc4ad6ca9ab0b00071d20b773a1d22e150690958398d59f1")),
            new ManifestFile(
                "qemu-server.conf.blob",
                CryptMode.NONE,
                37,
                Digest.parse("84c4e1b3c4f640d3062547e59b9aac20329acccc25ccfd4c5dbbc10f118f7ef6")));
  }

  @Test
  void ourManifestHasTheFieldsOfTheRealOneButForTheServersOwn() throws Exception {
    ObjectNode real = (ObjectNode) Answers.MAPPER.readTree(plain());
    real.putObject("unprotected");
    JsonNode ours = Answers.MAPPER.readTree(Manifest.parse(plain(), Golden.PLAIN).toJson());
    assertThat(ours).isEqualTo(real);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"backup-type\": \"vm\" | \"backup-type\": \"xx\"",
        "\"backup-type\": \"vm\" | \"backup-type\": 1",
        "\"backup-id\": \"plain\" | \"backup-id\": \"../x\"",
        "\"backup-time\": 1700000000 | \"backup-time\": \"1700000000\"",
        "\"backup-time\": 1700000000 | \"backup-time\": 1e40",
        "\"backup-time\": 1700000000 | \"backup-time\": 0",
        "\"backup-time\": 1700000000 | \"backup-time\": 1700000001",
        "\"size\": 37 | \"size\": -37",
        "\"size\": 37 | \"size\": 37.0",
        "\"size\": 37 | \"size\": 37000000000000000000",
        "\"size\": 37 | \"nosize\": 37",
        "\"filename\": \"qemu-server.conf.blob\" | \"filename\": \"../qemu-server.conf.blob\"",
        "\"filename\": \"qemu-server.conf.blob\" | \"filename\": \"drive-scsi0.img.fidx\"",
        "\"filename\": \"qemu-server.conf.blob\" | \"filename\": null",
        "\"csum\": \"84c4 | \"csum\": \"zzc4",
        "\"csum\": \"84c4 | \"csum\": \"84c",
        "\"files\": | \"file\":",
        "\"signature\": | \"files\":",
      })
  void whatIsReliedUponIsChecked(String from, String to) throws Exception {
    String document = new String(plain(), StandardCharsets.UTF_8);
    assertThat(document).contains(from);
    byte[] changed = document.replace(from, to).getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> Manifest.parse(changed, Golden.PLAIN))
        .isInstanceOf(CorruptDataException.class);
  }

  @Test
  void aProtectionOfALaterVersionIsUnsupportedAndNotCorrupt() throws Exception {
    String document =
        new String(plain(), StandardCharsets.UTF_8).replace("\"none\"", "\"quantum\"");
    assertThatThrownBy(
            () -> Manifest.parse(document.getBytes(StandardCharsets.UTF_8), Golden.PLAIN))
        .isInstanceOf(UnsupportedDataException.class)
        .hasMessageContaining("quantum");
  }

  @Test
  void fieldsOfALaterVersionAreLetPass() throws Exception {
    ObjectNode document = (ObjectNode) Answers.MAPPER.readTree(plain());
    document.putObject("later").put("x", 1);
    ((ObjectNode) document.get("files").get(0)).put("later", "x");
    assertThat(Manifest.parse(Answers.MAPPER.writeValueAsBytes(document), Golden.PLAIN).files())
        .hasSize(2);
  }

  @Test
  void aSyntaxErrorSaysWhere() throws Exception {
    assertThatThrownBy(
            () -> Manifest.parse("{\"a\":x}".getBytes(StandardCharsets.UTF_8), Golden.PLAIN))
        .isInstanceOfSatisfying(
            CorruptDataException.class, e -> assertThat(e.offset()).isBetween(4L, 7L));
  }

  @Test
  void whatIsWrittenReadsBackForManyFiles() throws Exception {
    List<ManifestFile> files = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      CryptMode mode = CryptMode.values()[i % 3];
      byte[] seed = {(byte) i, (byte) (i >> 8)};
      files.add(new ManifestFile("f" + i + ".blob", mode, i * 1_000_000_007L, Digest.sha256(seed)));
    }
    Manifest manifest = new Manifest(Golden.PLAIN, files);
    assertThat(Manifest.parse(manifest.toJson(), Golden.PLAIN)).isEqualTo(manifest);
  }

  @Test
  void notesStandWhereTheServerLooksForThem() throws Exception {
    Manifest manifest = new Manifest(Golden.PLAIN, List.of(), "not a backup");
    assertThat(new String(manifest.toJson(), java.nio.charset.StandardCharsets.UTF_8))
        .contains("\"unprotected\":{\"notes\":\"not a backup\"}");
    assertThat(Manifest.parse(manifest.toJson(), Golden.PLAIN).notes()).isEmpty();
  }

  @FuzzTest
  void anyBytesGiveAManifestOrASaidReason(byte[] bytes) {
    try {
      Manifest manifest = Manifest.parse(bytes, Golden.PLAIN);
      assertThat(manifest.snapshot()).isEqualTo(Golden.PLAIN);
      assertThat(Manifest.parse(manifest.toJson(), Golden.PLAIN)).isEqualTo(manifest);
    } catch (CorruptDataException | UnsupportedDataException e) {
      assertThat(e).hasMessageContaining("manifest");
    }
  }
}
