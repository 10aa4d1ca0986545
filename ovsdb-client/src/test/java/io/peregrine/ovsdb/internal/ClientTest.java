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
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.netty.handler.ssl.SslContextBuilder;
import io.peregrine.ovsdb.Condition;
import io.peregrine.ovsdb.ConnectionState;
import io.peregrine.ovsdb.Datum;
import io.peregrine.ovsdb.DisconnectedException;
import io.peregrine.ovsdb.Endpoint;
import io.peregrine.ovsdb.Monitor;
import io.peregrine.ovsdb.MonitorListener;
import io.peregrine.ovsdb.MonitorSpec;
import io.peregrine.ovsdb.Operation;
import io.peregrine.ovsdb.OverloadedException;
import io.peregrine.ovsdb.OvsdbClient;
import io.peregrine.ovsdb.OvsdbClientFactory;
import io.peregrine.ovsdb.OvsdbOptions;
import io.peregrine.ovsdb.OvsdbServer;
import io.peregrine.ovsdb.PassiveIdentity;
import io.peregrine.ovsdb.ProtocolException;
import io.peregrine.ovsdb.RequestTimeoutException;
import io.peregrine.ovsdb.Row;
import io.peregrine.ovsdb.RowChange;
import io.peregrine.ovsdb.RpcException;
import io.peregrine.ovsdb.SchemaException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a server that the test plays. */
class ClientTest {
    private static final UUID ROW = new UUID(1, 1);
    private static final String TXN1 = new UUID(0, 0x11).toString();
    private static final String TXN2 = new UUID(0, 0x22).toString();
    private static final String NONE = new UUID(0, 0).toString();
    private static final MonitorSpec SPEC = MonitorSpec.of("db").table("T");

    private final OvsdbClientFactory factory = OvsdbClientFactory.create(1);
    private final FakePeer peer = new FakePeer();
    private final Recorder recorder = new Recorder();

    @AfterEach
    void closeAll() {
        factory.close();
        peer.close();
    }

    @Test
    void echoIsAnsweredAndOtherQuestionsAreNotIgnored() {
        factory.connect(peer.endpoint(), options().build());
        final FakePeer.Session session = peer.accept();
        session.send("{'method':'echo','params':['ü',{'a':[1]}],'id':'x'}");
        assertEquals(FakePeer.json("{'id':'x','result':['ü',{'a':[1]}],'error':null}"), session.read());
        session.send("{'method':'dance','params':[],'id':[7]}");
        assertEquals(FakePeer.json("{'id':[7],'result':null,'error':'unknown method'}"), session.read());
    }

    @Test
    void anIdlePeerIsAskedAndKeptWhileItAnswers() {
        final OvsdbClient client = factory.connect(peer.endpoint(),
            options().echo(Duration.ofMillis(20), RealServer.HANG).build());
        final FakePeer.Session session = peer.accept();
        for (int i = 0; i < 5; i++) {
            session.reply(session.read("echo"), "[]");
        }
        assertTrue(client.state().isConnected());
    }

    @Test
    void aSilentPeerIsLeft() {
        final OvsdbClient client = factory.connect(peer.endpoint(),
            options().echo(Duration.ofMillis(20), Duration.ofMillis(20)).build());
        final List<ConnectionState> states = states(client);
        final FakePeer.Session session = peer.accept();
        session.read("echo");
        session.awaitEnd();
        await().atMost(RealServer.HANG).until(() -> causes(states).stream()
            .anyMatch(cause -> cause.getMessage().contains("no sign of life for 20 ms")));
        peer.accept();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSH-2.0-OpenSSH_9.2\r\n", "[]", "{\"a\":1]", "{\"x\":1}", "{\"method\":1,\"params\":[]}",
        "{\"method\":\"update\",\"params\":{},\"id\":null}", "{\"id\":1,\"result\":nonsense}"})
    void garbageEndsTheConnectionAndNotTheClient(final String garbage) {
        final OvsdbClient client = factory.connect(peer.endpoint(), options().build());
        final List<ConnectionState> states = states(client);
        final FakePeer.Session session = peer.accept();
        final CompletableFuture<?> outstanding = whenConnected(client).listDatabases();
        session.read("list_dbs");
        session.sendRaw(garbage);
        session.awaitEnd();
        failure(DisconnectedException.class, outstanding);
        await().atMost(RealServer.HANG).until(() -> causes(states).stream()
            .anyMatch(cause -> cause instanceof ProtocolException));
        final FakePeer.Session next = peer.accept();
        final CompletableFuture<List<String>> databases = whenConnected(client).listDatabases();
        next.reply(next.read("list_dbs"), "['db']");
        assertEquals(List.of("db"), databases.join());
    }

