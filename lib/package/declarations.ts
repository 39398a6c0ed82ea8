/** What of the compiler's declarations belongs in the package: what is exported, and what that needs, and no more. */
import { dirname, join } from "node:path/posix";

/** One declaration, import or export list, with the comment before it. */
interface Statement {
  readonly text: string;
  /** Without its comments. */
  readonly code: string;
  /** What it declares. */
  readonly name: string | undefined;
}

/** A name that comes from another module. */
interface Origin {
  /** Undefined of what the package cannot have, as it is another package's, or of which only a part may be needed. */
  readonly path: string | undefined;
  readonly name: string;
}

/**
 * `read` gives what the compiler writes for a path, as `lib/client/mod.d.ts`. Returns the declarations by path: of the entries
 * all, of other modules what those need, be it far away. Throws where that is of another package, or a whole module.
 */
export function neededDeclarations(
  entries: readonly string[],
  read: (path: string) => string,
): ReadonlyMap<string, string> {
  const modules = new Modules(read);
  for (const entry of entries) modules.at(entry).needAll();
  return modules.texts();
}

class Modules {
  readonly #modules = new Map<string, Module>();
  readonly #read: (path: string) => string;

  constructor(read: (path: string) => string) {
    this.#read = read;
  }

  at(path: string): Module {
    let module = this.#modules.get(path);
    if (module === undefined) this.#modules.set(path, module = new Module(path, this.#read(path), this));
    return module;
  }

  texts(): ReadonlyMap<string, string> {
    return new Map([...this.#modules].map(([path, module]) => [path, module.text()]));
  }
}

class Module {
  readonly #path: string;
  readonly #modules: Modules;
  readonly #statements: readonly Statement[];
  /** What other modules give this one, or give on through it, by the name that it has here. */
  readonly #origins = new Map<string, Origin>();
  readonly #needed = new Set<string>();

  constructor(path: string, text: string, modules: Modules) {
    this.#path = path;
    this.#modules = modules;
    this.#statements = statementsOf(text);
    for (const { code } of this.#statements) this.#noteOrigins(code);
  }

  needAll(): void {
    for (const { name, code } of this.#statements) {
      if (name !== undefined && code.startsWith("export")) this.need(name);
      for (const [exported] of isExportList(code) ? namesIn(code) : []) this.need(exported);
    }
  }

  need(name: string): void {
    if (this.#needed.has(name)) return;
    this.#needed.add(name);
    const origin = this.#origins.get(name);
    if (origin !== undefined) this.#needOf(origin, name);
    for (const { code } of this.#statements.filter((statement) => statement.name === name)) {
      for (const word of code.match(/[A-Za-z_$][\w$]*/g) ?? []) if (this.#knows(word)) this.need(word);
    }
  }

  #needOf(origin: Origin, name: string): void {
    if (origin.path === undefined) throw new Error(`${this.#path} has no declaration of its own for ${name}`);
    this.#modules.at(origin.path).need(origin.name);
  }

  text(): string {
    return this.#statements.flatMap(({ text, code, name }) => {
      if (name !== undefined) return this.#needed.has(name) ? [text] : [];
      return this.#kept(code);
    }).join("\n") + "\n";
  }

  /** An import or export list without the names that nobody needs. */
  #kept(code: string): string[] {
    const list = /\{([^}]*)\}/.exec(code)?.[1] ?? "";
    const kept = list.split(",").filter((item) => this.#needed.has(nameHere(item)));
    return kept.length === 0 ? [] : [code.replace(list, ` ${kept.map((item) => item.trim()).join(", ")} `)];
  }

  #noteOrigins(code: string): void {
    const [, before = "", from] = /^(?:import|export)\b([^"]*)\bfrom "([^"]+)"/.exec(code) ?? [];
    if (from === undefined) return;
    const file = join(dirname(this.#path), from.replace(/\.[jt]s$/, ".d.ts"));
    const path = from.startsWith(".") ? file : undefined;
    for (const [here, there] of namesIn(code)) this.#origins.set(here, { path, name: there });
    const whole = /^(?: type)? (?:\* as )?([\w$]+)/.exec(before)?.[1];
    if (whole !== undefined && whole !== "type") this.#origins.set(whole, { path: undefined, name: whole });
  }

  #knows(word: string): boolean {
    return this.#origins.has(word) || this.#statements.some(({ name }) => name === word);
  }
}

/** The compiler begins each statement, and nothing else but what closes one, at the beginning of a line. */
function statementsOf(text: string): Statement[] {
  return text.split(/\n(?=\/\*\*|(?<!\*\/\n)(?:import|export|declare|interface|type)\b)/).map((statement) => {
    const code = statement.replaceAll(/\/\*[\s\S]*?\*\//g, "").trim();
    const name =
      /^(?:export )?(?:declare )?(?:abstract )?(?:const|let|function|class|interface|type|enum|namespace) ([\w$]+)/
        .exec(code)?.[1];
    return { text: statement.trim(), code, name: isExportList(code) ? undefined : name };
  });
}

function isExportList(code: string): boolean {
  return /^export (?:type )?\{/.test(code);
}

/** Each name of an import or export list as it is here, and as it is in the module that it comes from. */
function namesIn(code: string): (readonly [string, string])[] {
  const items = (/\{([^}]*)\}/.exec(code)?.[1] ?? "").split(",").map((item) => item.trim());
  return items.filter((item) => item !== "").map((item) => {
    const [there = ""] = item.replace(/^type /, "").split(" as ");
    return [nameHere(item), there];
  });
}

function nameHere(item: string): string {
  return item.trim().replace(/^type /, "").split(" as ").at(-1) ?? "";
}
