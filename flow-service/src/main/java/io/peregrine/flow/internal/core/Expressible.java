/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal.core;

import io.peregrine.flow.Action;
import io.peregrine.flow.FieldValue;
import io.peregrine.flow.Flow;
import io.peregrine.flow.Group;
import io.peregrine.flow.Instructions;
import io.peregrine.flow.Match;
import io.peregrine.flow.OxmField;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Refuses entries that a switch would refuse, or that OpenFlowPlugin's model cannot carry, before anything is changed.
 */
final class Expressible {
    private static final FieldValue VLAN_PRESENT = FieldValue.of(0x1000);

    /** Fields that may be matched under any mask. */
    private static final Set<OxmField> MASKED = EnumSet.of(OxmField.METADATA, OxmField.TUNNEL_ID, OxmField.ETH_DST,
        OxmField.ETH_SRC, OxmField.ARP_SHA, OxmField.ARP_THA);
    /** Fields that may be matched by prefix. */
    private static final Set<OxmField> PREFIXED = EnumSet.of(OxmField.IPV4_SRC, OxmField.IPV4_DST, OxmField.ARP_SPA,
        OxmField.ARP_TPA, OxmField.IPV6_SRC, OxmField.IPV6_DST);
    private static final Set<OxmField> NOT_SETTABLE = EnumSet.of(OxmField.IN_PORT, OxmField.METADATA,
        OxmField.ETH_TYPE, OxmField.VLAN_VID, OxmField.IP_PROTO);

    /** What another field must be for a field to exist (OpenFlow 1.3.5, table 12, "prerequisite"). */
    private record Needs(OxmField field, long... values) {
        boolean isMetBy(final Match match) {
            final var masked = match.fields().get(field);
            if (masked == null || !masked.mask().equals(field.exactMask())) {
                return false;
            }
            for (long value : values) {
                if (masked.value().equals(FieldValue.of(value))) {
                    return true;
                }
            }
            return false;
        }
    }

    private static final Map<OxmField, List<Needs>> PREREQUISITES = new EnumMap<>(OxmField.class);

    static {
        final var ip = new Needs(OxmField.ETH_TYPE, 0x0800, 0x86DD);
        final var ipv4 = new Needs(OxmField.ETH_TYPE, 0x0800);
        final var ipv6 = new Needs(OxmField.ETH_TYPE, 0x86DD);
        final var arp = new Needs(OxmField.ETH_TYPE, 0x0806, 0x8035);
        final var icmpv6 = new Needs(OxmField.IP_PROTO, 58);
        need(List.of(ip), OxmField.IP_PROTO);
        need(List.of(ipv4), OxmField.IPV4_SRC, OxmField.IPV4_DST);
        need(List.of(ip, new Needs(OxmField.IP_PROTO, 6)), OxmField.TCP_SRC, OxmField.TCP_DST);
        need(List.of(ip, new Needs(OxmField.IP_PROTO, 17)), OxmField.UDP_SRC, OxmField.UDP_DST);
        need(List.of(ipv4, new Needs(OxmField.IP_PROTO, 1)), OxmField.ICMPV4_TYPE, OxmField.ICMPV4_CODE);
        need(List.of(arp), OxmField.ARP_OP, OxmField.ARP_SPA, OxmField.ARP_TPA, OxmField.ARP_SHA, OxmField.ARP_THA);
        need(List.of(ipv6), OxmField.IPV6_SRC, OxmField.IPV6_DST);
        need(List.of(ipv6, icmpv6), OxmField.ICMPV6_TYPE, OxmField.ICMPV6_CODE);
        need(List.of(ipv6, icmpv6, new Needs(OxmField.ICMPV6_TYPE, 135, 136)), OxmField.IPV6_ND_TARGET);
        need(List.of(ipv6, icmpv6, new Needs(OxmField.ICMPV6_TYPE, 135)), OxmField.IPV6_ND_SLL);
        need(List.of(ipv6, icmpv6, new Needs(OxmField.ICMPV6_TYPE, 136)), OxmField.IPV6_ND_TLL);
    }

    private Expressible() {
        // static methods only
    }

    private static void need(final List<Needs> needs, final OxmField... fields) {
        for (var field : fields) {
            PREREQUISITES.put(field, needs);
        }
    }

    /**
     * Checks an entry.
     *
     * @param flow the entry
     * @throws IllegalArgumentException naming the entry and what is wrong with it
     */
    static void check(final Flow flow) {
        final var match = flow.key().match();
        match.fields().forEach((field, masked) -> {
            if (!mayMask(field, masked)) {
                throw new IllegalArgumentException(field + " cannot be matched under mask " + masked.mask() + ": "
                    + flow);
            }
            for (var needs : PREREQUISITES.getOrDefault(field, List.of())) {
                if (!needs.isMetBy(match)) {
                    throw new IllegalArgumentException(field + " is matched without its " + needs.field() + ": "
                        + flow);
                }
            }
        });
        checkActions(flow.instructions().actions(), flow);
        final int next = flow.instructions().gotoTable();
        if (next != Instructions.NO_TABLE && (next <= flow.key().table() || next > 254)) {
            throw new IllegalArgumentException("goes to a table that does not come later: " + flow);
        }
    }

    /**
     * Checks a group.
     *
     * @param group the group
     * @throws IllegalArgumentException naming the group and what is wrong with it
     */
    static void check(final Group group) {
        if (!OwnRange.isOwnGroup(group.id())) {
            throw new IllegalArgumentException("group number " + group.id() + " is not of our range");
        }
        for (var bucket : group.buckets()) {
            checkActions(bucket.actions(), group);
            if (bucket.weight() < 0 || bucket.weight() > 65535
                || bucket.weight() != 0 && group.type() != Group.Type.SELECT) {
                throw new IllegalArgumentException("bucket weight " + bucket.weight() + ": " + group);
            }
            if (bucket.watchPort() != Group.Bucket.NO_WATCH && group.type() == Group.Type.ALL) {
                throw new IllegalArgumentException("a group of type all watches no port: " + group);
            }
        }
    }

    private static boolean mayMask(final OxmField field, final Match.Masked masked) {
        if (field == OxmField.VLAN_VID && masked.mask().equals(field.exactMask())) {
            // "Tagged with 0" would be taken for "tagged"
            return !masked.value().equals(VLAN_PRESENT);
        }
        return masked.mask().equals(field.exactMask()) || MASKED.contains(field)
            || PREFIXED.contains(field) && isPrefix(masked.mask(), field.width())
            || field == OxmField.VLAN_VID && masked.mask().equals(VLAN_PRESENT) && masked.value().equals(VLAN_PRESENT);
    }

    static boolean isPrefix(final FieldValue mask, final int width) {
        return mask.equals(FieldValue.prefixMask(width, Long.bitCount(mask.high()) + Long.bitCount(mask.low())));
    }

    private static void checkActions(final List<Action> actions, final Object where) {
        for (var action : actions) {
            if (action instanceof Action.SetField set && (NOT_SETTABLE.contains(set.field())
                || !set.value().and(set.field().exactMask()).equals(set.value()))) {
                throw new IllegalArgumentException("cannot do " + action + ": " + where);
            }
        }
    }
}
