/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.peregrine.ovsdb.CertificateFiles;
import io.peregrine.ovsdb.Condition;
import io.peregrine.ovsdb.ConnectionState;
import io.peregrine.ovsdb.DatabaseSchema;
import io.peregrine.ovsdb.Datum;
import io.peregrine.ovsdb.Endpoint;
import io.peregrine.ovsdb.ErrorKind;
import io.peregrine.ovsdb.Monitor;
import io.peregrine.ovsdb.MonitorSnapshot;
import io.peregrine.ovsdb.MonitorSpec;
import io.peregrine.ovsdb.Mutation;
import io.peregrine.ovsdb.Operation;
import io.peregrine.ovsdb.OperationResult;
import io.peregrine.ovsdb.OvsdbClient;
import io.peregrine.ovsdb.OvsdbClientFactory;
import io.peregrine.ovsdb.OvsdbOptions;
import io.peregrine.ovsdb.OvsdbServer;
import io.peregrine.ovsdb.OvsdbSession;
import io.peregrine.ovsdb.PassiveIdentity;
import io.peregrine.ovsdb.ProtocolException;
import io.peregrine.ovsdb.Row;
import io.peregrine.ovsdb.RowChange;
import io.peregrine.ovsdb.RpcException;
import io.peregrine.ovsdb.SchemaException;
import io.peregrine.ovsdb.TransactionException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the real ovsdb-server. */
class RealServerTest {
    private static final String DB = "Open_vSwitch";
    private static final MonitorSpec QUEUES = MonitorSpec.of(DB).table("Queue", "dscp", "external_ids", "other_config");

    @TempDir
    private Path directory;

    private final OvsdbClientFactory factory = OvsdbClientFactory.create(1);
    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeAll
    static void serverIsInstalled() {
        Assumptions.assumeTrue(RealServer.missing().isEmpty(), RealServer.missing());
    }

