# Finds a JDK 25 or newer; sourced by ./gradus and tests/run.
#
#   find_jdk    sets jdk to its folder and jdk_modules to the names of its modules,
#               or says on stderr what to do and returns 1

minimum_java=25

# Is $1 a JDK that is new enough? Reads its release file, so no Java is started.
is_fitting_jdk() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
    release_version= release_modules=
    while IFS='=' read -r key value; do
        value=${value#\"}
        value=${value%\"}
        case $key in
            JAVA_VERSION) release_version=$value ;;
            MODULES) release_modules=$value ;;
        esac
    done <"$1/release"
    release_major=${release_version%%[!0-9]*}
    [ -n "$release_major" ] && [ "$release_major" -ge "$minimum_java" ] || return 1
    jdk=$1
    jdk_modules=$release_modules
}

find_jdk() {
    if [ -n "${GRADUS_JAVA_HOME:-}" ]; then
        is_fitting_jdk "$GRADUS_JAVA_HOME" && return 0
        echo "gradus: GRADUS_JAVA_HOME=$GRADUS_JAVA_HOME is no JDK $minimum_java or newer; point it at one, or unset it." >&2
        return 1
    fi
    if [ -n "${JAVA_HOME:-}" ]; then
        is_fitting_jdk "$JAVA_HOME" && return 0
    fi
    if java_on_path=$(command -v java) && java_on_path=$(readlink -f "$java_on_path"); then
        is_fitting_jdk "${java_on_path%/bin/java}" && return 0
    fi
    for folder in /usr/lib/jvm/* /usr/lib64/jvm/* /opt/java/* /opt/jdk* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home \
        "${HOME:-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
        "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/*; do
        is_fitting_jdk "$folder" && return 0
    done
    echo "gradus: no JDK $minimum_java or newer was found; install one (for example Eclipse Temurin $minimum_java) and set JAVA_HOME to its folder." >&2
    return 1
}

# Maven 3 on a new Java warns about its own libraries; this keeps that from the reader.
quiet_maven_options="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
