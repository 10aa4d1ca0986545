/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow;

/**
 * The match fields in use, named as in OpenFlow 1.3.5, table 12 ("OpenFlow Basic" class).
 */
public enum OxmField {
    IN_PORT(32),
    METADATA(64),
    ETH_DST(48),
    ETH_SRC(48),
    ETH_TYPE(16),
    VLAN_VID(13),
    IP_PROTO(8),
    IPV4_SRC(32),
    IPV4_DST(32),
    TCP_SRC(16),
    TCP_DST(16),
    UDP_SRC(16),
    UDP_DST(16),
    ICMPV4_TYPE(8),
    ICMPV4_CODE(8),
    ARP_OP(16),
    ARP_SPA(32),
    ARP_TPA(32),
    ARP_SHA(48),
    ARP_THA(48),
    IPV6_SRC(128),
    IPV6_DST(128),
    ICMPV6_TYPE(8),
    ICMPV6_CODE(8),
    IPV6_ND_TARGET(128),
    IPV6_ND_SLL(48),
    IPV6_ND_TLL(48),
    TUNNEL_ID(64);

    private final int width;
    private final FieldValue allOnes;

    OxmField(final int width) {
        this.width = width;
        allOnes = FieldValue.ones(width);
    }

    /**
     * The field's width.
     *
     * @return the width in bits
     */
    public int width() {
        return width;
    }

    /**
     * The mask of an exact match.
     *
     * @return a value with as many low bits set as the field is wide
     */
    public FieldValue exactMask() {
        return allOnes;
    }
}
