package org.qmpbs.qcow2.bitmap;

import java.nio.file.Path;

/**
 * A repair that was done.
 *
 * @param plan what was done
 * @param sideFile holds what stood where something was written
 */
public record RepairOutcome(RepairPlan plan, Path sideFile) {}
