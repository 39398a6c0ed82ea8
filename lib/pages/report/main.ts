/** What a report does beyond its tables and pictures, where scripts are allowed. */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { found } from "./dom.ts";
import { fatesTable } from "./fates_table.ts";
import { latencyPoints } from "./latency_points.ts";
import { Model } from "./model.ts";
import { Diagram } from "./space_time/diagram.ts";
import { enliven, followOnClick } from "./values.ts";
import { showWays } from "./way_list.ts";

const packed = found(document, "#columns", HTMLScriptElement).textContent ?? "";
const model = new Model(packed);
// Elements that are shown or hidden by this have their sizes from now on.
document.documentElement.classList.add("live");
new Diagram(found(document, "#space-time-live", HTMLElement), model);
showWays(found(document, "#way", HTMLElement), model);
if (model.columns.values.text.length > 0) {
  fatesTable(found(document, "#fates-live", HTMLElement), model);
  latencyPoints(found(document, "#latency-chart", SVGSVGElement), model);
}
enliven(document.body);
followOnClick(model);
