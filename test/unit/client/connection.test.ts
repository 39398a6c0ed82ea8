/** One connection to a node; a bad node, or none, becomes a reason in words. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { type Connection, dial, type Opened } from "../../../lib/client/connection.ts";
import type { Body } from "../../../lib/core/message.ts";
import { itself } from "../../../lib/workbench/world/process.ts";
import { LINE_BYTES_MAX } from "../../../transports/lines/reader.ts";
import { deadAddress, FakeNode, type Script, withNodes } from "./fake_node.ts";
import type { Address } from "../../../transports/address.ts";

const LONG_MS = 20_000;
const SHORT_MS = 50;
/** Long enough for an answer in between on a busy machine. */
const LATE_MS = 1_000;

async function open(address: Address, timeoutMs = LONG_MS): Promise<Connection> {
  const opened = await dial(address, timeoutMs);
  if (!opened.ok) throw new Error(opened.reason);
  return opened.connection;
}

/** Asks one thing of a node, and tells the answer, or why there is none. */
async function ask(script: Script, timeoutMs = LONG_MS): Promise<Body | string> {
  const node = await FakeNode.start("n1", script);
  let said: Body | string = "";
  await withNodes([node], async () => {
    const connection = await open(node.address, timeoutMs);
    said = await new Promise<Body | string>((resolve) => {
      connection.ask({ type: "read" }, resolve);
      connection.listen({ onBody() {}, onBroken: resolve });
    });
    connection.close();
  });
  return said;
}

test("an answer finds its request, in whatever order answers come", async () => {
  const asked: Body[] = [];
  const node = await FakeNode.start("n1", (body, visit) => {
    asked.push(body);
    if (asked.length < 3) return;
    for (const one of asked.toReversed()) visit.say({ type: "echo_ok", echo: one["echo"] }, one);
  });
  await withNodes([node], async () => {
    const connection = await open(node.address);
    const answers = await new Promise<string[]>((resolve) => {
      const came: string[] = [];
      const take = (name: string) => (body: Body) => {
        if (came.push(`${name} ${body["echo"]}`) === 3) resolve(came);
      };
      for (const name of ["a", "b", "c"]) connection.ask({ type: "echo", echo: name }, take(name));
      connection.listen({ onBody() {}, onBroken() {} });
    });
    deepEqual(answers, ["c c", "b b", "a a"]);
    equal(connection.nodeId, "n1");
    connection.close();
  });
});

test("a message that answers no request is handed over", async () => {
  const node = await FakeNode.start(
    "n1",
    (body, visit) => visit.say({ type: "values", n: 1 }, { ...body, msg_id: 77 }),
  );
  await withNodes([node], async () => {
    const connection = await open(node.address);
    const body = await new Promise<Body>((resolve) => {
      connection.send({ type: "watch" });
      connection.listen({ onBody: resolve, onBroken() {} });
    });
    deepEqual(body, { type: "values", n: 1, in_reply_to: 77 });
    connection.close();
  });
});

