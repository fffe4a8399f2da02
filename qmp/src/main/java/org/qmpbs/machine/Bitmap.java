package org.qmpbs.machine;

/**
 * A named dirty bitmap on a block node, as {@code query-named-block-nodes} reports it.
 *
 * @param name never empty (QEMU's own nameless ones are left out)
 * @param recording whether guest writes are noted
 * @param persistent whether QEMU stores it in the image when it closes it
 * @param busy in use by an export or a job
 * @param inconsistent stored by a QEMU that did not end cleanly; can only be removed
 * @param granularity bytes per bit
 * @param dirtyBytes bytes marked, a multiple of the granularity
 */
public record Bitmap(
    String name,
    boolean recording,
    boolean persistent,
    boolean busy,
    boolean inconsistent,
    long granularity,
    long dirtyBytes) {}
