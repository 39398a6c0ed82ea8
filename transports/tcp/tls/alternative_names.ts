/** The subject alternative names of a certificate, read from its DER: the text that runtimes make of them can be forged. */

export interface AlternativeNames {
  readonly dns: readonly string[];
  readonly uris: readonly string[];
}

interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
}

const SEQUENCE = 0x30;
const OBJECT_IDENTIFIER = 0x06;
const OCTET_STRING = 0x04;
/** The extensions of a certificate are its field [3]. */
const EXTENSIONS = 0xa3;
const DNS_NAME = 0x82;
const URI = 0x86;
/** The object identifier 2.5.29.17. */
const SUBJECT_ALT_NAME = [0x55, 0x1d, 0x11];

/** A name with a comma in it looks like two names in the text form, and one of them could be another node's. */
export function alternativeNames(der: Uint8Array): AlternativeNames {
  const [certificate] = elementsOf(der);
  const [signed] = elementsOf(certificate?.content);
  const extensions = elementsOf(signed?.content).find(({ tag }) => tag === EXTENSIONS);
  const [list] = elementsOf(extensions?.content);
  const names = elementsOf(list?.content).flatMap(({ content }) => namesIn(elementsOf(content)));
  return { dns: textsOf(names, DNS_NAME), uris: textsOf(names, URI) };
}

/** Of an extension: its object identifier, whether it is critical, and its value. */
function namesIn(parts: readonly Element[]): readonly Element[] {
  const [id] = parts;
  if (id?.tag !== OBJECT_IDENTIFIER || id.content.join() !== SUBJECT_ALT_NAME.join()) return [];
  const [list] = elementsOf(parts.find(({ tag }) => tag === OCTET_STRING)?.content);
  return list?.tag === SEQUENCE ? elementsOf(list.content) : [];
}

function textsOf(names: readonly Element[], wanted: number): string[] {
  return names.filter(({ tag }) => tag === wanted).map(({ content }) => String.fromCharCode(...content));
}

/** The elements that stand one after the other; the last one is left out where its end is missing. */
function elementsOf(der: Uint8Array = new Uint8Array()): readonly Element[] {
  const elements: Element[] = [];
  for (let at = 0; at + 1 < der.length;) {
    const [tag = 0, first = 0] = [der[at], der[at + 1]];
    const lengthBytes = first < 0x80 ? 0 : first - 0x80;
    const start = at + 2 + lengthBytes;
    const length = first < 0x80 ? first : der.slice(at + 2, start).reduce((sum, byte) => 256 * sum + byte, 0);
    if (start + length > der.length) break;
    elements.push({ tag, content: der.subarray(start, start + length) });
    at = start + length;
  }
  return elements;
}