const bad: readonly (readonly [string, Script, RegExp])[] = [
  [
    "is garbage",
    (_, visit) => visit.write("HTTP/1.1 400 Bad Request\r\n\r\n"),
    /^does not speak as a node does: this is not JSON$/,
  ],
  [
    "is JSON of another kind",
    (_, visit) => visit.write("[1]\n"),
    /^does not speak as a node does: an envelope /,
  ],
  [
    "are random bytes",
    (_, visit) => visit.write(new Uint8Array([255, 0, 254, 10, 7])),
    /^does not speak as a node does/,
  ],
  [
    "is no UTF-8",
    ({ msg_id: id }, visit) =>
      visit.write(
        Buffer.from(`{"src":"n\xff","dest":"c1","body":{"type":"x","in_reply_to":${id}}}\n`, "latin1"),
      ),
    /^does not speak as a node does: this is not UTF-8$/,
  ],
  [
    "is half a line, and then nobody",
    (_, visit) => void visit.socket.end('{"src":"n1","de'),
    /^closed the connection$/,
  ],
  ["is nobody", (_, visit) => void visit.socket.destroy(), /^closed the connection$/],
  [
    "is a line without end",
    (_, visit) => visit.write("x".repeat(LINE_BYTES_MAX + 1)),
    /^sent a line of more than 1048576 bytes$/,
  ],
  [
    "is an error that answers nothing",
    (_, visit) => visit.say({ type: "error", code: 11, text: "too many\x1b[2J connections" }),
    /^answers error 11: too many\?\[2J connections$/,
  ],
];

for (const [what, script, reason] of bad) {
  test(`a connection is broken when what comes ${what}`, async () => {
    const said = await ask(script);
    match(String(said), reason);
  });
}

test("a node that does not answer in time is given up, however many lines it sends", async () => {
  for (const line of ["", '{"src":"n1","dest":"c1","body":{"type":"x"}}']) {
    const sending: ReturnType<typeof setInterval>[] = [];
    const said = await ask(
      (_, visit) => sending.push(setInterval(() => visit.write(`${line}\n`), 5)),
      SHORT_MS,
    );
    clearInterval(sending[0]);
    equal(said, `gives no answer within ${SHORT_MS} ms`);
  }
});

test("a node that passes over a request is given up, however many others it answers", async () => {
  const node = await FakeNode.start("n1", (body, visit) => {
    if (body.type === "echo") visit.say({ type: "echo_ok", echo: null }, body);
  });
  await withNodes([node], async () => {
    const connection = await open(node.address, SHORT_MS);
    const goOn = () => void connection.ask({ type: "echo", echo: null }, () => setTimeout(goOn, 1));
    const said = await new Promise((resolve) => {
      connection.ask({ type: "broadcast", message: 1 }, resolve);
      connection.listen({ onBody() {}, onBroken: resolve });
      goOn();
    });
    equal(said, `gives no answer within ${SHORT_MS} ms`);
  });
});

test("a node that answers one after the other in time is not given up, though the last one waits for long", async () => {
  const waiting: (() => void)[] = [];
  const node = await FakeNode.start("n1", (body, visit) => {
    waiting.push(() => visit.say({ type: "echo_ok", echo: null }, body));
  });
  await withNodes([node], async () => {
    const connection = await open(node.address, LATE_MS);
    const answering = setInterval(() => waiting.shift()?.(), LATE_MS / 5);
    const said = await new Promise((resolve) => {
      for (let n = 1; n <= 7; n++) {
        connection.ask({ type: "echo", echo: null }, (body) => n === 7 && resolve(body.type));
      }
      connection.listen({ onBody() {}, onBroken: resolve });
    });
    clearInterval(answering);
    equal(said, "echo_ok");
    connection.close();
  });
});

/** Whatever is answered to requests, by their numbers, in the order in which it comes; the last one is what broke. */
async function heard(script: Script, count: number, timeoutMs = LONG_MS): Promise<string[]> {
  const node = await FakeNode.start("n1", script);
  const came: string[] = [];
  await withNodes([node], async () => {
    const connection = await open(node.address, timeoutMs);
    await new Promise<void>((resolve) => {
      let left = count;
      for (let n = 1; n <= count; n++) {
        connection.ask({ type: "broadcast", message: n }, ({ type }) => {
          came.push(`${n} ${type} by ${connection.nodeId}`);
          if (--left === 0) resolve();
        });
      }
      connection.listen({
        onBody: (body) => came.push(`${body.type} to ${body.in_reply_to}`),
        onBroken: (reason) => resolve(void came.push(reason)),
      });
    });
    connection.close();
  });
  return came;
}

const ok1 = '{"src":"n1","dest":"c1","body":{"type":"broadcast_ok","in_reply_to":1}}';

test("answers to broadcasts are told apart, however a node writes them", async () => {
  const lines = [
    ok1,
    '{"src":"n1","dest":"c1","body":{"type":"broadcast_ok","in_reply_to":2}}',
    '{"src":"n1","dest":"c1","body":{"type":"broadcast_ok","in_reply_to":2}}',
    '{"src":"n1","dest":"c1","body":{"type":"broadcast_ok","in_reply_to":99}}',
    '{"src":"n1","dest":"c1","body":{"type":"broadcast_ok","in_reply_to":5,"more":{"in_reply_to":4}}}',
    '{ "src": "n1", "dest": "c1", "body": { "in_reply_to": 3, "type": "broadcast_ok" } }',
    '{"src":"n2","dest":"c1","body":{"type":"broadcast_ok","in_reply_to":6}}',
    '{"src":"n1","dest":"c1","body":{"type":"broadcast_ok","in_reply_to":7}}',
    '{"src":"n1","dest":"c1","body":{"type":"error","in_reply_to":4,"code":11,"text":"no"}}',
  ];
  const script: Script = (body, visit) => {
    if (body["message"] === 6) { for (const line of lines) visit.write(`${line}\n`); }
  };
  deepEqual(await heard(script, 7), [
    "1 broadcast_ok by n1",
    "2 broadcast_ok by n1",
    "broadcast_ok to 2",
    "broadcast_ok to 99",
    "5 broadcast_ok by n1",
    "3 broadcast_ok by n1",
    "6 broadcast_ok by n2",
    "7 broadcast_ok by n1",
    "4 error by n1",
  ]);
});

for (const ending of ["02}}", "}}", "2}", "2}}}", "1e0}}", "2.5}}", '"2"}}', "99999999999999999999}}"]) {
  test(`what only begins as an answer to a broadcast is looked at closely: ${ending}`, async () => {
    const start = ok1.slice(0, -3);
    const script: Script = (body, visit) => {
      if (body["message"] === 2) visit.write(`${ok1}\n${start}${ending}\nthe end\n`);
    };
    const said = (await heard(script, 2)).join();
    match(said, /^1 broadcast_ok by n1,(broadcast_ok to 10{0,20},)?does not speak as a node does: /);
  });
}

test("a node that answers all the time is not silent, however much waits", async () => {
  const timeoutMs = 400;
  const script: Script = (body, visit) => {
    setTimeout(() => visit.say({ type: "broadcast_ok" }, body), Number(body["message"]) * timeoutMs / 4);
  };
  equal((await heard(script, 8, timeoutMs)).at(-1), "8 broadcast_ok by n1");
});

test("a later request has its own time, though an earlier one has been answered meanwhile", async () => {
  // Half of it is what a busy machine may take for the first answer.
  const timeoutMs = 600;
  const node = await FakeNode.start("n1", (body, visit) => {
    if (body["echo"] === 1) setTimeout(() => visit.say({ type: "echo_ok" }, body), timeoutMs / 2);
  });
  await withNodes([node], async () => {
    const connection = await open(node.address, timeoutMs);
    const from = performance.now();
    const reason = await new Promise<string>((resolve) => {
      const second = () => connection.ask({ type: "echo", echo: 2 }, () => resolve("an answer"));
      connection.ask({ type: "echo", echo: 1 }, second);
      connection.listen({ onBody() {}, onBroken: resolve });
    });
    equal(reason, `gives no answer within ${timeoutMs} ms`);
    ok(performance.now() - from >= 1.5 * timeoutMs - 5);
  });
});

test("nothing is said after a connection is broken, though more came along", async () => {
  const said: unknown[] = [];
  const more = '{"src":"n1","dest":"c1","body":{"type":"x"}}';
  const node = await FakeNode.start("n1", (_, visit) => visit.write(`x\n${more}\nx\n`));
  await withNodes([node], async () => {
    const connection = await open(node.address);
    await new Promise<void>((resolve) => {
      const onBroken = (reason: string) => {
        said.push(reason);
        setImmediate(resolve);
      };
      connection.listen({ onBody: (body) => said.push(body), onBroken });
      connection.send({ type: "read" });
    });
  });
  deepEqual(said, ["does not speak as a node does: this is not JSON"]);
});

test("nothing is said after a close", async () => {
  const node = await FakeNode.start("n1", (body, visit) => visit.say({ type: "read_ok" }, body));
  await withNodes([node], async () => {
    const connection = await open(node.address);
    const said: unknown[] = [];
    connection.listen({ onBody: (body) => said.push(body), onBroken: (reason) => said.push(reason) });
    connection.ask({ type: "read" }, (answer) => said.push(answer));
    connection.close();
    const other = await open(node.address);
    await new Promise((resolve) => {
      other.listen({ onBody() {}, onBroken() {} });
      other.ask({ type: "read" }, resolve);
    });
    other.close();
    deepEqual(said, []);
  });
});

test("where nothing listens, that is the reason", async () => {
  const opened = await dial(await deadAddress(), LONG_MS);
  deepEqual(opened, {
    ok: false,
    reason: "refuses the connection: nothing listens there",
    code: "unreachable",
  });
});

test("a listener that takes no connection is given up", async () => {
  // It never looks, and its queue is short; Bun makes one of 512 whatever is asked for.
  const program = `const server = require("node:net").createServer();
    server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
      require("node:fs").writeSync(1, server.address().port + "\\n");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const { bin } = itself();
  const child = spawn(bin, bin.endsWith("deno") ? ["eval", "--ext=cjs", program] : ["-e", program]);
  try {
    const [chunk]: unknown[] = await once(child.stdout, "data");
    const address = { host: "127.0.0.1", port: Number(String(chunk)) };
    const opened: Opened[] = await Promise.all(Array.from({ length: 600 }, () => dial(address, SHORT_MS)));
    const reasons = opened.flatMap((one) => one.ok ? [] : [one.reason]);
    for (const one of opened) if (one.ok) one.connection.close();
    ok(reasons.length > 0);
    for (const reason of reasons) equal(reason, `does not take a connection within ${SHORT_MS} ms`);
  } finally {
    child.kill("SIGKILL");
  }
});

test("a token is said first, and what is asked need not wait for the answer", async () => {
  const node = await FakeNode.start("n1", (body, visit) => {
    if (body.type === "read") visit.say({ type: "read_ok" }, body);
    if (body.type === "read") visit.say({ type: "hello_ok", name: "shop", rights: [] }, node.asked[0]);
  });
  await withNodes([node], async () => {
    const opened = await dial(node.address, LONG_MS, { token: () => ({ token: "s3cret" }) });
    ok(opened.ok);
    const answer = await new Promise<Body | string>((resolve) => {
      opened.connection.ask({ type: "read" }, resolve);
      opened.connection.listen({ onBody() {}, onBroken: resolve });
    });
    equal(typeof answer === "string" ? answer : answer.type, "read_ok");
    deepEqual(node.asked[0], { type: "hello", token: "s3cret", msg_id: 1 });
    opened.connection.close();
  });
});

test("a token that is refused breaks the connection; a node that knows no hello serves everybody", async () => {
  for (const [code, end] of [[21, "refuses the token: error 21: no"], [10, "read_ok"]] as const) {
    const node = await FakeNode.start("n1", (body, visit) => {
      visit.say(body.type === "hello" ? { type: "error", code, text: "no" } : { type: "read_ok" }, body);
    });
    await withNodes([node], async () => {
      const opened = await dial(node.address, LONG_MS, { token: () => ({ token: "s3cret" }) });
      ok(opened.ok);
      const answer = await new Promise<Body | string>((resolve) => {
        opened.connection.ask({ type: "read" }, resolve);
        opened.connection.listen({ onBody() {}, onBroken: resolve });
      });
      equal(typeof answer === "string" ? answer : answer.type, end);
      opened.connection.close();
    });
  }
  deepEqual(await dial(await deadAddress(), LONG_MS, { token: () => ({ fault: "was not asked" }) }), {
    ok: false,
    reason: "was not asked",
    code: "forbidden",
  });
});
