package org.qmpbs.client.output;

/** A report that is what the command was called for, so that {@code --quiet} does not hide it. */
public interface Listing extends Report {}
