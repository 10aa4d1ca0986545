/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a flow entry matches: a conjunction of masked fields. Immutable.
 */
public final class Match {
    /** Matches every packet. */
    public static final Match ANY = builder().build();

    /**
     * A field's required bits.
     *
     * @param value the bits required, zero outside the mask
     * @param mask which bits are compared
     */
    public record Masked(FieldValue value, FieldValue mask) {
        public Masked {
            if (!value.and(mask).equals(value)) {
                throw new IllegalArgumentException("value " + value + " has bits outside mask " + mask);
            }
        }
    }

    private final Map<OxmField, Masked> fields;
    private final int hash;

    private Match(final Map<OxmField, Masked> fields) {
        this.fields = Collections.unmodifiableMap(fields);
        hash = fields.hashCode();
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * The fields matched, in the order of {@link OxmField}.
     *
     * @return an unmodifiable map
     */
    public Map<OxmField, Masked> fields() {
        return fields;
    }

    /**
     * Tells whether a packet matches.
     *
     * @param packet gives a field's value, or null where the packet has no such field
     * @return true if every field is present and equal under its mask
     */
    public boolean matches(final Function<OxmField, FieldValue> packet) {
        for (var entry : fields.entrySet()) {
            final var actual = packet.apply(entry.getKey());
            if (actual == null || !actual.and(entry.getValue().mask).equals(entry.getValue().value)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public boolean equals(final Object obj) {
        return this == obj || obj instanceof Match other && hash == other.hash && fields.equals(other.fields);
    }

    @Override
    public String toString() {
        return fields.isEmpty() ? "any" : fields.entrySet().stream().map(Match::format)
            .collect(Collectors.joining(","));
    }

    private static String format(final Map.Entry<OxmField, Masked> entry) {
        final var field = entry.getKey();
        final var masked = entry.getValue();
        final var text = field.name().toLowerCase(Locale.ROOT) + "=" + masked.value;
        return masked.mask.equals(field.exactMask()) ? text : text + "/" + masked.mask;
    }

    /**
     * Builds a match. Not thread-safe.
     */
    public static final class Builder {
        private final Map<OxmField, Masked> fields = new EnumMap<>(OxmField.class);

        private Builder() {
            // by Match.builder()
        }

        /**
         * Requires a field to have some bits. A mask of zero requires nothing and is left out, as OpenFlow 1.3.5,
         * 7.2.3.5 has it.
         *
         * @param field the field
         * @param value the bits required
         * @param mask which bits are compared
         * @return this builder
         */
        public Builder masked(final OxmField field, final FieldValue value, final FieldValue mask) {
            if (!mask.and(field.exactMask()).equals(mask)) {
                throw new IllegalArgumentException(field + " is narrower than mask " + mask);
            }
            if (mask.equals(FieldValue.ZERO)) {
                fields.remove(requireNonNull(field));
            } else {
                fields.put(field, new Masked(value, mask));
            }
            return this;
        }

        public Builder exact(final OxmField field, final FieldValue value) {
            return masked(field, value, field.exactMask());
        }

        public Builder exact(final OxmField field, final long value) {
            return exact(field, FieldValue.of(value));
        }

        public Builder inPort(final long port) {
            return exact(OxmField.IN_PORT, port);
        }

        public Builder metadata(final long value) {
            return exact(OxmField.METADATA, value);
        }

        public Builder metadata(final long value, final long mask) {
            return masked(OxmField.METADATA, FieldValue.of(value), FieldValue.of(mask));
        }

        public Builder tunnelId(final long value) {
            return exact(OxmField.TUNNEL_ID, value);
        }

        public Builder ethDst(final MacAddress mac) {
            return exact(OxmField.ETH_DST, FieldValue.of(mac));
        }

        public Builder ethSrc(final MacAddress mac) {
            return exact(OxmField.ETH_SRC, FieldValue.of(mac));
        }

        public Builder ethType(final int type) {
            return exact(OxmField.ETH_TYPE, type);
        }

        /**
         * Requires an address field to lie in a prefix.
         *
         * @param field an address field
         * @param address any address of the prefix; host bits are cleared
         * @param length the prefix length in bits
         * @return this builder
         */
        public Builder prefix(final OxmField field, final InetAddress address, final int length) {
            final var mask = FieldValue.prefixMask(field.width(), length);
            return masked(field, FieldValue.of(address).and(mask), mask);
        }

        /**
         * Requires the destination to be a group address: multicast or broadcast.
         *
         * @return this builder
         */
        public Builder ethDstGroup() {
            final var bit = FieldValue.of(0x0100_0000_0000L);
            return masked(OxmField.ETH_DST, bit, bit);
        }

        /**
         * Requires a VLAN tag, whatever its number (OpenFlow 1.3.5, table 13: OFPVID_PRESENT).
         *
         * @return this builder
         */
        public Builder vlanTagged() {
            final var present = FieldValue.of(0x1000);
            return masked(OxmField.VLAN_VID, present, present);
        }

        public Match build() {
            return new Match(new EnumMap<>(fields));
        }
    }
}
