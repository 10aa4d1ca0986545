/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.users.internal;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.karaf.jaas.boot.ProxyLoginModule;
import org.apache.karaf.jaas.config.JaasRealm;
import org.apache.karaf.jaas.modules.properties.PropertiesLoginModule;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Karaf's own realm with hashes switched on, in its place. Where that has them on itself, a thread of Karaf's comes
 * with them, which replaces plain passwords while others are half way through writing the file: groups and users are
 * lost.
 *
 * <p>Any thread may call.
 */
final class HashedRealm implements JaasRealm {
    static final String NAME = "karaf";
    /** Whether Karaf hashes, and has its thread. */
    static final String ENABLED = "encryption.enabled";

    private static final Logger LOG = LoggerFactory.getLogger(HashedRealm.class);
    private static final Map<String, String> HASHES = Map.of(
        ENABLED, "true",
        "encryption.name", "basic",
        "encryption.prefix", PasswordLines.MARK,
        "encryption.suffix", PasswordLines.MARK,
        "encryption.algorithm", PasswordLines.ALGORITHM,
        "encryption.encoding", "hexadecimal");

    private final long bundle;
    private final Supplier<Optional<JaasRealm>> karafs;
    private final Supplier<Collection<JaasRealm>> others;
    private final AtomicBoolean warned = new AtomicBoolean();

    /**
     * In the place of Karaf's own realm.
     *
     * @param bundle the number of this bundle
     * @param karafs Karaf's own, while there is one
     * @param others all realms but this and Karaf's own
     */
    HashedRealm(final long bundle, final Supplier<Optional<JaasRealm>> karafs,
            final Supplier<Collection<JaasRealm>> others) {
        this.bundle = bundle;
        this.karafs = karafs;
        this.others = others;
    }

    @Override
    public String getName() {
        return NAME;
    }

    /** Before Karaf's own, which has 0, and behind what people make in its place, which has 1 in Karaf's manual. */
    @Override
    public int getRank() {
        return others.get().stream().anyMatch(realm -> NAME.equals(realm.getName()) && realm.getRank() > 0) ? 0 : 1;
    }

    /** None, so that nobody logs in, while Karaf's realm is not there. */
    @Override
    public AppConfigurationEntry[] getEntries() {
        return karafs.get().map(JaasRealm::getEntries).stream().flatMap(Stream::of).map(this::withHashes)
            .toArray(AppConfigurationEntry[]::new);
    }

    private AppConfigurationEntry withHashes(final AppConfigurationEntry entry) {
        if (!PropertiesLoginModule.class.getName().equals(entry.getOptions().get(ProxyLoginModule.PROPERTY_MODULE))) {
            return entry;
        }
        if (Boolean.parseBoolean(String.valueOf(entry.getOptions().get(ENABLED))) && !warned.getAndSet(true)) {
            LOG.warn("{} is true in etc/org.apache.karaf.jaas.cfg: users.properties may be spoilt when it is changed. "
                + "Set it to false; passwords are kept as hashes anyway", ENABLED);
        }
        final var options = new HashMap<String, Object>(entry.getOptions());
        options.putAll(HASHES);
        options.put(ProxyLoginModule.PROPERTY_MODULE, UsersLoginModule.class.getName());
        options.put(ProxyLoginModule.PROPERTY_BUNDLE, Long.toString(bundle));
        return new AppConfigurationEntry(entry.getLoginModuleName(), entry.getControlFlag(), options);
    }
}
