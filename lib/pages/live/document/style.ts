/** How the page looks: in light and dark, on a wide screen and on a phone. */
import { dark, light } from "../../palette.ts";

export const style = `
:root { ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 1280px; padding: 0 24px 32px; background: var(--bg); color: var(--ink);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere;
}
h1, h2, p, dl, dd, ol { margin: 0; padding: 0; }
ol { list-style: none; }
header { display: flex; flex-wrap: wrap; gap: 4px 20px; align-items: baseline; justify-content: space-between; padding: 18px 0 6px; }
h1 { font-size: 17px; font-weight: 700; letter-spacing: -.01em; }
h1 span, #link { font-weight: 400; color: var(--soft); }
h2 { font-size: 13px; font-weight: 600; color: var(--soft); }
main {
  display: grid; gap: 14px; grid-template-columns: minmax(0, 5fr) minmax(0, 6fr);
}
.column { display: flex; flex-direction: column; gap: 14px; min-width: 0; }
main.old > * { opacity: .5; }
#verdict { grid-column: 1 / -1; font-size: 26px; line-height: 1.25; font-weight: 600; letter-spacing: -.02em; padding-left: 22px; position: relative; text-wrap: balance; }
#verdict::before { content: ""; position: absolute; left: 0; top: .36em; width: 12px; height: 12px; border-radius: 50%; background: var(--value); }
#verdict.warn::before { background: var(--probe); } #verdict.bad::before { background: var(--lost); }
#figures { grid-column: 1 / -1; display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 12px 32px; padding: 4px 0 6px; }
#figures div { display: flex; flex-direction: column-reverse; justify-content: flex-end; position: relative; }
#figures dt { font-size: 12.5px; color: var(--soft); }
#figures dd { font-size: 21px; font-weight: 600; letter-spacing: -.015em; line-height: 1.25; }
.spark { position: absolute; right: 0; top: 4px; width: 45%; height: 24px; overflow: visible; }
.spark polyline { fill: none; stroke: var(--answer); stroke-width: 1.25; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.card { background: var(--card); border: 1px solid var(--faint); border-radius: 12px; padding: 14px 16px; box-shadow: var(--shadow); min-width: 0; }
#stage { height: 400px; margin: 6px 0; } #stage svg { display: block; width: 100%; height: 100%; }
.relays, .lost { fill: none; }
.relays { stroke: var(--answer); stroke-width: 1.5; }
.fine .relays { stroke-width: 1; stroke-opacity: .45; }
.lost { stroke: var(--lost); stroke-width: 1.25; stroke-dasharray: 3 5; }
.dot { fill: var(--value); stroke: var(--card); stroke-width: 2; } .halo { fill: none; }
.me .halo { stroke: var(--value); stroke-width: 1.5; }
.node text { fill: var(--ink); paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
.me text { font-weight: 700; }
.detour .dot, .stuck .dot { fill: var(--probe); } .faulty .dot { fill: var(--lost); }
.out .dot { fill: var(--card); stroke: var(--lost); stroke-dasharray: 3 3; } .out text { fill: var(--lost); }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: 12.5px; color: var(--soft); }
.legend span { display: inline-flex; align-items: center; }
.legend span::before { content: ""; width: 10px; height: 10px; border-radius: 50%; margin-right: 6px; background: var(--value); }
.legend .warn::before { background: var(--probe); } .legend .out::before { background: none; border: 1.5px dashed var(--lost); }
.legend .relays::before, .legend .lost::before { width: 18px; height: 0; border-radius: 0; background: none; border-top: 1.5px solid var(--answer); }
.legend .lost::before { border-top: 1.5px dashed var(--lost); }
.scroll { max-height: 436px; overflow: auto; margin: 6px -16px -14px; padding: 0 16px 10px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; font-weight: 400; vertical-align: top; padding: 5px 12px 5px 0; border-bottom: 1px solid var(--faint); }
thead th { color: var(--soft); font-size: 12.5px; position: sticky; top: 0; background: var(--card); white-space: nowrap; }
tbody th { font-weight: 600; } .n { text-align: right; white-space: nowrap; } tr > :last-child { padding-right: 0; } tbody tr:last-child > * { border-bottom: 0; }
.self td.state { color: var(--soft); } .out td.state, .faulty td.state { color: var(--lost); } .detour td.state, .stuck td.state { color: var(--probe); }
td.by { color: var(--lost); }
.story { flex: 1; display: flex; flex-direction: column; } .story ol { flex: 1 0 200px; height: 0; }
.story ol, .newest ol { overflow: auto; margin: 6px -16px -14px; padding: 0 16px 10px; font-size: 14px; }
.newest ol { height: 470px; }
.story li { display: grid; grid-template-columns: 66px minmax(0, 1fr); gap: 10px; padding: 3px 0; }
.story li span:first-child { color: var(--soft); }
.story .bad span:last-child { color: var(--lost); } .story .warn span:last-child { color: var(--probe); }
.newest li { display: flex; gap: 10px; padding: 3px 0; border-top: 1px solid var(--faint); }
.newest li:first-child { border-top: 0; } .newest b { font-weight: 600; } .newest b:empty { display: none; }
.newest span, .newest b { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.newest span { color: var(--soft); } .newest span:first-child { flex: 0 0 auto; max-width: 30%; min-width: 3ch; } .newest b { flex: 0 1 auto; max-width: 40%; }
.newest b + span { flex: 1; color: var(--ink); font-family: ui-monospace, SFMono-Regular, Menlo, monospace; font-size: 13px; line-height: 20px; }
.head { display: flex; align-items: center; justify-content: space-between; gap: 8px; }
button, input {
  font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 5px 11px; min-height: 34px;
}
button { cursor: pointer; font-weight: 500; } button:hover { background: var(--press); }
.head button { min-height: 28px; padding: 2px 10px; font-size: 13px; }
button[aria-pressed="true"] { background: var(--ink); border-color: var(--ink); color: var(--card); }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; } .scroll:focus-visible, ol:focus-visible { outline-offset: -3px; }
.gone { padding: 10px 16px; border-radius: 10px; border: 1px solid var(--lost); background: var(--side1); margin: 6px 0 14px; }
.ask { display: flex; flex-wrap: wrap; gap: 10px; align-items: center; } .ask p { width: 100%; }
.none { color: var(--soft); padding-top: 12px; }
[hidden] { display: none !important; }
@media (max-width: 900px) {
  body { padding: 0 12px 24px; }
  main { grid-template-columns: minmax(0, 1fr); } .column { display: contents; } .story { order: 1; } .newest { order: 2; }
  #verdict { font-size: 21px; padding-left: 20px; } #figures { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 10px 20px; }
  #stage { height: 320px; }
}
@media (max-width: 560px) { .wide { display: none; } .story ol { flex-basis: 160px; } .newest ol { height: 300px; } th, td { padding-right: 8px; } }
@media (prefers-reduced-motion: no-preference) { .node { transition: transform .4s; } .dot { transition: fill .2s; } }
`;
