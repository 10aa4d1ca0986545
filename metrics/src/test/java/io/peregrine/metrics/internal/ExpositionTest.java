/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal;

import static io.peregrine.metrics.internal.core.Samples.edge;
import static io.peregrine.metrics.internal.core.Samples.observed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.peregrine.flow.DatapathId;
import io.peregrine.flow.SwitchLoads;
import io.peregrine.flow.loops.Loops;
import io.peregrine.metrics.internal.core.Health;
import io.peregrine.metrics.internal.core.Move;
import io.peregrine.metrics.internal.core.MoveStatistics;
import io.peregrine.metrics.internal.core.Observed;
import io.peregrine.metrics.internal.core.Session;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ExpositionTest {
    private static final Path DOCS = Path.of(System.getProperty("basedir", "."), "..", "docs");
    private static final Pattern NAME = Pattern.compile("peregrine_[a-z_]+");
    private static final Pattern BY = Pattern.compile("\\bby \\(([^)]*)\\)|\\{([a-z]+)(?:=|!)|\\{\\{([a-z]+)}}");

    private final MoveStatistics moves = new MoveStatistics(Instant.EPOCH);

    private ParsedMetrics scrape(final Optional<Observed> state) throws IOException {
        final var health = new Health(0).judge(state, Map.of(), 0);
        final var out = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(out, Exposition.of(new Exposition.Sources(state,
            List.of(new SwitchLoads.Load(new DatapathId(1), 60, 20, 3),
                new SwitchLoads.Load(new DatapathId(0xa01), 10, 5, 0),
                new SwitchLoads.Load(new DatapathId(0xbeef), 1, 0, 0)),
            List.of(new Loops.Load("overlay", 2, OptionalLong.of(1_500_000)),
                new Loops.Load("packets", 4, OptionalLong.empty())),
            moves.figures(), health, Map.of("ca.pem", Instant.ofEpochSecond(2_000_000_000L)), 1_700_000_000_500L)));
        return new ParsedMetrics(out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void everyMetricIsThereWithItsTypeAndItsLabels() throws IOException {
        final var wanted = Arrays.stream(Metric.values()).collect(Collectors.toMap(Metric::metricName,
            metric -> List.of(metric.type().word(), String.join(", ", new TreeSet<>(metric.labels())))));
        assertEquals(wanted, scrape(Optional.of(observed())).shape());
    }

    @Test
    void statesAreCountedAndSessionsToldEachByItself() throws IOException {
        final var found = scrape(Optional.of(observed(
            Optional.of(List.of(edge("hv1", Session.DISCONNECTED, Session.SYNCING, false, "one", "two"),
                edge("out", Session.IN_SYNC, Session.IN_SYNC, true))),
            Optional.of(List.of(new Observed.FabricSwitch("s1", "0000000000000a01", Session.IN_SYNC, List.of()))),
            Optional.of(List.of(new Observed.Hypervisor("hv1", Session.IN_SYNC, Optional.empty()))), "hv1 to out")));
        assertEquals(1, found.value("peregrine_edges", "kind", "hypervisor", "ready", "false"));
        assertEquals(0, found.value("peregrine_edges", "kind", "hypervisor", "ready", "true"));
        assertEquals(1, found.value("peregrine_edges", "kind", "border", "ready", "true"));
        assertEquals(2, found.value("peregrine_edge_problems", "edge", "hv1"));
        assertEquals(0, found.value("peregrine_session_up", "protocol", "ovsdb", "peer", "hv1"));
        assertEquals(0, found.value("peregrine_session_up", "protocol", "openflow", "peer", "hv1"));
        assertEquals(1, found.value("peregrine_session_up", "protocol", "libvirt", "peer", "hv1"));
        assertEquals(1, found.value("peregrine_session_up", "protocol", "openflow", "peer", "s1"));
        assertEquals(1, found.value("peregrine_switches", "role", "edge", "state", "syncing"));
        assertEquals(1, found.value("peregrine_switches", "role", "fabric", "state", "in-sync"));
        assertEquals(1, found.value("peregrine_tunnels", "liveness", "down"));
        assertEquals(4, found.value("peregrine_links", "layer", "fabric", "state", "up"));
        assertEquals(7, found.value("peregrine_guests", "state", "running"));
        assertEquals(1, found.value("peregrine_jobs", "state", "waiting"));
        assertEquals(3, found.value("peregrine_fabric_hosts"));
        assertEquals(0, found.value("peregrine_service_operational", "service", "ovsdb"));
        assertEquals(1, found.value("peregrine_service_operational", "service", "migration"));
        assertEquals(1_700_000_000.5, found.value("peregrine_start_time_seconds"));
    }

    @Test
    void switchesHaveTheNamesOfIntentIfTheyHaveAny() throws IOException {
        final var found = scrape(Optional.of(observed()));
        assertEquals(60, found.value("peregrine_switch_flows", "switch", "hv1"));
        assertEquals(20, found.value("peregrine_switch_groups", "switch", "hv1"));
        assertEquals(3, found.value("peregrine_switch_waiting_tasks", "switch", "hv1"));
        assertEquals(10, found.value("peregrine_switch_flows", "switch", "s1"));
        assertEquals(1, found.value("peregrine_switch_flows", "switch", "000000000000beef"));
    }

    @Test
    void anEdgeAndASwitchOfOneNameAreToldApartOrAsTheWorse() throws IOException {
        final var found = scrape(Optional.of(observed(
            Optional.of(List.of(edge("hv1", Session.IN_SYNC, Session.IN_SYNC, true))),
            Optional.of(List.of(new Observed.FabricSwitch("hv1", "0000000000000a01", Session.DISCONNECTED, List.of()))),
            Optional.of(List.of()))));
        assertEquals(0, found.value("peregrine_session_up", "protocol", "openflow", "peer", "hv1"));
        assertEquals(60, found.value("peregrine_switch_flows", "switch", "hv1"));
        assertEquals(10, found.value("peregrine_switch_flows", "switch", "0000000000000a01"));
    }

    @Test
    void threadsTellHowMuchWaitsAndHowLong() throws IOException {
        final var found = scrape(Optional.of(observed()));
        assertEquals(2, found.value("peregrine_loop_waiting_tasks", "loop", "overlay"));
        assertEquals(0.0015, found.value("peregrine_loop_late_seconds", "loop", "overlay"));
        assertEquals(4, found.value("peregrine_loop_waiting_tasks", "loop", "packets"));
        assertEquals(Set.of(Map.of("loop", "overlay")),
            found.families.get("peregrine_loop_late_seconds").samples().get("").keySet());
    }

    @Test
    void movesAreInHistograms() throws IOException {
        moves.changed("a", Optional.empty(), Optional.of(new Move("predictive", "completed", Optional.of(Instant.now()),
            OptionalLong.of(60), Optional.of(new Move.Probing("measured", OptionalLong.of(0), 0, OptionalLong.of(75))),
            Map.of("turn", 1_000L, "turned", 3_000L))));
        final var found = scrape(Optional.of(observed()));
        assertEquals(1, found.value("peregrine_moves_total", "mode", "predictive", "phase", "completed"));
        assertEquals(0.06, found.value("peregrine_move_pause_seconds_sum", "mode", "predictive"));
        assertEquals(0, found.value("peregrine_move_pause_seconds_bucket", "mode", "predictive", "le", "0.05"));
        assertEquals(1, found.value("peregrine_move_pause_seconds_bucket", "mode", "predictive", "le", "0.1"));
        assertEquals(1, found.value("peregrine_move_gap_seconds_count", "mode", "predictive"));
        assertEquals(1, found.value("peregrine_move_lost_probes_bucket", "mode", "predictive", "le", "0.0"));
        assertEquals(1, found.value("peregrine_moves_probed_total", "outcome", "measured"));
        assertEquals(1, found.value("peregrine_move_event_to_switch_seconds_bucket", "step", "turn", "le", "0.0025"));
    }

    @Test
    void whatTheDataStoreDoesNotTellIsLeftOut() throws IOException {
        final var found = scrape(Optional.empty());
        assertEquals(0, found.value("peregrine_state_read_success"));
        assertEquals(0, found.value("peregrine_service_operational", "service", "overlay"));
        assertEquals(60, found.value("peregrine_switch_flows", "switch", "0000000000000001"));
        assertFalse(found.families.containsKey("peregrine_edges"));
        assertFalse(found.families.containsKey("peregrine_session_up"));
    }

    // ---- what a person reads ----

    private static Map<String, List<String>> documented() throws IOException {
        final var rows = new HashMap<String, List<String>>();
        for (var line : Files.readAllLines(DOCS.resolve("metrics.md"))) {
            final var cells = line.split("\\|", -1);
            if (cells.length == 7 && cells[1].trim().startsWith("`peregrine_")) {
                final var labels = new TreeSet<>(List.of(cells[3].trim().split(", ")));
                rows.put(cells[1].trim().replace("`", ""), List.of(cells[2].trim(), String.join(", ", labels)));
                assertFalse(cells[4].isBlank(), line);
            }
        }
        return rows;
    }

    @Test
    void theDocumentationTellsOfTheSameMetrics() throws IOException {
        assertEquals(scrape(Optional.of(observed())).shape(), documented());
    }

    private static void expressions(final JsonElement part, final Set<String> found) {
        if (part.isJsonArray()) {
            part.getAsJsonArray().forEach(element -> expressions(element, found));
        } else if (part.isJsonObject()) {
            part.getAsJsonObject().entrySet().forEach(entry -> {
                if (entry.getKey().equals("expr")) {
                    found.add(entry.getValue().getAsString() + " -> "
                        + part.getAsJsonObject().get("legendFormat").getAsString());
                } else {
                    expressions(entry.getValue(), found);
                }
            });
        }
    }

    private static String family(final String name, final Map<String, List<String>> documented) {
        final var base = name.replaceFirst("_(bucket|sum|count)$", "");
        return !documented.containsKey(name) && documented.getOrDefault(base, List.of("")).get(0).equals("histogram")
            ? base : name;
    }

    @Test
    void theDashboardAsksForWhatThereIs() throws IOException {
        final var documented = documented();
        final var expressions = new HashSet<String>();
        expressions(JsonParser.parseString(Files.readString(DOCS.resolve("grafana/peregrine.json"))), expressions);
        final var asked = new HashSet<String>();
        for (var expression : expressions) {
            final var names = NAME.matcher(expression).results()
                .map(result -> family(result.group(), documented)).collect(Collectors.toSet());
            assertEquals(1, names.size(), expression);
            final var name = names.iterator().next();
            assertTrue(documented.containsKey(name), expression);
            asked.add(name);
            final var labels = Set.of((documented.get(name).get(1) + ", le").split(", "));
            BY.matcher(expression).results().forEach(result -> {
                for (int group = 1; group <= 3; group++) {
                    if (result.group(group) != null) {
                        assertTrue(labels.containsAll(Set.of(result.group(group).split(", "))), expression);
                    }
                }
            });
        }
        assertEquals(documented.keySet(), asked, "each metric has a place");
    }
}
