/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal.core;

import com.google.common.net.InetAddresses;
import io.peregrine.flow.Action;
import io.peregrine.flow.FieldValue;
import io.peregrine.flow.FlowKey;
import io.peregrine.flow.Group;
import io.peregrine.flow.Instructions;
import io.peregrine.flow.MacAddress;
import io.peregrine.flow.Match;
import io.peregrine.flow.OxmField;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Entries and groups as {@code ovs-ofctl} writes them and takes them, so that a person can look for one on the switch.
 */
public final class OfctlText {
    private static final FieldValue VLAN_PRESENT = FieldValue.of(0x1000);
    /** Open vSwitch's short words for a type of frame, with the protocol that some go by. */
    private static final List<Short> SHORTS = List.of(new Short("arp", 0x0806), new Short("rarp", 0x8035),
        new Short("icmp", 0x0800, 1), new Short("tcp", 0x0800, 6), new Short("udp", 0x0800, 17),
        new Short("ip", 0x0800), new Short("icmp6", 0x86DD, 58), new Short("tcp6", 0x86DD, 6),
        new Short("udp6", 0x86DD, 17), new Short("ipv6", 0x86DD));

    private record Short(String word, int type, Optional<Integer> protocol) {
        Short(final String word, final int type) {
            this(word, type, Optional.empty());
        }

        Short(final String word, final int type, final int protocol) {
            this(word, type, Optional.of(protocol));
        }

        boolean fits(final Match match) {
            return isExactly(match, OxmField.ETH_TYPE, type)
                && protocol.map(number -> isExactly(match, OxmField.IP_PROTO, number)).orElse(true);
        }
    }

    private OfctlText() {
        // static methods only
    }

    private static boolean isExactly(final Match match, final OxmField field, final int value) {
        final var masked = match.fields().get(field);
        return masked != null && masked.mask().equals(field.exactMask()) && masked.value().equals(FieldValue.of(value));
    }

    /**
     * An entry.
     *
     * @param entry the entry
     * @return {@code cookie=...,table=...,priority=...,MATCH actions=...}
     */
    public static String of(final Entry entry) {
        final var flow = entry.flow();
        return identity(entry.cookie(), flow.key())
            + (flow.hardTimeout() == 0 ? "" : ",hard_timeout=" + flow.hardTimeout())
            + " actions=" + instructions(flow.instructions());
    }

    /**
     * A group.
     *
     * @param group the group
     * @return {@code group_id=...,type=...,bucket=...}
     */
    public static String of(final Group group) {
        final var text = new StringBuilder("group_id=").append(group.id()).append(",type=").append(
            switch (group.type()) {
                case ALL -> "all";
                case SELECT -> "select";
                case FAST_FAILOVER -> "ff";
            });
        for (var bucket : group.buckets()) {
            text.append(",bucket=");
            if (group.type() == Group.Type.SELECT) {
                text.append("weight:").append(bucket.weight()).append(',');
            }
            if (bucket.watchPort() != Group.Bucket.NO_WATCH) {
                text.append("watch_port:").append(bucket.watchPort()).append(',');
            }
            text.append("actions=").append(instructions(Instructions.apply(bucket.actions())));
        }
        return text.toString();
    }

    /**
     * An entry without what it does.
     *
     * @param cookie its cookie
     * @param key its identity
     * @return {@code cookie=...,table=...,priority=...,MATCH}
     */
    public static String identity(final long cookie, final FlowKey key) {
        final var words = new ArrayList<String>();
        words.add("cookie=0x" + Long.toHexString(cookie));
        words.add("table=" + key.table());
        words.add("priority=" + key.priority());
        addMatch(words, key.match());
        return String.join(",", words);
    }

    private static void addMatch(final Collection<String> words, final Match match) {
        final var abbreviated = SHORTS.stream().filter(one -> one.fits(match)).findFirst();
        abbreviated.ifPresent(one -> words.add(one.word()));
        match.fields().forEach((field, masked) -> {
            final boolean said = field == OxmField.ETH_TYPE && abbreviated.isPresent()
                || field == OxmField.IP_PROTO && abbreviated.flatMap(Short::protocol).isPresent();
            if (!said) {
                words.add(match(field, masked));
            }
        });
    }

    private static String match(final OxmField field, final Match.Masked masked) {
        if (field == OxmField.VLAN_VID) {
            // A tag of 802.1Q's, whichever, or one number
            return masked.mask().equals(VLAN_PRESENT) ? "vlan_tci=0x1000/0x1000"
                : "dl_vlan=" + (masked.value().low() & 0xFFF);
        }
        final var text = matchName(field) + "=" + value(field, masked.value(), true);
        if (masked.mask().equals(field.exactMask())) {
            return text;
        }
        return text + "/" + (isAddress(field) && Expressible.isPrefix(masked.mask(), field.width())
            ? Long.bitCount(masked.mask().high()) + Long.bitCount(masked.mask().low())
            : value(field, masked.mask(), true));
    }

