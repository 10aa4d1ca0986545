/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.net.InetAddresses;
import io.peregrine.flow.Action;
import io.peregrine.flow.FieldValue;
import io.peregrine.flow.Flow;
import io.peregrine.flow.Group;
import io.peregrine.flow.Instructions;
import io.peregrine.flow.MacAddress;
import io.peregrine.flow.Match;
import io.peregrine.flow.OxmField;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The judge is a real Open vSwitch, where it is installed: its tool puts in what our text says, and dumps the same.
 */
class OfctlTextTest {
    private static final FieldValue ADDRESS = FieldValue.of(InetAddresses.forString("10.0.0.1"));
    private static final FieldValue SIX = FieldValue.of(InetAddresses.forString("fe80::1"));
    private static final FieldValue MAC = FieldValue.of(MacAddress.parse("52:54:00:00:00:01"));

    private static final String BRIDGE = "br0";
    private static final List<Process> PROCESSES = new ArrayList<>();

    @TempDir
    private static Path directory;

    @BeforeAll
    static void startSwitch() {
        assumeTrue(Stream.of("ovsdb-tool", "ovsdb-server", "ovs-vswitchd", "ovs-vsctl", "ovs-ofctl")
            .allMatch(tool -> find(tool).isPresent()), "Open vSwitch is not installed (openvswitch-switch)");
        run("ovsdb-tool", "create", file("conf.db"), "/usr/share/openvswitch/vswitch.ovsschema");
        launch("ovsdb-server", "--remote=punix:" + file("db.sock"), "--unixctl=" + file("ovsdb.ctl"), "-vconsole:off",
            file("conf.db"));
        Awaitility.await().until(() -> Files.exists(directory.resolve("db.sock")));
        run("ovs-vsctl", "--db=unix:" + file("db.sock"), "--no-wait", "init");
        launch("ovs-vswitchd", "--enable-dummy=override", "--disable-system", "--unixctl=" + file("vs.ctl"),
            "-vconsole:off", "unix:" + file("db.sock"));
        run("ovs-vsctl", "--db=unix:" + file("db.sock"), "--timeout=30", "add-br", BRIDGE, "--", "set", "bridge",
            BRIDGE, "datapath_type=dummy", "protocols=OpenFlow13");
    }

    @AfterAll
    static void stopSwitch() {
        PROCESSES.forEach(process -> process.destroyForcibly().onExit().join());
    }

    private static String file(final String name) {
        return directory.resolve(name).toString();
    }

    private static Optional<Path> find(final String tool) {
        return Stream.concat(Stream.of(System.getenv().getOrDefault("PATH", "").split(":")),
            Stream.of("/usr/sbin", "/usr/bin")).map(folder -> Path.of(folder, tool)).filter(Files::isExecutable)
            .findFirst();
    }

    private static ProcessBuilder process(final String... command) {
        command[0] = find(command[0]).orElseThrow().toString();
        final var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("OVS_RUNDIR", directory.toString());
        return builder;
    }

