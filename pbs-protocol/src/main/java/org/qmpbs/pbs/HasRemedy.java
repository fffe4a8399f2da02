package org.qmpbs.pbs;

/** A failure that knows what the user can do about it. */
public interface HasRemedy {
  /** One or two sentences for the user, or for the server's administrator. */
  String remedy();
}
