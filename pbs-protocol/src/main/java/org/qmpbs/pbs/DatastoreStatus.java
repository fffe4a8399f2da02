package org.qmpbs.pbs;

/**
 * Room on the datastore's file system, in bytes.
 *
 * @param total all of it
 * @param used taken
 * @param available free for us
 */
public record DatastoreStatus(long total, long used, long available) {}
