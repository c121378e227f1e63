import { XMLParser } from "fast-xml-parser";

/** An answer that cannot be one of S3. */
export class NotS3 extends Error {}

/** An element's children in the order in which they came: S3 lists versions and deletions in one sequence. */
export class Element {
  readonly #children: Node[];

  constructor(children: Node[]) {
    this.#children = children;
  }

  /** Text of the first child of that name; undefined when there is none. */
  text(name: string): string | undefined {
    const child = this.#children.find((node) => name in node)?.[name];
    return child === undefined ? undefined : textOf(child);
  }

  /** Text that must be there. */
  required(name: string): string {
    const text = this.text(name);
    if (text === undefined) throw new NotS3(`an answer without ${name}`);
    return text;
  }

  /** The children of these names, in order. */
  *each(...names: string[]): Iterable<[name: string, element: Element]> {
    for (const node of this.#children) {
      const name = names.find((wanted) => wanted in node);
      if (name !== undefined) yield [name, new Element(node[name]!)];
    }
  }
}

/** As the parser gives it: one name and its children, or a text. */
type Node = Record<string, Node[]>;

// Nothing is taken for a number or a date: keys and ids are text whatever they look like.
const parser = new XMLParser({
  preserveOrder: true,
  parseTagValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  jPath: false,
});

/** The document's outermost element, when it has this name; undefined when it is another, or no XML. */
export function parseXml(body: Buffer, name: string): Element | undefined {
  const text = body.toString();
  // The parser takes also what ends in the middle.
  if (!new RegExp(`<${name}[^>]*/>\\s*$|</${name}>\\s*$`).test(text)) return undefined;
  try {
    const root = (parser.parse(text) as Node[]).find((node) => name in node)?.[name];
    return root === undefined ? undefined : new Element(root);
  } catch {
    return undefined;
  }
}

function textOf(children: Node[]): string {
  return children.map((node) => String(node["#text"] ?? "")).join("");
}

/** Keys in listings come as in a URL, since XML cannot hold every character. */
export function decodeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll("+", "%20"));
  } catch {
    throw new NotS3("a key that is not encoded as asked for");
  }
}

export function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
