/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import io.peregrine.flow.Action;
import io.peregrine.flow.FieldValue;
import io.peregrine.flow.Match;
import io.peregrine.flow.OxmField;
import java.util.Map;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IetfInetUtil;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv4Prefix;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv6Address;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv6Prefix;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.PortNumber;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.IetfYangUtil;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.MacAddress;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.MatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeConnectorId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.l2.types.rev130827.EtherType;
import org.opendaylight.yang.gen.v1.urn.opendaylight.l2.types.rev130827.VlanId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.MacAddressFilter;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.arp.match.fields.ArpSourceHardwareAddressBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.arp.match.fields.ArpTargetHardwareAddressBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.ethernet.match.fields.EthernetDestinationBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.ethernet.match.fields.EthernetSourceBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.ethernet.match.fields.EthernetTypeBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.EthernetMatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.Icmpv4MatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.Icmpv6MatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.IpMatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.MetadataBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.TunnelBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.VlanMatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.layer._3.match.ArpMatch;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.layer._3.match.ArpMatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.layer._3.match.Ipv4Match;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.layer._3.match.Ipv4MatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.layer._3.match.Ipv6Match;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.layer._3.match.Ipv6MatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.layer._4.match.TcpMatch;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.layer._4.match.TcpMatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.layer._4.match.UdpMatch;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.layer._4.match.UdpMatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.vlan.match.fields.VlanIdBuilder;
import org.opendaylight.yangtools.yang.common.Uint16;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.opendaylight.yangtools.yang.common.Uint64;
import org.opendaylight.yangtools.yang.common.Uint8;

/**
 * Translates matches and port names to and from OpenFlowPlugin's model.
 */
final class OfpMatch {
    /** OFPVID_PRESENT (OpenFlow 1.3.5, 7.2.3.7). */
    private static final int VLAN_PRESENT = 0x1000;
    private static final Map<Long, String> RESERVED = Map.of(Action.IN_PORT, "IN_PORT", Action.CONTROLLER,
        "CONTROLLER", Action.LOCAL, "LOCAL");

    private OfpMatch() {
        // static methods only
    }

    static String portName(final long port) {
        return RESERVED.getOrDefault(port, Long.toString(port));
    }

    /**
     * Parses the last part of a node connector's name.
     *
     * @param name a number or a reserved port's name, with or without the node's name before it
     * @return the number
     * @throws IllegalArgumentException if it is another reserved port
     */
    static long portNumber(final String name) {
        final var last = name.substring(name.lastIndexOf(':') + 1);
        for (var reserved : RESERVED.entrySet()) {
            if (reserved.getValue().equals(last)) {
                return reserved.getKey();
            }
        }
        if (last.isEmpty() || !Character.isDigit(last.charAt(0))) {
            throw new IllegalArgumentException("port " + name);
        }
        return Long.parseLong(last);
    }

    static org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.Match encode(
            final OxmField field, final FieldValue value) {
        return new Encoder(Map.of(field, new Match.Masked(value, field.exactMask()))).encode();
    }

    static org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.Match encode(final Match match) {
        return new Encoder(match.fields()).encode();
    }

    private static final class Encoder {
        private final Map<OxmField, Match.Masked> fields;

        Encoder(final Map<OxmField, Match.Masked> fields) {
            this.fields = fields;
        }