    @AfterEach
    void closeAll() throws Exception {
        factory.close();
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    @Test
    void databasesAndSchemas() {
        final OvsdbClient client = connected(started(RealServer.standalone(directory)).endpoint());
        assertEquals(Set.of(DB, "_Server"), Set.copyOf(client.listDatabases().join()));
        final DatabaseSchema schema = client.getSchema(DB).join();
        assertEquals(DB, schema.name());
        assertTrue(schema.version().matches("\\d+\\.\\d+\\.\\d+"), schema.version());
        assertFalse(schema.checksum().isEmpty());
        assertTrue(schema.tables().get("Bridge").columns().get("flood_vlans").max() > 1);
        assertEquals(Optional.of("Port"), schema.tables().get("Bridge").columns().get("ports").refTable());
        assertTrue(schema.tables().get("Bridge").columns().get("external_ids").isMap());
        assertTrue(schema.tables().get("Queue").root());
        assertFalse(schema.tables().get("Interface").root());
        assertFalse(schema.tables().get("Interface").columns().get("name").mutable());
        assertTrue(schema.tables().get("Interface").columns().get("ofport").ephemeral()
            || schema.tables().get("Interface").columns().get("link_state").ephemeral());
        final RpcException unknown = failure(RpcException.class, client.getSchema("nonsense"));
        assertEquals(ErrorKind.UNKNOWN_DATABASE, unknown.kind());
        assertEquals(ErrorKind.UNKNOWN_DATABASE,
            failure(RpcException.class, client.transact("nonsense", Operation.comment("x"))).kind());
    }

    @Test
    void everyOperationWorks() {
        final OvsdbClient client = connected(started(RealServer.standalone(directory)).endpoint());
        final List<OperationResult> created = client.transact(DB,
            Operation.insert("Interface").named("i").set("name", "vx1").set("type", "vxlan")
                .set("options", Map.of("remote_ip", "192.0.2.1", "key", "flow")),
            Operation.insert("Port").named("p").set("name", "vx1").set("interfaces", Datum.named("i")),
            Operation.insert("Bridge").named("b").set("name", "br-ü🚀").set("ports", Datum.named("p"))
                .set("stp_enable", true).set("flood_vlans", Datum.integers(List.of(1L, 2L))),
            Operation.insert(DB).set("bridges", Datum.named("b")),
            Operation.comment("first of all"),
            Operation.commit(true)).join();
        final UUID bridge = created.get(2).uuid();
        final Row row = select(client, Operation.select("Bridge", Condition.equal("name", "br-ü🚀"))).get(0);
        assertEquals(bridge, row.uuid());
        assertEquals(Set.of(created.get(1).uuid()), row.uuids("ports"));
        assertEquals(Set.of(1L, 2L), row.integers("flood_vlans"));
        assertTrue(row.bool("stp_enable"));
        assertEquals(Optional.empty(), row.optionalString("fail_mode"));
        assertTrue(row.has("_version"));

        final List<OperationResult> changed = client.transact(DB,
            Operation.update("Bridge", Condition.uuid(bridge)).set("fail_mode", "secure")
                .set("external_ids", Map.of("a", "1", "b", "2")),
            Operation.mutate("Bridge", Condition.uuid(bridge))
                .with(Mutation.insert("external_ids", Datum.map(Map.of("a", "9", "c", "3"))))
                .with(Mutation.delete("external_ids", Datum.of("b")))
                .with(Mutation.insert("flood_vlans", Datum.of(3)))
                .with(Mutation.delete("flood_vlans", Datum.of(1))),
            Operation.select("Bridge", Condition.includes("flood_vlans", Datum.of(3)))
                .columns("fail_mode", "external_ids", "flood_vlans"),
            new Operation.Wait("Bridge", List.of(Condition.uuid(bridge)), List.of("name"), true,
                List.of(Map.of("name", Datum.of("br-ü🚀"))), Duration.ZERO),
            Operation.mutateAll(DB).with(Mutation.add("next_cfg", 5)),
            Operation.select(DB).columns("next_cfg")).join();
        assertEquals(1, changed.get(0).count());
        assertEquals(1, changed.get(1).count());
        assertEquals(Row.of(Map.of("fail_mode", Datum.of("secure"), "external_ids",
            Datum.map(Map.of("a", "1", "c", "3")), "flood_vlans", Datum.integers(List.of(2L, 3L)))),
            changed.get(2).rows().get(0));
        assertEquals(5, changed.get(5).rows().get(0).integer("next_cfg"));

        client.transact(DB, Operation.insert("Queue").set("dscp", 7)).join();
        assertEquals(1, client.transact(DB, Operation.delete("Queue", Condition.equal("dscp", Datum.of(7)))).join()
            .get(0).count());
        assertEquals(List.of(), select(client, Operation.select("Queue")));
        assertEquals(1, client.transact(DB, Operation.updateAll("Bridge").set("fail_mode", Datum.empty())).join()
            .get(0).count());
        assertEquals(Optional.empty(), select(client, Operation.select("Bridge")).get(0).optionalString("fail_mode"));
    }

    @Test
    void failedTransactionsNameTheirOperation() {
        final OvsdbClient client = connected(started(RealServer.standalone(directory)).endpoint());
        assertTransaction(ErrorKind.ABORTED, 1, "abort", client.transact(DB,
            Operation.insert("Queue"), Operation.abort(), Operation.insert("Queue")));
        assertEquals(List.of(), select(client, Operation.select("Queue")));
        assertTransaction(ErrorKind.DUPLICATE_NAME, 1, "insert Queue", client.transact(DB,
            Operation.insert("Queue").named("q"), Operation.insert("Queue").named("q")));
        assertTransaction(ErrorKind.TIMED_OUT, 0, "wait Queue", client.transact(DB, new Operation.Wait("Queue",
            List.of(), List.of("dscp"), true, List.of(Map.of("dscp", Datum.of(1))), Duration.ZERO)));
        assertTransaction(ErrorKind.CONSTRAINT, 0, "insert Queue", client.transact(DB,
            Operation.insert("Queue").set("dscp", 64)));
        assertTransaction(ErrorKind.REFERENTIAL_INTEGRITY, 1, "commit", client.transact(DB,
            Operation.insert(DB).set("bridges", new UUID(1, 1))));
        assertTransaction(ErrorKind.CONSTRAINT, 2, "commit", client.transact(DB,
            Operation.insert(DB), Operation.insert(DB)));
        final TransactionException column = assertTransaction(ErrorKind.UNKNOWN_COLUMN, 0, "insert Queue",
            client.transact(DB, Operation.insert("Queue").set("nonsense", 1)));
        assertTrue(column.getMessage().contains("nonsense"), column.getMessage());
        assertInstanceOf(TransactionException.class, assertThrows(CompletionException.class,
            client.transact(DB, Operation.insert("Nonsense"))::join).getCause());
        assertTrue(client.state().isConnected());
    }

    @Test
    void aMonitorHasSeenATransactionBeforeItsFutureCompletes() {
        final RealServer server = started(RealServer.standalone(directory));
        final OvsdbClient client = connected(server.endpoint());
        final OvsdbClient other = connected(server.endpoint());
        final Recorder recorder = new Recorder();
        final Monitor monitor = client.monitor(QUEUES.table(DB, "external_ids", "iface_types", "db_version",
            "next_cfg", "_version"), recorder);
        recorder.awaitSynced(1);
        client.transact(DB, Operation.insert(DB)).join();
        final Random random = new Random(3);
        for (int i = 0; i < 300; i++) {
            final List<OperationResult> results = client.transact(DB, randomOperations(random)).join();
            assertFalse(results.isEmpty());
            final Map<UUID, Row> queues = rows(client, "Queue", "dscp", "external_ids", "other_config");
            assertEquals(queues, recorder.content("Queue"));
            assertEquals(queues, monitor.snapshot().table("Queue"));
            assertEquals(rows(client, DB, "external_ids", "iface_types", "db_version", "next_cfg", "_version"),
                recorder.content(DB));
        }
        assertEquals(List.of(), recorder.errors());
        other.transact(DB, Operation.insert("Queue").set("dscp", 33)).join();
        await().atMost(RealServer.HANG).until(() -> recorder.content("Queue").values().stream()
            .anyMatch(row -> row.optionalInteger("dscp").equals(OptionalLong.of(33))));
        assertEquals(1, recorder.count("synced"));
    }

    @Test
    void aMonitorMayHaveConditionsAndAllColumns() {
        final OvsdbClient client = connected(started(RealServer.standalone(directory)).endpoint());
        client.transact(DB, Operation.insert("Queue").set("dscp", 1), Operation.insert("Queue").set("dscp", 2),
            Operation.insert("Queue").set("dscp", 3)).join();
        final Recorder recorder = new Recorder();
        client.monitor(MonitorSpec.of(DB).table("Queue", List.of(), List.of(
            Condition.equal("dscp", Datum.of(1)), Condition.equal("dscp", Datum.of(2)))), recorder);
        recorder.awaitSynced(1);
        assertEquals(Set.of(1L, 2L), dscps(recorder));
        client.transact(DB, Operation.update("Queue", Condition.equal("dscp", Datum.of(1))).set("dscp", 4)).join();
        assertEquals(Set.of(2L), dscps(recorder));
        assertEquals(Set.of("_uuid", "dscp", "external_ids", "other_config"),
            recorder.content("Queue").values().iterator().next().columns().keySet());
    }

    @Test
    void aClosedMonitorIsSilent() {
        final OvsdbClient client = connected(started(RealServer.standalone(directory)).endpoint());
        final Recorder closed = new Recorder();
        final Recorder open = new Recorder();
        final Monitor monitor = client.monitor(QUEUES, closed);
        client.monitor(QUEUES, open);
        closed.awaitSynced(1);
        open.awaitSynced(1);
        monitor.close();
        monitor.close();
        client.transact(DB, Operation.insert("Queue")).join();
        assertEquals(1, open.changes().size());
        assertEquals(List.of("synced"), closed.signals());
    }

    @Test
    void whatTheSchemaLacksFailsTheMonitorOnly() {
        final OvsdbClient client = connected(started(RealServer.standalone(directory)).endpoint());
        for (MonitorSpec spec : List.of(MonitorSpec.of(DB).table("Nonsense"), MonitorSpec.of(DB).table("Queue",
                "nonsense"))) {
            final Recorder recorder = new Recorder();
            client.monitor(spec, recorder);
            await().atMost(RealServer.HANG).until(() -> recorder.failures().size() == 1);
            assertInstanceOf(SchemaException.class, recorder.failures().get(0));
        }
        final Recorder recorder = new Recorder();
        client.monitor(MonitorSpec.of("nonsense").table("Queue"), recorder);
        await().atMost(RealServer.HANG).until(() -> recorder.failures().size() == 1);
        assertInstanceOf(RpcException.class, recorder.failures().get(0));
        assertTrue(client.state().isConnected());
    }

    @Test
    void afterARestartTheStreamGoesOnWithTheDifference() {
        final RealServer server = started(RealServer.standalone(directory));
        final OvsdbClient client = connected(server.endpoint());
        final List<OperationResult> inserted = client.transact(DB, Operation.insert("Queue").set("dscp", 1),
            Operation.insert("Queue").set("dscp", 2), Operation.insert("Queue").set("dscp", 3), Operation.commit(true))
            .join();
        final Recorder recorder = new Recorder();
        final Monitor monitor = client.monitor(QUEUES, recorder);
        recorder.awaitSynced(1);
        final MonitorSnapshot before = monitor.snapshot();
        assertTrue(before.synced());
        recorder.forgetChanges();

        server.kill();
        await().atMost(RealServer.HANG).until(() -> recorder.count("disconnected") == 1);
        assertEquals(new MonitorSnapshot(false, true, before.tables()), monitor.snapshot());
        assertFalse(monitor.isSynced());
        failure(io.peregrine.ovsdb.DisconnectedException.class, client.listDatabases());
        server.transactOffline("[\"" + DB + "\","
            + "{\"op\":\"delete\",\"table\":\"Queue\",\"where\":[[\"dscp\",\"==\",1]]},"
            + "{\"op\":\"update\",\"table\":\"Queue\",\"where\":[[\"dscp\",\"==\",2]],\"row\":{\"dscp\":12}},"
            + "{\"op\":\"insert\",\"table\":\"Queue\",\"row\":{\"dscp\":4}}]");
        server.start();
        recorder.awaitSynced(2);

        final Map<Class<?>, RowChange> changes = recorder.changes().stream()
            .collect(Collectors.toMap(RowChange::getClass, change -> change));
        assertEquals(3, changes.size());
        assertEquals(inserted.get(0).uuid(), changes.get(RowChange.Deleted.class).uuid());
        assertEquals(inserted.get(1).uuid(), changes.get(RowChange.Modified.class).uuid());
        assertEquals(OptionalLong.of(4), changes.get(RowChange.Inserted.class).after().orElseThrow()
            .optionalInteger("dscp"));
        assertEquals(rows(client, "Queue", "dscp", "external_ids", "other_config"), recorder.content("Queue"));
        assertEquals(List.of("changed", "synced", "disconnected", "changed", "synced"), recorder.signals());
        assertEquals(List.of(), recorder.errors());
        client.transact(DB, Operation.insert("Queue").set("dscp", 5)).join();
        assertEquals(Set.of(12L, 3L, 4L, 5L), dscps(recorder));
    }

    @Test
    void aRestartThatChangedNothingIsToldAsNoChange() {
        final RealServer server = started(RealServer.standalone(directory));
        final OvsdbClient client = connected(server.endpoint());
        client.transact(DB, Operation.insert("Queue").set("dscp", 1), Operation.commit(true)).join();
        final Recorder recorder = new Recorder();
        client.monitor(QUEUES, recorder);
        recorder.awaitSynced(1);
        server.kill();
        server.start();
        recorder.awaitSynced(2);
        assertEquals(List.of("changed", "synced", "disconnected", "synced"), recorder.signals());
    }

    @Test
    void whereTheServerKnowsTheTransactionOnlyWhatIsNewComes() {
        final RealServer server = started(RealServer.clustered(directory));
        try (Relay relay = new Relay(server.port())) {
            final OvsdbClient direct = connected(server.endpoint());
            final OvsdbClient client = connected(relay.endpoint());
            final Recorder recorder = new Recorder();
            // the server keeps no longer a history than the database is big
            direct.transact(DB, Collections.nCopies(200, Operation.insert("Queue")
                .set("external_ids", Map.of("a", "1", "b", "2", "c", "3")))).join();
            direct.transact(DB, Operation.insert("Queue").set("dscp", 1), Operation.insert("Queue").set("dscp", 2))
                .join();
            client.monitor(QUEUES, recorder);
            recorder.awaitSynced(1);
            assertTrue(relay.heard().contains("[false,"));

            relay.cut();
            direct.transact(DB, Operation.update("Queue", Condition.equal("dscp", Datum.of(1)))
                .set("external_ids", Map.of("k", "v")), Operation.delete("Queue",
                    Condition.equal("dscp", Datum.of(2)))).join();
            recorder.awaitSynced(2);
            assertContinued(relay.heard());
            // the cut may have come before or after the change reached us: both end the same
            assertEquals(rows(direct, "Queue", "dscp", "external_ids", "other_config"), recorder.content("Queue"));

            // killed, the server finds the ids again in its log
            recorder.forgetChanges();
            server.kill();
            server.start();
            recorder.awaitSynced(3);
            assertContinued(relay.heard());
            assertEquals(List.of(), recorder.changes());
            awaitConnected(direct);
            direct.transact(DB, Operation.insert("Queue").set("dscp", 3)).join();
            await().atMost(RealServer.HANG).until(() -> dscps(recorder).contains(3L));
            assertEquals(List.of(), recorder.errors());
            assertEquals(rows(direct, "Queue", "dscp", "external_ids", "other_config"), recorder.content("Queue"));
        }
    }

    @Test
    void aServerThatStandsStillIsLeftAndFoundAgain() {
        final RealServer server = started(RealServer.standalone(directory));
        final OvsdbClient client = factory.connect(server.endpoint(),
            options().echo(Duration.ofMillis(200), Duration.ofMillis(200)).build());
        awaitConnected(client);
        final Recorder recorder = new Recorder();
        client.monitor(QUEUES, recorder);
        recorder.awaitSynced(1);
        final List<ConnectionState> states = new ArrayList<>();
        client.addConnectionListener(state -> {
            synchronized (states) {
                states.add(state);
            }
        });
        server.signal("STOP");
        try {
            final CompletableFuture<?> outstanding = client.transact(DB, Operation.insert("Queue"));
            await().atMost(RealServer.HANG).until(() -> recorder.count("disconnected") == 1);
            assertInstanceOf(io.peregrine.ovsdb.OvsdbException.class,
                assertThrows(CompletionException.class, outstanding::join).getCause());
            synchronized (states) {
                assertTrue(states.stream().anyMatch(state -> state instanceof ConnectionState.Disconnected gone
                    && gone.cause().orElseThrow().getMessage().contains("no sign of life")), states.toString());
            }
        } finally {
            server.signal("CONT");
        }
        recorder.awaitSynced(2);
        assertEquals(List.of(), recorder.errors());
    }

    @Test
    void serversMayConnectToUs() throws Exception {
        final BlockingQueue<Map.Entry<String, OvsdbClient>> accepted = new LinkedBlockingQueue<>();
        final OvsdbServer listening = factory.listen(Endpoint.parse("ptcp:0:127.0.0.1"), options().build(), 10,
            PassiveIdentity.bySystemId(), (id, client) -> accepted.add(Map.entry(id, client))).join();
        final int port = ((InetSocketAddress) listening.localAddress()).getPort();
        final RealServer first = named("one").connectTo(port);
        final RealServer second = named("two").connectTo(port);
        started(first);
        final var one = accepted.poll(RealServer.HANG.toSeconds(), TimeUnit.SECONDS);
        assertEquals("one", one.getKey());
        started(second);
        final var two = accepted.poll(RealServer.HANG.toSeconds(), TimeUnit.SECONDS);
        assertEquals("two", two.getKey());
        assertEquals(Map.of("one", one.getValue(), "two", two.getValue()), listening.clients());

        final Recorder recorder = new Recorder();
        one.getValue().monitor(QUEUES, recorder);
        recorder.awaitSynced(1);
        one.getValue().transact(DB, Operation.insert("Queue").set("dscp", 1), Operation.commit(true)).join();
        first.kill();
        await().atMost(RealServer.HANG).until(() -> recorder.count("disconnected") == 1);
        assertTrue(two.getValue().state().isConnected());
        first.start();
        recorder.awaitSynced(2);
        assertEquals(List.of("synced", "changed", "disconnected", "synced"), recorder.signals());
        assertTrue(accepted.isEmpty());

        one.getValue().close();
        final var again = accepted.poll(RealServer.HANG.toSeconds(), TimeUnit.SECONDS);
        assertEquals("one", again.getKey());
        assertNotEquals(one.getValue(), again.getValue());
        listening.close();
        listening.close();
        assertEquals(new ConnectionState.Closed(), two.getValue().state());
    }

    @Test
    void tenThousandRowsCome() {
        final RealServer server = started(RealServer.standalone(directory));
        final OvsdbClient writer = connected(server.endpoint());
        for (int block = 0; block < 10; block++) {
            final List<Operation> operations = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                operations.add(Operation.insert("Queue").set("external_ids",
                    Map.of("id", Integer.toString(block * 1000 + i), "text", "x".repeat(200))));
            }
            writer.transact(DB, operations, RealServer.HANG).join();
        }
        final OvsdbClient client = connected(server.endpoint());
        final Recorder recorder = new Recorder();
        final Monitor monitor = client.monitor(QUEUES, recorder);
        recorder.awaitSynced(1);
        assertEquals(10_000, recorder.content("Queue").values().stream()
            .map(row -> row.stringMap("external_ids").get("id")).distinct().count());
        writer.transact(DB, Operation.updateAll("Queue").set("dscp", 5)).join();
        await().atMost(RealServer.HANG).until(() -> recorder.changes().size() == 20_000);
        assertEquals(recorder.content("Queue"), monitor.snapshot().table("Queue"));
        assertEquals(List.of(), recorder.errors());

        // the same with less room than the dump needs ends clearly
        final OvsdbClient small = factory.connect(server.endpoint(), options().maxFrameBytes(1 << 20).build());
        final CompletableFuture<Throwable> end = new CompletableFuture<>();
        awaitConnected(small);
        small.addConnectionListener(state -> {
            if (state instanceof ConnectionState.Disconnected gone) {
                end.complete(gone.cause().orElseThrow());
            }
        });
        final Recorder never = new Recorder();
        small.monitor(QUEUES, never);
        final Throwable cause = end.orTimeout(RealServer.HANG.toSeconds(), TimeUnit.SECONDS).join();
        assertInstanceOf(ProtocolException.class, cause);
        assertTrue(cause.getMessage().contains("longer than 1048576 bytes"), cause.getMessage());
        assertEquals(List.of(), never.signals());
    }

