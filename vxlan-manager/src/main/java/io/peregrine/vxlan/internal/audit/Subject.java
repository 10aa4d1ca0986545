/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.audit;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.DatapathId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A switch that may be audited.
 *
 * @param name what people call it
 * @param datapath its switch, if that is known
 * @param unknown why it is not
 */
record Subject(String name, Optional<DatapathId> datapath, String unknown) {
    Subject {
        requireNonNull(name);
        requireNonNull(datapath);
        requireNonNull(unknown);
    }

    boolean isCalled(final String text) {
        return name.equals(text) || datapath.filter(id -> id.hex().equals(text)).isPresent();
    }

    /**
     * Chooses those that are asked for.
     *
     * @param all all there are
     * @param names names or datapath identifiers; none for all
     * @return those, in the order of {@code all}
     * @throws IllegalArgumentException if one is not known
     */
    static List<Subject> named(final List<Subject> all, final Collection<String> names) {
        for (var name : names) {
            if (all.stream().noneMatch(one -> one.isCalled(name))) {
                throw new IllegalArgumentException("switch: '" + name + "' is not known: give the name of an edge or "
                    + "of a switch of the fabric, or a datapath identifier; there are "
                    + String.join(", ", all.stream().map(Subject::name).toList()));
            }
        }
        return names.isEmpty() ? all : all.stream().filter(one -> names.stream().anyMatch(one::isCalled)).toList();
    }
}
