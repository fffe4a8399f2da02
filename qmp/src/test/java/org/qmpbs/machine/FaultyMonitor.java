package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QmpCommandException;

/** A real monitor with a fault at one command, counted from {@link #start}. */
final class FaultyMonitor extends ForwardingMonitor {
  enum Fault {
    /** No command gets through from then on: the client is as good as dead. */
    CLIENT_DIES,
    /** QEMU refuses that one command, and the next ones work. */
    COMMAND_FAILS
  }

  private final Fault fault;
  private String last = "";
  private boolean failed;
  private int left = Integer.MAX_VALUE;
  private boolean dead;

  FaultyMonitor(Monitor real, Fault fault) {
    super(real);
    this.fault = fault;
  }

  /** The fault comes after that many more commands. */
  void start(int commands) {
    left = commands;
    failed = false;
  }

  /** Whether the fault has come. */
  boolean hasFailed() {
    return failed;
  }

  /** The command that it hit. */
  String lastCommand() {
    return last;
  }

  @Override
  public JsonNode execute(String command, ObjectNode arguments) throws IOException {
    if (left-- == 0) {
      failed = true;
      last = command;
      if (fault == Fault.COMMAND_FAILS) {
        throw new QmpCommandException(command, "GenericError", "injected");
      }
      dead = true;
      close();
    }
    if (dead) {
      throw new IOException("the client is dead");
    }
    return super.execute(command, arguments);
  }
}
