/** Elements that must be there, found by a selector and a type. */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

type Type<T> = abstract new (...args: never[]) => T;

/** Throws where there is none. */
export function found<T extends Element>(root: ParentNode, selector: string, type: Type<T>): T {
  const element = root.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`There is no ${selector}.`);
  return element;
}

/** All of them. */
export function allOf<T extends Element>(root: ParentNode, selector: string, type: Type<T>): T[] {
  return [...root.querySelectorAll(selector)].filter((element): element is T => element instanceof type);
}

/** Runs once for however many calls before the next picture. */
export function oncePerFrame(run: () => void): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      run();
    });
  };
}
