/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal.core;

import io.peregrine.flow.FlowKey;
import io.peregrine.flow.Group;

/**
 * One change of a switch.
 */
public sealed interface Op {
    /** How a group comes about. */
    enum How {
        /** It is not there. */
        ADD,
        /** It is there. */
        MODIFY,
        /** Nobody knows. Add, then modify: the first may fail, the second may not. */
        EITHER
    }

    /**
     * Adds or changes a group.
     *
     * @param group its new content
     * @param how which message does it
     */
    record PutGroup(Group group, How how) implements Op {
        @Override
        public Object subject() {
            return group.id();
        }

        @Override
        public String toString() {
            return "group " + group;
        }
    }

    /**
     * Adds a flow entry, or overwrites in place the one with its identity.
     *
     * @param entry the entry
     */
    record PutFlow(Entry entry) implements Op {
        @Override
        public Object subject() {
            return entry.key();
        }

        @Override
        public String toString() {
            return "flow " + entry.flow();
        }
    }

    /**
     * Removes a flow entry if its cookie is ours.
     *
     * @param key its identity
     */
    record RemoveFlow(FlowKey key) implements Op {
        @Override
        public Object subject() {
            return key;
        }

        @Override
        public String toString() {
            return "removal of flow " + key;
        }
    }

    /**
     * Removes a group. The switch removes with it whatever flow entry uses it (OpenFlow 1.3.5, 6.7).
     *
     * @param id its number
     */
    record RemoveGroup(long id) implements Op {
        @Override
        public Object subject() {
            return id;
        }

        @Override
        public String toString() {
            return "removal of group " + id;
        }
    }

    /**
     * What the change is about.
     *
     * @return a {@link FlowKey} or a group number
     */
    Object subject();
}