    @Test
    void tlsWorksBothWaysAndOnlyWithTheRightPeer() throws Exception {
        final Path key = directory.resolve("key.pem");
        final Path certificate = directory.resolve("cert.pem");
        TestCertificates.write(key, certificate);
        final Path otherKey = directory.resolve("other-key.pem");
        final Path other = directory.resolve("other.pem");
        TestCertificates.write(otherKey, other);
        final String[] tls = {"--private-key=" + key, "--certificate=" + certificate, "--ca-cert=" + certificate};

        final RealServer server = started(RealServer.standalone(Files.createDirectory(directory.resolve("a")), tls)
            .secure());
        final OvsdbClient client = factory.connect(server.endpoint(), options().tls(context(key, certificate,
            certificate)).build());
        awaitConnected(client);
        assertTrue(client.listDatabases().join().contains(DB));

        final OvsdbClient distrustful = factory.connect(server.endpoint(), options().tls(context(key, certificate,
            other)).build());
        final List<ConnectionState> states = new ArrayList<>();
        distrustful.addConnectionListener(state -> {
            synchronized (states) {
                states.add(state);
            }
        });
        await().atMost(RealServer.HANG).until(() -> distrustful.state() instanceof ConnectionState.Disconnected gone
            && gone.failures() > 2);
        synchronized (states) {
            assertTrue(states.stream().noneMatch(ConnectionState::isConnected), states.toString());
        }
        assertTrue(((ConnectionState.Disconnected) distrustful.state()).cause().orElseThrow().getMessage()
            .contains("TLS handshake failed"));

        final CompletableFuture<OvsdbClient> accepted = new CompletableFuture<>();
        final SslContext listening = SslContextBuilder.forServer(certificate.toFile(), key.toFile())
            .trustManager(certificate.toFile()).clientAuth(io.netty.handler.ssl.ClientAuth.REQUIRE).build();
        final OvsdbServer passive = factory.listen(Endpoint.parse("pssl:0:127.0.0.1"), options().tls(listening).build(),
            10, PassiveIdentity.byRemoteAddress(), (id, peer) -> accepted.complete(peer)).join();
        final RealServer caller = RealServer.standalone(Files.createDirectory(directory.resolve("b")), tls);
        caller.connectSecurelyTo(((InetSocketAddress) passive.localAddress()).getPort());
        started(caller);
        assertTrue(accepted.orTimeout(RealServer.HANG.toSeconds(), TimeUnit.SECONDS).join().listDatabases().join()
            .contains(DB));
    }

