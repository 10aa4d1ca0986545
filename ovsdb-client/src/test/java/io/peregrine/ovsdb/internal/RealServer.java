/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import static org.awaitility.Awaitility.await;

import io.peregrine.ovsdb.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** An ovsdb-server of its own: files in a temporary directory, on a loopback port that the system chose. */
final class RealServer implements AutoCloseable {
    /** How long a test waits for what must happen at all; never a measure of speed. */
    static final Duration HANG = Duration.ofSeconds(60);

    private static final Path SCHEMA = Path.of("/usr/share/openvswitch/vswitch.ovsschema");
    private static final Pattern LISTENING = Pattern.compile("listening on port (\\d+)");

    private final Path directory;
    private final List<String> extra;
    private Process process;
    private int port;
    private int starts;
    private String remote = "ptcp:0:127.0.0.1";

    private RealServer(final Path directory, final List<String> extra) {
        this.directory = directory;
        this.extra = extra;
    }

    /** Why there cannot be one, empty if there can. */
    static String missing() {
        if (find("ovsdb-server") == null || find("ovsdb-tool") == null) {
            return "ovsdb-server and ovsdb-tool are not installed (package openvswitch-switch)";
        }
        return Files.isReadable(SCHEMA) ? "" : SCHEMA + " is not there (package openvswitch-switch)";
    }

    /** One with a file of its own, not started. */
    static RealServer standalone(final Path directory, final String... extra) {
        return create(directory, List.of("create", directory.resolve("db").toString(),
            copySchema(directory).toString()), extra);
    }

    /** One that keeps transaction ids: a cluster of one, not started. */
    static RealServer clustered(final Path directory) {
        return create(directory, List.of("create-cluster", directory.resolve("db").toString(),
            copySchema(directory).toString(), "unix:" + directory.resolve("raft")));
    }

    /** Listens with TLS. */
    RealServer secure() {
        remote = "pssl:0:127.0.0.1";
        return this;
    }

    /** Connects to a port instead of listening. */
    RealServer connectTo(final int target) {
        remote = "tcp:127.0.0.1:" + target;
        return this;
    }

    /** The same with TLS. */
    RealServer connectSecurelyTo(final int target) {
        remote = "ssl:127.0.0.1:" + target;
        return this;
    }

    /** Starts it, after the first time on the same port. */
    RealServer start() {
        final Path log = directory.resolve("log" + ++starts);
        final List<String> command = new ArrayList<>(List.of(find("ovsdb-server"), "--remote=" + remote,
            "--unixctl=" + directory.resolve("ctl"), "--log-file=" + log, "-vconsole:off", "--no-chdir"));
        command.addAll(extra);
        command.add(directory.resolve("db").toString());
        process = launch(command);
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        if (remote.contains(":0:")) {
            await().atMost(HANG).until(() -> find(LISTENING, log) != null || !process.isAlive());
            port = Integer.parseInt(find(LISTENING, log));
            remote = remote.replace(":0:", ":" + port + ":");
        }
        return this;
    }

    Endpoint endpoint() {
        return new Endpoint(remote.startsWith("pssl") ? Endpoint.Kind.SSL : Endpoint.Kind.TCP, "127.0.0.1", port);
    }

    int port() {
        return port;
    }

    /** Kills it and waits for its end. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Sends it a signal by name. */
    void signal(final String name) {
        run("kill", "-" + name, Long.toString(process.pid()));
    }

    /** Changes the file while the server is down. */
    String transactOffline(final String transaction) {
        return run(find("ovsdb-tool"), "transact", directory.resolve("db").toString(), transaction);
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
    }

    static String run(final String... command) {
        try {
            final Process tool = new ProcessBuilder(command).redirectErrorStream(true).start();
            final String output = new String(tool.getInputStream().readAllBytes());
            if (tool.onExit().join().exitValue() != 0) {
                throw new IllegalStateException(Arrays.toString(command) + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RealServer create(final Path directory, final List<String> arguments, final String... extra) {
        final List<String> command = new ArrayList<>(arguments);
        command.add(0, find("ovsdb-tool"));
        run(command.toArray(String[]::new));
        final List<String> options = new ArrayList<>();
        Collections.addAll(options, extra);
        return new RealServer(directory, options);
    }

    private static Path copySchema(final Path directory) {
        try {
            return Files.copy(SCHEMA, directory.resolve("schema"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Process launch(final List<String> command) {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String find(final Pattern pattern, final Path log) throws IllegalStateException {
        try {
            final Matcher matcher = pattern.matcher(Files.exists(log) ? Files.readString(log) : "");
            return matcher.find() ? matcher.group(1) : null;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String find(final String tool) {
        return Stream.concat(Stream.of(System.getenv().getOrDefault("PATH", "").split(":")),
                Stream.of("/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"))
            .map(directory -> Path.of(directory, tool)).filter(Files::isExecutable).findFirst().map(Path::toString)
            .orElse(null);
    }
}
