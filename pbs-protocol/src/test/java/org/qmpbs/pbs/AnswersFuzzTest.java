package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

class AnswersFuzzTest {
  private static final Upid UPID =
      new Upid("UPID:vm:00000D12:0001C3DB:00000009:6B015B70:prune:a:test@pbs:");

  @FuzzTest
  void anyBytesAreAListOrABadAnswer(byte[] bytes) {
    try {
      JsonNode data = Answers.data("test", bytes);
      SnapshotListing.snapshots(data)
          .forEach(info -> assertThat(Snapshot.parse(info.snapshot().toString())).isNotNull());
      SnapshotListing.files("test", data).forEach(file -> assertThat(file.name()).isNotEmpty());
    } catch (BadAnswerException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  /** Each answer is given to every reader: none may fail in a way that nobody expects. */
  @FuzzTest
  void anyBytesAreAnAdministratorsAnswerOrABadOne(byte[] bytes) {
    JsonNode data;
    try {
      data = Answers.data("test", bytes);
    } catch (BadAnswerException e) {
      return;
    }
    List<Reader> readers =
        List.of(
            () -> AdminAnswers.groups(data),
            () -> AdminAnswers.decisions(Golden.PLAIN.group(), data),
            () -> AdminAnswers.namespaces(data),
            () -> AdminAnswers.version(data),
            () -> assertThat(AdminAnswers.upid("test", data).startTime()).isNotNull(),
            () -> UsageAnswer.read(data),
            () -> TaskAnswers.list(data).forEach(task -> task.upid().workerId()),
            () -> TaskAnswers.status(UPID, data),
            () -> assertThat(TaskAnswers.lines(1, 2, data)).hasSizeLessThan(3));
    for (Reader reader : readers) {
      try {
        reader.read();
      } catch (BadAnswerException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
  }

  /** One way to read an answer. */
  private interface Reader {
    void read() throws BadAnswerException;
  }

  @FuzzTest
  void anyTextIsARefusalWithARemedy(byte[] bytes) {
    String text = new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
    for (String call : new String[] {"session", "chunk", "fixed_index", "change-owner"}) {
      PbsException refused = Refusals.refused(call, 400, text);
      assertThat(refused.serverText()).isEqualTo(text);
      assertThat(refused.remedy()).isNotBlank();
      assertThat(refused.getMessage()).hasSizeLessThan(1100);
    }
  }
}
