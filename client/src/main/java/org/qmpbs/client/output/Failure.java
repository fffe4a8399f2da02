package org.qmpbs.client.output;

/**
 * Why a command did not do its work, as a user reads it.
 *
 * @param exitCode of the process
 * @param cause what happened
 * @param consequence what that means for the data, the machine and the next run
 * @param remedy what the user can do
 */
public record Failure(ExitCode exitCode, String cause, String consequence, String remedy) {}
