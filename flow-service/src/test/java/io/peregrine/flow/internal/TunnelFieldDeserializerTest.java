/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TunnelFieldDeserializerTest {
    /** The outer source and destination as Open vSwitch writes them, over IPv4 and IPv6. */
    @ParameterizedTest
    @ValueSource(strings = {
        "00013e04" + "0a01000a", "00014004" + "0a02000a",
        "0001da10" + "20010db8000000000000000000000001", "0001dc10" + "20010db8000000000000000000000002",
    })
    void theFieldIsReadAndNothingBehindIt(final String field) {
        final var in = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(field + "8000000400000001"));
        assertEquals(field.substring(0, 4), ByteBufUtil.hexDump(in, 0, 2));
        final var entry = new TunnelFieldDeserializer().deserialize(in);
        assertNotNull(entry.getMatchEntryValue(), "who reads the entries asks each for its value");
        assertEquals("8000000400000001", ByteBufUtil.hexDump(in));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x3e, 0x40, 0xda, 0xdc})
    void theFieldsAreThoseOfTheHeaders(final int octet) {
        assertTrue(TunnelFieldDeserializer.FIELDS.contains(octet >>> 1));
    }
}
