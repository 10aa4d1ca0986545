/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.trace;

import io.peregrine.flow.FieldValue;
import io.peregrine.flow.MacAddress;
import io.peregrine.flow.OxmField;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * A packet as its match fields. Immutable. Metadata and tunnel id read as zero where they were not set, as in a switch.
 */
public final class Packet {
    private final Map<OxmField, FieldValue> fields;
    private final int ttl;

    private Packet(final Map<OxmField, FieldValue> fields, final int ttl) {
        this.fields = fields;
        this.ttl = ttl;
    }

    /**
     * An Ethernet frame.
     *
     * @param source source address
     * @param destination destination address
     * @param etherType the EtherType
     * @return the packet, with a TTL of 64
     */
    public static Packet ethernet(final MacAddress source, final MacAddress destination, final int etherType) {
        final var map = new EnumMap<OxmField, FieldValue>(OxmField.class);
        map.put(OxmField.ETH_SRC, FieldValue.of(source));
        map.put(OxmField.ETH_DST, FieldValue.of(destination));
        map.put(OxmField.ETH_TYPE, FieldValue.of(etherType));
        map.put(OxmField.VLAN_VID, FieldValue.ZERO);
        return new Packet(map, 64);
    }

    /**
     * A copy with one field set.
     *
     * @param field the field
     * @param value its value
     * @return the copy
     */
    public Packet with(final OxmField field, final FieldValue value) {
        final var map = new EnumMap<>(fields);
        map.put(field, value);
        return new Packet(map, ttl);
    }

    public Packet with(final OxmField field, final long value) {
        return with(field, FieldValue.of(value));
    }

    Packet without(final OxmField field) {
        final var map = new EnumMap<>(fields);
        map.remove(field);
        return new Packet(map, ttl);
    }

    Packet withTtl(final int newTtl) {
        return new Packet(fields, newTtl);
    }

    /**
     * A field's value.
     *
     * @param field the field
     * @return its value, or null if the packet has no such field
     */
    public FieldValue get(final OxmField field) {
        final var value = fields.get(field);
        return value == null && (field == OxmField.METADATA || field == OxmField.TUNNEL_ID) ? FieldValue.ZERO : value;
    }

    public int ttl() {
        return ttl;
    }

    public Map<OxmField, FieldValue> fields() {
        return Collections.unmodifiableMap(fields);
    }

    @Override
    public int hashCode() {
        return 31 * fields.hashCode() + ttl;
    }

    @Override
    public boolean equals(final Object obj) {
        return this == obj || obj instanceof Packet other && ttl == other.ttl && fields.equals(other.fields);
    }

    @Override
    public String toString() {
        return fields.toString();
    }
}