        org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.Match encode() {
            final var match = new MatchBuilder();
            if (has(OxmField.IN_PORT)) {
                match.setInPort(new NodeConnectorId(portName(bits(OxmField.IN_PORT))));
            }
            if (has(OxmField.METADATA)) {
                match.setMetadata(new MetadataBuilder()
                    .setMetadata(Uint64.fromLongBits(bits(OxmField.METADATA)))
                    .setMetadataMask(mask64(OxmField.METADATA)).build());
            }
            if (has(OxmField.TUNNEL_ID)) {
                match.setTunnel(new TunnelBuilder()
                    .setTunnelId(Uint64.fromLongBits(bits(OxmField.TUNNEL_ID)))
                    .setTunnelMask(mask64(OxmField.TUNNEL_ID)).build());
            }
            ethernet(match);
            if (has(OxmField.VLAN_VID)) {
                final int vid = (int) bits(OxmField.VLAN_VID);
                match.setVlanMatch(new VlanMatchBuilder().setVlanId(new VlanIdBuilder()
                    .setVlanIdPresent((vid & VLAN_PRESENT) != 0)
                    .setVlanId(new VlanId(Uint16.valueOf(vid & 0xFFF))).build()).build());
            }
            if (has(OxmField.IP_PROTO)) {
                match.setIpMatch(new IpMatchBuilder().setIpProtocol(uint8(OxmField.IP_PROTO)).build());
            }
            network(match);
            transport(match);
            return match.build();
        }

        private void ethernet(final MatchBuilder match) {
            if (!has(OxmField.ETH_DST, OxmField.ETH_SRC, OxmField.ETH_TYPE)) {
                return;
            }
            final var ethernet = new EthernetMatchBuilder();
            if (has(OxmField.ETH_DST)) {
                ethernet.setEthernetDestination(new EthernetDestinationBuilder().setAddress(mac(OxmField.ETH_DST))
                    .setMask(macMask(OxmField.ETH_DST)).build());
            }
            if (has(OxmField.ETH_SRC)) {
                ethernet.setEthernetSource(new EthernetSourceBuilder().setAddress(mac(OxmField.ETH_SRC))
                    .setMask(macMask(OxmField.ETH_SRC)).build());
            }
            if (has(OxmField.ETH_TYPE)) {
                ethernet.setEthernetType(new EthernetTypeBuilder()
                    .setType(new EtherType(Uint32.valueOf(bits(OxmField.ETH_TYPE)))).build());
            }
            match.setEthernetMatch(ethernet.build());
        }

        private void network(final MatchBuilder match) {
            if (has(OxmField.IPV4_SRC, OxmField.IPV4_DST)) {
                match.setLayer3Match(new Ipv4MatchBuilder().setIpv4Source(prefix4(OxmField.IPV4_SRC))
                    .setIpv4Destination(prefix4(OxmField.IPV4_DST)).build());
            } else if (has(OxmField.IPV6_SRC, OxmField.IPV6_DST, OxmField.IPV6_ND_TARGET, OxmField.IPV6_ND_SLL,
                OxmField.IPV6_ND_TLL)) {
                match.setLayer3Match(new Ipv6MatchBuilder().setIpv6Source(prefix6(OxmField.IPV6_SRC))
                    .setIpv6Destination(prefix6(OxmField.IPV6_DST))
                    .setIpv6NdTarget(has(OxmField.IPV6_ND_TARGET) ? new Ipv6Address(IetfInetUtil.ipv6AddressFor(
                        octets(fields.get(OxmField.IPV6_ND_TARGET).value(), 16))) : null)
                    .setIpv6NdSll(mac(OxmField.IPV6_ND_SLL)).setIpv6NdTll(mac(OxmField.IPV6_ND_TLL)).build());
            } else if (has(OxmField.ARP_OP, OxmField.ARP_SPA, OxmField.ARP_TPA, OxmField.ARP_SHA, OxmField.ARP_THA)) {
                final var arp = new ArpMatchBuilder().setArpOp(uint16(OxmField.ARP_OP))
                    .setArpSourceTransportAddress(prefix4(OxmField.ARP_SPA))
                    .setArpTargetTransportAddress(prefix4(OxmField.ARP_TPA));
                if (has(OxmField.ARP_SHA)) {
                    arp.setArpSourceHardwareAddress(new ArpSourceHardwareAddressBuilder()
                        .setAddress(mac(OxmField.ARP_SHA)).setMask(macMask(OxmField.ARP_SHA)).build());
                }
                if (has(OxmField.ARP_THA)) {
                    arp.setArpTargetHardwareAddress(new ArpTargetHardwareAddressBuilder()
                        .setAddress(mac(OxmField.ARP_THA)).setMask(macMask(OxmField.ARP_THA)).build());
                }
                match.setLayer3Match(arp.build());
            }
        }

