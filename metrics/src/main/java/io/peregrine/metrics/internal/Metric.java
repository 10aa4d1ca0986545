/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal;

import java.util.List;
import java.util.Locale;

/**
 * The metrics there are. {@code docs/metrics.md} tells a person the same.
 */
enum Metric {
    EDGES(Type.GAUGE, "peregrine_edges", "Edges of intent", "kind", "ready"),
    EDGE_PROBLEMS(Type.GAUGE, "peregrine_edge_problems", "Problems that an edge shows", "edge"),
    RETIRED_EDGES(Type.GAUGE, "peregrine_retired_edges", "Bridges that are being let go of"),
    SWITCHES(Type.GAUGE, "peregrine_switches", "Switches that are programmed", "role", "state"),
    SESSION_UP(Type.GAUGE, "peregrine_session_up", "Whether a session is in sync", "protocol", "peer"),
    TUNNELS(Type.GAUGE, "peregrine_tunnels", "Tunnels, each direction by itself", "liveness"),
    TUNNEL_IDENTITIES(Type.GAUGE, "peregrine_tunnel_identities", "Tunnels by what probes say of their other end",
        "identity"),
    LINKS(Type.GAUGE, "peregrine_links", "Links, each direction by itself", "layer", "state"),
    FABRIC_HOSTS(Type.GAUGE, "peregrine_fabric_hosts", "Hosts found on the fabric"),
    GUESTS(Type.GAUGE, "peregrine_guests", "Active guests", "state"),
    JOBS(Type.GAUGE, "peregrine_jobs", "Jobs that are remembered", "state"),
    SWITCH_FLOWS(Type.GAUGE, "peregrine_switch_flows", "Flows wanted of a switch", "switch"),
    SWITCH_GROUPS(Type.GAUGE, "peregrine_switch_groups", "Groups wanted of a switch", "switch"),
    SWITCH_WAITING(Type.GAUGE, "peregrine_switch_waiting_tasks", "Changes and answers of a switch that wait", "switch"),
    LOOP_WAITING(Type.GAUGE, "peregrine_loop_waiting_tasks", "Tasks that wait for one of the single threads", "loop"),
    LOOP_LATE(Type.GAUGE, "peregrine_loop_late_seconds", "How long the first of them has waited", "loop"),
    MOVES_UNDER_WAY(Type.GAUGE, "peregrine_moves_under_way", "Moves that have not ended", "phase"),
    MOVES(Type.COUNTER, "peregrine_moves_total", "Moves that have ended, since the start", "mode", "phase"),
    MOVE_PAUSE(Type.HISTOGRAM, "peregrine_move_pause_seconds", "How long QEMU paused the guest", "mode"),
    MOVE_GAP(Type.HISTOGRAM, "peregrine_move_gap_seconds", "Longest time without an answer to probes", "mode"),
    MOVE_LOST(Type.HISTOGRAM, "peregrine_move_lost_probes", "Probes of a move that were not answered", "mode"),
    MOVE_DUPLICATED(Type.COUNTER, "peregrine_move_duplicated_probes_total", "Answers beyond the first to a probe",
        "mode"),
    MOVES_PROBED(Type.COUNTER, "peregrine_moves_probed_total", "Moves by what came of probing the guest", "outcome"),
    MOVE_LATENCY(Type.HISTOGRAM, "peregrine_move_event_to_switch_seconds",
        "Time from a sign to the switches' confirmation of what it led to", "step"),
    SERVICE_OPERATIONAL(Type.GAUGE, "peregrine_service_operational", "Whether a service is well", "service"),
    CERTIFICATE_END(Type.GAUGE, "peregrine_certificate_end_timestamp_seconds",
        "When a certificate ends, seconds since 1970", "certificate"),
    STATE_READ(Type.GAUGE, "peregrine_state_read_success", "Whether the data store told the state for this answer"),
    START_TIME(Type.GAUGE, "peregrine_start_time_seconds", "Start of the process, seconds since 1970");

    /** Kinds of metrics. */
    enum Type {
        GAUGE, COUNTER, HISTOGRAM;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Type type;
    private final String name;
    private final String help;
    private final List<String> labels;

    Metric(final Type type, final String name, final String help, final String... labels) {
        this.type = type;
        this.name = name;
        this.help = help;
        this.labels = List.of(labels);
    }

    Type type() {
        return type;
    }

    String metricName() {
        return name;
    }

    String help() {
        return help;
    }

    List<String> labels() {
        return labels;
    }
}
