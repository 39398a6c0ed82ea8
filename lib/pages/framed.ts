/** The frame of the pages that go on while one looks: each is one file, which needs nothing else. */

export interface Page {
  readonly title: string;
  /** As `compact` returns it. */
  readonly css: string;
  /** HTML. */
  readonly body: string;
  /** As it was bundled. */
  readonly script: string;
}

export function framed({ title, css, body, script }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${css}</style>
</head>
<body>
${body.replaceAll(/\n\s+/g, "\n")}
<script>${script}</script>
</body>
</html>
`;
}

/** The page is to be small, and nobody reads its style. */
export function compact(css: string): string {
  return css.replaceAll(/\s+/g, " ").replaceAll(/ ?([{};,]) ?/g, "$1").replaceAll(": ", ":");
}
