# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html

# Sourced by ./demo and ./verify: what has to be installed and built before anything runs.

# prepare_packages NAME [OPTION...]: packages for building and for the lab, as lab/packages tells with these options;
# installs what is missing, which needs root.
prepare_packages() {
    local missing=() package
    for package in python3 openjdk-17-jdk-headless maven libyang-tools; do
        case "$package" in
            python3) command -v python3 ;;
            openjdk-*) command -v javac ;;
            maven) command -v mvn ;;
            libyang-tools) command -v yanglint ;;
        esac >/dev/null 2>&1 || missing+=("$package")
    done
    if command -v python3 >/dev/null 2>&1; then
        mapfile -t -O "${#missing[@]}" missing < <(lab/packages --missing "${@:2}")
    fi
    if [ "${#missing[@]}" -gt 0 ]; then
        if [ "$(id -u)" -ne 0 ]; then
            echo "$1: not installed: ${missing[*]}; run as root, or: apt-get install ${missing[*]}" >&2
            return 1
        fi
        if ! command -v apt-get >/dev/null 2>&1; then
            echo "$1: not installed: ${missing[*]}; no apt-get here: install them by other means" >&2
            return 1
        fi
        echo "$1: installing ${missing[*]}"
        apt-get update -q >/dev/null
        DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" >/dev/null
        # with python3 there now, the lab's own list can be read
        mapfile -t missing < <(lab/packages --missing "${@:2}")
        [ "${#missing[@]}" -eq 0 ] || DEBIAN_FRONTEND=noninteractive \
            apt-get install -q -y --no-install-recommends "${missing[@]}" >/dev/null
    fi
}

# The distribution, without the tests; ./verify runs those.
build_distribution() {
    local stamp=karaf-distribution/target/built
    if [ -e "$stamp" ] && [ -z "$(find . -name target -prune -o -path ./lab -prune -o -type f \
            \( -name '*.java' -o -name '*.yang' -o -name pom.xml -o -path '*/src/main/assembly/*' \) \
            -newer "$stamp" -print -quit)" ]; then
        return 0
    fi
    echo "building (some minutes the first time)"
    mvn -B -ntp -q clean install -DskipTests -Dmaven.javadoc.skip=true -Dcyclonedx.skip=true -Dodlparent.spotbugs.skip=true -Dsft.skip=true
    touch "$stamp"
}