    @Test
    void oneHostsKeyCannotStandInForAnotherHost() throws Exception {
        final Path key = directory.resolve("key.pem");
        final Path certificate = directory.resolve("cert.pem");
        TestCertificates.write(key, certificate, "dns:localhost,dns:hv2,ip:10.255.0.2,ip:fd00::2");
        final RealServer server = started(RealServer.standalone(Files.createDirectory(directory.resolve("a")),
            "--private-key=" + key, "--certificate=" + certificate, "--ca-cert=" + certificate).secure());
        final OvsdbOptions options = options().tls(context(key, certificate, certificate)).build();

        final OvsdbClient wrong = factory.connect(server.endpoint(), options);
        await().atMost(RealServer.HANG).until(() -> wrong.state() instanceof ConnectionState.Disconnected gone
            && gone.failures() > 1);
        assertEquals("TLS handshake failed: the certificate of CN=key.pem, which is for localhost, hv2, 10.255.0.2, "
            + "fd00:0:0:0:0:0:0:2, is not for 127.0.0.1: if it is the right host, make it one by "
            + "bin/certificates host NAME 127.0.0.1",
            ((ConnectionState.Disconnected) wrong.state()).cause().orElseThrow().getMessage());

        final OvsdbClient right = factory.connect(new Endpoint(Endpoint.Kind.SSL, "localhost",
            server.endpoint().port()), options);
        awaitConnected(right);
        assertTrue(right.listDatabases().join().contains(DB));
    }

