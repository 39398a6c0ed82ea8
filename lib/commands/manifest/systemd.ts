/** What systemd is given: one unit for every node, which is the instance of that name. */
import type { ManifestConfig } from "../config/manifest.ts";
import { GONE } from "../terminal/io.ts";

export function systemd(config: ManifestConfig): string {
  const { tls } = config;
  return `${head(config)}
[Unit]
Description=hearsay, node %i
Wants=network-online.target
After=network-online.target

[Service]
# The node says when it listens, by systemd-notify, which is a process of its own.
Type=notify
NotifyAccess=all
# A log that is long, or of an earlier version, takes its time to open.
TimeoutStartSec=15min
EnvironmentFile=/etc/hearsay/%i.env
ExecStart=/usr/local/bin/hearsay serve --id %i --listen 0.0.0.0:7000 --http 0.0.0.0:8000 --data %S/hearsay/%i${
    tls ? tlsFlags : " --insecure"
  }
${tls ? credentials : insecure}
Restart=on-failure
RestartSec=2
# A node that was removed stays away.
RestartPreventExitStatus=${GONE}
LimitNOFILE=65536

# The log is /var/lib/hearsay/%i, and belongs to nobody else.
DynamicUser=yes
StateDirectory=hearsay/%i
StateDirectoryMode=0700
UMask=0077

CapabilityBoundingSet=
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
# MemoryDenyWriteExecute is left out: JavaScript is compiled while it runs.

[Install]
WantedBy=multi-user.target
`;
}

function head({ nodes, tls }: ManifestConfig): string {
  const ids = Array.from({ length: nodes }, (_, i) => i + 1);
  const seeds = ids.slice(0, 3).map((i) => `host${i}:7000`).join(",");
  return `# The unit of a node of hearsay, hearsay@.service: node n1 on host1 to n${nodes} on host${nodes}. On each of them, as root:
#
#   hearsay manifest systemd --nodes ${nodes}${tls ? " --tls" : ""} > /etc/systemd/system/hearsay@.service
#   mkdir -p /etc/hearsay
#   echo HEARSAY_JOIN=${seeds} > /etc/hearsay/n1.env        # the same on all; n1.env on host1, and so on
#   echo HEARSAY_ADVERTISE=host1:7000 >> /etc/hearsay/n1.env${
    " ".repeat(Math.max(1, seeds.length - 11))
  }# its own name
#   echo HEARSAY_BOOTSTRAP=true >> /etc/hearsay/n1.env      # on host1 alone, which founds the cluster
${tls ? certificates(nodes) : ""}#   systemctl daemon-reload
#   systemctl enable --now hearsay@n1
#
# Once they run, take HEARSAY_BOOTSTRAP out: should n1 lose its log one day, it must not found another cluster.
`;
}

function certificates(nodes: number): string {
  return `#
#   hearsay ca init ca            # once, on a machine that is no node's
#   for i in $(seq ${nodes}); do hearsay ca issue n$i --host host$i --dir ca; done
#
# Put ca.pem, n1.pem and n1-key.pem into /etc/hearsay of host1, owned by root, and so on; ca-key.pem stays where it is. The
# unit takes them over when it starts: after a new certificate, systemctl restart hearsay@n1.
#
`;
}

const tlsFlags = ` \\
  --tls-cert \${CREDENTIALS_DIRECTORY}/cert.pem --tls-key \${CREDENTIALS_DIRECTORY}/key.pem \\
  --tls-ca \${CREDENTIALS_DIRECTORY}/ca.pem`;

const credentials = `LoadCredential=cert.pem:/etc/hearsay/%i.pem
LoadCredential=key.pem:/etc/hearsay/%i-key.pem
LoadCredential=ca.pem:/etc/hearsay/ca.pem`;

const insecure =
  `# Whoever reaches the port may do everything: keep it in a private network. 'hearsay manifest systemd --tls' is the
# other way.`;