    private static String matchName(final OxmField field) {
        return switch (field) {
            case ETH_DST -> "dl_dst";
            case ETH_SRC -> "dl_src";
            case ETH_TYPE -> "dl_type";
            case IP_PROTO -> "nw_proto";
            case IPV4_SRC -> "nw_src";
            case IPV4_DST -> "nw_dst";
            case TCP_SRC, UDP_SRC -> "tp_src";
            case TCP_DST, UDP_DST -> "tp_dst";
            case ICMPV4_TYPE, ICMPV6_TYPE -> "icmp_type";
            case ICMPV4_CODE, ICMPV6_CODE -> "icmp_code";
            case IPV6_ND_TARGET -> "nd_target";
            case IPV6_ND_SLL -> "nd_sll";
            case IPV6_ND_TLL -> "nd_tll";
            case TUNNEL_ID -> "tun_id";
            default -> field.name().toLowerCase(Locale.ROOT);
        };
    }

    private static String setName(final OxmField field) {
        return switch (field) {
            case IPV4_SRC -> "ip_src";
            case IPV4_DST -> "ip_dst";
            case IPV6_ND_TARGET -> "nd_target";
            case IPV6_ND_SLL -> "nd_sll";
            case IPV6_ND_TLL -> "nd_tll";
            case ICMPV4_TYPE -> "icmp_type";
            case ICMPV4_CODE -> "icmp_code";
            case TUNNEL_ID -> "tun_id";
            default -> field.name().toLowerCase(Locale.ROOT);
        };
    }

    private static boolean isAddress(final OxmField field) {
        return switch (field) {
            case IPV4_SRC, IPV4_DST, ARP_SPA, ARP_TPA, IPV6_SRC, IPV6_DST, IPV6_ND_TARGET -> true;
            default -> false;
        };
    }

    private static String value(final OxmField field, final FieldValue value, final boolean matched) {
        return switch (field) {
            case ETH_DST, ETH_SRC, ARP_SHA, ARP_THA, IPV6_ND_SLL, IPV6_ND_TLL -> new MacAddress(value.low()).toString();
            case IPV4_SRC, IPV4_DST, ARP_SPA, ARP_TPA ->
                address(ByteBuffer.allocate(Integer.BYTES).putInt((int) value.low()));
            case IPV6_SRC, IPV6_DST, IPV6_ND_TARGET ->
                address(ByteBuffer.allocate(2 * Long.BYTES).putLong(value.high()).putLong(value.low()));
            case METADATA, TUNNEL_ID -> value.toString();
            case ETH_TYPE -> String.format(Locale.ROOT, "0x%04x", value.low());
            case IN_PORT -> matched ? port(value.low()) : value.toString();
            default -> Long.toUnsignedString(value.low());
        };
    }

    private static String address(final ByteBuffer octets) {
        try {
            final var address = InetAddress.getByAddress(octets.array());
            return address instanceof Inet6Address six ? InetAddresses.toAddrString(six) : address.getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + octets.capacity() + " octets", e);
        }
    }

    private static String port(final long number) {
        return number == Action.IN_PORT ? "IN_PORT" : number == Action.LOCAL ? "LOCAL" : Long.toString(number);
    }

    private static String instructions(final Instructions instructions) {
        final var words = new ArrayList<String>();
        instructions.actions().forEach(action -> words.add(action(action)));
        if (instructions.metadataMask() != 0) {
            words.add("write_metadata:0x" + Long.toHexString(instructions.metadata())
                + (instructions.metadataMask() == -1 ? "" : "/0x" + Long.toHexString(instructions.metadataMask())));
        }
        if (instructions.gotoTable() != Instructions.NO_TABLE) {
            words.add("goto_table:" + instructions.gotoTable());
        }
        return words.isEmpty() ? "drop" : String.join(",", words);
    }

    private static String action(final Action action) {
        if (action instanceof Action.Output output) {
            return output.port() == Action.CONTROLLER ? "CONTROLLER:65535"
                : output.port() == Action.IN_PORT || output.port() == Action.LOCAL ? port(output.port())
                : "output:" + output.port();
        } else if (action instanceof Action.ToGroup group) {
            return "group:" + group.groupId();
        } else if (action instanceof Action.SetField set) {
            return "set_field:" + value(set.field(), set.value(), false) + "->" + setName(set.field());
        }
        return action.toString();
    }

    /**
     * A group of which only the number is known.
     *
     * @param id the number
     * @return {@code group_id=...}
     */
    static String group(final long id) {
        return "group_id=" + id;
    }

    /** For what a belief has of a group: null is one whose content we cannot say. */
    static String group(final Map<Long, Group> groups, final long id) {
        final var group = groups.get(id);
        return group == null ? group(id) : of(group);
    }
}
