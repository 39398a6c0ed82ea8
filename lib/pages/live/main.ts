/** The page of a node: the cluster as it knows it, drawn anew with each snapshot. */
/// <reference lib="dom" />
import type { Snapshot } from "../../service/live/snapshot.ts";
import { Spark } from "./drawing/spark.ts";
import { TreeDrawing } from "./drawing/tree.ts";
import { MembersTable } from "./members.ts";
import { NewestList } from "./newest.ts";
import { element, figure, input, look, made, say, sayIn } from "./page.ts";
import { type Health, Judge } from "./state/health.ts";
import { HISTORY_S, RateHistory } from "./state/rates.ts";
import { type Line, Story, STORY_MAX } from "./state/story.ts";
import { bytes, clockTime, count, rate, time } from "./state/words.ts";
import { Stream } from "./stream.ts";

const judge = new Judge();
const rates = new RateHistory();
const story = new Story();
const table = new MembersTable();
const newest = new NewestList();
const tree = new TreeDrawing(element("stage"));
const shown = {
  values: figure("values"),
  entries: figure("values a second"),
  messages: figure("messages a second"),
  bytes: figure("traffic a second"),
};
const sparks = { entries: new Spark(), messages: new Spark(), bytes: new Spark() };
let id = "The node";
let version = "";
/** Since when the node does not answer, ms. */
let goneAt: number | undefined;
let goneWhy = "";

for (const { box } of Object.values(shown)) element("figures").append(box);
for (const [name, spark] of Object.entries(sparks)) {
  const { box } = name === "entries" ? shown.entries : name === "messages" ? shown.messages : shown.bytes;
  box.append(spark.element);
}

const stream = new Stream({
  onSnapshot: show,
  onGone(reason) {
    if (goneAt === undefined) {
      goneAt = Date.now();
      add(story.say("bad", `${id} does not answer`, goneAt));
    }
    goneWhy = reason;
    sayGone();
  },
  onStranger(why) {
    sayIn("ask-why", why);
    element("ask").hidden = false;
    element("all").hidden = true;
    sayIn("link", "");
    input("token").focus();
  },
});

element("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const { value } = input("token");
  input("token").value = "";
  element("ask").hidden = true;
  stream.useToken(value.trim());
});

setInterval(sayGone, 1000);
stream.run();

function show(snapshot: Snapshot): void {
  // The node is another program now, and so is its page.
  if (version !== "" && version !== snapshot.view.version) return location.reload();
  version = snapshot.view.version;
  id = snapshot.id;
  if (goneAt !== undefined) {
    add(story.say("good", `${id} answers again, after ${time(Date.now() - goneAt)}`, Date.now()));
  }
  goneAt = undefined;
  const health = judge.judge(snapshot, performance.now());
  for (const hidden of ["ask", "gone"]) element(hidden).hidden = true;
  element("all").hidden = false;
  look(element("all"), "");
  sayIn("whose", `${id} of ${snapshot.cluster}`);
  sayIn("link", `live ${clockTime(Date.now())}`);
  say(element("verdict"), health.sentence);
  look(element("verdict"), health.level);
  paintIcon(health.level);
  document.title = `${id}: ${health.sentence}`;
  element("alone").hidden = snapshot.whole;
  showFigures(snapshot);
  tree.show(id, health.seen, health.sentence);
  table.show(health, snapshot.view.values);
  newest.show(snapshot.newest);
  const line = story.tell(health, Date.now());
  if (line !== undefined) add(line);
}

function showFigures({ view }: Snapshot): void {
  const now = rates.note(view);
  say(shown.values.value, count(view.values));
  say(shown.entries.value, rate(now.entries));
  say(shown.messages.value, rate(now.messages));
  say(shown.bytes.value, bytes(now.bytes));
  const { history } = rates;
  sparks.entries.draw(history.map((each) => each.entries), HISTORY_S);
  sparks.messages.draw(history.map((each) => each.messages), HISTORY_S);
  sparks.bytes.draw(history.map((each) => each.bytes), HISTORY_S);
}

/** A dot in the colour of the verdict, for those who have the page in one of many tabs. */
function paintIcon(level: Health["level"]): void {
  const colour = getComputedStyle(element("verdict"), "::before").backgroundColor;
  const icon = document.querySelector("link");
  if (icon === null || icon.dataset["level"] === level) return;
  icon.dataset["level"] = level;
  const dot =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="3" fill="${colour}"/></svg>`;
  icon.href = `data:image/svg+xml,${encodeURIComponent(dot)}`;
}

/** What is shown is of then. */
function sayGone(): void {
  if (goneAt === undefined) return;
  element("gone").hidden = false;
  const why = goneWhy === "" ? "" : ` (${goneWhy})`;
  const then = element("all").hidden ? "" : ": this is how things stood then";
  say(element("gone"), `${id} has not answered since ${clockTime(goneAt)}${why}${then}`);
  sayIn("link", `gone for ${time(Date.now() - goneAt)}`);
  look(element("all"), "old");
}

function add({ at, level, text }: Line): void {
  const item = made("li");
  look(item, level);
  item.append(made("span", at), made("span", text));
  element("story").prepend(item);
  while (element("story").children.length > STORY_MAX) element("story").lastElementChild?.remove();
}