    @Test
    void answersOfAnyOrderFindTheirRequests() {
        final OvsdbClient client = factory.connect(peer.endpoint(), options().build());
        final FakePeer.Session session = peer.accept();
        final CompletableFuture<List<String>> first = whenConnected(client).listDatabases();
        final CompletableFuture<List<String>> second = client.listDatabases();
        final JsonObject one = session.read("list_dbs");
        final JsonObject two = session.read("list_dbs");
        session.send("{'id':999,'result':[],'error':null}{'id':'echo','result':[],'error':null}");
        session.send("{'id':1e400,'result':[],'error':null}{'id':null,'result':[],'error':null}");
        session.reply(two, "['two']");
        session.reply(one, "['one']");
        assertEquals(List.of("one"), first.join());
        assertEquals(List.of("two"), second.join());
        final CompletableFuture<?> odd = client.listDatabases();
        session.reply(session.read("list_dbs"), "{'no':'list'}");
        failure(ProtocolException.class, odd);
        final CompletableFuture<?> refused = client.listDatabases();
        session.refuse(session.read("list_dbs"), "{'error':'go away','details':'now'}");
        assertEquals("list_dbs refused: go away: now", failure(RpcException.class, refused).getMessage());
    }

    @Test
    void aClosedPortIsTriedUntilItOpens() {
        final int port = FakePeer.closedPort();
        final OvsdbClient client = factory.connect(new Endpoint(Endpoint.Kind.TCP, "localhost", port),
            options().build());
        await().atMost(RealServer.HANG).until(() -> client.state() instanceof ConnectionState.Disconnected gone
            && gone.failures() >= 3);
        final var cause = ((ConnectionState.Disconnected) client.state()).cause().orElseThrow();
        assertTrue(cause.getMessage().contains("refused"), cause.getMessage());
        assertTrue(failure(DisconnectedException.class, client.listDatabases()).getMessage()
            .contains("tcp:localhost:" + port));
        try (FakePeer late = new FakePeer(port)) {
            late.accept();
            whenConnected(client);
        }
    }

    @Test
    void anUnknownHostIsTriedOn() {
        final OvsdbClient client = factory.connect(new Endpoint(Endpoint.Kind.TCP, "nowhere.invalid", 1),
            options().build());
        await().atMost(RealServer.HANG).until(() -> client.state() instanceof ConnectionState.Disconnected gone
            && gone.failures() >= 2);
    }

