/** Every value on the page can be clicked or entered: its way is shown then, and stands in the address. */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { allOf, found } from "./dom.ts";
import type { Model } from "./model.ts";

/** Values in this part of the page become buttons for whoever has no mouse. */
export function enliven(root: HTMLElement): void {
  for (const value of allOf(root, "[data-value]", HTMLElement)) {
    value.tabIndex = 0;
    value.setAttribute("role", "button");
    value.title = "Show its way";
  }
}

export function followOnClick(model: Model): void {
  const open = (event: Event) => {
    const target = event.target instanceof Element
      ? event.target.closest("[data-value], [data-follow]")
      : null;
    if (target === null) return;
    event.preventDefault();
    const value = target.getAttribute("data-value");
    if (value === null) return model.follow(undefined);
    model.follow(Number(value));
    found(document, "#space-time", HTMLElement).scrollIntoView({ block: "start" });
  };
  document.addEventListener("click", open);
  document.addEventListener("keydown", (event) => {
    const isButton = event.target instanceof HTMLElement && event.target.dataset["value"] !== undefined;
    if (isButton && (event.key === "Enter" || event.key === " ")) open(event);
  });
  model.onFollow((value) => {
    history.replaceState(null, "", value === undefined ? "#space-time" : `#value=${value}`);
  });
  const fromAddress = () => {
    const value = /^#value=(\d+)$/.exec(location.hash)?.[1];
    if (value === undefined || Number(value) === model.followed) return;
    model.follow(Number(value));
    found(document, "#space-time", HTMLElement).scrollIntoView({ block: "start" });
  };
  addEventListener("hashchange", fromAddress);
  fromAddress();
}
