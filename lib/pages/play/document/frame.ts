/** The page in which the simulator runs, as one file: what stands in it before its script has run. */
import { compact, framed } from "../../framed.ts";
import { style } from "./style.ts";

/** `script` is that of the page, as it was bundled. */
export function playHtml(script: string): string {
  return framed({ title: "hearsay play", css: compact(style), body, script });
}

const body = `<header>
  <h1>hearsay <span>play</span></h1>
  <nav id="stories" aria-label="Stories"><span>Stories</span></nav>
</header>
<noscript><p class="mistakes">This page is a simulator: it needs scripts, which are switched off.</p></noscript>
<div id="mistakes" class="mistakes" role="alert" hidden></div>
<main>
  <div class="column">
    <section class="card stage" aria-label="Nodes and links">
      <div id="stage">
        <canvas id="world" aria-hidden="true"></canvas>
        <div id="nodes" role="group" aria-label="Nodes"></div>
        <div id="links" role="group" aria-label="Links"></div>
      </div>
      <p id="note" class="note">Press a node or a link. Drag a line across links to cut them.</p>
      <p class="legend"><span class="value">brings values</span> <span class="answer">answers</span>
        <span class="probe">probes</span> <span class="lost">is lost</span>
        <span class="held">holds one of the last values</span></p>
      <div class="transport" role="group" aria-label="Time">
        <button id="run" class="primary" type="button"></button>
        <button id="step" type="button" title="To the next event (.)">Step</button>
        <button id="replay" type="button" title="From the beginning, with all that was done (R)">Replay</button>
        <button id="skip" type="button" hidden>To the end</button>
        <label class="speed">Speed <input id="speed" type="range" min="0" step="1"><output id="speed-said"></output></label>
        <output id="clock" aria-label="Time of the session" aria-live="off"></output>
      </div>
    </section>
    <section class="card second" aria-labelledby="space-time-head">
      <div class="head">
        <h2 id="space-time-head">Space and time</h2>
        <div class="row" role="group" aria-label="What the diagram shows">
          <button id="latest" type="button" hidden>Back to now</button>
          <button id="closer" type="button" aria-label="Show less time">+</button>
          <button id="wider" type="button" aria-label="Show more time">−</button>
        </div>
      </div>
      <canvas id="space-time" role="img" aria-label="A line for each node, time to the right, messages as lines between them"></canvas>
    </section>
    <section class="card last" aria-labelledby="setup-head">
      <h2 id="setup-head">The session</h2>
      <form id="setup" class="setup">
        <label>Protocol <select id="protocol"></select></label>
        <label>Nodes <input id="node-count" type="number" min="1" required></label>
        <label>Latency, ms <input id="latency" type="number" min="0" step="any" required></label>
        <label>Latencies are <select id="latency-dist"></select></label>
        <label>Neighbours <select id="topology"></select></label>
        <label>Seed <input id="seed" type="number" min="0" required></label>
        <p id="about" class="about"></p>
        <div class="row">
          <button type="submit">Begin again with these</button>
          <button id="clear" type="button">Forget what was done</button>
        </div>
      </form>
    </section>
  </div>
  <div class="column">
    <section class="card first" aria-labelledby="figures-head">
      <h2 id="figures-head">So far</h2>
      <dl id="figures" class="figures"></dl>
      <p id="summary" class="summary"></p>
    </section>
    <section class="card first" aria-labelledby="act-head">
      <h2 id="act-head">Do something</h2>
      <form id="tell" class="row">
        <label>Tell <select id="tell-node" aria-label="Node"></select></label>
        <input id="tell-value" aria-label="Value" maxlength="40" autocomplete="off" spellcheck="false">
        <button type="submit">Tell</button>
      </form>
      <div class="row pair">
        <label>Load <select id="load"></select></label>
        <label>Loss <select id="loss"></select></label>
      </div>
      <div class="row">
        <button id="heal" type="button" title="End the cut (H)">Heal the cut</button>
        <button id="mend" type="button" title="Heal, start, resume, and end loss and slowness">Mend everything</button>
        <button id="knife" type="button" aria-pressed="false">Cut with a line</button>
      </div>
    </section>
    <section class="card first" aria-labelledby="values-head">
      <h2 id="values-head">The last values</h2>
      <ol id="values" class="values"></ol>
    </section>
    <section class="card last" aria-labelledby="story-head">
      <h2 id="story-head">The story so far</h2>
      <ol id="story" class="story" tabindex="0" aria-label="What was done"></ol>
      <label>Link <input id="link" readonly></label>
      <div class="row"><button id="copy-link" type="button">Copy the link</button></div>
      <label>The same run in a terminal <textarea id="command" readonly rows="3" spellcheck="false"></textarea></label>
      <div class="row">
        <button id="copy-command" type="button">Copy the command</button>
        <button id="verdict" type="button" title="Ends the load here, mends everything, rests for 10 s, and reads every node">Judge the run</button>
      </div>
      <p id="verdict-said" role="status"></p>
    </section>
    <details class="card keys last">
      <summary>Keys</summary>
      <dl>
        <div><dt>Space</dt><dd>run or pause</dd></div>
        <div><dt>.</dt><dd>to the next event</dd></div>
        <div><dt>+ − ← →</dt><dd>speed</dd></div>
        <div><dt>R</dt><dd>replay</dd></div>
        <div><dt>H</dt><dd>heal the cut</dd></div>
        <div><dt>Tab, Enter</dt><dd>to a node or link, and its menu</dd></div>
        <div><dt>T P K S C</dt><dd>at a node: tell, pause, kill, slow, cut off</dd></div>
        <div><dt>C S</dt><dd>at a link: cut, slow</dd></div>
      </dl>
    </details>
  </div>
</main>
<div id="tip" class="tip" hidden></div>
<div id="menu" class="menu" popover role="menu"></div>
<p id="live" class="unseen" aria-live="polite"></p>`;
