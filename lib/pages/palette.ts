/** The colours of the pages that go on while one looks, in light and in dark. */

export const light = `
  --bg: #f6f5f1; --card: #fffefb; --ink: #1f1e1b; --soft: #6d6a61; --line: #d9d5ca; --faint: #ebe8e0;
  --value: #2456d6; --answer: #7c8894; --probe: #b26a00; --lost: #c2362b; --cut: #c2362b; --node: #fffefb;
  --held: #2456d6; --side0: transparent; --side1: #fbe9df; --side2: #e6f0e4; --side3: #ece6f6;
  --focus: #2456d6; --press: #f0ede5; --shadow: 0 1px 2px rgb(60 50 30 / .06), 0 8px 24px rgb(60 50 30 / .05);`;

export const dark = `
  --bg: #121315; --card: #1a1c1f; --ink: #ecebe7; --soft: #a09d95; --line: #3a3d42; --faint: #2a2c30;
  --value: #7ea6ff; --answer: #8d99a6; --probe: #e5ac52; --lost: #ff7d70; --cut: #ff7d70; --node: #1a1c1f;
  --held: #7ea6ff; --side0: transparent; --side1: #35241f; --side2: #1f2f22; --side3: #2a2538;
  --focus: #7ea6ff; --press: #303338; --shadow: none;`;