        private void transport(final MatchBuilder match) {
            if (has(OxmField.TCP_SRC, OxmField.TCP_DST)) {
                match.setLayer4Match(new TcpMatchBuilder().setTcpSourcePort(port(OxmField.TCP_SRC))
                    .setTcpDestinationPort(port(OxmField.TCP_DST)).build());
            } else if (has(OxmField.UDP_SRC, OxmField.UDP_DST)) {
                match.setLayer4Match(new UdpMatchBuilder().setUdpSourcePort(port(OxmField.UDP_SRC))
                    .setUdpDestinationPort(port(OxmField.UDP_DST)).build());
            }
            if (has(OxmField.ICMPV4_TYPE, OxmField.ICMPV4_CODE)) {
                match.setIcmpv4Match(new Icmpv4MatchBuilder().setIcmpv4Type(uint8(OxmField.ICMPV4_TYPE))
                    .setIcmpv4Code(uint8(OxmField.ICMPV4_CODE)).build());
            }
            if (has(OxmField.ICMPV6_TYPE, OxmField.ICMPV6_CODE)) {
                match.setIcmpv6Match(new Icmpv6MatchBuilder().setIcmpv6Type(uint8(OxmField.ICMPV6_TYPE))
                    .setIcmpv6Code(uint8(OxmField.ICMPV6_CODE)).build());
            }
        }

        private boolean has(final OxmField... any) {
            for (var field : any) {
                if (fields.containsKey(field)) {
                    return true;
                }
            }
            return false;
        }

        private long bits(final OxmField field) {
            return fields.get(field).value().low();
        }

        private boolean isExact(final OxmField field) {
            return fields.get(field).mask().equals(field.exactMask());
        }

        private Uint64 mask64(final OxmField field) {
            return isExact(field) ? null : Uint64.fromLongBits(fields.get(field).mask().low());
        }

        private Uint8 uint8(final OxmField field) {
            return has(field) ? Uint8.valueOf(bits(field)) : null;
        }

        private Uint16 uint16(final OxmField field) {
            return has(field) ? Uint16.valueOf(bits(field)) : null;
        }

        private PortNumber port(final OxmField field) {
            return has(field) ? new PortNumber(uint16(field)) : null;
        }

        private MacAddress mac(final OxmField field) {
            return has(field) ? IetfYangUtil.macAddressFor(octets(fields.get(field).value(), 6)) : null;
        }

        private MacAddress macMask(final OxmField field) {
            return isExact(field) ? null : IetfYangUtil.macAddressFor(octets(fields.get(field).mask(), 6));
        }

        private Ipv4Prefix prefix4(final OxmField field) {
            return has(field) ? IetfInetUtil.ipv4PrefixFor(octets(fields.get(field).value(), 4), length(field)) : null;
        }

        private Ipv6Prefix prefix6(final OxmField field) {
            return has(field) ? IetfInetUtil.ipv6PrefixFor(octets(fields.get(field).value(), 16), length(field)) : null;
        }

        private int length(final OxmField field) {
            final var mask = fields.get(field).mask();
            return Long.bitCount(mask.high()) + Long.bitCount(mask.low());
        }
    }

    private static byte[] octets(final FieldValue value, final int count) {
        final var octets = new byte[count];
        for (int i = 0; i < count; i++) {
            final int shift = 8 * (count - 1 - i);
            octets[i] = (byte) (shift < 64 ? value.low() >>> shift : value.high() >>> shift - 64);
        }
        return octets;
    }

    private static FieldValue value(final byte[] octets, final int count) {
        long high = 0;
        long low = 0;
        for (int i = 0; i < count; i++) {
            high = high << 8 | low >>> 56;
            low = low << 8 | octets[i] & 0xFF;
        }
        return new FieldValue(high, low);
    }

