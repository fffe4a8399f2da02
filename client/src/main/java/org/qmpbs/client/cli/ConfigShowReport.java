package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qmpbs.client.config.Catalogue;
import org.qmpbs.client.config.EffectiveMachine;
import org.qmpbs.client.config.Entry;
import org.qmpbs.client.config.Key;
import org.qmpbs.client.config.Value;
import org.qmpbs.client.config.ValueForm;
import org.qmpbs.client.output.Listing;
import org.qmpbs.client.output.TextTable;

/**
 * Machines with each value and where it comes from.
 *
 * @param all whether keys of which nothing is said are shown, too
 */
record ConfigShowReport(Catalogue catalogue, List<EffectiveMachine> machines, boolean all)
    implements Listing {

  @Override
  public List<String> text() {
    List<String> lines = new ArrayList<>();
    for (EffectiveMachine machine : machines) {
      TextTable table = new TextTable("KEY", "VALUE", "FROM");
      rows(table, "", catalogue.machineKeys(), machine::value);
      machine
          .repository()
          .ifPresent(entry -> rows(table, "repository ", catalogue.repositoryKeys(), entry::value));
      machine.key().ifPresent(entry -> rows(table, "key ", catalogue.keyKeys(), entry::value));
      if (!lines.isEmpty()) {
        lines.add("");
      }
      lines.add("machine " + machine.name() + " (" + machine.place() + ")");
      lines.addAll(table.lines());
      lines.add("= qmpbs backup " + String.join(" ", machine.arguments(catalogue)));
    }
    return lines;
  }

  private interface Lookup {
    Optional<Value> value(String path);
  }

  private void rows(TextTable table, String prefix, List<Key> keys, Lookup lookup) {
    for (Key key : keys) {
      Optional<Value> value = lookup.value(key.path());
      if (value.isPresent()) {
        table.row(
            prefix + key.path(),
            String.join(" ", value.get().shown()),
            value.get().origin().label());
      } else if (all) {
        table.row(prefix + key.path(), key.builtIn(), "built-in");
      }
    }
  }

  @Override
  public void describe(ObjectNode summary) {
    ArrayNode rows = summary.putArray("machines");
    for (EffectiveMachine machine : machines) {
      ObjectNode row = rows.addObject().put("name", machine.name());
      Origins.describe(row.putObject("where"), machine.place());
      settings(row.putArray("settings"), catalogue.machineKeys(), machine::value);
      entry(row, "repository", machine.repository(), catalogue.repositoryKeys());
      entry(row, "key", machine.key(), catalogue.keyKeys());
      machine.arguments(catalogue).forEach(row.putArray("arguments")::add);
    }
  }

  private void entry(ObjectNode row, String name, Optional<Entry> entry, List<Key> keys) {
    if (entry.isEmpty()) {
      row.putNull(name);
      return;
    }
    ObjectNode node = row.putObject(name).put("name", entry.get().name());
    Origins.describe(node.putObject("where"), entry.get().place());
    settings(node.putArray("settings"), keys, entry.get()::value);
  }

  private void settings(ArrayNode rows, List<Key> keys, Lookup lookup) {
    for (Key key : keys) {
      Optional<Value> value = lookup.value(key.path());
      if (value.isEmpty() && !all) {
        continue;
      }
      ObjectNode row = rows.addObject().put("key", key.path());
      if (value.isEmpty()) {
        row.putNull("value").put("meaning", key.builtIn());
        row.putObject("from").put("built_in", true);
      } else {
        if (key.repeatable() || key.form().kind() == ValueForm.Kind.COMMAND) {
          value.get().shown().forEach(row.putArray("value")::add);
        } else {
          row.put("value", String.join(" ", value.get().shown()));
        }
        Origins.describe(row.putObject("from"), value.get().origin());
      }
    }
  }
}
