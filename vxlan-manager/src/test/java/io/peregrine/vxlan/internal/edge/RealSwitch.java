/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.edge;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * An Open vSwitch of its own with the dummy datapath: files in a temporary directory, OVSDB on a loopback port.
 */
final class RealSwitch implements AutoCloseable {
    /** How long a test waits for what must happen at all; never a measure of speed. */
    static final Duration HANG = Duration.ofSeconds(30);

    private static final Path SCHEMA = Path.of("/usr/share/openvswitch/vswitch.ovsschema");

    private final Path directory;
    private final int port;
    private final List<Process> processes = new ArrayList<>();
    private Process vswitchd;
    private Process server;

    RealSwitch(final Path directory) throws IOException {
        this.directory = directory;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        run("ovsdb-tool", "create", file("conf.db"), SCHEMA.toString());
        startServer();
        run("ovs-vsctl", "--db=unix:" + file("db.sock"), "--no-wait", "init");
        startVswitchd();
    }

    /** Why there cannot be one, empty if there can. */
    static String missing() {
        return Stream.of("ovsdb-server", "ovsdb-tool", "ovs-vswitchd", "ovs-vsctl", "ovs-appctl")
            .anyMatch(tool -> find(tool) == null) ? "Open vSwitch is not installed (package openvswitch-switch)" : "";
    }

    void startServer() {
        startDeafServer();
        listen();
    }

    /** Starts a server that only {@link #vsctl} and the switch can reach. */
    void startDeafServer() {
        server = launch("ovsdb-server", "--remote=punix:" + file("db.sock"), "--unixctl=" + file("ovsdb.ctl"),
            "--no-chdir", "-vconsole:off", file("conf.db"));
        await().atMost(HANG).until(() -> Files.exists(directory.resolve("db.sock"))
            && Files.exists(directory.resolve("ovsdb.ctl")));
    }

    /** Lets the server listen for the controller. */
    void listen() {
        run("ovs-appctl", "--target=" + file("ovsdb.ctl"), "ovsdb-server/add-remote", "ptcp:" + port + ":127.0.0.1");
    }

    void startVswitchd() {
        vswitchd = launch("ovs-vswitchd", "--enable-dummy=override", "--disable-system", "--unixctl=" + file("vs.ctl"),
            "--no-chdir", "-vconsole:off", "unix:" + file("db.sock"));
        await().atMost(HANG).until(() -> Files.exists(directory.resolve("vs.ctl")));
    }

    void killServer() {
        kill(server);
        directory.resolve("db.sock").toFile().delete();
        directory.resolve("ovsdb.ctl").toFile().delete();
    }

    void killVswitchd() {
        kill(vswitchd);
        directory.resolve("vs.ctl").toFile().delete();
    }

    int port() {
        return port;
    }

    /** Runs ovs-vsctl and waits until ovs-vswitchd has acted. */
    String vsctl(final String... arguments) {
        final var command = new ArrayList<>(List.of("ovs-vsctl", "--db=unix:" + file("db.sock"), "--timeout=30"));
        command.addAll(Arrays.asList(arguments));
        return run(command.toArray(String[]::new)).strip();
    }

    @Override
    public void close() {
        processes.forEach(RealSwitch::kill);
    }

    private String file(final String name) {
        return directory.resolve(name).toString();
    }

    private static void kill(final Process process) {
        process.destroyForcibly();
        process.onExit().join();
    }

    private Process launch(final String... command) {
        command[0] = find(command[0]);
        try {
            final var process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            processes.add(process);
            return process;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String run(final String... command) {
        command[0] = find(command[0]);
        try {
            final var tool = new ProcessBuilder(command).redirectErrorStream(true).start();
            final var output = new String(tool.getInputStream().readAllBytes());
            if (tool.onExit().join().exitValue() != 0) {
                throw new IllegalStateException(Arrays.toString(command) + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String find(final String tool) {
        return Stream.concat(Stream.of(System.getenv().getOrDefault("PATH", "").split(":")),
                Stream.of("/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"))
            .map(folder -> Path.of(folder, tool)).filter(Files::isExecutable).findFirst().map(Path::toString)
            .orElse(null);
    }
}
