/** What every picture shares: one SVG document that reads in light and in dark, and its text, lines and numbers. */
import { escaped } from "./text.ts";

export type Point = readonly [x: number, y: number];

const STYLE = `
  .page { fill: #ffffff; stroke: #d0d7de; }
  text { fill: #57606a; font: 11px ui-sans-serif, system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }
  .title { fill: #1f2328; font-weight: 600; font-size: 13px; }
  .over { paint-order: stroke; stroke: #ffffff; stroke-width: 3px; }
  .frame { fill: none; stroke: #d0d7de; }
  .grid { stroke: #eaeef2; }`;

const DARK_STYLE = `
    .page { fill: #0d1117; stroke: #30363d; }
    text { fill: #9198a1; }
    .title { fill: #f0f6fc; }
    .over { stroke: #0d1117; }
    .frame { stroke: #3d444d; }
    .grid { stroke: #212830; }`;

export interface Picture {
  /** px */
  readonly width: number;
  readonly height: number;
  /** One line, for those who cannot see it. */
  readonly label: string;
  /** CSS rules beside the shared ones, one or more a line, for light and what is different in dark. */
  readonly style: string;
  readonly darkStyle: string;
  readonly parts: readonly string[];
  /** "part": it stands in a page that has the rules of `styleWithin`. */
  readonly standing?: "alone" | "part";
}

/** A whole SVG file: the page, and the parts on it in order. */
export function pictureOf(picture: Picture): string {
  const { width, height, label, style, darkStyle, parts, standing = "alone" } = picture;
  if (standing === "part") {
    const box = `viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(label)}"`;
    return [`<svg class="picture" ${box}>`, ...parts, "</svg>"].join("\n");
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${
      escaped(label)
    }">`,
    `<style>${STYLE}${style}\n  @media (prefers-color-scheme: dark) {${DARK_STYLE}${darkStyle}\n  }\n</style>`,
    `<rect class="page" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}

/** The rules of pictures of one kind that are parts of a page. */
export function styleWithin({ style, darkStyle }: Pick<Picture, "style" | "darkStyle">): string {
  return `.picture {${STYLE}${style}\n}\n@media (prefers-color-scheme: dark) { .picture {${DARK_STYLE}${darkStyle}\n} }`;
}

/** `said` is plain text. */
export function text(
  x: number,
  y: number,
  said: string,
  kind = "",
  anchor: "start" | "middle" | "end" = "start",
): string {
  const more = `${kind === "" ? "" : ` class="${kind}"`}${
    anchor === "start" ? "" : ` text-anchor="${anchor}"`
  }`;
  return `<text x="${px(x)}" y="${px(y)}"${more}>${escaped(said)}</text>`;
}

/** The `d` of a path through these points. */
export function path(points: readonly Point[]): string {
  return points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x} ${y}`).join("");
}

/** A tenth of a pixel is as fine as it gets. */
export function px(n: number): number {
  return Math.round(n * 10) / 10;
}
