/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.opendaylight.openflowjava.protocol.api.extensibility.OFDeserializer;
import org.opendaylight.openflowjava.protocol.api.util.OxmMatchConstants;
import org.opendaylight.yang.gen.v1.urn.opendaylight.openflow.augments.rev150225.experimenter.id.match.entry.ExperimenterIdCaseBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.openflow.augments.rev150225.experimenter.id.match.entry.experimenter.id._case.ExperimenterBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.openflow.common.types.rev130731.ExperimenterId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.openflow.oxm.rev150225.MatchField;
import org.opendaylight.yang.gen.v1.urn.opendaylight.openflow.oxm.rev150225.Nxm1Class;
import org.opendaylight.yang.gen.v1.urn.opendaylight.openflow.oxm.rev150225.match.entries.grouping.MatchEntry;
import org.opendaylight.yang.gen.v1.urn.opendaylight.openflow.oxm.rev150225.match.entries.grouping.MatchEntryBuilder;
import org.opendaylight.yangtools.yang.common.Uint32;

/**
 * Reads past the outer addresses that Open vSwitch adds to a packet-in of a packet that has come out of a tunnel. They
 * are fields of its own, and OpenFlowPlugin drops a message with a field that it has nothing for. Its extension for the
 * vendor's fields is not published for our version.
 */
final class TunnelFieldDeserializer implements OFDeserializer<MatchEntry> {
    /** NXM_NX_TUN_IPV6_SRC and NXM_NX_TUN_IPV6_DST. */
    private static final int IPV6_SRC = 109;
    private static final int IPV6_DST = 110;
    /** The fields, all of class NXM_1. */
    static final List<Integer> FIELDS = List.of(OxmMatchConstants.NXM_NX_TUN_IPV4_SRC,
        OxmMatchConstants.NXM_NX_TUN_IPV4_DST, IPV6_SRC, IPV6_DST);

    private static final int CLASS_AND_FIELD = 3;
    /** Something has to be returned; this is of no field and no value, so nobody can take it for one. */
    private static final MatchEntry NOTHING = new MatchEntryBuilder()
        .setOxmClass(Nxm1Class.VALUE)
        .setOxmMatchField(MatchField.VALUE)
        .setHasMask(false)
        .setMatchEntryValue(new ExperimenterIdCaseBuilder().setExperimenter(new ExperimenterBuilder()
            .setExperimenter(new ExperimenterId(Uint32.valueOf(0x2320))).build()).build())
        .build();

    @Override
    public MatchEntry deserialize(final ByteBuf in) {
        in.skipBytes(CLASS_AND_FIELD);
        in.skipBytes(in.readUnsignedByte());
        return NOTHING;
    }
}
