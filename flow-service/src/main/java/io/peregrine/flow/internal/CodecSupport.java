/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import java.util.List;
import org.opendaylight.openflowjava.protocol.api.keys.MatchEntryDeserializerKey;
import org.opendaylight.openflowjava.protocol.api.keys.MessageTypeKey;
import org.opendaylight.openflowjava.protocol.api.util.OxmMatchConstants;
import org.opendaylight.openflowjava.protocol.spi.connection.SwitchConnectionProvider;
import org.opendaylight.openflowjava.protocol.spi.connection.SwitchConnectionProviderList;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.AsyncConfigMessage;
import org.opendaylight.yangtools.yang.common.Uint8;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Teaches OpenFlowPlugin to write what {@link AsyncConfigSerializer} writes, and to read what
 * {@link TunnelFieldDeserializer} reads. The latter it forgets again when this component ends; there is no way to take
 * the former back.
 */
@Component(service = { }, immediate = true)
public final class CodecSupport {
    private static final Uint8 OF13 = Uint8.valueOf(4);

    private List<SwitchConnectionProvider> providers = List.of();

    /**
     * Takes the plugin's listeners for switches. A method, since the service is itself a list, which a constructor may
     * not take.
     *
     * @param providers the listeners
     */
    @Reference(service = SwitchConnectionProviderList.class)
    void setProviders(final SwitchConnectionProviderList providers) {
        this.providers = List.copyOf(providers);
        providers.forEach(CodecSupport::register);
    }

    @Deactivate
    void close() {
        providers.forEach(provider ->
            TunnelFieldDeserializer.FIELDS.forEach(field -> provider.unregisterDeserializer(key(field))));
    }

    private static void register(final SwitchConnectionProvider provider) {
        provider.registerSerializer(new MessageTypeKey<>(OF13, AsyncConfigMessage.class), new AsyncConfigSerializer());
        TunnelFieldDeserializer.FIELDS.forEach(field ->
            provider.registerMatchEntryDeserializer(key(field), new TunnelFieldDeserializer()));
    }

    private static MatchEntryDeserializerKey key(final int field) {
        return new MatchEntryDeserializerKey(OF13, OxmMatchConstants.NXM_1_CLASS, field);
    }
}
