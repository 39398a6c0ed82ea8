/** Whatever is put into HTML is harmless there, and can be seen. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { html, VALUE_CHARS_MAX, valueText } from "../../../../../lib/workbench/report/html/markup.ts";
import { shortened } from "../../../../../lib/workbench/report/text.ts";

test("text in a template is escaped, and a piece of HTML is not", () => {
  const hostile = `</script><img src=x onerror="a('b')">&`;
  const piece = html`<b title="${hostile}">${[html`<i>`, "<", 3, undefined, false]}</b>`;
  const safe = "&lt;/script&gt;&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;&amp;";
  assert.equal(piece.text, `<b title="${safe}"><i>&lt;3</b>`);
});

test("what nobody would see is spelt out", () => {
  assert.equal(html`${"a\u2028b\u202ec\0d\u200be\ud800f"}`.text, "a\\u2028b\\u202ec\\u0000d\\u200be\\ud800f");
  assert.equal(html`${"ü 😀\n\t"}`.text, "ü 😀\n\t");
});

test("a huge value is shortened, and no character is halved", () => {
  const text = valueText("x".repeat(1_000_000));
  assert.equal(text.length, VALUE_CHARS_MAX + 1);
  assert.equal(shortened("ab😀", 3), "ab…");
});
