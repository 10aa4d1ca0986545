/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Prometheus' text format, version 0.0.4, taken strictly: every family has its help, its type and then its samples, all
 * together; no series comes twice; histograms are whole.
 */
final class ParsedMetrics {
    /** A family and its series, by their labels. */
    record Family(String type, Map<String, Map<Map<String, String>, Double>> samples) {
        /** All labels, but the bounds of a histogram. */
        Set<String> labels() {
            final var names = new TreeSet<String>();
            samples.values().forEach(series -> series.keySet().forEach(labels -> names.addAll(labels.keySet())));
            names.remove("le");
            return names;
        }
    }

    private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\[\"\\\\n])*)\"(,|$)");

    final Map<String, Family> families = new LinkedHashMap<>();

    ParsedMetrics(final String text) {
        assertTrue(text.endsWith("\n"));
        String helped = null;
        String family = null;
        for (var line : text.split("\n")) {
            if (line.startsWith("# HELP ")) {
                assertNull(helped, line);
                final var words = line.split(" ", 4);
                assertEquals(4, words.length, line);
                helped = words[2];
            } else if (line.startsWith("# TYPE ")) {
                final var words = line.split(" ");
                assertEquals(4, words.length, line);
                assertEquals(helped, words[2], line);
                family = helped;
                helped = null;
                assertNull(families.put(family, new Family(words[3], new LinkedHashMap<>())), line);
            } else {
                assertNull(helped, line);
                assertNotNull(family, line);
                sample(family, line);
            }
        }
        families.forEach(ParsedMetrics::check);
    }

    private void sample(final String family, final String line) {
        final var matcher = SAMPLE.matcher(line);
        assertTrue(matcher.matches(), line);
        final var name = matcher.group(1);
        assertTrue(name.startsWith(family), line);
        final var labels = new TreeMap<String, String>();
        if (matcher.group(2) != null) {
            final var label = LABEL.matcher(matcher.group(2));
            int end = 0;
            while (label.find()) {
                assertEquals(end, label.start(), line);
                assertNull(labels.put(label.group(1), label.group(2)), line);
                end = label.end();
            }
            assertEquals(matcher.group(2).length(), end, line);
        }
        final var value = matcher.group(3);
        final double number = value.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(value);
        assertNull(families.get(family).samples().computeIfAbsent(name.substring(family.length()),
            suffix -> new LinkedHashMap<>()).put(labels, number), line);
    }

    private static void check(final String name, final Family family) {
        final var suffixes = family.samples().keySet();
        switch (family.type()) {
            case "gauge" -> assertEquals(Set.of(""), suffixes, name);
            case "counter" -> {
                assertEquals(Set.of(""), suffixes, name);
                assertTrue(name.endsWith("_total"), name);
            }
            case "histogram" -> {
                assertEquals(Set.of("_bucket", "_count", "_sum"), suffixes, name);
                checkHistogram(name, family);
            }
            default -> throw new AssertionError(name + " is a " + family.type());
        }
    }

    private static void checkHistogram(final String name, final Family family) {
        final var buckets = new HashMap<Map<String, String>, TreeMap<Double, Double>>();
        family.samples().get("_bucket").forEach((labels, count) -> {
            final var rest = new TreeMap<>(labels);
            final var bound = rest.remove("le");
            buckets.computeIfAbsent(rest, key -> new TreeMap<>()).put(
                bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound), count);
        });
        assertEquals(family.samples().get("_count").keySet(), buckets.keySet(), name);
        assertEquals(family.samples().get("_sum").keySet(), buckets.keySet(), name);
        buckets.forEach((labels, counts) -> {
            final var values = new ArrayList<>(counts.values());
            assertEquals(values.stream().sorted().toList(), values, name + labels);
            assertEquals(family.samples().get("_count").get(labels), counts.get(Double.POSITIVE_INFINITY), name);
        });
    }

    /** The value of a series, its labels given as name and value in turn. */
    double value(final String name, final String... labels) {
        final var family = families.keySet().stream().filter(name::startsWith).max(String::compareTo).orElseThrow();
        final var wanted = new TreeMap<String, String>();
        for (int i = 0; i < labels.length; i += 2) {
            wanted.put(labels[i], labels[i + 1]);
        }
        final var value = families.get(family).samples().get(name.substring(family.length())).get(wanted);
        assertNotNull(value, name + wanted);
        return value;
    }

    /** Names, types and labels, as the documentation tells them. */
    Map<String, List<String>> shape() {
        return families.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey,
            entry -> List.of(entry.getValue().type(), String.join(", ", entry.getValue().labels()))));
    }
}
