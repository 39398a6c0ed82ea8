/** Stories to begin with, each a name and a story. */
import { parseScript } from "../../workbench/script/parse_script.ts";
import { emptyStory, type Story } from "../../workbench/session/story.ts";
import { nodeIds } from "../../workbench/settings.ts";

const told:
  readonly (Pick<Story, "untilMs"> & Partial<Story> & { readonly name: string; readonly actions: string })[] =
    [
      {
        name: "A cut and its heal",
        nodeCount: 7,
        untilMs: 6_000,
        actions:
          `300 broadcast n2 "before"; 1500 cut n0,n1|rest; 1700 broadcast n0 "here"; 1800 broadcast n4 "there";
      4000 heal`,
      },
      {
        name: "The relay dies",
        nodeCount: 9,
        untilMs: 7_000,
        actions:
          `300 broadcast n5 "A"; 1000 kill n0; 1100 broadcast n3 "B"; 3000 broadcast n7 "C"; 5000 start n0`,
      },
      {
        name: "Fire and forget",
        nodeCount: 7,
        protocol: "flood",
        untilMs: 5_000,
        actions: `300 broadcast n2 "kept"; 1500 cut n0,n1|rest; 1700 broadcast n4 "gone"; 3000 heal;
      3500 broadcast n0 "kept, too"`,
      },
      {
        name: "25 nodes under load",
        nodeCount: 25,
        rate: 100,
        untilMs: 6_000,
        actions: `2000 cut n0|rest; 4000 heal`,
      },
    ];

export const stories: readonly (readonly [string, Story])[] = told.map(({ name, actions, ...rest }) => {
  const story = { ...emptyStory, ...rest };
  const parsed = parseScript(actions, nodeIds(story.nodeCount));
  return [name, { ...story, script: parsed.ok ? parsed.script : [] }];
});
