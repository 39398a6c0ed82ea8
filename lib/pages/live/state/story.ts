/** What has happened while one looked: one line for each change that is worth a word. */
import type { Health } from "./health.ts";
import { clockTime, time } from "./words.ts";

/** So many lines are kept. */
export const STORY_MAX = 50;

export interface Line {
  readonly at: string;
  readonly level: Health["level"];
  readonly text: string;
}

export class Story {
  #key: string | undefined;
  /** When what is wrong began, ms. */
  #wrongAt: number | undefined;
  /** All is well, and that all agree is still to be told. */
  #isToAgree = false;

  /** `now`: the time of day, ms. Returns a line where there is something to say. */
  tell({ key, level, head, sentence, agrees }: Health, now: number): Line | undefined {
    if (key === this.#key) return level === "good" && agrees ? this.#agreed(sentence, now) : undefined;
    this.#key = key;
    const wrongAt = this.#wrongAt;
    this.#wrongAt = level === "good" ? undefined : wrongAt ?? now;
    const isHealed = level === "good" && wrongAt !== undefined;
    this.#isToAgree = level === "good";
    return this.say(level, isHealed ? `${head} again, after ${time(now - wrongAt)}` : head, now);
  }

  /** Also of the node itself: that it is gone, or is back. */
  say(level: Line["level"], text: string, now: number): Line {
    return { at: clockTime(now), level, text };
  }

  #agreed(sentence: string, now: number): Line | undefined {
    if (!this.#isToAgree) return undefined;
    this.#isToAgree = false;
    return this.say("good", sentence, now);
  }
}
