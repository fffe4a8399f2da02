package org.qmpbs.client.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qmpbs.client.config.YamlNode.Entry;
import org.qmpbs.client.config.YamlNode.Mapping;
import org.qmpbs.client.config.YamlNode.Scalar;
import org.qmpbs.client.config.YamlNode.Sequence;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;

/**
 * Builds the tree of a document from the parser's events. Works on events rather than on the
 * library's nodes so that aliases never become a graph, and depth is bounded before it is built.
 */
final class YamlTree {
  /** The configuration has 4 levels. */
  private static final int MAX_DEPTH = 16;

  /** No path, command or schedule is longer; what looks at values may take its time with each. */
  static final int MAX_TEXT = 4096;

  private final Path file;
  private final Findings findings;
  private final Iterator<Event> events;

  YamlTree(Path file, Findings findings, Iterable<Event> events) {
    this.file = file;
    this.findings = findings;
    this.events = events.iterator();
  }

  /** The first document, or nothing in an empty file; a second one is a finding. */
  Optional<YamlNode> document() {
    Optional<YamlNode> first = Optional.empty();
    int documents = 0;
    while (events.hasNext()) {
      Event event = events.next();
      if (event instanceof DocumentStartEvent) {
        documents++;
        Optional<YamlNode> node = node(events.next(), 0);
        if (documents == 1) {
          first = node;
        } else if (documents == 2) {
          refuse(event, "a second document", "Remove the line '---'; a file is one document.");
        }
      }
    }
    return documents == 0 ? Optional.of(new Mapping(new Place(file, 1, 1), List.of())) : first;
  }

  /** A node, of which all events are taken; empty if it was refused. */
  private Optional<YamlNode> node(Event event, int depth) {
    if (event instanceof AliasEvent) {
      refuse(event, "an alias", "Write the value out, or put it under 'defaults'.");
      return Optional.empty();
    }
    NodeEvent node = (NodeEvent) event;
    if (node.getAnchor().isPresent()) {
      refuse(event, "an anchor", "Remove it; what machines have in common goes to 'defaults'.");
    }
    if (event instanceof ScalarEvent scalar) {
      if (scalar.getTag().isPresent()) {
        refuse(event, "a tag", "Remove what begins with '!'; quote the text if it is one.");
      }
      if (scalar.getValue().length() > MAX_TEXT) {
        refuse(event, "a text of more than " + MAX_TEXT + " characters", "Check its quotes.");
        return Optional.empty();
      }
      return Optional.of(new Scalar(place(event), scalar.getValue(), scalar.isPlain()));
    }
    CollectionStartEvent collection = (CollectionStartEvent) event;
    if (collection.getTag().isPresent()) {
      refuse(event, "a tag", "Remove what begins with '!'.");
    }
    if (depth == MAX_DEPTH) {
      refuse(event, MAX_DEPTH + " levels", "Check the brackets and the indentation.");
      skip();
      return Optional.empty();
    }
    return Optional.of(
        event instanceof MappingStartEvent ? mapping(event, depth) : sequence(event, depth));
  }

  private Sequence sequence(Event start, int depth) {
    List<YamlNode> items = new ArrayList<>();
    for (Event next = events.next();
        next.getEventId() != Event.ID.SequenceEnd;
        next = events.next()) {
      node(next, depth + 1).ifPresent(items::add);
    }
    return new Sequence(place(start), List.copyOf(items));
  }

  private Mapping mapping(Event start, int depth) {
    List<Entry> entries = new ArrayList<>();
    Map<String, Place> seen = new HashMap<>();
    for (Event next = events.next();
        next.getEventId() != Event.ID.MappingEnd;
        next = events.next()) {
      Optional<YamlNode> key = node(next, depth + 1);
      Optional<YamlNode> value = node(events.next(), depth + 1);
      if (key.isPresent() && !(key.get() instanceof Scalar)) {
        findings.add(
            Finding.mismatch(
                key.get().place(), "", "a key", key.get().kind(), "Write 'key: value'."));
      } else if (key.isPresent() && value.isPresent()) {
        Scalar name = (Scalar) key.get();
        Place earlier = seen.putIfAbsent(name.text(), name.place());
        if (earlier == null) {
          entries.add(new Entry(name, value.get()));
        } else {
          findings.add(
              Finding.error(
                  name.place(),
                  name.text(),
                  "'" + name.text() + "' stands here a second time, the first is at " + earlier,
                  "Remove one of the two."));
        }
      }
    }
    return new Mapping(place(start), List.copyOf(entries));
  }

  /** Takes the rest of a collection whose start was taken. */
  private void skip() {
    for (int open = 1; open > 0; ) {
      Event event = events.next();
      if (event instanceof CollectionStartEvent) {
        open++;
      } else if (event.getEventId() == Event.ID.SequenceEnd
          || event.getEventId() == Event.ID.MappingEnd) {
        open--;
      }
    }
  }

  private void refuse(Event event, String found, String remedy) {
    findings.add(Finding.mismatch(place(event), "", "keys, lists and values", found, remedy));
  }

  private Place place(Event event) {
    return event
        .getStartMark()
        .map(mark -> new Place(file, mark.getLine() + 1, mark.getColumn() + 1))
        .orElse(Place.of(file));
  }
}
