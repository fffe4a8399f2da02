package org.qmpbs.client.output;

/** A report that is what the command was called for, so that {@code --quiet} does not hide it. */
public interface Listing extends Report {
  /** What was done, for when standard output takes no report of it; a sentence. */
  default String done() {
    return "Nothing was changed.";
  }
}
