/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal;

import io.peregrine.metrics.internal.core.Tally;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of one moment. Not thread-safe.
 */
final class Scrape {
    private static final String TOTAL = "_total";

    private final Map<Metric, List<GaugeDataPointSnapshot>> gauges = new EnumMap<>(Metric.class);
    private final Map<Metric, List<CounterDataPointSnapshot>> counters = new EnumMap<>(Metric.class);
    private final Map<Metric, List<HistogramDataPointSnapshot>> histograms = new EnumMap<>(Metric.class);

    void gauge(final Metric metric, final double value, final String... labels) {
        gauges.computeIfAbsent(metric, key -> new ArrayList<>())
            .add(new GaugeDataPointSnapshot(value, labels(metric, Metric.Type.GAUGE, labels), null));
    }

    void counter(final Metric metric, final double value, final String... labels) {
        counters.computeIfAbsent(metric, key -> new ArrayList<>())
            .add(new CounterDataPointSnapshot(value, labels(metric, Metric.Type.COUNTER, labels), null, 0));
    }

    void histogram(final Metric metric, final Tally.Counts counts, final String... labels) {
        histograms.computeIfAbsent(metric, key -> new ArrayList<>()).add(HistogramDataPointSnapshot.builder()
            .classicHistogramBuckets(ClassicHistogramBuckets.of(counts.bounds(), counts.counts()))
            .sum(counts.sum()).labels(labels(metric, Metric.Type.HISTOGRAM, labels)).build());
    }

    private static Labels labels(final Metric metric, final Metric.Type type, final String... values) {
        if (metric.type() != type) {
            throw new IllegalArgumentException(metric + " is a " + metric.type().word());
        }
        return Labels.of(metric.labels(), List.of(values));
    }

    /**
     * All that has been told, in the order of the metrics.
     *
     * @return that
     */
    MetricSnapshots snapshots() {
        final var all = new ArrayList<MetricSnapshot>();
        for (var metric : Metric.values()) {
            switch (metric.type()) {
                case GAUGE -> all.add(new GaugeSnapshot(metadata(metric), gauges.getOrDefault(metric, List.of())));
                case COUNTER -> all.add(new CounterSnapshot(metadata(metric),
                    counters.getOrDefault(metric, List.of())));
                default -> all.add(new HistogramSnapshot(metadata(metric),
                    histograms.getOrDefault(metric, List.of())));
            }
        }
        return new MetricSnapshots(all);
    }

    private static MetricMetadata metadata(final Metric metric) {
        final var name = metric.metricName();
        // The library adds what counters' names end with
        return new MetricMetadata(metric.type() == Metric.Type.COUNTER
            ? name.substring(0, name.length() - TOTAL.length()) : name, metric.help());
    }
}
