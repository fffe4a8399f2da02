package org.qmpbs.client.verify;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qmpbs.client.output.Sizes;

/** Which chunks of a snapshot are verified. Indexes and small files always are. */
public sealed interface Subset {
  /** All of them. */
  record All() implements Subset {
    @Override
    public String text() {
      return "all";
    }
  }

  /**
   * A random sample.
   *
   * @param percent of the chunks, above 0, at most 100
   */
  record Share(double percent) implements Subset {
    /** Rejects what is no share. */
    public Share {
      if (!(percent > 0 && percent <= 100)) {
        throw new IllegalArgumentException(percent + "% is not above 0% and at most 100%");
      }
    }

    @Override
    public String text() {
      return BigDecimal.valueOf(percent).stripTrailingZeros().toPlainString() + "%";
    }
  }

  /**
   * One of several parts of which each chunk, of whichever snapshot, is always in the same one.
   * Whoever verifies a different part each day has verified everything after {@code of} days.
   *
   * @param part from 1
   * @param of how many there are
   */
  record Part(int part, int of) implements Subset {
    /** More parts than a large disk has chunks make most of them empty. */
    static final int MOST = 100_000;

    /** Rejects what is no part. */
    public Part {
      if (of < 1 || of > MOST || part < 1 || part > of) {
        throw new IllegalArgumentException(
            part + "/" + of + " is not a part, as 3/10 is, of at most " + MOST);
      }
    }

    @Override
    public String text() {
      return part + "/" + of;
    }
  }

  /**
   * A random sample of some size.
   *
   * @param bytes of the disks, at least 1; the chunks in the sample have no more, but there is one
   */
  record Amount(long bytes) implements Subset {
    /** Rejects what is no amount. */
    public Amount {
      if (bytes < 1) {
        throw new IllegalArgumentException(bytes + " bytes are too few");
      }
    }

    @Override
    public String text() {
      return bytes + "B";
    }
  }

  /** Everything. */
  Subset ALL = new All();

  /** One spelling for each, also in records of interrupted runs. */
  String text();

  /**
   * Parses {@code 5%}, {@code 3/10} or {@code 20G}.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  static Subset parse(String text) {
    Matcher part = Forms.PART.matcher(text);
    if (part.matches()) {
      return new Part(Integer.parseInt(part.group(1)), Integer.parseInt(part.group(2)));
    }
    Matcher share = Forms.SHARE.matcher(text);
    if (share.matches()) {
      return new Share(Double.parseDouble(share.group(1)));
    }
    try {
      return new Amount(Sizes.parse(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a share (5%), a part (3/10) or an amount (20G) of a snapshot", e);
    }
  }

  /** Interfaces have no private constants. */
  final class Forms {
    private static final Pattern PART = Pattern.compile("([0-9]{1,6})/([0-9]{1,6})");
    private static final Pattern SHARE = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,6})?)%");

    private Forms() {}
  }
}
