package org.qmpbs.client.config;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads the bytes of one file as YAML 1.2. Whatever is wrong with them is a finding with line and
 * column, never an exception; what YAML has beyond keys, lists and values (anchors, tags, several
 * documents) is one, too, because a configuration that needs it would be read by nobody.
 */
final class YamlReader {
  /** A thousand machines fit in well; bounds what a wrong file name can make us read. */
  static final int MAX_BYTES = 1 << 20;

  private final Path file;
  private final Findings findings;

  YamlReader(Path file, Findings findings) {
    this.file = file;
    this.findings = findings;
  }

  /** The document, or empty if there is none or it cannot be read. */
  Optional<YamlNode> read(byte[] content) {
    if (content.length > MAX_BYTES) {
      findings.add(
          Finding.error(
              Place.of(file),
              "",
              "the file is larger than " + MAX_BYTES + " bytes",
              "Check that it is the right one, and keep machines in files of their own."));
      return Optional.empty();
    }
    return decode(content).flatMap(this::parse);
  }

  private Optional<String> decode(byte[] content) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer bytes = ByteBuffer.wrap(content);
    CharBuffer chars = CharBuffer.allocate(content.length + 1);
    CoderResult result = decoder.decode(bytes, chars, true);
    String text = chars.flip().toString();
    if (result.isError()) {
      findings.add(
          Finding.mismatch(
              placeAfter(text),
              "",
              "UTF-8",
              String.format("the byte 0x%02x, which is none", bytes.get(bytes.position())),
              "Save the file as UTF-8."));
      return Optional.empty();
    }
    return Optional.of(text.startsWith("\uFEFF") ? text.substring(1) : text);
  }

  private Optional<YamlNode> parse(String text) {
    LoadSettings settings = LoadSettings.builder().setCodePointLimit(MAX_BYTES).build();
    try {
      return new YamlTree(file, findings, new Parse(settings).parseString(text)).document();
    } catch (ReaderException e) {
      int before = text.offsetByCodePoints(0, Math.min(e.getPosition(), codePoints(text)));
      findings.add(
          Finding.error(
              placeAfter(text.substring(0, before)),
              "",
              String.format("the character U+%04X must not stand in a file", e.getCodePoint()),
              "Remove it; such characters come from copying out of other programs."));
    } catch (MarkedYamlEngineException e) {
      String problem = e.getProblem() == null ? "the file is no YAML" : e.getProblem();
      findings.add(
          Finding.error(
              e.getProblemMark().or(e::getContextMark).map(this::place).orElse(Place.of(file)),
              "",
              "no YAML: " + problem.replaceAll("\\p{Cntrl}", " "),
              problem.contains("TAB")
                  ? "Indent with blanks; YAML takes no tabs."
                  : "Compare the indentation with the lines around it, and quote texts that begin"
                      + " with a special character or hold ': ' or ' #'."));
    } catch (YamlEngineException e) {
      findings.add(
          Finding.error(
              Place.of(file), "", "no YAML: " + e.getMessage(), "Correct what it says there."));
    }
    return Optional.empty();
  }

  private static int codePoints(String text) {
    return text.codePointCount(0, text.length());
  }

  private Place place(Mark mark) {
    return new Place(file, mark.getLine() + 1, mark.getColumn() + 1);
  }

  private Place placeAfter(String text) {
    String[] lines = text.split("\r\n|\n|\r", -1);
    return new Place(file, lines.length, 1 + codePoints(lines[lines.length - 1]));
  }
}