    private SslContext context(final Path key, final Path certificate, final Path trusted) throws IOException {
        final Path files = Files.createTempDirectory(directory, "tls");
        Files.copy(trusted, files.resolve("ca.pem"));
        Files.copy(certificate, files.resolve("cert.pem"));
        Files.copy(key, files.resolve("key.pem"));
        return CertificateFiles.clientContext(files);
    }

    @Test
    void withoutCertificatesItIsSaidThatTheyAreMissing() throws Exception {
        final Path key = directory.resolve("key.pem");
        final Path certificate = directory.resolve("cert.pem");
        TestCertificates.write(key, certificate);
        final RealServer server = started(RealServer.standalone(Files.createDirectory(directory.resolve("a")),
            "--private-key=" + key, "--certificate=" + certificate, "--ca-cert=" + certificate).secure());
        final Path none = Files.createDirectory(directory.resolve("none"));
        final OvsdbClient client = factory.connect(server.endpoint(),
            options().tls(CertificateFiles.clientContext(none)).build());
        await().atMost(RealServer.HANG).until(() -> client.state() instanceof ConnectionState.Disconnected gone
            && gone.failures() > 0);
        final String why = ((ConnectionState.Disconnected) client.state()).cause().orElseThrow().getMessage();
        assertTrue(why.contains(none.resolve("ca.pem") + " is missing"), why);
    }

