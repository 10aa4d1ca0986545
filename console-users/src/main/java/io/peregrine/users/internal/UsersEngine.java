/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.users.internal;

import java.security.Principal;
import java.util.List;
import java.util.Map;
import org.apache.karaf.jaas.boot.principal.GroupPrincipal;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.karaf.jaas.boot.principal.UserPrincipal;
import org.apache.karaf.jaas.modules.BackingEngine;
import org.apache.karaf.jaas.modules.BackingEngineFactory;
import org.apache.karaf.jaas.modules.properties.PropertiesBackingEngineFactory;

/**
 * How the console changes the users file: as Karaf does, but a group stays when its last user goes. Karaf's own takes
 * the group's roles away, too, and whoever is put into it later may do nothing.
 */
final class UsersEngine implements BackingEngine {
    /** Of the realm's users file. */
    static final class Factory implements BackingEngineFactory {
        @Override
        public String getModuleClass() {
            return UsersLoginModule.class.getName();
        }

        @Override
        public BackingEngine build(final Map<String, ?> options) {
            final var karafs = new PropertiesBackingEngineFactory().build(options);
            return karafs == null ? null : new UsersEngine(karafs);
        }
    }

    private final BackingEngine karafs;

    UsersEngine(final BackingEngine karafs) {
        this.karafs = karafs;
    }

    @Override
    public void deleteUser(final String user) {
        // Without a user who is in no group any more, no group goes
        karafs.listGroups(new UserPrincipal(user)).forEach(group -> deleteGroup(user, group.getName()));
        karafs.deleteUser(user);
    }

    @Override
    public void deleteGroup(final String user, final String group) {
        karafs.deleteRole(user, GROUP_PREFIX + group);
    }

    /** Karaf hashes a question mark for each letter that the machine's character set lacks. */
    @Override
    public void addUser(final String user, final String password) {
        if (!PasswordLines.isAscii(password)) {
            throw new IllegalArgumentException("password of " + user + ": it has something other than letters, digits"
                + " and marks of ASCII, or nothing; choose another. What stands before it in this jaas:update has been"
                + " done; jaas:cancel forgets the rest");
        }
        karafs.addUser(user, password);
    }

    @Override
    public List<UserPrincipal> listUsers() {
        return karafs.listUsers();
    }

    @Override
    public UserPrincipal lookupUser(final String user) {
        return karafs.lookupUser(user);
    }

    @Override
    public List<GroupPrincipal> listGroups(final UserPrincipal user) {
        return karafs.listGroups(user);
    }

    @Override
    public Map<GroupPrincipal, String> listGroups() {
        return karafs.listGroups();
    }

    @Override
    public void addGroup(final String user, final String group) {
        karafs.addGroup(user, group);
    }

    @Override
    public void createGroup(final String group) {
        karafs.createGroup(group);
    }

    @Override
    public List<RolePrincipal> listRoles(final Principal principal) {
        return karafs.listRoles(principal);
    }

    @Override
    public void addRole(final String user, final String role) {
        karafs.addRole(user, role);
    }

    @Override
    public void deleteRole(final String user, final String role) {
        karafs.deleteRole(user, role);
    }

    @Override
    public void addGroupRole(final String group, final String role) {
        karafs.addGroupRole(group, role);
    }

    @Override
    public void deleteGroupRole(final String group, final String role) {
        karafs.deleteGroupRole(group, role);
    }
}
