package org.qmpbs.machine;

import org.jspecify.annotations.Nullable;
import org.qmpbs.qmp.QemuVersion;

/**
 * What the machine says of itself.
 *
 * @param name of {@code -name}, or null
 * @param uuid of {@code -uuid}, or null
 * @param version of QEMU
 * @param status QEMU's run state when it was asked: running, paused, io-error, …
 */
public record MachineInfo(
    @Nullable String name, @Nullable String uuid, QemuVersion version, String status) {}
