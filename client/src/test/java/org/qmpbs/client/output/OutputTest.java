package org.qmpbs.client.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.qmpbs.client.memory.ManualClock;

class OutputTest {
  private static final Failure FAILURE =
      new Failure(ExitCode.BUSY, "somebody is there", "nothing happened", "come back later");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final ManualClock clock = new ManualClock();

  private record Done() implements Report {
    @Override
    public List<String> text() {
      return List.of("done \u001b[2Jwell");
    }

    @Override
    public void describe(ObjectNode summary) {
      summary.put("answer", 42);
    }
  }

  private TextOutput text(boolean terminal, boolean quiet, boolean debug) {
    return new TextOutput(
        stream(out), stream(err), new TextOutput.Style(terminal, quiet, debug, 30), clock);
  }

  private JsonOutput json(boolean quiet) {
    return new JsonOutput(stream(out), "backup", quiet, false, clock);
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String said(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static void work(Output output) {
    output.phase("reading");
    output.total(100);
    output.note("a note");
    output.warn("a warning");
    output.advance(50);
  }

  @Test
  void withoutATerminalOnlyNotesWarningsAndTheSummaryAreShown() {
    TextOutput output = text(false, false, false);
    work(output);
    output.succeed(new Done());
    assertThat(said(err)).isEqualTo("a note\nwarning: a warning\n");
    assertThat(said(out)).isEqualTo("done ?[2Jwell\n");
  }

  @Test
  void onATerminalALineIsDrawnThatFitsAndIsGoneAtTheEnd() {
    TextOutput output = text(true, false, false);
    work(output);
    output.succeed(new Done());
    assertThat(said(err))
        .startsWith("a note\nwarning: a warning\n")
        .contains("\r\u001b[Kreading:  50 %  50 B of 100 B")
        .endsWith("\r\u001b[K");
    assertThat(said(err).split("\u001b\\[K", -1))
        .allSatisfy(line -> assertThat(line).hasSizeLessThan(60));
  }

  @Test
  void quietMeansWarningsAndErrorsOnly() {
    TextOutput output = text(true, true, false);
    work(output);
    output.succeed(new Done());
    assertThat(said(err)).isEqualTo("warning: a warning\n");
    assertThat(said(out)).isEmpty();
  }

  @Test
  void aFailureSaysCauseConsequenceAndRemedyWithoutAStackTrace() {
    text(false, false, false).fail(FAILURE, new IOException("inner"));
    assertThat(said(err))
        .isEqualTo(
            "error: somebody is there\n  that means: nothing happened\n"
                + "  what to do: come back later\n");
    assertThat(said(out)).isEmpty();
  }

  @Test
  void debugAddsTheStackTrace() {
    text(false, false, true).fail(FAILURE, new IOException("inner"));
    assertThat(said(err)).contains("java.io.IOException: inner").contains("\tat org.qmpbs");
  }

  @Test
  void everyJsonLineHasSchemaTypeAndTimeAndTheLastIsTheSummary() throws IOException {
    JsonOutput output = json(false);
    work(output);
    output.succeed(new Done());
    List<JsonNode> lines = lines();
    assertThat(lines).allSatisfy(line -> assertThat(line.path("schema").asInt()).isEqualTo(1));
    assertThat(lines)
        .extracting(line -> line.path("message_type").asText())
        .containsExactly("status", "note", "warning", "summary");
    assertThat(said(out).lines().reduce((first, last) -> last).orElseThrow())
        .isEqualTo(
            "{\"schema\":1,\"message_type\":\"summary\",\"time\":\"2026-11-21T09:00:00Z\","
                + "\"command\":\"backup\",\"success\":true,\"exit_code\":0,\"answer\":42}");
  }

  @Test
  void aJsonFailureEndsWithASummaryThatSaysWhy() throws IOException {
    json(true).fail(FAILURE, new IOException("inner"));
    List<JsonNode> lines = lines();
    assertThat(lines)
        .extracting(line -> line.path("message_type").asText())
        .containsExactly("error", "summary");
    JsonNode summary = lines.get(1);
    assertThat(summary.path("success").asBoolean(true)).isFalse();
    assertThat(summary.path("exit_code").asInt()).isEqualTo(5);
    assertThat(summary.path("error").toString())
        .isEqualTo(
            "{\"kind\":\"busy\",\"cause\":\"somebody is there\","
                + "\"consequence\":\"nothing happened\",\"remedy\":\"come back later\"}");
  }

  private List<JsonNode> lines() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : said(out).lines().toList()) {
      lines.add(new ObjectMapper().readTree(line));
    }
    return lines;
  }
}
