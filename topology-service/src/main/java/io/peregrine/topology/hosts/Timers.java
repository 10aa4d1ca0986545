/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.hosts;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * Alarms to ring at a time of a monotonic clock, whose origin may be anywhere.
 */
final class Timers {
    /** Something to do at its time. One object has one time at most. */
    @FunctionalInterface
    interface Alarm {
        /**
         * The time has come; the alarm is not set any more.
         *
         * @param now the time, perhaps later than set
         */
        void ring(long now);
    }

    private record Setting(long at, long order, Alarm alarm) {
        // By difference: the clock may wrap
        static final Comparator<Setting> ORDER = (one, other) -> one.at == other.at
            ? Long.compare(one.order, other.order) : Long.compare(one.at - other.at, 0);
    }

    private final TreeSet<Setting> queue = new TreeSet<>(Setting.ORDER);
    private final Map<Alarm, Setting> settings = new HashMap<>();
    private long order;

    /** Sets an alarm, in place of its earlier time. */
    void set(final Alarm alarm, final long at) {
        cancel(alarm);
        final var setting = new Setting(at, order++, alarm);
        queue.add(setting);
        settings.put(alarm, setting);
    }

    /** Sets an alarm unless it rings earlier anyway. */
    void setEarlier(final Alarm alarm, final long at) {
        final var setting = settings.get(alarm);
        if (setting == null || at - setting.at < 0) {
            set(alarm, at);
        }
    }

    void cancel(final Alarm alarm) {
        final var setting = settings.remove(alarm);
        if (setting != null) {
            queue.remove(setting);
        }
    }

    boolean isSet(final Alarm alarm) {
        return settings.containsKey(alarm);
    }

    OptionalLong next() {
        return queue.isEmpty() ? OptionalLong.empty() : OptionalLong.of(queue.first().at);
    }

    /** Rings what is due. */
    void run(final long now) {
        while (!queue.isEmpty() && queue.first().at - now <= 0) {
            final var alarm = queue.pollFirst().alarm;
            settings.remove(alarm);
            alarm.ring(now);
        }
    }
}
