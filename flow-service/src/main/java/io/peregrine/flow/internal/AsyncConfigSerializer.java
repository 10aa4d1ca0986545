/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import io.netty.buffer.ByteBuf;
import org.opendaylight.openflowjava.protocol.api.extensibility.OFSerializer;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.AsyncConfigMessage;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.FlowRemovedMask;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.PacketInMask;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.PortStatusMask;

/**
 * Writes OFPT_SET_ASYNC (OpenFlow 1.3.5, 7.3.10). OpenFlowPlugin 0.17.3 has one for its serialisation in a single layer
 * only, and with the other, which reading groups back needs, drops the message while its RPC succeeds.
 */
final class AsyncConfigSerializer implements OFSerializer<AsyncConfigMessage> {
    private static final int VERSION = 4;
    private static final int TYPE = 28;
    private static final int LENGTH = 32;

    @Override
    public void serialize(final AsyncConfigMessage message, final ByteBuf out) {
        out.writeByte(VERSION).writeByte(TYPE).writeShort(LENGTH).writeInt(message.getXid().intValue());
        final var packetIn = message.getPacketInMask();
        out.writeInt(mask(packetIn.getMasterMask())).writeInt(mask(packetIn.getSlaveMask()));
        final var portStatus = message.getPortStatusMask();
        out.writeInt(mask(portStatus.getMasterMask())).writeInt(mask(portStatus.getSlaveMask()));
        final var flowRemoved = message.getFlowRemovedMask();
        out.writeInt(mask(flowRemoved.getMasterMask())).writeInt(mask(flowRemoved.getSlaveMask()));
    }

    private static int mask(final PacketInMask mask) {
        return bits(mask.getNOMATCH(), mask.getACTION(), mask.getINVALIDTTL());
    }

    private static int mask(final PortStatusMask mask) {
        return bits(mask.getADD(), mask.getDELETE(), mask.getUPDATE());
    }

    private static int mask(final FlowRemovedMask mask) {
        return bits(mask.getIDLETIMEOUT(), mask.getHARDTIMEOUT(), mask.getDELETE(), mask.getGROUPDELETE());
    }

    /** The bit of a reason is 1 shifted by its number, and the reasons are numbered in this order. */
    private static int bits(final boolean... reasons) {
        int result = 0;
        for (int i = 0; i < reasons.length; i++) {
            result |= reasons[i] ? 1 << i : 0;
        }
        return result;
    }
}