    /**
     * Translates a match.
     *
     * @param match as OpenFlowPlugin says it, or null for any packet
     * @return the match
     * @throws IllegalArgumentException if it is more than ours can say
     */
    static Match decode(
            final org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.Match match) {
        if (match == null) {
            return Match.ANY;
        }
        refuse(match.getInPhyPort(), match.getPacketTypeMatch(), match.getProtocolMatchFields(),
            match.getTcpFlagsMatch());
        final var result = Match.builder();
        if (match.getInPort() != null) {
            result.inPort(portNumber(match.getInPort().getValue()));
        }
        final var metadata = match.getMetadata();
        if (metadata != null) {
            bits64(result, OxmField.METADATA, metadata.getMetadata(), metadata.getMetadataMask());
        }
        final var tunnel = match.getTunnel();
        if (tunnel != null) {
            bits64(result, OxmField.TUNNEL_ID, tunnel.getTunnelId(), tunnel.getTunnelMask());
        }
        final var ethernet = match.getEthernetMatch();
        if (ethernet != null) {
            mac(result, OxmField.ETH_DST, ethernet.getEthernetDestination());
            mac(result, OxmField.ETH_SRC, ethernet.getEthernetSource());
            if (ethernet.getEthernetType() != null) {
                result.ethType(ethernet.getEthernetType().getType().getValue().intValue());
            }
        }
        vlan(result, match);
        final var ip = match.getIpMatch();
        if (ip != null) {
            refuse(ip.getIpDscp(), ip.getIpEcn());
            small(result, OxmField.IP_PROTO, ip.getIpProtocol());
        }
        network(result, match);
        transport(result, match);
        return result.build();
    }

    private static void vlan(final Match.Builder result,
            final org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.Match match) {
        final var vlan = match.getVlanMatch();
        if (vlan == null) {
            return;
        }
        refuse(vlan.getVlanPcp());
        final var id = vlan.getVlanId();
        if (id != null) {
            final int vid = id.getVlanId() == null ? 0 : id.getVlanId().getValue().toJava();
            if (!Boolean.TRUE.equals(id.getVlanIdPresent())) {
                result.exact(OxmField.VLAN_VID, vid);
            } else if (vid != 0) {
                result.exact(OxmField.VLAN_VID, VLAN_PRESENT | vid);
            } else {
                final var present = FieldValue.of(VLAN_PRESENT);
                result.masked(OxmField.VLAN_VID, present, present);
            }
        }
    }

    private static void network(final Match.Builder result,
            final org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.Match match) {
        final var layer3 = match.getLayer3Match();
        if (layer3 instanceof Ipv4Match ipv4) {
            prefix(result, OxmField.IPV4_SRC, ipv4.getIpv4Source());
            prefix(result, OxmField.IPV4_DST, ipv4.getIpv4Destination());
        } else if (layer3 instanceof Ipv6Match ipv6) {
            refuse(ipv6.getIpv6Label(), ipv6.getIpv6ExtHeader());
            prefix(result, OxmField.IPV6_SRC, ipv6.getIpv6Source());
            prefix(result, OxmField.IPV6_DST, ipv6.getIpv6Destination());
            if (ipv6.getIpv6NdTarget() != null) {
                result.exact(OxmField.IPV6_ND_TARGET,
                    value(IetfInetUtil.ipv6AddressBytes(ipv6.getIpv6NdTarget()), 16));
            }
            mac(result, OxmField.IPV6_ND_SLL, ipv6.getIpv6NdSll());
            mac(result, OxmField.IPV6_ND_TLL, ipv6.getIpv6NdTll());
        } else if (layer3 instanceof ArpMatch arp) {
            small(result, OxmField.ARP_OP, arp.getArpOp());
            prefix(result, OxmField.ARP_SPA, arp.getArpSourceTransportAddress());
            prefix(result, OxmField.ARP_TPA, arp.getArpTargetTransportAddress());
            mac(result, OxmField.ARP_SHA, arp.getArpSourceHardwareAddress());
            mac(result, OxmField.ARP_THA, arp.getArpTargetHardwareAddress());
        } else {
            refuse(layer3);
        }
    }

