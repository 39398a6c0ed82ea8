/** What a report does beyond its tables and pictures, where scripts are allowed. */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

document.documentElement.classList.add("live");
