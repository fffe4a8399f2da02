package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;

/**
 * How a command ended and what it said.
 *
 * @param arguments of the command
 * @param exitCode of the process
 * @param out standard output
 * @param err standard error
 */
record Outcome(String arguments, int exitCode, String out, String err) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The command did what it was asked for. */
  Outcome assertDone() {
    return assertExit(0);
  }

  /** The command ended with this exit code and, in JSON, said so in its last line. */
  Outcome assertExit(int expected) {
    assertThat(exitCode).as("exit code of %s", this).isEqualTo(expected);
    if (arguments.contains("--output-format json")) {
      assertThat(summary().get("exit_code").asInt())
          .as("exit_code of %s", this)
          .isEqualTo(expected);
      assertThat(summary().get("success").asBoolean())
          .as("success of %s", this)
          .isEqualTo(expected == 0);
    }
    return this;
  }

  /** The last line of {@code --output-format json}. */
  JsonNode summary() {
    List<String> lines = out.lines().toList();
    assertThat(lines).as("output of %s", this).isNotEmpty();
    try {
      JsonNode last = JSON.readTree(lines.get(lines.size() - 1));
      assertThat(last.path("message_type").asText())
          .as("last line of %s", this)
          .isEqualTo("summary");
      return last;
    } catch (JsonProcessingException problem) {
      throw new AssertionError("the last line is no JSON: " + this, problem);
    }
  }

  /** Path of the snapshot that a backup made. */
  String snapshot() {
    return summary().get("snapshot").asText();
  }

  /** What the summary of a backup says about one disk. */
  DiskOutcome disk(DiskPlan plan) {
    for (JsonNode disk : summary().get("disks")) {
      if (disk.get("name").asText().equals(plan.name())) {
        return DiskOutcome.of(disk);
      }
    }
    throw new AssertionError("no disk " + plan.name() + " in the summary of " + this);
  }

  @Override
  public String toString() {
    return "qmpbs " + arguments + "\n" + out + "\n" + err;
  }
}
