/** How a report looks: light and dark, on a wide screen, on a phone and on paper. */

export const style = `
:root {
  --page: #ffffff; --panel: #f6f8fa; --ink: #1f2328; --soft: #57606a; --line: #d0d7de; --grid: #eaeef2;
  --blue: #0969da; --orange: #bc4c00; --red: #cf222e; --good: #1a7f37; --bad: #cf222e;
  --t0: #0072b2; --t1: #e69f00; --t2: #009e73; --t3: #cc79a7; --t4: #56b4e9; --t5: #d55e00; --t6: #b8a800; --t7: #8c8c8c;
  --s1: #eef6ff; --s2: #d3e7fd; --s3: #a9cff8; --s4: #74aef0; --s5: #3f89dd; --s6: #fbd3a4;
  --cut: #fff1e5; --cut-line: #d4a27f; --good-page: #f2fbf4; --bad-page: #fff5f5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --panel: #151b23; --ink: #f0f6fc; --soft: #9198a1; --line: #3d444d; --grid: #212830;
    --blue: #4493f8; --orange: #f0883e; --red: #f85149; --good: #3fb950; --bad: #f85149;
    --t0: #3d9be0; --t1: #e6a93a; --t2: #2bbd92; --t3: #d795b8; --t4: #8fd0f5; --t5: #ee7a33; --t6: #d6c94a; --t7: #8c8c8c;
    --s1: #101c2c; --s2: #12294a; --s3: #163a6b; --s4: #1c4f95; --s5: #2567c2; --s6: #6b3d12;
    --cut: #2d1f14; --cut-line: #7a5233; --good-page: #0f1a13; --bad-page: #1f1214;
  }
}
* { box-sizing: border-box; }
html { color-scheme: light dark; }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 ui-sans-serif, system-ui, "Segoe UI", Helvetica, Arial, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
header, main { max-width: 1280px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 18px; }
.brand { margin: 0; font-weight: 700; } .brand span { font-weight: 400; color: var(--soft); }
h1 { font-size: 22px; line-height: 1.3; margin: 10px 0 4px; text-wrap: balance; }
.good .mark { color: var(--good); } .bad .mark { color: var(--bad); }
.headline { margin: 0 0 10px; color: var(--soft); }
.reasons { margin: 10px 0; padding: 10px 14px 10px 32px; background: var(--bad-page); border-left: 3px solid var(--bad); border-radius: 4px; }
.again { margin: 10px 0; display: flex; align-items: center; gap: 8px; } .again span { color: var(--soft); white-space: nowrap; }
.again code { overflow-x: auto; white-space: nowrap; min-width: 0; }
code, .value { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 0.92em; }
code { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 3px 7px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(180px, 1fr)); margin: 16px 0 10px;
  border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.tiles div { padding: 9px 13px; margin: 0 -1px -1px 0; border: solid var(--line); border-width: 0 1px 1px 0; }
.tiles dt { color: var(--soft); font-size: 12.5px; } .tiles dd { margin: 0; }
.tiles b { display: block; font-size: 20px; line-height: 1.3; } .tiles span { color: var(--soft); font-size: 12.5px; }
.limits { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 6px 18px; font-size: 14px; }
.limits span { color: var(--soft); } .met b { color: var(--good); } .missed b, .missed { color: var(--bad); }
section { margin: 34px 0; }
h2 { font-size: 18px; margin: 0 0 6px; padding-bottom: 5px; border-bottom: 1px solid var(--line); }
h3 { font-size: 15px; margin: 18px 0 4px; }
.count { color: var(--soft); font-weight: 400; }
.lead, .more { color: var(--soft); margin: 6px 0 10px; max-width: 100ch; } .lead b { color: var(--ink); font-weight: 600; }
nav { max-width: 1280px; margin: 14px auto 0; padding: 0 20px; display: flex; flex-wrap: wrap; gap: 2px 18px; }
nav a { color: var(--blue); text-decoration: none; font-size: 14px; } nav a:hover { text-decoration: underline; }
.fates th[scope=row] { position: sticky; left: 0; background: var(--page); }
.wide { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: 13.5px; }
caption { text-align: left; color: var(--soft); padding: 6px 0; font-size: 13px; }
th, td { text-align: left; vertical-align: top; padding: 4px 12px 4px 0; border-bottom: 1px solid var(--grid); font-weight: 400; }
thead th { color: var(--soft); border-bottom-color: var(--line); white-space: nowrap; }
.n { text-align: right; white-space: nowrap; } th[scope=row] { white-space: nowrap; }
.words { min-width: 28ch; } .fault { color: var(--bad); font-weight: 600; }
details { margin: 10px 0; } summary { cursor: pointer; color: var(--soft); }
.key { display: inline-block; width: 10px; height: 10px; border-radius: 2px; vertical-align: -0.5px; }
.key.true { background: var(--blue); border-radius: 50%; } .key.stable { background: var(--orange); }
.key.cut { background: var(--cut); border: 1px solid var(--cut-line); } .key.down { background: var(--red); } .key.paused { background: var(--soft); }
.chart { display: block; width: 100%; min-width: 640px; height: auto; }
.chart text { fill: var(--soft); font-size: 12px; }
.grid { stroke: var(--grid); } .axis { stroke: var(--line); }
.dots { fill: none; stroke-width: 5; } .dots.true { stroke: var(--blue); stroke-linecap: round; }
.dots.stable { stroke: var(--orange); stroke-linecap: square; stroke-width: 3.4; stroke-opacity: .75; }
.limit { stroke: var(--ink); stroke-dasharray: 5 4; } .chart .limit-text { fill: var(--ink); paint-order: stroke; stroke: var(--page); stroke-width: 3px; }
.never { stroke: var(--red); stroke-width: 2; fill: none; } .chart .never-text { fill: var(--red); }
rect.cut { fill: var(--cut); } rect.down { fill: var(--red); } rect.paused { fill: var(--soft); }
.pair { display: flex; flex-wrap: wrap; gap: 8px 48px; margin: 8px 0; }
.tally { list-style: none; margin: 10px 0; padding: 0; display: flex; flex-wrap: wrap; gap: 4px 22px; font-size: 14px; }
.tally span { color: var(--soft); } .phantom .fate, .duplicated .fate, .lost .fate, .missing .fate, .partial .fate,
.phantom b, .duplicated b, .lost b, .missing b, .partial b { color: var(--bad); font-weight: 600; }
.late .fate, .late b { color: var(--orange); font-weight: 600; }
.fates td, .fates th { padding: 2px 10px 2px 0; white-space: nowrap; } .caption { color: var(--soft); font-size: 13px; margin: 8px 0; }
.fates .c, .matrix td, .matrix th { padding: 2px 4px; font-size: 11.5px; text-align: right; border: 1px solid var(--page); min-width: 2.4em; }
.matrix th { color: var(--soft); } td.s1 { background: var(--s1); } td.s2 { background: var(--s2); } td.s3 { background: var(--s3); }
td.s4 { background: var(--s4); } td.s5 { background: var(--s5); color: #fff; } td.s6 { background: var(--s6); }
.matrix td.s6 { background: var(--s5); color: #fff; } td.self { background: var(--panel); } td.s0 { color: var(--soft); }
svg.strip { display: block; } svg.matrix { display: block; } svg.matrix text { fill: var(--soft); font-size: 10px; } .frame { fill: none; stroke: var(--line); }
path.s1 { fill: var(--s1); } path.s2 { fill: var(--s2); } path.s3 { fill: var(--s3); } path.s4 { fill: var(--s4); } path.s5 { fill: var(--s5); }
path.s6 { fill: var(--s6); } svg.matrix path.s6 { fill: var(--s5); } path.s0 { stroke: var(--red); }
${
  [0, 1, 2, 3, 4, 5, 6, 7].map((i) =>
    `.layer.t${i}, .head.t${i} { fill: var(--t${i}); } .line.t${i}, .cross.t${i} { stroke: var(--t${i}); } .key.t${i} { background: var(--t${i}); }`
  ).join("\n")
}
.picture { display: block; width: 100%; min-width: 720px; height: auto; }
#fates-live, #space-time-live { display: none; }
.live #fates-live, .live #space-time-live { display: block; } .live #fates-table, .live #space-time-picture { display: none; }
.live [data-value] { color: var(--blue); cursor: pointer; text-decoration: underline dotted; text-underline-offset: 3px; border-radius: 3px; }
.live [data-value]:hover { background: var(--s1); }
:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; }
.controls { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 16px; margin: 8px 0; font-size: 13.5px; }
.group { display: flex; } .controls label { color: var(--soft); }
button, select, input[type=search] { font: inherit; color: var(--ink); background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 2px 9px; min-height: 30px; }
button { cursor: pointer; min-width: 34px; } button:hover { border-color: var(--soft); }
.group button { border-radius: 0; margin-left: -1px; } .group button:first-child { border-radius: 6px 0 0 6px; } .group button:last-child { border-radius: 0 6px 6px 0; }
select { max-width: 160px; } fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 4px 12px; }
legend { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.chip { display: inline-flex; align-items: center; gap: 4px; } .chip input { margin: 0; } output { color: var(--soft); }
.strip-box { border: 1px solid var(--line); border-bottom: 0; border-radius: 8px 8px 0 0; overflow: hidden; }
.overview { display: block; width: 100%; cursor: ew-resize; touch-action: none; } .density { fill: var(--line); }
.window { fill: var(--blue); fill-opacity: .14; stroke: var(--blue); vector-effect: non-scaling-stroke; }
.canvas { border: 1px solid var(--line); border-radius: 0 0 8px 8px; overflow: hidden; }
svg.live { display: block; touch-action: pan-y; cursor: grab; user-select: none; -webkit-user-select: none; } svg.live:active { cursor: grabbing; }
svg.live:focus-visible { outline-offset: -2px; }
svg.live text { fill: var(--soft); font-size: 11.5px; } svg.live text.name { fill: var(--ink); } svg.live .cut-name { fill: var(--orange); }
.cut-edge { stroke: var(--cut-line); } .side { fill: var(--cut-line); fill-opacity: .22; }
.life { stroke: var(--line); } .outage { stroke-width: 3; } .outage.down { stroke: var(--red); stroke-dasharray: 2 3; } .outage.paused { stroke: var(--soft); stroke-dasharray: 5 3; }
.line { fill: none; stroke-width: 1.1; } .line.gone { stroke-dasharray: 3 3; } .cross { fill: none; stroke-width: 1.5; }
.faded .line, .faded .head, .faded .cross { opacity: .25; }
.lines .bringing { opacity: 1; stroke: var(--blue); } .head.bringing { fill: var(--blue); }
.pointed { stroke: var(--ink); stroke-width: 3; stroke-linecap: round; pointer-events: none; }
.had { stroke: var(--blue); stroke-width: 3; stroke-opacity: .55; } .way { fill: none; stroke: var(--blue); stroke-width: 2.2; } .way.inferred { stroke-dasharray: 6 4; }
.way-head, circle.message, circle.unseen { fill: var(--blue); } circle.unseen { fill: var(--page); stroke: var(--blue); stroke-width: 1.5; }
circle.told { fill: var(--page); stroke: var(--blue); stroke-width: 3; }
.readout { min-height: 3em; margin: 8px 0 2px; } .keys { color: var(--soft); font-size: 13px; margin: 0 0 8px; }
.tall { max-height: 70vh; overflow: auto; } .way-table td, .way-table th { padding: 2px 14px 2px 0; } h4 { margin: 10px 0 4px; font-size: 14px; }
.why { margin: 4px 0 10px; padding-left: 24px; } .chosen { fill: none; stroke: var(--ink); stroke-width: 2; }
.chart .tip text { fill: var(--ink); font-weight: 600; paint-order: stroke; stroke: var(--page); stroke-width: 4px; }
@media (min-width: 601px) { caption { white-space: nowrap; } }
@media (max-width: 600px) { header, main, nav { padding-left: 12px; padding-right: 12px; } h1 { font-size: 19px; } }
@media print {
  .live #fates-live, .live #space-time-live, #way, nav { display: none; } .live #fates-table, .live #space-time-picture { display: block; }
  .live [data-value] { color: inherit; text-decoration: none; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  table { font-size: 9px; } .fates, .matrix { font-size: 7px; } .fates .c, .matrix td, .matrix th { font-size: 6px; padding: 1px; min-width: 0; }
  .fates td, .fates th { padding-right: 5px; } .wide { overflow: visible; } .chart, .picture { min-width: 0; }
  body { font-size: 11px; } header, main { max-width: none; padding: 0; } section { break-inside: avoid-page; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
