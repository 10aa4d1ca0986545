/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.peregrine.flow.Action;
import io.peregrine.flow.FieldValue;
import io.peregrine.flow.Flow;
import io.peregrine.flow.FlowKey;
import io.peregrine.flow.Fragment;
import io.peregrine.flow.Group;
import io.peregrine.flow.Instructions;
import io.peregrine.flow.Match;
import io.peregrine.flow.OxmField;
import io.peregrine.flow.internal.core.DesiredProgram;
import io.peregrine.flow.internal.core.Entry;
import io.peregrine.flow.internal.core.OwnRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.AddFlowInput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.AddFlowInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.MatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.AddGroupInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.GroupTypes;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeConnectorId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeRef;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.Nodes;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.nodes.Node;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.nodes.NodeKey;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.IpMatchBuilder;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.common.Uint16;
import org.opendaylight.yangtools.yang.common.Uint8;

class OfpCodecTest {
    private static final NodeRef NODE = new NodeRef(InstanceIdentifier.create(Nodes.class)
        .child(Node.class, new NodeKey(new NodeId("openflow:1"))));
    private static final List<OxmField> SETTABLE = List.of(OxmField.ETH_DST, OxmField.ETH_SRC, OxmField.IPV4_SRC,
        OxmField.IPV4_DST, OxmField.TCP_SRC, OxmField.TCP_DST, OxmField.UDP_SRC, OxmField.UDP_DST, OxmField.ARP_OP,
        OxmField.ARP_SPA, OxmField.ARP_TPA, OxmField.ARP_SHA, OxmField.ARP_THA, OxmField.IPV6_SRC, OxmField.IPV6_DST,
        OxmField.IPV6_ND_TARGET, OxmField.IPV6_ND_SLL, OxmField.IPV6_ND_TLL, OxmField.ICMPV4_TYPE,
        OxmField.ICMPV4_CODE, OxmField.ICMPV6_TYPE, OxmField.ICMPV6_CODE, OxmField.TUNNEL_ID);

    /** Draws programs of everything that our values can say. */
    private static final class Dice {
        private final Random random;

        Dice(final int seed) {
            random = new Random(seed);
        }

        private boolean coin() {
            return random.nextBoolean();
        }

        private FieldValue value(final OxmField field) {
            // Ones at the top matter: signs are easily lost
            final var any = coin() ? new FieldValue(random.nextLong(), random.nextLong()) : FieldValue.ones(128);
            return any.and(field.exactMask());
        }

        private void exact(final Match.Builder match, final OxmField... fields) {
            for (var field : fields) {
                if (coin()) {
                    match.exact(field, value(field));
                }
            }
        }

        private void masked(final Match.Builder match, final OxmField... fields) {
            for (var field : fields) {
                if (coin()) {
                    final var mask = coin() ? field.exactMask() : value(field);
                    match.masked(field, value(field).and(mask), mask);
                }
            }
        }

        private void prefix(final Match.Builder match, final OxmField... fields) {
            for (var field : fields) {
                if (coin()) {
                    final var mask = FieldValue.prefixMask(field.width(), random.nextInt(field.width() + 1));
                    match.masked(field, value(field).and(mask), mask);
                }
            }
        }

        Match match() {
            final var match = Match.builder();
            if (coin()) {
                match.inPort(List.of(1L, Action.LOCAL, 0xFFFF_FEFFL).get(random.nextInt(3)));
            }
            masked(match, OxmField.METADATA, OxmField.TUNNEL_ID, OxmField.ETH_DST, OxmField.ETH_SRC);
            switch (random.nextInt(4)) {
                case 0 -> match.exact(OxmField.VLAN_VID, 0);
                case 1 -> match.exact(OxmField.VLAN_VID, 0x1001 + random.nextInt(4000));
                case 2 -> match.masked(OxmField.VLAN_VID, FieldValue.of(0x1000), FieldValue.of(0x1000));
                default -> {
                    // untold
                }
            }
            switch (random.nextInt(8)) {
                case 0 -> {
                    match.ethType(0x0800);
                    prefix(match, OxmField.IPV4_SRC, OxmField.IPV4_DST);
                }
                case 1 -> {
                    match.ethType(coin() ? 0x0806 : 0x8035);
                    exact(match, OxmField.ARP_OP);
                    prefix(match, OxmField.ARP_SPA, OxmField.ARP_TPA);
                    masked(match, OxmField.ARP_SHA, OxmField.ARP_THA);
                }
                case 2 -> {
                    match.ethType(0x86DD);
                    prefix(match, OxmField.IPV6_SRC, OxmField.IPV6_DST);
                }
                case 3 -> {
                    match.ethType(0x0800).exact(OxmField.IP_PROTO, 6);
                    exact(match, OxmField.TCP_SRC, OxmField.TCP_DST);
                }
                case 4 -> {
                    match.ethType(0x86DD).exact(OxmField.IP_PROTO, 17);
                    exact(match, OxmField.UDP_SRC, OxmField.UDP_DST);
                    prefix(match, OxmField.IPV6_DST);
                }
                case 5 -> {
                    match.ethType(0x0800).exact(OxmField.IP_PROTO, 1);
                    exact(match, OxmField.ICMPV4_TYPE, OxmField.ICMPV4_CODE);
                }
                case 6 -> {
                    match.ethType(0x86DD).exact(OxmField.IP_PROTO, 58).exact(OxmField.ICMPV6_TYPE, 135);
                    exact(match, OxmField.ICMPV6_CODE, OxmField.IPV6_ND_TARGET, OxmField.IPV6_ND_SLL);
                }
                default -> match.ethType(0x88CC);
            }
            return match.build();
        }

