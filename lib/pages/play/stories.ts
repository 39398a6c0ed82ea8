/** Stories to begin with: what happens in each, and what it shows. */
import { parseScript } from "../../workbench/script/parse_script.ts";
import { emptyStory, type Story } from "../../workbench/session/story.ts";
import { nodeIds } from "../../workbench/settings.ts";

export interface Told {
  readonly name: string;
  readonly note: string;
  readonly story: Story;
}

interface Draft extends Partial<Story> {
  readonly name: string;
  readonly note: string;
  readonly actions: string;
}

const drafts: readonly Draft[] = [
  {
    name: "A cut and its heal",
    note:
      "Both sides of a cut go on by themselves. A moment after the heal each has what the other was told.",
    nodeCount: 7,
    untilMs: 6_000,
    actions: `300 broadcast n2 "before"; 1500 cut n0,n1|rest; 1700 broadcast n0 "here";
      1800 broadcast n4 "there"; 4000 heal`,
  },
  {
    name: "The relay dies",
    note: "All pass on to n0 first. When it is gone, others notice that it is silent, and agree on n1.",
    untilMs: 7_000,
    actions:
      `300 broadcast n5 "A"; 1000 kill n0; 1100 broadcast n3 "B"; 3000 broadcast n7 "C"; 5000 start n0`,
  },
  {
    name: "One link",
    note: "n4 and n0 cannot hear each other. Each of them hears others, and so a way round is found.",
    nodeCount: 6,
    untilMs: 5_000,
    actions: `300 broadcast n2 "A"; 1000 cut n0-n4; 1100 broadcast n4 "B"; 3000 broadcast n1 "C"`,
  },
  {
    name: "Fire and forget",
    note: "A flood tells everyone once and hopes. What it says during the cut never reaches the other side.",
    nodeCount: 7,
    protocol: "flood",
    untilMs: 5_000,
    actions: `300 broadcast n2 "kept"; 1500 cut n0,n1|rest; 1700 broadcast n4 "gone"; 3000 heal;
      3500 broadcast n0 "kept, too"`,
  },
  {
    name: "Retry without a pause",
    note:
      "Whoever asks again and again without waiting drowns the network as soon as somebody does not answer.",
    nodeCount: 4,
    protocol: "retry-without-pause",
    untilMs: 2_500,
    actions: `300 broadcast n2 "A"; 800 cut n0|rest; 900 broadcast n1 "B"; 1500 heal`,
  },
  {
    name: "25 nodes under load",
    note: "A hundred operations a second. For two seconds n0 is cut off, to which all others pass on.",
    nodeCount: 25,
    rate: 100,
    untilMs: 6_000,
    actions: `2000 cut n0|rest; 4000 heal`,
  },
];

export const stories: readonly Told[] = drafts.map(({ name, note, actions, ...rest }) => {
  const story = { ...emptyStory, ...rest };
  const parsed = parseScript(actions, nodeIds(story.nodeCount));
  if (!parsed.ok) throw new Error(`${name}: ${parsed.mistake.rule}`);
  return { name, note, story: { ...story, script: parsed.script } };
});
