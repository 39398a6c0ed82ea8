/** What is wrong with a dashboard, by the types that Grafana publishes: the compiler reads the JSON as a literal of them. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inFolder } from "../../../shared/in_folder.ts";

const modules = fileURLToPath(new URL("../../../../node_modules/", import.meta.url));
const types = join(modules, "@grafana/schema/dist/types");

/** Enums are written as their values in JSON. What data sources and transformations take is not told by these types. */
const shape = `
import type { Dashboard, Panel, RowPanel, AnnotationQuery } from "${types}/raw/dashboard/x/types.gen.d.ts";
import type * as stat from "${types}/raw/composable/stat/panelcfg/x/types.gen.d.ts";
import type * as timeseries from "${types}/raw/composable/timeseries/panelcfg/x/types.gen.d.ts";
import type * as timeline from "${types}/raw/composable/statetimeline/panelcfg/x/types.gen.d.ts";
import type * as table from "${types}/raw/composable/table/panelcfg/x/types.gen.d.ts";

type Plain<T> = T extends string ? \`\${T}\` : T extends number | boolean | null | undefined ? T
  : T extends readonly (infer Item)[] ? Plain<Item>[]
  : { [Key in keyof T]: Plain<T[Key]> };
type Defaults = NonNullable<Panel["fieldConfig"]>["defaults"];
type Drawn<Type extends string, Options, Custom> = Omit<Panel, "type" | "options" | "fieldConfig"> & {
  type: Type;
  options: Partial<Options>;
  fieldConfig: { defaults: Omit<Defaults, "custom"> & { custom: Partial<Custom> }; overrides: NonNullable<Panel["fieldConfig"]>["overrides"] };
};
type AnyPanel =
  | Drawn<"stat", stat.Options, {}>
  | Drawn<"timeseries", timeseries.Options, timeseries.FieldConfig>
  | Drawn<"state-timeline", timeline.Options, timeline.FieldConfig>
  | Drawn<"table", table.Options, table.FieldConfig>
  | (Omit<RowPanel, "type"> & { type: "row" });
type OfPrometheus = AnnotationQuery & { expr: string; step: string; titleFormat: string; textFormat: string };
type Whole = Omit<Dashboard, "panels" | "annotations"> & {
  panels: AnyPanel[];
  annotations: { list: OfPrometheus[] };
};

`;

/** Lines of the compiler; none where the dashboard is as it must be. */
export async function grafanaFaults(dashboard: unknown): Promise<string[]> {
  let faults: string[] = [];
  await inFolder((folder) => {
    const path = join(folder, "dashboard.ts");
    writeFileSync(
      path,
      `${shape}export const dashboard: Plain<Whole> = ${JSON.stringify(dashboard, undefined, 1)};\n`,
    );
    const flags = [
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "--target",
      "esnext",
      "--module",
      "nodenext",
      "--types",
      "",
    ];
    const { status, stdout, stderr, error } = spawnSync(join(modules, ".bin/tsc"), [...flags, path], {
      cwd: folder,
      encoding: "utf8",
    });
    if (status !== 0) faults = `${stdout}${stderr}${error ?? ""}`.trim().split("\n");
  });
  return faults;
}
