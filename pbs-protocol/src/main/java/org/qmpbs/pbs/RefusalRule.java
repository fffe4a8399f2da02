package org.qmpbs.pbs;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of a table of refusals.
 *
 * @param pattern found anywhere in the server's text
 * @param remedy with $1, $2 for the pattern's groups
 */
record RefusalRule(Pattern pattern, ServerProblem problem, String remedy) {
  static RefusalRule rule(String pattern, ServerProblem problem, String remedy) {
    return new RefusalRule(Pattern.compile(pattern), problem, remedy);
  }

  PbsException apply(int status, String text, Matcher matcher) {
    String filled = remedy;
    for (int group = 1; group <= matcher.groupCount(); group++) {
      filled = filled.replace("$" + group, String.valueOf(matcher.group(group)));
    }
    return new PbsException(status, text, problem, filled);
  }
}
