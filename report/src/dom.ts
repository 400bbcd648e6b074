// Elements. What they say is always text, never markup: names of files and classes come from anywhere.

type Child = Node | string | null | undefined | false;

function fill(element: Element, attributes: Record<string, string | number | boolean>, children: Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) {
    if (child || child === "") element.append(child);
  }
}

export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string | number | boolean> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  fill(element, attributes, children);
  return element;
}

export function svg(
  tag: string,
  attributes: Record<string, string | number | boolean> = {},
  ...children: Child[]
): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  fill(element, attributes, children);
  return element;
}

// Text in which what stands between backticks is code.
export function prose(text: string): Child[] {
  return text.split("`").map((part, i) => (i % 2 === 1 ? h("code", {}, part) : part));
}

// A button that does something.
export function action(
  text: string,
  act: () => void,
  attributes: Record<string, string | number | boolean> = {},
): HTMLButtonElement {
  const button = h("button", { type: "button", ...attributes }, text);
  button.addEventListener("click", act);
  return button;
}
