/**
 * Reading snapshots, for restore and verification alike: a session that outlives its connection,
 * chunks fetched in parallel and proven to be right, and a job that can be ended from outside.
 */
@NullMarked
package org.qmpbs.client.read;

import org.jspecify.annotations.NullMarked;
