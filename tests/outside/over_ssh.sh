#!/usr/bin/env bash
# An engine over a real ssh: an sshd of this script's own on an unprivileged port of this machine alone, with its own keys,
# and the tests of the connection run through it: the connection cut by killing ssh and mended, a run caught up with.
#
#   tests/outside/over_ssh.sh BUILD      BUILD holds tests/reach/reach-remote_engine
#
# Needs openssh-server (SSHD names its sshd where it is not on the usual path) and openssh-client.
set -euo pipefail

build=$(readlink -f "${1:?the folder of a build with tests}")
test=$build/tests/reach/reach-remote_engine
sshd=${SSHD:-/usr/sbin/sshd}
[[ -x $test ]] || { echo "no $test" >&2; exit 2; }
if [[ ! -x $sshd ]] || ! command -v ssh ssh-keygen >/dev/null; then
    echo "skipped: no sshd, ssh or ssh-keygen"
    exit 0
fi

folder=$(mktemp -d)
trap 'kill "$(cat "$folder/pid" 2>/dev/null)" 2>/dev/null || true; rm -rf "$folder"' EXIT
ssh-keygen -q -t ed25519 -N '' -f "$folder/host"
ssh-keygen -q -t ed25519 -N '' -f "$folder/user"
cp "$folder/user.pub" "$folder/authorized"
port=$((20000 + RANDOM % 20000))
cat >"$folder/sshd_config" <<END
ListenAddress 127.0.0.1
Port $port
HostKey $folder/host
PidFile $folder/pid
AuthorizedKeysFile $folder/authorized
StrictModes no
PasswordAuthentication no
PermitRootLogin prohibit-password
END
cat >"$folder/ssh_config" <<END
Host box
    HostName 127.0.0.1
    Port $port
    IdentityFile $folder/user
    IdentitiesOnly yes
    BatchMode yes
    UserKnownHostsFile $folder/known
END
echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 "$folder/host.pub")" >"$folder/known"
# As root, sshd wants an empty folder for its helper process.
[[ $EUID -ne 0 ]] || mkdir -p /run/sshd
"$sshd" -f "$folder/sshd_config" -E "$folder/log" || { cat "$folder/log" >&2; exit 1; }

# The test finds this in place of its stand-in for ssh, and ends it by the process that it notes.
cat >"$folder/ssh" <<END
#!/bin/sh
echo "\$\$ \$*" >>"\$FAKE_SSH_LOG"
exec $(command -v ssh) -F $folder/ssh_config "\$@"
END
chmod +x "$folder/ssh"
LORA_TEST_SSH=$folder/ssh QT_QPA_PLATFORM=offscreen "$test" a_run_goes_on_while_the_connection_is_cut