        List<Action> actions() {
            final var actions = new ArrayList<Action>();
            for (int i = random.nextInt(5); i > 0; i--) {
                final var field = SETTABLE.get(random.nextInt(SETTABLE.size()));
                actions.add(switch (random.nextInt(4)) {
                    case 0 -> new Action.Output(List.of(7L, Action.IN_PORT, Action.CONTROLLER, Action.LOCAL)
                        .get(random.nextInt(4)));
                    case 1 -> new Action.ToGroup(OwnRange.FIRST_GROUP + random.nextInt(9));
                    case 2 -> new Action.DecTtl();
                    default -> new Action.SetField(field, value(field));
                });
            }
            return actions;
        }

        Flow flow() {
            final int table = random.nextInt(254);
            var todo = Instructions.apply(actions());
            if (coin()) {
                final long mask = random.nextLong();
                todo = todo.withMetadata(random.nextLong() & mask, mask);
            }
            if (coin()) {
                todo = todo.thenTable(table + 1);
            }
            return new Flow(new FlowKey(table, random.nextInt(65536), match()), todo, coin() ? 0
                : random.nextInt(65536));
        }

        Group group() {
            final var type = Group.Type.values()[random.nextInt(3)];
            final var buckets = new ArrayList<Group.Bucket>();
            for (int i = random.nextInt(4); i > 0; i--) {
                buckets.add(new Group.Bucket(actions(), type == Group.Type.SELECT ? 1 + random.nextInt(65535) : 0,
                    type == Group.Type.ALL || coin() ? Group.Bucket.NO_WATCH : 1 + random.nextInt(9)));
            }
            return new Group(OwnRange.FIRST_GROUP + random.nextInt(0x100_0000), type, buckets);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 3, 4 })
    void whatGoesOutComesBackTheSame(final int seed) {
        final var dice = new Dice(seed);
        for (int i = 0; i < 1000; i++) {
            final var flow = dice.flow();
            final var group = dice.group();
            // Such entries are also those that are accepted
            new DesiredProgram().replace(Map.of("f", Fragment.of(List.of(group), List.of(flow))));

            final var entry = new Entry(flow, OwnRange.cookieOf("f"));
            assertEquals(entry, OfpCodec.entry(OfpCodec.addFlow(NODE, entry)));
            final var silent = new Entry(flow, entry.cookie(), false);
            assertEquals(silent, OfpCodec.entry(OfpCodec.addFlow(NODE, silent)));
            assertEquals(group, OfpCodec.group(OfpCodec.addGroup(NODE, group)));
            assertEquals(group, OfpCodec.group(OfpCodec.updateGroup(NODE, group).getUpdatedGroup()));
            assertEquals(flow.key().match(), OfpMatch.decode(OfpCodec.removeFlow(NODE, flow.key()).getMatch()));
        }
    }

    @Test
    void aRemovalIsStrictAndForOurCookiesOnly() {
        final var remove = OfpCodec.removeFlow(NODE, new FlowKey(3, 4, Match.ANY));
        assertEquals(true, remove.getStrict());
        assertEquals(OwnRange.COOKIE, remove.getCookie().getValue().longValue());
        assertEquals(OwnRange.COOKIE_MASK, remove.getCookieMask().getValue().longValue());
    }

    @Test
    void portsAreNamedAsTheInventoryDoes() {
        assertEquals(3, OfpMatch.portNumber("openflow:1:3"));
        assertEquals(Action.LOCAL, OfpMatch.portNumber("openflow:1:LOCAL"));
        assertEquals(Action.CONTROLLER, OfpMatch.portNumber("CONTROLLER"));
        assertThrows(IllegalArgumentException.class, () -> OfpMatch.portNumber("NORMAL"));
        final var match = new MatchBuilder().setInPort(new NodeConnectorId("openflow:1:3")).build();
        assertEquals(Match.builder().inPort(3).build(), OfpMatch.decode(match));
    }

    private static AddFlowInputBuilder simple() {
        return new AddFlowInputBuilder(OfpCodec.addFlow(NODE,
            new Entry(new Flow(0, 1, Match.ANY, Instructions.DROP), 0)));
    }

    @Test
    void whatWeCannotSayIsNotRounded() {
        final List<AddFlowInput> strange = List.of(
            simple().setIdleTimeout(Uint16.ONE).build(),
            simple().setMatch(new MatchBuilder().setIpMatch(new IpMatchBuilder().setIpEcn(Uint8.ONE).build()).build())
                .build());
        strange.forEach(flow -> assertThrows(IllegalArgumentException.class, () -> OfpCodec.entry(flow)));

        final var group = OfpCodec.addGroup(NODE, new Group(OwnRange.FIRST_GROUP, Group.Type.ALL, List.of()));
        assertThrows(IllegalArgumentException.class, () -> OfpCodec.group(
            new AddGroupInputBuilder(group).setGroupType(GroupTypes.GroupIndirect).build()));
    }
}
