/** The page in which the simulator runs. */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

document.documentElement.classList.add("live");
