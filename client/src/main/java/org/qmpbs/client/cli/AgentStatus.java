package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.qmpbs.agent.AgentInfo;
import org.qmpbs.agent.GuestAgent;

/**
 * What a guest's agent says when it is asked.
 *
 * @param version null if it cannot be asked
 * @param canFreeze whether it would freeze now; not while something is frozen
 * @param frozen whether it says that file systems are frozen
 * @param trouble why it cannot be asked, or null
 */
record AgentStatus(
    @Nullable String version, boolean canFreeze, boolean frozen, @Nullable String trouble) {
  static AgentStatus of(Path socket) {
    try (GuestAgent agent = GuestAgent.connect(socket, GuestAgent.SYNC)) {
      AgentInfo info = agent.info();
      return new AgentStatus(
          info.version(), info.canFreeze(), info.canTell() && agent.isFrozen(), null);
    } catch (IOException e) {
      return new AgentStatus(null, false, false, String.valueOf(e.getMessage()));
    }
  }

  String text() {
    return trouble != null
        ? "guest agent: " + trouble
        : "guest agent "
            + version
            + (frozen
                ? ", file systems are frozen"
                : canFreeze ? ", file systems are thawed" : ", cannot freeze file systems");
  }
}
