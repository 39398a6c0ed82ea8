/** The page of a node as one file, and what it may do in a browser. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { compact, framed } from "../../framed.ts";
import { style } from "./style.ts";

export interface Document {
  readonly html: string;
  /** The value of its Content-Security-Policy: it asks the node that it came from, and nobody else. */
  readonly policy: string;
}

/** `script` is that of the page, as it was bundled. */
export function livePage(script: string): Document {
  const css = compact(style);
  const html = framed({ title: "hearsay", css, body, script });
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(css)}`,
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
  return { html, policy };
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(Buffer.from(text)).digest("base64")}'`;
}

const body = `<header>
  <h1>hearsay <span id="whose"></span></h1>
  <p id="link">connecting</p>
</header>
<noscript><p class="gone">This page is live: it needs scripts, which are switched off.</p></noscript>
<p id="gone" class="gone" role="alert" hidden></p>
<form id="ask" class="card ask" hidden>
  <p id="ask-why"></p>
  <label>Token <input id="token" type="password" autocomplete="off" spellcheck="false" required></label>
  <button type="submit">Show</button>
</form>
<main id="all" hidden>
  <p id="verdict"></p>
  <dl id="figures"></dl>
  <div class="column">
  <section class="card tree" aria-labelledby="tree-head">
    <h2 id="tree-head">Who passes on to whom</h2>
    <div id="stage"></div>
    <p class="legend"><span class="up">up</span> <span class="warn">in trouble</span> <span class="out">out of reach</span>
      <span class="relays">passes on</span> <span class="lost">does not reach</span></p>
  </section>
  <section class="card story" aria-labelledby="story-head">
    <h2 id="story-head">What happened</h2>
    <ol id="story" role="log" tabindex="0" aria-labelledby="story-head"></ol>
  </section>
  </div>
  <div class="column">
  <section class="card members" aria-labelledby="members-head">
    <h2 id="members-head">Members</h2>
    <div class="scroll" id="members-scroll" role="group" tabindex="0" aria-labelledby="members-head">
      <table id="members"><thead><tr>
        <th scope="col">Node</th><th scope="col">State</th><th scope="col" class="wide">Told by</th>
        <th scope="col" class="n">Values</th>
        <th scope="col" class="n wide">Round trip</th><th scope="col">Not reached by</th>
      </tr></thead><tbody></tbody></table>
    </div>
    <p id="alone" class="none" hidden>The other members are shown to those who have the right admin.</p>
  </section>
  <section class="card newest" aria-labelledby="newest-head">
    <div class="head"><h2 id="newest-head">Newest values</h2>
      <button id="pause" type="button" aria-pressed="false">Pause</button></div>
    <ol id="newest" tabindex="0" aria-labelledby="newest-head"></ol>
  </section>
  </div>
</main>`;
