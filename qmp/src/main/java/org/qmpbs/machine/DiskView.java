package org.qmpbs.machine;

import java.util.List;
import java.util.Optional;
import org.qmpbs.nbd.Extent;

/**
 * One disk at the point in time: an NBD export to read, and the ranges written since the trusted
 * bitmap was made.
 *
 * @param disk which one
 * @param exportName on the instant's NBD socket
 * @param dirty dirty ranges in ascending order, not overlapping; empty Optional for a full read
 */
public record DiskView(Disk disk, String exportName, Optional<List<Extent>> dirty) {}