    private static void launch(final String... command) {
        try {
            final var process = process(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            PROCESSES.add(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String run(final String... command) {
        try {
            final var process = process(command).start();
            final var output = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertEquals(0, process.onExit().join().exitValue(), () -> String.join(" ", command) + ": " + output);
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String ofctl(final String... arguments) {
        final var command = new ArrayList<>(List.of("ovs-ofctl", "-O", "OpenFlow13"));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    private static Flow flow(final int table, final Match.Builder match, final Instructions instructions) {
        return new Flow(table, 100, match.build(), instructions);
    }

    private static Match.Builder match() {
        return Match.builder();
    }

    static Stream<Flow> flows() {
        return Stream.of(
            flow(0, match(), Instructions.DROP),
            flow(0, match().inPort(3).ethType(0x88CC), Instructions.apply(new Action.Output(Action.CONTROLLER))),
            flow(0, match().tunnelId(100).inPort(3), Instructions.toTable(5).withMetadata(100, -1)),
            flow(0, match().tunnelId(100), Instructions.toTable(5).withMetadata(1, 0xFF)),
            flow(1, match().inPort(Action.LOCAL).ethSrc(MacAddress.parse("52:54:00:00:00:01")),
                Instructions.toTable(2)),
            new Flow(flow(5, match().metadata(100).ethDst(MacAddress.parse("52:54:00:00:00:01")),
                Instructions.DROP).key(), Instructions.DROP, 45),
            flow(4, match().metadata(100, 0xFFF).ethDstGroup(),
                Instructions.apply(new Action.ToGroup(0x5000_0001L)).thenTable(5)),
            flow(2, match().ethType(0x0806).exact(OxmField.ARP_OP, 1).exact(OxmField.ARP_TPA, ADDRESS)
                .exact(OxmField.ARP_SHA, MAC), Instructions.apply(
                    new Action.SetField(OxmField.ARP_OP, FieldValue.of(2)),
                    new Action.SetField(OxmField.ARP_SPA, ADDRESS), new Action.SetField(OxmField.ARP_THA, MAC),
                    new Action.SetField(OxmField.ETH_DST, MAC), new Action.Output(Action.IN_PORT))),
            flow(2, match().ethType(0x8035), Instructions.apply(new Action.Output(Action.LOCAL))),
            flow(2, match().ethType(0x0800).prefix(OxmField.IPV4_DST, InetAddresses.forString("10.1.0.0"), 16),
                Instructions.apply(new Action.DecTtl(), new Action.SetField(OxmField.TUNNEL_ID, FieldValue.of(9)),
                    new Action.Output(7))),
            flow(2, match().ethType(0x0800).exact(OxmField.IP_PROTO, 6).exact(OxmField.TCP_DST, 80)
                .exact(OxmField.IPV4_SRC, ADDRESS), Instructions.DROP),
            flow(2, match().ethType(0x0800).exact(OxmField.IP_PROTO, 99), Instructions.DROP),
            flow(2, match().ethType(0x0800).exact(OxmField.IP_PROTO, 1).exact(OxmField.ICMPV4_TYPE, 8),
                Instructions.apply(new Action.SetField(OxmField.IPV4_SRC, ADDRESS))),
            flow(2, match().ethType(0x86DD).exact(OxmField.IP_PROTO, 58).exact(OxmField.ICMPV6_TYPE, 135)
                .exact(OxmField.IPV6_ND_TARGET, SIX), Instructions.apply(new Action.Output(Action.CONTROLLER))),
            flow(2, match().ethType(0x86DD).prefix(OxmField.IPV6_DST, InetAddresses.forString("fe80::"), 10)
                .exact(OxmField.IP_PROTO, 17).exact(OxmField.UDP_SRC, 67), Instructions.DROP),
            flow(1, match().inPort(1).vlanTagged(), Instructions.DROP),
            flow(1, match().exact(OxmField.VLAN_VID, 0x1007), Instructions.DROP));
    }

    @ParameterizedTest
    @MethodSource("flows")
    void entriesAreAsOvsOfctlWritesThem(final Flow flow) {
        final var text = OfctlText.of(new Entry(flow, 0x5067_0000_0000_0001L));
        ofctl("del-flows", BRIDGE);
        // Those that use it are not taken without it
        ofctl("--may-create", "mod-group", BRIDGE, "group_id=1342177281,type=all");
        ofctl("add-flow", BRIDGE, text);
        final var theirs = ofctl("--no-names", "--no-stats", "dump-flows", BRIDGE).strip();
        final int end = theirs.indexOf(" actions=");
        final int ourEnd = text.indexOf(" actions=");
        final var said = new HashSet<>(Set.of(theirs.substring(0, end).split(", ?")));
        if (flow.key().table() == 0) {
            said.add("table=0");
        }
        assertEquals(said, Set.of(text.substring(0, ourEnd).split(",")));
        assertEquals(theirs.substring(end), text.substring(ourEnd));
    }

    static Stream<Group> groups() {
        final var actions = List.<Action>of(new Action.SetField(OxmField.TUNNEL_ID, FieldValue.of(0x64)),
            new Action.Output(3));
        return Stream.of(new Group(0x5000_0001L, Group.Type.ALL, List.of()),
            new Group(0x5000_0001L, Group.Type.ALL, List.of(new Group.Bucket(actions), new Group.Bucket(actions))),
            new Group(0x5000_0002L, Group.Type.SELECT, List.of(new Group.Bucket(actions, 10, 3))),
            new Group(0x5000_0003L, Group.Type.FAST_FAILOVER,
                List.of(new Group.Bucket(List.of(new Action.Output(1)), 0, 1))));
    }

    @ParameterizedTest
    @MethodSource("groups")
    void groupsAreAsOvsOfctlWritesThem(final Group group) {
        final var text = OfctlText.of(group);
        ofctl("del-groups", BRIDGE);
        ofctl("add-group", BRIDGE, text);
        final var dump = ofctl("--no-names", "dump-groups", BRIDGE);
        assertEquals(text, dump.lines().skip(1).findFirst().orElseThrow().strip());
    }

    @Test
    void aGroupWhoseContentIsUnknownHasItsNumber() {
        assertEquals("group_id=7", OfctlText.group(Map.of(), 7));
    }
}
