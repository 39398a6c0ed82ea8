/** The sidecar over real iptables, in a network namespace of its own: nothing of it stays behind. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { ending, fromSource } from "../fixtures/hearsay.ts";
import { inNamespaces, needsLab } from "../fixtures/lab.ts";
import { script } from "../../shared/script.ts";
import process from "node:process";
import { testNeeding } from "../../shared/needing.ts";

/** Each step prints what follows `-P`: the rules that are there. */
const inShell = `
  rules() { echo "$1:"; iptables -S -w | grep -v '^-P'; }
  mount -t tmpfs tmpfs /run && ip link set lo up && iptables -A INPUT -s 10.0.0.2 -j DROP -w
  rules left
  mkfifo /run/said
  "$@" sidecar --listen 127.0.0.1:7100 --within 10.0.0.1,10.0.0.2 --secret-file /run/secret 2>/run/said & sidecar=$!
  exec 4</run/said
  read -r line <&4
  rules started
  cut='{"type":"cut","from":["10.0.0.1","10.0.0.2"]}'
  $ORDER 7100 /run/none "$cut"
  echo "not this secret, but another" > /run/other
  $ORDER 7100 /run/other "$cut"
  rules refused
  $ORDER 7100 /run/secret "$cut"
  rules cut
  kill -TERM $sidecar
  wait $sidecar
  rules "ended $?"
`;

const NEEDED = "this needs the secret of the sidecar (--secret-file, or HEARSAY_SIDECAR_SECRET)";

testNeeding(
  "sidecar: its rules are real, and gone when it starts and when it is stopped",
  needsLab,
  async () => {
    const { bin, args } = fromSource();
    const [unshare = "", ...own] = inNamespaces;
    const { bin: runtime, args: rest } = script(new URL("../fixtures/orders.ts", import.meta.url));
    const env = { ...process.env, ORDER: [runtime, ...rest].join(" ") };
    const child = spawn(unshare, [...own, "bash", "-c", inShell, "bash", bin, ...args], { env });
    const { out, err } = await ending(child);
    assert.equal(err, "");
    assert.deepEqual(out.trimEnd().split("\n"), [
      "left:",
      "-A INPUT -s 10.0.0.2/32 -j DROP",
      "started:",
      `127.0.0.1:7100 refuses: ${NEEDED}`,
      `127.0.0.1:7100 refuses: ${NEEDED}`,
      "refused:",
      "cut_ok",
      "cut:",
      "-A INPUT -s 10.0.0.1/32 -j DROP",
      "-A INPUT -s 10.0.0.2/32 -j DROP",
      "ended 0:",
    ]);
  },
);

testNeeding(
  "sidecar: does not start among rules of somebody else, and leaves them alone",
  needsLab,
  async () => {
    const { bin, args } = fromSource();
    const [unshare = "", ...own] = inNamespaces;
    const among =
      'mount -t tmpfs tmpfs /run; iptables -A INPUT -j ACCEPT; "$@" sidecar --within 10.0.0.1 --secret-file /run/secret; echo $?; iptables -S INPUT';
    const { out, err } = await ending(spawn(unshare, [...own, "bash", "-c", among, "bash", bin, ...args]));
    assert.match(err, /^Cannot run 'sidecar' as this network namespace has a rule .*: -A INPUT -j ACCEPT\n$/);
    assert.equal(out, "1\n-P INPUT ACCEPT\n-A INPUT -j ACCEPT\n");
  },
);
