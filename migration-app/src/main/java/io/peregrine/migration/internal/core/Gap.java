/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import java.util.OptionalLong;

/**
 * What probes have shown of how long a guest did not answer.
 *
 * @param sent how many probes were sent
 * @param answered how many of them were answered
 * @param duplicated how many answers came beyond the first
 * @param longest the longest time in which an answer was due and none came, nanoseconds; empty if none ever came
 * @param began when that began, nanoseconds of the monotonic clock
 * @param doubt how far the longest may be from the truth, nanoseconds
 * @param answering whether answers came to the end
 */
public record Gap(long sent, long answered, long duplicated, OptionalLong longest, long began, long doubt,
        boolean answering) {
    /**
     * How many probes were not answered.
     *
     * @return their number
     */
    public long lost() {
        return sent - answered;
    }
}
