package org.qmpbs.pbs;

/**
 * A line of a task's log.
 *
 * @param number from 1
 * @param text as the server has it, usually with an RFC 3339 time and a colon in front; other
 *     programs' words may be in it, so a terminal must not get it as it is
 */
public record TaskLogLine(long number, String text) {}