    @Test
    void whatIsOutstandingFailsWhenTheConnectionDrops() {
        final OvsdbClient client = factory.connect(peer.endpoint(), options().build());
        final FakePeer.Session session = peer.accept();
        final List<CompletableFuture<?>> futures = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            futures.add(whenConnected(client).listDatabases());
        }
        session.read("list_dbs");
        session.close();
        futures.forEach(future -> failure(DisconnectedException.class, future));
    }

    @Test
    void aRequestWithoutAnswerTimesOutAndIsCancelled() {
        final OvsdbClient client = factory.connect(peer.endpoint(), options().build());
        final FakePeer.Session session = peer.accept();
        final CompletableFuture<?> future = whenConnected(client).transact("db", List.of(Operation.comment("x")),
            Duration.ofMillis(30));
        final JsonObject request = session.read("transact");
        failure(RequestTimeoutException.class, future);
        assertEquals(request.get("id"), session.read("cancel").getAsJsonArray("params").get(0));
        // an answer that comes after all harms nobody
        session.reply(request, "[{}]");
        final CompletableFuture<?> next = client.listDatabases();
        session.reply(session.read("list_dbs"), "[]");
        next.join();
    }

    @Test
    void aCancelledFutureCancelsTheRequest() {
        final OvsdbClient client = factory.connect(peer.endpoint(), options().maxOutstanding(1).build());
        final FakePeer.Session session = peer.accept();
        final CompletableFuture<?> future = whenConnected(client).transact("db", Operation.comment("x"));
        final JsonObject request = session.read("transact");
        assertTrue(future.cancel(false));
        assertEquals(request.get("id"), session.read("cancel").getAsJsonArray("params").get(0));
        final CompletableFuture<?> next = client.listDatabases();
        session.reply(session.read("list_dbs"), "[]");
        next.join();
    }

    @Test
    void tooManyRequestsAreRefusedAtOnceAndRoomComesBack() {
        final OvsdbClient client = factory.connect(peer.endpoint(), options().maxOutstanding(2).build());
        final FakePeer.Session session = peer.accept();
        final CompletableFuture<?> first = whenConnected(client).listDatabases();
        client.listDatabases();
        assertTrue(client.listDatabases().isCompletedExceptionally());
        failure(OverloadedException.class, client.listDatabases());
        session.reply(session.read("list_dbs"), "[]");
        first.join();
        assertFalse(client.listDatabases().isCompletedExceptionally());
        // what the client itself needs is not refused
        client.monitor(SPEC, recorder);
        session.read("list_dbs");
        session.read("list_dbs");
        session.read("get_schema");
    }

    @Test
    void aPeerThatDoesNotReadGetsNoMoreRequests() {
        final OvsdbClient client = factory.connect(peer.endpoint(),
            options().maxOutstanding(1_000_000).maxUnsentBytes(100_000).build());
        peer.accept();
        whenConnected(client);
        final Operation large = Operation.comment("x".repeat(50_000));
        await().atMost(RealServer.HANG).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> {
            final CompletableFuture<?> future = client.transact("db", large);
            return future.isCompletedExceptionally()
                && failure(OverloadedException.class, future).getMessage().contains("100000 bytes wait");
        });
        assertTrue(client.state().isConnected());
    }

    @Test
    void aPeerThatAsksAndDoesNotReadIsLeft() {
        final OvsdbClient client = factory.connect(peer.endpoint(), options().maxUnsentBytes(100_000).build());
        final List<ConnectionState> states = states(client);
        final FakePeer.Session session = peer.accept();
        final String question = "{'method':'echo','params':['" + "x".repeat(10_000) + "'],'id':1}";
        assertThrows(UncheckedIOException.class, () -> {
            // 200 MB are more than all buffers between us
            for (int i = 0; i < 20_000; i++) {
                session.send(question);
            }
        });
        await().atMost(RealServer.HANG).until(() -> causes(states).stream()
            .anyMatch(cause -> cause.getMessage().contains("does not read")));
    }

    @Test
    void aMonitorContinuesAfterTheLastTransactionItKnows() {
        final OvsdbClient client = factory.connect(peer.endpoint(), options().build());
        final Monitor monitor = client.monitor(SPEC, recorder);
        FakePeer.Session session = peer.accept();
        JsonArray params = session.serveMonitor(false, TXN1, "{'T':{'" + ROW + "':{'initial':{'tags':['set',['a','b']]"
            + "}}}}");
        assertEquals(new JsonPrimitive(NONE), params.get(3));
        assertEquals(FakePeer.json("{'T':[{'columns':['name','tags','n']}]}"), params.get(2));
        recorder.awaitSynced(1);
        session.send("{'method':'update3','id':null,'params':[" + params.get(1) + ",'" + TXN2 + "',{'T':{'" + ROW
            + "':{'modify':{'name':'x','tags':'a'}}}}]}");
        await().atMost(RealServer.HANG).until(() -> recorder.changes().size() == 2);
        session.close();

        session = peer.accept();
        session.close();
        session = peer.accept();
        params = session.serveMonitor(true, TXN2, "{'T':{'" + ROW + "':{'modify':{'n':5}}}}");
        assertEquals(new JsonPrimitive(TXN2), params.get(3));
        recorder.awaitSynced(2);
        final Row row = monitor.row("T", ROW).orElseThrow();
        assertEquals("x", row.string("name"));
        assertEquals(Set.of("b"), row.strings("tags"));
        assertEquals(5, row.integer("n"));
        assertEquals(List.of("changed", "synced", "changed", "disconnected", "changed", "synced"),
            recorder.signals());
        assertEquals(List.of(), recorder.errors());
    }

    @Test
    void aChangeThatDoesNotFitLeadsToAFullDump() {
        final OvsdbClient client = factory.connect(peer.endpoint(), options().build());
        final Monitor monitor = client.monitor(SPEC, recorder);
        final FakePeer.Session session = peer.accept();
        final JsonArray params = session.serveMonitor(false, TXN1, "{'T':{'" + ROW + "':{'initial':{}}}}");
        recorder.awaitSynced(1);
        session.send("{'method':'update3','id':null,'params':[" + params.get(1) + ",'" + TXN2 + "',{'T':{'"
            + new UUID(2, 2) + "':{'modify':{'name':'x'}}}}]}");
        session.awaitEnd();
        final FakePeer.Session next = peer.accept();
        assertEquals(new JsonPrimitive(NONE), next.serveMonitor(false, TXN2, "{'T':{'" + ROW
            + "':{'initial':{'name':'y'}}}}").get(3));
        recorder.awaitSynced(2);
        assertEquals("y", monitor.row("T", ROW).orElseThrow().string("name"));
        assertEquals(List.of("changed", "synced", "disconnected", "changed", "synced"), recorder.signals());
        assertEquals(List.of(), recorder.errors());
    }

    @Test
    void anotherSchemaLeadsToAFullDump() {
        final OvsdbClient client = factory.connect(peer.endpoint(), options().build());
        client.monitor(SPEC, recorder);
        final FakePeer.Session session = peer.accept();
        session.serveMonitor(false, TXN1, "{'T':{'" + ROW + "':{'initial':{}}}}");
        recorder.awaitSynced(1);
        session.close();
        final FakePeer.Session next = peer.accept();
        next.reply(next.read("get_schema"), FakePeer.SCHEMA.replace("'n':", "'more':{'type':'real'},'n':"));
        final JsonObject request = next.read("monitor_cond_since");
        assertEquals(new JsonPrimitive(NONE), request.getAsJsonArray("params").get(3));
        next.reply(request, "[false,'" + TXN2 + "',{'T':{'" + ROW + "':{'initial':{}}}}]");
        recorder.awaitSynced(2);
        assertEquals(0.0, recorder.content("T").get(ROW).real("more"));
    }

    @Test
    void aServerWithOnlyTheRfcsMonitorIsEnough() {
        final OvsdbClient client = factory.connect(peer.endpoint(), options().build());
        client.monitor(SPEC, recorder);
        FakePeer.Session session = peer.accept();
        JsonArray params = downTo(session, "monitor",
            "{'T':{'" + ROW + "':{'new':{'name':'a','tags':['set',[]],'n':['set',[]]}}}}");
        assertEquals(3, params.size());
        recorder.awaitSynced(1);
        session.send("{'method':'update','id':null,'params':[" + params.get(1) + ",{'T':{'" + ROW
            + "':{'old':{'n':['set',[]]},'new':{'name':'a','tags':['set',[]],'n':3}}}}]}");
        await().atMost(RealServer.HANG).until(() -> recorder.changes().size() == 2);
        assertEquals(3, recorder.content("T").get(ROW).integer("n"));
        session.close();
        session = peer.accept();
        params = downTo(session, "monitor", "{}");
        recorder.awaitSynced(2);
        assertEquals(List.of("changed", "synced", "changed", "disconnected", "changed", "synced"),
            recorder.signals());
        assertInstanceOf(RowChange.Deleted.class, recorder.changes().get(2));
        assertEquals(List.of(), recorder.errors());
    }

    @Test
    void aServerWithoutTransactionIdsGetsConditionalMonitors() {
        final OvsdbClient client = factory.connect(peer.endpoint(), options().build());
        client.monitor(MonitorSpec.of("db").table("T", List.of("name"),
            List.of(Condition.equal("name", "a"))), recorder);
        final FakePeer.Session session = peer.accept();
        final JsonArray params = downTo(session, "monitor_cond", "{'T':{'" + ROW + "':{'initial':{'name':'a'}}}}");
        assertEquals(FakePeer.json("{'T':[{'columns':['name'],'where':[['name','==','a']]}]}"), params.get(2));
        recorder.awaitSynced(1);
        session.send("{'method':'update2','id':null,'params':[" + params.get(1) + ",{'T':{'" + ROW
            + "':{'delete':null}}}]}");
        await().atMost(RealServer.HANG).until(() -> recorder.changes().size() == 2);
        assertTrue(recorder.content("T").isEmpty());
    }

    @Test
    void conditionsAreNotDroppedSilently() {
        final OvsdbClient client = factory.connect(peer.endpoint(), options().build());
        client.monitor(MonitorSpec.of("db").table("T", List.of("name"),
            List.of(Condition.equal("name", "a"))), recorder);
        final FakePeer.Session session = peer.accept();
        session.reply(session.read("get_schema"), FakePeer.SCHEMA);
        session.refuse(session.read("monitor_cond_since"), "'unknown method'");
        session.refuse(session.read("monitor_cond"), "'unknown method'");
        await().atMost(RealServer.HANG).until(() -> recorder.failures().size() == 1);
        assertInstanceOf(SchemaException.class, recorder.failures().get(0));
    }

    @Test
    void theTellingErrorOfARefusedMonitorIsReportedAndItIsTriedAgain() {
        final OvsdbClient client = factory.connect(peer.endpoint(), options().build());
        client.monitor(SPEC, recorder);
        final FakePeer.Session session = peer.accept();
        session.reply(session.read("get_schema"), FakePeer.SCHEMA);
        session.refuse(session.read("monitor_cond_since"), "'permission error'");
        session.refuse(session.read("monitor_cond"), "'unknown method'");
        session.refuse(session.read("monitor"), "'unknown method'");
        await().atMost(RealServer.HANG).until(() -> recorder.failures().size() == 1);
        assertEquals("monitor_cond_since refused: permission error", recorder.failures().get(0).getMessage());
        session.close();
        peer.accept().serveMonitor(false, TXN1, "{}");
        recorder.awaitSynced(1);
        assertEquals(List.of("synced"), recorder.signals());
    }

    @Test
    void aSlowListenerStopsTheReadingAndLosesNothing() throws Exception {
        final OvsdbClient client = factory.connect(peer.endpoint(), options().maxFrameBytes(100_000).build());
        final CountDownLatch go = new CountDownLatch(1);
        final AtomicInteger seen = new AtomicInteger();
        final CountDownLatch synced = new CountDownLatch(1);
        client.monitor(SPEC, new MonitorListener() {
            @Override
            public void changed(final List<RowChange> changes) {
                try {
                    assertTrue(go.await(RealServer.HANG.toSeconds(), TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                seen.incrementAndGet();
            }

            @Override
            public void synced() {
                synced.countDown();
            }

            @Override
            public void disconnected(final Throwable cause) {
                seen.addAndGet(1_000_000);
            }
        });
        final FakePeer.Session session = peer.accept();
        final JsonArray params = session.serveMonitor(false, TXN1, "{}");
        assertTrue(synced.await(RealServer.HANG.toSeconds(), TimeUnit.SECONDS));
        final int updates = 2000;
        final AtomicInteger sent = new AtomicInteger();
        final Thread flood = new Thread(() -> {
            for (int i = 0; i < updates; i++) {
                session.send("{'method':'update3','id':null,'params':[" + params.get(1) + ",'" + TXN2 + "',{'T':{'"
                    + new UUID(5, i) + "':{'insert':{'name':'" + "x".repeat(20_000) + "'}}}}]}");
                sent.incrementAndGet();
            }
        });
        flood.start();
        // 40 MB do not fit into 100 kB and the kernel's buffers: the sender comes to a halt
        final AtomicInteger last = new AtomicInteger(-1);
        await().atMost(RealServer.HANG).pollInterval(Duration.ofSeconds(1))
            .until(() -> sent.get() > 0 && last.getAndSet(sent.get()) == sent.get());
        assertTrue(sent.get() < updates, sent.toString());
        go.countDown();
        await().atMost(RealServer.HANG).until(() -> seen.get() >= updates);
        flood.join();
        assertEquals(updates, seen.get());
        assertTrue(client.state().isConnected());
    }

    @Test
    void aListenerThatThrowsMissesNothing() {
        final OvsdbClient client = factory.connect(peer.endpoint(), options().build());
        client.addConnectionListener(state -> {
            throw new IllegalStateException("on purpose");
        });
        client.monitor(SPEC, new MonitorListener() {
            @Override
            public void changed(final List<RowChange> changes) {
                recorder.changed(changes);
                throw new IllegalStateException("on purpose");
            }

            @Override
            public void synced() {
                recorder.synced();
                throw new IllegalStateException("on purpose");
            }

            @Override
            public void disconnected(final Throwable cause) {
                recorder.disconnected(cause);
                throw new IllegalStateException("on purpose");
            }
        });
        peer.accept().serveMonitor(false, TXN1, "{'T':{'" + ROW + "':{'initial':{}}}}");
        recorder.awaitSynced(1);
        peer.close();
        await().atMost(RealServer.HANG).until(() -> recorder.count("disconnected") == 1);
        assertEquals(List.of("changed", "synced", "disconnected"), recorder.signals());
    }

    @Test
    void callbacksAndFuturesUseTheCallersExecutorOneAtATime() {
        final ExecutorService pool = Executors.newFixedThreadPool(4, task -> new Thread(task, "callers"));
        try {
            final OvsdbClient client = factory.connect(peer.endpoint(), options().callbackExecutor(pool).build());
            final AtomicInteger inside = new AtomicInteger();
            final List<String> wrong = new ArrayList<>();
            final Runnable check = () -> {
                if (inside.incrementAndGet() != 1 || !"callers".equals(Thread.currentThread().getName())) {
                    wrong.add(Thread.currentThread().getName());
                }
                Thread.yield();
                inside.decrementAndGet();
            };
            client.addConnectionListener(state -> check.run());
            final FakePeer.Session session = peer.accept();
            whenConnected(client);
            final List<CompletableFuture<?>> futures = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                futures.add(client.listDatabases().thenRun(check));
                futures.add(client.addConnectionListener(state -> check.run()) == null ? null
                    : CompletableFuture.completedFuture(null));
            }
            for (int i = 0; i < 200; i++) {
                session.reply(session.read("list_dbs"), "[]");
            }
            CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new)).join();
            assertEquals(List.of(), wrong);
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void afterCloseThereIsSilence() {
        final OvsdbClient client = factory.connect(peer.endpoint(), options().build());
        client.monitor(SPEC, recorder);
        final List<ConnectionState> states = states(client);
        final FakePeer.Session session = peer.accept();
        session.serveMonitor(false, TXN1, "{}");
        recorder.awaitSynced(1);
        await().atMost(RealServer.HANG).until(() -> copy(states).stream().anyMatch(ConnectionState::isConnected));
        final int told = copy(states).size();
        final CompletableFuture<?> outstanding = client.listDatabases();
        session.read("list_dbs");
        client.close();
        client.close();
        session.awaitEnd();
        assertTrue(failure(DisconnectedException.class, outstanding).getMessage().contains("client closed"));
        assertEquals(new ConnectionState.Closed(), client.state());
        failure(DisconnectedException.class, client.listDatabases());
        assertEquals(List.of("synced"), recorder.signals());
        assertEquals(told, copy(states).size());
        final OvsdbClient other = factory.connect(peer.endpoint(), options().build());
        factory.close();
        factory.close();
        assertEquals(new ConnectionState.Closed(), other.state());
        assertThrows(IllegalStateException.class, () -> factory.connect(peer.endpoint(), options().build()));
    }

    @Test
    void whatStillWaitsForAListenerIsDroppedByClose() throws Exception {
        final ExecutorService caller = Executors.newSingleThreadExecutor();
        try {
            final OvsdbClient client = factory.connect(peer.endpoint(), options().callbackExecutor(caller).build());
            final CountDownLatch inside = new CountDownLatch(1);
            final CountDownLatch go = new CountDownLatch(1);
            client.monitor(SPEC, new MonitorListener() {
                @Override
                public void changed(final List<RowChange> changes) {
                    recorder.changed(changes);
                    inside.countDown();
                    try {
                        assertTrue(go.await(RealServer.HANG.toSeconds(), TimeUnit.SECONDS));
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }

                @Override
                public void synced() {
                    recorder.synced();
                }

                @Override
                public void disconnected(final Throwable cause) {
                    recorder.disconnected(cause);
                }
            });
            final FakePeer.Session session = peer.accept();
            final JsonArray params = session.serveMonitor(false, TXN1, "{'T':{'" + ROW + "':{'initial':{}}}}");
            assertTrue(inside.await(RealServer.HANG.toSeconds(), TimeUnit.SECONDS));
            session.send("{'method':'update3','id':null,'params':[" + params.get(1) + ",'" + TXN2 + "',{'T':{'" + ROW
                + "':{'modify':{'name':'x'}}}}]}{'method':'echo','params':[],'id':1}");
            // the echo's answer shows that the update before it is on its way to the listener
            assertEquals(1, session.read().get("id").getAsInt());
            client.close();
            go.countDown();
            caller.submit(() -> { }).get();
            assertEquals(List.of("changed"), recorder.signals());
        } finally {
            caller.shutdown();
        }
    }

    @Test
    void aClientThatNeverConnectedCloses() {
        final OvsdbClient client = factory.connect(new Endpoint(Endpoint.Kind.TCP, "127.0.0.1",
            FakePeer.closedPort()), options().build());
        final List<ConnectionState> states = states(client);
        await().atMost(RealServer.HANG).until(() -> copy(states).size() > 2);
        client.close();
        assertEquals(new ConnectionState.Closed(), client.state());
    }

    @Test
    void aPlainServerIsNoTlsServer() throws Exception {
        final OvsdbClient client = factory.connect(new Endpoint(Endpoint.Kind.SSL, "127.0.0.1",
            peer.endpoint().port()), options().tls(SslContextBuilder.forClient().build()).build());
        final List<ConnectionState> states = states(client);
        peer.accept().sendRaw("{\"method\":\"echo\",\"params\":[],\"id\":1}");
        await().atMost(RealServer.HANG).until(() -> !causes(states).isEmpty());
        assertTrue(copy(states).stream().noneMatch(ConnectionState::isConnected), states.toString());
        assertThrows(IllegalArgumentException.class,
            () -> factory.connect(Endpoint.parse("ssl:127.0.0.1:1"), options().build()));
        assertThrows(IllegalArgumentException.class,
            () -> factory.connect(Endpoint.parse("ptcp:0"), options().build()));
    }

    @Test
    void peersBeyondTheLimitAreTurnedAway() throws Exception {
        final CompletableFuture<String> accepted = new CompletableFuture<>();
        final OvsdbServer server = factory.listen(Endpoint.parse("ptcp:0:127.0.0.1"), options().build(), 1,
            (remote, session) -> session.listDatabases().thenApply(names -> names.get(0)),
            (id, client) -> accepted.complete(id)).join();
        final int port = ((InetSocketAddress) server.localAddress()).getPort();
        try (Socket first = open(port)) {
            final FakePeer.Session session = new FakePeer.Session(first);
            final JsonObject request = session.read("list_dbs");
            try (Socket second = open(port)) {
                assertEquals(-1, second.getInputStream().read());
            }
            session.reply(request, "['name']");
            assertEquals("name", accepted.orTimeout(RealServer.HANG.toSeconds(), TimeUnit.SECONDS).join());
        }
        failure(IOException.class, factory.listen(new Endpoint(Endpoint.Kind.PTCP, "127.0.0.1", port),
            options().build(), 1, PassiveIdentity.byRemoteAddress(), (id, client) -> accepted.complete(id)));
    }

    @Test
    void aPeerWithoutIdentityIsTurnedAway() throws Exception {
        final List<String> accepted = new ArrayList<>();
        final CompletableFuture<String> never = new CompletableFuture<>();
        final OvsdbServer server = factory.listen(Endpoint.parse("ptcp:0:127.0.0.1"),
            options().requestTimeout(Duration.ofMillis(50)).build(), 1, (remote, session) -> never,
            (id, client) -> accepted.add(id)).join();
        try (Socket peerless = open(((InetSocketAddress) server.localAddress()).getPort())) {
            assertEquals(-1, peerless.getInputStream().read());
        }
        assertEquals(List.of(), accepted);
        assertTrue(server.clients().isEmpty());
    }

    @Test
    void aPeerThatComesAgainReplacesItsOldConnection() throws Exception {
        final CompletableFuture<OvsdbClient> accepted = new CompletableFuture<>();
        final OvsdbServer server = factory.listen(Endpoint.parse("ptcp:0:127.0.0.1"), options().build(), 10,
            (remote, session) -> CompletableFuture.completedFuture("same"), (id, client) -> accepted.complete(client))
            .join();
        final int port = ((InetSocketAddress) server.localAddress()).getPort();
        try (Socket first = open(port)) {
            final OvsdbClient client = accepted.orTimeout(RealServer.HANG.toSeconds(), TimeUnit.SECONDS).join();
            client.monitor(SPEC, recorder);
            new FakePeer.Session(first).serveMonitor(false, TXN1, "{}");
            recorder.awaitSynced(1);
            try (Socket second = open(port)) {
                assertEquals(-1, first.getInputStream().read());
                assertEquals(new JsonPrimitive(TXN1), new FakePeer.Session(second).serveMonitor(true, TXN1, "{}")
                    .get(3));
                recorder.awaitSynced(2);
                assertTrue(client.state().isConnected());
            }
        }
        assertEquals(List.of("synced", "disconnected", "synced"), recorder.signals().subList(0, 3));
    }

    private static Socket open(final int port) throws IOException {
        final Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) RealServer.HANG.toMillis());
        return socket;
    }

    /** Refuses the monitor methods above one; gives that one's parameters. */
    private static JsonArray downTo(final FakePeer.Session session, final String method, final String content) {
        session.reply(session.read("get_schema"), FakePeer.SCHEMA);
        while (true) {
            final JsonObject request = session.read();
            if (method.equals(request.get("method").getAsString())) {
                session.reply(request, content);
                return request.getAsJsonArray("params");
            }
            session.refuse(request, "'unknown method'");
        }
    }

    private static List<ConnectionState> states(final OvsdbClient client) {
        final List<ConnectionState> states = new ArrayList<>();
        client.addConnectionListener(state -> {
            synchronized (states) {
                states.add(state);
            }
        });
        return states;
    }

    private static List<ConnectionState> copy(final List<ConnectionState> states) {
        synchronized (states) {
            return List.copyOf(states);
        }
    }

    private static List<Throwable> causes(final List<ConnectionState> states) {
        return copy(states).stream()
            .flatMap(state -> state instanceof ConnectionState.Disconnected gone ? gone.cause().stream() : null)
            .collect(Collectors.toList());
    }

    private static OvsdbClient whenConnected(final OvsdbClient client) {
        await().atMost(RealServer.HANG).until(() -> client.state().isConnected());
        return client;
    }

    private static OvsdbOptions.Builder options() {
        return OvsdbOptions.builder().backoff(Duration.ofMillis(5), Duration.ofMillis(50))
            .requestTimeout(RealServer.HANG).echo(RealServer.HANG, RealServer.HANG);
    }

    private static <T extends Throwable> T failure(final Class<T> type, final CompletableFuture<?> future) {
        return assertInstanceOf(type, assertThrows(CompletionException.class,
            () -> future.copy().orTimeout(RealServer.HANG.toSeconds(), TimeUnit.SECONDS).join()).getCause());
    }

    @Test
    void datumsInConditionsAreWrittenAsValues() {
        assertEquals("[[\"n\",\"==\",[\"set\",[]]]]",
            OperationCodec.conditions(List.of(Condition.equal("n", Datum.empty()))).toString());
    }
}