    private static void transport(final Match.Builder result,
            final org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.Match match) {
        final var layer4 = match.getLayer4Match();
        if (layer4 instanceof TcpMatch tcp) {
            refuse(tcp.getTcpSourcePortMask(), tcp.getTcpDestinationPortMask());
            port(result, OxmField.TCP_SRC, tcp.getTcpSourcePort());
            port(result, OxmField.TCP_DST, tcp.getTcpDestinationPort());
        } else if (layer4 instanceof UdpMatch udp) {
            refuse(udp.getUdpSourcePortMask(), udp.getUdpDestinationPortMask());
            port(result, OxmField.UDP_SRC, udp.getUdpSourcePort());
            port(result, OxmField.UDP_DST, udp.getUdpDestinationPort());
        } else {
            refuse(layer4);
        }
        final var icmpv4 = match.getIcmpv4Match();
        if (icmpv4 != null) {
            small(result, OxmField.ICMPV4_TYPE, icmpv4.getIcmpv4Type());
            small(result, OxmField.ICMPV4_CODE, icmpv4.getIcmpv4Code());
        }
        final var icmpv6 = match.getIcmpv6Match();
        if (icmpv6 != null) {
            small(result, OxmField.ICMPV6_TYPE, icmpv6.getIcmpv6Type());
            small(result, OxmField.ICMPV6_CODE, icmpv6.getIcmpv6Code());
        }
    }

    private static void refuse(final Object... parts) {
        for (var part : parts) {
            if (part != null) {
                throw new IllegalArgumentException("match " + part);
            }
        }
    }

    private static void masked(final Match.Builder result, final OxmField field, final FieldValue value,
            final FieldValue mask) {
        result.masked(field, value.and(mask), mask);
    }

    private static void bits64(final Match.Builder result, final OxmField field, final Uint64 value,
            final Uint64 mask) {
        masked(result, field, FieldValue.of(value.longValue()),
            mask == null ? field.exactMask() : FieldValue.of(mask.longValue()));
    }

    private static void mac(final Match.Builder result, final OxmField field, final MacAddressFilter filter) {
        if (filter != null) {
            masked(result, field, value(IetfYangUtil.macAddressBytes(filter.getAddress()), 6),
                filter.getMask() == null ? field.exactMask()
                    : value(IetfYangUtil.macAddressBytes(filter.getMask()), 6));
        }
    }

    private static void mac(final Match.Builder result, final OxmField field, final MacAddress address) {
        if (address != null) {
            result.exact(field, value(IetfYangUtil.macAddressBytes(address), 6));
        }
    }

    private static void small(final Match.Builder result, final OxmField field, final Number value) {
        if (value != null) {
            result.exact(field, value.longValue());
        }
    }

    private static void port(final Match.Builder result, final OxmField field, final PortNumber value) {
        if (value != null) {
            result.exact(field, value.getValue().toJava());
        }
    }

    private static void prefix(final Match.Builder result, final OxmField field, final Ipv4Prefix prefix) {
        if (prefix != null) {
            final var octets = IetfInetUtil.ipv4PrefixToBytes(prefix);
            masked(result, field, value(octets, 4), FieldValue.prefixMask(32, octets[4] & 0xFF));
        }
    }

    private static void prefix(final Match.Builder result, final OxmField field, final Ipv6Prefix prefix) {
        if (prefix != null) {
            final var octets = IetfInetUtil.ipv6PrefixToBytes(prefix);
            masked(result, field, value(octets, 16), FieldValue.prefixMask(128, octets[16] & 0xFF));
        }
    }
}
