/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.net.InetAddresses;
import io.peregrine.flow.MacAddress;
import io.peregrine.flow.Packets.Reason;
import io.peregrine.topology.hosts.Segment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class IcmpResponderTest {
    private static final MacAddress HOST = MacAddress.parse("52:54:00:00:00:01");
    private static final MacAddress GATEWAY = MacAddress.parse("02:50:67:00:00:01");
    private static final List<Segment> SEGMENTS = List.of(
        new Segment(SimulatedFabric.address("10.1.0.0"), 24, SimulatedFabric.address("10.1.0.1")),
        new Segment(SimulatedFabric.address("10.2.0.0"), 24, SimulatedFabric.address("10.2.0.1")));
    private static final int IP = IcmpPackets.ETHERNET;
    private static final int ICMP = IP + IcmpPackets.HEADER;

    private final IcmpResponder responder = new IcmpResponder();
    /** As {@link System#nanoTime} may be: before zero. */
    private long now = -Duration.ofDays(1).toNanos();

    private Optional<byte[]> answer(final byte[] frame, final Reason reason) {
        return responder.answer(frame, reason, SEGMENTS, GATEWAY, now);
    }

    private static byte[] echo(final String from, final String to, final int ttl) {
        return IcmpPackets.echo(HOST, GATEWAY, from, to, ttl);
    }

    /** A copy with one octet changed. */
    private static byte[] with(final byte[] frame, final int at, final int value) {
        final byte[] copy = frame.clone();
        copy[at] = (byte) value;
        return copy;
    }

    private static void assertHeaders(final byte[] frame, final String from, final String to, final int length) {
        final var in = ByteBuffer.wrap(frame);
        assertEquals(IP + length, frame.length);
        assertEquals(HOST, mac(in, 0));
        assertEquals(GATEWAY, mac(in, 6));
        assertEquals(0x0800, in.getShort(12));
        assertEquals(0x45, in.get(IP));
        assertEquals(length, in.getShort(IP + 2));
        assertEquals(64, in.get(IP + 8));
        assertEquals(1, in.get(IP + 9));
        assertEquals(InetAddresses.forString(from), InetAddresses.fromInteger(in.getInt(IP + 12)));
        assertEquals(InetAddresses.forString(to), InetAddresses.fromInteger(in.getInt(IP + 16)));
        assertEquals(0xFFFF, IcmpPackets.sum(in, IP, IcmpPackets.HEADER));
        assertEquals(0xFFFF, IcmpPackets.sum(in, ICMP, frame.length - ICMP));
    }

    private static MacAddress mac(final ByteBuffer in, final int at) {
        return new MacAddress(Short.toUnsignedLong(in.getShort(at)) << Integer.SIZE
            | Integer.toUnsignedLong(in.getInt(at + 2)));
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void anEchoToAnyGatewayIsAnswered(final Reason reason) {
        final var request = echo("10.1.0.10", "10.2.0.1", 1);
        final var reply = answer(request, reason).orElseThrow();
        assertHeaders(reply, "10.2.0.1", "10.1.0.10", IcmpPackets.HEADER + 21);
        assertEquals(0, reply[ICMP]);
        // Identifier, number and data come back
        assertArrayEquals(Arrays.copyOfRange(request, ICMP + 4, request.length),
            Arrays.copyOfRange(reply, ICMP + 4, reply.length));
    }

    @Test
    void anEchoToSomebodyElseIsNotAnswered() {
        assertEquals(Optional.empty(), answer(echo("10.1.0.10", "10.2.0.2", 64), Reason.ACTION));
        assertEquals(Optional.empty(), answer(echo("10.1.0.10", "10.9.0.1", 64), Reason.NO_MATCH));
    }

    @Test
    void paddingIsNotSentBack() {
        final var request = echo("10.1.0.10", "10.1.0.1", 64);
        assertArrayEquals(answer(request, Reason.ACTION).orElseThrow(),
            answer(Arrays.copyOf(request, request.length + 5), Reason.ACTION).orElseThrow());
    }

    @Test
    void aPacketWhoseTimeHasRunOutIsToldFromTheSendersGateway() {
        final var packet = echo("10.1.0.10", "10.2.0.7", 1);
        final var error = answer(packet, Reason.INVALID_TTL).orElseThrow();
        assertHeaders(error, "10.1.0.1", "10.1.0.10", IcmpPackets.HEADER + 8 + IcmpPackets.HEADER + 8);
        assertEquals(11, error[ICMP]);
        assertEquals(0, error[ICMP + 1]);
        assertArrayEquals(Arrays.copyOfRange(packet, IP, IP + IcmpPackets.HEADER + 8),
            Arrays.copyOfRange(error, ICMP + 8, error.length));
    }

    @Test
    void aShortPacketIsQuotedAsFarAsItGoes() {
        final var packet = with(with(echo("10.1.0.10", "10.2.0.7", 1), IP + 3, IcmpPackets.HEADER + 4), IP + 9, 17);
        assertHeaders(answer(packet, Reason.INVALID_TTL).orElseThrow(), "10.1.0.1", "10.1.0.10",
            IcmpPackets.HEADER + 8 + IcmpPackets.HEADER + 4);
    }

    @Test
    void onlyWhatHasRunOutIsAnError() {
        assertEquals(Optional.empty(), answer(echo("10.1.0.10", "10.2.0.7", 1), Reason.ACTION));
    }

    @ParameterizedTest
    @CsvSource({"10.9.0.10, 10.2.0.7", "10.1.0.1, 10.2.0.7", "10.1.0.255, 10.2.0.7", "10.1.0.0, 10.2.0.7",
        "0.0.0.0, 10.2.0.7", "10.1.0.10, 224.0.0.1"})
    void noErrorGoesToWhatIsNoHost(final String from, final String to) {
        assertEquals(Optional.empty(), answer(echo(from, to, 1), Reason.INVALID_TTL));
    }

    @Test
    void noErrorIsToldAboutAnErrorOrALaterFragment() {
        final var packet = echo("10.1.0.10", "10.2.0.7", 1);
        assertEquals(Optional.empty(), answer(with(packet, ICMP, 11), Reason.INVALID_TTL));
        assertEquals(Optional.empty(), answer(with(packet, ICMP, 3), Reason.INVALID_TTL));
        assertEquals(Optional.empty(), answer(with(packet, IP + 7, 5), Reason.INVALID_TTL));
        assertTrue(answer(with(packet, ICMP, 0), Reason.INVALID_TTL).isPresent());
        // The first one of several
        assertTrue(answer(with(packet, IP + 6, 0x20), Reason.INVALID_TTL).isPresent());
    }

    @Test
    void aPartOfAnEchoIsNotAnswered() {
        assertEquals(Optional.empty(), answer(with(echo("10.1.0.10", "10.1.0.1", 64), IP + 6, 0x20), Reason.ACTION));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 6})
    void nothingThatIsNotFromOneStationToAnotherIsAnswered(final int mac) {
        assertEquals(Optional.empty(), answer(with(echo("10.1.0.10", "10.1.0.1", 64), mac, 0x53), Reason.ACTION));
    }

    @Test
    void whatIsNoPacketIsPassedOver() {
        final var echo = echo("10.1.0.10", "10.1.0.1", 64);
        for (int length = 0; length < echo.length; length++) {
            assertEquals(Optional.empty(), answer(Arrays.copyOf(echo, length), Reason.ACTION), "length " + length);
        }
        assertEquals(Optional.empty(), answer(with(echo, IP, 0x65), Reason.ACTION));
        assertEquals(Optional.empty(), answer(with(echo, IP, 0x44), Reason.ACTION));
        assertEquals(Optional.empty(), answer(with(echo, IP + 3, 19), Reason.ACTION));
        assertEquals(Optional.empty(), answer(with(echo, IP + 3, 27), Reason.ACTION));
    }

    @Test
    void rubbishDoesNoHarm() {
        final var random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            final byte[] frame = echo("10.1.0.10", "10.1.0.1", 1);
            for (int octets = random.nextInt(8); octets > 0; octets--) {
                frame[random.nextInt(frame.length)] = (byte) random.nextInt();
            }
            now += Duration.ofMillis(10).toNanos();
            answer(Arrays.copyOf(frame, random.nextInt(frame.length + 1)), Reason.INVALID_TTL);
        }
    }

    @Test
    void answersAreLimitedInRate() {
        assertEquals(IcmpResponder.RATE, answersOf(1000));
        now += Duration.ofMillis(9).toNanos();
        assertEquals(0, answersOf(10));
        now += Duration.ofMillis(1).toNanos();
        assertEquals(1, answersOf(10));
        // Every 15 ms: three in two intervals' time, so that nothing is lost by rounding
        int answers = 0;
        for (int i = 0; i < 200; i++) {
            now += Duration.ofMillis(15).toNanos();
            answers += answersOf(2);
        }
        assertEquals(300, answers);
        now += Duration.ofHours(1).toNanos();
        assertEquals(IcmpResponder.RATE, answersOf(1000));
    }

    private int answersOf(final int requests) {
        int answers = 0;
        for (int i = 0; i < requests; i++) {
            answers += answer(echo("10.1.0.10", "10.1.0.1", 64), Reason.ACTION).isPresent() ? 1 : 0;
        }
        return answers;
    }

    @ParameterizedTest
    @CsvSource({"00 00, ffff", "ff ff, 0", "00 01 f2 03 f4 f5 f6 f7, 220d", "01, feff", "ff ff 00 01, fffe"})
    void checksumIsThatOfTheInternet(final String octets, final String expected) {
        final var hex = octets.split(" ");
        final var buffer = ByteBuffer.allocate(hex.length);
        for (var octet : hex) {
            buffer.put((byte) Integer.parseInt(octet, 16));
        }
        assertEquals(expected, Integer.toHexString(
            Short.toUnsignedInt(IcmpResponder.checksum(buffer, 0, hex.length))));
    }
}
