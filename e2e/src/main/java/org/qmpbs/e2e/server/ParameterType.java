package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a parameter may be; the texts of refusals are those of the real server's schemas. */
abstract class ParameterType {
  private static final Set<String> YES = Set.of("1", "on", "yes", "true");
  private static final Set<String> NO = Set.of("0", "off", "no", "false");

  /** Says what is wrong with a value. */
  static final class BadValue extends Exception {
    private static final long serialVersionUID = 1L;

    BadValue(String text) {
      super(text, null, false, false);
    }
  }

  /** Reads the value of a query. */
  abstract Object parse(String text) throws BadValue;

  /** Reads the value of a JSON object. */
  abstract Object verify(JsonNode value) throws BadValue;

  static ParameterType anyText() {
    return text(Pattern.compile(".*", Pattern.DOTALL));
  }

  static ParameterType text(Pattern form) {
    return new Text() {
      @Override
      void check(String text) throws BadValue {
        if (!form.matcher(text).matches()) {
          throw new BadValue("value does not match the regex pattern");
        }
      }
    };
  }

  /**
   * A text with a check of its own.
   *
   * @param problem says what is wrong with a text, or null
   */
  static ParameterType checked(Function<String, @Nullable String> problem) {
    return new Text() {
      @Override
      void check(String text) throws BadValue {
        String found = problem.apply(text);
        if (found != null) {
          throw new BadValue(found);
        }
      }
    };
  }

  static ParameterType oneOf(List<String> values) {
    return new Text() {
      @Override
      void check(String text) throws BadValue {
        if (!values.contains(text)) {
          throw new BadValue("value '" + text + "' is not defined in the enumeration.");
        }
      }
    };
  }

  private abstract static class Text extends ParameterType {
    abstract void check(String text) throws BadValue;

    @Override
    Object parse(String text) throws BadValue {
      check(text);
      return text;
    }

    @Override
    Object verify(JsonNode value) throws BadValue {
      if (!value.isTextual()) {
        throw new BadValue("Expected string value.");
      }
      return parse(value.textValue());
    }
  }

  static ParameterType integer(long minimum, long maximum) {
    return new ParameterType() {
      @Override
      Object parse(String text) throws BadValue {
        try {
          return check(Long.parseLong(text));
        } catch (NumberFormatException e) {
          throw new BadValue("invalid digit found in string");
        }
      }

      @Override
      Object verify(JsonNode value) throws BadValue {
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
          throw new BadValue("Expected integer value.");
        }
        return check(value.longValue());
      }

      private Long check(long value) throws BadValue {
        if (value < minimum) {
          throw new BadValue(
              "value must have a minimum value of " + minimum + " (got " + value + ")");
        }
        if (value > maximum) {
          throw new BadValue(
              "value must have a maximum value of " + maximum + " (got " + value + ")");
        }
        return value;
      }
    };
  }

  static ParameterType flag() {
    return new ParameterType() {
      @Override
      Object parse(String text) throws BadValue {
        String lower = text.toLowerCase(Locale.ROOT);
        if (!YES.contains(lower) && !NO.contains(lower)) {
          throw new BadValue("Unable to parse boolean option.");
        }
        return YES.contains(lower);
      }

      @Override
      Object verify(JsonNode value) throws BadValue {
        if (!value.isBoolean()) {
          throw new BadValue("Expected boolean value.");
        }
        return value.booleanValue();
      }
    };
  }

  static ParameterType array(ParameterType item) {
    return new ParameterType() {
      @Override
      Object parse(String text) throws BadValue {
        return List.of(item.parse(text));
      }

      @Override
      Object verify(JsonNode value) throws BadValue {
        if (!value.isArray()) {
          throw new BadValue("Expected array - got scalar value.");
        }
        List<Object> items = new ArrayList<>(value.size());
        for (JsonNode element : value) {
          items.add(item.verify(element));
        }
        return items;
      }
    };
  }
}
