package org.qmpbs.e2e.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class AccessRulesTest {
  private final AccessRules rules = new AccessRules();

  private Set<Privilege> at(String authId, String path) {
    return rules.rights(authId, path).all();
  }

  @Test
  void aGrantHoldsBelowItsPathUntilAnotherReplacesIt() {
    rules.grant("a@pbs", "/datastore", Set.of(Privilege.AUDIT, Privilege.READ), true);
    rules.grant("a@pbs", "/datastore/s/x", Set.of(Privilege.BACKUP), true);
    rules.grant("a@pbs", "/datastore/s/y", Set.of(), true);
    assertThat(at("a@pbs", "/datastore/s")).containsOnly(Privilege.AUDIT, Privilege.READ);
    assertThat(at("a@pbs", "/datastore/s/x/deep")).containsOnly(Privilege.BACKUP);
    assertThat(at("a@pbs", "/datastore/s/y/deep")).isEmpty();
    assertThat(at("a@pbs", "/")).isEmpty();
    assertThat(at("b@pbs", "/datastore/s")).isEmpty();
  }

  @Test
  void aGrantThatIsNotPropagatedHoldsAtItsPathOnly() {
    rules.grant("a@pbs", "/datastore/s", Set.of(Privilege.AUDIT), false);
    assertThat(at("a@pbs", "/datastore/s")).containsOnly(Privilege.AUDIT);
    assertThat(rules.rights("a@pbs", "/datastore/s").propagated()).isEmpty();
    assertThat(at("a@pbs", "/datastore/s/x")).isEmpty();
  }

  @Test
  void aTokenCanDoNothingThatItsUserCannot() {
    rules.grant("a@pbs", "/datastore", Set.of(Privilege.AUDIT, Privilege.BACKUP), true);
    rules.grant("a@pbs!t", "/datastore", Set.of(Privilege.BACKUP, Privilege.PRUNE), true);
    assertThat(at("a@pbs!t", "/datastore/s")).containsOnly(Privilege.BACKUP);
    rules.grant("a@pbs", "/datastore/s", Set.of(), true);
    assertThat(at("a@pbs!t", "/datastore/s")).isEmpty();
  }

  @Test
  void rightsBelowAPathAreFound() {
    rules.grant("a@pbs", "/datastore/s/x", Set.of(Privilege.AUDIT), true);
    assertThat(rules.anyBelow("a@pbs", "/datastore/s", Set.of(Privilege.AUDIT))).isTrue();
    assertThat(rules.anyBelow("a@pbs", "/datastore/s", Set.of(Privilege.READ))).isFalse();
    assertThat(rules.anyBelow("a@pbs", "/datastore/sx", Set.of(Privilege.AUDIT))).isFalse();
  }
}
