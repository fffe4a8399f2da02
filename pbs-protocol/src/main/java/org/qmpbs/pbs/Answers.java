package org.qmpbs.pbs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.BufferedSource;

/** Reads answers no further than they may be long, and takes the {@code data} out of them. */
final class Answers {
  /** A list of 100,000 snapshots; more is not an answer but an attack or a mix-up. */
  static final int MAX_JSON = 64 << 20;

  /** A ticket and what comes with it; a challenge for several factors is some KiB. */
  static final int MAX_LOGIN_JSON = 64 << 10;

  /** Within a session: a number, a digest, null. There may be several calls at once. */
  static final int MAX_SESSION_JSON = 64 << 10;

  /** Errors are a line of text. */
  static final int MAX_ERROR_TEXT = 64 << 10;

  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Answers() {}

  /**
   * The whole body.
   *
   * @throws BadAnswerException if it is longer than {@code limit}; no more than that was read
   */
  static byte[] body(String what, Response response, long limit) throws IOException {
    ResponseBody body = response.body();
    if (body.contentLength() > limit) {
      throw tooLong(what, limit, Long.toString(body.contentLength()));
    }
    BufferedSource source = body.source();
    if (body.contentLength() >= 0) {
      return source.readByteArray(body.contentLength());
    }
    if (source.request(limit + 1)) {
      throw tooLong(what, limit, "more");
    }
    return source.readByteArray();
  }

  private static BadAnswerException tooLong(String what, long limit, String found) {
    return new BadAnswerException(what, "expected at most " + limit + " bytes, found " + found);
  }

  /** The text of a refusal, as much of it as may be kept. */
  static String errorText(Response response) {
    try {
      BufferedSource source = response.body().source();
      // Fills the buffer up to the limit or the end; either is fine.
      boolean longer = source.request(MAX_ERROR_TEXT);
      long length = longer ? MAX_ERROR_TEXT : source.getBuffer().size();
      return new String(source.readByteArray(length), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "(the text could not be read: " + e.getMessage() + ")";
    }
  }

  /** The {@code data} of {@code {"data": …}}, which may be a JSON null. */
  static JsonNode data(String what, byte[] json) throws BadAnswerException {
    JsonNode answer;
    try {
      answer = MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new BadAnswerException(what, "expected JSON, found: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new BadAnswerException(what, "expected JSON, found: " + e.getMessage(), e);
    }
    JsonNode data = answer.get("data");
    if (data == null) {
      throw new BadAnswerException(what, "expected an object with 'data', found none");
    }
    return data;
  }
}
