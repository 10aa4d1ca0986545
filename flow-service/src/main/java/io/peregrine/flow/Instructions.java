/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow;

import java.util.List;

/**
 * What a flow entry does with a packet (OpenFlow 1.3.5, 5.9): apply actions, write metadata, go to a later table.
 *
 * @param actions applied at once, in order
 * @param metadata bits written into the metadata
 * @param metadataMask which bits; zero writes none
 * @param gotoTable the next table, or {@link #NO_TABLE}
 */
public record Instructions(List<Action> actions, long metadata, long metadataMask, int gotoTable) {
    /** The pipeline ends here. */
    public static final int NO_TABLE = -1;
    /** The packet is dropped. */
    public static final Instructions DROP = new Instructions(List.of(), 0, 0, NO_TABLE);

    public Instructions {
        actions = List.copyOf(actions);
        if ((metadata & ~metadataMask) != 0) {
            throw new IllegalArgumentException("metadata has bits outside its mask");
        }
    }

    public static Instructions apply(final Action... actions) {
        return new Instructions(List.of(actions), 0, 0, NO_TABLE);
    }

    public static Instructions apply(final List<Action> actions) {
        return new Instructions(actions, 0, 0, NO_TABLE);
    }

    public static Instructions toTable(final int table) {
        return new Instructions(List.of(), 0, 0, table);
    }

    public Instructions thenTable(final int table) {
        return new Instructions(actions, metadata, metadataMask, table);
    }

    public Instructions withMetadata(final long value, final long mask) {
        return new Instructions(actions, value, mask, gotoTable);
    }

    @Override
    public String toString() {
        final var sb = new StringBuilder();
        if (!actions.isEmpty()) {
            sb.append("apply").append(actions);
        }
        if (metadataMask != 0) {
            sb.append(sb.isEmpty() ? "" : ",").append("write_metadata:0x").append(Long.toHexString(metadata))
                .append("/0x").append(Long.toHexString(metadataMask));
        }
        if (gotoTable != NO_TABLE) {
            sb.append(sb.isEmpty() ? "" : ",").append("goto_table:").append(gotoTable);
        }
        return sb.isEmpty() ? "drop" : sb.toString();
    }
}