    private RealServer started(final RealServer server) {
        opened.add(server);
        return server.start();
    }

    private RealServer named(final String systemId) throws Exception {
        final RealServer server = RealServer.standalone(Files.createDirectory(directory.resolve(systemId)));
        server.transactOffline("[\"" + DB + "\",{\"op\":\"insert\",\"table\":\"" + DB
            + "\",\"row\":{\"external_ids\":[\"map\",[[\"system-id\",\"" + systemId + "\"]]]}}]");
        return server;
    }

    private OvsdbClient connected(final Endpoint endpoint) {
        final OvsdbClient client = factory.connect(endpoint, options().build());
        awaitConnected(client);
        return client;
    }

    private static void awaitConnected(final OvsdbClient client) {
        await().atMost(RealServer.HANG).until(() -> client.state().isConnected());
    }

    private static OvsdbOptions.Builder options() {
        return OvsdbOptions.builder().backoff(Duration.ofMillis(10), Duration.ofMillis(100))
            .requestTimeout(RealServer.HANG).echo(RealServer.HANG, RealServer.HANG);
    }

    private static List<Row> select(final OvsdbSession client, final Operation.Select select) {
        return client.transact(DB, select).join().get(0).rows();
    }

    private static Map<UUID, Row> rows(final OvsdbSession client, final String table, final String... columns) {
        final List<String> all = new ArrayList<>(List.of(columns));
        all.add("_uuid");
        return select(client, Operation.select(table).columns(all.toArray(String[]::new))).stream()
            .collect(Collectors.toMap(Row::uuid, row -> row));
    }

