/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.AsyncConfigMessageBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.FlowRemovedMask;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.PacketInMask;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.PortStatusMask;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.async.config.FlowRemovedMaskBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.async.config.PacketInMaskBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.async.config.PortStatusMaskBuilder;
import org.opendaylight.yangtools.yang.common.Uint32;

class AsyncConfigSerializerTest {
    @Test
    void theMessageIsAsTheSpecificationHasIt() {
        final var out = Unpooled.buffer();
        new AsyncConfigSerializer().serialize(new AsyncConfigMessageBuilder()
            .setXid(Uint32.valueOf(0x01020304))
            .setPacketInMask(new PacketInMaskBuilder().setMasterMask(new PacketInMask(true, true, true))
                .setSlaveMask(new PacketInMask(false, false, false)).build())
            .setPortStatusMask(new PortStatusMaskBuilder().setMasterMask(new PortStatusMask(true, true, true))
                .setSlaveMask(new PortStatusMask(true, true, true)).build())
            .setFlowRemovedMask(new FlowRemovedMaskBuilder()
                .setMasterMask(new FlowRemovedMask(true, true, true, true))
                .setSlaveMask(new FlowRemovedMask(false, false, false, false)).build())
            .build(), out);
        assertEquals("041c002001020304" + "00000007" + "00000000" + "00000007" + "00000007" + "0000000f" + "00000000",
            ByteBufUtil.hexDump(out));
    }
}
