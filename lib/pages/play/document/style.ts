/** The style of the page; its colours are those of the canvases, too. */
import { dark, light } from "../../palette.ts";

export const style = `
:root { ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--bg); color: var(--ink); accent-color: var(--value);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-variant-numeric: tabular-nums;
}
h1, h2, p, dl, dd, ol, ul { margin: 0; padding: 0; }
ol, ul { list-style: none; }
header { display: flex; flex-wrap: wrap; gap: 4px 20px; align-items: baseline; padding: 18px 24px 14px; max-width: 1480px; margin: auto; }
h1 { font-size: 20px; font-weight: 700; letter-spacing: -.01em; }
h1 span { font-weight: 400; color: var(--soft); }
h2 { font-size: 13px; font-weight: 600; color: var(--soft); }
nav { margin-left: auto; display: flex; flex-wrap: wrap; gap: 2px 14px; }
nav span { color: var(--soft); padding: 3px 0; }
nav a { color: var(--value); text-decoration: none; padding: 3px 0; }
nav a:hover { text-decoration: underline; }
main {
  display: grid; gap: 14px; padding: 0 24px 32px; max-width: 1480px; margin: auto;
  grid-template-columns: minmax(0, 1fr) minmax(0, 372px); align-items: start;
}
.column { display: grid; gap: 14px; min-width: 0; }
.card { background: var(--card); border: 1px solid var(--faint); border-radius: 12px; padding: 14px 16px; box-shadow: var(--shadow); min-width: 0; }
.stage { padding: 0; overflow: hidden; }
#stage { position: relative; height: clamp(340px, 62vh, 640px); touch-action: pan-y; cursor: crosshair; user-select: none; -webkit-user-select: none; }
#stage.cutting { touch-action: none; }
#world { position: absolute; inset: 0; width: 100%; height: 100%; }
#nodes button, #links button {
  position: absolute; transform: translate(-50%, -50%); border-radius: 50%; border: 0; padding: 0; background: none;
  color: transparent; cursor: pointer; font-size: 0; min-height: 0;
}
#links button { width: 22px; height: 22px; pointer-events: none; }
#nodes button:focus-visible, #links button:focus-visible { outline: 2px solid var(--focus); outline-offset: 7px; }
#links button:focus-visible { background: var(--card); outline-offset: 0; }
.note { padding: 0 16px 8px; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; padding: 0 16px 12px; font-size: 12.5px; color: var(--soft); }
.legend span { display: inline-flex; align-items: center; }
.legend span::before { content: ""; display: inline-block; width: 9px; height: 9px; border-radius: 50%; margin-right: 6px; background: currentColor; }
.legend .value::before { background: var(--value); } .legend .answer::before { background: var(--answer); }
.legend .probe::before { background: var(--probe); }
.legend .lost::before { content: "×"; background: none; color: var(--lost); font-weight: 700; width: auto; height: auto; line-height: 1; }
.legend .held::before { background: none; border: 3px solid var(--held); border-left-color: transparent; width: 12px; height: 12px; }
.transport {
  display: flex; flex-wrap: wrap; align-items: center; gap: 8px; padding: 10px 16px; border-top: 1px solid var(--faint);
  background: var(--card);
}
#clock { margin-left: auto; font-size: 20px; font-weight: 600; letter-spacing: -.01em; }
.speed { display: flex; align-items: center; gap: 8px; color: var(--soft); }
.speed input { width: 130px; } .speed output { min-width: 64px; color: var(--ink); }
button, select, input, textarea {
  font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 5px 11px;
  min-height: 34px; max-width: 100%;
}
input[type="range"] { padding: 0; border: 0; background: none; }
button { cursor: pointer; font-weight: 500; }
button:hover { background: var(--press); }
button.primary { background: var(--ink); color: var(--card); border-color: var(--ink); min-width: 84px; }
button.primary:hover { opacity: .88; }
button[aria-pressed="true"] { background: var(--lost); border-color: var(--lost); color: var(--card); }
button:disabled { opacity: .45; cursor: default; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
.row { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin-top: 10px; }
.pair label { flex: 1; display: flex; align-items: center; } .pair select { flex: 1; min-width: 0; }
.row label { color: var(--soft); } .row label select { color: var(--ink); margin-left: 6px; }
#tell-value { flex: 1; min-width: 70px; width: 70px; }
.head { display: flex; align-items: center; justify-content: space-between; gap: 8px; margin-bottom: 6px; }
.head .row { margin: 0; }
#space-time { display: block; width: 100%; touch-action: pan-y; cursor: grab; }
.figures { display: grid; grid-template-columns: repeat(3, 1fr); gap: 10px 12px; margin-top: 8px; }
.figures div { display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.figures dt { font-size: 12.5px; color: var(--soft); line-height: 1.25; }
.figures dd { font-size: 21px; font-weight: 600; letter-spacing: -.015em; line-height: 1.2; }
.figures dd small { font-size: 13px; font-weight: 400; color: var(--soft); }
.figures .some dd { color: var(--probe); }
.summary { margin-top: 12px; color: var(--soft); font-size: 13.5px; min-height: 3.9em; }
.values { margin-top: 6px; display: grid; font-size: 14px; }
.values li { border-top: 1px solid var(--faint); } .values li:first-child { border-top: 0; }
.values button {
  display: grid; grid-template-columns: 18px minmax(0, auto) minmax(40px, 1fr) auto; gap: 8px; align-items: center; width: 100%;
  border: 0; border-radius: 6px; background: none; padding: 3px 6px; margin: 0 -6px; width: calc(100% + 12px); max-width: none;
  text-align: left; font-weight: 400; min-height: 30px;
}
.values button:hover { background: var(--press); }
.values button[aria-pressed="true"] { background: var(--press); color: inherit; box-shadow: inset 2px 0 var(--held); }
.values b { font-weight: 600; overflow-wrap: anywhere; } .values span { color: var(--soft); }
.values .late { color: var(--probe); } .values svg { display: block; }
.values .none { color: var(--soft); display: block; }
.setup { display: grid; grid-template-columns: repeat(auto-fill, minmax(136px, 1fr)); gap: 10px 12px; margin-top: 8px; }
.setup label, section > label { display: grid; gap: 3px; font-size: 13px; color: var(--soft); }
section > label { margin-top: 10px; }
.setup label > *, section > label > * { color: var(--ink); font-size: 15px; width: 100%; }
.setup .about { grid-column: 1 / -1; font-size: 13.5px; color: var(--soft); }
.setup .row { grid-column: 1 / -1; margin-top: 2px; }
.story { position: relative; max-height: 150px; overflow: auto; margin-top: 6px; font-size: 14px; }
.story li { display: flex; gap: 12px; } .story li span { color: var(--soft); min-width: 72px; text-align: right; }
.story li.ahead { opacity: .5; } .story .none { color: var(--soft); }
section > label > textarea { width: 100%; resize: vertical; font: 12px/1.5 ui-monospace, SFMono-Regular, Menlo, monospace; overflow-wrap: anywhere; }
#link { font-size: 13px; text-overflow: ellipsis; }
#verdict-said { margin-top: 8px; } #verdict-said.good { color: var(--value); } #verdict-said.bad { color: var(--lost); }
.keys summary { cursor: pointer; font-weight: 500; } .keys dl { display: grid; gap: 5px; margin-top: 10px; font-size: 14px; }
.keys dl div { display: grid; grid-template-columns: 100px 1fr; gap: 8px; } .keys dt { font-weight: 600; } .keys dd { color: var(--soft); }
.menu {
  margin: 0; padding: 5px; border: 1px solid var(--line); border-radius: 10px; background: var(--card); color: var(--ink);
  box-shadow: 0 6px 28px rgb(0 0 0 / .18); min-width: 190px; inset: auto;
}
.menu button { display: flex; width: 100%; justify-content: space-between; gap: 18px; border: 0; text-align: left; border-radius: 6px; background: none; }
.menu button:hover, .menu button:focus-visible { background: var(--press); outline: none; }
.menu kbd { font: inherit; color: var(--soft); } .tip {
  position: fixed; z-index: 3; pointer-events: none; max-width: min(420px, 90vw); padding: 5px 10px; border-radius: 8px;
  background: var(--ink); color: var(--card); font-size: 13px; overflow-wrap: anywhere;
}
.menu small { display: block; color: var(--soft); font-weight: 400; } 
.menu p { padding: 4px 11px 6px; color: var(--ink); font-weight: 600; font-size: 13px; }
.mistakes { margin: 0 auto 12px; max-width: 1432px; padding: 10px 16px; border-radius: 10px; background: var(--side1); color: var(--ink); border: 1px solid var(--lost); overflow-wrap: anywhere; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[hidden] { display: none !important; }
@media (max-width: 980px) {
  main { grid-template-columns: minmax(0, 1fr); padding: 0 12px 132px; gap: 12px; }
  .column { display: contents; }
  .second { order: 1; } .last { order: 2; }
  header { padding: 14px 14px 10px; } nav { margin-left: 0; }
  #stage { height: clamp(320px, 52vh, 460px); }
  .transport {
    position: fixed; inset: auto 0 0; z-index: 2; padding: 8px 12px calc(8px + env(safe-area-inset-bottom));
    box-shadow: 0 -6px 20px rgb(0 0 0 / .1); gap: 6px 8px;
  }
  .transport button { padding: 5px 10px; } button.primary { min-width: 72px; }
  button, select, input { min-height: 40px; }
  .speed { order: 1; flex: 1 0 55%; } .speed input { flex: 1; min-width: 80px; } .speed output { min-width: 40px; }
  #clock { order: 2; font-size: 16px; }
  .mistakes { margin: 0 12px 12px; }
}
@media (pointer: fine) { #knife { display: none; } }
@media (prefers-reduced-motion: no-preference) { button { transition: background .12s; } }
`;