    private static Set<Long> dscps(final Recorder recorder) {
        return recorder.content("Queue").values().stream()
            .map(row -> row.optionalInteger("dscp")).filter(OptionalLong::isPresent).map(OptionalLong::getAsLong)
            .collect(Collectors.toSet());
    }

    private static List<Operation> randomOperations(final Random random) {
        final List<Operation> operations = new ArrayList<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            final Condition some = new Condition("dscp", Condition.Function.EQUAL, Datum.of(random.nextInt(8)));
            operations.add(switch (random.nextInt(8)) {
                case 0, 1 -> Operation.insert("Queue").set("dscp", random.nextInt(8))
                    .set("external_ids", randomMap(random));
                case 2 -> Operation.delete("Queue", some);
                case 3 -> Operation.update("Queue", some).set("external_ids", randomMap(random));
                case 4 -> Operation.mutate("Queue", some)
                    .with(Mutation.insert("other_config", Datum.map(randomMap(random))))
                    .with(Mutation.delete("external_ids", Datum.of("k1")));
                case 5 -> Operation.update("Queue", some).set("dscp", Datum.empty());
                case 6 -> Operation.updateAll(DB).set("iface_types", Datum.strings(randomMap(random).keySet()));
                default -> Operation.updateAll(DB).set("next_cfg", random.nextInt(3))
                    .set("db_version", random.nextBoolean() ? Datum.of("v" + random.nextInt(3)) : Datum.empty());
            });
        }
        return operations;
    }

    private static Map<String, String> randomMap(final Random random) {
        final Map<String, String> result = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            result.put("k" + random.nextInt(4), "v" + random.nextInt(3));
        }
        return result;
    }

    private static void assertContinued(final String heard) {
        assertTrue(heard.contains("[true,"), heard);
        assertFalse(heard.contains("[false,"), heard);
    }

    private static TransactionException assertTransaction(final ErrorKind kind, final int index, final String operation,
            final CompletableFuture<?> future) {
        final TransactionException thrown = failure(TransactionException.class, future);
        assertEquals(kind, thrown.kind(), thrown.getMessage());
        assertEquals(index, thrown.index(), thrown.getMessage());
        assertEquals(operation, thrown.operation());
        return thrown;
    }

    private static <T extends Throwable> T failure(final Class<T> type, final CompletableFuture<?> future) {
        return assertInstanceOf(type, assertThrows(CompletionException.class, future::join).getCause());
    }
}
