package org.qmpbs.qmp;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Something that QEMU says unasked.
 *
 * @param name for instance {@code JOB_STATUS_CHANGE}
 * @param data an object, empty if the event has none
 */
public record QmpEvent(String name, JsonNode data) {}
