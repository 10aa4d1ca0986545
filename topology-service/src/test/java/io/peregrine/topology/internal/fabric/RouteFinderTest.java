/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindRoutesInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindRoutesOutput;
import org.opendaylight.yangtools.yang.common.ErrorTag;
import org.opendaylight.yangtools.yang.common.ErrorType;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.opendaylight.yangtools.yang.common.Uint32;

class RouteFinderTest {
    private static final String WANTED = "give a host's address, or a switch's name or datapath identifier";

    /** Two ways from 1 to 4, by 2 and by 3; switch 5 is not connected to them. */
    private final SimulatedFabric net = new SimulatedFabric().wire("1:1--2:1", "1:2--3:1", "2:2--4:1", "3:2--4:2")
        .host("10.1.0.10", "1:9").host("10.4.0.10", "4:9").host("10.5.0.10", "5:9").up();
    private final RouteFinder finder = new RouteFinder(net.controller::view);

    private RpcResult<FindRoutesOutput> find(final String from, final String to)
            throws InterruptedException, ExecutionException {
        return finder.find(new FindRoutesInputBuilder().setFrom(from).setTo(to).build()).get();
    }

    private static List<String> ways(final FindRoutesOutput output) {
        return output.nonnullWay().values().stream()
            .sorted((one, other) -> one.getNumber().compareTo(other.getNumber()))
            .map(way -> way.getNumber() + ": " + String.join(" > ", way.getHop())).toList();
    }

    @Test
    void allWaysBetweenHostsAreTold() throws Exception {
        final var output = find("10.1.0.10", "10.4.0.10").getResult();
        assertEquals(Uint32.valueOf(20), output.getCost());
        assertEquals(List.of("1: s1 p1 > s2 p2 > s4 p9", "2: s1 p2 > s3 p2 > s4 p9"), ways(output));
    }

    @ParameterizedTest
    @CsvSource({"s1, s2, 1: s1 p1 > s2", "10.1.0.10, 0000000000000002, 1: s1 p1 > s2",
        "s2, 10.1.0.10, 1: s2 p1 > s1 p9", "10.1.0.10, 10.1.0.10, 1: s1 p9", "s3, s3, 1: s3"})
    void anEndIsAHostOrASwitch(final String from, final String to, final String way) throws Exception {
        assertEquals(List.of(way), ways(find(from, to).getResult()));
    }

    @Test
    void thereMayBeNoWay() throws Exception {
        final var result = find("10.1.0.10", "10.5.0.10");
        assertTrue(result.isSuccessful());
        assertNull(result.getResult().getCost());
        assertEquals(List.of(), ways(result.getResult()));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", delimiter = '|', value = {
        "10.1.0.11|s1|from: no host with address 10.1.0.11 is known; peregrine-fabric:hosts lists those that are",
        "s1|::1|to: no host with address ::1 is known; peregrine-fabric:hosts lists those that are",
        "s1|s9|to: 's9' is not known: " + WANTED + "; peregrine-fabric:fabric-state lists the switches",
        "s1|-|to is missing: " + WANTED, "-|s1|from is missing: " + WANTED})
    void anEndThatIsNotKnownIsRefused(final String from, final String to, final String message) throws Exception {
        final var result = find(from, to);
        assertFalse(result.isSuccessful());
        final var error = result.getErrors().iterator().next();
        assertEquals(message, error.getMessage());
        assertEquals(ErrorTag.INVALID_VALUE, error.getTag());
        assertEquals(ErrorType.APPLICATION, error.getErrorType());
    }
}
