package org.qmpbs.client.backup;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qmpbs.chunker.Digest;
import org.qmpbs.pbs.BackupGroup;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.Repository;

/**
 * The name of a dirty bitmap that started recording at one point in time: {@code
 * qmpbs:<target>:<unix time>:<nonce>}. The snapshot taken at that instant records the same name, so
 * a bitmap is tied to exactly one snapshot. The nonce is new for every disk and backup: a bitmap
 * that comes back with a rolled-back or copied image, or that somebody makes by hand, never carries
 * the name that the server's last snapshot records.
 *
 * @param target 16 hexadecimal digits that stand for the backup group on its server
 * @param time of the snapshot, seconds since 1970
 * @param nonce random
 */
public record EpochName(String target, long time, long nonce) {
  private static final String PRODUCT = "qmpbs";

  /** Enough that two targets of one machine never meet, short enough for people to compare. */
  private static final int TARGET_DIGITS = 16;

  private static final HexFormat HEX = HexFormat.of();

  /** 18 digits always fit a long. */
  private static final Pattern FORM =
      Pattern.compile(PRODUCT + ":([0-9a-f]{16}):(0|[1-9][0-9]{0,17}):([0-9a-f]{16})");

  private static final Pattern TARGET = Pattern.compile("[0-9a-f]{16}");

  /** Checks that it can be a name. */
  public EpochName {
    if (!TARGET.matcher(target).matches() || time < 0) {
      throw new IllegalArgumentException("not an epoch: target " + target + ", time " + time);
    }
  }

  /** Reads a bitmap's name; empty if it is not one of this program's. */
  public static Optional<EpochName> parse(String bitmapName) {
    Matcher matcher = FORM.matcher(bitmapName);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new EpochName(
            matcher.group(1),
            Long.parseLong(matcher.group(2)),
            HexFormat.fromHexDigitsToLong(matcher.group(3))));
  }

  /**
   * What stands for a backup group in names. The user is left out: another token that writes to the
   * same group continues the same sequence of snapshots.
   */
  static String targetOf(Repository repository, Namespace namespace, BackupGroup group) {
    String text =
        repository.host()
            + ":"
            + repository.port()
            + "/"
            + repository.datastore()
            + "/"
            + namespace.path()
            + "/"
            + group;
    return Digest.sha256(text.getBytes(StandardCharsets.UTF_8)).hex().substring(0, TARGET_DIGITS);
  }

  /** Whether {@code bitmapName} is one of this program's for {@code target}. */
  static boolean isOf(String target, String bitmapName) {
    return parse(bitmapName).filter(epoch -> epoch.target().equals(target)).isPresent();
  }

  /** The bitmap's name. */
  String text() {
    return PRODUCT + ":" + target + ":" + time + ":" + HEX.toHexDigits(nonce);
  }

  @Override
  public String toString() {
    return text();
  }
}
