package org.qmpbs.pbs.key;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.util.io.pem.PemHeader;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;
import org.qmpbs.chunker.CorruptDataException;

/**
 * One PEM block (RFC 7468): the first of the text; anything around it is let pass, as OpenSSL does.
 *
 * @param label between BEGIN and the dashes
 * @param headers of the old kind of encrypted keys (RFC 1421)
 * @param der the content
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Pem(String label, List<Header> headers, byte[] der) {
  /** One line before the content. */
  record Header(String name, String value) {}

  static Pem parse(String what, byte[] text) throws CorruptDataException {
    if (text.length > KeyFile.MAX_BYTES) {
      throw new CorruptDataException(
          what, KeyFile.MAX_BYTES, "expected a key, found more than a key is long");
    }
    PemObject found = read(what, text);
    List<Header> headers = new ArrayList<>();
    for (Object header : found.getHeaders()) {
      headers.add(new Header(((PemHeader) header).getName(), ((PemHeader) header).getValue()));
    }
    return new Pem(found.getType(), List.copyOf(headers), found.getContent());
  }

  private static PemObject read(String what, byte[] text) throws CorruptDataException {
    try (PemReader reader =
        new PemReader(
            new InputStreamReader(
                new java.io.ByteArrayInputStream(text), StandardCharsets.ISO_8859_1))) {
      PemObject found = reader.readPemObject();
      if (found != null) {
        return found;
      }
    } catch (IOException | RuntimeException e) {
      // Said below, without its text: it quotes what it could not read.
    }
    throw new CorruptDataException(what, 0, "expected a PEM block (-----BEGIN …), found none");
  }

  Optional<String> header(String name) {
    return headers.stream().filter(h -> h.name().equals(name)).map(Header::value).findFirst();
  }

  byte[] toText() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PemWriter writer = new PemWriter(new OutputStreamWriter(out, StandardCharsets.US_ASCII))) {
      writer.writeObject(new PemObject(label, der));
    } catch (IOException e) {
      throw new IllegalStateException("an array can always be written", e);
    }
    return out.toByteArray();
  }
}
