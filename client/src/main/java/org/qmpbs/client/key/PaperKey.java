package org.qmpbs.client.key;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nayuki.qrcodegen.QrCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.qmpbs.pbs.key.KeyFile;
import org.qmpbs.pbs.key.MasterPrivateKey;

/**
 * A key to print: as text to type and as QR code to scan, in the form of the official client. An
 * encryption key fits one code; a private master key is cut into blocks of numbered lines, one code
 * each. What is scanned is the file again.
 */
public final class PaperKey {
  /** Lines of a master key on one page: as much as one code holds and a camera still reads. */
  private static final int HTML_BLOCK = 20;

  private static final int TEXT_BLOCK = 5;

  private final List<String> lines;
  private final boolean master;

  private PaperKey(List<String> lines, boolean master) {
    this.lines = List.copyOf(lines);
    this.master = master;
  }

  /**
   * Takes the content of a key file or of a private master key.
   *
   * @throws IOException if it is neither
   */
  public static PaperKey of(byte[] file) throws IOException {
    String text = new String(file, UTF_8);
    if (text.startsWith("-----BEGIN")) {
      // Checks that it is a private key at all.
      MasterPrivateKey.needsPassphrase(file);
      return new PaperKey(text.lines().map(String::strip).filter(l -> !l.isEmpty()).toList(), true);
    }
    try (KeyFile key = KeyFile.parse(file)) {
      ObjectMapper mapper = new ObjectMapper();
      String pretty =
          mapper
              .writerWithDefaultPrettyPrinter()
              .writeValueAsString(mapper.readTree(key.toJson()))
              .replace("\" : ", "\": ");
      return new PaperKey(pretty.lines().toList(), false);
    }
  }

  /** For a terminal or a line printer. */
  public String text(Optional<String> subject) {
    StringBuilder out = new StringBuilder();
    subject.ifPresent(text -> out.append("Subject: ").append(text).append("\n\n"));
    int number = 0;
    for (List<String> block : blocks(TEXT_BLOCK)) {
      appendLines(out, number, block);
      number += block.size();
      out.append(blockCode(QrCode.encodeText(code(block), QrCode.Ecc.MEDIUM))).append('\n');
      if (master) {
        out.append("\f\n");
      }
    }
    return out.toString();
  }

  /** For a browser. */
  public String html(Optional<String> subject) {
    StringBuilder out = new StringBuilder();
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<title>Proxmox Backup Paperkey</title>\n<style>\n")
        .append("p { font: 12pt monospace; white-space: pre-wrap; line-break: anywhere; }\n")
        .append("div { page-break-inside: avoid; page-break-after: always; text-align: center; }\n")
        .append("p { text-align: left; }\n</style>\n</head>\n<body>\n");
    subject.ifPresent(text -> out.append("<p>Subject: ").append(escape(text)).append("</p>\n"));
    int number = 0;
    for (List<String> block : blocks(HTML_BLOCK)) {
      StringBuilder text = new StringBuilder();
      appendLines(text, number, block);
      number += block.size();
      String svg = svg(QrCode.encodeText(code(block), QrCode.Ecc.MEDIUM));
      out.append("<div>\n<p>")
          .append(escape(text.toString()))
          .append("</p>\n<img width=\"500pt\" height=\"500pt\" alt=\"QR code\"")
          .append(" src=\"data:image/svg+xml;base64,")
          .append(Base64.getEncoder().encodeToString(svg.getBytes(UTF_8)))
          .append("\">\n</div>\n");
    }
    return out.append("</body>\n</html>\n").toString();
  }

  private List<List<String>> blocks(int size) {
    if (!master) {
      return List.of(lines);
    }
    List<List<String>> blocks = new ArrayList<>();
    for (int start = 0; start < lines.size(); start += size) {
      blocks.add(lines.subList(start, Math.min(lines.size(), start + size)));
    }
    return blocks;
  }

  private static String code(List<String> block) {
    return String.join("\n", block);
  }

  private void appendLines(StringBuilder out, int first, List<String> block) {
    if (!master) {
      out.append("-----BEGIN PROXMOX BACKUP KEY-----\n")
          .append(code(block))
          .append("\n-----END PROXMOX BACKUP KEY-----\n");
      return;
    }
    int number = first;
    for (String line : block) {
      out.append(String.format("%02d: %s%n", number++, line));
    }
  }

  /** Two rows of the code in each line of text, light on dark terminals' black. */
  private static String blockCode(QrCode code) {
    StringBuilder out = new StringBuilder();
    for (int y = -2; y < code.size + 2; y += 2) {
      for (int x = -2; x < code.size + 2; x++) {
        boolean upper = code.getModule(x, y);
        boolean lower = code.getModule(x, y + 1);
        out.append(upper ? (lower ? ' ' : '\u2584') : (lower ? '\u2580' : '\u2588'));
      }
      out.append('\n');
    }
    return out.toString();
  }

  private static String svg(QrCode code) {
    StringBuilder path = new StringBuilder();
    for (int y = 0; y < code.size; y++) {
      for (int x = 0; x < code.size; x++) {
        if (code.getModule(x, y)) {
          path.append('M').append(x).append(',').append(y).append("h1v1h-1z");
        }
      }
    }
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-4 -4 "
        + (code.size + 8)
        + " "
        + (code.size + 8)
        + "\"><path fill=\"#fff\" d=\"M-4,-4h999v999h-999z\"/><path d=\""
        + path
        + "\"/></svg>";
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
