"""The systemd unit of the daemon: it may do what it needs, and nothing else."""

import shutil
import sys
from pathlib import Path

UNIT = """\
# /etc/systemd/system/elite8.service, printed by `elite8 daemon unit`
[Unit]
Description=elite8: makes, publishes and looks after videos
Documentation=man:systemd.exec(5)
Wants=network-online.target
After=network-online.target time-sync.target postgresql.service

[Service]
Type=notify
ExecStart={program} daemon
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=10
WatchdogSec=120
TimeoutStopSec=30
KillMode=mixed

# Settings that are no secrets, one ELITE8_NAME=value a line; the file may be missing.
EnvironmentFile=-/etc/elite8/environment
# Secrets: each a file of this name in /etc/credstore, root's alone; one may be missing.
{secrets}

{user}
StateDirectory=elite8
StateDirectoryMode=0700
CacheDirectory=elite8
CacheDirectoryMode=0700
Environment=ELITE8_CACHE_DIR=%C/elite8
# Threads share their memory: a process that runs for years stays small.
Environment=MALLOC_ARENA_MAX=2
WorkingDirectory=%S/elite8
UMask=0077

# Nothing is written but state and cache; nobody's home is seen.
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectProc=invisible
# The network is for going out: to the networks, A2E, the database.
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
SocketBindDeny=any{bind}
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
PrivateUsers=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
LockPersonality=yes
RemoveIPC=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
"""


def unit(user: str, listen: str = "") -> str:
    """Return the unit; without a user systemd makes one up. It binds where the page listens."""
    whose = f"User={user}" if user else "DynamicUser=yes\nUser=elite8"
    secrets = "\n".join(f"LoadCredential={name}" for name in secret_names())
    called = program().replace("%", "%%")
    return UNIT.format(
        program=f'"{called}"' if " " in called else called,
        secrets=secrets,
        user=whose,
        bind=allowed(listen),
    )


def allowed(listen: str) -> str:
    """Return the line that lets the page listen, with the line end before it."""
    if not listen:
        return ""
    host, _, port = listen.rpartition(":")
    return f"\nSocketBindAllow={'ipv6' if ':' in host else 'ipv4'}:tcp:{port}"


def secret_names() -> tuple[str, ...]:
    """Return the credentials that hold secrets, as the settings read them."""
    from elite8.core.settings import Settings

    fields = Settings.model_fields.items()
    return tuple(f"elite8_{name}" for name, field in fields if "SecretStr" in str(field.annotation))


def program() -> str:
    """Return the full path of the elite8 that runs now."""
    called = Path(sys.argv[0])
    found = str(called) if called.name == "elite8" else shutil.which("elite8") or "elite8"
    return str(Path(found).absolute()) if "/" in found else found
